"""The figures of predictions: what they measure and conclude."""

import xml.etree.ElementTree as ET
from collections.abc import Callable

import numpy as np
import pytest

from tasks.localization.evaluated import EvaluatedPictures
from tasks.localization.figures import calibration, confusion, heat_map, overlap

Make = Callable[..., EvaluatedPictures]
TRUE = (0.2, 0.2, 0.6, 0.7)
HALF = (0.2, 0.2, 0.4, 0.7)
DRAWS = [
    confusion.draw,
    calibration.draw,
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


def test_confusions_are_counted_by_ground_truth_then_prediction(make_predictions: Make) -> None:
    figure = confusion.draw(make_predictions(digits=[3, 3, 5], predicted=[3, 8, 8]))
    assert "2 of 3 predictions are wrong" in figure.caption
    once = confusion.draw(make_predictions(predicted=[3, 8]))
    assert once.caption.endswith("the most common mistake is to predict 8 for a 3, 1 time.")
    twice = confusion.draw(make_predictions(digits=[3, 3, 5], predicted=[8, 8, 1]))
    assert twice.caption.endswith("the most common mistake is to predict 8 for a 3, 2 times.")


def test_a_matrix_without_mistakes_says_so(make_predictions: Make) -> None:
    caption = confusion.draw(make_predictions(predicted=[3, 3])).caption
    assert caption.endswith("All 2 predictions are right.")


def test_calibration_error_is_the_gap_of_each_bin_by_its_share(make_predictions: Make) -> None:
    exact = calibration.measure(make_predictions(predicted=[3, 3, 3, 8], confidences=[0.75] * 4))
    assert exact.error == pytest.approx(0.0)
    both = calibration.measure(
        make_predictions(predicted=[3, 3, 3, 8, 3, 3, 8, 8], confidences=[0.75] * 4 + [0.95] * 4)
    )
    assert both.error == pytest.approx((0.0 * 4 + 0.45 * 4) / 8)
    assert both.excess == pytest.approx(0.225)
    assert both.counts.sum() == 8


def test_calibration_agrees_with_one_prediction_at_a_time(make_predictions: Make) -> None:
    rng = np.random.default_rng(1)
    confidences, predicted = rng.uniform(0.2, 1.0, 200), rng.choice([3, 8], 200)
    expected = 0.0
    for k in range(15):
        inside = [i for i in range(200) if k / 15 <= confidences[i] < (k + 1) / 15]
        if inside:
            right = np.mean([predicted[i] == 3 for i in inside])
            gap = np.mean([confidences[i] for i in inside]) - right
            expected += abs(gap) * len(inside) / 200
    measured = calibration.measure(make_predictions(confidences=confidences, predicted=predicted))
    assert measured.error == pytest.approx(expected)


@pytest.mark.parametrize(
    ("bins", "conclusion"),
    [
        ([(0.5, 5)], "the confidence can be read as a probability."),
        ([(0.95, 5)], "on average the model is overconfident by 45.0%."),
        ([(0.55, 9)], "on average the model is underconfident by 35.0%."),
        ([(0.95, 8), (0.55, 7)], "overconfident at some confidences and underconfident at others."),
    ],
)
def test_calibration_says_which_way_it_is_off(
    bins: list[tuple[float, int]], conclusion: str, make_predictions: Make
) -> None:
    predictions = make_predictions(
        confidences=[confidence for confidence, _ in bins for _ in range(10)],
        predicted=[3 if i < right else 8 for _, right in bins for i in range(10)],
    )
    assert calibration.draw(predictions).caption.endswith(conclusion)


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
