"""The digit of an answer, and the probabilities of all; TensorFlow is loaded by the graph."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from vocabulary.task.answers import Output, Outputs

if TYPE_CHECKING:
    import tensorflow as tf

NO_DIGIT_BELOW: Final = 0.5
"""A most probable digit that is less probable than this is none: pictures without a digit are
trained towards the same for each. Chosen on held-out training digits (docs/experiments.md).
"""
_ROUNDING: Final = 1e-3


def outputs(classes: Sequence[str]) -> Outputs:
    """The digit is the index of its class."""
    return {"digit": Output("int64"), "probabilities": Output("float32", (len(classes),))}


def answer(logits: "tf.Tensor") -> "dict[str, tf.Tensor]":
    """The outputs for logits float32 [batch, classes], within TensorFlow's graph."""
    import tensorflow as tf

    probabilities = tf.nn.softmax(logits)
    return {"digit": tf.argmax(probabilities, axis=-1), "probabilities": probabilities}


def fault(outputs: Mapping[str, NDArray[Any]]) -> str | None:
    """What is wrong with a batch, as the end of a sentence: "MODEL gives ..."."""
    digit, probabilities = outputs["digit"], outputs["probabilities"]
    sums = probabilities.sum(axis=-1)
    if not np.all(np.abs(sums - 1) <= _ROUNDING):
        return f"probabilities that sum to {sums.tolist()}, not 1"
    if not np.all(probabilities >= 0):
        return f"a probability of {probabilities.min():g}"
    if not np.array_equal(digit, probabilities.argmax(axis=-1)):
        return "a digit that is not its most probable one"
    return None
