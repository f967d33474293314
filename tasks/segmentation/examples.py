"""What a labelled picture must hold: a picture of its ink, whatever is written."""

from typing import TYPE_CHECKING, Final

from vocabulary import features

if TYPE_CHECKING:
    import tensorflow as tf

SCHEMA: Final = f"""
feature {{
  name: "{features.INK}" type: BYTES image_domain {{}}
  presence {{ min_fraction: 1.0 min_count: 1 }} value_count {{ min: 1 max: 1 }}
}}
tensor_representation_group {{ key: "" value {{ tensor_representation {{
  key: "{features.INK}"
  value {{ dense_tensor {{ column_name: "{features.INK}" shape {{ dim {{ size: 1 }} }} }} }}
}} }} }}
"""
DRIFT: Final[dict[str, str]] = {}


def why_unusable(example: "tf.train.Example") -> str:
    """See `vocabulary.task.examples`."""
    there = len(example.features.feature[features.INK].bytes_list.value)
    return "" if there == 1 else "it has no picture of its ink"
