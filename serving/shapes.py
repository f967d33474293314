"""What the shape of a piece of ink says of whether it is one object."""

from collections.abc import Sequence
from operator import mul
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from serving.parts import Part, Pixels

_LOOSE: Final = 0.4
"""A stroke that is longer, as a share of the size, is seldom a loose one of an object."""
_DRAWN: Final = 100
"""Of 255: what is sent of a piece is ink where it is stronger."""


class Shape(NamedTuple):
    """What speaks against a piece by its shape alone. Lengths are shares of the size."""

    object: float
    """1 for each piece: whether many are as likely as few."""
    cut: float
    """The root of the ink that it is cut through on its left."""
    broad: float
    """How many times wider than high it is, if more than 0.8 times."""
    wide: float
    """Its width above 0.9."""
    low: float
    """What its height lacks to 1."""
    joined: float
    """Of parts as one: what the shorter is longer than a loose stroke."""
    crowded: float
    """The share of its rows that cross three strokes or more."""

    @property
    def cost(self) -> float:
        """All of it, in nats."""
        return sum(map(mul, COSTS, self))


COSTS: Final = Shape(object=0.6, cut=4.5, broad=3.7, wide=4.0, low=3.6, joined=2.9, crowded=3.5)
"""Of each, in nats, as the logarithms of confidences are: `benchmarks/find_costs.py` fits them."""
CONFIDENCE: Final = 1.4
"""What a nat of a confidence counts beside them; fitted with them."""


def shape_of(
    part: Part,
    canvas: NDArray[np.uint8],
    size: int,
    *,
    cut: float,
    borders: Sequence[tuple[Part, Part]],
) -> Shape:
    """The shape of a piece.

    Args:
        part: its ink.
        canvas: uint8 [height, width], what a model is sent of it.
        size: of what is written, in pixels.
        cut: ink that it is cut through on its left, as a share of the size.
        borders: the parts on both sides of where it goes on from one part to the next.
    """
    width, height = part.width / size, part.height / size
    shorter = [min(one.long, other.long) / size for one, other in borders]
    return Shape(
        object=1.0,
        cut=cut**0.5,
        broad=max(0.0, width / max(height, 0.7) - 0.8),
        wide=max(0.0, width - 0.9),
        low=max(0.0, 1 - height),
        joined=sum(max(0.0, length - _LOOSE) for length in shorter),
        crowded=_crowded(canvas > _DRAWN),
    )


def _crowded(ink: Pixels) -> float:
    strokes = (np.diff(np.pad(ink.astype(np.int8), ((0, 0), (1, 0)))) == 1).sum(axis=1)
    rows = strokes[strokes > 0]
    return float(np.mean(rows >= 3)) if len(rows) else 0.0
