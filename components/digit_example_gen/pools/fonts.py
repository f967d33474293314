"""Digits of handwriting fonts, one writer each.

A font has each digit once in each weight, so that each is varied as a hand would vary it. Variants
come from fixed seeds: they are part of the source, as MNIST's digits are.
"""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.glyphs import Glyphs, divide
from components.digit_example_gen.pools.outlines import faces, outline
from components.digit_example_gen.pools.variation import vary
from components.digit_example_gen.streams import streams_of
from vocabulary.features import NUM_CLASSES
from vocabulary.handwriting import FONTS

VARIANTS = 40
"""Of each digit of each font, all its weights together."""


def load(*, splits: Sequence[str]) -> dict[str, Glyphs]:
    """The glyphs of each split, divided by font."""
    slugs = [font.__name__.removeprefix("fontpkg_") for font in FONTS]
    digits = np.array([f"{slug}/{digit}" for slug in slugs for digit in range(NUM_CLASSES)])
    of_font = NUM_CLASSES * VARIANTS
    glyphs = Glyphs(
        pictures=np.concatenate([variants for font in FONTS for variants in _draw(font)]),
        labels=np.tile(np.arange(NUM_CLASSES), len(FONTS)).repeat(VARIANTS),
        groups=np.arange(len(FONTS)).repeat(of_font),
        names=np.char.add("fonts/", digits).repeat(VARIANTS),
        forms=np.char.add("fonts/", slugs).repeat(of_font),
    )
    return divide(glyphs, splits=splits)


def _draw(font: ModuleType) -> Iterator[NDArray[np.uint8]]:
    """All variants of each digit."""
    weights = [*faces(sorted(Path(font.ROOT, "files").glob("*.ttf")))]
    random = streams_of(font.__name__)
    for digit in map(str, range(NUM_CLASSES)):
        outlines = itertools.cycle([outline(weight, digit) for weight in weights])
        yield vary([*itertools.islice(outlines, VARIANTS)], random(digit))
