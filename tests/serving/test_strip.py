"""What is written on a strip: its lines, what may be one object, and what is taken for it."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from serving.ink import Ink, find_ink
from serving.lines import in_lines
from serving.parts import Part
from serving.shapes import COSTS, Shape
from serving.strip import CROWDED, Line, Piece, Strip, best, find_strip

NONE = np.zeros((1, 1), bool)


def paper(*strokes: Sequence[tuple[int, int]], pen: int = 9) -> NDArray[np.uint8]:
    """Dark strokes on paper of 200 x 500 pixels."""
    grey = np.full((200, 500), 230, np.uint8)
    for stroke in strokes:
        cv2.polylines(grey, [np.array(stroke)], False, 30, pen, cv2.LINE_AA)
    return grey


def seven(x: int, y: int = 60) -> list[tuple[int, int]]:
    return [(x, y), (x + 50, y), (x + 20, y + 80)]


def middles(line: Line, *, length: int) -> list[int]:
    """The columns that pieces of so many fragments are around."""
    squares = [piece.ink.square for piece in line.pieces if piece.end - piece.start == length]
    return [round(500 * (left + width / 2)) for left, _, width, _ in squares]


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_parts_are_read_line_by_line_from_the_left(data: st.DataObject) -> None:
    slope = data.draw(st.floats(-0.1, 0.1))
    sizes = st.tuples(st.integers(4, 30), st.integers(20, 40), st.integers(-4, 4))
    written = []
    for line in range(data.draw(st.integers(1, 3))):
        x, row = 10, []
        for width, height, shift in data.draw(st.lists(sizes, min_size=1, max_size=6)):
            y = 100 + 80 * line + round(slope * x) + shift - height // 2
            row.append(Part(x, y, width, height, width * height, NONE))
            x += width + data.draw(st.integers(1, 15))
        written.append(row)
    shuffled = data.draw(st.permutations([part for row in written for part in row]))
    assert in_lines(shuffled, 40) == written


def test_parts_that_are_apart_are_one_object_each() -> None:
    [line] = find_strip(paper(seven(40), seven(200), seven(360))).lines
    squares = [line.pieces[at].ink.square for at in best(line, [1.0] * len(line.pieces))]
    middles = [500 * (left + width / 2) for left, _, width, _ in squares]
    assert middles == pytest.approx([65, 225, 385], abs=3)


@pytest.mark.parametrize("picture", [paper(seven(40)), 255 - paper(seven(40))])
def test_dark_and_light_ink_are_found(picture: NDArray[np.uint8]) -> None:
    [line] = find_strip(picture).lines
    assert all(piece.ink.canvas.max() > 200 for piece in line.pieces)


def test_a_broken_stroke_may_be_joined() -> None:
    five = [[(60, 60), (50, 95), (85, 105), (80, 140), (45, 140)], [(77, 53), (104, 50)]]
    [line] = find_strip(paper(*five, seven(300))).lines
    longest = max((piece for piece in line.pieces if piece.start == 0), key=lambda one: one.end)
    left, _, width, _ = longest.ink.square
    assert 500 * (left + width / 2) == pytest.approx(74, abs=4)
    assert longest.shape.joined < 0.1


def test_what_touches_may_be_split() -> None:
    [line] = find_strip(paper(seven(40), seven(92))).lines
    assert line.fragments > 1
    halves = [m for p in range(1, line.fragments) for m in middles(line, length=p)]
    assert min(abs(m - 65) for m in halves) < 8
    assert min(abs(m - 117) for m in halves) < 8


def test_where_there_is_no_ink_there_are_no_lines() -> None:
    assert find_strip(paper()).lines == ()


def piece(start: int, end: int, cost: float = 0.0) -> Piece:
    shape = Shape(0, cost / COSTS.cut, 0, 0, 0, 0, 0)
    return Piece(start, end, Ink(True, False, None, (0, 0, 1, 1)), shape)


@pytest.mark.parametrize(
    ("confidences", "cost", "chosen"),
    [([0.9, 0.9, 0.5], 0.0, [0, 1]), ([0.6, 0.9, 0.9], 0.0, [2]), ([0.9, 0.9, 0.5], 1.0, [2])],
)
def test_the_surest_row_of_pieces_is_taken(
    confidences: list[float], cost: float, chosen: list[int]
) -> None:
    line = Line(2, (piece(0, 1), piece(1, 2, cost), piece(0, 2)))
    assert best(line, confidences) == chosen


def test_a_row_of_pieces_leaves_no_fragment_out() -> None:
    line = Line(3, (piece(2, 3), piece(0, 1), piece(1, 2), piece(0, 2), piece(1, 3)))
    random = np.random.default_rng(0)
    for _ in range(20):
        row = [line.pieces[at] for at in best(line, random.random(5).tolist())]
        assert [p.start for p in row] == [0, *(p.end for p in row[:-1])]
        assert row[-1].end == 3


def test_noise_is_too_much_ink() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (240, 240)).astype(np.uint8)
    noise[0] = noise[-1] = noise[:, 0] = noise[:, -1] = 0
    assert find_strip(noise) == Strip((), (CROWDED,))


def test_no_ink_is_lost_where_cuts_leave_crumbs() -> None:
    eight = [(60, 60), (100, 60), (60, 100), (50, 130), (80, 145), (105, 130), (95, 100), (60, 60)]
    picture = paper(eight, [(70, 95), (120, 150)], pen=5)
    [line] = find_strip(picture).lines
    [whole] = [one for one in line.pieces if one.end - one.start == line.fragments]
    np.testing.assert_array_equal(whole.ink.canvas, find_ink(picture).canvas)
