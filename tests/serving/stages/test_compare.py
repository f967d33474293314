"""Two models as one are compared with the reader alone, which is sent all of a picture."""

import json
from pathlib import Path

import pytest
import tensorflow as tf

from components.digit_example_gen.synthesis import Recipe, draw_examples
from pipeline.config.file import read_config
from tests.pipeline.digits_process import digits

pytestmark = pytest.mark.slow

STRIP = Path(__file__).parents[3] / "configs/strip.yaml"


def test_they_are_judged_on_the_same_pictures(stages: Path, parts: Path, tmp_path: Path) -> None:
    data = read_config(STRIP, ["source={kind: uci}"]).data
    recipe = Recipe(data.model_dump_json(), "eval", ("train", "eval"), 24)
    options = tf.io.TFRecordOptions("GZIP")
    with tf.io.TFRecordWriter(str(tmp_path / "strips.tfrecord.gz"), options) as writer:
        for example in draw_examples(recipe, 0, 24):
            writer.write(example)
    [both] = stages.iterdir()
    ended = digits(
        "compare", str(parts / "read"), str(both), "--json",
        "--data", str(tmp_path / "strips.tfrecord.gz"), workspace=tmp_path / "workspace",
    )  # fmt: skip
    assert ended.code == 0, ended.stderr
    comparison = json.loads(ended.stdout)
    assert set(comparison["whole"]["metrics"]) == {"read", both.name}
    assert Path(comparison["report"]).is_file()
