"""What the pages of a run and of a comparison show of this task: see `vocabulary.task.report`."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from digit import report as digits
from digit.answers import NO_DIGIT_BELOW
from digit.evaluated import EvaluatedDigits
from digit.examples import NO_DIGIT
from digit.figures import calibration, confusion
from digit.report import figures
from tasks.classification.options import TaskOptions
from vocabulary import features
from vocabulary.document import Picture, Pictures, Section
from vocabulary.task.report import Card, Evaluated

__all__ = ["FEATURES", "card", "figures", "picture", "sections"]

FEATURES = {features.LABEL: "digit"}

_WORST = 24


def card(options: TaskOptions) -> Card:
    """What the model card says of the task."""
    return Card(
        task=f"Read one {digits.subject(options.classes)}.",
        use=digits.use(options.classes),
        limits=f"The model predicts one, also for a picture with several. {digits.LIMITS}",
    )


def picture(
    png: bytes,
    truth: Mapping[str, Any],
    prediction: Mapping[str, Any] | None = None,
    *,
    classes: Sequence[str],
) -> Picture:
    """The picture, with the digits in its caption."""
    true = digits.name_of(truth, classes)
    empty = truth["digit"] == NO_DIGIT
    if prediction is None or (empty and prediction["confidence"] < NO_DIGIT_BELOW):
        return Picture(png, true)
    predicted = digits.name_of(prediction, classes)
    caption = digits.caption(digits.facts(true, predicted, prediction))
    return Picture(png, caption, wrong=true != predicted)


def sections(evaluated: Evaluated) -> list[Section]:
    """Samples, the worst predictions, and the digits by themselves and against each other."""
    there = evaluated.truth["digit"] != NO_DIGIT
    without, evaluated = digits.chosen(evaluated, ~there), digits.chosen(evaluated, there)
    predicted = evaluated.predictions
    of = EvaluatedDigits(
        evaluated.truth["digit"], predicted["digit"], predicted["confidence"], evaluated.classes
    )
    # Mistakes first, the surest of them before all, then right digits, the surest last.
    worst = np.lexsort((np.where(of.right, of.confidences, -of.confidences), of.right))[:_WORST]
    shown = Pictures(
        "Worst",
        [picture(*one, classes=evaluated.classes) for one in evaluated.examples(worst)],
        f"{int((~of.right).sum()):,} of {len(of.right):,} digits are wrong. These come first, the "
        "surest before all, then right ones with the lowest confidence.",
    )
    figures = [draw(of) for draw in (confusion.draw, calibration.draw)]
    return [
        Section("samples", "Samples", [digits.samples(evaluated, picture)]),
        Section("predictions", "Predictions", [shown, *digits.without_digit(without, picture)]),
        Section("digits", "Digits", [digits.by_digit(evaluated), *figures]),
    ]
