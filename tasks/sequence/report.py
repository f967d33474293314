"""What the pages of a run and of a comparison show of this task: see `vocabulary.task.report`."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.report.coverage import draw_coverage
from digit.report import caption, subject
from tasks.sequence.number import LONGEST, of_key
from tasks.sequence.options import TaskOptions
from tasks.sequence.predictions import ABSTAINS_BELOW
from vocabulary import features
from vocabulary.document import Picture, Pictures, Section
from vocabulary.task.report import Card, Evaluated

FEATURES = {features.LABEL: "digit"}

_SAMPLES, _WORST = 12, 24


def card(options: TaskOptions) -> Card:
    """What the model card says of the task."""
    one = subject(options.classes)
    return Card(
        task=f"Read up to {LONGEST} in a row, each one {one}.",
        use="For pictures of one line of digits, in light ink on dark paper.",
        limits=(
            "Of longer numbers it is told that they are longer. Below a probability of "
            f"{ABSTAINS_BELOW} a number is more likely wrong than right, and is not told."
        ),
    )


def picture(
    png: bytes,
    truth: Mapping[str, Any],
    prediction: Mapping[str, Any] | None = None,
    *,
    classes: Sequence[str],
) -> Picture:
    """The picture, with the numbers in its caption."""
    true = _name(truth, classes)
    if prediction is None:
        return Picture(png, true)
    told = f"{_name(prediction, classes)} ({prediction['confidence']:.0%})"
    wrong = bool(truth["number"] != prediction["number"])
    return Picture(png, caption([told, f"truth {true}"] if wrong else [told]), wrong=wrong)


def sections(evaluated: Evaluated) -> list[Section]:
    """Samples, the worst predictions, and how they come about."""
    numbers, confidence = evaluated.truth["number"], evaluated.predictions["confidence"]
    right = numbers == evaluated.predictions["number"]
    # Mistakes first, the surest of them before all, then right numbers, the surest last.
    worst = np.lexsort((np.where(right, confidence, -confidence), right))[:_WORST]
    shown = Pictures(
        "Worst",
        [picture(*one, classes=evaluated.classes) for one in evaluated.examples(worst)],
        f"{int((~right).sum()):,} of {len(right):,} numbers are wrong. These come first, the "
        "surest before all, then right ones with the lowest confidence.",
    )
    some = evaluated.examples(_of_each_length(numbers))
    samples = [picture(png, truth, classes=evaluated.classes) for png, truth, _ in some]
    return [
        Section("samples", "Samples", [Pictures("From the eval split", samples)]),
        Section("predictions", "Predictions", [shown]),
        Section("numbers", "Numbers", [draw_coverage(right, confidence, subject="numbers")]),
    ]


def _name(columns: Mapping[str, Any], classes: Sequence[str]) -> str:
    return of_key(columns["number"], classes) or "no digits"


def _of_each_length(numbers: NDArray[Any]) -> NDArray[np.int64]:
    """The first picture of each length, then others in their order."""
    _, firsts = np.unique([len(number) for number in numbers.tolist()], return_index=True)
    others = np.setdiff1d(np.arange(len(numbers)), firsts)
    return np.concatenate([firsts, others])[:_SAMPLES]
