"""The keys of a tf.Example, defined once.

Names under `image/` follow the TF Object Detection API, and those under `image/object/` are lists:
a picture has none, one or many objects, in reading order. Names under `scene/` are the facts of a
drawn picture (`vocabulary.facts`); names under `prediction/` are what a model read.
"""

from typing import Final

IMAGE: Final = "image/encoded"
FORMAT: Final = "image/format"
HEIGHT: Final = "image/height"
WIDTH: Final = "image/width"
ID: Final = "image/id"
"""Of the picture, as `eval/000123`; no other picture of a data set has it."""
SOURCE_ID: Final = "image/source_id"
"""What must not be in two splits: the glyph or the photograph that a picture is made from. It
begins with where that is from (`vocabulary.handwriting`)."""
FORM: Final = "image/form"
"""The form (sheet) or font that the glyph is from, of one writer; empty where it is unknown."""

INK: Final = "image/segmentation/encoded"
"""A PNG of the ink, white on black, of the size of the picture; there where a task asks for it."""

LABEL: Final = "image/object/class/label"
TEXT: Final = "image/object/class/text"
"""What people call the class of each object."""
XMIN: Final = "image/object/bbox/xmin"
YMIN: Final = "image/object/bbox/ymin"
XMAX: Final = "image/object/bbox/xmax"
YMAX: Final = "image/object/bbox/ymax"
BOX: Final = (XMIN, YMIN, XMAX, YMAX)


def prediction(output: str) -> str:
    """Where an output of a model goes in the example that it was asked about."""
    return f"prediction/{output}"
