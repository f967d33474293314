"""The doctor: a healthy folder is healthy, and each ill is found with its place."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

from cli.app import app
from components.digit_example_gen.doctor.examine import Examination, examine
from components.digit_example_gen.doctor.open_dataset import open_dataset
from tests.browser import obstacles, started
from vocabulary.labels import coco, voc
from vocabulary.labels.recognise import read_labels

BOX = "1 0.5 0.5 0.5 0.5"
ORIENTATION = 0x0112


def noise(seed: int, size: tuple[int, int] = (48, 32)) -> NDArray[np.uint8]:
    small = np.random.default_rng(seed).integers(0, 255, (8, 12), np.uint8)
    return cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)


def add(folder: Path, name: str, pixels: NDArray[np.uint8], label: str = BOX) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    path.with_suffix(".txt").write_text(label)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Healthy."""
    for index in range(6):
        add(tmp_path, f"{'test' if index % 3 == 2 else 'train'}/{index}.png", noise(index))
    (tmp_path / "classes.txt").write_text("0\n1\n")
    add(tmp_path, "train/6.png", noise(6), "0 0.5 0.5 0.5 0.5")
    add(tmp_path, "test/7.png", noise(7), "0 0.5 0.5 0.5 0.5")
    return tmp_path


def said(examination: Examination) -> list[str]:
    return [f"{one.severity}: {one.file}{one.place} {one.sentence}" for one in examination.findings]


def test_a_healthy_folder_is_counted(folder: Path) -> None:
    examination = examine(open_dataset(str(folder)))
    assert said(examination) == []
    assert examination.pictures == {"eval": 3, "train": 5}
    assert examination.objects == {"0": {"eval": 1, "train": 1}, "1": {"eval": 2, "train": 4}}
    assert examination.objects_in_a_picture == {1: 8}
    assert examination.sides
    assert examination.sides.median == pytest.approx(0.5)


def truncated(folder: Path) -> None:
    (folder / "train/0.png").write_bytes((folder / "train/0.png").read_bytes()[:300])


def animated(folder: Path) -> None:
    frames = [Image.fromarray(noise(50 + index)) for index in range(3)]
    frames[0].save(folder / "train/a.gif", save_all=True, append_images=frames[1:])
    (folder / "train/a.txt").write_text(BOX)


