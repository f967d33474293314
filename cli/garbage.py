"""Python's search for garbage, which took a tenth of the processor's time of a run."""

import gc
from typing import Final

_NEW_OBJECTS: Final = 10_000


def collect_garbage_less_often() -> None:
    """Makes Python look for garbage after as many new objects, for the rest of this process.

    TensorFlow, TFX and Beam make objects by the million that live on, and after each 700 new ones,
    Python's default, it looks through more of them.
    """
    gc.set_threshold(_NEW_OBJECTS)
