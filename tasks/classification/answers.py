"""What a model of this task answers: a digit, and the probabilities of all ten."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from digit import answers as digits
from digit.answers import OUTPUTS, fault
from tasks.classification.options import TaskOptions
from vocabulary.features import NUM_CLASSES

if TYPE_CHECKING:
    import tensorflow as tf

__all__ = ["OUTPUTS", "answer", "facts", "fault"]


def answer(
    outputs: "Mapping[str, tf.Tensor]", frames: "tf.Tensor", sizes: "tf.Tensor"
) -> "dict[str, tf.Tensor]":
    """See `vocabulary.task.answers`; the network's are `logits`, float32 [batch, 10]."""
    return digits.answer(outputs["logits"])


def facts(options: TaskOptions) -> dict[str, Any]:
    """What the card says: how many classes there are."""
    return {"classes": NUM_CLASSES}
