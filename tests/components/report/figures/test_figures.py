"""The figures of predictions: what is measured, and what they conclude."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from components.report.figures import calibration, confusion, heat_map, learning_curve, overlap
from components.report.figures.canvas import BLUE, Canvas
from components.report.figures.learning_curve import Curve, smooth
from components.report.predictions import Prediction

Make = Callable[..., Prediction]
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
def test_whatever_was_predicted_is_drawn_as_whole_svg_with_a_caption(
    draw: Callable, box: tuple[float, ...], count: int, make_prediction: Make
) -> None:
    figure = draw([make_prediction(box, said=8)] * count)
    assert ET.fromstring(figure.svg).attrib["viewBox"]
    assert figure.caption.endswith(".")


def test_colours_are_the_page_s() -> None:
    with Canvas("a") as canvas:
        (axes,) = canvas.axes()
        axes.plot([0, 1], color=BLUE)
        svg = canvas.finish("").svg
    assert "var(--blue)" in svg
    assert "var(--ink)" in svg
    assert BLUE not in svg


def test_two_figures_share_no_id() -> None:
    def ids(name: str) -> set[str]:
        with Canvas(name) as canvas:
            (axes,) = canvas.axes()
            axes.plot([0, 1], marker="o")
            root = ET.fromstring(canvas.finish("").svg)
        return {element.attrib["id"] for element in root.iter() if "id" in element.attrib}

    assert ids("a")
    assert not ids("a") & ids("b")


def test_confusions_are_counted_by_truth_then_answer(make_prediction: Make) -> None:
    matrix = confusion.count([make_prediction(), make_prediction(said=8)])
    assert (matrix[3, 3], matrix[3, 8], matrix.sum()) == (1, 1, 2)
    caption = confusion.draw([make_prediction(), make_prediction(said=8)]).caption
    assert "1 of 2 are off the diagonal" in caption
    assert "3 read as 8, 1 times" in caption


def test_no_mistake_is_said(make_prediction: Make) -> None:
    assert "Every one of 2 was read right" in confusion.draw([make_prediction()] * 2).caption


def test_calibration_error_is_the_gap_of_each_bin_by_its_share(make_prediction: Make) -> None:
    predictions = [make_prediction(sure=0.75)] * 3 + [make_prediction(sure=0.75, said=8)]
    measured = calibration.measure(predictions)
    assert measured.error == pytest.approx(0.0)
    surer = [make_prediction(sure=0.95)] * 2 + [make_prediction(sure=0.95, said=8)] * 2
    measured = calibration.measure(predictions + surer)
    assert measured.error == pytest.approx((0.0 * 4 + 0.45 * 4) / 8)
    assert measured.excess == pytest.approx(0.225)
    assert measured.counts.sum() == 8


def test_calibration_agrees_with_one_prediction_at_a_time(make_prediction: Make) -> None:
    rng = np.random.default_rng(1)
    predictions = [
        make_prediction(sure=float(s), said=int(rng.choice([3, 8])))
        for s in rng.uniform(0.2, 1.0, 200)
    ]
    expected = 0.0
    for k in range(15):
        inside = [p for p in predictions if k / 15 <= p.confidence < (k + 1) / 15]
        if inside:
            gap = np.mean([p.confidence for p in inside]) - np.mean([p.right for p in inside])
            expected += abs(gap) * len(inside) / 200
    assert calibration.measure(predictions).error == pytest.approx(expected)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([(0.5, 5)], "its confidence can be taken at its word."),
        ([(0.95, 5)], "on the whole it is more sure than right, by 45.0%."),
        ([(0.55, 9)], "on the whole it is less sure than right, by 35.0%."),
        ([(0.95, 8), (0.55, 7)], "too sure at some confidences, and not sure enough at others."),
    ],
)
def test_calibration_says_which_way_it_is_off(
    answers: list[tuple[float, int]], said: str, make_prediction: Make
) -> None:
    predictions = [
        make_prediction(sure=sure, said=3 if i < right else 8)
        for sure, right in answers
        for i in range(10)
    ]
    assert calibration.draw(predictions).caption.endswith(said)


def test_a_cell_where_every_box_fits_says_one(make_prediction: Make) -> None:
    assert ">1.00<" in heat_map.draw([make_prediction()] * 5).svg
    assert ">.50<" in heat_map.draw([make_prediction(HALF)] * 5).svg


def test_overlap_curve_says_where_most_boxes_fit(make_prediction: Make) -> None:
    some, none = ([make_prediction(box)] * 3 for box in (HALF, (0.8, 0.8, 0.9, 0.9)))
    assert overlap.draw_curve(some).caption.startswith("Up to an IoU of 0.50, 95% of the boxes fit")
    assert overlap.draw_curve(none).caption.startswith("At no IoU do 95% of the boxes fit")


def test_overlap_curve_says_how_many_fit_at_a_half(make_prediction: Make) -> None:
    poor = make_prediction((0.2, 0.2, 0.3, 0.3))
    predictions = [make_prediction(), make_prediction(said=8), poor]
    assert (
        "at 0.5, 66.7% fit and 33.3% have the right digit"
        in overlap.draw_curve(predictions).caption
    )


def test_heat_map_is_by_the_centre_of_the_true_box(make_prediction: Make) -> None:
    corner = (0.9, 0.0, 1.0, 0.1)
    lone = make_prediction(corner, true=corner)
    means, counts = heat_map.by_place([make_prediction(HALF)] * 5 + [lone])
    assert counts[3, 3] == 5
    assert counts[0, 7] == 1
    assert means[3, 3] == pytest.approx(0.5)
    assert np.isnan(means[0, 7])  # one picture says nothing


def curves(*, training: list[float], watched: list[float], per_epoch: int) -> dict[str, Any]:
    """What `learning_curve.draw` asks for, with a point of training every step."""
    return {
        "training": Curve(list(range(1, 1 + len(training))), training),
        "watched": Curve([per_epoch * (i + 1) for i in range(len(watched))], watched),
        "split": "eval",
        "steps_per_epoch": per_epoch,
        "caption": "c",
    }


def axes_drawn(monkeypatch: pytest.MonkeyPatch, name: str, **curves: Any) -> Any:
    """Matplotlib's axes as they were when the figure was finished."""
    drawn: list[Any] = []
    finish = Canvas.finish
    monkeypatch.setattr(
        Canvas, "finish", lambda canvas, *_: (drawn.append(canvas), finish(canvas, "c"))[1]
    )
    learning_curve.draw(name, "title", **curves)
    return drawn[0].figure.axes[0]


