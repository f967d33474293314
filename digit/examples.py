"""What a labelled picture must hold for its digit to be read: one object at most, a digit."""

from typing import TYPE_CHECKING, Final

from vocabulary import features

if TYPE_CHECKING:
    import tensorflow as tf

NO_DIGIT: Final = -1
"""In the place of the digit of a picture that shows none."""

ONE: Final = "presence { min_count: 1 } value_count { min: 1 max: 1 }"
"""Of a schema's feature: one value where there is any."""


def dense(key: str, default: str) -> str:
    """A schema's tensor representation that fills in a value where a picture has none."""
    return (
        f'tensor_representation {{ key: "{key}" value {{ dense_tensor {{ column_name: "{key}" '
        f"shape {{ dim {{ size: 1 }} }} default_value {{ {default} }} }} }} }}"
    )


LABEL: Final = (
    f'feature {{ name: "{features.LABEL}" type: INT {ONE} '
    'int_domain { name: "digit" min: 0 is_categorical: true } }'
)
"""The schema's feature."""
DENSE_LABEL: Final = dense(features.LABEL, f"int_value: {NO_DIGIT}")


def why_unusable(example: "tf.train.Example") -> str:
    """See `vocabulary.task.examples`; boxes are not looked at, but for that no digit has none."""
    feature = example.features.feature
    labels = feature[features.LABEL].int64_list.value
    if not labels:
        there = any(feature[key].WhichOneof("kind") for key in (features.LABEL, *features.BOX))
        return "it has a box or a list of objects, and no digit" if there else ""
    if len(labels) != 1:
        return f"it has {len(labels)} objects, not one"
    return ""
