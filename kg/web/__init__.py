"""The graph over HTTP: a SPARQL endpoint, an API, and pages for people who read."""
