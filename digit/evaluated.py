"""Digits that were read beside the ground truth, as the figures of the report take them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class EvaluatedDigits:
    """The ground truth of n pictures, and what a model predicts.

    Attributes:
        digits: the ground truth, int64 [n].
        predicted_digits: int64 [n].
        confidences: the probability of each predicted digit, float64 [n].
        classes: what digits are called, by their index.
    """

    digits: NDArray[np.int64]
    predicted_digits: NDArray[np.int64]
    confidences: NDArray[np.float64]
    classes: Sequence[str]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each digit is right, [n]."""
        return self.digits == self.predicted_digits
