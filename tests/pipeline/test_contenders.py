"""The models to compare: found by version or folder, and refused where they do not go together."""

from pathlib import Path

import pytest
import tensorflow as tf

from pipeline.contenders import find_contenders
from pipeline.errors import UserError
from pipeline.workspace import Workspace


def save(folder: Path, *, side: int = 75, card: str | None = None) -> str:
    class Network(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, side, side, 1], name="image")])
        def serve(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
            return {"box": tf.zeros([tf.shape(image)[0], 4])}

    network = Network()
    tf.saved_model.save(network, str(folder), signatures={"serving_tensor": network.serve})
    if card:
        (folder / "assets.extra").mkdir()
        (folder / "assets.extra/digits.json").write_text(card)
    return str(folder)


def test_versions_and_folders_are_found(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    save(workspace.serving / "7", card='{"task": "localization", "parameters": 12}')
    folder = save(tmp_path / "mine")
    version, mine = find_contenders(workspace, ["7", folder])
    assert (version.name, version.parameters, version.canvas) == ("version 7", 12, (75, 75, 1))
    assert (mine.name, mine.parameters) == (folder, None)


def test_three_models_are_found(tmp_path: Path) -> None:
    names = [save(tmp_path / name) for name in "abc"]
    assert [c.name for c in find_contenders(Workspace(tmp_path), names)] == names


def test_another_canvas_is_refused(tmp_path: Path) -> None:
    names = [save(tmp_path / "a"), save(tmp_path / "b", side=64)]
    with pytest.raises(UserError, match="their canvas is 75 x 75 x 1 and 64 x 64 x 1"):
        find_contenders(Workspace(tmp_path), names)


def test_another_task_is_refused(tmp_path: Path) -> None:
    names = [save(tmp_path / "a"), save(tmp_path / "b", card='{"task": "sequence"}')]
    with pytest.raises(UserError, match="their task is localization and sequence"):
        find_contenders(Workspace(tmp_path), names)


def test_a_model_of_another_make_is_refused(tmp_path: Path) -> None:
    tf.saved_model.save(tf.Module(), str(tmp_path / "b"))
    with pytest.raises(UserError, match="has no signature serving_tensor"):
        find_contenders(Workspace(tmp_path), [save(tmp_path / "a"), str(tmp_path / "b")])


def test_an_unknown_name_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nope is no version, run or folder"):
        find_contenders(Workspace(tmp_path), ["nope"])


def test_one_model_is_not_enough(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="it takes two different models"):
        find_contenders(Workspace(tmp_path), [save(tmp_path / "a")])


def test_an_empty_workspace_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no trained model; make one with `digits run`"):
        find_contenders(Workspace(tmp_path), [])
