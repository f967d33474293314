"""Compiling and submitting the DAG for Kubeflow Pipelines and Vertex AI."""
