"""Writes `serving_tensor` of an exported model as a LiteRT file.

LiteRT has no PNG or JPEG and no tf.Examples, so the file takes canvases, one at a time, and leaves
decoding to the application. In a browser it has no int64 either: whole numbers are int32.
"""

import re
import tempfile
from pathlib import Path
from typing import Final, Literal

import tensorflow as tf

from vocabulary.errors import UserError
from vocabulary.signatures import IMAGE, TENSOR

Quantize = Literal["float16", "int8"]
"""What weights are stored in. LiteRT computes in float32 for float16, and in integers where it has
them for int8; inputs and outputs stay float32."""

_TYPES: Final[dict[Quantize, list[tf.DType]]] = {"float16": [tf.float16], "int8": []}


def convert(folder: Path, quantize: Quantize | None) -> bytes:
    """The file of the model in a version's folder.

    Raises UserError for a model that cannot be loaded, or that LiteRT has no operations for.
    """
    try:
        with tempfile.TemporaryDirectory() as narrowed:
            _narrow(folder, narrowed)
            converter = tf.lite.TFLiteConverter.from_saved_model(narrowed, signature_keys=[TENSOR])
            if quantize is not None:
                converter.optimizations = [tf.lite.Optimize.DEFAULT]
                converter.target_spec.supported_types = _TYPES[quantize]
            converted: bytes = converter.convert()
    except Exception as error:  # the converter's own has no public name
        lacks = _lacking(str(error))
        raise UserError(f"{folder} cannot be a LiteRT file: {lacks}") from error
    return converted


def _narrow(folder: Path, target: str) -> None:
    """Saves a model that answers for one canvas, without int64."""
    narrow = tf.Module()
    narrow.model = tf.saved_model.load(str(folder))
    signature = narrow.model.signatures[TENSOR]
    canvas = signature.structured_input_signature[1][IMAGE].shape[1:]

    @tf.function(input_signature=[tf.TensorSpec([1, *canvas], tf.float32, IMAGE)], autograph=False)
    def answer(image: tf.Tensor) -> dict[str, tf.Tensor]:
        outputs = signature(**{IMAGE: image})
        return {
            name: tf.cast(value, tf.int32) if value.dtype == tf.int64 else value
            for name, value in outputs.items()
        }

    tf.saved_model.save(narrow, target, {TENSOR: answer})


def _lacking(message: str) -> str:
    """The operations that the converter names, or else the first line of what it says."""
    if named := dict.fromkeys(re.findall(r"\btf\.([A-Z]\w+)", message)):
        return f"LiteRT cannot do {', '.join(named)}"
    return message.strip().partition("\n")[0] or "the converter gives no reason"
