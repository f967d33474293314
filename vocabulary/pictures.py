"""Pictures as people have them, turned upright and in a format that every server of a model reads.

Phones store pictures on their side and say so in EXIF, which TensorFlow's graph cannot read: who
has the picture in Python turns it before a model gets it.
"""

import contextlib
import io
from collections.abc import Iterator
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")
FORMATS: Final = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
MAX_PIXELS: Final = 32_000_000
"""Of one picture, as it says itself before it is decoded."""
_SENT_AS_THEY_ARE: Final = ("PNG", "JPEG")
_ORIENTATION: Final = 0x0112


class UnreadableError(Exception):
    """Bytes that are no picture which a model can be given; says why."""


def upright(encoded: bytes) -> bytes:
    """A picture as PNG or JPEG without EXIF's turn; what is so already, or no picture, as it is."""
    try:
        return encoded if can_be_sent(encoded) else as_png(open_upright(encoded))
    except UnreadableError:
        return encoded  # whom it is sent to says what is wrong with it


def open_upright(encoded: bytes) -> Image.Image:
    """The picture, decoded and turned as EXIF says.

    Raises UnreadableError if it is no whole picture of sane dimensions.
    """
    with _broken_is_said(), Image.open(io.BytesIO(encoded), formats=FORMATS) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise UnreadableError(f"is {width} x {height}, more than {MAX_PIXELS} pixels")
        image.load()
        turned = ImageOps.exif_transpose(image)
        # Pillow makes RGB of it, and nothing else.
        return turned.convert("RGB") if turned.mode == "LAB" else turned


def upright_size(encoded: bytes) -> tuple[int, int]:
    """Width and height, pixels, of the picture as EXIF says that it is turned."""
    with _broken_is_said(), Image.open(io.BytesIO(encoded), formats=FORMATS) as image:
        # Pillow turns a TIFF by itself, and says its size so.
        turned = image.format != "TIFF" and image.getexif().get(_ORIENTATION, 1) in range(5, 9)
        return image.size[::-1] if turned else image.size


def orientation(encoded: bytes) -> int:
    """How a picture is stored, 1 to 8 as EXIF has it; 1 is upright."""
    with _broken_is_said(), Image.open(io.BytesIO(encoded), formats=FORMATS) as image:
        return int(image.getexif().get(_ORIENTATION, 1))


def frames(encoded: bytes) -> int:
    """How many pictures there are in one; more than one is an animation, or pages."""
    with _broken_is_said(), Image.open(io.BytesIO(encoded), formats=FORMATS) as image:
        return int(getattr(image, "n_frames", 1))


def can_be_sent(encoded: bytes) -> bool:
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
        raise UnreadableError(f"is broken: {str(error).rstrip('.')}") from error


def as_png(image: Image.Image, *, level: int = 6) -> bytes:
    """The picture as PNG, without anything beside its pixels; `level` is of the compression."""
    if image.mode not in ("1", "L", "LA", "I;16", "P", "RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    written = io.BytesIO()
    image.save(written, "PNG", compress_level=level)
    return written.getvalue()
