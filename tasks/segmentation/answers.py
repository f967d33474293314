"""What a model of this task answers: the mask of the ink as a PNG, and the box around the ink."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from tasks.segmentation.options import TaskOptions
from vocabulary.task.answers import Output, Outputs

if TYPE_CHECKING:
    import tensorflow as tf

RECTANGLE: Final = "box"
INK: Final = "mask_bytes"
_PNG: Final = b"\x89PNG"


def outputs(classes: Sequence[str]) -> Outputs:
    """The mask and the box around the ink.

    `mask_bytes` is a grey PNG of the whole picture, in the resolution of the canvas; 0 is surely
    paper and 255 surely ink. `box` is (xmin, ymin, xmax, ymax) in [0, 1] of the picture, zeros
    where no pixel is more likely ink than not. A string without an axis of its own would be too
    little for TFX's BulkInferrer.
    """
    return {"mask_bytes": Output("bytes", (1,)), "box": Output("float32", (4,))}


def answer(
    outputs: "Mapping[str, tf.Tensor]", frames: "tf.Tensor", sizes: "tf.Tensor"
) -> "dict[str, tf.Tensor]":
    """See `vocabulary.task.answers`; the network's are `mask`, float32 [batch, h, w, 1], logits."""
    import tensorflow as tf

    probabilities = tf.sigmoid(outputs["mask"])
    size = tf.constant([*outputs["mask"].shape[1:3]][::-1] * 2, tf.float32)
    corners = tf.cast(tf.round(frames * size), tf.int32)

    def one(pair: "tuple[tf.Tensor, tf.Tensor]") -> "tuple[tf.Tensor, tf.Tensor]":
        whole, corner = pair
        part = whole[corner[1] : corner[3], corner[0] : corner[2]]
        grey = tf.cast(tf.round(255.0 * part), tf.uint8)
        return tf.io.encode_png(grey), _box(part[..., 0] >= 0.5)

    masks, boxes = tf.map_fn(
        one, (probabilities, corners), fn_output_signature=(tf.string, tf.float32)
    )
    return {"mask_bytes": masks[:, tf.newaxis], "box": tf.ensure_shape(boxes, [None, 4])}


def _box(ink: "tf.Tensor") -> "tf.Tensor":
    """The box, float32 [4], around what is true of bool [h, w]."""
    import tensorflow as tf

    places, sides = tf.where(ink), tf.shape(ink, tf.int64)  # of rows, which give y, and columns
    low, high = tf.reduce_min(places, axis=0), tf.reduce_max(places, axis=0) + 1
    box = tf.cast(tf.concat([(low / sides)[::-1], (high / sides)[::-1]], axis=0), tf.float32)
    return tf.where(tf.reduce_any(ink), box, 0.0)


def facts(options: TaskOptions) -> dict[str, Any]:
    """None."""
    return {}


def fault(outputs: Mapping[str, NDArray[Any]]) -> str | None:
    """What is wrong with a batch, as the end of a sentence: "MODEL gives ..."."""
    if not all(bytes(mask).startswith(_PNG) for mask in outputs["mask_bytes"].ravel()):
        return "a mask that is no PNG"
    box = outputs["box"]
    if not np.all((box >= 0) & (box <= 1)):
        return f"a box that leaves the picture: {box.tolist()}"
    return None
