"""The pipeline: its DAG, its config, local runs and their workspace, comparing models, Beam."""
