"""Pictures that people bring become examples: upright, divided, counted; what is bad is said."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray
from PIL import Image

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.sources import fingerprint, open_source
from vocabulary import features
from vocabulary.errors import UserError
from vocabulary.labels import voc, yolo
from vocabulary.labels.record import Annotated, Object
from vocabulary.source import Chunk

MakeData = Callable[..., DataOptions]
ORIENTATION = 0x0112
BOX = (0.25, 0.25, 0.5, 0.75)


def pixels(seed: int, size: tuple[int, int] = (80, 60)) -> NDArray[np.uint8]:
    """A white box, where `BOX` is, on black with some noise: no two seeds give the same."""
    width, height = size
    picture = np.random.default_rng(seed).integers(0, 40, (height, width), np.uint8)
    picture[height // 4 : height * 3 // 4, width // 4 : width // 2] = 255
    return picture


def fill(folder: Path, *names: str, objects: Mapping[str, int] = {}) -> None:
    """Pictures with a 7 each, or so many of them, labelled as LabelImg does."""
    records = []
    for seed, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels(seed)).save(path)
        boxes = [(*BOX[:3], 0.75 - index / 10) for index in range(objects.get(name, 1))]
        records.append(Annotated(name, tuple(Object("7", box, "") for box in boxes)))
    yolo.write(folder, records, ["1", "7"])


def options(make_data: MakeData, folder: Path, **source: Any) -> DataOptions:
    return make_data(source={"kind": "folder", "dir": str(folder), **source})


def read(data: DataOptions, *splits: str) -> dict[str, Chunk]:
    source = open_source(data, splits or ("train", "eval"))
    return {
        split: source.examples(split, 0, source.count(split, asked=1))
        for split in splits or ("train", "eval")
    }


def parse(serialized: bytes) -> Any:
    return tf.train.Example.FromString(serialized).features.feature


def by_id(chunk: Chunk) -> dict[str, Any]:
    """The features of each example: examples come in no order that means anything."""
    parsed = map(parse, chunk.examples)
    return {one[features.ID].bytes_list.value[0].decode(): one for one in parsed}


def ids(chunk: Chunk) -> list[str]:
    return sorted(by_id(chunk))


def reasons(chunk: Chunk) -> dict[str, str]:
    return {one.picture: one.reason for one in chunk.left_out}


def test_folders_are_splits_and_a_range_is_part_of_the_whole(
    make_data: MakeData, tmp_path: Path
) -> None:
    fill(tmp_path, "train/a.png", "train/b.jpg", "train/c.bmp", "valid/d.png", "test/e.tif")
    data = options(make_data, tmp_path)
    chunks = read(data, "train", "eval", "validation")
    assert {split: ids(chunk) for split, chunk in chunks.items()} == {
        "train": ["train/a.png", "train/b.jpg", "train/c.bmp"],
        "eval": ["test/e.tif"],
        "validation": ["valid/d.png"],
    }
    source = open_source(data, ("train", "eval", "validation"))
    assert source.examples("train", 1, 3).examples == chunks["train"].examples[1:]
    feature = by_id(chunks["train"])["train/c.bmp"]
    assert feature[features.LABEL].int64_list.value[0] == 7
    assert feature[features.FORMAT].bytes_list.value[0] == b"png"
    assert [feature[key].float_list.value[0] for key in features.BOX] == pytest.approx(BOX)
    decoded = tf.io.decode_png(feature[features.IMAGE].bytes_list.value[0]).numpy()
    assert np.array_equal(decoded[..., 0], pixels(2))


def test_val_judges_where_there_is_no_test(make_data: MakeData, tmp_path: Path) -> None:
    fill(tmp_path, "train/a.png", "val/b.png")
    assert ids(read(options(make_data, tmp_path))["eval"]) == ["val/b.png"]


@pytest.mark.parametrize(
    ("names", "splits", "sentence"),
    [
        (["train/a.png", "test/b.png"], ["train", "eval", "validation"],
         "has no picture for the split validation; add some, in folders train/ and test/"),
        (["train/a.png", "val/b.png", "test/c.png"], ["train", "eval"],
         "has 1 pictures of the split validation, and splits in the config has none; set splits"),
        (["a.png"], ["train", "eval"], "has no picture for the split"),
    ],
)  # fmt: skip
def test_splits_that_do_not_fit_the_config_are_a_sentence(
    names: list[str], splits: list[str], sentence: str, make_data: MakeData, tmp_path: Path
) -> None:
    fill(tmp_path, *names)
    with pytest.raises(UserError, match=sentence):
        open_source(options(make_data, tmp_path), splits)


def test_without_folders_the_hash_of_the_group_divides(make_data: MakeData, tmp_path: Path) -> None:
    fill(tmp_path, *(f"{number:02}_{copy}.png" for number in range(30) for copy in "ab"))
    chunks = read(options(make_data, tmp_path, group=r"(\d+)_"))
    groups = {split: {id_[:2] for id_ in ids(chunk)} for split, chunk in chunks.items()}
    assert groups["train"] | groups["eval"] == {f"{number:02}" for number in range(30)}
    assert not groups["train"] & groups["eval"]
    assert 1 <= len(groups["eval"]) <= 10
    sources = {
        parse(one)[features.SOURCE_ID].bytes_list.value[0] for one in chunks["eval"].examples
    }
    assert sources == {f"folder/{group}".encode() for group in groups["eval"]}
    fill(tmp_path, *(f"{number:02}_{copy}.png" for number in range(31) for copy in "ab"))
    more = read(options(make_data, tmp_path, group=r"(\d+)_"))
    assert set(ids(chunks["eval"])) <= set(ids(more["eval"]))


def test_a_group_in_two_splits_is_a_sentence(make_data: MakeData, tmp_path: Path) -> None:
    fill(tmp_path, "train/1_a.png", "test/1_b.png")
    with pytest.raises(UserError, match="of eval into the group 1, which is in train too"):
        open_source(options(make_data, tmp_path, group=r"(\d+)_"), ("train", "eval"))


def test_a_list_divides(make_data: MakeData, tmp_path: Path) -> None:
    fill(tmp_path, "a.png", "b.png", "c.png")
    (tmp_path / "train.txt").write_text("a.png\n./b.png\n")
    (tmp_path / "test.txt").write_text("c\n")
    chunks = read(options(make_data, tmp_path))
    assert (ids(chunks["train"]), ids(chunks["eval"])) == (["a.png", "b.png"], ["c.png"])


def test_what_is_left_out_is_said_with_its_reason_and_adds_up(
    make_data: MakeData, tmp_path: Path
) -> None:
    names = [f"train/{name}.png" for name in "abcdef"]
    fill(tmp_path, *names, "test/g.png", "h.png", objects={"train/b.png": 2})
    (tmp_path / "train/c.png").write_bytes((tmp_path / "train/c.png").read_bytes()[:200])
    (tmp_path / "train/d.png").write_text("version https://git-lfs.github.com/spec/v1\noid")
    (tmp_path / "train/e.txt").write_text("7 0.5 0.5 0.2 0.2")
    (tmp_path / "train/f.txt").unlink()
    chunks = read(options(make_data, tmp_path))
    train = chunks["train"]
    assert ids(train) == ["train/a.png"]
    assert (
        reasons(train)
        == {
            "train/b.png": "it has 2 objects, not one",
            "train/d.png": "is a pointer of Git LFS, not the picture; run git lfs pull",
            "train/e.png": "(train/e.txt:1) has the class 7, and there are 2 names of classes",
            "train/f.png": "has no label",
            "h.png": "is in no split, and others are",
        }
        or "broken" in reasons(train)["train/c.png"]
    )
    assert [one.picture for one in train.left_out if not one.fault] == ["train/b.png"]
    source = open_source(options(make_data, tmp_path), ("train", "eval"))
    assert source.count("train", asked=5) == len(train.examples) + len(train.left_out) == 7


def test_where_nothing_can_be_used_the_first_reason_is_said(
    make_data: MakeData, tmp_path: Path
) -> None:
    (tmp_path / "test").mkdir()
    Image.fromarray(pixels(0)).save(tmp_path / "test/a.png")
    (tmp_path / "labels.json").write_text('{"images": [], "annotations": [')
    with pytest.raises(UserError, match=r"no picture with a label that can be used, .*no JSON"):
        open_source(options(make_data, tmp_path), ("train", "eval"))


def test_objects_are_cropped_with_a_margin(make_data: MakeData, tmp_path: Path) -> None:
    objects = {"train/a.png": 2, "train/none.png": 0}
    fill(tmp_path, "train/a.png", "train/none.png", "test/b.png", objects=objects)
    chunks = read(options(make_data, tmp_path, crop=0.25))
    assert ids(chunks["train"]) == ["train/a.png#1", "train/a.png#2", "train/none.png"]
    feature = by_id(chunks["train"])["train/a.png#1"]
    # 20 x 30 pixels of 80 x 60, with 5 and 7.5 around: cut at whole pixels outside
    size = [feature[key].int64_list.value[0] for key in (features.WIDTH, features.HEIGHT)]
    assert size == [30, 46]
    box = [feature[key].float_list.value[0] for key in features.BOX]
    assert box == pytest.approx([5 / 30, 8 / 46, 25 / 30, 38 / 46])
    decoded = tf.io.decode_png(feature[features.IMAGE].bytes_list.value[0]).numpy()[..., 0]
    assert (decoded[8:38, 5:25] == 255).all()
    assert decoded.astype(int).sum() < 255 * 600 + 40 * 30 * 46


def test_every_picture_of_one_is_taken_by_crop_without_margin(
    make_data: MakeData, tmp_path: Path
) -> None:
    fill(tmp_path, "train/a.png", "test/b.png")
    feature = parse(read(options(make_data, tmp_path, crop=0.0))["train"].examples[0])
    assert [feature[key].float_list.value[0] for key in features.BOX] == [0, 0, 1, 1]


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
@pytest.mark.parametrize("as_stored", [True, False])
def test_boxes_are_turned_where_the_label_was_drawn_on_the_stored_picture(
    as_stored: bool, orientation: int, make_data: MakeData, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    for name in ("train", "test"):
        (tmp_path / name).mkdir()
    Image.fromarray(pixels(1)).save(tmp_path / "test/b.png")
    stored = Image.fromarray(pixels(0))
    seen = stored
    if not as_stored:
        # Stored so that turning it upright gives what was labelled.
        back = {5: 5, 6: 2, 7: 6, 8: 4}[orientation]
        stored = seen.transpose(Image.Transpose(back))
    stored.save(tmp_path / "train/a.png", exif=exif)
    one = (Object("7", BOX, ""),)
    records = [Annotated("train/a.png", one, seen.size), Annotated("test/b.png", one, (80, 60))]
    voc.write(tmp_path, records)
    feature = parse(read(options(make_data, tmp_path))["train"].examples[0])
    size = [feature[key].int64_list.value[0] for key in (features.WIDTH, features.HEIGHT)]
    assert size == ([60, 80] if as_stored else [80, 60])
    box = [feature[key].float_list.value[0] for key in features.BOX]
    xmin, ymin, xmax, ymax = (round(e * s) for e, s in zip(box, size * 2, strict=True))
    decoded = tf.io.decode_png(feature[features.IMAGE].bytes_list.value[0]).numpy()[..., 0]
    assert (decoded[ymin:ymax, xmin:xmax] == 255).all()
    assert (decoded == 255).sum() == 600


def test_a_label_of_another_size_is_said(make_data: MakeData, tmp_path: Path) -> None:
    fill(tmp_path, "train/a.png", "test/b.png")
    for label in tmp_path.rglob("*.txt"):
        label.unlink()
    one = (Object("7", BOX, ""),)
    records = [Annotated("train/a.png", one, (81, 60)), Annotated("test/b.png", one, (80, 60))]
    voc.write(tmp_path, records)
    assert reasons(read(options(make_data, tmp_path))["train"]) == {
        "train/a.png": "is 80 x 60 pixels, and its label says 81 x 60"
    }


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16", "LA"])
@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "tif", "webp"])
def test_pictures_of_any_kind_can_be_decoded_by_a_model(
    mode: str, suffix: str, make_data: MakeData, tmp_path: Path
) -> None:
    if (mode, suffix) == ("I;16", "webp"):
        pytest.skip("Pillow writes it as white")
    fill(tmp_path, "train/a.png", "test/b.png")
    picture = Image.fromarray(pixels(0)).convert("L")
    if mode == "I;16":
        picture = Image.fromarray(pixels(0).astype(np.uint16) * 257)
    try:
        (picture if mode == "I;16" else picture.convert(mode)).save(tmp_path / f"train/a.{suffix}")
    except (OSError, ValueError):
        pytest.skip(f"{suffix} has no {mode}")
    if suffix != "png":
        (tmp_path / "train/a.png").unlink()
    [example] = read(options(make_data, tmp_path))["train"].examples
    encoded = parse(example)[features.IMAGE].bytes_list.value[0]
    decoded = tf.io.decode_image(encoded, channels=3).numpy()
    assert decoded.shape == (60, 80, 3)
    assert decoded[20:40, 22:38].mean() > 240
    assert decoded[:10].mean() < 40


def test_labels_are_those_of_the_classes_that_the_task_names(
    make_data: MakeData, tmp_path: Path
) -> None:
    fill(tmp_path, "train/a.png", "test/b.png")
    (tmp_path / "classes.txt").write_text("1\ncat\n")
    told = r'has the class cat, and task.classes names .* has, \["1", "cat"\], or rename'
    with pytest.raises(UserError, match=told):
        open_source(options(make_data, tmp_path), ("train", "eval"))
    data = options(make_data, tmp_path).model_copy(update={"classes": ["dog", "cat", "1"]})
    feature = parse(read(data)["train"].examples[0])
    assert feature[features.LABEL].int64_list.value[0] == 1
    assert feature[features.TEXT].bytes_list.value[0] == b"cat"


def test_digits_of_any_script_are_known(make_data: MakeData, tmp_path: Path) -> None:
    fill(tmp_path, "train/a.png", "test/b.png")
    (tmp_path / "classes.txt").write_text("\u06f1\n\u06f7\n")
    feature = parse(read(options(make_data, tmp_path))["train"].examples[0])
    assert feature[features.LABEL].int64_list.value[0] == 7
    assert feature[features.TEXT].bytes_list.value[0].decode() == "\u06f7"


def test_the_fingerprint_follows_labels_and_pictures(make_data: MakeData, tmp_path: Path) -> None:
    fill(tmp_path, "train/a.png", "test/b.png")
    source = options(make_data, tmp_path).source
    seen = [fingerprint(source)]
    (tmp_path / "train/a.txt").write_text("1 0.5 0.5 0.2 0.2")
    seen.append(fingerprint(source))
    (tmp_path / "train/a.png").write_bytes(b"other")
    seen.append(fingerprint(source))
    (tmp_path / "train/a.png").rename(tmp_path / "train/c.png")
    seen.append(fingerprint(source))
    assert len({*seen}) == 4
    assert fingerprint(source) == seen[-1]
