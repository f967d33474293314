"""Conditions of tasks, in the Common Expression Language.

TFX compiles `Cond` to `inputs.artifacts['x'].artifacts[0].metadata['blessed'] == 1.0` and the like.
"""

from collections.abc import Mapping
from typing import Any

import cel

from vocabulary.errors import UserError


def holds(condition: str, inputs: Mapping[str, Any]) -> bool:
    """Whether a condition is true of a task's ExecutorInput.Inputs, in JSON's form.

    Raises UserError if the condition cannot be evaluated, or is neither true nor false.
    """
    try:
        value = cel.evaluate(condition, {"inputs": dict(inputs)})
    except (ValueError, TypeError, KeyError, IndexError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise UserError(f"the condition {condition} cannot be evaluated: {reason}") from error
    if not isinstance(value, bool):
        raise UserError(f"the condition {condition} is neither true nor false, but {value!r}")
    return value
