"""The models to compare: found by version or folder, and refused where they do not go together."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tensorflow as tf

from pipeline.compare.models import find_models, names_of_runs
from pipeline.workspace.workspace import Workspace
from tests.pipeline import stub_model as stub
from vocabulary.errors import UserError


def save(folder: Path, *, side: int = 75, card: str | None = None, **over: Any) -> str:
    stub.save(folder, side=side, **over)
    if card:
        (folder / "assets.extra").mkdir()
        (folder / "assets.extra/digits.json").write_text(card)
    return str(folder)


def test_versions_and_folders_are_found(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    save(workspace.serving / "7", card='{"task": "localization", "parameters": 12}')
    folder = save(tmp_path / "mine")
    version, mine = find_models(workspace, ["7", folder])
    assert (version.name, version.parameters, version.canvas) == ("version 7", 12, (75, 75, 1))
    assert (mine.name, mine.parameters) == ("mine", None)
    assert str(mine.folder) == folder


def test_three_models_are_found(tmp_path: Path) -> None:
    names = [save(tmp_path / name) for name in "abc"]
    assert [c.name for c in find_models(Workspace(tmp_path), names)] == ["a", "b", "c"]


def test_folders_are_called_by_as_much_of_their_paths_as_tells_them_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = [save(tmp_path / name) for name in ("old/6/model", "new/6/model", "other")]
    found = find_models(Workspace(tmp_path), [names[0], "new/../new/6/model", names[2]])
    assert [c.name for c in found][:2] == ["old/6/model", "new/6/model"]
    assert found[2].name.endswith("/other")


def test_one_model_by_two_names_is_one(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    folder = save(workspace.serving / "7")
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(UserError, match="comparing takes two different models"):
        find_models(workspace, ["7", folder, str(tmp_path / "link")])


def test_of_all_runs_those_are_named_that_compare_with_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = (
        Path(save(tmp_path / str(side), side=side, card=f'{{"canvas": [{side}, {side}, 1]}}'))
        for side in (64, 75)
    )
    models = {"1": small, "2": large, "3": small}  # the last run had its model from the cache
    history = SimpleNamespace(runs=lambda: [*models], nodes=lambda run: {})
    monkeypatch.setattr("pipeline.compare.models.open_history", lambda workspace: history)
    monkeypatch.setattr("pipeline.compare.models._model_of", lambda workspace, run: models[run])
    assert names_of_runs(Workspace(tmp_path)) == ["1"]


def test_another_canvas_is_refused(tmp_path: Path) -> None:
    names = [save(tmp_path / "a"), save(tmp_path / "b", side=64)]
    with pytest.raises(UserError, match="their canvas is 75 x 75 x 1 and 64 x 64 x 1"):
        find_models(Workspace(tmp_path), names)


def test_another_task_is_refused(tmp_path: Path) -> None:
    names = [save(tmp_path / "a"), save(tmp_path / "b", card='{"task": "sequence"}')]
    with pytest.raises(UserError, match="their task is localization and sequence"):
        find_models(Workspace(tmp_path), names)


def test_models_of_other_classes_are_refused(tmp_path: Path) -> None:
    names = [save(tmp_path / "a"), save(tmp_path / "b", card='{"class_names": ["cat", "dog"]}')]
    told = "a and b cannot be compared: one knows the classes 0, 1, .* and 9, the other cat and dog"
    with pytest.raises(UserError, match=told):
        find_models(Workspace(tmp_path), names)


def test_a_task_that_is_not_installed_is_named(tmp_path: Path) -> None:
    names = [save(tmp_path / name, card='{"task": "sums"}') for name in ("a", "b")]
    with pytest.raises(
        UserError, match="there is no task sums; choose from classification, localization"
    ):
        find_models(Workspace(tmp_path), names)


def test_a_model_of_another_make_is_refused(tmp_path: Path) -> None:
    tf.saved_model.save(tf.Module(), str(tmp_path / "b"))
    with pytest.raises(UserError, match="has no signature serving_default"):
        find_models(Workspace(tmp_path), [save(tmp_path / "a"), str(tmp_path / "b")])


def test_another_meaning_of_the_box_is_refused(tmp_path: Path) -> None:
    names = [save(tmp_path / box, card=f'{{"box": "{box}"}}') for box in ("ink", "patch")]
    with pytest.raises(UserError, match="ink and patch cannot be compared: their box is ink and"):
        find_models(Workspace(tmp_path), names)


def test_a_model_that_does_not_say_what_its_box_is_may_be_compared(tmp_path: Path) -> None:
    names = [save(tmp_path / "a", card='{"box": "ink"}'), save(tmp_path / "b")]
    assert len(find_models(Workspace(tmp_path), names)) == 2


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"box": [0.0, 0.0, 28.0, 28.0]}, "gives the box .* not in \\[0, 1\\]"),
        ({"box": [0.0, 0.0, 1.0]}, "gives box in the shape \\[2, 3\\]"),
        ({"outputs": ("digit", "box")}, "serving_tensor gives no probabilities"),
        ({"names": ("serving_tensor", "serving_default")}, "no signature serving_examples"),
        ({"side": None}, "serving_tensor takes no canvas of a fixed size"),
        ({"key": "bild"}, "its signature serving_examples refuses a picture"),
    ],
)
def test_a_model_that_answers_otherwise_is_one_sentence(
    over: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    names = [save(tmp_path / "a"), save(tmp_path / "b", **over)]
    with pytest.raises(UserError, match=sentence) as caught:
        find_models(Workspace(tmp_path), names)
    assert str(caught.value).startswith("b was not exported by this pipeline: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("broken", ["saved_model.pb", "variables/variables.index"])
def test_a_broken_model_is_one_sentence(broken: str, tmp_path: Path) -> None:
    names = [save(tmp_path / name, card="{}") for name in "ab"]
    if broken == "saved_model.pb":
        (tmp_path / "b" / broken).write_bytes(b"no SavedModel")
    else:
        (tmp_path / "b" / broken).unlink()
    with pytest.raises(UserError, match=f"b cannot be loaded from {names[1]}: ") as caught:
        find_models(Workspace(tmp_path), names)
    assert "\n" not in str(caught.value)


def test_a_broken_card_is_one_sentence(tmp_path: Path) -> None:
    names = [save(tmp_path / name, card=card) for name, card in (("a", "{}"), ("b", "{"))]
    with pytest.raises(UserError, match=r"b/assets\.extra/digits\.json is not the card of a model"):
        find_models(Workspace(tmp_path), names)


def test_an_unknown_name_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nope is no version, run or folder"):
        find_models(Workspace(tmp_path), ["nope"])


def test_one_model_is_not_enough(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="comparing takes two different models"):
        find_models(Workspace(tmp_path), [save(tmp_path / "a")])


def test_an_empty_workspace_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no trained model; make one with `digits run`"):
        find_models(Workspace(tmp_path), [])
