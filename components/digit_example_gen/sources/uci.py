"""The 1,797 handwritten digits inside scikit-learn.

They come as 8x8 counts of ink (0 to 16) and are scaled up to 28x28 so that strokes look like those
of a pen. Every writer filled in the same form, which opens with 0 to 9 twice, so the places where
a form begins can be read off the labels: there are 14, and splits follow them. scikit-learn's
description counts 13 writers, so that one of them may have filled in two.

Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998,
https://doi.org/10.24432/C50P49.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from components.digit_example_gen.drawn import Drawn
from components.digit_example_gen.glyphs import Glyphs, divide
from components.digit_example_gen.options import GLYPH_SIZE, DataOptions
from vocabulary.source import Source

EMBEDDED = True

FORM_STARTS = (0, 130, 256, 386, 516, 646, 776, 906, 1029, 1157, 1287, 1415, 1545, 1667)
"""The index of the first digit of each of the 14 forms."""

_DIGIT_SIZE = 20
_EDGE_GREY, _EDGE_WIDTH = 0.5, 0.3


def open_source(data: DataOptions, splits: Sequence[str]) -> Source:
    """Scenes of these digits."""
    return Drawn(data, load(splits=splits))


def as_pen_strokes(counts: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Turns 8x8 counts of ink into a 28x28 glyph with smooth, crisp strokes.

    Bicubic enlargement alone leaves grey blobs; a smooth step about a grey level in the flank of a
    stroke gives it a sharp edge that is still anti-aliased. The digit takes the middle 20x20, as
    in MNIST.

    Args:
        counts: float [8, 8], 0 to 16.

    Returns:
        uint8 [28, 28], 0 is paper and 255 is ink.
    """
    padded = np.pad(counts / 16.0, 1)
    size = round(_DIGIT_SIZE * 10 / 8)
    grey = cv2.resize(padded, (size, size), interpolation=cv2.INTER_CUBIC)
    step = np.clip((grey - _EDGE_GREY) / _EDGE_WIDTH + 0.5, 0.0, 1.0)
    ink = step * step * (3.0 - 2.0 * step)
    glyph = np.zeros((GLYPH_SIZE, GLYPH_SIZE))
    start = (GLYPH_SIZE - size) // 2
    glyph[start : start + size, start : start + size] = ink
    return np.rint(glyph * 255).astype(np.uint8)


def load(*, splits: Sequence[str]) -> dict[str, Glyphs]:
    """The glyphs of each split, divided by form."""
    digits = load_digits()
    count = len(digits.target)
    form = np.searchsorted(FORM_STARTS, np.arange(count), side="right").astype(np.int64)
    glyphs = Glyphs(
        pictures=np.stack([as_pen_strokes(image) for image in digits.images]),
        labels=digits.target.astype(np.int64),
        groups=form,
        names=np.array([f"uci/{index}" for index in range(count)]),
        forms=np.array([f"uci/form/{number}" for number in form.tolist()]),
    )
    return divide(glyphs, splits=splits)
