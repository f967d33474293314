"""What the pages of a run and of a comparison show of this task: see `vocabulary.task.report`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from digit import report as digits
from digit.answers import NO_DIGIT_BELOW
from digit.evaluated import EvaluatedDigits
from digit.examples import NO_DIGIT
from digit.figures import calibration, confusion
from tasks.classification.judging import f1, precision, recall
from tasks.classification.measures import measure
from tasks.classification.options import TaskOptions
from vocabulary import features
from vocabulary.document import Picture, Pictures, Section, Table
from vocabulary.task.report import Card, Evaluated

FEATURES = {features.LABEL: "digit"}

_WORST = 24


def card(options: TaskOptions) -> Card:
    """What the model card says of the task."""
    return Card(
        task="Read one handwritten digit.",
        use="For pictures of one digit, in light ink on dark paper.",
        limits=f"The model predicts one digit, also for a picture with several. {digits.LIMITS}",
    )


def picture(
    png: bytes, truth: Mapping[str, Any], prediction: Mapping[str, Any] | None = None
) -> Picture:
    """The picture, with the digits in its caption."""
    true = "no digit" if truth["digit"] == NO_DIGIT else str(truth["digit"])
    if prediction is None:
        return Picture(png, true)
    if truth["digit"] == NO_DIGIT and prediction["confidence"] < NO_DIGIT_BELOW:
        return Picture(png, true)
    wrong = bool(truth["digit"] != prediction["digit"])
    return Picture(png, digits.caption(digits.facts(prediction, truth["digit"])), wrong=wrong)


def sections(evaluated: Evaluated) -> list[Section]:
    """Samples, the worst predictions, and the digits by themselves and against each other."""
    there = evaluated.truth["digit"] != NO_DIGIT
    without, evaluated = digits.chosen(evaluated, ~there), digits.chosen(evaluated, there)
    predicted = evaluated.predictions
    of = EvaluatedDigits(evaluated.truth["digit"], predicted["digit"], predicted["confidence"])
    # Mistakes first, the surest of them before all, then right digits, the surest last.
    worst = np.lexsort((np.where(of.right, of.confidences, -of.confidences), of.right))[:_WORST]
    shown = Pictures(
        "Worst",
        [picture(*one) for one in digits.examples(evaluated, worst)],
        f"{int((~of.right).sum()):,} of {len(of.right):,} digits are wrong. These come first, the "
        "surest before all, then right ones with the lowest confidence.",
    )
    figures = [draw(of) for draw in (confusion.draw, calibration.draw)]
    return [
        Section("samples", "Samples", [digits.samples(evaluated, picture)]),
        Section("predictions", "Predictions", [shown, *digits.without_digit(without, picture)]),
        Section("digits", "Digits", [_by_digit(evaluated), *figures]),
    ]


def _by_digit(evaluated: Evaluated) -> Table:
    measured = measure(dict(evaluated.truth), dict(evaluated.predictions))
    sums = {name: column.sum(axis=0) for name, column in measured.items()}
    columns = (precision(sums), recall(sums), f1(sums))
    return Table(
        ("digit", "pictures", "precision", "recall", "F1"),
        [
            (str(digit), f"{int(count):,}", *(f"{column[digit]:.4f}" for column in columns))
            for digit, count in enumerate(sums["true"])
            if count
        ],
        "Precision: how many of the pictures that are read as a digit show it. Recall: how many of "
        "its pictures are read as it. F1: their harmonic mean.",
    )
