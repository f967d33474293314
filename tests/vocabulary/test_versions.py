"""Versions in a push destination, with folders laid out as SavedModels."""

import shutil
from pathlib import Path

import pytest

from tests.vocabulary.tiny_model import WEIGHTS, cut, save_stateless, save_tiny
from vocabulary.manifest import MANIFEST, as_manifest
from vocabulary.versions import damage, damaged, model_digest, versions, whole_versions


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


def test_weights_in_a_folder_of_their_own_and_none_at_all_have_a_digest(tmp_path: Path) -> None:
    model = save_model(tmp_path / "a")
    (model / "variables/old").mkdir()
    stateless = save_stateless(tmp_path / "b")
    assert len({model_digest(str(model)), model_digest(str(stateless))}) == 2


def with_manifest(folder: Path) -> Path:
    files = (path for path in folder.rglob("*") if path.is_file())
    sizes = {str(path.relative_to(folder)): path.stat().st_size for path in files}
    (folder / MANIFEST).parent.mkdir(exist_ok=True)
    (folder / MANIFEST).write_text(as_manifest(sizes, also="assets.extra/statistics"))
    return folder


def test_versions_with_and_without_a_manifest_are_whole(tmp_path: Path) -> None:
    save_tiny(tmp_path / "1")
    with_manifest(save_tiny(tmp_path / "2"))
    save_stateless(tmp_path / "3")
    assert list(whole_versions(str(tmp_path))) == [3, 2, 1]
    assert damaged(str(tmp_path)) == {}


@pytest.mark.parametrize("manifest", [True, False], ids=["of ours", "of others"])
@pytest.mark.parametrize("name", ["saved_model.pb", WEIGHTS, "variables/variables.index"])
@pytest.mark.parametrize("kept", [None, 0], ids=["half", "empty"])
def test_file_that_was_cut_off_is_damage(
    tmp_path: Path, name: str, kept: int | None, *, manifest: bool
) -> None:
    folder = save_tiny(tmp_path / "7")
    if manifest:
        with_manifest(folder)
    cut(folder / name, to=kept)
    assert damage(str(folder)).startswith(name if manifest else name.partition("/")[0])
    assert list(whole_versions(str(tmp_path))) == []
    assert versions(str(tmp_path)) == [7]  # a server sees it all the same


@pytest.mark.parametrize("manifest", [True, False], ids=["of ours", "of others"])
def test_weights_that_are_gone_are_damage(tmp_path: Path, *, manifest: bool) -> None:
    folder = save_tiny(tmp_path / "7")
    if manifest:
        with_manifest(folder)
    shutil.rmtree(folder / "variables")
    assert damage(str(folder)).endswith(" is missing")
    assert "variables/" in damage(str(folder))


def test_shard_of_the_weights_that_is_gone_is_damage(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "7")
    (folder / WEIGHTS).unlink()
    assert damage(str(folder)) == "variables/ cannot be read"


def test_graph_that_is_a_folder_or_nonsense_is_damage(tmp_path: Path) -> None:
    (tmp_path / "1/saved_model.pb").mkdir(parents=True)
    save_model(tmp_path / "2")
    save_tiny(tmp_path / "3")
    reason = "saved_model.pb cannot be read"
    assert damaged(str(tmp_path)) == {"1": reason, "2": reason}


def test_damaged_are_all_that_a_server_would_try_to_load(tmp_path: Path) -> None:
    (tmp_path / "5/variables").mkdir(parents=True)
    (tmp_path / "6").mkdir()
    (tmp_path / "7").symlink_to(tmp_path / "nowhere")
    for name in ("broken-8", ".9.partial", "notes", "99999999999999999999", "٣"):
        (tmp_path / name).mkdir()
    assert set(damaged(str(tmp_path))) == {"5", "6", "7"}
