"""The keys of a tf.Example, defined once.

Names under `image/` follow the TF Object Detection API; names under `scene/` are the facts of a
synthetic picture, kept so that data can be validated and metrics sliced by them; names under
`prediction/` are what a model read.
"""

from typing import Final

IMAGE: Final = "image/encoded"
FORMAT: Final = "image/format"
HEIGHT: Final = "image/height"
WIDTH: Final = "image/width"
ID: Final = "image/id"
"""Of the picture, as `eval/000123`; no other picture of a data set has it."""
SOURCE_ID: Final = "image/source_id"
"""Where the glyph comes from; pictures of one glyph share it."""
FORM: Final = "image/form"
"""The form (sheet) that the glyph is from, filled in by one writer; empty where it is unknown."""

LABEL: Final = "image/object/class/label"
XMIN: Final = "image/object/bbox/xmin"
YMIN: Final = "image/object/bbox/ymin"
XMAX: Final = "image/object/bbox/xmax"
YMAX: Final = "image/object/bbox/ymax"
BOX: Final = (XMIN, YMIN, XMAX, YMAX)

SCALE: Final = "scene/scale"
ROTATION: Final = "scene/rotation"
CONTRAST: Final = "scene/contrast"
NOISE: Final = "scene/noise"
CLUTTER: Final = "scene/clutter"

NUM_CLASSES: Final = 10


def prediction(output: str) -> str:
    """Where an output of a model goes in the example that it was asked about."""
    return f"prediction/{output}"
