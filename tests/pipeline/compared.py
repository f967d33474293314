"""A comparison of three models, to show."""

from collections.abc import Sequence

import numpy as np

from evaluation.estimate import Estimate
from evaluation.pictures import Pictures
from evaluation.results import SliceKey, SliceResult
from pipeline.compare.compare import Answer, Compared, Comparison, Model, Pair
from vocabulary.classes import TEN
from vocabulary.task.judging import metrics_of
from vocabulary.task.options import TaskBase

NAMES = ("version 1795258563", "run 20261121-114525", "folder <3>")


def _row(key: SliceKey, *, off: float, half: float = 0.01, count: int = 100) -> SliceResult:
    names = metrics_of("localization")
    value = {name: Estimate(0.9, 0.87, 0.92) for name in names}
    difference = {name: Estimate(off, off - half, off + half) for name in names}
    return SliceResult(
        key=key,
        count=count,
        metrics=dict.fromkeys(NAMES, value),
        differences=dict.fromkeys(NAMES[1:], difference),
    )


def comparison(*, off: float = 0.02, count: int = 100) -> Comparison:
    """Each of the others is `off` by so much from the first in everything, on all and one slice."""
    return Comparison(
        task="localization",
        classes=[*TEN],
        models=[
            Model(
                name=name, title=name, folder=name, parameters=None, bytes=2_500_000,
                latency_ms=3.21, task=TaskBase(kind="localization"),
            )
            for name in NAMES
        ],
        pictures=2000,
        whole=_row((), off=off),
        slices=[_row((("size", "small"),), off=off, count=count)],
        pairs=[Pair(first=NAMES[0], other=o, only_first=3, only_other=8) for o in NAMES[1:]],
        claim="The pictures are of 2 forms.",
        report="workspace/compare.html",
        tfma="workspace/compare-tfma.html",
    )  # fmt: skip


def compared(of: Comparison, answers: Sequence[Answer] = ()) -> Compared:
    """With predictions of two pictures that all models get right."""
    digits = np.array([3, 7])
    box = dict(zip(("xmin", "ymin", "xmax", "ymax"), np.full((4, 2), 0.5), strict=True))
    predicted = {"digit": digits, "confidence": np.array([0.9, 0.8])} | box
    rows = Pictures(
        ids=["a", "b"],
        truth={"digit": digits} | box,
        predictions=dict.fromkeys(of.titles, predicted),
        right=dict.fromkeys(of.titles, np.array([True, True])),
    )
    return Compared(of, list(answers), rows, "<html></html>")
