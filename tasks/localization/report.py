"""What the pages of a run and of a comparison show of this task: see `vocabulary.task.report`."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from digit import report as digits
from digit.answers import NO_DIGIT_BELOW
from digit.examples import NO_DIGIT
from digit.figures import calibration, confusion
from digit.report import chosen, figures
from tasks.localization.evaluated import EvaluatedPictures, evaluated_pictures
from tasks.localization.figures import by_size, edges, heat_map, overlap
from tasks.localization.options import TaskOptions
from vocabulary import boxes, features
from vocabulary.boxes import EDGES
from vocabulary.document import Mark, Part, Picture, Pictures, Section, Words
from vocabulary.task.report import Card, Evaluated

__all__ = ["FEATURES", "card", "figures", "picture", "sections"]

FEATURES = {features.LABEL: "digit"}

_BEST, _TYPICAL, _WORST = 6, 12, 12
_INK = {"ink": "tight around the ink", "patch": "around the whole pasted square"}


def card(options: TaskOptions) -> Card:
    """What the model card says of the task."""
    return Card(
        task=f"Find one {digits.subject(options.classes)} in a picture, and read it.",
        use=digits.use(options.classes),
        limits=(
            "The model always predicts one and its box, also for a picture with several. "
            f"{digits.LIMITS}"
        ),
        truth=f"The boxes are {_INK[options.box]}.",
    )


def picture(
    png: bytes,
    truth: Mapping[str, Any],
    prediction: Mapping[str, Any] | None = None,
    *,
    classes: Sequence[str],
) -> Picture:
    """The picture with the box of the ground truth, and that of a prediction."""
    true, empty = digits.name_of(truth, classes), truth["digit"] == NO_DIGIT
    marks = () if empty else (Mark(_box(truth), of="truth"),)
    if prediction is None or (empty and prediction["confidence"] < NO_DIGIT_BELOW):
        return Picture(png, true, marks)
    predicted = digits.name_of(prediction, classes)
    facts = digits.facts(true, predicted, prediction)
    if not empty:
        facts.append(f"IoU {boxes.iou(_box(truth), _box(prediction)):.2f}")
    marks = (*marks, Mark(_box(prediction), of="prediction"))
    return Picture(png, digits.caption(facts), marks, wrong=true != predicted)


def sections(evaluated: Evaluated) -> list[Section]:
    """Samples, predictions, and figures of the digits and of the boxes."""
    there = evaluated.truth["digit"] != NO_DIGIT
    without, evaluated = chosen(evaluated, ~there), chosen(evaluated, there)
    predictions = evaluated_pictures(evaluated)
    return [
        Section(
            "samples",
            "Samples",
            [digits.samples(evaluated, picture, "The green box is the ground truth.")],
        ),
        Section(
            "predictions",
            "Predictions",
            [*_chosen(evaluated, predictions), *digits.without_digit(without, picture)],
        ),
        Section(
            "digits",
            "Digits",
            [
                *(draw(predictions) for draw in (confusion.draw, calibration.draw)),
                digits.by_digit(evaluated),
            ],
        ),
        Section(
            "boxes",
            "Boxes",
            [
                draw(predictions)
                for draw in (
                    overlap.draw_distribution,
                    overlap.draw_curve,
                    by_size.draw,
                    edges.draw,
                    heat_map.draw,
                )
            ],
        ),
    ]


def _chosen(evaluated: Evaluated, predictions: EvaluatedPictures) -> list[Part]:
    """The worst predictions (surest wrong digits, then lowest IoU), typical ones and the best."""
    right, ious = predictions.right, predictions.ious
    ranked = np.lexsort((np.where(right, ious, -predictions.confidences), right))
    middle = max((len(ious) - _TYPICAL) // 2, 0)
    typical = np.argsort(ious, kind="stable")[middle : middle + _TYPICAL]
    groups = (
        (
            "Worst", ranked[:_WORST],
            f"{int((~right).sum()):,} of {len(right):,} digits are wrong. These come first, the "
            "surest before all, then the boxes with the lowest IoU.",
        ),
        (
            "Typical", typical,
            f"Around the median IoU of {np.median(ious):.3f}: expect most predictions to look like "
            "this.",
        ),
        ("Best", ranked[::-1][:_BEST], "Right digits with the highest IoU."),
    )  # fmt: skip
    return [
        Words(
            "Green boxes are the ground truth, dashed orange boxes are predictions. Below each "
            "picture stand the predicted digit with the model's confidence, the ground truth where "
            "it is another digit, and the IoU (intersection over union) of the two boxes, which is "
            "1 where they are the same."
        ),
        *(
            Pictures(
                title,
                [picture(*one, classes=evaluated.classes) for one in evaluated.examples(rows)],
                caption,
            )
            for title, rows, caption in groups
        ),
    ]


def _box(columns: Mapping[str, Any]) -> tuple[float, ...]:
    return tuple(float(columns[edge]) for edge in EDGES)
