"""The graph over HTTP: a SPARQL endpoint that is hard to bring down, an API, and pages for people who read."""