def test_two_epochs_are_a_curve_by_steps_and_not_two_dots(monkeypatch: pytest.MonkeyPatch) -> None:
    training = [6.0, 3.0, 2.0, 1.0, 0.9, 0.8, 0.7, 0.6]
    axes = axes_drawn(
        monkeypatch, "loss", **curves(training=training, watched=[0.95, 0.65], per_epoch=4)
    )
    points, smoothed, watched = axes.lines
    assert list(points.get_xdata()) == list(range(1, 9))
    assert list(points.get_ydata()) == training
    assert len(smoothed.get_xdata()) == 8
    assert list(watched.get_xdata()) == [4, 8]  # an epoch's value stands at its last step
    assert axes.get_yscale() == "log"
    (upper,) = axes.child_axes
    assert upper.get_xlabel() == "epoch"
    high = upper.get_xlim()[1]
    assert high == pytest.approx(axes.get_xlim()[1] / 4)


def test_shares_are_drawn_on_an_axis_that_holds_1(monkeypatch: pytest.MonkeyPatch) -> None:
    axes = axes_drawn(
        monkeypatch, "box_iou",
        **curves(training=[0.0, 0.5, 0.9, 1.0], watched=[0.98], per_epoch=4),
    )  # fmt: skip
    assert axes.get_ylim() == (0.0, 1.0)
    place = axes.transData.transform
    above = [place((0, y))[1] for y in (0.0, 0.5, 0.9, 0.99, 1.0)]
    assert above == sorted(above)
    assert above[-1] - above[-2] > (above[1] - above[0]) / 4  # 0.99 and 1 can be told apart


def test_smoothing_keeps_a_constant_and_the_number_of_points() -> None:
    for count in (1, 2, 49, 50, 200):
        np.testing.assert_allclose(smooth([2.5] * count), [2.5] * count)
    noisy = list(np.random.default_rng(0).normal(1, 0.1, 200))
    assert np.std(smooth(noisy)[20:-20]) < np.std(noisy) / 2
    ramp = smooth(list(map(float, range(200))))
    np.testing.assert_allclose(ramp[4:-4], range(4, 196))
