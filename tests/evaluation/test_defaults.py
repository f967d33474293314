"""Batches of which some pictures, or all, have no object."""

import numpy as np
import pyarrow as pa
import pytest
from tensorflow_model_analysis.utils import util

from evaluation.defaults import fill_in, sparse_features
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


@pytest.mark.parametrize("rows", [[[3, 1], [7]], [[3], [7]], [[3, 1], [], None], [[], []], [[4]]])
def test_lists_are_sparse_whatever_lengths_they_have_in_a_batch(rows: list[list | None]) -> None:
    batch = pa.RecordBatch.from_arrays([pa.array(rows, LABELS)], [features.LABEL])
    config = sparse_features("sequence")
    assert config is not None
    filled = fill_in(batch, "sequence")
    values = util.record_batch_to_tensor_values(filled, config.tensor_representations)
    assert set(values) == {features.LABEL, *features.BOX}
    labels = values[features.LABEL]
    assert labels.values.tolist() == [label for row in rows for label in row or []]
    assert labels.dense_shape[0] == values[features.XMIN].dense_shape[0] == len(rows)


def test_a_task_of_one_object_has_no_sparse_features() -> None:
    assert sparse_features("localization") is None
