"""DigitExampleGen as TFX runs it: the component's own executor, driver and execution properties."""

import gzip
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tfx.dsl.components.base import base_beam_executor
from tfx.orchestration.portable import data_types
from tfx.types import artifact_utils, standard_artifacts

from components.digit_example_gen import synthesis
from components.digit_example_gen.component import (
    FINGERPRINT,
    DigitExampleGen,
    recipes,
    without_place,
)
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.sources import mnist
from vocabulary.beside_splits import read_rows
from vocabulary.errors import UserError
from vocabulary.examples_count import COUNTS, count_of, read_counts
from vocabulary.left_out import LEFT_OUT, Reason
from vocabulary.part_counts import PART_COUNTS, PartCount

MakeData = Callable[..., DataOptions]
SPLITS = {"train": 2500, "eval": 300, "test": 1}
SCENE = {"scale": (0.8, 1.3), "noise": (0.0, 0.06), "clutter": (0, 2), "contrast": (0.5, 1.0)}


def beam_args(mode: str, workers: int) -> list[str]:
    return [
        "--runner=FnApiRunner",
        f"--direct_running_mode={mode}",
        f"--direct_num_workers={workers}",
        "--sdk_container_image=none",
    ]


def generate(
    folder: Path,
    data: DataOptions,
    splits: dict[str, int],
    args: list[str] | None = None,
) -> standard_artifacts.Examples:
    """Runs the executor of the component as TFX's launcher does."""
    component = DigitExampleGen(data=data, splits=splits)
    context = base_beam_executor.BaseBeamExecutor.Context(
        beam_pipeline_args=args or beam_args("in_memory", 1), tmp_dir=str(folder / "tmp")
    )
    artifact = standard_artifacts.Examples()
    artifact.uri = str(folder / "examples")
    component.executor_spec.executor_class(context).Do(
        {}, {"examples": [artifact]}, dict(component.exec_properties)
    )
    return artifact


def files(artifact: standard_artifacts.Examples) -> dict[str, bytes]:
    """All files of an artefact, hidden ones too, by their path in it."""
    paths = [path for path in Path(artifact.uri).rglob("*") if path.is_file()]
    return {os.path.relpath(path, artifact.uri): path.read_bytes() for path in paths}


def records(artifact: standard_artifacts.Examples, split: str) -> list[bytes]:
    paths = sorted(Path(artifact_utils.get_split_uri([artifact], split)).iterdir())
    dataset = tf.data.TFRecordDataset([str(path) for path in paths], compression_type="GZIP")
    return list(dataset.as_numpy_iterator())


