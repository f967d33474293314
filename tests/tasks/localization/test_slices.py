"""Size and place of a digit, from its box."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.slice_names import CROSS, feature_keys, slice_names, slice_values
from evaluation.slices import slice_features
from tasks.localization.slices import places, sizes
from vocabulary import features
from vocabulary.facts import FACTS
from vocabulary.handwriting import AS_THEY_ARE, PARTS
from vocabulary.task.options import TaskBase

TASK = TaskBase(kind="localization")


def square(side: float, *, x: float = 0.0, y: float = 0.0) -> tuple[float, float, float, float]:
    return x, y, x + side, y + side


@pytest.mark.parametrize(
    ("box", "size"),
    [
        (square(0.1), "small"),
        (square(0.1999), "small"),
        (square(0.2001), "medium"),
        (square(0.25, x=0.7, y=0.7), "medium"),
        (square(0.2999), "medium"),
        (square(0.3001), "large"),
        (square(1.0), "large"),
        ((0.0, 0.0, 0.9, 0.1), "large"),
        ((0.0, 0.0, 0.1, 0.3), "small"),
        ((0.5, 0.5, 0.5, 0.5), "small"),
        ((0.9, 0.9, 0.1, 0.1), "small"),
        ((math.nan, 0.0, 1.0, 1.0), "small"),
    ],
)
def test_size_is_the_side_of_a_square_of_the_same_area(box: tuple[float, ...], size: str) -> None:
    assert sizes(np.array([box])).tolist() == [size]


def test_an_edge_belongs_to_the_larger_size() -> None:
    # Exact in binary: an area of 0.25 has a side of 0.5.
    assert sizes(np.array([(0.0, 0.0, 0.5, 0.5)])).tolist() == ["large"]


def centred(x: float, y: float) -> tuple[float, float, float, float]:
    return x - 0.05, y - 0.05, x + 0.05, y + 0.05


@pytest.mark.parametrize(
    ("centre", "place"),
    [
        ((0.1, 0.1), "top-left"),
        ((0.5, 0.1), "top-centre"),
        ((0.9, 0.1), "top-right"),
        ((0.1, 0.5), "middle-left"),
        ((0.5, 0.5), "middle-centre"),
        ((0.9, 0.5), "middle-right"),
        ((0.1, 0.9), "bottom-left"),
        ((0.5, 0.9), "bottom-centre"),
        ((0.9, 0.9), "bottom-right"),
        ((0.332, 0.334), "middle-left"),
        ((0.667, 0.666), "middle-right"),
        ((0.0, 1.0), "bottom-left"),
        ((1.0, 0.0), "top-right"),
        ((-2.0, 7.0), "bottom-left"),
    ],
)
def test_place_is_the_cell_that_holds_the_centre(centre: tuple[float, float], place: str) -> None:
    assert places(np.array([centred(*centre)])).tolist() == [place]


def test_place_is_of_the_centre_not_of_a_corner() -> None:
    assert places(np.array([(0.0, 0.0, 1.0, 1.0)])).tolist() == ["middle-centre"]


EDGES = st.floats(-2.0, 3.0) | st.just(math.nan)


@given(st.lists(st.tuples(EDGES, EDGES, EDGES, EDGES), min_size=1, max_size=20))
def test_any_box_has_a_size_and_a_place(boxes: list[tuple[float, ...]]) -> None:
    of = np.array(boxes)
    assert set(sizes(of).tolist()) <= {"small", "medium", "large"}
    rows, columns = zip(*(place.split("-") for place in places(of).tolist()), strict=True)
    assert set(rows) <= {"top", "middle", "bottom"}
    assert set(columns) <= {"left", "centre", "right"}


def test_a_batch_is_judged_box_by_box() -> None:
    of = np.array([square(0.1), square(0.9), square(0.25, x=0.7, y=0.7)])
    assert sizes(of).tolist() == ["small", "large", "medium"]
    assert places(of).tolist() == ["top-left", "middle-centre", "bottom-right"]


@pytest.mark.parametrize("name", slice_names(TASK))
def test_the_values_of_a_slice_are_those_that_pictures_can_have(name: str) -> None:
    random = np.random.default_rng(0)
    corners = random.uniform(0.0, 0.6, (4000, 2))
    boxes = np.concatenate([corners, corners + random.uniform(0.05, 0.4, (4000, 2))], axis=1)
    facts = {
        fact.key: random.uniform(fact.low, 4 if fact.high is None else fact.high, 4000)
        for fact in FACTS
    }
    seen = set()
    parts = [f"{part}/1".encode() for part in (*PARTS, *AS_THEY_ARE)] + [b"uci/1 fonts/2"]
    sources = {features.SOURCE_ID: np.resize(parts, 4000)}
    truth = {
        features.LABEL: random.integers(0, 10, 4000),
        **dict(zip(features.BOX, boxes.T[..., None], strict=True)),
    }
    for known in (truth | facts | sources, truth):
        values = slice_features(known, TASK, 4000)
        parts = [values[key].astype(str) for key in feature_keys(name)]
        seen |= {CROSS.join(row) for row in zip(*parts, strict=True)}
    assert set(slice_values(name, TASK)) == seen
