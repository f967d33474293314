"""Finds the pixels to the rows of `evaluation.pictures`, which hold none; and their size."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from evaluation.pictures import Pictures, id_of
from vocabulary import features

_BATCH: Final = 256


class Pixels(NamedTuple):
    """The encoded picture of a row, and the index of that row."""

    row: int
    encoded: bytes


def read_pixels(rows: Pictures, files: Sequence[str]) -> Iterator[Pixels]:
    """The pictures of the rows in the order of the files; others are passed over.

    Files are TFRecords of tf.Example, gzipped where they end in .gz.
    """
    row_of = {id_: row for row, id_ in enumerate(rows.ids)}
    for path in files:
        records = tf.data.TFRecordDataset(path, compression_type=compression(path))
        # In batches, for each hand-over from TensorFlow to Python costs.
        batches = records.batch(_BATCH).as_numpy_iterator()
        for record in itertools.chain.from_iterable(batches):
            feature = tf.train.Example.FromString(record).features.feature
            id_ = id_of(b"".join(feature[features.ID].bytes_list.value[:1]), record)
            row = row_of.get(id_.decode(errors="replace"))
            if row is not None:
                yield Pixels(row, feature[features.IMAGE].bytes_list.value[0])


def frame_sizes(sizes: NDArray[np.float64], canvas: tuple[int, int]) -> NDArray[np.float64]:
    """(height, width) on the canvas of pictures that are fitted in whole, [n, 2].

    The Transform component fits them so (`trainer.preprocessing`). `sizes` are (height, width) of
    each in its own pixels, [n, 2].
    """
    ratios = (np.array(canvas, np.float32) / sizes.astype(np.float32)).min(axis=1, keepdims=True)
    return np.clip(np.rint(sizes.astype(np.float32) * ratios), 1, canvas).astype(np.float64)


def compression(path: str) -> str:
    """What a file of TFRecords is compressed with, as TensorFlow calls it."""
    return "GZIP" if path.endswith(".gz") else ""
