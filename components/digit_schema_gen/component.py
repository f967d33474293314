"""DigitSchemaGen: publishes the curated schema, which travels inside the package.

It says what the task needs of an example; a schema inferred from the data that it validates would
approve of anything.

TFX's ImportSchemaGen wants the path of a file, and a path of this machine means nothing to a
container elsewhere.
"""

import os
from collections.abc import Iterator
from importlib import resources
from typing import Any

from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2
from tfx.dsl.component.experimental.annotations import OutputArtifact, Parameter
from tfx.dsl.component.experimental.decorators import component
from tfx.types import standard_artifacts
from tfx.utils import io_utils
from tfx_bsl.tfxio import tensor_representation_util as representations

from vocabulary.facts import FACTS
from vocabulary.features import LABEL
from vocabulary.task.examples import examples_of

FILE = "schema.pbtxt"


def read_schema(task: str, *, classes: int) -> schema_pb2.Schema:
    """The schema of examples for a task, and for so many classes.

    It is the shared one that `schema.pbtxt` in this package spells out, with the facts of drawn
    pictures, and with what the task asks for in the place of what it leaves open.
    """
    shared = text_format.Parse(
        resources.files(__package__).joinpath(FILE).read_text(), schema_pb2.Schema()
    )
    own = text_format.Parse(examples_of(task).SCHEMA, schema_pb2.Schema())
    features = {feature.name: feature for feature in (*shared.feature, *_facts(), *own.feature)}
    features[LABEL].int_domain.max = classes - 1
    schema = schema_pb2.Schema(
        feature=features.values(),
        string_domain=shared.string_domain,
        tensor_representation_group=own.tensor_representation_group,
    )
    # Where some features have a representation, Transform finds those alone.
    representations.SetTensorRepresentationsInSchema(
        schema, representations.InferTensorRepresentationsFromMixedSchema(schema)
    )
    return schema


def _facts() -> Iterator[schema_pb2.Feature]:
    """Facts are optional, for a photograph has none; there is one value where there is any."""
    for fact in FACTS:
        feature = schema_pb2.Feature(
            name=fact.key,
            type=schema_pb2.INT if fact.whole else schema_pb2.FLOAT,
            annotation=schema_pb2.Annotation(comment=[f"{fact.title}; {fact.unit}"]),
            value_count=schema_pb2.ValueCount(min=1, max=1),
        )
        domain: Any = feature.int_domain if fact.whole else feature.float_domain
        domain.min = int(fact.low) if fact.whole else fact.low
        if fact.high is not None:
            domain.max = fact.high
        if not fact.whole:
            domain.disallow_nan = domain.disallow_inf = True
        yield feature


@component
def DigitSchemaGen(  # noqa: N802
    schema: OutputArtifact[standard_artifacts.Schema], task: Parameter[str], classes: Parameter[int]
) -> None:
    """Writes the schema of examples for a task, by its name, and for so many classes."""
    io_utils.write_pbtxt_file(os.path.join(schema.uri, FILE), read_schema(task, classes=classes))
