"""Models compared on pictures of one's own, and what is said where that cannot be done."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tensorflow_model_analysis as tfma

from pipeline.compare.compare import _evaluated, compare
from pipeline.compare.labelled_pictures import write_examples
from pipeline.compare.models import find_models
from pipeline.workspace.node import Node, Output
from pipeline.workspace.workspace import Workspace
from tests.pipeline import stub_model as stub
from vocabulary.errors import UserError
from vocabulary.task.options import TaskBase

# Beam leaves the files of a pipeline that failed open.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def models(tmp_path: Path) -> list[str]:
    folders = [tmp_path / "one" / "model", tmp_path / "two" / "other"]
    for folder, digit in zip(folders, (7, 3), strict=True):
        stub.save(folder, digit=digit)
    return [str(folder) for folder in folders]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for n, digit in enumerate((7, 7, 3)):
        pixels = np.full([75, 75], 40 * n, np.uint8)
        (folder / f"{n}.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
        (folder / f"{n}.txt").write_text(f"{digit} 0.5 0.5 0.5 0.5")
    return folder


def test_models_are_compared_and_each_phase_is_told(
    models: list[str], pictures: Path, tmp_path: Path
) -> None:
    phases: list[str] = []
    comparison, answers, *_ = compare(
        Workspace(tmp_path), models, split="eval", data=pictures, on_start=phases.append
    )
    assert [model.name for model in comparison.models] == ["model", "other"]
    assert comparison.whole.metrics["model"]["accuracy"].value == pytest.approx(2 / 3)
    assert comparison.whole.metrics["other"]["accuracy"].value == pytest.approx(1 / 3)
    assert (comparison.pairs[0].only_first, comparison.pairs[0].only_other) == (2, 1)
    assert len(answers) == 3
    assert all(sorted(one.right.values()) == [False, True] for one in answers)
    assert {one.truth["digit"] for one in answers} == {3, 7}
    for one in answers:
        right = next(name for name, is_right in one.right.items() if is_right)
        assert one.predictions[right]["digit"] == one.truth["digit"]
    assert phases == [
        "finding the models", "reading the pictures", "evaluating 2 models", "timing the models",
    ]  # fmt: skip


def test_the_result_of_tfma_is_kept_where_it_is_asked_for(
    models: list[str], pictures: Path, tmp_path: Path
) -> None:
    output = tmp_path / "kept" / "here"
    options: dict[str, Any] = {
        "split": "eval",
        "data": pictures,
        "output": output,
        "on_start": lambda what: None,
    }
    comparison, *_, page = compare(Workspace(tmp_path), models, **options)
    assert comparison.result == str(output)
    assert comparison.report == str(output / "compare.html")
    assert "tfma-nb-time-series" in page
    for name, folder in zip(("model", "other"), models, strict=True):
        result = tfma.load_eval_result(str(output), model_name=name)
        assert (result.model_location, result.data_location) == (folder, str(pictures))
    with pytest.raises(UserError, match=r"here is there already; name a new folder"):
        compare(Workspace(tmp_path), models, **options)
    assert [path.name for path in output.parent.iterdir()] == ["here"]


def test_the_result_can_be_kept_in_the_empty_folder_that_one_is_in(
    models: list[str], pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    comparison, *_ = compare(
        Workspace(tmp_path),
        models,
        split="eval",
        data=pictures,
        output=Path(),
        on_start=lambda what: None,
    )
    assert comparison.result == str(here)
    assert (here / "eval_config.json").is_file()


def test_split_without_files_is_one_sentence(
    models: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "examples" / "Split-eval").mkdir(parents=True)
    made = {"examples": Output(tmp_path / "examples", {})}
    node = Node("DigitExampleGen", 1, "complete", cached=False, seconds=1.0, outputs=made)
    monkeypatch.setattr("pipeline.compare.examples.judged_run", lambda *_: ("one", {node.id: node}))
    with pytest.raises(UserError, match=r"Split-eval is empty; run again, or name another --split"):
        compare(Workspace(tmp_path), models, split="eval", data=None, on_start=lambda what: None)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ("cut off", "examples is no TFRecord of tf.Examples, or cut off; name others"),
        ("empty", "examples holds no tf.Examples; name others"),
    ],
)
def test_examples_that_cannot_be_evaluated_are_one_sentence(
    broken: str, sentence: str, models: list[str], pictures: Path, tmp_path: Path
) -> None:
    file = tmp_path / "examples"
    write_examples(pictures, str(file), task=TaskBase(kind="localization"))
    if broken == "cut off":
        file.write_bytes(file.read_bytes()[:-9])
    else:
        file.write_bytes(b"")
    compared = find_models(Workspace(tmp_path), models)
    with pytest.raises(UserError, match=sentence) as caught:
        _evaluated(compared, [str(file)], str(tmp_path / "evaluation"), data="pictures")
    assert "\n" not in str(caught.value)


def test_fault_of_the_evaluation_itself_is_one_sentence(
    models: list[str], pictures: Path, tmp_path: Path
) -> None:
    file = tmp_path / "examples"
    write_examples(pictures, str(file), task=TaskBase(kind="localization"))
    compared = find_models(Workspace(tmp_path), models)
    (tmp_path / "two" / "other" / "saved_model.pb").write_bytes(b"broken meanwhile")
    with pytest.raises(UserError, match=r"model and other cannot be compared: ") as caught:
        _evaluated(compared, [str(file)], str(tmp_path / "evaluation"), data="pictures")
    assert "\n" not in str(caught.value)