def turned(folder: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    Image.fromarray(noise(50)).save(folder / "train/0.png", exif=exif)


def copied(folder: Path) -> None:
    add(folder, "test/copy.png", noise(0))


def nearly_copied(folder: Path) -> None:
    Image.fromarray(noise(0)).resize((96, 64)).save(folder / "train/near.jpg")
    (folder / "train/near.txt").write_text(BOX)
    (folder / "train/0.png").rename(folder / "test/0.png")
    (folder / "train/0.txt").rename(folder / "test/0.txt")


def spelled(folder: Path) -> None:
    add(folder, "train/A.png", noise(50))
    add(folder, "train/a.png", noise(51))


def of_a_palette(folder: Path) -> None:
    palette = Image.fromarray(noise(50)).quantize(8)
    palette.save(add(folder, "train/a.png", noise(50)), transparency=0)


def labelled_twice(folder: Path) -> None:
    add(folder, "images/train/a.png", noise(50))
    (folder / "labels/train").mkdir(parents=True)
    (folder / "labels/train/a.txt").write_text(BOX)


ILLS: dict[str, tuple[Callable[[Path], object], str]] = {
    "truncated": (truncated, "error: train/0.png is broken"),
    "animated": (animated, "warning: train/a.gif has 3 frames"),
    "no picture": (
        lambda folder: (folder / "train/0.png").write_text("no"),
        "error: train/0.png is none of PNG",
    ),
    "a pointer of Git LFS": (
        lambda folder: (folder / "train/0.png").write_text(
            "version https://git-lfs.github.com/spec/v1"
        ),
        "error: train/0.png is a pointer of Git LFS, not the picture; run git lfs pull",
    ),
    "a bomb": (
        lambda folder: Image.new("1", (8000, 8000)).save(folder / "train/0.png"),
        "error: train/0.png is 8000 x 8000, more than 32000000 pixels",
    ),
    "a name that is not UTF-8": (
        lambda folder: Path(os.fsdecode(os.fsencode(folder) + b"/train/\xff.png")).touch(),
        "error: train/\ufffd.png has a name that is not UTF-8",
    ),
    "two labels": (
        labelled_twice, "error: labels/train/a.txt is a second label of images/train/a.png, beside"
    ),
    "a picture without a label": (
        lambda folder: (folder / "train/0.txt").unlink(), "error: train/0.png has no label"
    ),
    "a palette with transparency": (of_a_palette, "note: train/a.png is transparent in places"),
    "turned": (turned, "note: train/0.png is stored turned (EXIF 6)"),
    "copied": (
        copied, "error: train/0.png is the same picture as test/copy.png, and they are in train"
    ),
    "nearly copied": (nearly_copied, "note: train/near.jpg looks like test/0.png, and they are in"),
    "twice": (
        lambda folder: add(folder, "train/again.png", noise(0)),
        "warning: train/0.png is there again as train/again.png",
    ),
    "16 bits": (
        lambda folder: add(folder, "train/a.png", noise(50).astype(np.uint16) * 257),
        "note: train/a.png is of 16 bits",
    ),
    "CMYK": (
        lambda folder: Image.fromarray(noise(50)).convert("CMYK").save(
            add(folder, "train/a.jpg", noise(50))
        ),
        "note: train/a.jpg is CMYK",
    ),
    "transparent": (
        lambda folder: add(folder, "train/a.png", np.dstack([noise(s) for s in (50, 51, 52, 53)])),
        "note: train/a.png is transparent in places",
    ),
    "tiny": (
        lambda folder: add(folder, "train/a.png", noise(50, (9, 9))),
        "warning: train/a.png is only 9 x 9 pixels",
    ),
    "case": (spelled, "warning: train/A.png differs from train/a.png in upper and lower case"),
    "a tiny box": (
        lambda folder: (folder / "train/0.txt").write_text("1 0.5 0.5 0.01 0.5"),
        "warning: train/0.txt:1 has a box of 1.0% by 50.0% of the picture",
    ),
    "the border": (
        lambda folder: (folder / "train/0.txt").write_text("1 0.25 0.5 0.5 0.5"),
        "note: train/0.txt:1 has a box at the border",
    ),
    "a class that a split lacks": (
        lambda folder: (folder / "test/7.txt").write_text(BOX),
        "warning: the folder has no 0 in eval",
    ),
    "a class without objects": (
        lambda folder: (folder / "classes.txt").write_text("0\n1\n2\n"),
        "note: the folder has the class 2, of which there is no object",
    ),
    "a label without a picture": (
        lambda folder: (folder / "train/0.png").unlink(), "error: train/0.txt has no picture"
    ),
}  # fmt: skip


@pytest.mark.parametrize("ill", ILLS)
def test_an_ill_is_found_and_nothing_else(ill: str, folder: Path) -> None:
    make, sentence = ILLS[ill]
    make(folder)
    found = said(examine(open_dataset(str(folder))))
    assert len(found) == 1, found
    assert found[0].startswith(sentence)


def test_the_command_shows_errors_first_and_ends_with_a_status_of_its_own(folder: Path) -> None:
    runner = CliRunner()
    healthy = runner.invoke(app, ["doctor", str(folder)])
    assert healthy.exit_code == 0, healthy.output
    assert "healthy   nothing is wrong with it" in healthy.stdout
    truncated(folder)
    (folder / "train/1.txt").write_text("x\n" * 10)
    ill = runner.invoke(app, ["doctor", str(folder)])
    assert ill.exit_code == 4
    assert "11 errors" in ill.stdout
    assert "train/0.png is broken" in ill.stdout
    assert "... and 7 more" in ill.stdout
    machine = json.loads(runner.invoke(app, ["doctor", str(folder), "--json"]).stdout)
    assert len(machine["findings"]) == 11
    assert machine["findings"][0] == {
        "severity": "error", "file": "train/1.txt", "place": ":1", "sentence": "is no label",
        "advice": "a line is CLASS XCENTRE YCENTRE WIDTH HEIGHT, the last four as shares of the "
        "picture", "picture": "train/1.png",
    }  # fmt: skip


def test_classes_that_are_no_digits_come_with_what_to_set(folder: Path) -> None:
    (folder / "classes.txt").write_text("[b]\ncat\n")
    shown = CliRunner().invoke(app, ["doctor", str(folder)])
    assert shown.exit_code == 0, shown.output
    assert "beside the digits: [b] and cat; train with" in shown.stdout
    assert 'task.classes=["[b]", "cat"]' in " ".join(shown.stdout.split())


def test_the_page_shows_pictures_with_their_boxes_and_the_findings(folder: Path) -> None:
    (folder / "train/1.txt").write_text(f"{BOX}\n{BOX}\n")
    (folder / "train/3.txt").write_text("x")
    ended = CliRunner().invoke(app, ["doctor", str(folder), "--html", str(folder / "page.html")])
    assert ended.exit_code == 4, ended.output
    page = (folder / "page.html").read_text()
    assert page.count("data:image/png;base64,") == 10  # eight, and two with findings again
    assert "train/1.txt:2" in page
    assert page.count("<figcaption>train/3.png: no label that can be read") == 2


def test_findings_are_said_where_no_copy_can_be_written(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for label in folder.glob("t*/*.txt"):
        label.write_text("x")
    target = tmp_path_factory.mktemp("target") / "copy"
    ended = CliRunner().invoke(app, ["doctor", str(folder), "--write", str(target)])
    assert (ended.exit_code, target.exists()) == (1, False)
    assert "8 errors" in ended.stdout
    assert "has no picture that is good" in ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280])
