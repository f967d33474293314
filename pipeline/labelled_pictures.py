"""Pictures of one's own with their labels, as tf.Examples: what `digits compare --data` takes.

Each `NAME.png` or `NAME.jpg` has a `NAME.txt` beside it with one line, in YOLO's format as LabelImg
writes it: `DIGIT XCENTRE YCENTRE WIDTH HEIGHT`, the last four as shares of the picture.
"""

from pathlib import Path

import tensorflow as tf
from PIL import Image

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
        with Image.open(path) as picture:
            picture.load()
            width, height = picture.size
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
