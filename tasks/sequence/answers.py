"""What a model of this task answers: how many digits there are, which, and how sure it is."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tasks.sequence.number import BLANK, LONGEST, MORE
from tasks.sequence.options import TaskOptions
from vocabulary.task.answers import Output, Outputs

if TYPE_CHECKING:
    import tensorflow as tf


def outputs(classes: Sequence[str]) -> Outputs:
    """The length is 0 to 5, or 6 for more; digits are the indices of their classes.

    The probability is of the whole number, and those of digits are of each at its place. Beyond the
    length these are 0, and digits are `BLANK`.
    """
    return {
        "length": Output("int64"),
        "digits": Output("int64", (LONGEST,)),
        "probability": Output("float32"),
        "digit_probabilities": Output("float32", (LONGEST,)),
    }


def answer(
    outputs: "Mapping[str, tf.Tensor]", frames: "tf.Tensor", sizes: "tf.Tensor"
) -> "dict[str, tf.Tensor]":
    """See `vocabulary.task.answers`: the most probable number, by its length and digits together.

    The network's are `length`, float32 [batch, 7], and `digits`, float32 [batch, 5, classes + 1].
    """
    import tensorflow as tf

    of_digits = tf.nn.log_softmax(outputs["digits"][..., :-1])
    likeliest, surest = tf.argmax(of_digits, axis=-1), tf.reduce_max(of_digits, axis=-1)
    # Of no digits, of the first, of the first two, ...; of more than five, of five.
    sums = tf.pad(tf.cumsum(surest, axis=1), [[0, 0], [1, 0]])
    joint = tf.nn.log_softmax(outputs["length"]) + tf.concat([sums, sums[:, -1:]], axis=1)
    length = tf.argmax(joint, axis=-1)
    there = tf.range(LONGEST, dtype=tf.int64) < length[:, tf.newaxis]
    return {
        "length": length,
        "digits": tf.where(there, likeliest, BLANK),
        "probability": tf.exp(tf.reduce_max(joint, axis=-1)),
        "digit_probabilities": tf.where(there, tf.exp(surest), 0.0),
    }


def facts(options: TaskOptions) -> dict[str, Any]:
    """What the card says: how many digits a number has at most."""
    return {"longest": LONGEST}


def fault(outputs: Mapping[str, NDArray[Any]]) -> str | None:
    """What is wrong with a batch, as the end of a sentence: "MODEL gives ..."."""
    length, digits = outputs["length"], outputs["digits"]
    if not np.all((length >= 0) & (length <= MORE)):
        return f"the length {length.tolist()}, which is not in 0 to {MORE}"
    there = np.arange(LONGEST) < length[:, np.newaxis]
    if not np.array_equal(there, digits >= 0):
        return f"the digits {digits.tolist()} for the length {length.tolist()}"
    for name in ("probability", "digit_probabilities"):
        if not np.all((outputs[name] >= 0) & (outputs[name] <= 1)):
            return f"a {name} of {outputs[name].tolist()}, which is not in [0, 1]"
    return None
