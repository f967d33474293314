"""What every task's `answers` and `predictions` must hold for the machinery to work with them."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from serving.bulk_files import example, record, schema
from serving.predict import Row
from vocabulary.classes import TEN
from vocabulary.task.answers import Answers
from vocabulary.task.find import has_part, task_names, task_part
from vocabulary.task.predictions import NO_INK, Predictions, View
from vocabulary.task.sequence import Sequences

pytestmark = pytest.mark.parametrize("task", task_names())


def rows(task: str) -> list[Row]:
    """Of a picture with ink, about which the model knows nothing, and of one without."""
    predictions: Predictions = task_part(task, "predictions")
    outputs = {
        name: np.zeros(output.shape, output.dtype)
        for name, output in task_part(task, "answers").outputs(TEN).items()
    }
    read = predictions.read(outputs, View(doubts=("in doubt",)), TEN)
    return [Row(Path("a.png"), 40, 30, one) for one in (read, predictions.NOTHING)]


def test_its_modules_have_what_is_asked_of_them(task: str) -> None:
    assert isinstance(task_part(task, "answers"), Answers)
    assert isinstance(task_part(task, "predictions"), Predictions)


def test_what_it_finds_on_one_picture_is_joined_if_it_says_how(task: str) -> None:
    if has_part(task, "sequence"):
        sequences = task_part(task, "sequence")
        assert isinstance(sequences, Sequences)
        read = [row.prediction for row in rows(task)]
        joined = sequences.join([read], ())
        assert list(joined.members) == read
        assert all(0 <= sequences.confidence(one) <= 1 for one in read)
        assert tuple(joined.columns(width=40, height=30)) == sequences.COLUMNS


def test_doubts_of_the_picture_are_kept(task: str) -> None:
    read, nothing = rows(task)
    assert "in doubt" in read.unsure
    assert nothing.unsure == [NO_INK]


def test_a_row_fits_tables_json_parquet_and_examples(task: str) -> None:
    outputs = task_part(task, "answers").outputs(TEN)
    for row in rows(task):
        columns = row.prediction.columns(width=row.width, height=row.height)
        assert tuple(columns) == task_part(task, "predictions").COLUMNS
        assert set(outputs) <= set(json.loads(json.dumps(row.as_json())))
        pa.Table.from_pylist([record(row, outputs)], schema=schema(outputs))
        assert example(row, outputs)


def test_a_row_of_nothing_holds_nothing(task: str) -> None:
    assert set(rows(task)[1].values()) == {None}


def test_a_prediction_becomes_a_label_if_it_says_how(task: str) -> None:
    fields = task_part(task, "predictions").OBJECT
    if fields:
        read, nothing = (row.fields() for row in rows(task))
        assert {fields.name, fields.probability, fields.rectangle or fields.name} <= set(read)
        assert nothing[fields.name] is None


def test_a_prediction_is_drawn(task: str) -> None:
    for row in rows(task):
        image = Image.new("RGB", (150, 150))
        task_part(task, "predictions").draw(row.prediction, image)
        assert image.getbbox() is not None
