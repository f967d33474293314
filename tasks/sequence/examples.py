"""What a labelled picture must hold: digits with boxes, no more than the longest number has."""

from typing import TYPE_CHECKING, Final

from tasks.sequence.number import LONGEST
from vocabulary import features

if TYPE_CHECKING:
    import tensorflow as tf

_SHARE = "float_domain { min: 0.0 max: 1.0 disallow_nan: true disallow_inf: true }"
_COUNT = f"value_count {{ min: 0 max: {LONGEST} }}"

SCHEMA: Final = "\n".join(
    [
        f'feature {{ name: "{features.LABEL}" type: INT {_COUNT} int_domain {{ name: "digit" '
        "min: 0 is_categorical: true } }",
        *(f'feature {{ name: "{key}" type: FLOAT {_COUNT} {_SHARE} }}' for key in features.BOX),
        'tensor_representation_group { key: "" value {',
        *(
            f'tensor_representation {{ key: "{key}" value {{ varlen_sparse_tensor {{ '
            f'column_name: "{key}" }} }} }}'
            for key in (features.LABEL, *features.BOX)
        ),
        "} }",
    ]
)
DRIFT: Final = {"digit": features.LABEL}


def why_unusable(example: "tf.train.Example") -> str:
    """See `vocabulary.task.examples`; a picture without a digit is of use."""
    labels = example.features.feature[features.LABEL].int64_list.value
    if len(labels) > LONGEST:
        return f"it has {len(labels)} digits, and the longest number has {LONGEST}"
    return ""
