"""Rows of pictures, brought together for what is no sum over them.

Of more than `MOST` pictures there are as many, chosen by a digest of their ids, so that they are
the same ones whatever workers there are.
"""

import zlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vocabulary.task.judging import Columns

MOST: Final = 100_000
"""Some hundred bytes for each picture and model."""


class Gathered(NamedTuple):
    """The truth of n pictures and the predictions of models, in the same order.

    All are [n]; `groups` are those of `evaluation.jackknife`, predictions by model.
    """

    ids: NDArray[np.bytes_]
    groups: NDArray[np.int64]
    truth: Columns
    predictions: dict[str, Columns]

    def take(self, rows: NDArray[Any]) -> "Gathered":
        """Some of them, by index or where true."""
        return Gathered(
            self.ids[rows],
            self.groups[rows],
            {name: column[rows] for name, column in self.truth.items()},
            {
                model: {name: column[rows] for name, column in predictions.items()}
                for model, predictions in self.predictions.items()
            },
        )


def gather(parts: Sequence[Gathered], *, most: int = MOST) -> Gathered:
    """Joins rows of different pictures and keeps `most` of them, in the order of their ids.

    Which are kept, those with the lowest digests, does not depend on how they were parted.
    """
    first = parts[0]
    joined = Gathered(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.groups for part in parts]),
        _joined([part.truth for part in parts]),
        {
            model: _joined([part.predictions[model] for part in parts])
            for model in first.predictions
        },
    )
    if len(joined.ids) > most:
        digests = np.array([zlib.crc32(one) for one in joined.ids.tolist()])
        joined = joined.take(np.lexsort((joined.ids, digests))[:most])
    return joined.take(np.argsort(joined.ids, kind="stable"))


def bounded(parts: list[Gathered], *, most: int = MOST) -> list[Gathered]:
    """The same rows for `gather`, never more than twice as many as it keeps."""
    if sum(len(part.ids) for part in parts) > 2 * most:
        return [gather(parts, most=most)]
    return parts


def _joined(parts: list[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
