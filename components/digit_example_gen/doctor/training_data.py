"""What a model was trained on, beside what is here: the shares of classes, and where boxes are.

A version that was pushed has the statistics of its data with it, as StatisticsGen wrote them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import tensorflow as tf
from pydantic import BaseModel

from vocabulary import features
from vocabulary.boxes import Edges
from vocabulary.classes import same
from vocabulary.model_files import STATISTICS
from vocabulary.split_statistics import Statistics, feature_of, read_statistics
from vocabulary.splits import TRAIN

_TIMES: Final = 1.5
"""How many times as large boxes may be, or as small, before that is worth a word."""
_OFF: Final = 0.15
"""Of the picture's side: how far their middles may lie apart."""
_SHARE: Final = 0.2
"""Of the objects: how many may be of other classes than they would be there."""


class Summary(BaseModel):
    """Objects in numbers.

    Attributes:
        shares: of each class, in [0, 1]; 3 is one class in any script.
        width, height: of boxes, on average, in shares of the picture's.
        x, y: of their middles, on average, likewise.
    """

    shares: dict[str, float]
    width: float
    height: float
    x: float
    y: float


class TrainingData(BaseModel):
    """What is here beside what a model was trained on.

    Attributes:
        here: the objects that are examined; None where there are none.
        there: those that the model was trained on.
        differences: in sentences; none where they are much alike.
    """

    here: Summary
    there: Summary
    differences: list[str]


def compare_with_training(
    model: str, objects: Mapping[str, int], boxes: Sequence[Edges]
) -> TrainingData | None:
    """Compares objects, counted by class, and their boxes; None where one side has none."""
    folder = f"{model}/{STATISTICS}/Split-{TRAIN}"
    if not boxes or not tf.io.gfile.isdir(folder):
        return None
    there = _summary_of_statistics(read_statistics(folder))
    if there is None:
        return None
    xmin, ymin, xmax, ymax = np.mean(boxes, axis=0)
    here = _summary(objects, (xmin, ymin, xmax, ymax))
    return TrainingData(here=here, there=there, differences=[*_differences(here, there)])


def _summary_of_statistics(statistics: Statistics) -> Summary | None:
    by_key = {feature_of(feature): feature for feature in statistics.features}
    if not {features.TEXT, *features.BOX} <= set(by_key):
        return None
    buckets = by_key[features.TEXT].string_stats.rank_histogram.buckets
    counts = {bucket.label: bucket.sample_count for bucket in buckets}
    xmin, ymin, xmax, ymax = (by_key[key].num_stats.mean for key in features.BOX)
    return _summary(counts, (xmin, ymin, xmax, ymax))


def _summary(counts: Mapping[str, float], mean: Edges) -> Summary:
    xmin, ymin, xmax, ymax = mean
    total = sum(counts.values()) or 1
    shares = {same(name): count / total for name, count in sorted(counts.items())}
    return Summary(
        shares=shares, width=xmax - xmin, height=ymax - ymin,
        x=(xmin + xmax) / 2, y=(ymin + ymax) / 2,
    )  # fmt: skip


def _differences(here: Summary, there: Summary) -> Iterator[str]:
    new = [name for name, share in here.shares.items() if share and not there.shares.get(name)]
    if new:
        yield f"the model was trained on nothing called {' or '.join(new)}"
    names = {*here.shares, *there.shares}
    gaps = {name: here.shares.get(name, 0) - there.shares.get(name, 0) for name in names}
    if not new and sum(map(abs, gaps.values())) / 2 > _SHARE:
        most = max(sorted(names), key=lambda name: abs(gaps[name]))
        yield (
            f"of the objects {here.shares.get(most, 0):.0%} are {most} here, and "
            f"{there.shares.get(most, 0):.0%} where the model was trained"
        )
    for side in ("width", "height"):
        mine, its = getattr(here, side), getattr(there, side)
        if not 1 / _TIMES < mine / its < _TIMES:
            yield (
                f"boxes take {mine:.0%} of the picture's {side} here on average, and {its:.0%} "
                "where the model was trained"
            )
    if max(abs(here.x - there.x), abs(here.y - there.y)) > _OFF:
        yield (
            f"the middle of boxes is at {here.x:.0%} of the width and {here.y:.0%} of the height "
            f"here on average, and at {there.x:.0%} and {there.y:.0%} where the model was trained"
        )
