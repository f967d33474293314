"""What stands on a canvas without a digit: nothing, a scribble, or a letter."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.options import GLYPH_SIZE

LETTERS: Final = "AEFHKMNRVWXacdehkmnuvwx&#@%+*=?!"
"""Those that nobody takes for a digit: no O, I, l, S, Z, B, g or q."""
_FONTS: Final = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)  # fmt: skip
_MARGIN: Final = 4
_BITS: Final = 4
"""Binary places of coordinates, as OpenCV's `shift`."""
_CORNERS: Final = (3, 8)
_NUMBERS: Final = 20
"""What chance decides of each."""


class Other(NamedTuple):
    """What is there in the place of a digit.

    Attributes:
        letter: empty for none.
        font: of the letter, as OpenCV has it.
        width: of its strokes, in pixels of the glyph.
        scribble: the points (x, y) of a line, in pixels of the glyph; empty for none.
    """

    letter: str = ""
    font: int = 0
    width: int = 1
    scribble: tuple[tuple[float, float], ...] = ()


def draw_others(share: float, random: np.random.Generator, count: int) -> Iterator[Other | None]:
    """Of `count` pictures, a share without a digit; None for each of the rest."""
    chosen = random.random(count) < share
    numbers = random.random((count, _NUMBERS))
    for empty, row in zip(chosen.tolist(), numbers.tolist(), strict=True):
        yield _choose(*row) if empty else None


def _choose(kind: float, width: float, first: float, second: float, *places: float) -> Other:
    """A third are blank, a third scribbles and a third letters."""
    thickness = 1 + int(width * 3)
    if kind < 1 / 3:
        return Other()
    if kind < 2 / 3:
        fewest, most = _CORNERS
        corners = fewest + int(first * (most - fewest + 1))
        room = GLYPH_SIZE - 2 * _MARGIN
        points = [_MARGIN + room * place for place in places[: 2 * corners]]
        line = zip(points[::2], points[1::2], strict=True)
        return Other(width=thickness, scribble=tuple(line))
    letter = LETTERS[int(first * len(LETTERS))]
    return Other(letter, _FONTS[int(second * len(_FONTS))], thickness)


def as_glyph(other: Other) -> NDArray[np.uint8]:
    """Draws it as a glyph: uint8 [28, 28], white ink on black."""
    glyph = np.zeros((GLYPH_SIZE, GLYPH_SIZE), np.uint8)
    if other.scribble:
        points = np.rint(np.array(other.scribble) * 2**_BITS).astype(np.int32)
        return cv2.polylines(
            glyph, [points], isClosed=False, color=255, thickness=other.width,
            lineType=cv2.LINE_AA, shift=_BITS,
        )  # fmt: skip
    if other.letter:
        (width, height), below = cv2.getTextSize(other.letter, other.font, 1.0, other.width)
        scale = (GLYPH_SIZE - 2 * _MARGIN) / max(width, height + below)
        corner = (
            round((GLYPH_SIZE - scale * width) / 2),
            round((GLYPH_SIZE + scale * (height - below)) / 2),
        )
        cv2.putText(glyph, other.letter, corner, other.font, scale, 255, other.width, cv2.LINE_AA)
    return glyph
