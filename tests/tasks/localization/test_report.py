"""What the report shows of localization: pictures, the model card, its own sections."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import pytest

from pipeline.config.config import Config
from tasks.localization import report
from tasks.localization.evaluated import EvaluatedPictures
from vocabulary.boxes import EDGES
from vocabulary.classes import TEN
from vocabulary.document import Mark, Picture, Pictures, Section, Words
from vocabulary.task.report import Evaluated, TaskReport

Make = Callable[..., EvaluatedPictures]
TRUE = (0.2, 0.2, 0.6, 0.7)


def columns(digits: Any, boxes: Any) -> dict[str, Any]:
    return {"digit": digits, **dict(zip(EDGES, np.transpose(boxes), strict=True))}


def evaluated(predictions: EvaluatedPictures) -> Evaluated:
    """Pictures whose bytes are their ids."""

    def pixels(ids: Collection[str]) -> Mapping[str, bytes]:
        return {id_: id_.encode() for id_ in ids}

    return Evaluated(
        [f"eval/{row}" for row in range(len(predictions.digits))],
        columns(predictions.digits, predictions.boxes),
        columns(predictions.predicted_digits, predictions.predicted_boxes)
        | {"confidence": predictions.confidences},
        pixels,
        TEN,
    )


def section(id_: str, predictions: EvaluatedPictures) -> Section:
    return next(one for one in report.sections(evaluated(predictions)) if one.id == id_)


def pictures(of: Section) -> list[Pictures]:
    return [part for part in of.parts if isinstance(part, Pictures)]


def plain(picture: Picture) -> str:
    """The caption, in which each fact stays on one line."""
    return picture.caption.replace("\N{NO-BREAK SPACE}", " ")


def test_the_module_is_what_the_machinery_asks_for() -> None:
    assert isinstance(report, TaskReport)


def test_a_mistake_is_named_below_its_picture() -> None:
    truth = columns(3, TRUE)
    wrong = report.picture(b"png", truth, columns(8, TRUE) | {"confidence": 0.73}, classes=TEN)
    assert plain(wrong) == "8 (73%), truth 3, IoU 1.00"
    assert wrong.wrong
    half = (0.2, 0.2, 0.4, 0.7)
    right = report.picture(b"png", truth, columns(3, half) | {"confidence": 0.998}, classes=TEN)
    assert plain(right) == "3 (100%), IoU 0.50"
    assert not right.wrong
    assert right.marks == (Mark(TRUE, of="truth"), Mark(half, of="prediction"))


def test_a_picture_without_a_prediction_shows_the_ground_truth() -> None:
    picture = report.picture(b"png", columns(3, TRUE), classes=TEN)
    assert (picture.caption, picture.marks) == ("3", (Mark(TRUE, of="truth"),))


def test_samples_begin_with_each_digit_once(make_predictions: Make) -> None:
    (samples,) = pictures(section("samples", make_predictions(digits=[7, 7, 7, 1, 0])))
    assert [p.caption for p in samples.pictures] == ["0", "1", "7", "7", "7"]
    assert [p.png for p in samples.pictures][:3] == [b"eval/4", b"eval/3", b"eval/0"]


def test_worst_are_wrong_digits_then_the_lowest_iou(make_predictions: Make) -> None:
    poor = (0.2, 0.2, 0.3, 0.3)
    predictions = make_predictions([TRUE] * 40 + [poor] * 20 + [TRUE], predicted=[3] * 60 + [8])
    worst, typical, best = pictures(section("predictions", predictions))
    assert worst.pictures[0].wrong
    assert worst.pictures[0].png == b"eval/60"
    assert all("IoU 0.05" in plain(p) for p in worst.pictures[1:])
    assert all("IoU 1.00" in plain(p) for p in (*typical.pictures, *best.pictures))
    assert worst.caption.startswith("1 of 61 digits are wrong.")


def test_typical_ones_are_around_the_median_iou_whatever_the_digit(make_predictions: Make) -> None:
    boxes = [(0.2, 0.2, 0.2 + 0.004 * n, 0.7) for n in range(1, 101)]
    typical = pictures(section("predictions", make_predictions(boxes, predicted=[8] * 100)))[1]
    assert plain(typical.pictures[0]).endswith("IoU 0.45")
    assert plain(typical.pictures[-1]).endswith("IoU 0.56")


def test_one_picture_is_enough(make_predictions: Make) -> None:
    names = [one.id for one in report.sections(evaluated(make_predictions([TRUE])))]
    assert names == ["samples", "predictions", "digits", "boxes"]
    parts = section("predictions", make_predictions([TRUE])).parts
    assert isinstance(parts[0], Words)
    assert [len(group.pictures) for group in parts if isinstance(group, Pictures)] == [1, 1, 1]


@pytest.mark.parametrize(("box", "words"), [("ink", "around the ink"), ("patch", "pasted square")])
def test_the_card_says_what_boxes_are_around(
    box: str, words: str, configure: Callable[..., Config]
) -> None:
    card = report.card(configure().task.model_copy(update={"box": box}))
    assert words in card.truth


def test_pictures_without_a_digit_are_by_themselves_the_surest_first(
    make_predictions: Make,
) -> None:
    of = make_predictions(
        digits=[3, -1, -1, 4],
        predicted=[3, 7, 5, 4],
        confidences=[0.9, 0.1, 0.8, 0.9],
        true_boxes=[TRUE, (0, 0, 0, 0), (0, 0, 0, 0), TRUE],
    )
    *others, nothing = pictures(section("predictions", of))
    assert nothing.title == "Without a digit"
    assert [plain(one) for one in nothing.pictures] == ["5 (80%), truth no digit", "no digit"]
    assert [one.wrong for one in nothing.pictures] == [True, False]
    assert "In 1 of 2 pictures" in nothing.caption
    assert all(one.marks for group in others for one in group.pictures)
    assert len(pictures(section("samples", of))[0].pictures) == 2
