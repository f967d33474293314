"""Digits of a script in fonts, one writer each, varied as a hand varies them.

The script is Persian, whose zero is a dot: digits keep the sizes that they have in their font.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.drawn import Drawn
from components.digit_example_gen.glyphs import Glyphs, divide
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.pools.fonts import as_glyphs, vary_all
from components.digit_example_gen.pools.outlines import faces, has_characters, outline
from components.digit_example_gen.streams import streams_of
from vocabulary.persian import DIGITS, families
from vocabulary.source import Source

EMBEDDED = True


def open_source(data: DataOptions, splits: Sequence[str]) -> Source:
    """Scenes of these digits."""
    return Drawn(data, load(splits=splits))


def load(*, splits: Sequence[str]) -> dict[str, Glyphs]:
    """The glyphs of each split, divided by family of fonts."""
    fonts = {family: [*_draw(family, files)] for family, files in families().items()}
    return divide(as_glyphs(fonts), splits=splits)


def _draw(family: str, files: Sequence[Path]) -> Iterator[NDArray[np.uint8]]:
    """All variants of each digit, of those faces that have the script."""
    chosen = [face for face in faces(files) if has_characters(face, DIGITS)]
    random = streams_of("persian", family)
    for digit, character in enumerate(DIGITS):
        outlines = [outline(face, character, among=DIGITS) for face in chosen]
        yield vary_all(outlines, random(str(digit)))
