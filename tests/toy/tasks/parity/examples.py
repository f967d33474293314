"""Any picture of one digit will do."""

from typing import TYPE_CHECKING

from vocabulary import features

if TYPE_CHECKING:
    import tensorflow as tf

SCHEMA = (
    f'feature {{ name: "{features.LABEL}" type: INT presence {{ min_fraction: 1.0 min_count: 1 }} '
    "shape { dim { size: 1 } } int_domain { min: 0 max: 9 is_categorical: true } }"
)
DRIFT = {"digit": features.LABEL}


def why_unusable(example: "tf.train.Example") -> str:
    count = len(example.features.feature[features.LABEL].int64_list.value)
    return "" if count == 1 else f"it has {count} objects, not one"
