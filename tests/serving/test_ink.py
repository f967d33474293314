"""Ink is found and sent as models know it; the page does the same, to the pixel."""

import base64
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from serving.ink import CANVAS, LIGHT_PAPER, Ink, find_ink
from serving.line import find_line
from serving.prepare import grey_of
from serving.server import Addresses
from tests.browser import started
from tests.serving.ink_pictures import (
    ALL,
    AS_TRAINED,
    BLANK,
    CHALK,
    ON_DARK,
    ON_PAPER,
    InkPicture,
    encoded,
    photograph,
    touching,
    two_digits,
)
from vocabulary.pictures import open_upright

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOOKS = {"ink.js": ("findInk", find_ink), "line.js": ("findLine", find_line)}
IN_BROWSER = """async ([b64, invert, file, name]) => {
  const { greyOf } = await import("/ink.js"), find = (await import(`/${file}`))[name];
  const bytes = Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]), { premultiplyAlpha: "none" });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const ink = find(greyOf(context.getImageData(0, 0, width, height)), invert);
  return { ...ink, canvas: ink.canvas && Array.from(ink.canvas.data) };
}"""


def found(picture: InkPicture, invert: Any = "auto") -> Ink:
    return find_ink(grey_of(open_upright(encoded(picture))), invert)


def by_name(picture: InkPicture) -> str:
    return picture.name


@pytest.mark.parametrize("picture", ON_PAPER + ON_DARK, ids=by_name)
def test_ink_is_sent_light_in_the_middle_and_of_one_size(picture: InkPicture) -> None:
    ink = found(picture)
    assert ink.found
    assert ink.inverted == (picture in ON_PAPER)
    assert ink.canvas is not None
    ys, xs = np.nonzero(ink.canvas > 90)
    assert max(np.ptp(xs), np.ptp(ys)) + 1 == pytest.approx(0.28 * CANVAS, abs=5)
    for places in (xs, ys):
        assert (places.min() + places.max()) / 2 == pytest.approx(CANVAS / 2, abs=2.5)
    assert np.percentile(ink.canvas[ys, xs], 75) > 180
    far = ink.canvas.copy()
    far[ys.min() - 8 : ys.max() + 8, xs.min() - 8 : xs.max() + 8] = 0
    assert far.max() == 0


@pytest.mark.parametrize("picture", ON_PAPER + ON_DARK, ids=by_name)
def test_the_square_says_where_that_is_in_the_picture(picture: InkPicture) -> None:
    ink = found(picture)
    height, width = picture.pixels.shape[:2]
    left, top, across, down = np.array(ink.square) * [width, height, width, height]
    xmin, ymin, xmax, ymax = picture.box
    assert across == pytest.approx(down, rel=0.01)
    assert left + across / 2 == pytest.approx((xmin + xmax) / 2, abs=0.03 * across)
    assert top + down / 2 == pytest.approx((ymin + ymax) / 2, abs=0.03 * down)
    assert 0.28 * across == pytest.approx(ymax - ymin, rel=0.15)


@pytest.mark.parametrize("picture", AS_TRAINED, ids=by_name)
def test_a_picture_as_models_are_trained_is_sent_as_it_is(picture: InkPicture) -> None:
    ink = found(picture)
    assert ink == Ink(True, False, canvas=None, square=(0, 0, 1, 1), doubts=())


@pytest.mark.parametrize("picture", BLANK, ids=by_name)
def test_where_there_is_no_ink_none_is_found(picture: InkPicture) -> None:
    assert not found(picture).found


def test_light_paper_that_is_not_inverted_is_in_doubt() -> None:
    ink = found(ON_PAPER[0], "no")
    assert ink.doubts == (LIGHT_PAPER,)
    assert (ink.canvas, ink.inverted) == (None, False)


def test_dark_ink_is_inverted_if_asked_for_on_any_ground() -> None:
    dark = photograph("", height=300, width=300, x=100, y=60, size=150, bright=0.2, tilt=0)
    assert not found(dark).inverted
    ink = found(dark, "yes")
    assert ink.inverted
    assert ink.canvas is not None


def test_broad_light_ink_is_no_sheet_of_paper() -> None:
    ink = found(CHALK)
    assert (ink.found, ink.inverted) == (True, False)


def test_that_there_is_more_ink_of_that_size_is_said() -> None:
    assert found(two_digits()).several
    assert not found(ON_PAPER[0]).several
    assert found(touching()).several


def test_a_loose_bar_is_no_second_digit() -> None:
    five = photograph("", height=450, width=600, x=200, y=150, size=200).pixels
    five[100:120, 220:330] = 40  # far above it, and as long as it is wide
    assert not find_ink(five).several


@pytest.fixture(scope="module")
def page(server: Addresses) -> Iterator["Page"]:
    with started() as browser:
        page = browser.new_page()
        page.goto(server.rest)
        yield page


@pytest.mark.slow
@pytest.mark.parametrize("file", LOOKS)
@pytest.mark.parametrize(
    ("picture", "invert"),
    [(picture, "auto") for picture in ALL]
    + [(group[0], how) for group in (ON_PAPER, ON_DARK, BLANK) for how in ("yes", "no")],
    ids=lambda of: getattr(of, "name", of),
)
def test_the_page_sees_the_same(page: "Page", picture: InkPicture, invert: Any, file: str) -> None:
    name, find = LOOKS[file]
    ours = find(grey_of(open_upright(encoded(picture))), invert)
    b64 = base64.b64encode(encoded(picture)).decode()
    theirs = page.evaluate(IN_BROWSER, [b64, invert, file, name])
    assert (theirs["found"], theirs["inverted"]) == (ours.found, ours.inverted)
    assert (tuple(theirs["doubts"]), theirs["several"]) == (ours.doubts, ours.several)
    np.testing.assert_allclose(theirs["square"], ours.square, atol=1e-9)
    if ours.canvas is None:
        assert theirs["canvas"] is None
    else:
        seen = np.reshape(theirs["canvas"], ours.canvas.shape)
        # Sums are added up in another order.
        np.testing.assert_allclose(seen, ours.canvas, atol=1)
