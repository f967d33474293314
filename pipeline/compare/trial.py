"""Tries a model of unknown origin before it is compared: it must answer as our exports do."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from components.infra_validator.answers import check_outputs
from vocabulary import features
from vocabulary.signatures import DEFAULT, EXAMPLES, SIGNATURES, TENSOR
from vocabulary.task.options import TaskBase


class NotOursError(ValueError):
    """The model does not answer as our exports do; the message says in what."""


def require_answers(
    signatures: Mapping[str, Callable[..., Any]], *, task: TaskBase
) -> tuple[int, int, int]:
    """Asks each signature about two pictures of a stroke; gives the canvas.

    That is (height, width, channels) in pixels.

    Raises NotOursError if a signature is missing, takes something else, or gives what no model of
    the task gives.
    """
    for name in SIGNATURES:
        if name not in signatures:
            raise NotOursError(f"it has no signature {name}")
    canvas = _canvas(signatures[TENSOR])
    pixels = _stroke(*canvas)
    png = tf.io.encode_png(pixels).numpy()
    example = tf.train.Example()
    example.features.feature[features.IMAGE].bytes_list.value.append(png)
    inputs = {
        TENSOR: pixels.astype(np.float32) / 255,
        DEFAULT: png,
        EXAMPLES: example.SerializeToString(),
    }
    for name, value in inputs.items():
        _require(signatures[name], name, tf.constant([value, value]), task)
    return canvas


def _canvas(signature: Any) -> tuple[int, int, int]:
    shapes = [spec.shape for spec in signature.structured_input_signature[1].values()]
    if len(shapes) != 1 or shapes[0].rank != 4 or None in shapes[0][1:]:
        raise NotOursError("its signature serving_tensor takes no canvas of a fixed size")
    height, width, channels = shapes[0][1:]
    return height, width, channels


def _stroke(height: int, width: int, channels: int) -> NDArray[np.uint8]:
    """A picture of an upright stroke, uint8 [height, width, channels]."""
    pixels = np.zeros([height, width, channels], np.uint8)
    pixels[height // 4 : height - height // 4, width // 2] = 255
    return pixels


def _require(signature: Any, name: str, pictures: tf.Tensor, task: TaskBase) -> None:
    try:
        outputs = {key: value.numpy() for key, value in signature(pictures).items()}
    except Exception as error:  # whatever a graph of another make says
        raise NotOursError(f"its signature {name} refuses a picture") from error
    try:
        check_outputs(outputs, name, rows=len(pictures), task=task)
    except ValueError as error:
        raise NotOursError(str(error)) from error
