"""A container's command, run on this machine in a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.spec_file import FAILURE, whole_numbers
from vocabulary.parent import for_children

_LONGEST = 2000


class StepFailedError(Exception):
    """A command failed; the message says why."""

    def __init__(self, task: str, reason: str):
        super().__init__(reason)
        self.task = task


def run_container(
    task: str, command: Sequence[str], environment: Mapping[str, str], *, log: Path
) -> None:
    """Runs `python -m MODULE ARGUMENTS` with the Python of this process.

    What it prints is added to the log.

    Raises StepFailedError if it ends with another status than 0.
    """
    with log.open("ab") as file:
        ended = subprocess.run(
            [sys.executable, *command[1:]],
            env={**os.environ, **environment, **for_children()},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            check=False,
        )
    if ended.returncode:
        raise StepFailedError(task, reason(ended.returncode, log.read_text(errors="replace")))


def fill(word: str, task: pb.ExecutorInput) -> str:
    """A word of a command, with the placeholders in it replaced by the values of a task."""
    word = word.replace("{{$}}", json_format.MessageToJson(task, indent=None))
    word = word.replace("{{$.outputs.output_file}}", task.outputs.output_file)
    for key, value in task.inputs.parameter_values.items():
        text = value.string_value or json.dumps(whole_numbers(json_format.MessageToDict(value)))
        word = word.replace(f"{{{{$.inputs.parameters['{key}']}}}}", text)
    for side, artifacts in (("inputs", task.inputs.artifacts), ("outputs", task.outputs.artifacts)):
        for key, listed in artifacts.items():
            word = word.replace(f"{{{{$.{side}.artifacts['{key}'].uri}}}}", listed.artifacts[0].uri)
    return word


def reason(status: int, text: str) -> str:
    """Why a command failed, from its exit status and its log."""
    if status < 0:
        return f"it was ended by {signal.Signals(-status).name}"
    _, mark, sentence = f"\n{text}".rpartition(f"\n{FAILURE}")
    if not mark:
        sentence = next((line for line in text.splitlines()[::-1] if line.strip()), "")
    return sentence.strip()[:_LONGEST] or f"it ended with status {status} and printed nothing"
