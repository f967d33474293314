"""Pictures of one's own with their labels: what `digits compare --data` takes, as tf.Examples.

Each `NAME.png`, `NAME.jpg` or the like has a `NAME.txt` beside it with one line, in YOLO's format
as LabelImg writes it: `DIGIT XCENTRE YCENTRE WIDTH HEIGHT`, the last four as shares of the picture.
A picture that EXIF says is on its side is turned upright, as it was seen when it was labelled.
"""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import tensorflow as tf
from google.protobuf.message import DecodeError
from PIL import Image

from evaluation.pixels import compression
from vocabulary import features
from vocabulary.errors import UserError
from vocabulary.facts import FACTS
from vocabulary.pictures import SUFFIXES, UnreadableError, open_upright, upright

_PNG_MAGIC = b"\x89PNG"
_BROKEN = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
"""What Pillow says of a picture that it cannot decode, or that is larger than it takes."""
_NEEDED = {
    features.IMAGE: "bytes_list",
    features.LABEL: "int64_list",
    **dict.fromkeys(features.BOX, "float_list"),
}
_KNOWN = {
    features.ID: "bytes_list",
    features.SOURCE_ID: "bytes_list",
    features.FORM: "bytes_list",
    features.HEIGHT: "int64_list",
    features.WIDTH: "int64_list",
    **{fact.key: "int64_list" if fact.whole else "float_list" for fact in FACTS if fact.bands},
}
"""What a tf.Example must hold one of, and what it may: ids, size, and the facts behind slices."""
_ROUNDING = 1e-3
"""How far an edge may be off the picture, of which it is a share."""
_OTHERS = "name others, or a folder of pictures with their labels"
_FORM = "DIGIT XCENTRE YCENTRE WIDTH HEIGHT, the last four as shares of the picture"


def find_pictures(folder: Path) -> list[Path]:
    """The pictures in a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)


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
        stored = path.read_bytes()
        width, height = open_upright(stored).size
    except UnreadableError as error:
        raise UserError(f"{path} {error}; mend or remove it") from error
    encoded = upright(stored)
    digit, box = _label(path.with_suffix(".txt"))
    example = tf.train.Example()
    feature = example.features.feature
    feature[features.IMAGE].bytes_list.value.append(encoded)
    feature[features.FORMAT].bytes_list.value.append(
        b"png" if encoded.startswith(_PNG_MAGIC) else b"jpeg"
    )
    for key in (features.ID, features.SOURCE_ID):
        feature[key].bytes_list.value.append(path.name.encode())
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
    ids: set[bytes] = set()
    for path in paths:
        for number, example in enumerate(_examples(path), start=1):
            where = f"the tf.Example {number} of {path}"
            known = _require_label(example, where=where)
            for one in example.features.feature[features.ID].bytes_list.value:
                if one in ids:
                    raise UserError(
                        f"{where} has the {features.ID} {one.decode(errors='replace')} of another; "
                        "give each its own, or none"
                    )
                ids.add(one)
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
        raise UserError(f"{path} is no TFRecord of tf.Examples; {_OTHERS}") from error
    if empty:
        raise UserError(f"{path} holds no tf.Examples; {_OTHERS}")


def _require_label(example: tf.train.Example, *, where: str) -> set[str]:
    """The features that it has of those that it may have; raises UserError without the others."""
    feature = example.features.feature
    found = {key for key in (*_NEEDED, *_KNOWN) if _values(feature[key])}
    for key, kind in (_NEEDED | _KNOWN).items():
        held = feature[key].WhichOneof("kind"), len(_values(feature[key]))
        if (key in _NEEDED or key in found) and held != (kind, 1):
            raise UserError(f"{where} has not one {key} in a {kind}; it takes one digit, one box")
    if feature[features.LABEL].int64_list.value[0] not in range(features.NUM_CLASSES):
        raise UserError(f"{where} has an {features.LABEL} that is no digit; it takes 0 to 9")
    if not _is_box([feature[key].float_list.value[0] for key in features.BOX]):
        raise UserError(
            f"{where} has a box that is none; it takes edges as shares of the picture, xmin below "
            "xmax and ymin below ymax"
        )
    try:
        _decode(feature[features.IMAGE].bytes_list.value[0])
    except _BROKEN as error:
        raise UserError(f"{where} has no picture that can be read; mend or remove it") from error
    return found & set(_KNOWN)


def _decode(encoded: bytes) -> None:
    with Image.open(io.BytesIO(encoded), formats=("PNG", "JPEG")) as picture:
        picture.load()


def _values(feature: tf.train.Feature) -> Sequence[Any]:
    kind = feature.WhichOneof("kind")
    return getattr(feature, kind).value if kind else ()


def _is_box(box: Sequence[float]) -> bool:
    """Whether xmin, ymin, xmax, ymax hold an area of the picture, but for rounding."""
    xmin, ymin, xmax, ymax = box
    inside = all(-_ROUNDING <= edge <= 1 + _ROUNDING for edge in box)
    return inside and xmin < xmax and ymin < ymax


def _label(path: Path) -> tuple[int, list[float]]:
    """The digit, and xmin, ymin, xmax, ymax in [0, 1]."""
    if not path.is_file():
        raise UserError(f"there is no {path}; give each picture a label: {_FORM}")
    lines = path.read_text(errors="replace").splitlines()
    try:
        (line,) = (line for line in lines if line.strip())
        digit, x, y, width, height = (float(word) for word in line.split())
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        if digit not in range(features.NUM_CLASSES) or not _is_box(box):
            raise ValueError
    except ValueError:
        raise UserError(f"{path} is no label; it takes one line: {_FORM}") from None
    return int(digit), [min(max(edge, 0.0), 1.0) for edge in box]
