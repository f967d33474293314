"""Finds the pixels to the rows of `evaluation.pictures`, which hold none."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import tensorflow as tf

from evaluation.pictures import Pictures, id_of
from vocabulary import features

Identity = tuple[str, ...]
"""What tells pictures apart: where a glyph came from, and its box on the canvas."""


class Pixels(NamedTuple):
    """The encoded picture of a row, and the index of that row."""

    row: int
    encoded: bytes


def read_pixels(rows: Pictures, files: Sequence[str]) -> Iterator[Pixels]:
    """The pictures of the rows in the order of the files; others are passed over.

    Args:
        rows: of an evaluation.
        files: TFRecords of tf.Example, gzipped where they end in .gz.
    """
    pairs = zip(rows.source_ids, rows.boxes, strict=True)
    known = {_identity(*pair): row for row, pair in enumerate(pairs)}
    for path in files:
        records = tf.data.TFRecordDataset(path, compression_type=compression(path))
        for record in records.as_numpy_iterator():
            feature = tf.train.Example.FromString(record).features.feature
            source_id = id_of(b"".join(feature[features.SOURCE_ID].bytes_list.value[:1]), record)
            box = [feature[key].float_list.value[0] for key in features.BOX]
            row = known.get(_identity(source_id.decode(errors="replace"), box))
            if row is not None:
                yield Pixels(row, feature[features.IMAGE].bytes_list.value[0])


def compression(path: str) -> str:
    """What a file of TFRecords is compressed with, as TensorFlow calls it."""
    return "GZIP" if path.endswith(".gz") else ""


def _identity(source_id: str, box: Iterable[float]) -> Identity:
    return source_id, *(f"{edge:.5f}" for edge in box)
