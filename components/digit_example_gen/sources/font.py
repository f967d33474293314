"""Digits of a script in fonts, one writer each, varied as a hand varies them.

The script is Persian, whose zero is a dot: digits keep the sizes that they have in their font.
"""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.drawn import Drawn
from components.digit_example_gen.glyphs import Glyphs, divide
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.pools.outlines import faces, has_characters, outline
from components.digit_example_gen.pools.variation import vary
from components.digit_example_gen.source_options import FontOptions
from components.digit_example_gen.streams import streams_of
from vocabulary.persian import DIGITS, families
from vocabulary.source import Source

EMBEDDED = True

VARIANTS = 80
"""Of each digit of each font, all its faces together."""


def open_source(data: DataOptions, splits: Sequence[str]) -> Source:
    """Scenes of the digits that the options name, called as they are written."""
    assert isinstance(data.source, FontOptions)
    return Drawn(data, load(data.source.classes, splits=splits), names=DIGITS)


def load(classes: Sequence[int], *, splits: Sequence[str]) -> dict[str, Glyphs]:
    """The glyphs of some digits for each split, divided by font."""
    files = families()
    digits = np.array([f"{family}/{digit}" for family in files for digit in classes])
    of_font = len(classes) * VARIANTS
    glyphs = Glyphs(
        pictures=np.concatenate(
            [variants for family in files for variants in _draw(family, files[family], classes)]
        ),
        labels=np.tile(np.array(classes), len(files)).repeat(VARIANTS),
        groups=np.arange(len(files)).repeat(of_font),
        names=np.char.add("fonts/", digits).repeat(VARIANTS),
        forms=np.char.add("fonts/", [*files]).repeat(of_font),
    )
    return divide(glyphs, splits=splits)


def _draw(
    family: str, files: Sequence[Path], classes: Sequence[int]
) -> Iterator[NDArray[np.uint8]]:
    """All variants of each digit, in those faces of a family that have the script."""
    chosen = [face for face in faces(files) if has_characters(face, DIGITS)]
    random = streams_of("persian", family)
    for digit in classes:
        outlines = itertools.cycle([outline(face, DIGITS[digit], among=DIGITS) for face in chosen])
        yield vary([*itertools.islice(outlines, VARIANTS)], random(str(digit)))
