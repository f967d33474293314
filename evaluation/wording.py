"""How a verdict is put in words and numbers."""

import math
import re
from typing import Final

from evaluation.estimate import Estimate

SIGNED: Final = "+.4f"
"""The format of a difference."""


def number(value: float | None) -> str:
    """Four decimals; a word where there is none."""
    return "none" if value is None else f"{value:.4f}"


def ranged(value: Estimate | None, form: str = ".4f", *, short: bool = False) -> str:
    """`0.9795 [0.9731, 0.9859]`; a word where there is none, a dash where nothing was measured.

    `form` is the format of all three numbers. The interval is `[.9731, .9859]` in the short form,
    for a terminal of 80 columns, and left out where there is none.
    """
    if value is None:
        return "none"
    if math.isnan(value.value):
        return "-"
    text = f"{value.value:{form}}"
    if value.lower is None or value.upper is None:
        return text
    ends = f"[{value.lower:{form}}, {value.upper:{form}}]"
    if short:
        ends = re.sub(r"(?<![0-9])0\.", ".", ends)
    return f"{text} {ends}"


def apart(difference: Estimate) -> str:
    """`0.0200 (95% CI 0.0150 to 0.0250)`: how far two values are apart, whichever is higher."""
    low, high = difference.lower, difference.upper
    if low is None or high is None:
        return f"{abs(difference.value):.4f}"
    if difference.value < 0:
        low, high = -high, -low
    return f"{abs(difference.value):.4f} (95% CI {low:.4f} to {high:.4f})"


def beside_champion(difference: Estimate, *, count: int, margin: float) -> str:
    """How a metric that is not significantly worse by more than the margin compares.

    The difference is candidate minus champion, measured on `count` pictures.
    """
    low, high = difference.lower, difference.upper
    if low is None or high is None:
        return "not lower than the champion's by more than the margin"
    if low > 0:
        return f"higher than the champion's by {apart(difference)}"
    if high >= 0 and low >= -margin:
        return "not significantly different from the champion's"
    if high >= 0:
        return (
            f"not significantly different from the champion's, but {count:,} pictures cannot rule "
            f"out that it is lower by up to {-low:.4f}"
        )
    beyond = "within" if low >= -margin else "not significantly more than"
    return f"lower than the champion's by {apart(difference)}, {beyond} the margin of {margin:g}"


def blessed_sentence(*, reached: int, unjudged: int, champion: str | None, margin: float) -> str:
    """The verdict on a model that is blessed, by the bars that it reaches and those unjudged."""
    bars = {1: "the one bar is reached", 2: "both bars are reached"}.get(
        reached, f"all {reached} bars are reached"
    )
    compared = (
        f", and no barred metric is significantly lower than {champion}'s by more than the margin "
        f"of {margin:g}"
        if champion
        else ""
    )
    rest = f"; {unjudged} {'bar' if unjudged == 1 else 'bars'} could not be judged"
    return f"Blessed: {bars}{compared}{rest if unjudged else ''}"


def refused_sentence(reasons: list[str]) -> str:
    """The verdict on a model that is not."""
    more = len(reasons) - 1
    also = f", and {more} more {'check' if more == 1 else 'checks'} failed" if more else ""
    return f"Not blessed: {reasons[0]}{also}"
