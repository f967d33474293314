"""What an answer of the model must hold to be worth serving; the task says what that is."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from components.infra_validator.errors import ModelRefusedError
from vocabulary.task.answers import Answers
from vocabulary.task.find import task_part
from vocabulary.task.options import TaskBase


def check_outputs(
    outputs: Mapping[str, NDArray[Any]], signature: str, *, rows: int, task: TaskBase
) -> None:
    """Checks what a signature gives: names, shapes, and what else the task demands.

    Outputs are arrays [rows, ...] by name, one row for each picture that was sent.

    Raises:
        ModelRefusedError: with a sentence that names the signature, if something is wrong.
    """
    answers: Answers = task_part(task.kind, "answers")
    demanded = answers.outputs(task.classes)
    missing = [name for name in sorted(demanded) if name not in outputs]
    if missing:
        raise ModelRefusedError(f"{signature} gives no {missing[0]}, only {sorted(outputs)}")
    for name, output in demanded.items():
        expected, shape = [rows, *output.shape], list(outputs[name].shape)
        if shape != expected:
            raise ModelRefusedError(
                f"{signature} gives {name} in the shape {shape}; it must be {expected}"
            )
    fault = answers.fault(outputs)
    if fault:
        raise ModelRefusedError(f"{signature} gives {fault}")
