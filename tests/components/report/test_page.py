"""The page: whole by itself, in a real browser, by day, by night and on a phone."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from components.report.figure import Drawing
from components.report.page import fill_in, render_page, render_sections, save_page
from tests.browser import obstacles, started
from vocabulary.document import (
    Figure,
    Listing,
    Mark,
    Picture,
    Pictures,
    Section,
    Table,
    Words,
)

BOX = (0.1, 0.1, 0.5, 0.5)
NASTY = "<script>alert('x')</script> & \"more\""
RECORD = [Section("record", "The run", [Words("not known yet")])]


def noisy_png(side: int) -> bytes:
    stream = io.BytesIO()
    pixels = np.random.default_rng(1).integers(0, 255, (side, side, 3), np.uint8)
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def picture(*marks: Mark, side: int = 20) -> Picture:
    return Picture(noisy_png(side), "a caption", marks)


def everything() -> list[Section]:
    with Drawing("a") as drawing:
        (axes,) = drawing.axes()
        axes.plot([0, 1])
        figures = [drawing.finish("It rises."), drawing.finish("It rises.", wide=True)]
    truth, prediction = Mark(BOX, of="truth"), Mark(BOX, of="prediction")
    wide = Table(tuple(f"column {i}" for i in range(30)), [("x" * 30,) * 30])
    folded = Table(("a",), [(NASTY,)], folded="More")
    return [
        Section("pictures", "Pictures", [Pictures("All", [picture(truth, prediction)] * 7)]),
        Section("pairs", "Pairs", [Pictures(NASTY, [picture(truth)] * 4, pairs=True)]),
        Section("figures", "Figures", figures),
        Section("words", NASTY, [Words(NASTY, "bad"), wide, folded, Listing("All", "x" * 500)]),
    ]


def test_a_photograph_in_cmyk_is_shown() -> None:
    stream = io.BytesIO()
    Image.new("CMYK", (20, 20)).save(stream, "JPEG")
    photograph = Picture(stream.getvalue(), "a caption")
    page = render_sections([Section("one", "One", [Pictures("All", [photograph])])])
    assert page.count("data:image/png;base64,") == 1


def test_text_cannot_become_markup() -> None:
    page = render_page(NASTY, everything(), record=RECORD)
    assert "<script" not in page


@pytest.mark.parametrize(
    "box", [(0.6, 0.7, 0.2, 0.2), (0.5,) * 4, (float("nan"),) * 4, (-float("inf"), 0, 1, 1)]
)
def test_degenerate_boxes_are_left_out(box: tuple[float, ...]) -> None:
    marked = picture(Mark(BOX, of="truth"), Mark(box, of="prediction"))
    html = render_sections([Section("a", "A", [Pictures("", [marked])])])
    assert html.count("<rect") == 1
    assert 'class="truth" x="2.0" y="2.0" width="8.0" height="8.0"' in html


def test_large_pictures_do_not_make_a_large_page() -> None:
    pictures = [picture(side=1024) for _ in range(3)]
    page = render_page("t", [Section("a", "A", [Pictures("", pictures)])], record=RECORD)
    assert 'viewBox="0 0 160 160"' in page
    assert len(page.encode()) < 6_000_000 * 3 / 42  # a page has 42


def test_the_record_of_a_run_is_filled_in_again_and_again() -> None:
    page = render_page("t", [Section("a", "A", [])], record=RECORD)
    first = fill_in(page, [Section("times", "Time", [Words("uno")])])
    second = fill_in(first, [Section("times", "Time", [Words("dos")])])
    assert "not known yet" in page
    assert "not known yet" not in first
    assert ("uno" in first, "uno" in second, "dos" in second) == (True, False, True)
    assert fill_in(second, RECORD) == page


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (390, "light"), (1280, "light")])
def test_a_browser_has_nothing_to_complain_of_and_asks_for_nothing(
    width: int, scheme: Any, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(render_page("digits", everything(), record=RECORD))
    messages: list[str] = []
    asked: list[str] = []
    with started() as browser:
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        for summary in page.locator("summary").all():
            summary.click()
        stumbled = obstacles(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        paper, ink = (
            page.evaluate(f"getComputedStyle(document.body).{name}")
            for name in ("backgroundColor", "color")
        )
        drawn = page.evaluate("getComputedStyle(document.querySelector('.drawing svg text')).fill")
        shown = page.evaluate(
            "[...document.querySelectorAll('.pictures image')]"
            ".every(image => image.getBoundingClientRect().width > 50)"
        )
    assert messages == []
    assert stumbled == []
    assert {url for url in asked if not url.startswith("data:")} == {path.as_uri()}
    assert wide <= width
    assert shown
    assert drawn == ink  # figures take the page's colours
    assert (brightness(paper) < brightness(ink)) == (scheme == "dark")


def brightness(colour: str) -> int:
    return sum(int(part) for part in colour.strip("rgb()").split(","))


def test_a_figure_stands_with_its_caption() -> None:
    html = render_sections([Section("a", "A", [Figure("<svg></svg>", "It is <good>.")])])
    assert "<svg></svg>" in html
    assert "It is &lt;good&gt;." in html


def test_a_page_that_does_not_fit_on_the_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    save_page("before", tmp_path / "report.html")
    (tmp_path / "report.new").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left on device") as caught:
        save_page("a page", tmp_path / "report.html")
    assert caught.value.filename == str(tmp_path / "report.html")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").read_text() == "before"
