"""`digits predict --format`: what was read, as labels that tools and the folder source read."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from cli.app import app
from components.digit_example_gen.doctor.examine import examine
from components.digit_example_gen.doctor.open_dataset import open_dataset
from tests.serving.known_model import drawn
from vocabulary.model_files import CARD

ORIENTATION = 0x0112


def ask(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["predict", *map(str, arguments)])


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two of one stem, one that EXIF turns, one of another format, and one without ink."""
    folder = tmp_path / "in"
    for name, digit in (("train/a.png", 1), ("train/a.jpg", 2), ("test/classes.png", 3)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(drawn(digit, suffix=Path(name).suffix))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    with Image.open(folder / "train/a.png") as image:
        image.save(folder / "train/turned.png", exif=exif)
        image.save(folder / "train/b.bmp")
    Image.new("L", (60, 40)).save(folder / "test/blank.png")
    return folder


@pytest.mark.parametrize("form", ["yolo", "voc", "coco"])
def test_predictions_are_read_back_as_labels(form: str, saved: Path, pictures: Path) -> None:
    output = pictures.parent / "out"
    ended = ask(pictures, "--model", saved / "2", "--output", output, "--format", form, "--json")
    assert ended.exit_code == 0, ended.stderr
    rows = json.loads(ended.stdout)["predictions"]
    dataset = open_dataset(str(output))
    labels = dataset.labels
    assert labels.form == form
    assert labels.findings == []
    assert examine(dataset).count("error") == 0
    assert {record.path: record.split for record in labels.records} == {
        "test/blank.png": "eval", "test/classes-2.png": "eval", "train/a.jpg": "train",
        "train/a-2.png": "train", "train/b.bmp.png": "train", "train/turned.png": "train",
    }  # fmt: skip
    read = sorted((str(row["digit"]), row["box"]) for row in rows if row["digit"] is not None)
    objects = sorted((one.name, one.box) for record in labels.records for one in record.objects)
    assert len(read) == 5
    for (digit, box), (name, labelled) in zip(read, objects, strict=True):
        assert name == digit
        assert labelled == pytest.approx(box, abs=1 / 60 if form == "voc" else 1e-6)
    [blank] = [record for record in labels.records if record.path == "test/blank.png"]
    assert blank.objects == ()
    if form == "yolo":  # LabelImg looks for the names beside a label
        assert len({path.read_text() for path in output.rglob("classes.txt")}) == 1
        assert len([*output.rglob("classes.txt")]) == 3
    if form != "voc":  # which lists no classes
        assert labels.classes == tuple("0123456789")
    again = ask(pictures, "--model", saved / "2", "--output", output, "--format", form)
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)


def test_all_objects_that_are_found_are_labels(saved: Path, pictures: Path) -> None:
    output = pictures.parent / "out"
    asked = ("--find", "--model", saved / "2", "--output", output, "--format", "yolo")
    ended = ask(pictures / "train/a.png", pictures / "test/blank.png", *asked)
    assert ended.exit_code == 0, ended.stderr
    assert (output / "train/a.txt").read_text().count("\n") == 1
    assert (output / "test/blank.txt").read_text() == ""


def test_what_can_be_no_label_is_refused(saved: Path, pictures: Path) -> None:
    model = pictures.parent / "model"
    shutil.copytree(saved / "1", model)
    (model / CARD).parent.mkdir()
    (model / CARD).write_text(json.dumps({"task": "classification"}))
    output = pictures.parent / "out"
    ended = ask(pictures, "--model", model, "--output", output, "--format", "yolo")
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "a model for the task classification does not; leave --format out" in ended.stderr
    ended = ask(pictures, "--model", model, "--format", "yolo")
    assert "give --output" in ended.stderr
    assert not output.exists()
