"""The heads of a number on features of the whole picture.

I. Goodfellow et al., "Multi-digit Number Recognition from Street View Imagery using Deep
Convolutional Neural Networks", ICLR 2014.
"""

from typing import Any

from keras import layers

from tasks.sequence.number import LENGTHS, LONGEST, SYMBOLS

Tensor = Any


def heads(features: Tensor) -> dict[str, Tensor]:
    """`length`, float32 [batch, 7], and `digits`, float32 [batch, 5, 11], of [batch, features]."""
    length = layers.Dense(LENGTHS, dtype="float32", name="length")(features)
    digits = layers.Dense(LONGEST * SYMBOLS, dtype="float32")(features)
    return {
        "length": length,
        "digits": layers.Reshape((LONGEST, SYMBOLS), dtype="float32", name="digits")(digits),
    }
