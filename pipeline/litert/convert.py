"""Writes `serving_tensor` of an exported model as a LiteRT file.

LiteRT has no PNG or JPEG and no tf.Examples, so the file takes canvases and leaves decoding to the
application.
"""

import re
from pathlib import Path
from typing import Final, Literal

import tensorflow as tf

from vocabulary.errors import UserError
from vocabulary.signatures import TENSOR

Quantize = Literal["float16", "int8"]
"""What weights are stored in. LiteRT computes in float32 for float16, and in integers where it has
them for int8; inputs and outputs stay float32."""

_TYPES: Final[dict[Quantize, list[tf.DType]]] = {"float16": [tf.float16], "int8": []}


def convert(folder: Path, quantize: Quantize | None) -> bytes:
    """The file of the model in a version's folder.

    Raises UserError for a model that cannot be loaded, or that LiteRT has no operations for.
    """
    try:
        converter = tf.lite.TFLiteConverter.from_saved_model(str(folder), signature_keys=[TENSOR])
        if quantize is not None:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.target_spec.supported_types = _TYPES[quantize]
        converted: bytes = converter.convert()
    except Exception as error:  # the converter's own has no public name
        lacks = _lacking(str(error))
        raise UserError(f"{folder} cannot be a LiteRT file: {lacks}") from error
    return converted


def _lacking(message: str) -> str:
    """The operations that the converter names, or else the first line of what it says."""
    if named := dict.fromkeys(re.findall(r"\btf\.([A-Z]\w+)", message)):
        return f"LiteRT cannot do {', '.join(named)}"
    return message.strip().partition("\n")[0] or "the converter gives no reason"
