"""What a labelled picture must hold: one object at most, a digit, with a box."""

from typing import TYPE_CHECKING, Final

from vocabulary import features

if TYPE_CHECKING:
    import tensorflow as tf

NO_DIGIT: Final = -1
"""In the place of the digit of a picture that shows none."""

_ONE = "presence { min_count: 1 } value_count { min: 1 max: 1 }"
_SHARE = "float_domain { min: 0.0 max: 1.0 disallow_nan: true disallow_inf: true }"


def _dense(key: str, default: str) -> str:
    return (
        f'tensor_representation {{ key: "{key}" value {{ dense_tensor {{ column_name: "{key}" '
        f"shape {{ dim {{ size: 1 }} }} default_value {{ {default} }} }} }} }}"
    )


SCHEMA: Final = "\n".join(
    [
        f'feature {{ name: "{features.LABEL}" type: INT {_ONE} '
        f'int_domain {{ name: "digit" min: 0 max: {features.NUM_CLASSES - 1} '
        "is_categorical: true } }",
        *(f'feature {{ name: "{key}" type: FLOAT {_ONE} {_SHARE} }}' for key in features.BOX),
        'tensor_representation_group { key: "" value {',
        _dense(features.LABEL, f"int_value: {NO_DIGIT}"),
        *(_dense(key, "float_value: 0.0") for key in features.BOX),
        "} }",
    ]
)
"""What a picture without a digit has not is filled in: `NO_DIGIT`, and a box of no area."""
DRIFT: Final = {
    "digit": features.LABEL,
    **dict(zip(("xmin", "ymin", "xmax", "ymax"), features.BOX, strict=True)),
}

_ROUNDING = 1e-3
"""How far an edge may be off the picture, of which it is a share."""


def why_unusable(example: "tf.train.Example") -> str:
    """See `vocabulary.task.examples`."""
    feature = example.features.feature
    labels = feature[features.LABEL].int64_list.value
    edges = [feature[key].float_list.value for key in features.BOX]
    if not labels:
        there = any(feature[key].WhichOneof("kind") for key in (features.LABEL, *features.BOX))
        return "it has a box or a list of objects, and no digit" if there else ""
    if len(labels) != 1:
        return f"it has {len(labels)} objects, not one"
    if labels[0] not in range(features.NUM_CLASSES):
        return f"its {features.LABEL} is {labels[0]}, which is no digit; it takes 0 to 9"
    if any(len(edge) != 1 for edge in edges):
        return "its digit has not one box"
    xmin, ymin, xmax, ymax = (edge[0] for edge in edges)
    inside = all(-_ROUNDING <= edge[0] <= 1 + _ROUNDING for edge in edges)
    if not (inside and xmin < xmax and ymin < ymax):
        return (
            "its box has no area on the picture; it takes edges as shares of the picture, xmin "
            "below xmax and ymin below ymax"
        )
    return ""
