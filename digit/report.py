"""Parts of a report of digits: samples, pictures without a digit, and captions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from digit.answers import NO_DIGIT_BELOW
from digit.evaluated import EvaluatedDigits
from digit.examples import NO_DIGIT
from digit.figures import calibration, confusion
from digit.measures import measure_by_digit
from digit.metrics import f1, precision, recall
from vocabulary.classes import TEN, listed, same
from vocabulary.document import Figure, Part, Picture, Pictures, Table
from vocabulary.task.report import Evaluated

LIMITS: Final = (
    "In one without a digit its confidence is low: read it as no digit below "
    f"{NO_DIGIT_BELOW}, if the training had such pictures (`scene.empty`)."
)
"""What the model card says of pictures without a digit."""
NOTHING: Final = "no digit"
"""In the place of the name of a digit."""

_SAMPLES = 12
_SUREST = 12

Rows = NDArray[np.bool_] | NDArray[np.int64]
"""Which pictures: a mask, or their indices."""
Show = Callable[..., Picture]
"""Makes a picture of its pixels, the ground truth, a prediction, if there is one, and `classes`."""


def subject(classes: Sequence[str]) -> str:
    """What a model of these classes reads, in the singular."""
    return "handwritten digit" if {*map(same, classes)} <= {*TEN} else f"of {listed(classes)}"


def use(classes: Sequence[str]) -> str:
    """Which pictures such a model is for."""
    if {*map(same, classes)} <= {*TEN}:
        return "For pictures of one digit, in light ink on dark paper."
    return "For pictures that show one of them."


def chosen(evaluated: Evaluated, rows: Rows) -> Evaluated:
    """Some pictures of an evaluation."""
    return replace(
        evaluated,
        ids=np.array(evaluated.ids)[rows].tolist(),
        truth={name: column[rows] for name, column in evaluated.truth.items()},
        predictions={name: column[rows] for name, column in evaluated.predictions.items()},
    )


def samples(evaluated: Evaluated, show: Show, caption: str = "") -> Pictures:
    """The first picture of each digit, then others in their order."""
    digits = evaluated.truth["digit"]
    _, firsts = np.unique(digits, return_index=True)
    others = np.setdiff1d(np.arange(len(digits)), firsts)
    rows = np.concatenate([firsts, others])[:_SAMPLES]
    classes = evaluated.classes
    shown = [show(png, truth, classes=classes) for png, truth, _ in evaluated.examples(rows)]
    return Pictures("From the eval split", shown, caption)


def without_digit(evaluated: Evaluated, show: Show) -> list[Part]:
    """Of pictures without a digit, those in which the model is surest that it sees one."""
    confidences = evaluated.predictions["confidence"]
    if not len(confidences):
        return []
    surest = np.argsort(-confidences, kind="stable")[:_SUREST]
    told = int((confidences < NO_DIGIT_BELOW).sum())
    return [
        Pictures(
            "Without a digit",
            [show(*one, classes=evaluated.classes) for one in evaluated.examples(surest)],
            f"In {told:,} of {len(confidences):,} pictures without a digit the confidence is below "
            f"{NO_DIGIT_BELOW}, which says so. Here it is highest.",
        )
    ]


def figures(evaluated: Evaluated, name: str) -> list[Figure]:
    """Those of the digits in the pictures that show one, if any does: see `TaskReport`."""
    there = evaluated.truth["digit"] != NO_DIGIT
    if not there.any():
        return []
    of = chosen(evaluated, there)
    digits = EvaluatedDigits(
        of.truth["digit"], of.predictions["digit"], of.predictions["confidence"], of.classes
    )
    return [
        confusion.draw(digits, name=f"confusion-{name}"),
        calibration.draw(digits, name=f"calibration-{name}"),
    ]


def by_digit(evaluated: Evaluated) -> Table:
    """Precision, recall and F1 of each digit that there are pictures of."""
    measured = measure_by_digit(
        dict(evaluated.truth), dict(evaluated.predictions), classes=len(evaluated.classes)
    )
    sums = {name: column.sum(axis=0) for name, column in measured.items()}
    columns = (precision(sums), recall(sums), f1(sums))
    return Table(
        ("digit", "pictures", "precision", "recall", "F1"),
        [
            (
                evaluated.classes[digit],
                f"{int(count):,}",
                *(f"{column[digit]:.4f}" for column in columns),
            )
            for digit, count in enumerate(sums["true"])
            if count
        ],
        "Precision: how many of the pictures that are read as a digit show it. Recall: how many of "
        "its pictures are read as it. F1: their harmonic mean.",
    )


def name_of(columns: Mapping[str, Any], classes: Sequence[str]) -> str:
    """What the digit of a picture is called, `no digit` where there is none."""
    return NOTHING if columns["digit"] == NO_DIGIT else classes[columns["digit"]]


def facts(truth: str, predicted: str, prediction: Mapping[str, Any]) -> list[str]:
    """The predicted digit and its confidence, and the ground truth where it is another."""
    told = f"{predicted} ({prediction['confidence']:.0%})"
    return [told] if predicted == truth else [told, f"truth {truth}"]


def caption(of: Sequence[str]) -> str:
    """Facts as the line below a picture, broken between them alone."""
    return ", ".join(fact.replace(" ", "\N{NO-BREAK SPACE}") for fact in of)
