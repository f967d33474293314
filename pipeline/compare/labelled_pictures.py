"""Pictures of one's own with their labels: what `digits compare --data` takes, as tf.Examples.

They lie in a folder with labels (`vocabulary.labels` says in which formats), or
are tf.Examples already. What must be in a label is for the task to say.
"""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import tensorflow as tf
from google.protobuf.message import DecodeError
from PIL import Image

from components.digit_example_gen.example import Labelled, as_examples
from components.digit_example_gen.labelled_picture import as_labelled, open_picture
from evaluation.pixels import compression
from vocabulary import features
from vocabulary.classes import label_of, listed
from vocabulary.errors import UserError
from vocabulary.facts import FACTS
from vocabulary.labels.files import Folder
from vocabulary.labels.recognise import read_labels
from vocabulary.labels.record import Annotated
from vocabulary.pictures import SUFFIXES, UnreadableError
from vocabulary.task.examples import examples_of
from vocabulary.task.options import TaskBase

_BROKEN = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
"""What Pillow says of a picture that it cannot decode, or that is larger than it takes."""
_SINGLE = {
    features.IMAGE: "bytes_list",
    features.ID: "bytes_list",
    features.SOURCE_ID: "bytes_list",
    features.FORM: "bytes_list",
    features.HEIGHT: "int64_list",
    features.WIDTH: "int64_list",
    **{fact.key: "int64_list" if fact.whole else "float_list" for fact in FACTS if fact.bands},
}
"""What a tf.Example holds one of at most: the picture, ids, size, and the facts behind slices."""
_OTHERS = "name others, or a folder of pictures with their labels"


def has_pictures(folder: Path) -> bool:
    """Whether there are pictures in a folder, or in those within it."""
    return any(path.suffix.lower() in SUFFIXES for path in folder.rglob("*"))


def write_examples(folder: Path, path: str, *, task: TaskBase) -> None:
    """Writes a TFRecord of the pictures of a folder with their labels.

    Raises:
        UserError: if a picture or its label cannot be read, or is of no use for the task.
    """
    files, labels = read_labels(str(folder))
    for error in labels.errors().values():
        raise UserError(f"{folder}/{error}")
    pictures = (_read(files, record, task.classes) for record in labels.records)
    examples = as_examples(pictures)
    with tf.io.TFRecordWriter(path) as writer:
        for record, serialized in zip(labels.records, examples, strict=True):
            why = examples_of(task.kind).why_unusable(tf.train.Example.FromString(serialized))
            if why:
                raise UserError(f"the label of {folder}/{record.path} cannot be used: {why}")
            writer.write(serialized)


def _read(files: Folder, record: Annotated, classes: Sequence[str]) -> Labelled:
    where = files.path(record.path)
    for one in record.objects:
        if label_of(one.name, classes) is None:
            raise UserError(
                f"{where} has the class {one.name}, and the models know {listed(classes)}; "
                "rename it, or leave the picture out"
            )
    try:
        opened = open_picture(files.bytes_of(record.path), record)
    except UnreadableError as error:
        raise UserError(f"{where} {error}; mend or remove it") from error
    return as_labelled(opened, classes, id_=record.path, source_id=record.path)


def require_labels(paths: list[Path], *, task: TaskBase) -> None:
    """Raises UserError for TFRecords that hold other than tf.Examples that the task can use."""
    complete: set[str] | None = None
    ids: set[bytes] = set()
    for path in paths:
        for number, example in enumerate(_examples(path), start=1):
            where = f"the tf.Example {number} of {path}"
            known = _require_label(example, task, where=where)
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
        raise UserError(f"{path} is no TFRecord of tf.Examples, or cut off; {_OTHERS}") from error
    if empty:
        raise UserError(f"{path} holds no tf.Examples; {_OTHERS}")


def _require_label(example: tf.train.Example, task: TaskBase, *, where: str) -> set[str]:
    """The features that it has of those that it may have; raises UserError if it is of no use."""
    feature = example.features.feature
    present = {key for key in _SINGLE if _values(feature[key])}
    for key in {features.IMAGE, *present}:
        held = feature[key].WhichOneof("kind"), len(_values(feature[key]))
        if held != (_SINGLE[key], 1):
            raise UserError(f"{where} has not one {key} in a {_SINGLE[key]}")
    if why := examples_of(task.kind).why_unusable(example):
        raise UserError(f"{where} cannot be used: {why}")
    for label in feature[features.LABEL].int64_list.value:
        if label not in range(len(task.classes)):
            raise UserError(
                f"{where} has the {features.LABEL} {label}, and the models know 0 to "
                f"{len(task.classes) - 1}: {listed(task.classes)}"
            )
    try:
        encoded = io.BytesIO(feature[features.IMAGE].bytes_list.value[0])
        with Image.open(encoded, formats=("PNG", "JPEG")) as picture:
            picture.load()
    except _BROKEN as error:
        raise UserError(f"{where} has no picture that can be read; mend or remove it") from error
    return present


def _values(feature: tf.train.Feature) -> Sequence[Any]:
    kind = feature.WhichOneof("kind")
    return getattr(feature, kind).value if kind else ()
