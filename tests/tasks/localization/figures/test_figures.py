"""The figures of predictions: what they measure and conclude."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import numpy as np
import pytest

from tasks.localization.evaluated import EvaluatedPictures
from tasks.localization.figures import by_size, edges, heat_map, overlap

Make = Callable[..., EvaluatedPictures]
TRUE = (0.2, 0.2, 0.6, 0.7)
HALF = (0.2, 0.2, 0.4, 0.7)
DRAWS = [
    by_size.draw,
    edges.draw,
    heat_map.draw,
    overlap.draw_distribution,
    overlap.draw_curve,
]


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("box", [HALF, (0.6, 0.7, 0.2, 0.2), (float("nan"),) * 4])
@pytest.mark.parametrize("count", [1, 30])
def test_every_prediction_is_drawn_as_whole_svg_with_a_caption(
    draw: Callable, box: tuple[float, ...], count: int, make_predictions: Make
) -> None:
    figure = draw(make_predictions([box] * count, predicted=[8] * count))
    assert ET.fromstring(figure.svg).attrib["viewBox"]
    assert figure.caption.endswith(".")


def test_a_cell_where_every_box_fits_says_one(make_predictions: Make) -> None:
    assert ">1.00<" in heat_map.draw(make_predictions([TRUE] * 5)).svg
    assert ">.50<" in heat_map.draw(make_predictions([HALF] * 5)).svg


def test_overlap_curve_says_which_iou_most_boxes_reach(make_predictions: Make) -> None:
    some, none = (make_predictions([box] * 3) for box in (HALF, (0.8, 0.8, 0.9, 0.9)))
    assert overlap.draw_curve(some).caption.startswith("95% of the boxes reach an IoU of 0.50")
    assert overlap.draw_curve(none).caption.startswith("Fewer than 95% of the boxes reach any IoU")


def test_overlap_curve_says_how_many_reach_a_half(make_predictions: Make) -> None:
    boxes = [TRUE, TRUE, (0.2, 0.2, 0.3, 0.3)]
    caption = overlap.draw_curve(make_predictions(boxes, predicted=[3, 8, 3])).caption
    assert caption.endswith("66.7% reach 0.5, and 33.3% do with the right digit.")


def test_heat_map_is_by_the_centre_of_the_true_box(make_predictions: Make) -> None:
    corner = (0.9, 0.0, 1.0, 0.1)
    means, counts = heat_map.by_place(
        make_predictions([HALF] * 5 + [corner], true_boxes=[TRUE] * 5 + [corner])
    )
    assert counts[3, 3] == 5
    assert counts[0, 7] == 1
    assert means[3, 3] == pytest.approx(0.5)
    assert np.isnan(means[0, 7])  # one picture says nothing


def test_the_size_says_where_boxes_fit_worse(make_predictions: Make) -> None:
    small, tight = (0.2, 0.2, 0.3, 0.3), (0.2, 0.2, 0.25, 0.3)
    predictions = make_predictions([tight] * 8 + [TRUE] * 8, true_boxes=[small] * 8 + [TRUE] * 8)
    caption = by_size.draw(predictions).caption
    assert "The smallest eighth has a median IoU of 0.500, the largest 1.000" in caption


def test_the_edge_that_is_off_and_its_side_are_named(make_predictions: Make) -> None:
    left, top, right, bottom = TRUE
    figure = edges.draw(make_predictions([(left, top, right - 0.05, bottom)] * 4))
    assert "The right edge is the least exact, off by 5.00% on average" in figure.caption
    assert figure.caption.endswith("mostly too far left or up.")
    assert ">100%<" in figure.svg


def test_noise_looks_like_noise_on_the_heat_map(make_predictions: Make) -> None:
    nearly = (0.2, 0.2, 0.59, 0.7)
    corner, shrunk = (0.8, 0.0, 1.0, 0.2), (0.8, 0.0, 0.99, 0.2)
    figure = heat_map.draw(
        make_predictions([nearly] * 5 + [shrunk] * 5, true_boxes=[TRUE] * 5 + [corner] * 5)
    )
    assert "the place hardly matters" in figure.caption
    labels = map(float, re.findall(r">(\d\.\d+)<", figure.svg))
    assert max(labels) > 1.0  # the scale goes on beyond the values, on both sides
