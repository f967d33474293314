"""Bulk inference with a model that refuses a picture which can be read."""

import csv
from pathlib import Path

import tensorflow as tf
from typer.testing import CliRunner

from cli.app import app
from tests.serving.known_model import KnownModel, drawn


class Picky(KnownModel):
    """Refuses pictures of a 5."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "image_bytes")])
    def serving_default(self, image_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        answer = super().serving_default(image_bytes)
        with tf.control_dependencies(
            [tf.debugging.assert_less(answer["digit"], tf.constant(5, tf.int64))]
        ):
            return {name: tf.identity(value) for name, value in answer.items()}


def test_what_the_model_refuses_is_written_down_and_the_rest_is_read(tmp_path: Path) -> None:
    model = Picky(1)
    tf.saved_model.save(model, str(tmp_path / "1"), {"serving_default": model.serving_default})
    pictures = tmp_path / "in"
    pictures.mkdir()
    for digit in (0, 4, 5):
        (pictures / f"{digit}.png").write_bytes(drawn(digit))
    output = tmp_path / "out"
    arguments = ["predict", "--beam", str(pictures), "--model", str(tmp_path / "1")]
    ended = CliRunner().invoke(app, [*arguments, "--output", str(output)])
    assert ended.exit_code == 4
    with (output / "predictions.csv").open(newline="") as file:
        assert sorted(row["digit"] for row in csv.DictReader(file)) == ["0", "4"]
    with (output / "unreadable.csv").open(newline="") as file:
        (refused,) = csv.DictReader(file)
    assert Path(refused["picture"]).name == "5.png"
    assert "the model refuses" in " ".join(refused.values())
