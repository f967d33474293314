"""Labels and boxes as TFMA hands them over."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from tensorflow_model_analysis.api import types

from vocabulary import features

Known = dict[str, types.VarLenTensorValue]


@pytest.fixture(scope="session")
def known() -> Callable[..., Known]:
    """The features of pictures with these numbers, as `known(["12", ""], heights=[0.5, 0])`."""

    def build(numbers: Sequence[str], heights: Sequence[float] | None = None) -> Known:
        high = heights or [0.5] * len(numbers)
        rows: dict[str, list[Any]] = {
            features.LABEL: [[int(digit) for digit in number] for number in numbers],
            features.YMIN: [[0.1] * len(number) for number in numbers],
            features.YMAX: [
                [0.1 + height] * len(number) for number, height in zip(numbers, high, strict=True)
            ],
        }
        return {
            key: types.VarLenTensorValue.from_dense_rows([np.array(row) for row in lists])
            for key, lists in rows.items()
        }

    return build
