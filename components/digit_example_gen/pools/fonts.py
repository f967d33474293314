"""Digits of handwriting fonts, one writer each.

A font has each digit once in each weight, so that each is varied as a hand would vary it. Variants
come from fixed seeds: they are part of the source, as MNIST's digits are.
"""

import itertools
import string
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.glyphs import Glyphs, divide
from components.digit_example_gen.pools.outlines import faces, outline
from components.digit_example_gen.pools.variation import Outline, vary
from components.digit_example_gen.streams import streams_of
from vocabulary.handwriting import FONTS

VARIANTS = 40
"""Of each digit of each font, all its weights together."""


def load(*, splits: Sequence[str]) -> dict[str, Glyphs]:
    """The glyphs of each split, divided by font."""
    fonts = {font.__name__.removeprefix("fontpkg_"): [*_draw(font)] for font in FONTS}
    return divide(as_glyphs(fonts), splits=splits)


def _draw(font: ModuleType) -> Iterator[NDArray[np.uint8]]:
    weights = [*faces(sorted(Path(font.ROOT, "files").glob("*.ttf")))]
    random = streams_of(font.__name__)
    for digit in string.digits:
        yield vary_all([outline(weight, digit) for weight in weights], random(digit))


def vary_all(outlines: Sequence[Outline], random: np.random.Generator) -> NDArray[np.uint8]:
    """`VARIANTS` of one digit, of its outlines in turn: uint8 [40, 28, 28]."""
    return vary([*itertools.islice(itertools.cycle(outlines), VARIANTS)], random)


def as_glyphs(fonts: Mapping[str, Sequence[NDArray[np.uint8]]]) -> Glyphs:
    """The glyphs of all digits: `fonts` has the variants of each of them by the font's name."""
    names = np.array([f"{font}/{digit}" for font in fonts for digit in string.digits])
    of_font = len(string.digits) * VARIANTS
    return Glyphs(
        pictures=np.concatenate([some for variants in fonts.values() for some in variants]),
        labels=np.tile(np.arange(len(string.digits)), len(fonts)).repeat(VARIANTS),
        groups=np.arange(len(fonts)).repeat(of_font),
        names=np.char.add("fonts/", names).repeat(VARIANTS),
        forms=np.char.add("fonts/", [*fonts]).repeat(of_font),
    )
