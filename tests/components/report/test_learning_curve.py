"""Learning curves: what is drawn, and how."""

from typing import Any

import numpy as np
import pytest

from components.report import learning_curve
from components.report.figure import Drawing
from components.report.learning_curve import Points, smooth


def curves(
    *, training: list[float], watched: list[float], per_epoch: int, is_share: bool
) -> dict[str, Any]:
    """What `learning_curve.draw` asks for, with a point of training every step."""
    return {
        "training": Points(list(range(1, 1 + len(training))), training),
        "watched": Points([per_epoch * (i + 1) for i in range(len(watched))], watched),
        "split": "eval",
        "steps_per_epoch": per_epoch,
        "is_share": is_share,
        "caption": "c",
    }


def axes_drawn(monkeypatch: pytest.MonkeyPatch, name: str, **curves: Any) -> Any:
    """Matplotlib's axes as they were when the figure was finished."""
    drawn: list[Any] = []
    finish = Drawing.finish
    monkeypatch.setattr(
        Drawing, "finish", lambda drawing, *_: (drawn.append(drawing), finish(drawing, "c"))[1]
    )
    learning_curve.draw(name, "title", **curves)
    return drawn[0].figure.axes[0]


def test_two_epochs_are_a_curve_by_steps_and_not_two_dots(monkeypatch: pytest.MonkeyPatch) -> None:
    training = [6.0, 3.0, 2.0, 1.0, 0.9, 0.8, 0.7, 0.6]
    axes = axes_drawn(
        monkeypatch,
        "loss",
        **curves(training=training, watched=[0.95, 0.65], per_epoch=4, is_share=False),
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
        **curves(training=[0.0, 0.5, 0.9, 1.0], watched=[0.98], per_epoch=4, is_share=True),
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
