"""A part of the Street View House Numbers: `train`, `extra` or `test`, in either of its forms."""

from typing import Final

import numpy as np
import tensorflow as tf
from PIL import Image

from components.digit_example_gen.example import Labelled
from components.digit_example_gen.on_disk import on_disk
from components.digit_example_gen.options import CanvasOptions
from components.digit_example_gen.svhn.digit_struct import DigitStruct, PlacedDigit
from components.digit_example_gen.svhn.matlab5 import read_arrays
from vocabulary.boxes import Edges
from vocabulary.errors import UserError
from vocabulary.handwriting import SVHN
from vocabulary.pictures import UnreadableError, as_png, open_upright

_SIDE: Final = 32


class NotThereError(Exception):
    """A number that is not wholly on its picture; says how, as the end of a sentence."""


class Numbers:
    """Full pictures with the boxes of all digits; `digitStruct.mat` stands beside them."""

    def __init__(self, folder: str, part: str, crop: float | None, canvas: CanvasOptions):
        """Opens the labels; pictures are cut as `source.crop` says and scaled to the canvas."""
        self._folder, self._part, self._crop = f"{folder}/{part}", part, crop
        self._canvas = canvas.width, canvas.height
        self._struct = DigitStruct(on_disk(f"{self._folder}/digitStruct.mat"))

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self._struct)

    def name(self, index: int) -> str:
        """Of a picture, which no other has."""
        return f"{self._part}/{index + 1}"

    def labelled(self, index: int) -> Labelled:
        """A picture with its truth.

        Raises:
            UnreadableError: if it cannot be read.
            NotThereError: if it has no digit, or one that is not on it.
        """
        number = self._struct[index]
        try:
            with tf.io.gfile.GFile(f"{self._folder}/{number.name}", "rb") as opened:
                image = open_upright(opened.read())
        except tf.errors.OpError as error:
            raise UnreadableError(f"cannot be read ({error.message})") from error
        if not number.digits:
            raise NotThereError("has no digit in digitStruct.mat")
        return self._cut(image, number.digits, self.name(index))

    def _cut(self, image: Image.Image, digits: tuple[PlacedDigit, ...], name: str) -> Labelled:
        frame: Edges = (0.0, 0.0, float(image.width), float(image.height))
        size = image.size
        if self._crop is not None:
            frame = _around(digits, self._crop, image.size)
            size = self._canvas
            image = image.resize(size, Image.Resampling.BILINEAR, box=frame)
        return Labelled(
            id=name,
            source_id=f"{SVHN}/{name}",
            form="",
            encoded=as_png(image),
            format="png",
            size=size[::-1],
            labels=[digit.label for digit in digits],
            texts=[str(digit.label) for digit in digits],
            boxes=[_within(digit, frame) for digit in digits],
        )


def _around(digits: tuple[PlacedDigit, ...], share: float, size: tuple[int, int]) -> Edges:
    """The smallest box that holds those of all digits, grown on each side, pixels.

    It ends where the picture does.
    """
    left, top = min(digit.left for digit in digits), min(digit.top for digit in digits)
    right = max(digit.left + digit.width for digit in digits)
    bottom = max(digit.top + digit.height for digit in digits)
    across, down = share * (right - left), share * (bottom - top)
    width, height = size
    box = (
        max(left - across, 0.0), max(top - down, 0.0),
        min(right + across, float(width)), min(bottom + down, float(height)),
    )  # fmt: skip
    if not (box[0] < box[2] and box[1] < box[3]):
        raise NotThereError("has all its digits outside, or without area")
    return box


def _within(digit: PlacedDigit, frame: Edges) -> Edges:
    """The box of a digit as shares of a part of the picture, cut off at its edges."""
    xmin, ymin, xmax, ymax = frame
    box = (
        max((digit.left - xmin) / (xmax - xmin), 0.0),
        max((digit.top - ymin) / (ymax - ymin), 0.0),
        min((digit.left + digit.width - xmin) / (xmax - xmin), 1.0),
        min((digit.top + digit.height - ymin) / (ymax - ymin), 1.0),
    )
    if not (box[0] < box[2] and box[1] < box[3]):
        raise NotThereError("has a digit outside, or without area")
    return box


class Digits:
    """Single digits, cut out as 32x32, without boxes; neighbours may be seen at the sides."""

    def __init__(self, folder: str, part: str):
        """Opens `PART_32x32.mat`.

        Raises:
            UserError: if it is not what it should be.
        """
        self._part, path = part, f"{folder}/{part}_32x32.mat"
        arrays = read_arrays(on_disk(path))
        if not {"X", "y"} <= arrays.keys():
            raise UserError(f"{path} holds {', '.join(arrays)}, not X and y; fetch it again")
        self._pictures, self._labels = arrays["X"], arrays["y"].ravel()
        shape = (_SIDE, _SIDE, 3, len(self._labels))
        if self._pictures.shape != shape or self._pictures.dtype != np.uint8:
            raise UserError(f"{path} holds X of {self._pictures.shape}, not {shape}")

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self._labels)

    def name(self, index: int) -> str:
        """Of a picture, which no other has."""
        return f"{self._part}_32x32/{index + 1}"

    def labelled(self, index: int) -> Labelled:
        """A picture with its digit; the file has 10 for 0."""
        label = int(self._labels[index]) % 10
        image = Image.fromarray(np.ascontiguousarray(self._pictures[..., index]))
        return Labelled(
            id=self.name(index),
            source_id=f"{SVHN}/{self.name(index)}",
            form="",
            encoded=as_png(image),
            format="png",
            size=(_SIDE, _SIDE),
            labels=[label],
            texts=[str(label)],
            boxes=[],
        )
