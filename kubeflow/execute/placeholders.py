"""Placeholders in a container's command, as both back ends fill them."""

from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb


def fill(word: str, task: pb.ExecutorInput) -> str:
    """A word of a command, with the placeholders in it replaced by the values of a task."""
    word = word.replace("{{$}}", json_format.MessageToJson(task, indent=None))
    word = word.replace("{{$.outputs.output_file}}", task.outputs.output_file)
    for key, value in task.inputs.parameter_values.items():
        text = value.string_value or json_format.MessageToJson(value)
        word = word.replace(f"{{{{$.inputs.parameters['{key}']}}}}", text)
    for side, artifacts in (("inputs", task.inputs.artifacts), ("outputs", task.outputs.artifacts)):
        for key, listed in artifacts.items():
            word = word.replace(f"{{{{$.{side}.artifacts['{key}'].uri}}}}", listed.artifacts[0].uri)
    return word
