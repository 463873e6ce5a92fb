"""Rows of RDF terms, and writing them out."""
