"""The page for models that are sent more than a part of the ink: for numbers, ink, two stages."""

import base64
import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from serving.options import ServerOptions
from serving.server import running
from tests.browser import obstacles, started
from tests.serving.known_model import save_known
from tests.serving.known_stages import save_stage, scene
from tests.serving.stages.test_answers import CROP, SHARE
from vocabulary.signatures import DEFAULT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
DROP = """([name, b64]) => {
  const bytes = Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type: "image/png" }));
  document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
}"""
EDGES = "b => ['left', 'top', 'width', 'height'].map((k) => parseFloat(b.style[k]))"
Opened = Callable[[Path], AbstractContextManager["Page"]]


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with started() as browser:
        yield browser


@pytest.fixture
def opened(browser: "Browser") -> Opened:
    """The page for the models in a folder; it must make no error."""

    @contextmanager
    def open_page(folder: Path) -> Iterator["Page"]:
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        with running(ServerOptions(model_base_path=folder, port=0, rest_api_port=0)) as server:
            page.goto(server.rest)
            page.wait_for_selector("article")
            yield page
            page.close()
        assert errors == []

    return open_page


def drop(page: "Page", picture: bytes) -> None:
    page.evaluate(DROP, ["scene.png", base64.b64encode(picture).decode()])


def draw(page: "Page") -> None:
    """A bar across the middle of the paper."""
    paper = page.locator("#canvas").bounding_box()
    assert paper
    middle = paper["y"] + paper["height"] / 2
    page.mouse.move(paper["x"] + 0.4 * paper["width"], middle)
    page.mouse.down()
    page.mouse.move(paper["x"] + 0.6 * paper["width"], middle, steps=4)
    page.mouse.up()


def sent(page: "Page") -> list[np.ndarray]:
    """The pictures that the page sends from now on, grey."""
    pictures: list[np.ndarray] = []

    def note(request: Any) -> None:
        asked = json.loads(request.post_data) if request.method == "POST" else {}
        if asked and asked.get("signature_name", DEFAULT) == DEFAULT:
            encoded = base64.b64decode(asked["instances"][0]["b64"])
            pictures.append(np.asarray(Image.open(io.BytesIO(encoded)).convert("L")))

    page.on("request", note)
    return pictures


@pytest.mark.parametrize("light", [False, True])
def test_the_number_the_crop_and_the_mask_are_shown(
    opened: Opened, stages: Path, light: bool
) -> None:
    grey = np.asarray(Image.open(io.BytesIO(scene(210))))
    Image.fromarray(255 - grey if light else grey).save(encoded := io.BytesIO(), "PNG")
    with opened(stages) as page:
        pictures = sent(page)
        drop(page, encoded.getvalue())
        digit = int(210 / 255 * SHARE * 10)
        page.wait_for_selector(f"article .number:text-is('{digit}')")
        assert np.array_equal(pictures[-1], grey)
        # Picture and paper have the same shape, 4:3.
        crop = page.locator(".crop").evaluate(EDGES)
        left, top, right, bottom = np.array(CROP) * 100 / ([160, 120] * 2)
        assert crop == pytest.approx([left, top, right - left, bottom - top], abs=1)
        assert page.locator(".box").evaluate(EDGES) == pytest.approx([25, 50, 25, 100 / 6], abs=0.1)
        mask = page.locator(".area").evaluate("m => [getComputedStyle(m).maskImage, m.style.width]")
        assert mask[0].startswith('url("data:image/png;base64,')
        assert mask[1] == "100%"
        page.wait_for_selector("#said:has-text('reads')", state="attached")
        assert page.locator("#ways").is_hidden()


def test_all_of_the_paper_is_sent_of_what_is_drawn(opened: Opened, stages: Path) -> None:
    with opened(stages) as page:
        pictures = sent(page)
        draw(page)
        page.wait_for_selector(".crop")
        page.wait_for_load_state("networkidle")
        height, width = pictures[-1].shape
        assert height / width == pytest.approx(0.75)
        assert np.median(pictures[-1]) == 0
        xs = np.nonzero(pictures[-1] > 128)[1]
        assert (xs.min() / width, xs.max() / width) == pytest.approx((0.4, 0.6), abs=0.03)


def test_a_model_that_reads_lines_is_sent_the_line_alone(opened: Opened, tmp_path: Path) -> None:
    save_stage(tmp_path / "1", "sequence")
    with opened(tmp_path) as page:
        assert page.inner_text("#title") == "Write a number"
        pictures = sent(page)
        draw(page)
        page.wait_for_selector("article li")
        page.wait_for_load_state("networkidle")
        ink = pictures[-1] > 128
        assert ink.any(axis=0).mean() > 0.8  # it fills the picture from left to right
        page.click("#clear")
        page.wait_for_selector("article li", state="detached")
        drop(page, scene(210))
        page.wait_for_selector("article li")


def test_a_model_that_finds_ink_shows_its_mask_and_its_box(opened: Opened, tmp_path: Path) -> None:
    save_stage(tmp_path / "1", "segmentation")
    with opened(tmp_path) as page:
        drop(page, scene(210))
        page.wait_for_selector("article img")
        page.wait_for_selector("#said:has-text('finds ink')", state="attached")
        # Of the wide paper, 10:4, the picture of 4:3 takes the middle 53.3%.
        left, _, width, _ = page.locator(".box").evaluate(EDGES)
        assert left == pytest.approx(100 * (7 / 30 + 16 / 30 / 4), abs=2)
        assert width == pytest.approx(100 * 16 / 30 / 4, abs=3)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("task", ["localization", "classification", "sequence", "segmentation", ""])
def test_nobody_stumbles_over_the_page(
    browser: "Browser", stages: Path, tmp_path: Path, task: str, scheme: Any
) -> None:
    if task in {"localization", "classification"}:
        save_known(tmp_path / "1", 1, card={"task": task})
    elif task:
        save_stage(tmp_path / "1", task)
    options = ServerOptions(
        model_base_path=tmp_path if task else stages,
        port=0, rest_api_port=0, collect=tmp_path / "kept",
    )  # fmt: skip
    page = browser.new_page(color_scheme=scheme)
    with running(options) as server:
        page.goto(server.rest)
        page.wait_for_selector("article")
        assert obstacles(page) == []
        draw(page)
        page.wait_for_selector("article .latency:has-text('ms')")
        assert obstacles(page) == []
        page.close()


def test_an_obstacle_would_be_noticed(browser: "Browser") -> None:
    page = browser.new_page()
    page.set_content("<html lang=en><title>A</title><main><h1>A</h1><button></button></main>")
    assert obstacles(page) == ["button-name ['button']"]
    page.close()
