"""Compiling the DAG for Kubeflow Pipelines and Vertex AI, and executing what is compiled."""
