"""Shards and examples, without Beam: each a pure function of its index."""

import collections
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tensorflow as tf

from components.digit_example_gen import synthesis
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.sources import uci
from components.digit_example_gen.synthesis import (
    Recipe,
    Shard,
    draw_examples,
    draw_shard,
    write_shard,
)
from components.digit_schema_gen.component import read_schema
from vocabulary import features

MakeData = Callable[..., DataOptions]
SPLITS = ("train", "eval")
SCENE = {"scale": (0.8, 1.3), "noise": (0.0, 0.06), "clutter": (0, 2), "contrast": (0.5, 1.0)}


def parse(serialized: bytes) -> dict[str, Any]:
    """The values of a tf.Example, which has one for each feature."""
    example = tf.train.Example.FromString(serialized)
    values = {}
    for key, feature in example.features.feature.items():
        (values[key],) = getattr(feature, feature.WhichOneof("kind")).value
    return values


def test_an_example_depends_on_its_index_alone(make_data: MakeData) -> None:
    recipe = Recipe(make_data(**SCENE).model_dump_json(), "train", SPLITS, 100)
    together = list(draw_examples(recipe, 0, 40))
    assert list(draw_examples(recipe, 13, 14)) == together[13:14]
    assert list(draw_examples(recipe, 25, 40)) == together[25:]
    assert len(set(together)) == 40


def test_an_example_does_not_depend_on_the_size_of_its_split(make_data: MakeData) -> None:
    data = make_data(**SCENE).model_dump_json()
    small, large = (Recipe(data, "train", SPLITS, size) for size in (10, 1_000_000))
    assert list(draw_examples(small, 0, 10)) == list(draw_examples(large, 0, 10))


@pytest.mark.parametrize("other", ["seed", "split"])
def test_another_seed_or_split_draws_other_pictures(make_data: MakeData, other: str) -> None:
    first = Recipe(make_data(**SCENE).model_dump_json(), "train", SPLITS, 10)
    if other == "seed":
        second = first._replace(data=make_data(seed=2, **SCENE).model_dump_json())
    else:
        second = first._replace(split="eval")
    assert not set(draw_examples(first, 0, 10)) & set(draw_examples(second, 0, 10))


