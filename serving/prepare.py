"""From a picture as people have it to what a model is sent.

prepared = prepare(Path("scan.webp").read_bytes(), invert="auto")
prepared.encoded                       # what the model is sent
prepared.view                          # which part of the picture that is
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from serving.ink import LIGHT_PAPER, Ink, Invert, border_of, find_ink
from serving.line import find_line
from serving.strip import Strip, find_strip
from serving.whole import take_whole
from vocabulary.pictures import as_png, can_be_sent, open_upright
from vocabulary.task.predictions import Sent, View

_QUICK: Final = 1
"""PNG's compression of what is sent: a third of the time of Pillow's own, for a seventh more bytes
of a noisy photograph."""
_TAKE: Final = {"part": find_ink, "line": find_line, "all": take_whole}


@dataclass(frozen=True)
class Prepared:
    """What is sent of a picture."""

    encoded: bytes
    """PNG or JPEG."""
    ink: Ink | None = None
    """None if it was not looked for: then the whole picture is sent."""

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to read."""
        return self.ink is not None and not self.ink.found

    @property
    def view(self) -> View:
        """The part of the picture that is sent, and what is in doubt about it."""
        if self.ink is None:
            return View()
        return View(square=self.ink.square, several=self.ink.several, doubts=self.ink.doubts)

    def on_light_paper(self) -> "Prepared":
        """What a model is sent that was trained on dark ink on light paper: the inverse.

        A picture whose ink was not looked for, and light paper that was not to be inverted, are as
        such models know them.
        """
        if self.ink is None or not self.ink.found:
            return self
        if LIGHT_PAPER in self.ink.doubts:
            return Prepared(self.encoded, replace(self.ink, doubts=()))
        grey = grey_of(open_upright(self.encoded))
        return Prepared(as_png(Image.fromarray(255 - grey)), self.ink)


def prepare(encoded: bytes, *, invert: Invert, sent: Sent = "part") -> Prepared:
    """Decodes a picture once, whole, and makes of it what a model is sent.

    It is PNG, JPEG, WebP, BMP, TIFF, or GIF, of which the first frame counts.

    Raises UnreadableError if it is no whole picture of sane dimensions.
    """
    image = open_upright(encoded)
    ink = _TAKE[sent](grey_of(image), invert)
    if ink.canvas is not None:
        return _drawn(ink)
    return Prepared(encoded if can_be_sent(encoded) else as_png(image), ink)


def prepare_strip(encoded: bytes, *, invert: Invert) -> tuple[Strip, list[Prepared]]:
    """Decodes a picture as `prepare` does, and finds what may be written on it.

    Returns:
        The strip, and what a model is sent of its pieces, line by line.

    Raises UnreadableError as `prepare` does.
    """
    strip = find_strip(grey_of(open_upright(encoded)), invert)
    pieces = [piece for line in strip.lines for piece in line.pieces]
    return strip, [_drawn(piece.ink) for piece in pieces]


def _drawn(ink: Ink) -> Prepared:
    assert ink.canvas is not None
    return Prepared(as_png(Image.fromarray(ink.canvas), level=_QUICK), ink)


def grey_of(image: Image.Image) -> NDArray[np.uint8]:
    """uint8 [height, width]; what is transparent gets the colour of the paper."""
    if image.mode.startswith("I;16"):  # Pillow would cut its values off at 255
        return np.asarray(np.asarray(image) >> 8, np.uint8)
    if not image.has_transparency_data:
        return np.asarray(image.convert("L"))
    rgba = image.convert("RGBA")
    grey = np.asarray(rgba.convert("RGB").convert("L")).astype(np.float64)
    alpha = np.asarray(rgba.getchannel("A")) / 255
    return np.asarray(np.rint(grey * alpha + _paper(grey, alpha) * (1 - alpha)), np.uint8)


def _paper(grey: NDArray[np.float64], alpha: NDArray[np.float64]) -> float:
    """What is behind a picture: what its border is; where that is transparent, unlike its ink."""
    border = border_of(grey)
    opaque = border & (alpha > 0.5)
    if 2 * opaque.sum() > border.sum():
        return float(np.median(grey[opaque]))
    return 0.0 if (grey * alpha).sum() > 127 * alpha.sum() else 255.0
