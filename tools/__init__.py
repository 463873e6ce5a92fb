"""Programs that keep the project: references to write, measurements, trials."""
