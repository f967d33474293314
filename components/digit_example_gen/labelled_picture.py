"""A picture that people bring, with its label, as the truth of an example.

It is turned upright, with its boxes where the label was drawn on it as it is stored; made PNG where
it is neither PNG nor JPEG; and its content is digested, so that a copy under another name is known.
"""

import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple

from PIL import Image

from components.digit_example_gen.example import Labelled
from vocabulary.boxes import Edges
from vocabulary.classes import label_of
from vocabulary.labels.record import Annotated, Object
from vocabulary.pictures import UnreadableError, as_png, open_upright, orientation, upright

_PNG_MAGIC: Final = b"\x89PNG"
_LFS: Final = b"version https://git-lfs.github.com/"
_TURNED: Final = {
    5: (0, 1, 0, 1),
    6: (1, 0, 0, 1),
    7: (1, 0, 1, 0),
    8: (0, 1, 1, 0),
}
"""Of EXIF's orientations that lay a picture on its side: where an upright x is (from, to) along the
stored y, and an upright y along the stored x."""


class Opened(NamedTuple):
    """A picture that was decoded.

    Attributes:
        image: upright.
        encoded: upright, PNG or JPEG.
        objects: with boxes on the upright picture.
    """

    image: Image.Image
    encoded: bytes
    objects: tuple[Object, ...]

    def content(self) -> str:
        """A digest of the pixels, the same for every copy that was stored without loss."""
        deep = self.image.mode.startswith(("I", "F"))
        pixels = self.image if deep else self.image.convert("RGB")
        head = f"{pixels.mode} {pixels.size}".encode()
        digest = hashlib.sha256(head)
        digest.update(pixels.tobytes())
        return digest.hexdigest()


def open_picture(stored: bytes, record: Annotated) -> Opened:
    """Decodes a picture.

    Raises:
        UnreadableError: if it is no whole picture, or not of the size that its label says.
    """
    if stored.startswith(_LFS):
        raise UnreadableError("is a pointer of Git LFS, not the picture; run git lfs pull")
    image = open_upright(stored)
    objects = record.objects
    if record.size not in (None, image.size):
        turned = orientation(stored)
        if record.size != image.size[::-1] or turned not in _TURNED:
            says = "{} x {}".format(*record.size or ())
            raise UnreadableError(
                f"is {image.width} x {image.height} pixels, and its label says {says}"
            )
        objects = tuple(one._replace(box=_turn(one.box, turned)) for one in objects)
    return Opened(image, upright(stored), objects)


def _turn(box: Edges, turned: int) -> Edges:
    x_from, x_to, y_from, y_to = _TURNED[turned]
    xmin, ymin, xmax, ymax = box
    across = sorted(x_from + (x_to - x_from) * edge for edge in (ymin, ymax))
    down = sorted(y_from + (y_to - y_from) * edge for edge in (xmin, xmax))
    return across[0], down[0], across[1], down[1]


def as_labelled(opened: Opened, classes: Sequence[str], *, id_: str, source_id: str) -> Labelled:
    """The whole picture, with its objects from left to right, all of which are of the classes."""
    return _labelled(
        opened.encoded, opened.image.size, opened.objects, classes, id_=id_, source_id=source_id
    )


def as_crop(
    opened: Opened, index: int, margin: float, classes: Sequence[str], *, id_: str, source_id: str
) -> Labelled:
    """One object of a picture, with so much around its box, of the box's sides, where there is."""
    one = opened.objects[index]
    xmin, ymin, xmax, ymax = one.box
    across, down = margin * (xmax - xmin), margin * (ymax - ymin)
    width, height = opened.image.size
    left, top = (max(int(edge), 0) for edge in ((xmin - across) * width, (ymin - down) * height))
    right = min(-int(-(xmax + across) * width // 1), width)
    bottom = min(-int(-(ymax + down) * height // 1), height)
    wide, high = right - left, bottom - top
    box = (
        (xmin * width - left) / wide, (ymin * height - top) / high,
        (xmax * width - left) / wide, (ymax * height - top) / high,
    )  # fmt: skip
    encoded = as_png(opened.image.crop((left, top, right, bottom)))
    cropped = (one._replace(box=box),)
    return _labelled(encoded, (wide, high), cropped, classes, id_=id_, source_id=source_id)


def _labelled(
    encoded: bytes,
    size: tuple[int, int],
    objects: tuple[Object, ...],
    classes: Sequence[str],
    *,
    id_: str,
    source_id: str,
) -> Labelled:
    width, height = size
    ordered = sorted(objects, key=lambda one: one.box)
    labels = [label_of(one.name, classes) for one in ordered]
    return Labelled(
        id=id_,
        source_id=source_id,
        form="",
        encoded=encoded,
        format="png" if encoded.startswith(_PNG_MAGIC) else "jpeg",
        size=(height, width),
        labels=[label for label in labels if label is not None],
        texts=[one.name for one in ordered],
        boxes=[one.box for one in ordered],
    )
