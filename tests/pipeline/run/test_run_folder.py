"""A run on a folder of pictures that a person could have: PNG and JPEG with YOLO's labels."""

import json
from pathlib import Path

import pytest
import tensorflow as tf
from PIL import Image

from components.digit_example_gen.sources import open_source
from pipeline.config.file import read_config
from tests.pipeline.digits_process import digits, run_pipeline
from vocabulary import features
from vocabulary.card import CLASS_NAMES, read_card
from vocabulary.labels import yolo
from vocabulary.labels.record import Annotated, Object

pytestmark = pytest.mark.slow

CLASSES = ["cat", "dog", "7"]


def write_folder(folder: Path, *, train: int, test: int) -> None:
    """Drawn pictures as photographs: larger than the canvas, some of them JPEG, and one spoilt.

    They show a 0, a 1 or a 7, and are called by other names.
    """
    drawn = ["scene.empty=0", "task.classes=[0, 1, 7]"]
    source = open_source(read_config(None, drawn).data, ("train", "eval"))
    records = []
    for split, place, count in (("train", "train", train), ("eval", "test", test)):
        for index, one in enumerate(source.examples(split, 0, count).examples):
            feature = tf.train.Example.FromString(one).features.feature
            decoded = tf.io.decode_image(feature[features.IMAGE].bytes_list.value[0], channels=1)
            name = f"{place}/{index}.{'jpg' if index % 3 else 'png'}"
            (folder / place).mkdir(parents=True, exist_ok=True)
            Image.fromarray(decoded.numpy()[..., 0]).resize((150, 120)).save(folder / name)
            box = [feature[key].float_list.value[0] for key in features.BOX]
            called = CLASSES[feature[features.LABEL].int64_list.value[0]]
            records.append(Annotated(name, (Object(called, (*box,), ""),)))
    yolo.write(folder, records, CLASSES)
    (folder / "train/0.png").write_bytes(b"spoilt")


def test_a_folder_of_named_classes_goes_through_the_whole_pipeline(tmp_path: Path) -> None:
    write_folder(tmp_path / "mine", train=200, test=60)
    workspace = tmp_path / "workspace"
    mine = ["source.kind=folder", f"source.dir={tmp_path / 'mine'}", "source.tolerate=1"]
    mine += ["task.classes=[cat, dog, 7]", "evaluation.minimum=5"]
    summary = run_pipeline(workspace, *mine)
    assert summary["examples"] == {"train": 199, "eval": 60}
    assert summary["left_out"] == {"is none of PNG, JPEG, WEBP, BMP, TIFF, GIF": 1}
    version = summary["pushed_version"]
    assert read_card(workspace / "serving/digits" / str(version))[CLASS_NAMES] == CLASSES
    page = Path(summary["report"]).read_text()
    assert "train/0.png" in page
    assert "199 train, 60 eval" in page
    assert "digit cat" in page  # its slice
    assert "one of cat, dog and 7" in page
    again = run_pipeline(workspace, *mine)
    cached = {node["id"]: node["cached"] for node in again["nodes"]}
    assert cached["DigitExampleGen"]
    assert cached["Trainer"]
    other = digits("run", "--set", "source.kind=uci", workspace=workspace)
    assert other.code == 1
    assert "and 9, the other cat, dog and 7; push to a place of its own" in other.stderr
    asked = digits("predict", str(tmp_path / "mine/test"), "--json", workspace=workspace)
    for one in json.loads(asked.stdout)["predictions"]:
        assert len(one["probabilities"]) == 3
        assert one["name"] == (None if one["digit"] is None else CLASSES[one["digit"]])
