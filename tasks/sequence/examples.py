"""What a labelled picture must hold: digits, no more than the longest number has."""

from typing import TYPE_CHECKING, Final

from tasks.sequence.number import LONGEST
from vocabulary import features

if TYPE_CHECKING:
    import tensorflow as tf

SCHEMA: Final = (
    f'feature {{ name: "{features.LABEL}" type: INT value_count {{ min: 0 max: {LONGEST} }} '
    f'int_domain {{ name: "digit" min: 0 max: {features.NUM_CLASSES - 1} is_categorical: true }} }}'
)
DRIFT: Final = {"digit": features.LABEL}


def why_unusable(example: "tf.train.Example") -> str:
    """See `vocabulary.task.examples`; a picture without a digit is of use."""
    labels = example.features.feature[features.LABEL].int64_list.value
    if len(labels) > LONGEST:
        return f"it has {len(labels)} digits, and the longest number has {LONGEST}"
    for label in labels:
        if label not in range(features.NUM_CLASSES):
            return f"one {features.LABEL} is {label}, which is no digit; it takes 0 to 9"
    return ""
