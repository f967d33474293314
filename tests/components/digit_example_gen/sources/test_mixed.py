"""Several sources together: shares, repeats, names, and sentences that name the part."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.sources import fingerprint, is_embedded, open_source
from vocabulary import features
from vocabulary.errors import UserError
from vocabulary.labels import yolo
from vocabulary.labels.record import Annotated, Object
from vocabulary.part_counts import PartCount, as_sentence, summed
from vocabulary.source import Chunk

MakeData = Callable[..., DataOptions]
SPLITS = ("train", "eval")
BOX = (0.25, 0.25, 0.5, 0.75)


def fill(folder: Path, *names: str, objects: int = 1) -> None:
    """Pictures of noise with a 7 each."""
    records = []
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(list(str(path).encode())).integers(0, 255, (40, 40), np.uint8)
        Image.fromarray(noise).save(path)
        records.append(Annotated(name, (Object("7", BOX, ""),) * objects))
    yolo.write(folder, records, ["7"])


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Seven pictures to train on, and three to judge by."""
    fill(tmp_path / "mine", *(f"train/{n}.png" for n in range(7)), "test/a.png", "test/b.png",
         "test/c.png")  # fmt: skip
    return tmp_path / "mine"


def mixed(make_data: MakeData, *folders: Path, **of_folder: Any) -> DataOptions:
    """UCI's digits with a fifth of each folder's pictures."""
    parts = [
        {"kind": "folder", "dir": str(folder), "share": 0.2, **of_folder} for folder in folders
    ]
    rest = 1 - 0.2 * len(folders)
    return make_data(source={"kind": "mixed", "parts": [{"kind": "uci", "share": rest}, *parts]})


def names(chunk: Chunk, key: str = features.ID) -> list[str]:
    return [
        tf.train.Example.FromString(one).features.feature[key].bytes_list.value[0].decode()
        for one in chunk.examples
    ]


def test_parts_have_their_shares_and_train_alone_repeats(make_data: MakeData, mine: Path) -> None:
    source = open_source(mixed(make_data, mine), SPLITS)
    assert source.count("train", asked=2500) == 2500
    counted = Counter(names(source.examples("train", 0, 2500)))
    photographs = {name: n for name, n in counted.items() if name.startswith("folder/train/")}
    assert sum(photographs.values()) == pytest.approx(500, abs=20)
    assert len(photographs) == 7
    assert max(photographs.values()) - min(photographs.values()) <= 1
    drawn = {name: n for name, n in counted.items() if name.startswith("uci/train/")}
    assert set(drawn.values()) == {1}
    assert len(drawn) + sum(photographs.values()) == 2500

    total = source.count("eval", asked=100)
    judged = names(source.examples("eval", 0, total))
    assert len(judged) == len(set(judged)) == total < 100
    assert {name for name in judged if name.startswith("folder")} == {
        f"folder/test/{name}.png" for name in "abc"
    }


def test_any_range_of_it_is_the_same_and_more_examples_change_none(
    make_data: MakeData, mine: Path
) -> None:
    data = mixed(make_data, mine)
    whole = open_source(data, SPLITS).examples("train", 0, 1200).examples
    parts = [open_source(data, SPLITS).examples("train", *ends) for ends in ((900, 1100), (7, 8))]
    assert parts[0].examples == whole[900:1100]
    assert parts[1].examples == whole[7:8]
    source = open_source(data, SPLITS)
    judged = source.examples("eval", 0, source.count("eval", asked=1500))
    assert source.examples("eval", 300, 700).examples == judged.examples[300:700]


def test_what_is_left_out_is_said_once_and_counts_add_up(make_data: MakeData, mine: Path) -> None:
    (mine / "train/0.png").write_bytes(b"spoilt")
    source = open_source(mixed(make_data, mine), SPLITS)
    chunks = [source.examples("train", start, start + 500) for start in (0, 500)]
    [left_out] = [one for chunk in chunks for one in chunk.left_out]
    assert (left_out.picture, left_out.source) == ("folder/train/0.png", "source.parts[1]")
    counts = {one.part: one for one in summed(one for chunk in chunks for one in chunk.parts)}
    assert counts["folder"][2:] == (6, counts["folder"].repeats, 1)
    written = sum(len(chunk.examples) for chunk in chunks)
    assert written == sum(one.pictures + one.repeats for one in counts.values())
    assert len({content for chunk in chunks for content in chunk.contents}) == 6


def test_folders_with_the_same_names_do_not_collide(
    make_data: MakeData, mine: Path, tmp_path: Path
) -> None:
    fill(tmp_path / "other", "train/0.png", "test/a.png")
    source = open_source(mixed(make_data, mine, tmp_path / "other"), SPLITS)
    chunk = source.examples("eval", 0, source.count("eval", asked=100))
    for key in (features.ID, features.SOURCE_ID):
        found = {name for name in names(chunk, key) if name.startswith("folder")}
        assert len(found) == 4
        assert {"folder/1/test/a.png", "folder/2/test/a.png"} < found


def test_its_files_are_those_of_its_parts(make_data: MakeData, mine: Path) -> None:
    data = mixed(make_data, mine)
    alone = make_data(source={"kind": "folder", "dir": str(mine)})
    assert fingerprint(data.source) == fingerprint(alone.source)
    assert not is_embedded(data.source)
    fonts = {"kind": "mixed", "parts": [{"kind": k, "share": 0.5} for k in ("uci", "font")]}
    assert is_embedded(make_data(source=fonts).source)


def test_a_part_that_cannot_be_opened_is_named(make_data: MakeData, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^source.parts\[1\] \(folder\): there is no folder "):
        open_source(mixed(make_data, tmp_path / "nowhere"), SPLITS)


def test_what_splits_consist_of_is_a_sentence() -> None:
    counts = [
        PartCount("train", "uci", 800, 0, 0),
        PartCount("train", "folder", 6, 194, 1),
        PartCount("eval", "uci", 80, 0, 0),
        PartCount("eval", "folder", 3, 0, 0),
    ]
    assert as_sentence(counts, {"train": 1000, "eval": 100}) == (
        "train: 800 uci, 200 folder (6 pictures, repeated); "
        "eval: 80 uci, 3 folder, 17 too few, for no split but train repeats pictures"
    )
    assert as_sentence([], {"train": 1}) == ""
