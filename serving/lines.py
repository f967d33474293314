"""Which parts of ink stand in one line, in reading order."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from serving.parts import Part, gap

_HIGH: Final = 0.45
"""Parts that are lower, as a share of the size of what is written, make no line."""


def in_lines(parts: Sequence[Part], size: int) -> list[list[Part]]:
    """Parts in reading order: lines from the top, and in each from the left.

    A high part is in the line whose end it is beside: a line may rise or fall. A low one, such as
    the loose stroke above a 5, is in that of the part that it is nearest to.
    """
    high = [part for part in parts if part.height >= _HIGH * size] or list(parts)
    lines: list[list[Part]] = []
    for part in sorted(high, key=_column):
        beside = [line for line in lines if _is_beside(line[-1], part)]
        max(beside, key=lambda line: line[-1].right).append(part) if beside else lines.append(
            [part]
        )
    of_high = [list(line) for line in lines]
    for part in parts:
        if part not in high:
            nearest = min(range(len(lines)), key=lambda at: _distance(of_high[at], part))
            lines[nearest].append(part)
    return sorted((sorted(line, key=_column) for line in lines), key=_row)


def _column(part: Part) -> float:
    return part.x + part.width / 2


def _row(line: Sequence[Part]) -> float:
    return float(np.mean([part.y + part.height / 2 for part in line]))


def _is_beside(one: Part, other: Part) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.y, other.y)
    return shared > 0.3 * min(one.height, other.height)


def _distance(line: Sequence[Part], part: Part) -> int:
    return min(gap(one, part) for one in line)
