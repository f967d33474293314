"""What an answer of the model must hold to be worth serving; the task says what that is."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from components.infra_validator.errors import ModelRefusedError
from vocabulary.task.answers import Answers


def check_outputs(
    outputs: Mapping[str, NDArray[Any]], signature: str, *, rows: int, answers: Answers
) -> None:
    """Checks what a signature gives: names, shapes, and what else its task demands.

    Outputs are arrays [rows, ...] by name, one row for each picture that was sent.

    Raises:
        ModelRefusedError: with a sentence that names the signature, if something is wrong.
    """
    missing = [name for name in sorted(answers.OUTPUTS) if name not in outputs]
    if missing:
        raise ModelRefusedError(f"{signature} gives no {missing[0]}, only {sorted(outputs)}")
    for name, output in answers.OUTPUTS.items():
        expected, shape = [rows, *output.shape], list(outputs[name].shape)
        if shape != expected:
            raise ModelRefusedError(
                f"{signature} gives {name} in the shape {shape}; it must be {expected}"
            )
    fault = answers.fault(outputs)
    if fault:
        raise ModelRefusedError(f"{signature} gives {fault}")
