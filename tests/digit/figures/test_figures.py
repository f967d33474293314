"""The figures of digits: what they measure and conclude."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from digit.evaluated import EvaluatedDigits
from digit.figures import calibration, confusion
from vocabulary.classes import TEN

Make = Callable[..., EvaluatedDigits]


@pytest.fixture
def make_digits() -> Make:
    """Digits that were read: `make_digits(predicted=[3, 8])`; by default the truth is 3."""

    def build(
        *,
        predicted: Sequence[int] | None = None,
        confidences: Sequence[float] | None = None,
        digits: Sequence[int] | None = None,
        classes: Sequence[str] = TEN,
    ) -> EvaluatedDigits:
        count = max(
            len(column) for column in (predicted, confidences, digits) if column is not None
        )
        return EvaluatedDigits(
            digits=np.array([3] * count if digits is None else digits),
            predicted_digits=np.array([3] * count if predicted is None else predicted),
            confidences=np.array([0.91] * count if confidences is None else confidences),
            classes=classes,
        )

    return build


@pytest.mark.parametrize("draw", [confusion.draw, calibration.draw])
@pytest.mark.parametrize("count", [1, 30])
def test_every_digit_is_drawn_as_whole_svg_with_a_caption(
    draw: Callable, count: int, make_digits: Make
) -> None:
    figure = draw(make_digits(predicted=[8] * count))
    assert ET.fromstring(figure.svg).attrib["viewBox"]
    assert figure.caption.endswith(".")


def test_confusions_are_counted_by_ground_truth_then_prediction(make_digits: Make) -> None:
    figure = confusion.draw(make_digits(digits=[3, 3, 5], predicted=[3, 8, 8]))
    assert "2 of 3 predictions are wrong" in figure.caption
    once = confusion.draw(make_digits(predicted=[3, 8]))
    assert once.caption.endswith("the most common mistake is to predict 8 for a 3, 1 time.")
    twice = confusion.draw(make_digits(digits=[3, 3, 5], predicted=[8, 8, 1]))
    assert twice.caption.endswith("the most common mistake is to predict 8 for a 3, 2 times.")


@pytest.mark.parametrize(("count", "drawn"), [(3, 3), (25, 25), (60, 30)])
def test_classes_are_called_by_name_and_very_many_are_cut_to_the_most_confused(
    count: int, drawn: int, make_digits: Make
) -> None:
    classes = [f"class {index}" for index in range(count)]
    last = count - 1
    figure = confusion.draw(make_digits(digits=[last, 1], predicted=[0, 1], classes=classes))
    assert figure.caption.endswith(f"is to predict class 0 for a class {last}, 1 time.")
    names = re.findall(r">(class \d+)<", figure.svg)
    assert len(set(names)) == drawn
    assert {"class 0", f"class {last}"} <= set(names)
    assert figure.wide == (count > 10)


def test_a_matrix_without_mistakes_says_so(make_digits: Make) -> None:
    caption = confusion.draw(make_digits(predicted=[3, 3])).caption
    assert caption.endswith("All 2 predictions are right.")


def test_calibration_error_is_the_gap_of_each_bin_by_its_share(make_digits: Make) -> None:
    exact = calibration.measure(make_digits(predicted=[3, 3, 3, 8], confidences=[0.75] * 4))
    assert exact.error == pytest.approx(0.0)
    both = calibration.measure(
        make_digits(predicted=[3, 3, 3, 8, 3, 3, 8, 8], confidences=[0.75] * 4 + [0.95] * 4)
    )
    assert both.error == pytest.approx((0.0 * 4 + 0.45 * 4) / 8)
    assert both.excess == pytest.approx(0.225)
    assert both.counts.sum() == 8


def test_calibration_agrees_with_one_prediction_at_a_time(make_digits: Make) -> None:
    rng = np.random.default_rng(1)
    confidences, predicted = rng.uniform(0.2, 1.0, 200), rng.choice([3, 8], 200)
    expected = 0.0
    for k in range(15):
        inside = [i for i in range(200) if k / 15 <= confidences[i] < (k + 1) / 15]
        if inside:
            right = np.mean([predicted[i] == 3 for i in inside])
            gap = np.mean([confidences[i] for i in inside]) - right
            expected += abs(gap) * len(inside) / 200
    measured = calibration.measure(make_digits(confidences=confidences, predicted=predicted))
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
    bins: list[tuple[float, int]], conclusion: str, make_digits: Make
) -> None:
    predictions = make_digits(
        confidences=[confidence for confidence, _ in bins for _ in range(10)],
        predicted=[3 if i < right else 8 for _, right in bins for i in range(10)],
    )
    assert calibration.draw(predictions).caption.endswith(conclusion)


def test_few_pictures_make_a_long_interval(make_digits: Make) -> None:
    predictions = make_digits(predicted=[3] * 41, confidences=[0.9] * 40 + [0.5])
    ends = calibration.measure(predictions).intervals()
    many, few = (ends[int(confidence * 15)] for confidence in (0.9, 0.5))
    assert few[1] - few[0] > 0.9 > 0.15 > many[1] - many[0]
    assert np.isnan(ends[0]).all()
