"""Matplotlib figures as inline SVG that follows the page's light and dark colours.

A figure is drawn in the placeholder colours below; in the SVG each becomes a CSS variable of the
page's style (`templates/style.css`), which has a light and a dark value. Text stays text and takes
the page's font. The palette is Okabe and Ito's, made for the colour-blind ("Color Universal
Design", 2008); whatever a colour tells, a dash, a marker or a label tells too.
"""

import io
import re
from typing import Any, Final

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vocabulary import document

INK: Final = "#010203"
FAINT: Final = "#020304"
BLUE: Final = "#030405"
ORANGE: Final = "#040506"
GREEN: Final = "#050607"
EMPTY: Final = "#060708"
_VARIABLES: Final = {
    INK: "ink", FAINT: "faint", BLUE: "blue", ORANGE: "orange", GREEN: "green", EMPTY: "empty",
}  # fmt: skip

SEQUENTIAL: Final = "cividis"
"""The colour map of heat maps: even steps, and readable by the colour-blind."""

_STYLE: Final = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # names and paths may hold dollars
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "lines.solid_capstyle": "butt",  # an interval ends where its line does
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.alpha": 0.35,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
}
# The page has one style; Matplotlib's own would reach beyond its figure. Groups need no names.
_SURPLUS = re.compile(
    r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>|"
    r'(?<=<g) id="[^"]*"|\s(?:width|height)="[\d.]+pt"|\sversion="1.1"',
    re.DOTALL,
)


class Drawing:
    """A figure under way: `with Drawing("overlap", 4.6, 3.0) as drawing`, then `drawing.finish()`.

    The style holds within the context: much of it is read when axes are made.
    """

    def __init__(self, name: str, width: float = 4.3, height: float = 3.4):
        """A figure of that many inches; `name` keeps its ids apart from other figures'."""
        self._style = matplotlib.rc_context(_STYLE | {"svg.hashsalt": name})
        self._size = (width, height)

    def __enter__(self) -> "Drawing":
        self._style.__enter__()
        self.figure = Figure(figsize=self._size, layout="constrained")
        self.figure.patch.set_alpha(0)
        return self

    def __exit__(self, *error: Any) -> None:
        self._style.__exit__(*error)

    def axes(self, rows: int = 1, columns: int = 1, **options: Any) -> list[Axes]:
        """The axes, row by row."""
        grid = self.figure.subplots(rows, columns, squeeze=False, **options).ravel()
        for axes in grid:
            axes.patch.set_alpha(0)
        return list(grid)

    def finish(self, caption: str, *, wide: bool = False) -> document.Figure:
        """The drawing as it is now, with its caption."""
        stream = io.StringIO()
        self.figure.savefig(stream, format="svg")
        svg = stream.getvalue()
        svg = _SURPLUS.sub("", svg[svg.index("<svg") :])
        for colour, name in _VARIABLES.items():
            svg = svg.replace(colour, f"var(--{name})")
        return document.Figure(svg, caption, wide)
