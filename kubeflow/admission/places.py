"""Rules for where artefacts and versions go."""

import re

from kubeflow.admission.rule import BOTH, Problems, rule
from kubeflow.parsed import Pipeline, texts


@rule("Vertex, RuntimeConfig.gcs_output_directory", "vertex")
def _vertex_root(pipeline: Pipeline) -> Problems:
    root = pipeline.compiled.job.get("runtimeConfig", {}).get("gcsOutputDirectory", "")
    if not root.startswith("gs://"):
        yield f"the pipeline root {root or 'is missing and'} is not a bucket, gs://BUCKET/FOLDER"


@rule("KFP 2.17, v2/objectstore/config.go", "kubeflow")
def _kubeflow_root(pipeline: Pipeline) -> Problems:
    root = pipeline.spec.default_pipeline_root
    if not re.match(r"(gs|s3|minio)://[^/]+", root):
        yield f"the pipeline root {root!r} is not at gs://, s3:// or minio://"


@rule("TensorFlow's file systems", *BOTH)
def _destination(pipeline: Pipeline) -> Problems:
    for where, text in texts(pipeline):
        # Only what the launcher hands over is copied for a container.
        if re.match(r"(minio|s3)://", text):
            yield f"{where} is {text}, which TFX cannot read; name gs:// or a folder in a volume"
