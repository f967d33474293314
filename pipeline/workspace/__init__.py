"""The folder of all runs: its history, its lineage, and what is cleaned out of it."""
