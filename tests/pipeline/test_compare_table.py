"""What people read of a comparison: tables, sentences and the page."""

import io
import re

import pytest
from rich.console import Console

from evaluation.verdict import TITLES
from pipeline.compare import Answer, Comparison, Model, Pair, Row, Value
from pipeline.compare_table import as_page, as_tables, conclusions

NAMES = ("version 1", "run 2", "folder <3>")


def row(slice_: str, *, off: float, half: float = 0.01) -> Row:
    value = {name: Value(value=0.9, lower=0.88, upper=0.92) for name in TITLES}
    difference = {name: Value(value=off, lower=off - half, upper=off + half) for name in TITLES}
    return Row(
        slice=slice_,
        count=100,
        metrics=dict.fromkeys(NAMES, value),
        differences=dict.fromkeys(NAMES[1:], difference),
    )


def comparison(*, off: float = 0.02) -> Comparison:
    return Comparison(
        models=[
            Model(
                name=name, folder=name, parameters=None, bytes=2_500_000, latency_ms=3.21,
                coco_map=0.5,
            )
            for name in NAMES
        ],
        pictures=2000,
        whole=row("whole", off=off),
        slices=[row("size small", off=off)],
        pairs=[Pair(first=NAMES[0], other=o, only_first=3, only_other=8) for o in NAMES[1:]],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (0.02, "run 2 is better in accuracy and mean IoU than version 1; of the pictures, 8 are"),
        (-0.02, "run 2 is worse in accuracy and mean IoU than version 1;"),
        (0.005, "run 2 cannot be told from version 1;"),
    ],
)
def test_a_difference_beyond_chance_is_said(off: float, said: str) -> None:
    sentences = conclusions(comparison(off=off))
    assert sentences[0].startswith(said)
    assert len(sentences) == 2


def test_the_terminal_shows_every_model_and_each_difference() -> None:
    stream = io.StringIO()
    Console(file=stream, width=160).print(as_tables(comparison()))
    text = stream.getvalue()
    for name in NAMES:
        assert name in text
    assert "+0.0200 [+0.0100, +0.0300]" in text
    assert "size small (100)" in text


def test_the_page_stands_alone_and_escapes_names() -> None:
    answer = Answer(
        png=b"png", digit=3, box=(0.1, 0.1, 0.5, 0.5), said=dict.fromkeys(NAMES, 8),
        boxes=dict.fromkeys(NAMES, (0.2, 0.2, 0.1, 0.6)),
    )  # fmt: skip
    page = as_page(comparison(), [answer])
    assert "folder &lt;3&gt;" in page
    assert "folder <3>" not in page
    assert not re.findall(r"https?://|<script", page)
    assert page.count('stroke="#2ca25f"') == len(NAMES)
    assert 'stroke="#fc8d59"' not in page  # an inverted box is not drawn