def test_nobody_stumbles_over_the_page(folder: Path, width: int) -> None:
    (folder / "train/1.txt").write_text("x")
    path = folder / "page.html"
    CliRunner().invoke(app, ["doctor", str(folder), "--html", str(path)])
    with started() as browser:
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(path.as_uri())
        assert obstacles(page) == []


def test_beam_sees_what_this_process_sees(folder: Path) -> None:
    truncated(folder)
    dataset = open_dataset(str(folder))
    args = ["--runner=FnApiRunner", "--direct_running_mode=in_memory"]
    assert examine(dataset, beam_args=args) == examine(dataset)


@pytest.mark.parametrize("form", ["yolo", "voc", "coco"])
def test_a_repaired_copy_is_healthy_and_the_folder_stays_as_it_is(
    form: str, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if form != "yolo":
        _, labels = read_labels(str(folder))
        records = [record._replace(size=(48, 32)) for record in labels.records]
        for text in [*folder.rglob("*.txt")]:
            text.unlink()
        voc.write(folder, records) if form == "voc" else coco.write(folder, records, ["0", "1"])
    Image.fromarray(noise(1)).save(folder / "train/1.bmp")
    (folder / "train/1.png").unlink()
    for text in folder.rglob("*"):
        if text.suffix in (".xml", ".json"):
            text.write_text(text.read_text().replace("1.png", "1.bmp"))
    truncated(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    target = tmp_path_factory.mktemp("target") / "copy"
    ended = CliRunner().invoke(app, ["doctor", str(folder), "--write", str(target)])
    assert ended.exit_code == 4, ended.output
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    copy = examine(open_dataset(str(target)))
    assert copy.count("error") == 0
    assert copy.pictures == {"eval": 3, "train": 4}
    assert (target / "train/1.bmp.png").is_file()
    again = CliRunner().invoke(app, ["doctor", str(folder), "--write", str(target)])
    assert again.exit_code == 1
    assert [path.name for path in target.parent.iterdir()] == ["copy"]
