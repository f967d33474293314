"""Identifies the code of a run: a version for people, a digest for the cache."""
