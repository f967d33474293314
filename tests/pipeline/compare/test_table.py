"""What people read of a comparison at a terminal: tables and sentences."""

import io
import re

import pytest
from rich.console import Console

from evaluation.estimate import Estimate
from evaluation.options import MINIMUM
from pipeline.compare.compare import Comparison
from pipeline.compare.table import as_tables, conclusions
from tests.pipeline.compared import comparison

BY = "by 0.0200, 95% CI 0.0100 to 0.0300"


@pytest.mark.parametrize(
    ("off", "sentence"),
    [
        (0.02, f"is better in accuracy ({BY}) and mean IoU ({BY}) than version 1795258563;"),
        (-0.02, f"is worse in accuracy ({BY}) and mean IoU ({BY}) than version 1795258563;"),
        (0.005, "cannot be told from version 1795258563;"),
    ],
)
def test_a_difference_beyond_chance_is_said(off: float, sentence: str) -> None:
    sentences = conclusions(comparison(off=off))
    assert sentences[0].startswith(f"Run 20261121-114525 {sentence}")
    assert (
        "it alone is right on 8 of the 2,000 pictures, version 1795258563 alone on 3."
        in (sentences[0])
    )
    assert len(sentences) == 2


def printed(of: Comparison) -> str:
    stream = io.StringIO()
    Console(file=stream, markup=False, width=80).print(as_tables(of))
    return stream.getvalue()


def of_two(of: Comparison) -> Comparison:
    """Without the third model."""
    return of.model_copy(update={"models": of.models[:2], "pairs": of.pairs[:1]})


def test_the_terminal_shows_every_model_and_each_difference() -> None:
    text = printed(comparison())
    for model in comparison().models:
        assert model.name in text
    assert re.search(r"accuracy +0.9000 +0.9000 +0.9000 *\n +\[.8700, .9200\]", text)
    assert re.search(r"difference +\+0.0200 +\+0.0200 *\n +\[\+.0100, \+.0300\]", text)
    assert "size small (100)" in text
    assert "…" not in text
    assert "The pictures are of 2 forms." in text


def test_two_models_have_their_intervals_beside_them_within_80_columns() -> None:
    text = printed(of_two(comparison()))
    assert re.search(r"accuracy +0.9000 \[.8700, .9200\] +0.9000 \[.8700, .9200\]", text)
    assert "+0.0200 [+.0100, +.0300]" in text
    assert "±" not in text


@pytest.mark.parametrize("count", [1, MINIMUM - 1, MINIMUM])
def test_a_slice_of_too_few_pictures_is_not_called_changed(count: int) -> None:
    text = printed(of_two(comparison(count=count)))
    assert (f"size small ({count})" in text) is (count >= MINIMUM)
    assert ("changed most" in text) is (count >= MINIMUM)
    assert ("No slice has the 50 pictures that it takes" in text) is (count < MINIMUM)


def test_better_in_one_and_worse_in_another_is_said_as_one_sentence() -> None:
    mixed = comparison()
    worse = Estimate(-0.5, -0.6, -0.4)
    mixed.whole.differences["run 20261121-114525"]["mean_iou"] = worse
    assert conclusions(mixed)[0].startswith(
        f"Run 20261121-114525 is better in accuracy ({BY}) but worse in mean IoU (by 0.5000, "
        "95% CI 0.4000 to 0.6000) than version 1795258563;"
    )
