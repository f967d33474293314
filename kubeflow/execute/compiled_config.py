"""The config that a pipeline was compiled from, which is a parameter of the Report."""

import json
from collections.abc import Mapping
from typing import Final

from google.protobuf import struct_pb2
from kfp.pipeline_spec import pipeline_spec_pb2 as pb
from pydantic import ValidationError

from kubeflow.names import kebab_case
from kubeflow.parameters import read_bindings, set_parameters
from kubeflow.parsed import Pipeline
from kubeflow.values import value_of
from pipeline.config.config import Config
from pipeline.config.file import read_config
from vocabulary.errors import UserError

_REPORT: Final = kebab_case("Report")


def compiled_config(pipeline: Pipeline, values: Mapping[str, struct_pb2.Value]) -> Config:
    """The config, with the values of runtime parameters in it; where it runs is not in it.

    Raises UserError if a value is one that the config does not allow.
    """
    inputs = pb.ExecutorInput.Inputs()
    for key, source in pipeline.spec.root.dag.tasks[_REPORT].inputs.parameters.items():
        inputs.parameter_values[key].CopyFrom(value_of(source, values))
    args = list(pipeline.deployment.executors[f"exec-{_REPORT}"].container.args)
    if "--bindings" in args:
        set_parameters(inputs, read_bindings(args[args.index("--bindings") + 1]))
    compiled = json.loads(inputs.parameter_values["config"].string_value)
    default = read_config(None, []).model_dump(mode="json", include={"beam", "kubeflow"})
    try:
        return Config.model_validate_json(json.dumps({**default, **compiled}))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        mistake = f"{key} is {first['input']}: {message.lower()}" if key else message
        raise UserError(
            f"{mistake}; change that --parameter, or compile the file anew with this version"
        ) from error
