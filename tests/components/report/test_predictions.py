"""The picture of predictions, and Report's executor on an exported model."""

import io
import math
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tfx.types import artifact_utils, channel_utils, standard_artifacts

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.synthesis import Recipe, draw_shard, write_shard
from components.report.artifact import RunReport
from components.report.component import Report
from components.report.executor import predict
from components.report.predictions import Box, Prediction, draw_predictions

TRUE = (0.2, 0.2, 0.6, 0.7)
PNG = cv2.imencode(".png", np.zeros((75, 75), np.uint8))[1].tobytes()


def prediction(box: Box = TRUE, *, digit: int = 3) -> Prediction:
    return Prediction(PNG, 3, TRUE, digit, 0.9, box)


def look(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_the_overlap_and_the_digit_are_judged() -> None:
    assert prediction().iou == 1.0
    assert prediction((0.2, 0.2, 0.4, 0.7)).iou == pytest.approx(0.5)
    assert prediction((0.6, 0.7, 0.2, 0.2)).iou == 0.0
    assert prediction().right
    assert not prediction(digit=8).right


@pytest.mark.parametrize("count", [1, 100])
def test_the_picture_is_of_one_size_however_many_predictions(count: int) -> None:
    pixels = look(draw_predictions([prediction()] * count))
    height, width, _ = pixels.shape
    assert 1200 <= width <= 1500
    assert 900 <= height <= 1300
    assert (height, width) == look(draw_predictions([prediction()] * 40)).shape[:2]


def test_both_boxes_are_drawn_in_their_colours() -> None:
    pixels = look(draw_predictions([prediction((0.1, 0.1, 0.8, 0.8))] * 24)).reshape(-1, 3)
    for colour in ((0x2C, 0xA2, 0x5F), (0xFC, 0x8D, 0x59)):
        assert (np.abs(pixels.astype(int) - colour).max(axis=1) < 10).sum() > 500


def test_the_worst_are_wrong_digits_then_the_least_overlap() -> None:
    good, wrong = prediction(), prediction(digit=8)
    poor = prediction((0.2, 0.2, 0.3, 0.3))
    red = (0xB3, 0, 0)

    def red_pixels(predictions: list[Prediction]) -> int:
        pixels = look(draw_predictions(predictions)).astype(int)
        return int((np.abs(pixels - red).max(axis=-1) < 40).sum())

    many = [good] * 24
    assert red_pixels(many) == 0
    # 16 places: the wrong one is shown though 40 others overlap less.
    assert red_pixels([*many, *[poor] * 40, wrong]) > 0


@pytest.mark.parametrize(
    "box",
    [
        (0.6, 0.7, 0.2, 0.2),
        (0.5, 0.5, 0.5, 0.5),
        (math.nan,) * 4,
        (-math.inf, 0.0, math.inf, 1.0),
        (math.inf,) * 4,
        (-50.0, -50.0, 90.0, 90.0),
        (1e30, 1e30, 3e38, 3e38),
    ],
)
def test_a_degenerate_box_is_drawn_or_left_out_and_harms_nothing(box: Box) -> None:
    expected = look(draw_predictions([prediction()] * 3)).shape
    assert look(draw_predictions([prediction(), prediction(box), prediction()])).shape == expected


def save_constant_model(folder: str, *, digit: int, box: Box) -> None:
    """Exports a model that says the same of every picture."""

    class Constant(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="examples")])
        def serve(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
            count = tf.shape(examples)[0]
            return {
                "probabilities": tf.tile(tf.one_hot([digit], 10), [count, 1]),
                "box": tf.tile(tf.constant([box], tf.float32), [count, 1]),
            }

    model = Constant()
    tf.saved_model.save(model, folder, signatures={"serving_examples": model.serve})


def test_the_executor_draws_what_the_model_says_of_the_eval_split(
    make_data: Callable[..., DataOptions], tmp_path: Path
) -> None:
    examples, model, report = standard_artifacts.Examples(), standard_artifacts.Model(), RunReport()
    for artifact in (examples, model, report):
        artifact.uri = str(tmp_path / artifact.type_name)
    (tmp_path / "RunReport").mkdir()
    examples.split_names = artifact_utils.encode_split_names(["train", "eval"])
    recipe = Recipe(make_data(channels=3).model_dump_json(), "eval", ("train", "eval"), 20)
    write_shard(f"{examples.uri}/Split-eval", draw_shard(recipe, 0))
    save_constant_model(f"{model.uri}/Format-Serving", digit=7, box=(0.1, 0.2, 0.3, 0.4))

    component = Report(
        examples=channel_utils.as_channel([examples]), model=channel_utils.as_channel([model])
    )
    component.executor_spec.executor_class().Do(
        {"examples": [examples], "model": [model]}, {"report": [report]}, {}
    )
    assert [path.name for path in (tmp_path / "RunReport").iterdir()] == ["predictions.png"]
    assert look((tmp_path / "RunReport" / "predictions.png").read_bytes()).shape[1] > 1000

    predictions = predict(f"{model.uri}/Format-Serving", f"{examples.uri}/Split-eval/*")
    assert len(predictions) == 20
    assert {p.predicted_digit for p in predictions} == {7}
    assert {p.confidence for p in predictions} == {1.0}
    assert predictions[0].predicted_box == pytest.approx((0.1, 0.2, 0.3, 0.4))
    assert len({p.digit for p in predictions}) > 3
    for p in predictions:
        assert 0 <= p.box[0] < p.box[2] <= 1
        assert 0 <= p.box[1] < p.box[3] <= 1
