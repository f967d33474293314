"""Pictures without an id of their own: told apart, in groups, and found again."""

from pathlib import Path

import numpy as np
import pytest
from parrot import evaluate_parrots, random_rows

from evaluation.evaluate import ROWS
from evaluation.options import EvaluationOptions
from evaluation.pictures import read_pictures
from evaluation.pixels import read_pixels
from evaluation.results import read_evaluation

OPTIONS = EvaluationOptions(bars={"accuracy": 0.0}, margin=0.0, slices=[])


@pytest.mark.slow
def test_pictures_without_ids_have_intervals_and_are_found_again(tmp_path: Path) -> None:
    rows = random_rows(0, 60)
    rows[:, 6:10] += rows[0, 1:5] - rows[:, 1:5]
    rows[:, 1:5] = rows[0, 1:5]  # all have the same true box
    folder = evaluate_parrots(tmp_path, {"candidate": rows}, OPTIONS, with_ids=False)
    for name, found in read_evaluation(folder).whole.metrics["candidate"].items():
        assert found.lower is not None, name
        assert found.upper is not None, name
        assert found.lower < found.value < found.upper, name
    pictures = read_pictures(f"{folder}/{ROWS}", ["candidate"])
    pixels = list(read_pixels(pictures, [str(tmp_path / "examples")]))
    assert [one.encoded for one in pixels] == [str(i).encode() for i in range(60)]
    said = pictures.said["candidate"].boxes[[one.row for one in pixels]]
    np.testing.assert_allclose(said, rows[:, 6:10], rtol=1e-6)
