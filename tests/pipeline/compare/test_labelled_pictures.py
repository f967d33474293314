"""Pictures of one's own: labels become boxes, and what is no label is a sentence."""

import io
import math
from pathlib import Path

import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.compare.labelled_pictures import has_pictures, require_labels, write_examples
from vocabulary import features
from vocabulary.errors import UserError
from vocabulary.task.options import TaskBase

TASK = TaskBase(kind="localization")


def save(folder: Path, name: str, label: str | None = "7 0.5 0.4 0.2 0.4") -> Path:
    Image.new("L", (80, 60)).save(folder / name)
    if label is not None:
        (folder / name).with_suffix(".txt").write_text(label)
    return folder / name


def read(path: Path) -> list[tf.train.Example]:
    records = tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
    return [tf.train.Example.FromString(record) for record in records]


def test_pictures_and_labels_become_examples(tmp_path: Path) -> None:
    save(tmp_path, "b.JPG")
    save(tmp_path, "a.png", "3 0.5 0.5 1 1\n\n")
    (tmp_path / "classes.txt").write_text("0\n1\n2\n3\n4\n5\n6\n7\n")
    assert has_pictures(tmp_path)
    write_examples(tmp_path, str(tmp_path / "records"), task=TASK)
    whole, part = (example.features.feature for example in read(tmp_path / "records"))
    assert [whole[key].float_list.value[0] for key in features.BOX] == [0, 0, 1, 1]
    box = [part[key].float_list.value[0] for key in features.BOX]
    assert box == pytest.approx([0.4, 0.2, 0.6, 0.6])
    assert part[features.LABEL].int64_list.value[0] == 7
    assert part[features.FORMAT].bytes_list.value[0] == b"jpeg"
    assert part[features.WIDTH].int64_list.value[0] == 80
    assert part[features.SOURCE_ID].bytes_list.value[0] == b"b.JPG"
    assert part[features.IMAGE].bytes_list.value[0] == (tmp_path / "b.JPG").read_bytes()


@pytest.mark.parametrize(
    "label",
    [
        "7", "7 0.5 0.5 0.2", "7 0.5 0.5 0.2 0.2 1", "-1 0.5 0.5 0.2 0.2", "seven 0 0 1 1",
        "7.5 0.5 0.5 0.2 0.2", "7 0.5 0.5 0 0.2", "7 0.5 0.5 0.2 -0.2", "7 40 30 20 20",
        "7 nan 0.5 0.2 0.2", "\n1 0.5 0.5 0.2 0.2\nx",
    ],
)  # fmt: skip
def test_what_is_no_label_is_a_sentence(label: str, tmp_path: Path) -> None:
    save(tmp_path, "a.png", label)
    with pytest.raises(UserError, match=r"/a\.txt:\d (is no label|has )"):
        write_examples(tmp_path, str(tmp_path / "records"), task=TASK)


@pytest.mark.parametrize(
    ("label", "why"),
    [
        ("1 0.5 0.5 0.2 0.2\n2 0.5 0.5 0.2 0.2", "it has 2 objects, not one"),
    ],
)
def test_a_label_that_the_task_cannot_use_is_a_sentence(
    label: str, why: str, tmp_path: Path
) -> None:
    save(tmp_path, "a.png", label)
    with pytest.raises(UserError, match=rf"the label of .*a\.png cannot be used: {why}"):
        write_examples(tmp_path, str(tmp_path / "records"), task=TASK)


@given(text=st.text())
def test_any_text_is_a_label_or_a_sentence(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    save(folder, "a.png", None)
    (folder / "a.txt").write_bytes(text.encode(errors="surrogatepass"))
    try:
        write_examples(folder, str(folder / "records"), task=TASK)
    except UserError:
        return
    assert len(read(folder / "records")) == 1


def test_a_picture_without_a_label_is_a_sentence(tmp_path: Path) -> None:
    save(tmp_path, "a.png")
    save(tmp_path, "b.png", None)
    with pytest.raises(UserError, match=r"/b\.png has no label; add a text file of its name"):
        write_examples(tmp_path, str(tmp_path / "records"), task=TASK)


def test_a_class_that_the_models_do_not_know_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("cat\n")
    save(tmp_path, "a.png", "0 0.5 0.5 0.2 0.2")
    with pytest.raises(UserError, match=r"a\.png has the class cat, and the models know 0, 1,"):
        write_examples(tmp_path, str(tmp_path / "records"), task=TASK)


def as_gif() -> bytes:
    stream = io.BytesIO()
    Image.new("L", (80, 60)).save(stream, "GIF")
    return stream.getvalue()


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(20), as_gif()[:30]]
)
def test_a_broken_picture_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    picture = save(tmp_path, "a.png")
    picture.write_bytes(content)
    with pytest.raises(UserError, match=r"a\.png (is none of PNG|is broken).*; mend or remove it"):
        write_examples(tmp_path, str(tmp_path / "records"), task=TASK)


def written(folder: Path, name: str, *missing: str) -> Path:
    """A TFRecord of three pictures, the last without some features."""
    for index in range(3):
        save(folder, f"{index}.png")
    write_examples(folder, str(folder / "whole"), task=TASK)
    *others, last = read(folder / "whole")
    for key in missing:
        del last.features.feature[key]
    with tf.io.TFRecordWriter(str(folder / name)) as writer:
        for example in (*others, last):
            writer.write(example.SerializeToString())
    return folder / name


def rewritten(folder: Path, example: tf.train.Example) -> Path:
    """A TFRecord of that one."""
    with tf.io.TFRecordWriter(str(folder / "b")) as writer:
        writer.write(example.SerializeToString())
    return folder / "b"


