"""Figures as SVG in the colours of the page."""

import xml.etree.ElementTree as ET

from components.report.figure import BLUE, Drawing


def test_colours_are_the_page_s() -> None:
    with Drawing("a") as drawing:
        (axes,) = drawing.axes()
        axes.plot([0, 1], color=BLUE)
        svg = drawing.finish("").svg
    assert "var(--blue)" in svg
    assert "var(--ink)" in svg
    assert BLUE not in svg


def test_two_figures_share_no_id() -> None:
    def ids(name: str) -> set[str]:
        with Drawing(name) as drawing:
            (axes,) = drawing.axes()
            axes.plot([0, 1], marker="o")
            root = ET.fromstring(drawing.finish("").svg)
        return {element.attrib["id"] for element in root.iter() if "id" in element.attrib}

    assert ids("a")
    assert not ids("a") & ids("b")


def test_a_line_ends_where_its_last_point_is() -> None:
    with Drawing("a") as drawing:
        (axes,) = drawing.axes()
        (line,) = axes.plot([0, 1], [0, 1])
    assert line.get_solid_capstyle() == "butt"
