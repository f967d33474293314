"""A run on a folder of pictures that a person could have: PNG and JPEG with YOLO's labels."""

from pathlib import Path

import pytest
import tensorflow as tf
from PIL import Image

from components.digit_example_gen.sources import open_source
from components.digit_example_gen.sources.labels import yolo
from components.digit_example_gen.sources.labels.record import Annotated, Object
from pipeline.config.file import read_config
from tests.pipeline.digits_process import run_pipeline
from vocabulary import features

pytestmark = pytest.mark.slow


def write_folder(folder: Path, *, train: int, test: int) -> None:
    """Drawn pictures as photographs: larger than the canvas, some of them JPEG, and one spoilt."""
    source = open_source(read_config(None, ["scene.empty=0"]).data, ("train", "eval"))
    records = []
    for split, place, count in (("train", "train", train), ("eval", "test", test)):
        for index, one in enumerate(source.examples(split, 0, count).examples):
            feature = tf.train.Example.FromString(one).features.feature
            decoded = tf.io.decode_png(feature[features.IMAGE].bytes_list.value[0], channels=1)
            name = f"{place}/{index}.{'jpg' if index % 3 else 'png'}"
            (folder / place).mkdir(parents=True, exist_ok=True)
            Image.fromarray(decoded.numpy()[..., 0]).resize((150, 120)).save(folder / name)
            box = [feature[key].float_list.value[0] for key in features.BOX]
            digit = feature[features.TEXT].bytes_list.value[0].decode()
            records.append(Annotated(name, (Object(digit, (*box,), ""),)))
    yolo.write(folder, records, [str(digit) for digit in range(10)])
    (folder / "train/0.png").write_bytes(b"spoilt")


def test_a_folder_goes_through_the_whole_pipeline(tmp_path: Path) -> None:
    write_folder(tmp_path / "mine", train=200, test=60)
    mine = ["source.kind=folder", f"source.dir={tmp_path / 'mine'}", "source.tolerate=1"]
    summary = run_pipeline(tmp_path / "workspace", *mine)
    assert summary["examples"] == {"train": 199, "eval": 60}
    assert summary["left_out"] == {"is none of PNG, JPEG, WEBP, BMP, TIFF, GIF": 1}
    assert summary["pushed_version"]
    page = Path(summary["report"]).read_text()
    assert "train/0.png" in page
    assert "199 train, 60 eval" in page
    again = run_pipeline(tmp_path / "workspace", *mine)
    cached = {node["id"]: node["cached"] for node in again["nodes"]}
    assert cached["DigitExampleGen"]
    assert cached["Trainer"]
