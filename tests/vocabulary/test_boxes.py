"""Boxes against shapely, an independent implementation of plane geometry."""

import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vocabulary import boxes

Box = tuple[float, float, float, float]

# Multiples of 2^-20: sides are never so small that shapely's areas round to nothing.
EDGES = st.integers(0, 2**20).map(lambda n: n / 2**20)
# As models give them; the square of the largest still fits a double.
ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True, width=32)


@st.composite
def valid_boxes(draw: st.DrawFn) -> Box:
    xmin, xmax = sorted(draw(st.lists(EDGES, min_size=2, max_size=2, unique=True)))
    ymin, ymax = sorted(draw(st.lists(EDGES, min_size=2, max_size=2, unique=True)))
    return xmin, ymin, xmax, ymax


@st.composite
def degenerate_boxes(draw: st.DrawFn) -> Box:
    """Inverted, of no width, or not finite, along at least one axis."""
    box = list(draw(valid_boxes()))
    axis = draw(st.sampled_from((0, 1)))
    low, high = box[axis], box[axis + 2]
    bad = draw(
        st.sampled_from(
            [
                (high, low),
                (low, low),
                (math.nan, high),
                (low, math.nan),
                (low, math.inf),
                (-math.inf, high),
                (-math.inf, math.inf),
                (math.inf, math.inf),
            ]
        )
    )
    box[axis], box[axis + 2] = bad
    return box[0], box[1], box[2], box[3]


@given(valid_boxes())
def test_the_area_is_shapely_s(box: Box) -> None:
    assert boxes.areas(box) == pytest.approx(shapely.box(*box).area, rel=1e-12)


@given(valid_boxes(), valid_boxes())
def test_intersection_union_and_iou_are_shapely_s(first: Box, second: Box) -> None:
    a, b = shapely.box(*first), shapely.box(*second)
    intersection, union = boxes.intersections_and_unions(first, second)
    assert intersection == pytest.approx(a.intersection(b).area, rel=1e-9, abs=1e-15)
    assert union == pytest.approx(a.union(b).area, rel=1e-9)
    expected = a.intersection(b).area / a.union(b).area
    assert boxes.iou(first, second) == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_iou_of_a_known_pair() -> None:
    # 2x2 and 2x2 that share a 1x1 corner: 1 of 4 + 4 - 1.
    assert boxes.iou((0.0, 0.0, 0.2, 0.2), (0.1, 0.1, 0.3, 0.3)) == pytest.approx(1 / 7)


@given(valid_boxes())
def test_a_box_agrees_with_itself_exactly(box: Box) -> None:
    assert boxes.iou(box, box) == 1.0


@given(valid_boxes(), valid_boxes())
def test_iou_is_one_for_equal_boxes_alone(first: Box, second: Box) -> None:
    assert (boxes.iou(first, second) == 1.0) == (first == second)


@given(degenerate_boxes(), valid_boxes())
def test_a_degenerate_box_agrees_with_nothing(degenerate: Box, other: Box) -> None:
    assert boxes.areas(degenerate) == 0.0
    assert boxes.iou(degenerate, other) == 0.0
    assert boxes.iou(other, degenerate) == 0.0
    intersection, union = boxes.intersections_and_unions(degenerate, other)
    assert intersection == 0.0
    assert union == boxes.areas(other)


@given(degenerate_boxes(), degenerate_boxes())
def test_degenerate_boxes_do_not_agree_with_one_another(first: Box, second: Box) -> None:
    assert boxes.iou(first, second) == 0.0
    assert boxes.iou(first, first) == 0.0


@given(valid_boxes(), st.integers(-3, 3), st.integers(-3, 3))
def test_a_box_outside_the_picture_agrees_with_none_inside(box: Box, x: int, y: int) -> None:
    moved = (box[0] + x, box[1] + y, box[2] + x, box[3] + y)
    expected = 1.0 if (x, y) == (0, 0) else 0.0
    assert boxes.iou(box, moved) == expected


@given(st.tuples(*[ANY_FLOAT] * 4), st.tuples(*[ANY_FLOAT] * 4))
def test_iou_stays_in_range_and_symmetric_for_any_floats(first: Box, second: Box) -> None:
    iou = boxes.iou(first, second)
    assert 0.0 <= iou <= 1.0
    assert iou == boxes.iou(second, first)


@given(st.lists(st.tuples(valid_boxes() | degenerate_boxes(), valid_boxes()), min_size=1))
def test_a_batch_is_measured_box_by_box(pairs: list[tuple[Box, Box]]) -> None:
    first, second = (np.array(side) for side in zip(*pairs, strict=True))
    together = boxes.iou(first, second)
    assert together.shape == (len(pairs),)
    assert together.tolist() == [float(boxes.iou(a, b)) for a, b in pairs]


def test_leading_axes_are_kept_and_broadcast() -> None:
    grid = np.array([(0.0, 0.0, x, y) for x, y in itertools.product((0.5, 1.0), repeat=2)])
    assert boxes.areas(grid.reshape(2, 2, 4)).tolist() == [[0.25, 0.5], [0.5, 1.0]]
    assert boxes.iou(grid, (0.0, 0.0, 1.0, 1.0)).tolist() == [0.25, 0.5, 0.5, 1.0]


def test_single_precision_is_measured_in_double() -> None:
    box = np.array([0.1, 0.2, 0.3, 0.4], np.float32)
    assert boxes.areas(box).dtype == np.float64
    assert boxes.iou(box, box) == 1.0
