"""A comparison of three models, to show."""

from evaluation.verdict import TITLES
from pipeline.compare.compare import Comparison, Model, Pair, Row, Value

NAMES = ("version 1795258563", "run 20261121-114525", "folder <3>")


def _row(slice_: str, *, off: float, half: float = 0.01, count: int = 100) -> Row:
    value = {name: Value(value=0.9, lower=0.87, upper=0.92) for name in TITLES}
    difference = {name: Value(value=off, lower=off - half, upper=off + half) for name in TITLES}
    return Row(
        slice=slice_,
        count=count,
        metrics=dict.fromkeys(NAMES, value),
        differences=dict.fromkeys(NAMES[1:], difference),
    )


def comparison(*, off: float = 0.02, count: int = 100) -> Comparison:
    """Each of the others is `off` by so much from the first in everything, on all and one slice."""
    return Comparison(
        task="localization",
        models=[
            Model(
                name=name, folder=name, parameters=None, bytes=2_500_000, latency_ms=3.21
            )
            for name in NAMES
        ],
        pictures=2000,
        whole=_row("whole", off=off),
        slices=[_row("size small", off=off, count=count)],
        pairs=[Pair(first=NAMES[0], other=o, only_first=3, only_other=8) for o in NAMES[1:]],
        claim="The pictures are of 2 forms.",
        report="workspace/compare.html",
    )  # fmt: skip
