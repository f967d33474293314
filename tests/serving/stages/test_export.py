"""Two models become one that servers serve, or a sentence says why they do not."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.app import app
from serving.stages import export as exporting
from tests.serving.known_model import save_known
from tests.serving.known_stages import save_stage
from vocabulary.card import FINDER, read_card
from vocabulary.model_files import STATISTICS, WARMUP
from vocabulary.versions import damage, whole_versions


def export(find: Path, read: Path, output: Path) -> Result:
    where = {"--find": find, "--read": read, "--output": output}
    arguments = [text for pair in where.items() for text in map(str, pair)]
    return CliRunner().invoke(app, ["export", *arguments, "--json"])


def test_each_export_is_a_new_version_beside_the_others(parts: Path, tmp_path: Path) -> None:
    written = []
    for _ in range(2):
        ended = export(parts / "find", parts / "read", tmp_path / "both")
        assert ended.exit_code == 0, ended.stderr
        written.append(json.loads(ended.stdout))
    assert written[0]["version"] < written[1]["version"]
    folder = Path(written[1]["folder"])
    assert next(whole_versions(str(tmp_path / "both"))) == written[1]["version"]
    assert damage(str(folder)) == ""
    assert (folder / WARMUP).is_file()
    assert (folder / STATISTICS / "Split-train/FeatureStats.pb").is_file()


@pytest.mark.parametrize(
    ("option", "value"),
    [("--split", "eval"), ("--workspace", "here"), ("--quantize", "int8"), ("--static", "page")],
)
def test_what_is_for_a_litert_file_is_refused_beside_two_models(option: str, value: str) -> None:
    arguments = ["export", "--find", "find", "--read", "read", option, value]
    ended = CliRunner().invoke(app, arguments)
    assert ended.exit_code == 1
    assert ended.stderr.endswith(f"is a SavedModel; leave out {option}\n")


def test_its_card_is_the_readers_with_the_finders_on_it(stages: Path, parts: Path) -> None:
    [version] = stages.iterdir()
    card = read_card(version)
    assert card["task"] == "sequence"
    assert card["parameters"] == 2
    assert card[FINDER] == read_card(parts / "find")


@pytest.mark.parametrize(
    ("find", "read", "sentence"),
    [
        ("read", "read", "made for the task sequence, which does not say where in a picture"),
        ("find", "find", "made for the task segmentation, which finds for itself"),
        ("find", "both", "holds two models as one already"),
        ("find", "none", "none holds no model"),
        ("find", "light", "dark ink on light paper and the other on light ink on dark"),
        ("find", "unpushed", "has no statistics of its data; name a version"),
    ],
)
def test_what_cannot_be_one_is_a_sentence_and_nothing_is_written(
    find: str, read: str, sentence: str, parts: Path, stages: Path, tmp_path: Path
) -> None:
    for name in ("find", "read"):
        shutil.copytree(parts / name, tmp_path / name)
    shutil.copytree(stages, tmp_path / "both")
    save_stage(tmp_path / "light", "sequence", paper="light")
    shutil.copytree(parts / "read", tmp_path / "unpushed")
    shutil.rmtree(tmp_path / "unpushed" / STATISTICS)
    ended = export(tmp_path / find, tmp_path / read, tmp_path / "output")
    assert ended.exit_code == 1
    assert sentence in ended.stderr
    assert not (tmp_path / "output").exists()


def test_a_file_in_the_place_of_the_folder_is_a_sentence(parts: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    ended = export(parts / "find", parts / "read", tmp_path / "file")
    assert ended.exit_code == 1
    assert f"{tmp_path / 'file'} cannot be written: " in ended.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_a_model_that_answers_wrongly_is_refused_before_it_is_there(
    parts: Path, tmp_path: Path
) -> None:
    """It says that it was made for `sequence`, and answers as one of `localization`."""
    card = {"task": "sequence", "canvas": {"height": 8, "width": 8, "channels": 1}}
    save_known(tmp_path / "read", 1, card=card)
    (tmp_path / "read" / STATISTICS).mkdir()
    ended = export(parts / "find", tmp_path / "read", tmp_path / "output")
    assert ended.exit_code == 1
    assert "do not work as one: serving_examples gives no digit_probabilities" in ended.stderr
    assert not (tmp_path / "output").exists()


def test_the_pictures_that_it_is_tried_with_are_one_with_ink_and_one_without() -> None:
    assert len([*exporting._requests()]) == 2
