"""From a picture as people have them to what a model is sent, and back to the picture.

Phones store pictures on their side and say so in EXIF, which TensorFlow does not read; scans are
dark ink on light paper. Of both, and of other formats than PNG and JPEG, this makes what a model
knows.

prepared = prepare(Path("scan.webp").read_bytes(), invert="auto")
prediction = prepared.finish(model's answer to prepared.encoded)
"""

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from serving.ink import Ink, Invert, find_ink
from serving.prediction import Prediction

FORMATS: Final = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
MAX_PIXELS: Final = 32_000_000
"""Of one picture, as it says itself before it is decoded."""
UNSURE_BELOW: Final = 0.6
"""A digit that is less probable is a guess."""
LOW_CONFIDENCE: Final = "low confidence"
_SENT_AS_THEY_ARE: Final = ("PNG", "JPEG")
_ORIENTATION: Final = 0x0112


class UnreadableError(Exception):
    """Bytes that are no picture which a model can be given; says why."""


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

    def finish(self, answer: Prediction) -> Prediction:
        """The answer to what was sent, told of the upright picture, with what is in doubt."""
        doubts = self.ink.doubts if self.ink else ()
        if answer.digit is not None and answer.probabilities[answer.digit] < UNSURE_BELOW:
            doubts = (LOW_CONFIDENCE, *doubts)
        if self.ink is None or answer.box is None:
            return replace(answer, doubts=doubts)
        left, top, width, height = self.ink.square
        xmin, xmax = (_share(left + edge * width) for edge in answer.box[::2])
        ymin, ymax = (_share(top + edge * height) for edge in answer.box[1::2])
        return replace(answer, box=(xmin, ymin, xmax, ymax), doubts=doubts)


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def prepare(encoded: bytes, *, invert: Invert) -> Prepared:
    """Decodes a picture once, whole, and makes of it what a model is sent.

    Args:
        encoded: PNG, JPEG, WebP, BMP, TIFF, or GIF, of which the first frame counts.
        invert: whether it is dark ink on light paper; auto: if its border is light.

    Raises:
        UnreadableError: if it is no whole picture of sane dimensions.
    """
    image = open_upright(encoded)
    ink = find_ink(_grey(image), invert)
    if ink.canvas is not None:
        return Prepared(_png(Image.fromarray(ink.canvas)), ink)
    return Prepared(encoded if _can_be_sent(encoded) else _png(image), ink)


def upright(encoded: bytes) -> bytes:
    """A picture as PNG or JPEG without EXIF's turn; what is so already, or no picture, as it is."""
    try:
        return encoded if _can_be_sent(encoded) else _png(open_upright(encoded))
    except UnreadableError:
        return encoded  # whom it is sent to says what is wrong with it


def open_upright(encoded: bytes) -> Image.Image:
    """The picture, decoded and turned as EXIF says.

    Raises:
        UnreadableError: if it is no whole picture of sane dimensions.
    """
    with _broken_is_said(), Image.open(io.BytesIO(encoded), formats=FORMATS) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise UnreadableError(f"is {width} x {height}, more than {MAX_PIXELS} pixels")
        image.load()
        return ImageOps.exif_transpose(image)


def upright_size(encoded: bytes) -> tuple[int, int]:
    """Width and height, pixels, of the picture as EXIF says that it is turned."""
    with _broken_is_said(), Image.open(io.BytesIO(encoded), formats=FORMATS) as image:
        on_its_side = image.getexif().get(_ORIENTATION, 1) in range(5, 9)
        return image.size[::-1] if on_its_side else image.size


def _can_be_sent(encoded: bytes) -> bool:
    """Whether it is PNG or JPEG and upright, by its head alone."""
    with _broken_is_said(), Image.open(io.BytesIO(encoded), formats=FORMATS) as image:
        known = image.format in _SENT_AS_THEY_ARE
        return known and image.getexif().get(_ORIENTATION, 1) not in range(2, 9)


@contextlib.contextmanager
def _broken_is_said() -> Iterator[None]:
    try:
        yield
    except UnidentifiedImageError as error:
        raise UnreadableError(f"is none of {', '.join(FORMATS)}") from error
    except OSError as error:
        raise UnreadableError(error.strerror or f"is broken: {error}") from error
    except (SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableError(f"is broken: {error}") from error


def _png(image: Image.Image) -> bytes:
    if image.mode not in ("1", "L", "LA", "I;16", "P", "RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _grey(image: Image.Image) -> NDArray[np.uint8]:
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
    """What is behind a picture: what its border is, or, where that is transparent, unlike its ink."""
    inner = np.zeros(grey.shape, bool)
    inner[1:-1, 1:-1] = True
    opaque = ~inner & (alpha > 0.5)
    if 2 * opaque.sum() > (~inner).sum():
        return float(np.median(grey[opaque]))
    return 0.0 if (grey * alpha).sum() > 127 * alpha.sum() else 255.0
