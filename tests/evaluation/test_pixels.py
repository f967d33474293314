"""Pictures are told apart, found again, and measured on the canvas that they are fitted to."""

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from evaluation.options import EvaluationOptions
from evaluation.pictures import read_pictures, sizes_of
from evaluation.pixels import frame_sizes, read_pixels
from evaluation.results import read_evaluation
from tests.evaluation.parrot import CANVAS, evaluate_parrots, random_rows
from trainer.preprocessing import load_pictures
from vocabulary import features
from vocabulary.boxes import box_of

OPTIONS = EvaluationOptions(bars={"accuracy": 0.0}, margin=0.0, slices=[])


@pytest.mark.slow
@pytest.mark.parametrize("with_ids", [True, False])
def test_pictures_of_one_glyph_and_box_are_told_apart_and_found_again(
    tmp_path: Path, with_ids: bool
) -> None:
    rows = random_rows(0, 60)
    rows[:, 6:10] += rows[0, 1:5] - rows[:, 1:5]
    rows[:, 1:5] = rows[0, 1:5]  # all have the same true box
    sources = dict.fromkeys(range(60), ("glyph/7", ""))
    models = {"candidate": rows}
    folder = evaluate_parrots(tmp_path, models, OPTIONS, with_ids=with_ids, sources=sources)
    metrics = read_evaluation(folder).whole.metrics["candidate"]
    assert math.isnan(metrics.pop("empty_recall").value)  # no picture is without a digit
    for name, estimate in metrics.items():
        assert estimate.lower is not None, name
        assert estimate.upper is not None, name
        assert estimate.lower < estimate.value < estimate.upper, name
    pictures = read_pictures(str(folder), ["candidate"], "localization")
    pixels = list(read_pixels(pictures, [str(tmp_path / "examples")]))
    assert [one.encoded for one in pixels] == [str(i).encode() for i in range(60)]
    predicted = box_of(pictures.predictions["candidate"])[[one.row for one in pixels]]
    np.testing.assert_allclose(predicted, rows[:, 6:10], rtol=1e-6)


def png(height: int, width: int) -> bytes:
    return bytes(cv2.imencode(".png", np.zeros((height, width), np.uint8))[1].tobytes())


@given(
    size=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    canvas=st.tuples(st.integers(28, 120), st.integers(28, 120)),
)
def test_a_picture_fills_the_part_of_the_canvas_that_transform_gives_it(
    size: tuple[int, int], canvas: tuple[int, int]
) -> None:
    encoded = tf.constant([png(*size)])
    _, frames, _ = load_pictures(encoded, height=canvas[0], width=canvas[1], channels=1)
    xmin, ymin, xmax, ymax = frames.numpy()[0]
    expected = [(ymax - ymin) * canvas[0], (xmax - xmin) * canvas[1]]
    found = frame_sizes(np.array([size], np.float64), canvas)
    np.testing.assert_allclose(found, [expected], atol=1e-3)


def test_the_size_of_a_picture_is_read_from_its_header_where_no_feature_has_it() -> None:
    example = tf.train.Example()
    example.features.feature[features.IMAGE].bytes_list.value.append(png(30, 70))
    records = np.array([example.SerializeToString()], object)
    assert sizes_of({}, records).tolist() == [[30, 70]]
    known = {features.HEIGHT: np.array([[3]]), features.WIDTH: np.array([[7]])}
    assert sizes_of(known, records).tolist() == [[3, 7]]


@pytest.mark.slow
def test_an_edge_error_is_in_pixels_of_a_canvas_that_the_picture_does_not_fill(
    tmp_path: Path,
) -> None:
    # Twice as wide as high on a canvas of 60x80: it fills 40x80 of it.
    rows = random_rows(0, 20)
    rows[:, 6:10] = rows[:, 1:5] + [0.05, 0.1, 0.0, 0.0]
    folder = evaluate_parrots(tmp_path, {"candidate": rows}, OPTIONS, size=(100, 200))
    assert CANVAS == (60, 80)
    found = read_evaluation(folder).whole.metrics["candidate"]["edge_error"].value
    assert found == pytest.approx((0.05 * 80 + 0.1 * 40) / 4, rel=1e-5)
