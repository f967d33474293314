"""What a model of this task answers: a digit, the probabilities of all, and a box.

Exported signatures, InfraValidator, bulk inference and clients ask this file. It loads TensorFlow
only to build the graph, so that a client over REST does without.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from digit import answers as digits
from tasks.localization.options import TaskOptions
from vocabulary.task.answers import Output, Outputs

if TYPE_CHECKING:
    import tensorflow as tf

RECTANGLE: Final = "box"


def outputs(classes: Sequence[str]) -> Outputs:
    """A digit and its box.

    That is (xmin, ymin, xmax, ymax) in [0, 1] of the picture, xmin <= xmax and ymin <= ymax.
    """
    return {**digits.outputs(classes), "box": Output("float32", (4,))}


def answer(
    outputs: "Mapping[str, tf.Tensor]", frames: "tf.Tensor", sizes: "tf.Tensor"
) -> "dict[str, tf.Tensor]":
    """See `vocabulary.task.answers`; the box lies within the picture, in whole pixels of it.

    Ink ends where a pixel ends: what the network says in between is what it is unsure of. The
    network's are `logits`, float32 [batch, classes], and `box`, float32 [batch, 4], on the canvas.
    """
    import tensorflow as tf

    from trainer.frames import out_of_frames

    pixels = tf.tile(sizes, [1, 2])
    box = tf.round(out_of_frames(outputs["box"], frames) * pixels) / pixels
    box = tf.clip_by_value(box, 0.0, 1.0)
    low, high = tf.split(box, 2, axis=1)
    return {
        **digits.answer(outputs["logits"]),
        "box": tf.concat([low, tf.maximum(low, high)], axis=1),
    }


def facts(options: TaskOptions) -> dict[str, Any]:
    """What the card says: what boxes are around."""
    return {"box": options.box}


def fault(outputs: Mapping[str, NDArray[Any]]) -> str | None:
    """What is wrong with the outputs for a batch, as the end of a sentence: "MODEL gives ..."."""
    if wrong := digits.fault(outputs):
        return wrong
    box = outputs["box"]
    # An empty box is a poor answer, which is for the Evaluator to judge, not a broken one.
    if not np.all((box >= 0) & (box <= 1)):
        return f"the box {box.tolist()}, which is not in [0, 1]"
    return None