@pytest.fixture(scope="module")
def made(
    make_data: MakeData, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[standard_artifacts.Examples]:
    """What one worker in this process makes."""
    return generate(tmp_path_factory.mktemp("made"), make_data(**SCENE), SPLITS)


def test_the_sizes_of_the_splits_are_exact(made: standard_artifacts.Examples) -> None:
    assert {split: len(records(made, split)) for split in SPLITS} == SPLITS


def test_files_are_whole_and_named_as_tfx_names_them(made: standard_artifacts.Examples) -> None:
    assert sorted(set(files(made)) - {COUNTS}) == [
        "Split-eval/data_tfrecord-00000-of-00001.gz",
        "Split-test/data_tfrecord-00000-of-00001.gz",
        "Split-train/data_tfrecord-00000-of-00003.gz",
        "Split-train/data_tfrecord-00001-of-00003.gz",
        "Split-train/data_tfrecord-00002-of-00003.gz",
    ]
    for name, content in files(made).items():
        assert name == COUNTS or gzip.decompress(content)


def test_the_artefact_says_how_many_examples_each_split_has(
    made: standard_artifacts.Examples,
) -> None:
    assert list(read_counts(made.uri).items()) == list(SPLITS.items())
    patterns = [f"{artifact_utils.get_split_uri([made], split)}/*" for split in SPLITS]
    assert [count_of([pattern]) for pattern in patterns] == [2500, 300, 1]
    assert count_of(patterns) == 2801


def test_counts_that_are_missing_or_damaged_are_a_sentence(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(UserError, match=r"counts\.json, .* is missing or damaged; run again"):
            count_of([f"{tmp_path}/Split-train/*"])
        (tmp_path / COUNTS).write_text("{")


def test_the_artefact_says_what_it_holds(made: standard_artifacts.Examples) -> None:
    assert artifact_utils.decode_split_names(made.split_names) == ["train", "eval", "test"]
    assert made.get_string_custom_property("payload_format") == "FORMAT_TF_EXAMPLE"
    assert made.get_string_custom_property("file_format") == "tfrecords_gzip"


def test_no_handwriting_is_in_two_splits(made: standard_artifacts.Examples) -> None:
    seen = [
        {
            tf.train.Example.FromString(r).features.feature["image/source_id"].bytes_list.value[0]
            for r in records(made, split)
        }
        for split in SPLITS
    ]
    assert len(set.union(*seen)) == sum(map(len, seen))


@pytest.mark.parametrize(
    ("mode", "workers"),
    [
        ("multi_threading", 3),
        pytest.param("multi_processing", 2, marks=[pytest.mark.slow, pytest.mark.timeout(180)]),
    ],
)
def test_any_number_of_workers_writes_the_same_files(
    made: standard_artifacts.Examples,
    make_data: MakeData,
    tmp_path: Path,
    mode: str,
    workers: int,
) -> None:
    other = generate(tmp_path, make_data(**SCENE), SPLITS, beam_args(mode, workers))
    assert files(other) == files(made)


def test_another_shard_size_gives_the_same_examples_in_the_same_order(
    made: standard_artifacts.Examples,
    make_data: MakeData,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(synthesis, "EXAMPLES_PER_SHARD", 333)
    other = generate(tmp_path, make_data(**SCENE), SPLITS)
    assert len(files(other)) == 8 + 1 + 1 + 1
    for split in SPLITS:
        assert records(other, split) == records(made, split)


def test_another_seed_writes_other_files(
    made: standard_artifacts.Examples, make_data: MakeData, tmp_path: Path
) -> None:
    other = generate(tmp_path, make_data(seed=2, **SCENE), {"train": 2500, "eval": 300, "test": 1})
    assert set(files(other)) == set(files(made))
    same = {name for name, content in files(made).items() if files(other)[name] == content}
    assert same == {COUNTS}


def test_two_splits_will_do_and_a_split_may_be_exactly_one_shard(
    make_data: MakeData, tmp_path: Path
) -> None:
    made = generate(tmp_path, make_data(), {"train": 1000, "eval": 1})
    assert len(records(made, "train")) == 1000
    assert len(records(made, "eval")) == 1
    assert len(files(made)) == 2 + 1


def test_more_splits_than_there_is_handwriting_for_fail_with_a_sentence(
    make_data: MakeData, tmp_path: Path
) -> None:
    splits = dict.fromkeys(["train", "eval", *"abcdef"], 1)
    with pytest.raises(Exception, match="name fewer splits"):
        generate(tmp_path, make_data(), splits)


def test_the_recipes_are_what_the_component_was_given(make_data: MakeData) -> None:
    data = make_data(seed=7)
    component = DigitExampleGen(data=data, splits=SPLITS)
    found = recipes(component.exec_properties)
    assert [(recipe.split, recipe.size) for recipe in found] == list(SPLITS.items())
    assert {recipe.splits for recipe in found} == {("train", "eval", "test")}
    assert all(DataOptions.model_validate_json(recipe.data) == data for recipe in found)


def fingerprint(data: DataOptions) -> str | None:
    """What the component's driver adds to the execution properties."""
    component = DigitExampleGen(data=data, splits={"train": 1, "eval": 1})
    info = data_types.ExecutionInfo(exec_properties=dict(component.exec_properties))
    added: Any = component.driver_class(None).run(info).exec_properties
    assert set(added) <= {"input_fingerprint"}
    return added["input_fingerprint"].string_value if added else None


def test_a_change_in_the_source_s_files_changes_the_fingerprint(
    make_data: MakeData, tmp_path: Path
) -> None:
    for name in mnist.SHA256:
        (tmp_path / f"{name}-ubyte").write_bytes(b"1234")
        os.utime(tmp_path / f"{name}-ubyte", (1_000_000, 1_000_000))
    path = tmp_path / "t10k-labels-idx1-ubyte"
    data = make_data(source={"kind": "mnist", "dir": str(tmp_path)})
    before = fingerprint(data)
    assert before
    assert fingerprint(data) == before
    (tmp_path / "README").write_text("beside them")
    assert fingerprint(data) == before

    path.write_bytes(b"1235")
    os.utime(path, (1_000_000, 1_000_000))
    assert fingerprint(data) != before


def test_a_copy_of_the_source_s_files_changes_nothing_that_the_cache_sees(
    make_data: MakeData, tmp_path: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    for name in mnist.SHA256:
        (one / f"{name}-ubyte").write_bytes(b"1234")
    shutil.copytree(one, other, copy_function=shutil.copyfile)
    (other / "t10k-labels-idx1-ubyte").unlink()
    with gzip.open(other / "t10k-labels-idx1-ubyte.gz", "wb") as packed:
        packed.write(b"1234")
    seen = [seen_by_the_cache(make_data(source=source(folder))) for folder in (one, other)]
    assert seen[0] == seen[1]
    (other / "train-labels-idx1-ubyte").write_bytes(b"4321")
    assert seen_by_the_cache(make_data(source=source(other))) != seen[0]


def source(folder: Path) -> dict[str, str]:
    return {"kind": "mnist", "dir": str(folder)}


def seen_by_the_cache(data: DataOptions) -> dict[str, Any]:
    """The execution properties that the key is made of."""
    component = DigitExampleGen(data=data, splits={"train": 1, "eval": 1})
    added = fingerprint(data)
    given = dict(component.exec_properties) | ({FINGERPRINT: added} if added else {})
    return dict(without_place(given))


def test_an_embedded_source_has_no_fingerprint(make_data: MakeData) -> None:
    assert fingerprint(make_data(source={"kind": "uci"})) is None


def test_missing_files_are_a_sentence_before_anything_is_drawn(
    make_data: MakeData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mnist, "MIRROR", "http://127.0.0.1:9/")
    with pytest.raises(UserError, match=r"nowhere has no train-images.*source\.dir=FOLDER"):
        fingerprint(make_data(source={"kind": "mnist", "dir": str(tmp_path / "nowhere")}))


def photographs(folder: Path, *names: str) -> None:
    """Pictures of noise with a 7 each; those of one last letter are the same."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(ord(name[-1])).integers(0, 255, (40, 40), np.uint8)
        Image.fromarray(noise).save(folder / f"{name}.png")
        (folder / f"{name}.txt").write_text("7 0.5 0.5 0.5 0.5")


def test_a_folder_becomes_examples_and_what_is_left_out_is_recorded(
    make_data: MakeData, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    photographs(mine, "train/a", "train/b", "train/c", "test/d")
    (mine / "train/c.txt").write_text("7 0.5 0.5 0.5 0.5\n7 0.2 0.2 0.1 0.1\n")
    (mine / "train/b.png").write_bytes(b"")
    data = make_data(source={"kind": "folder", "dir": str(mine), "tolerate": 1})
    made = generate(tmp_path, data, {"train": 5, "eval": 5})
    assert read_counts(made.uri) == {"train": 1, "eval": 1}
    assert [tuple(one) for one in read_rows(made.uri, LEFT_OUT, Reason)] == [
        ("is none of PNG, JPEG, WEBP, BMP, TIFF, GIF", 1, ("train/b.png",)),
        ("it has 2 objects, not one", 1, ("train/c.png",)),
    ]


def test_a_remote_folder_becomes_the_same_examples(make_data: MakeData, tmp_path: Path) -> None:
    """`ram://` is TensorFlow's file system in memory: as remote as `gs://` to all else."""
    mine, remote = tmp_path / "mine", "ram://bucket/of-pictures"
    splits = {"train": 1, "eval": 1}
    photographs(mine, "train/a", "train/b", "test/c")
    for path in mine.glob("*/*"):
        tf.io.gfile.makedirs(f"{remote}/{path.parent.name}")
        tf.io.gfile.copy(str(path), f"{remote}/{path.parent.name}/{path.name}")
    here, there = (
        generate(tmp_path / name, make_data(source={"kind": "folder", "dir": folder}), splits)
        for name, folder in (("here", str(mine)), ("there", remote))
    )
    assert files(here) == files(there)
    assert read_counts(there.uri) == {"train": 2, "eval": 1}


def with_drawn(folder: Path, **keys: int) -> dict[str, Any]:
    """A source of UCI's digits and a fifth of pictures of a folder."""
    mine = {"kind": "folder", "dir": str(folder), "share": 0.2, **keys}
    return {"kind": "mixed", "parts": [{"kind": "uci", "share": 0.8}, mine]}


def test_parts_are_counted_and_the_files_are_the_same_whatever_the_workers(
    make_data: MakeData, tmp_path: Path
) -> None:
    photographs(tmp_path / "mine", "train/a", "train/b", "test/d")
    (tmp_path / "mine/train/b.png").write_bytes(b"")
    data = make_data(source=with_drawn(tmp_path / "mine", tolerate=1))
    splits = {"train": 1200, "eval": 20}
    made = generate(tmp_path / "one", data, splits)
    counts = read_rows(made.uri, PART_COUNTS, PartCount)
    assert [one[:2] for one in counts] == [
        (split, part) for split in splits for part in ("uci", "folder")
    ]
    assert counts[1][2:] == (1, counts[1].repeats, 1)
    assert read_counts(made.uri) == {
        split: sum(one.pictures + one.repeats for one in counts if one.split == split)
        for split in splits
    }
    other = generate(tmp_path / "two", data, splits, beam_args("multi_processing", 2))
    assert files(made) == files(other)


def test_a_part_with_bad_pictures_is_named(make_data: MakeData, tmp_path: Path) -> None:
    photographs(tmp_path / "mine", "train/a", "train/b", "test/d")
    (tmp_path / "mine/train/b.png").write_bytes(b"")
    data = make_data(source=with_drawn(tmp_path / "mine"))
    with pytest.raises(Exception, match=r"and source\.parts\[1\]\.tolerate is 0: folder/train/b"):
        generate(tmp_path, data, {"train": 50, "eval": 5})


def test_more_bad_pictures_than_are_tolerated_stop_the_run(
    make_data: MakeData, tmp_path: Path
) -> None:
    photographs(tmp_path / "mine", "train/a", "train/b", "test/d")
    (tmp_path / "mine/train/b.png").write_bytes(b"")
    data = make_data(source={"kind": "folder", "dir": str(tmp_path / "mine")})
    with pytest.raises(
        Exception,
        match=r"1 bad pictures or labels, and source\.tolerate is 0: "
        r"train/b\.png is none of PNG",
    ):
        generate(tmp_path, data, {"train": 5, "eval": 5})


def test_a_picture_in_two_splits_stops_the_run(make_data: MakeData, tmp_path: Path) -> None:
    photographs(tmp_path / "mine", "train/a", "train/b", "test/copy of b")
    data = make_data(source={"kind": "folder", "dir": str(tmp_path / "mine")})
    with pytest.raises(
        Exception,
        match=r"the same picture is in two splits: test/copy of b\.png "
        r"\(eval\) and train/b\.png \(train\); remove one",
    ):
        generate(tmp_path, data, {"train": 5, "eval": 5})
