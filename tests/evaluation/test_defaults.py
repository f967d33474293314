"""Batches of which some pictures, or all, have no object."""

import numpy as np
import pyarrow as pa
import pytest

from evaluation.defaults import fill_in
from vocabulary import features

LABELS = pa.large_list(pa.int64())
EDGES = pa.large_list(pa.float32())


@pytest.mark.parametrize("nothing", [None, []])
def test_a_picture_without_an_object_gets_the_defaults_of_the_schema(nothing: list | None) -> None:
    columns = {features.LABEL: pa.array([[3], nothing, [7]], LABELS)}
    columns |= {key: pa.array([[0.25], nothing, [0.5]], EDGES) for key in features.BOX}
    columns["id"] = pa.array([[1], [2], [3]], LABELS)
    batch = pa.RecordBatch.from_arrays([*columns.values()], [*columns])
    filled = fill_in(batch, "localization")
    assert filled.schema == batch.schema
    assert filled[features.LABEL].to_pylist() == [[3], [-1], [7]]
    for key in features.BOX:
        assert filled[key].to_pylist() == [[0.25], [0], [0.5]]
    assert filled["id"].to_pylist() == [[1], [2], [3]]


def test_a_batch_of_which_no_picture_has_an_object_gets_the_columns() -> None:
    filled = fill_in(pa.RecordBatch.from_pydict({"id": [[1], [2]]}), "localization")
    assert filled[features.LABEL].to_pylist() == [[-1], [-1]]
    assert filled[features.LABEL].type == LABELS
    assert filled[features.XMAX].type == EDGES
    assert np.array(filled[features.XMAX].to_pylist()).tolist() == [[0], [0]]
