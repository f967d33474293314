"""What a labelled picture must hold: one object at most, a digit, with a box."""

from typing import TYPE_CHECKING, Final

from digit import examples as digits
from vocabulary import features

if TYPE_CHECKING:
    import tensorflow as tf

_SHARE = "float_domain { min: 0.0 max: 1.0 disallow_nan: true disallow_inf: true }"


SCHEMA: Final = "\n".join(
    [
        digits.LABEL,
        *(f'feature {{ name: "{key}" type: FLOAT {digits.ONE} {_SHARE} }}' for key in features.BOX),
        'tensor_representation_group { key: "" value {',
        digits.DENSE_LABEL,
        *(digits.dense(key, "float_value: 0.0") for key in features.BOX),
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
    reason = digits.why_unusable(example)
    if reason or not feature[features.LABEL].int64_list.value:
        return reason
    edges = [feature[key].float_list.value for key in features.BOX]
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
