"""What a model reads in one picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

NO_INK: Final = "no ink"


@dataclass(frozen=True)
class Prediction:
    """What the model read in one picture; of one without ink: nothing."""

    digit: int | None
    """None where there is no ink."""
    probabilities: tuple[float, ...]
    """Of the ten digits; they sum to 1. None of them where there is no ink."""
    box: tuple[float, float, float, float] | None
    """(xmin, ymin, xmax, ymax) in [0, 1] of the picture, upright."""
    doubts: tuple[str, ...] = ()
    """Why it may be wrong."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Prediction":
        """From one row of the model's outputs."""
        xmin, ymin, xmax, ymax = map(float, row["box"])
        return cls(
            digit=int(row["digit"]),
            probabilities=tuple(map(float, row["probabilities"])),
            box=(xmin, ymin, xmax, ymax),
        )

    @property
    def probability(self) -> float | None:
        """Of the digit."""
        return None if self.digit is None else self.probabilities[self.digit]


NOTHING: Final = Prediction(digit=None, probabilities=(), box=None, doubts=(NO_INK,))
"""What is read in a picture without ink."""
