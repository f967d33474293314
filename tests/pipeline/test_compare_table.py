"""What people read of a comparison at a terminal: tables and sentences."""

import io

import pytest
from compared import comparison
from rich.console import Console

from pipeline.compare import Value
from pipeline.compare_table import as_tables, conclusions


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (0.02, "run 20261121-114525 is better in accuracy and mean IoU than version 1795258563;"),
        (-0.02, "run 20261121-114525 is worse in accuracy and mean IoU than version 1795258563;"),
        (0.005, "run 20261121-114525 cannot be told from version 1795258563;"),
    ],
)
def test_a_difference_beyond_chance_is_said(off: float, said: str) -> None:
    sentences = conclusions(comparison(off=off))
    assert sentences[0].startswith(said)
    assert (
        "it alone is right on 8 of the 2,000 pictures, version 1795258563 alone on 3."
        in (sentences[0])
    )
    assert len(sentences) == 2


def test_the_terminal_shows_every_model_and_each_difference() -> None:
    stream = io.StringIO()
    Console(file=stream, width=80).print(as_tables(comparison()))
    text = stream.getvalue()
    for model in comparison().models:
        assert model.name in text
    assert "+0.0200 ±0.0100" in text
    assert "size small (100)" in text
    assert "…" not in text


def test_better_in_one_and_worse_in_another_is_said_as_one_sentence() -> None:
    mixed = comparison()
    worse = Value(value=-0.5, lower=-0.6, upper=-0.4)
    mixed.whole.differences["run 20261121-114525"]["mean_iou"] = worse
    assert conclusions(mixed)[0].startswith(
        "run 20261121-114525 is better in accuracy but worse in mean IoU than version 1795258563;"
    )
