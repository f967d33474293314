"""The doctor on TFRecords, as DigitExampleGen writes them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from cli.app import app
from components.digit_example_gen.doctor.examine import examine
from components.digit_example_gen.doctor.open_dataset import open_dataset
from components.digit_example_gen.example import Labelled, as_examples
from components.digit_example_gen.synthesis import Shard, write_shard
from vocabulary.pictures import as_png

FILE = "data_tfrecord-00000-of-00001.gz"


def labelled(id_: str, digit: int, **changes: Any) -> Labelled:
    seed = int.from_bytes(id_.encode(), "big")
    pixels = np.random.default_rng(seed).integers(0, 255, (32, 48), np.uint8)
    return Labelled(
        id=id_, source_id=id_, form="", encoded=as_png(Image.fromarray(pixels)), format="png",
        size=(32, 48), labels=[digit], texts=[str(digit)], boxes=[(0.25, 0.25, 0.75, 0.75)],
    )._replace(**changes)  # fmt: skip


def write(folder: Path, split: str, *pictures: Labelled) -> Path:
    path = write_shard(f"{folder}/Split-{split}", Shard(FILE, [*as_examples(pictures)]))
    return Path(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Healthy; one picture has no object."""
    write(tmp_path, "eval", labelled("eval/0", 0), labelled("eval/1", 1))
    nothing = {"labels": [], "texts": [], "boxes": []}
    write(tmp_path, "train", labelled("0", 0), labelled("1", 1), labelled("2", 0, **nothing))
    return tmp_path


def said(folder: Path) -> list[str]:
    examination = examine(open_dataset(str(folder)))
    return [f"{one.severity}: {one.file}{one.place} {one.sentence}" for one in examination.findings]


def test_what_example_gen_writes_is_healthy(folder: Path) -> None:
    examination = examine(open_dataset(str(folder)))
    assert examination.findings == []
    assert examination.form == "tf.Examples"
    assert examination.pictures == {"eval": 2, "train": 3}
    assert examination.objects == {"0": {"eval": 1, "train": 1}, "1": {"eval": 1, "train": 1}}


def test_a_name_of_a_class_that_fills_the_screen_is_cut(folder: Path) -> None:
    write(folder, "train", labelled("0", 0, texts=["x" * 5000]))
    (sentence,) = (one for one in said(folder) if one.startswith("error"))
    assert "object 1 has the class xxxxxxxxxxxxxxxxxxxx..., whose name has 5,000" in sentence


def test_what_is_bad_is_found_with_its_example(folder: Path) -> None:
    broken = labelled("2", 0, encoded=b"no", boxes=[(0.5, 0.5, 0.4, 0.6)])
    write(folder, "train", labelled("0", 0), labelled("1", 1, size=(9, 9)), broken,
          labelled("1", 1))  # fmt: skip
    place = f"error: Split-train/{FILE} example"
    assert said(folder)[:3] == [
        f"{place} 2 has the image/id 1, as others do",
        f"{place} 3 object 1 has a box that is inverted",
        f"{place} 4 has the image/id 1, as others do",
    ]
    assert any("is 48 x 32 pixels, and its label says 9 x 9" in one for one in said(folder))
    assert any(one.startswith("error: 2 is none of PNG") for one in said(folder))


def test_a_file_that_is_cut_off_is_an_error_and_the_others_are_read(folder: Path) -> None:
    path = folder / "Split-train" / FILE
    path.write_bytes(path.read_bytes()[:400])
    first, *_ = said(folder)
    assert first == f"error: Split-train/{FILE} is no TFRecord of tf.Examples, or cut off"
    assert examine(open_dataset(str(folder))).pictures["eval"] == 2


def test_no_copy_is_written_of_tfrecords(folder: Path) -> None:
    ended = CliRunner().invoke(app, ["doctor", str(folder), "--write", str(folder / "copy")])
    assert ended.exit_code == 1
    assert "--write is for folders of pictures, not for TFRecords" in ended.stderr
