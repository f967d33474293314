"""Random streams by name: each option of a scene draws from one of its own.

What an option draws depends on the seed, the split, the block of indices and the option's name. One
more option, or one that draws more or less, changes nothing that another draws. The names and how
they are hashed are part of the format: changing them changes every data set.
"""

import hashlib
from collections.abc import Callable

import numpy as np

Streams = Callable[[str], np.random.Generator]
"""The generator of a name, at its start each time it is asked for."""


def streams_of(*key: str | int) -> Streams:
    """The streams of a key, as the seed, the split and the number of a block are one."""

    def stream(name: str) -> np.random.Generator:
        text = "/".join(str(part) for part in (*key, name))
        return np.random.default_rng(
            int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
        )

    return stream
