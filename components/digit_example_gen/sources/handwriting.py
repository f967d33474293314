"""All handwriting that travels in packages: UCI's forms, 5,000 of MNIST's digits, and fonts.

Each part is divided between splits by itself, so that every split holds out some of each.
"""

from collections.abc import Sequence

import numpy as np

from components.digit_example_gen.drawn import Drawn
from components.digit_example_gen.glyphs import Glyphs
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.pools import fonts, mnist_sample
from components.digit_example_gen.sources import uci
from vocabulary.source import Source

EMBEDDED = True

_MOST_GROUPS = 100
"""Of a part; keeps the numbers of the parts' groups apart."""


def open_source(data: DataOptions, splits: Sequence[str]) -> Source:
    """Scenes of this handwriting."""
    return Drawn(data, load(splits=splits))


def load(*, splits: Sequence[str]) -> dict[str, Glyphs]:
    """The glyphs of each split."""
    parts = [part.load(splits=splits) for part in (uci, mnist_sample, fonts)]
    return {split: _joined([part[split] for part in parts]) for split in splits}


def _joined(parts: Sequence[Glyphs]) -> Glyphs:
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in Glyphs.__dataclass_fields__
    }
    first = np.repeat(_MOST_GROUPS * np.arange(len(parts)), [len(part) for part in parts])
    return Glyphs(**{**columns, "groups": columns["groups"] + first})
