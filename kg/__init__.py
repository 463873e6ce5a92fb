"""Standpoint: a knowledge graph of actors, positions and claims."""
