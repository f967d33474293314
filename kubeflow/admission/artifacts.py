"""Rules for the artefacts that tasks write."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from kubeflow.admission.rule import LAUNCHER, Problems, rule
from kubeflow.parsed import Pipeline

_VERTEX_TITLE = re.compile(r"[a-z][a-z0-9-_]{2,20}[.][A-Z][a-zA-Z0-9-_]{2,49}")


@rule(f"{LAUNCHER}, getArtifactSchema; v2/metadata/client.go", "kubeflow")
def _titles(pipeline: Pipeline) -> Problems:
    for where, artifact in _outputs(pipeline):
        if not _title(artifact):
            yield f"{where} has no title, by which its type is known"


@rule("Vertex, artifact types: titles that it takes, tensorflow/tfx#4472", "vertex")
def _vertex_titles(pipeline: Pipeline) -> Problems:
    for where, artifact in _outputs(pipeline):
        title = _title(artifact)
        if not _VERTEX_TITLE.fullmatch(title):
            yield f"{where} has the title {title!r}, where Vertex takes namespace.Name"


@rule("KFP 2.17, v2/metadata/converter.go, StructValueToMLMDValue", "kubeflow")
def _metadata(pipeline: Pipeline) -> Problems:
    for where, artifact in _outputs(pipeline):
        for name, value in artifact.metadata.fields.items():
            if value.WhichOneof("kind") == "null_value":
                yield f"{where} has nothing (null) as {name} in its metadata"


def _title(artifact: Any) -> str:
    """Of an artefact's type, which stands alone or in a schema in YAML; empty if there is none."""
    try:
        schema = yaml.safe_load(artifact.artifact_type.instance_schema)
    except yaml.YAMLError:
        schema = None
    in_schema = schema.get("title", "") if isinstance(schema, dict) else ""
    return artifact.artifact_type.schema_title or str(in_schema)


def _outputs(pipeline: Pipeline) -> Iterator[tuple[str, Any]]:
    for name, component in pipeline.spec.components.items():
        for key, artifact in component.output_definitions.artifacts.items():
            yield f"the output {key} of {name}", artifact
