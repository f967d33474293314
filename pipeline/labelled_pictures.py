"""Pictures of one's own with their labels: what `digits compare --data` takes, as tf.Examples.

Each `NAME.png` or `NAME.jpg` has a `NAME.txt` beside it with one line, in YOLO's format as LabelImg
writes it: `DIGIT XCENTRE YCENTRE WIDTH HEIGHT`, the last four as shares of the picture.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import tensorflow as tf
from google.protobuf.message import DecodeError
from PIL import Image

from evaluation.pixels import compression
from evaluation.slices import BANDS
from pipeline.errors import UserError
from vocabulary import features

FORMATS = {".png": b"png", ".jpg": b"jpeg", ".jpeg": b"jpeg"}
_FORM = "DIGIT XCENTRE YCENTRE WIDTH HEIGHT, the last four as shares of the picture"


def find_pictures(folder: Path) -> list[Path]:
    """The pictures in a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in FORMATS)


def write_examples(pictures: list[Path], path: str) -> None:
    """Writes a TFRecord of the pictures with their labels.

    Raises:
        UserError: if a picture or its label cannot be read.
    """
    with tf.io.TFRecordWriter(path) as writer:
        for example in map(_example, pictures):
            writer.write(example.SerializeToString())


def _example(path: Path) -> tf.train.Example:
    try:
        width, height = _size(path)
    except (OSError, SyntaxError) as error:  # Pillow's word for a broken PNG
        raise UserError(f"{path} cannot be read as a picture; mend or remove it") from error
    digit, box = _label(path.with_suffix(".txt"))
    example = tf.train.Example()
    feature = example.features.feature
    feature[features.IMAGE].bytes_list.value.append(path.read_bytes())
    feature[features.FORMAT].bytes_list.value.append(FORMATS[path.suffix.lower()])
    feature[features.SOURCE_ID].bytes_list.value.append(path.name.encode())
    for key, value in ((features.HEIGHT, height), (features.WIDTH, width)):
        feature[key].int64_list.value.append(value)
    feature[features.LABEL].int64_list.value.append(digit)
    for key, edge in zip(features.BOX, box, strict=True):
        feature[key].float_list.value.append(edge)
    return example


def require_labels(paths: list[Path]) -> None:
    """Checks TFRecords: each must hold tf.Examples of a picture with one digit and one box.

    Raises:
        UserError: at the first that does not.
    """
    complete: set[str] | None = None
    for path in paths:
        for number, example in enumerate(_examples(path), start=1):
            known = _require_label(example, where=f"the tf.Example {number} of {path}")
            complete = known if complete is None else complete
            for key in known ^ complete:
                raise UserError(
                    f"of the tf.Examples up to {number} of {path} some have {key} and some have "
                    "not; give it to all or none"
                )


def _examples(path: Path) -> Iterator[tf.train.Example]:
    empty = True
    records = tf.data.TFRecordDataset(str(path), compression_type=compression(str(path)))
    try:
        for record in records.as_numpy_iterator():
            empty = False
            yield tf.train.Example.FromString(record)
    except (tf.errors.OpError, DecodeError) as error:
        raise UserError(f"{path} is no TFRecord of tf.Examples; name others") from error
    if empty:
        raise UserError(f"{path} holds no tf.Examples; name others")


def _require_label(example: tf.train.Example, *, where: str) -> set[str]:
    """The features that it has of those that it may have; raises UserError without the others."""
    feature = example.features.feature
    found = {key for key, one in feature.items() if _has_one(one)}
    for key in (features.IMAGE, features.LABEL, *features.BOX):
        if key not in found:
            raise UserError(f"{where} has not one {key}; it takes one digit and one box")
    if feature[features.LABEL].int64_list.value[:] not in [
        [d] for d in range(features.NUM_CLASSES)
    ]:
        raise UserError(f"{where} has an {features.LABEL} that is no digit; it takes 0 to 9")
    try:
        _size(io.BytesIO(feature[features.IMAGE].bytes_list.value[0]))
    except (OSError, SyntaxError, IndexError) as error:
        raise UserError(f"{where} has no picture that can be read; mend or remove it") from error
    return found & {features.SOURCE_ID, *(key for key, _, _ in BANDS.values())}


def _has_one(feature: tf.train.Feature) -> bool:
    kind = feature.WhichOneof("kind")
    return kind is not None and len(getattr(feature, kind).value) == 1


def _size(source: Path | io.BytesIO) -> tuple[int, int]:
    """Width and height of a picture, which is decoded, in pixels."""
    with Image.open(source) as picture:
        picture.load()
        return picture.size


def _label(path: Path) -> tuple[int, list[float]]:
    """The digit, and xmin, ymin, xmax, ymax in [0, 1]."""
    if not path.is_file():
        raise UserError(f"there is no {path}; give each picture a label: {_FORM}")
    lines = path.read_text(errors="replace").splitlines()
    try:
        (line,) = (line for line in lines if line.strip())
        digit, x, y, width, height = (float(word) for word in line.split())
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        if digit not in range(features.NUM_CLASSES) or not (width > 0 and height > 0):
            raise ValueError
        if not all(-1e-3 <= edge <= 1 + 1e-3 for edge in box):
            raise ValueError
    except ValueError:
        raise UserError(f"{path} is no label; it takes one line: {_FORM}") from None
    return int(digit), [min(max(edge, 0.0), 1.0) for edge in box]
