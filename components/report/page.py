"""Turns sections into one self-contained HTML page: no script, no request.

The page keeps a place for what only ML Metadata knows of a run (times, lineage). The component
cannot see that on a cluster; `pipeline.workspace.run_page` fills it in.
"""

import base64
import contextlib
import functools
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import jinja2
import numpy as np
from markupsafe import Markup
from PIL import Image

from vocabulary.document import Rectangle, Section
from vocabulary.pictures import as_png

REPORT: Final = "report"
"""The key of Report's output."""
REPORT_FILE: Final = "report.html"

_BEGIN, _END = "<!-- run record -->", "<!-- end of run record -->"
_LARGEST: Final = 160
"""The longest side of a picture on the page, in pixels: a page must fit into a mail."""


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("components.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["kind"] = lambda part: type(part).__name__
    environment.globals.update(embed=_embed, outline=_outline)
    return environment


def render_page(
    title: str,
    sections: list[Section],
    *,
    record: list[Section] | None = None,
    links: Mapping[str, str] | None = None,
) -> str:
    """The page.

    `record`, if there is one, stands where `fill_in` puts other sections later; `links` lead to
    other pages, by what they are called.
    """
    template = _environment().get_template("page.html")
    slot = Markup(_BEGIN) + render_sections(record) + Markup(_END) if record else ""
    return template.render(title=title, sections=sections, slot=slot, links=links or {})


def render_sections(sections: list[Section]) -> Markup:
    """The HTML of sections alone."""
    return Markup(_environment().get_template("sections.html").render(sections=sections))


def save_page(page: str, path: Path) -> Path:
    """Writes a page, which appears whole or not at all; gives its path.

    Raises OSError if it cannot be written; it names the page, which that of a full disk does not.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    try:
        new.write_text(page, encoding="utf-8")
        return new.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from error


def fill_in(page: str, record: list[Section]) -> str:
    """The page with other sections in the place that it keeps for the record of a run."""
    head, _, rest = page.partition(_BEGIN)
    _, _, tail = rest.partition(_END)
    return f"{head}{_BEGIN}{render_sections(record)}{_END}{tail}"


def _embed(png: bytes) -> tuple[Markup, int, int]:
    """A picture as a data URL, and its width and height in pixels on the page."""
    picture = Image.open(io.BytesIO(png))
    if max(picture.size) > _LARGEST or picture.format != "PNG":
        picture.thumbnail((_LARGEST, _LARGEST))
        png = as_png(picture)
    return Markup("data:image/png;base64," + base64.b64encode(png).decode()), *picture.size


def _outline(edges: Rectangle, width: int, height: int) -> tuple[float, ...] | None:
    """x, y, width, height of a rectangle in pixels of a picture; none if it is degenerate."""
    if not np.isfinite(edges).all() or edges[2] <= edges[0] or edges[3] <= edges[1]:
        return None
    xmin, ymin, xmax, ymax = np.clip(edges, -1, 2) * [width, height, width, height]
    return tuple(round(float(v), 2) for v in (xmin, ymin, xmax - xmin, ymax - ymin))