def test_tf_examples_of_labelled_pictures_are_taken(tmp_path: Path) -> None:
    require_labels([written(tmp_path, "a")], task=TASK)


def test_two_pictures_of_one_id_are_a_sentence(tmp_path: Path) -> None:
    paths = [written(tmp_path, "a"), tmp_path / "whole"]
    with pytest.raises(UserError, match=r"Example 1 of .*/whole has the image/id 0.png of another"):
        require_labels(paths, task=TASK)


@pytest.mark.parametrize("key", [features.IMAGE, features.LABEL, features.XMAX])
def test_a_tf_example_without_its_label_is_a_sentence(key: str, tmp_path: Path) -> None:
    path = written(tmp_path, "a", key)
    whys = {
        features.IMAGE: f"has not one {key} in a bytes_list",
        features.LABEL: "cannot be used: it has a box or a list of objects, and no digit",
        features.XMAX: "cannot be used: its digit has not one box",
    }
    with pytest.raises(UserError, match=f"the tf.Example 3 of {path} {whys[key]}"):
        require_labels([path], task=TASK)


def test_ids_of_some_pictures_alone_are_a_sentence(tmp_path: Path) -> None:
    path = written(tmp_path, "a", features.SOURCE_ID)
    with pytest.raises(UserError, match="some have image/source_id and some have not"):
        require_labels([path], task=TASK)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (features.LABEL, "has the image/object/class/label 10, and the models know 0 to 9: 0, 1, "),
        (features.IMAGE, "can be read"),
    ],
)
def test_a_wrong_digit_or_a_broken_picture_is_a_sentence(
    key: str, problem: str, tmp_path: Path
) -> None:
    (example, *_) = read(written(tmp_path, "a"))
    feature = example.features.feature[key]
    if key == features.LABEL:
        feature.int64_list.value[0] = 10
    else:
        feature.bytes_list.value[0] = feature.bytes_list.value[0][:40]
    with pytest.raises(UserError, match=problem):
        require_labels([rewritten(tmp_path, example)], task=TASK)


@pytest.mark.parametrize(
    ("xmin", "ymin", "xmax", "ymax"),
    [
        (30, 20, 50, 60),  # pixels
        (0.6, 0.2, 0.4, 0.6),
        (0.4, 0.6, 0.6, 0.6),
        (0.4, 0.2, 0.6, math.nan),
    ],
)
def test_a_box_that_is_none_is_a_sentence(
    xmin: float, ymin: float, xmax: float, ymax: float, tmp_path: Path
) -> None:
    (example, *_) = read(written(tmp_path, "a"))
    for key, edge in zip(features.BOX, (xmin, ymin, xmax, ymax), strict=True):
        example.features.feature[key].float_list.value[0] = edge
    with pytest.raises(
        UserError,
        match=r"1 of .*b cannot be used: its box has no area on the picture; it takes edges",
    ):
        require_labels([rewritten(tmp_path, example)], task=TASK)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (features.SOURCE_ID, "bytes_list"),
        ("scene/clutter", "int64_list"),
    ],
)
def test_a_feature_of_another_type_is_a_sentence(key: str, kind: str, tmp_path: Path) -> None:
    (example, *_) = read(written(tmp_path, "a"))
    other = "int64_list" if kind == "float_list" else "float_list"
    example.features.feature[key].Clear()
    getattr(example.features.feature[key], other).value.append(1)
    with pytest.raises(UserError, match=f"has not one {key} in a {kind}"):
        require_labels([rewritten(tmp_path, example)], task=TASK)


@pytest.mark.parametrize("content", [b"", b"hello", None])
def test_what_is_no_tf_example_is_a_sentence(content: bytes | None, tmp_path: Path) -> None:
    if content is None:
        with tf.io.TFRecordWriter(str(tmp_path / "a")) as writer:
            writer.write(b"no example")
    else:
        (tmp_path / "a").write_bytes(content)
    refused = r"a (is no TFRecord of tf.Examples, or cut off|holds no tf.Examples); name others"
    with pytest.raises(UserError, match=refused):
        require_labels([tmp_path / "a"], task=TASK)


@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "a.png", "a.tif"])
def test_a_picture_on_its_side_is_turned_as_it_was_seen_when_labelled(
    name: str, tmp_path: Path
) -> None:
    seen = Image.new("L", (80, 60))
    seen.paste(255, (32, 12, 48, 36))  # the box that the label names
    exif = Image.Exif()
    exif[0x0112] = 6
    seen.transpose(Image.Transpose.ROTATE_90).save(tmp_path / name, exif=exif)
    (tmp_path / "a.txt").write_text("7 0.5 0.4 0.2 0.4")
    write_examples(tmp_path, str(tmp_path / "records"), task=TASK)
    [example] = read(tmp_path / "records")
    feature = example.features.feature
    assert [feature[key].int64_list.value[0] for key in (features.WIDTH, features.HEIGHT)] == [
        80,
        60,
    ]
    assert feature[features.FORMAT].bytes_list.value[0] == b"png"
    pixels = tf.io.decode_png(feature[features.IMAGE].bytes_list.value[0], channels=1).numpy()
    box = [feature[key].float_list.value[0] for key in features.BOX]
    xmin, ymin, xmax, ymax = (round(e * s) for e, s in zip(box, (80, 60, 80, 60), strict=True))
    assert pixels[ymin:ymax, xmin:xmax].mean() > 240
    assert pixels.sum() == pytest.approx(255 * 16 * 24, rel=0.05)
    require_labels([tmp_path / "records"], task=TASK)
