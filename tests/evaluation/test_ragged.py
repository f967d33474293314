"""Values of pictures that have none, one or many."""

import numpy as np
import pytest
from tensorflow_model_analysis.api import types

from evaluation.ragged import lists


@pytest.mark.parametrize("rows", [[[1, 2], [], [3]], [[], []], [[4]], [[], [5, 6, 7]]])
def test_each_picture_has_its_own_values(rows: list[list[int]]) -> None:
    known = types.VarLenTensorValue.from_dense_rows([np.array(row) for row in rows])
    assert [values.tolist() for values in lists(known)] == rows
