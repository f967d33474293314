"""What the back ends ask of a compiled pipeline, checked here before it is sent.

Each rule restates what a back end refuses or quietly ignores, with its source: Vertex AI's client
(google-cloud-aiplatform) and documents, or the back end of Kubeflow Pipelines 2.17 (its
`backend/src/`), whose own code judges the same mistakes in `make conformance`.
"""
