"""`digits doctor --model`: labels that were swapped come first, and what a model was trained on."""

import json
import shutil
from pathlib import Path

import pytest
from tensorflow_metadata.proto.v0 import statistics_pb2
from typer.testing import CliRunner, Result

from cli.app import app
from tests.serving.known_model import picture
from vocabulary import features
from vocabulary.model_files import CARD, STATISTICS

SWAPPED = "4 0.5 0.5 0.5 0.5"


def ask(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["doctor", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of ten pictures two are labelled as something else."""
    folder = tmp_path / "in"
    folder.mkdir()
    for index in range(10):
        (folder / f"{index}.png").write_bytes(picture(index, side=16 + index))
        (folder / f"{index}.txt").write_text(f"{index} 0.5 0.5 0.5 0.5")
    (folder / "3.txt").write_text(SWAPPED)
    (folder / "7.txt").write_text(SWAPPED)
    return folder


def add_statistics(model: Path, *, names: str, width: float) -> None:
    """Of training data with these classes and boxes as wide, in the middle."""
    statistics = statistics_pb2.DatasetFeatureStatisticsList()
    dataset = statistics.datasets.add()
    edges = (0.5 - width / 2, 0.25, 0.5 + width / 2, 0.75)
    for key, mean in zip(features.BOX, edges, strict=True):
        dataset.features.add(path={"step": [key]}).num_stats.mean = mean
    text = dataset.features.add(path={"step": [features.TEXT]})
    for name in sorted(set(names)):
        buckets = text.string_stats.rank_histogram.buckets
        buckets.add(label=name, sample_count=names.count(name))
    path = model / STATISTICS / "Split-train/FeatureStats.pb"
    path.parent.mkdir(parents=True)
    path.write_bytes(statistics.SerializeToString())


def test_labels_that_were_swapped_come_first(saved: Path, folder: Path) -> None:
    page = folder.parent / "page.html"
    ended = ask(folder, "--model", saved / "1", "--html", page)
    assert ended.exit_code == 0, ended.output
    screen = " ".join(ended.stdout.split())
    assert "reads 2 of 10 pictures otherwise than they are labelled" in screen
    assert "it has no statistics beside it" in screen
    assert "2 to look at" in screen
    assert "7.txt:1 is labelled 4, and the model is 100% sure of 7" in screen
    assert "4, or 3 (100%)? 3.png" in page.read_text()
    findings = json.loads(ask(folder, "--model", saved / "1", "--json").stdout)["findings"]
    seen = [one["file"] for one in findings if one["severity"] == "look at"]
    assert seen == ["3.txt", "7.txt"]


def test_the_version_that_serves_in_a_workspace_is_asked(saved: Path, folder: Path) -> None:
    serving = folder.parent / "workspace/serving"
    serving.mkdir(parents=True)
    (serving / "digits").symlink_to(saved)
    ended = ask(folder, "--workspace", folder.parent / "workspace", "--json")
    assert json.loads(ended.stdout)["model"]["model"] == f"{serving}/digits/4"
    ended = ask(folder, "--workspace", folder, "--model", saved)
    assert (ended.exit_code, "give one" in ended.stderr) == (1, True)


@pytest.mark.parametrize(
    ("names", "width", "sentences"),
    [
        ("0123456789", 0.5, []),
        ("01245689", 0.5, ["the model was trained on nothing called 3 or 7"]),
        (
            "0123456789", 0.2,
            ["boxes take 50% of the picture's width here on average, and 20% where the model was "
             "trained"],
        ),
        (
            "0123456789" + "1" * 20, 0.5,
            ["of the objects 10% are 1 here, and 70% where the model was trained"],
        ),
    ],
)  # fmt: skip
def test_objects_are_compared_with_those_that_the_model_was_trained_on(
    names: str, width: float, sentences: list[str], saved: Path, folder: Path
) -> None:
    model = folder.parent / "model"
    shutil.copytree(saved / "1", model)
    add_statistics(model, names=names, width=width)
    for index in (3, 7):
        (folder / f"{index}.txt").write_text(f"{index} 0.5 0.5 0.5 0.5")
    asked = json.loads(ask(folder, "--model", model, "--json").stdout)["model"]
    assert asked["otherwise"] == 0
    assert asked["training"]["differences"] == sentences
    assert asked["training"]["here"]["width"] == pytest.approx(0.5)


def test_a_task_whose_answers_are_no_labels_is_refused(
    saved: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.localization.predictions.OBJECT", None)
    model = folder.parent / "model"
    shutil.copytree(saved / "1", model)
    (model / CARD).parent.mkdir()
    (model / CARD).write_text(json.dumps({"task": "localization"}))
    ended = ask(folder, "--model", model)
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "gives no labels, so there is nothing to compare; leave --model out" in ended.stderr
