"""What a model of this task answers: a digit, and the probabilities of all."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from digit import answers as digits
from digit.answers import fault, outputs
from tasks.classification.options import TaskOptions

if TYPE_CHECKING:
    import tensorflow as tf

__all__ = ["answer", "facts", "fault", "outputs"]


def answer(
    outputs: "Mapping[str, tf.Tensor]", frames: "tf.Tensor", sizes: "tf.Tensor"
) -> "dict[str, tf.Tensor]":
    """See `vocabulary.task.answers`; the network's are `logits`, float32 [batch, classes]."""
    return digits.answer(outputs["logits"])


def facts(options: TaskOptions) -> dict[str, Any]:
    """The card says nothing more."""
    return {}
