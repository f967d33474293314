"""The heads of a number on features of the whole picture.

I. Goodfellow et al., "Multi-digit Number Recognition from Street View Imagery using Deep
Convolutional Neural Networks", ICLR 2014.
"""

from typing import Any

from keras import layers

from tasks.sequence.number import LENGTHS, LONGEST

Tensor = Any


def heads(features: Tensor, *, classes: int) -> dict[str, Tensor]:
    """`length`, float32 [batch, 7], and `digits`, float32 [batch, 5, classes + 1]."""
    length = layers.Dense(LENGTHS, dtype="float32", name="length")(features)
    digits = layers.Dense(LONGEST * (classes + 1), dtype="float32")(features)
    return {
        "length": length,
        "digits": layers.Reshape((LONGEST, classes + 1), dtype="float32", name="digits")(digits),
    }
