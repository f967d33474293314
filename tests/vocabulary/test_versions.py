"""Versions in a push destination, with folders laid out as SavedModels."""

import shutil
from pathlib import Path

import pytest

from vocabulary.versions import model_digest, versions


def save_model(folder: Path, *, graph: bytes = b"graph", weights: bytes = b"weights") -> Path:
    """The files of a SavedModel, without a model in them."""
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pb").write_bytes(graph)
    (folder / "variables" / "variables.index").write_bytes(b"index")
    (folder / "variables" / "variables.data-00000-of-00001").write_bytes(weights)
    return folder


def test_versions_come_oldest_first_by_number(tmp_path: Path) -> None:
    for name in ("10", "9", "1700000000"):
        save_model(tmp_path / name)
    assert versions(str(tmp_path)) == [9, 10, 1700000000]


def test_a_destination_that_is_not_there_has_no_versions(tmp_path: Path) -> None:
    assert versions(str(tmp_path / "nowhere")) == []


def test_a_destination_that_is_a_file_has_no_versions(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert versions(str(tmp_path / "file")) == []


def test_an_empty_destination_has_no_versions(tmp_path: Path) -> None:
    assert versions(str(tmp_path)) == []


def test_a_half_copied_version_is_not_listed(tmp_path: Path) -> None:
    save_model(tmp_path / "1")
    (save_model(tmp_path / "2") / "saved_model.pb").unlink()
    assert versions(str(tmp_path)) == [1]


@pytest.mark.parametrize("name", ["temp-3", "v3", "3.5", "-3", ".3", "²", "latest"])
def test_a_folder_that_is_no_number_is_ignored(tmp_path: Path, name: str) -> None:
    save_model(tmp_path / "2")
    save_model(tmp_path / name)
    assert versions(str(tmp_path)) == [2]


def test_a_file_that_is_a_number_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "3").write_text("not a folder")
    assert versions(str(tmp_path)) == []


def test_a_copy_has_the_same_digest(tmp_path: Path) -> None:
    model = save_model(tmp_path / "a")
    shutil.copytree(model, tmp_path / "b")
    assert model_digest(str(model)) == model_digest(str(tmp_path / "b"))


def test_what_a_copy_gains_beside_the_model_does_not_count(tmp_path: Path) -> None:
    model, copy = save_model(tmp_path / "a"), save_model(tmp_path / "b")
    (copy / "fingerprint.pb").write_bytes(b"made anew at each export")
    assert model_digest(str(model)) == model_digest(str(copy))


@pytest.mark.parametrize("change", [{"graph": b"other"}, {"weights": b"other"}])
def test_another_graph_or_other_weights_have_another_digest(
    tmp_path: Path, change: dict[str, bytes]
) -> None:
    model, other = save_model(tmp_path / "a"), save_model(tmp_path / "b", **change)
    assert model_digest(str(model)) != model_digest(str(other))


def test_weights_under_another_name_have_another_digest(tmp_path: Path) -> None:
    model, other = save_model(tmp_path / "a"), save_model(tmp_path / "b")
    shards = other / "variables"
    (shards / "variables.index").rename(shards / "variables.other")
    assert model_digest(str(model)) != model_digest(str(other))
