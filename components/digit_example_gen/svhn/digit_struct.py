"""`digitStruct.mat` of the Street View House Numbers: the digits of each full picture.

MATLAB 7.3 writes HDF5. Each attribute of a picture's digits is a column: of plain numbers where
there is one digit, of references to numbers where there are more; other writers keep plain numbers
for several, so that both are read for any count.

Source: Y. Netzer et al. 2011, "Reading Digits in Natural Images with Unsupervised Feature
Learning", http://ufldl.stanford.edu/housenumbers (format 1).
"""

from typing import Any, Final, NamedTuple, Self

import h5py

from vocabulary.errors import UserError

_ATTRIBUTES: Final = ("label", "left", "top", "width", "height")
_ZERO: Final = 10
"""How the digit 0 is labelled, since MATLAB counts from 1."""


class PlacedDigit(NamedTuple):
    """A digit on a picture.

    Attributes:
        label: 0 to 9, if the file is what it should be.
        left, top: of its box, pixels from the picture's edges; may be below 0.
        width, height: of its box, pixels.
    """

    label: int
    left: float
    top: float
    width: float
    height: float

    @classmethod
    def of(cls, label: float, *place: float) -> Self:
        """That of the attributes as they are stored."""
        return cls(0 if label == _ZERO else int(label), *place)


class HouseNumber(NamedTuple):
    """The name of a picture, and its digits from left to right."""

    name: str
    digits: tuple[PlacedDigit, ...]


class DigitStruct:
    """The house numbers of one `digitStruct.mat`, each read when it is asked for."""

    def __init__(self, path: str):
        """Opens the file.

        Raises:
            UserError: if it is no such file.
        """
        self._path = path
        try:
            self._file = h5py.File(path, "r")
            self._names = self._file["digitStruct/name"]
            self._digits = self._file["digitStruct/bbox"]
        except (OSError, KeyError) as error:
            raise UserError(
                f"{path} is no digitStruct.mat of MATLAB 7.3 ({error}); fetch it again"
            ) from error

    def __len__(self) -> int:
        """How many pictures it tells of."""
        return int(self._names.shape[0])

    def __getitem__(self, index: int) -> HouseNumber:
        """One of them.

        Raises:
            UserError: if its entry is damaged.
        """
        try:
            name = "".join(map(chr, self._file[self._names[index, 0]][:, 0]))
            digits = self._file[self._digits[index, 0]]
            columns = [self._column(digits[attribute]) for attribute in _ATTRIBUTES]
            placed = [PlacedDigit.of(*one) for one in zip(*columns, strict=True)]
        except (OSError, KeyError, ValueError, TypeError) as error:
            raise UserError(
                f"picture {index + 1} of {self._path} is damaged ({error}); fetch the file again"
            ) from error
        return HouseNumber(name, tuple(sorted(placed, key=lambda digit: digit.left)))

    def _column(self, stored: Any) -> list[float]:
        return [
            float(self._file[value][0, 0] if isinstance(value, h5py.Reference) else value)
            for value in stored[:, 0]
        ]
