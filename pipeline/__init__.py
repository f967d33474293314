"""The pipeline: its config, its DAG, how it runs here, and what came of it."""
