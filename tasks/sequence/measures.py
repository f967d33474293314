"""What each picture contributes to the metrics of `tasks.sequence.judging`."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluation.ragged import lists
from tasks.sequence.number import LONGEST, as_key
from vocabulary import features
from vocabulary.task.judging import Columns

TRUTH: Final = {"number": "string"}
PREDICTION: Final = {"number": "string", "confidence": "float64"}


def read_truth(known: Mapping[str, Any], *, frames: NDArray[Any]) -> Columns:
    """The number of each picture by `number.as_key`, empty where there is no digit."""
    rows = (labels.astype(int).tolist() for labels in lists(known[features.LABEL]))
    numbers = [as_key(row, len(row)) for row in rows]
    return {"number": np.array(numbers, np.str_)}


def read_predictions(outputs: Mapping[str, Any]) -> Columns:
    """The most probable number with its probability."""
    lengths = np.ravel(outputs["length"]).astype(int).tolist()
    digits = np.asarray(outputs["digits"]).astype(int).tolist()
    numbers = [as_key(row, length) for row, length in zip(digits, lengths, strict=True)]
    confidence = np.ravel(outputs["probability"]).astype(np.float64)
    return {"number": np.array(numbers, np.str_), "confidence": confidence}


def measure(truth: Columns, predictions: Columns, *, classes: int) -> Columns:
    """The measures of n pictures; how many classes there are does not matter.

    Returns:
        right: whether the whole number is; of one of more than five digits, the first five and
            that there are more.
        length_right: whether it has as many digits as the true one; "more" is one length.
        digits: how many the true one has, of which five are read.
        digits_right: how many of those are predicted at their place, from the left.
        edits: digits to change, leave out or put in to make the true number of the predicted one.
        most_edits: the most that a number can need.
    """
    pairs = list(zip(truth["number"].tolist(), predictions["number"].tolist(), strict=True))
    measured = {
        "right": [true == predicted for true, predicted in pairs],
        "length_right": [len(true) == len(predicted) for true, predicted in pairs],
        "digits": [min(len(true), LONGEST) for true, _ in pairs],
        "digits_right": [
            sum(one == other for one, other in zip(true[:LONGEST], predicted, strict=False))
            for true, predicted in pairs
        ],
        "edits": [edit_distance(*pair) for pair in pairs],
        "most_edits": [LONGEST + 1] * len(pairs),
    }
    return {name: np.array(column, np.float64) for name, column in measured.items()}


def edit_distance(one: str, other: str) -> int:
    """V. Levenshtein's, of 1966: characters to change, leave out or put in."""
    if one == other:
        return 0
    row = list(range(len(other) + 1))
    for above, character in enumerate(one):
        before, row[0] = above, above + 1
        for at, theirs in enumerate(other, start=1):
            changed = before + (character != theirs)
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, changed)
    return row[-1]
