"""What a labelled picture must hold: any number of digits with boxes."""

from typing import TYPE_CHECKING, Final

from vocabulary import features

if TYPE_CHECKING:
    import tensorflow as tf

_SHARE = "float_domain { min: 0.0 max: 1.0 disallow_nan: true disallow_inf: true }"
_COUNT = "value_count { min: 0 }"

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
    """See `vocabulary.task.examples`; pictures without a digit, and with many, are of use."""
    return ""