def test_every_glyph_is_drawn_as_often_as_any_other(make_data: MakeData) -> None:
    recipe = Recipe(make_data().model_dump_json(), "eval", SPLITS, 600)
    pool = uci.load(splits=SPLITS)["eval"]
    drawn = [
        parse(example)["image/source_id"].decode() for example in draw_examples(recipe, 0, 600)
    ]
    counts = collections.Counter(drawn)
    assert set(counts) == set(pool.names.tolist())
    assert set(counts.values()) == {600 // len(pool), 600 // len(pool) + 1}


def test_an_eval_split_as_large_as_its_pool_covers_each_glyph_once(make_data: MakeData) -> None:
    pool = uci.load(splits=SPLITS)["eval"]
    recipe = Recipe(make_data().model_dump_json(), "eval", SPLITS, len(pool))
    examples = [parse(example) for example in draw_examples(recipe, 0, len(pool))]
    names = [example["image/source_id"].decode() for example in examples]
    assert sorted(names) == sorted(pool.names.tolist())
    assert names != pool.names.tolist()
    labels = dict(zip(pool.names.tolist(), pool.labels.tolist(), strict=True))
    assert [example["image/object/class/label"] for example in examples] == [
        labels[name] for name in names
    ]


def test_no_source_id_is_in_two_splits(make_data: MakeData) -> None:
    splits = ("train", "eval", "test")
    seen: list[set[bytes]] = []
    for split in splits:
        recipe = Recipe(make_data().model_dump_json(), split, splits, 1600)
        seen.append({parse(e)["image/source_id"] for e in draw_examples(recipe, 0, 1600)})
    assert len(set.union(*seen)) == sum(map(len, seen)) == 1797


@pytest.mark.parametrize("extent", ["ink", "patch"])
def test_every_picture_has_an_id_of_its_own(make_data: MakeData, extent: str) -> None:
    # The box of a patch is all that a glyph of one scale and place has to tell it by.
    recipe = Recipe(make_data(extent=extent).model_dump_json(), "eval", SPLITS, 2000)
    ids = [parse(e)["image/id"].decode() for e in draw_examples(recipe, 990, 2000)]
    assert ids == [f"eval/{index:06d}" for index in range(990, 2000)]


def test_a_picture_names_the_form_that_its_glyph_is_from(make_data: MakeData) -> None:
    pool = uci.load(splits=SPLITS)["eval"]
    recipe = Recipe(make_data().model_dump_json(), "eval", SPLITS, 300)
    forms = dict(zip(pool.names.tolist(), pool.forms.tolist(), strict=True))
    examples = [parse(example) for example in draw_examples(recipe, 0, 300)]
    assert len({example["image/form"] for example in examples}) == 2
    for example in examples:
        source_id = example["image/source_id"].decode()
        assert example["image/form"].decode() == forms[source_id]


def test_an_example_has_the_features_of_the_schema_and_no_others(make_data: MakeData) -> None:
    recipe = Recipe(make_data(**SCENE).model_dump_json(), "train", SPLITS, 10)
    kinds = {"bytes_list": 1, "int64_list": 2, "float_list": 3}  # as in schema_pb2.FeatureType
    schema = read_schema("localization", classes=10).feature
    expected = {one.name: one.type for one in schema if one.name != features.INK}
    for serialized in draw_examples(recipe, 0, 10):
        example = tf.train.Example.FromString(serialized)
        assert {
            key: kinds[feature.WhichOneof("kind")]
            for key, feature in example.features.feature.items()
        } == expected


@pytest.mark.parametrize("channels", [1, 3])
def test_facts_are_those_of_the_encoded_picture(make_data: MakeData, channels: int) -> None:
    data = make_data(scale=(0.8, 1.3), size=(60, 90), channels=channels)
    for serialized in draw_examples(Recipe(data.model_dump_json(), "train", SPLITS, 20), 0, 20):
        example = parse(serialized)
        flags = cv2.IMREAD_UNCHANGED
        pixels = cv2.imdecode(np.frombuffer(example["image/encoded"], np.uint8), flags)
        assert pixels.shape == ((60, 90) if channels == 1 else (60, 90, 3))
        assert (example["image/height"], example["image/width"]) == (60, 90)
        assert example["image/format"] == b"png"
        ink = (pixels if channels == 1 else pixels[..., 0]) >= 128
        columns, rows = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
        box = [example[f"image/object/bbox/{edge}"] for edge in ("xmin", "ymin", "xmax", "ymax")]
        assert box == pytest.approx(
            [columns[0] / 90, rows[0] / 60, (columns[-1] + 1) / 90, (rows[-1] + 1) / 60]
        )
        assert 0.8 <= example["scene/scale"] <= 1.3
        assert example["scene/contrast"] == 1.0
        assert example["scene/noise"] == example["scene/rotation"] == example["scene/clutter"] == 0


def test_shards_are_named_by_their_place(make_data: MakeData) -> None:
    recipe = Recipe(make_data().model_dump_json(), "train", SPLITS, 2001)
    first, last = draw_shard(recipe, 0), draw_shard(recipe, 2000)
    assert first.name == "data_tfrecord-00000-of-00003.gz"
    assert last.name == "data_tfrecord-00002-of-00003.gz"
    assert (len(first.examples), len(last.examples)) == (1000, 1)


def test_a_shard_is_read_back_as_written(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "on" / "the" / "way"
    path = write_shard(str(folder), Shard("a.gz", [b"one", b"", b"three"]))
    records = tf.data.TFRecordDataset(path, compression_type="GZIP")
    assert list(records.as_numpy_iterator()) == [b"one", b"", b"three"]
    assert [file.name for file in folder.iterdir()] == ["a.gz"]


def test_a_shard_is_written_over_what_an_earlier_attempt_left(tmp_path: Path) -> None:
    (tmp_path / ".a.gz.partial").write_bytes(b"half of")
    (tmp_path / "a.gz").write_bytes(b"old")
    path = write_shard(str(tmp_path), Shard("a.gz", [b"new"]))
    records = tf.data.TFRecordDataset(path, compression_type="GZIP")
    assert list(records.as_numpy_iterator()) == [b"new"]
    assert [file.name for file in tmp_path.iterdir()] == ["a.gz"]


def test_writing_that_fails_midway_leaves_no_file_under_the_final_name(tmp_path: Path) -> None:
    examples: list[Any] = [b"good", object()]
    with pytest.raises(TypeError):
        write_shard(str(tmp_path), Shard("a.gz", examples))
    assert not (tmp_path / "a.gz").exists()
    write_shard(str(tmp_path), Shard("a.gz", [b"good"]))
    assert [file.name for file in tmp_path.iterdir()] == ["a.gz"]


def test_the_number_of_examples_in_a_shard_is_part_of_the_format() -> None:
    assert synthesis.EXAMPLES_PER_SHARD == 1000


def test_a_picture_is_a_jpeg_of_the_quality_that_is_recorded(make_data: MakeData) -> None:
    data = make_data(compression=(0.0, 90.0), empty=0.0)
    recipe = Recipe(data.model_dump_json(), "train", SPLITS, 60)
    sizes = {}
    for example in map(parse, draw_examples(recipe, 0, 60)):
        jpeg = example["scene/compression"] >= 0.5
        assert example["image/format"] == (b"jpeg" if jpeg else b"png")
        assert example["image/encoded"].startswith(b"\xff\xd8\xff" if jpeg else b"\x89PNG")
        sizes[example["scene/compression"]] = len(example["image/encoded"])
    assert np.corrcoef(list(sizes), list(sizes.values()))[0, 1] < -0.5


def test_a_share_of_pictures_shows_no_digit_and_changes_no_other(make_data: MakeData) -> None:
    with_digits, some = (
        draw_examples(Recipe(make_data(empty=e).model_dump_json(), "eval", SPLITS, 1000), 0, 1000)
        for e in (0.0, 0.2)
    )
    empty = [i for i, (a, b) in enumerate(zip(with_digits, some, strict=True)) if a != b]
    assert 160 < len(empty) < 240
    for index in empty:
        example = parse(some[index])
        assert not [key for key in example if key.startswith("image/object/")]
        assert example["image/source_id"] == f"eval/{index:06d}".encode()
        assert example["image/form"] == b""
