"""DigitSchemaGen: publishes the curated schema, which travels inside the package.

TFX's ImportSchemaGen wants the path of a file, and a path of this machine means nothing to a
container elsewhere.
"""

import os
from importlib import resources

from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2
from tfx.dsl.component.experimental.annotations import OutputArtifact
from tfx.dsl.component.experimental.decorators import component
from tfx.types import standard_artifacts
from tfx.utils import io_utils

FILE = "schema.pbtxt"


def read_schema() -> schema_pb2.Schema:
    """The schema that `schema.pbtxt` in this package spells out."""
    return text_format.Parse(
        resources.files(__package__).joinpath(FILE).read_text(), schema_pb2.Schema()
    )


@component
def DigitSchemaGen(schema: OutputArtifact[standard_artifacts.Schema]) -> None:  # noqa: N802
    """Writes the schema of a labelled picture of one digit."""
    io_utils.write_pbtxt_file(os.path.join(schema.uri, FILE), read_schema())
