"""What a page is made of: sections of words, tables, figures, pictures and listings.

Sections are data; `components.report.page` turns them into HTML.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Rectangle: TypeAlias = Sequence[float]
"""Its edges (xmin, ymin, xmax, ymax) in [0, 1] of the picture."""


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: str
    tone: Literal["plain", "good", "bad"] = "plain"


@dataclass(frozen=True)
class Table:
    """Rows under a head; all but the first column are numbers where `numeric` is set."""

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    caption: str = ""
    numeric: bool = True
    folded: str = ""
    """The line that unfolds it; always open where this is empty."""


@dataclass(frozen=True)
class Figure:
    """A drawing as inline SVG, and a caption that says what to conclude."""

    svg: str
    caption: str
    wide: bool = False
    """Whether it takes more than a column of the page, where there is more than one."""
    folded: str = ""
    """The line that unfolds it; always open where this is empty."""


@dataclass(frozen=True)
class Mark:
    """A rectangle on a picture: of the ground truth (solid) or of a prediction (dashed).

    One that is inverted or not finite is left out.
    """

    rectangle: Rectangle
    of: Literal["truth", "prediction"]


@dataclass(frozen=True)
class Picture:
    """A picture with marks on it, a caption, and whether that tells of a mistake.

    `png` may be in any format that Pillow reads.
    """

    png: bytes
    caption: str
    marks: tuple[Mark, ...] = ()
    wrong: bool = False


@dataclass(frozen=True)
class Pictures:
    """Pictures side by side."""

    title: str
    pictures: Sequence[Picture]
    caption: str = ""
    pairs: bool = False
    """Whether each two belong together."""


@dataclass(frozen=True)
class Listing:
    """Text as it stands in a file, folded away."""

    title: str
    text: str


Part: TypeAlias = Words | Table | Figure | Pictures | Listing


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading; `id` is its anchor."""

    id: str
    title: str
    parts: Sequence[Part]
