"""The page in a browser, with real pointers and keys, against a server and against none."""

import base64
import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest

from serving.options import ServerOptions
from serving.server import Addresses, running
from tests.browser import started
from tests.serving.known_model import drawn, save_known
from vocabulary.model_files import CARD, EXTRA, FIGURES
from vocabulary.signatures import DEFAULT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page, Route

PAGE = Path(__file__).parents[2] / "serving" / "page"
pytestmark = pytest.mark.slow
DROP = """([name, type, b64]) => {
  const bytes = Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type }));
  document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
}"""
COPY = """async (b64) => {
  const bytes = Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
  const blob = new Blob([bytes], { type: "image/png" });
  await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
}"""
# Corners of handwriting in percent of its height and width, one list for each lift of the pen.
SHAPES = {
    0: [[(50, 0), (10, 25), (5, 70), (50, 100), (95, 70), (90, 25), (50, 0)]],
    1: [[(20, 25), (60, 0), (60, 100)]],
    2: [[(5, 25), (45, 0), (90, 25), (60, 60), (0, 100), (95, 100)]],
    3: [[(10, 10), (60, 0), (80, 25), (35, 48), (90, 70), (60, 98), (5, 90)]],
    4: [[(60, 0), (0, 65), (95, 65)], [(70, 40), (65, 100)]],
    5: [[(90, 0), (20, 0), (10, 45), (60, 40), (90, 70), (55, 100), (5, 92)]],
    6: [[(75, 0), (20, 40), (8, 80), (50, 100), (88, 75), (55, 52), (10, 75)]],
    7: [[(0, 0), (95, 0), (40, 100)]],
    8: [[(50, 48), (10, 22), (50, 0), (88, 22), (10, 75), (50, 100), (92, 75), (50, 48)]],
    9: [[(88, 25), (45, 50), (10, 25), (45, 0), (88, 20), (70, 100)]],
}


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with started() as browser:
        yield browser


@pytest.fixture
def page(browser: "Browser", server: Addresses) -> Iterator["Page"]:
    """The page, which must make no error and ask nobody but its server."""
    page = browser.new_page()
    errors: list[str] = []
    hosts: set[str] = set()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: hosts.add("//".join(urlsplit(request.url)[:2])))
    page.goto(server.rest)
    page.wait_for_selector("article")
    yield page
    page.close()
    assert errors == []
    assert hosts - {"data//"} == {server.rest.replace("://", "//")}


def draw(page: "Page", shape: list[list[tuple[int, int]]], *, at: float, size: float) -> None:
    paper = page.locator("#canvas").bounding_box()
    assert paper

    def spot(corner: tuple[int, int]) -> tuple[float, float]:
        x, y = (at + size * value / 100 for value in corner)
        return paper["x"] + x * paper["width"], paper["y"] + y * paper["height"]

    for stroke in shape:
        page.mouse.move(*spot(stroke[0]))
        page.mouse.down()
        for corner in stroke[1:]:
            page.mouse.move(*spot(corner), steps=4)
        page.mouse.up()


def sent(page: "Page") -> list[dict[str, Any]]:
    """What the page asks from now on: the picture as grey pixels, and the path."""
    requests: list[dict[str, Any]] = []

    def note(request: Any) -> None:
        asked = json.loads(request.post_data) if request.method == "POST" else {}
        if asked.get("signature_name", DEFAULT) == DEFAULT and asked:
            [row] = asked["instances"]
            encoded = np.frombuffer(base64.b64decode(row["b64"]), np.uint8)
            pixels = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
            requests.append({"pixels": pixels, "url": request.url})

    page.on("request", note)
    return requests


@pytest.mark.parametrize("digit", range(10))
def test_strokes_are_sent_white_on_black_centred_and_of_one_size(page: "Page", digit: int) -> None:
    requests = sent(page)
    draw(page, SHAPES[digit], at=0.1 + digit * 0.02, size=0.1 + digit * 0.06)
    page.wait_for_selector(".box")
    page.wait_for_load_state("networkidle")
    ys, xs = np.nonzero(requests[-1]["pixels"] > 128)
    side = len(requests[-1]["pixels"])
    spans = np.array([xs.max() - xs.min() + 1, ys.max() - ys.min() + 1])
    assert abs(spans.max() / side - 0.28) < 0.03
    middle = np.array([xs.max() + xs.min(), ys.max() + ys.min()]) / 2
    assert np.abs(middle - side / 2).max() < 3


def test_the_box_stands_on_the_paper_where_the_model_sees_it(page: "Page") -> None:
    draw(page, SHAPES[7], at=0.3, size=0.4)
    page.wait_for_selector(".box")
    page.wait_for_load_state("networkidle")
    box = page.locator(".box").evaluate("b => ['left', 'width'].map((k) => parseFloat(b.style[k]))")
    # Version 4 sees x from 0 to a quarter of a square whose middle is the drawing's.
    square = 0.4 / (0.28 - 0.042) * 100
    middle = 30 + 0.95 * 40 / 2
    assert box == pytest.approx([middle - square / 2, square / 4], abs=2)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_dropped_picture_is_read(page: "Page", suffix: str) -> None:
    encoded = base64.b64encode(drawn(3, suffix=suffix)).decode()
    kind = "image/png" if suffix == ".png" else "image/jpeg"
    page.evaluate(DROP, [f"three{suffix}", kind, encoded])
    page.wait_for_selector("article .digit:text-is('3')")
    page.click("#undo")
    page.wait_for_selector(".box", state="detached")


def test_a_pasted_picture_is_read(browser: "Browser", server: Addresses) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(server.rest)
    page.wait_for_selector("article")
    page.evaluate(COPY, base64.b64encode(drawn(3)).decode())
    page.keyboard.press("Control+v")
    page.wait_for_selector("article .digit:text-is('3')")
    context.close()


def photograph(*, height: int = 240, width: int = 360, tilt: float = 0.4) -> bytes:
    """A 7 in dark ink on paper that is less lit to one side, in the left half."""
    light = 1 - tilt * np.mgrid[0:height, 0:width][1] / width
    paper = np.full((height, width), 225, np.uint8)
    corners = np.int32([[60, 60], [130, 60], [90, 180]]) * height // 240
    cv2.polylines(paper, [corners], False, 50, height // 30, cv2.LINE_AA)
    return cv2.imencode(".png", np.uint8(paper * light))[1].tobytes()


def test_ink_on_light_paper_is_sent_alone_light_and_of_one_size(page: "Page") -> None:
    requests = sent(page)
    encoded = base64.b64encode(photograph()).decode()
    page.evaluate(DROP, ["seven.png", "image/png", encoded])
    page.wait_for_selector(".box")
    page.wait_for_load_state("networkidle")
    pixels = requests[-1]["pixels"]
    ys, xs = np.nonzero(pixels > 100)
    assert pixels[0].max() == 0
    assert abs((np.ptp(ys) + 1) / len(pixels) - 0.28) < 0.03
    assert abs((xs.max() + xs.min()) / 2 - len(pixels) / 2) < 3
    box = page.locator(".box").evaluate("b => ['left', 'width'].map((k) => parseFloat(b.style[k]))")
    # Version 4 sees x from 0 to a quarter of a square of 128 / 0.28 pixels around (95, 120) of 360.
    side = 128 / 0.28 / 360 * 100
    assert box == pytest.approx([95 / 360 * 100 - side / 2, side / 4], abs=2)


def test_a_picture_without_ink_has_no_digit(page: "Page") -> None:
    requests = sent(page)
    blank = cv2.imencode(".png", np.full((60, 80), 200, np.uint8))[1].tobytes()
    page.evaluate(DROP, ["blank.png", "image/png", base64.b64encode(blank).decode()])
    page.wait_for_selector(".note:has-text('no digit')")
    assert page.locator(".box").count() == 0
    assert requests == []


def test_what_is_no_picture_is_a_sentence(page: "Page") -> None:
    page.evaluate(DROP, ["notes.txt", "text/plain", base64.b64encode(b"notes").decode()])
    page.wait_for_selector("#trouble:not([hidden])")
    assert "notes.txt is not a picture" in page.inner_text("#trouble")


def test_two_versions_stand_side_by_side(page: "Page") -> None:
    page.select_option("#other", "2")
    requests = sent(page)
    page.click("#examples button:nth-child(4)")
    page.wait_for_selector(".box.second")
    page.wait_for_load_state("networkidle")
    assert page.locator("article").count() == 2
    assert any("/versions/2:predict" in request["url"] for request in requests)
    widths = page.locator(".box").evaluate_all("bs => bs.map((b) => parseFloat(b.style.width))")
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.01)


def test_versions_are_told_by_date_and_what_they_reached(browser: "Browser", base: Path) -> None:
    shutil.copytree(base / "1", base / "1726000000")
    shutil.copytree(base / "1", base / "1726000001")
    figures = base / "1726000000" / EXTRA / FIGURES
    figures.parent.mkdir()
    figures.write_text('{"accuracy": 0.98151, "mean IoU": 0.9}')
    page = browser.new_page(timezone_id="UTC")
    with running(ServerOptions(model_base_path=base, port=0, rest_api_port=0)) as server:
        page.goto(server.rest)
        page.wait_for_selector("article")
        day = "10 Sept 2024 20:26"
        assert page.locator("#version option").all_inner_texts() == [
            f"newest · {day} · 1726000001",
            f"{day} · 1726000001",
            f"{day} · accuracy 0.982 · mean IoU 0.900",
        ]
        page.close()


def test_labels_of_two_boxes_stay_apart(page: "Page") -> None:
    page.select_option("#other", "2")
    draw(page, SHAPES[0], at=0.0, size=1.0)
    page.wait_for_selector(".box.second")
    page.wait_for_load_state("networkidle")
    first, second = page.locator(".box span").evaluate_all(
        "labels => labels.map((label) => label.getBoundingClientRect().toJSON())"
    )
    assert first["bottom"] <= second["top"]


def test_the_keyboard_draws_undoes_and_clears(page: "Page") -> None:
    page.focus("#canvas")
    for key in ("Space", "Shift+ArrowRight", "ArrowDown", "Space"):
        page.keyboard.press(key)
    page.wait_for_selector(".box")
    page.keyboard.press("Control+z")
    page.wait_for_selector(".box", state="detached")
    assert page.is_disabled("#undo")
    page.click("#examples button:first-child")
    page.wait_for_selector(".box")
    page.focus("#canvas")
    page.keyboard.press("Delete")
    page.wait_for_selector(".box", state="detached")


def test_several_digits_are_read_on_wide_paper(page: "Page") -> None:
    page.focus("#one")
    page.keyboard.press("ArrowRight")
    paper = page.locator("#canvas").bounding_box()
    assert paper
    assert paper["width"] > 2 * paper["height"]
    page.click("#examples button:nth-child(8)")
    draw(page, [[(0, 0), (20, 0), (5, 60)]], at=0.3, size=0.8)
    page.wait_for_selector("article .number:text-is('00')")  # what this model reads in a little ink
    seven, drawn = page.locator(".box").evaluate_all(
        "bs => bs.map((b) => ['left', 'top', 'width', 'height'].map((k) => parseFloat(b.style[k])))"
    )
    assert seven[0] + seven[2] < drawn[0] + drawn[2]
    assert page.locator("article li").count() == 2
    page.wait_for_selector("#said:has-text('reads 0 0')", state="attached")
    page.check("#one")
    page.wait_for_selector(".box", state="detached")
    assert page.is_disabled("#undo")
    page.click("#examples button:nth-child(8)")
    page.wait_for_selector("article .digit:text-is('0')")


def test_all_digits_of_a_dropped_picture_are_read(page: "Page") -> None:
    page.check("#all")
    encoded = base64.b64encode(photograph()).decode()
    page.evaluate(DROP, ["seven.png", "image/png", encoded])
    page.wait_for_selector("article .number:text-is('0')")
    box = page.locator(".box").evaluate("b => ['left', 'top'].map((k) => parseFloat(b.style[k]))")
    # The picture of 360 x 240 is 0.6 of the wide paper's width; version 4 sees the left quarter of
    # a square of 128 / 0.28 pixels around (95, 120).
    assert box == pytest.approx([100 * (0.2 + 0.6 * max(0, 95 - 64 / 0.28) / 360), 0], abs=1)


def test_a_screen_reader_hears_what_is_read(page: "Page") -> None:
    page.click("#examples button:nth-child(3)")
    page.wait_for_selector("#said:has-text('reads')", state="attached")
    assert "percent" in page.inner_text("#said")
    assert page.locator("#said").get_attribute("role") == "status"


def test_a_finger_draws(browser: "Browser", server: Addresses) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(server.rest)
    page.wait_for_selector("article")
    paper = page.locator("#canvas").bounding_box()
    assert paper
    page.touchscreen.tap(paper["x"] + 100, paper["y"] + 100)
    page.wait_for_selector(".box")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_on_a_phone_the_answer_stands_on_the_first_screen(
    browser: "Browser", server: Addresses
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 664})
    page.goto(server.rest)
    page.wait_for_selector("article")
    page.click("#examples button:first-child")
    page.wait_for_selector(".box")
    answer, paper = (page.locator(name).bounding_box() for name in ("article", "#paper"))
    assert answer
    assert paper
    assert paper["y"] + paper["height"] < answer["y"]
    assert answer["y"] + answer["height"] < 664
    shown = page.locator("article li:visible b").all_inner_texts()
    assert "100.0%" in shown
    assert page.locator("article li.best").is_visible()
    page.close()


def test_on_a_phone_the_less_probable_bars_are_shown_on_request(
    browser: "Browser", server: Addresses
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    answer_all(page, [0.01] * 3 + [0.7, 0.2, 0.05] + [0.005] * 4)
    page.goto(server.rest)
    page.wait_for_selector("article")
    page.click("#examples button:nth-child(4)")
    page.wait_for_selector(".box")
    assert page.locator("article li:visible span").all_inner_texts() == ["3", "4", "5"]
    page.click("#rest")
    assert page.locator("article li:visible").count() == 10
    page.click("#clear")
    page.click("#examples button:nth-child(4)")
    page.wait_for_selector(".box")
    assert page.locator("article li:visible").count() == 10
    page.close()


def answer_all(page: "Page", probabilities: list[float]) -> None:
    """Answers for the server, always the same."""
    digit = int(np.argmax(probabilities))
    row = {"digit": digit, "probabilities": probabilities, "box": [0.4, 0.4, 0.6, 0.6]}

    def answer(route: "Route") -> None:
        if json.loads(route.request.post_data or "{}").get("signature_name", DEFAULT) == DEFAULT:
            route.fulfill(json={"predictions": [row]})
        else:
            route.continue_()

    page.route("**:predict", answer)


class _Slow(BaseHTTPRequestHandler):
    """A server that answers each question a while after it was asked, like TensorFlow Serving."""

    delay = 1.0
    asked: list[float]

    def do_GET(self) -> None:
        self._answer({"model_version_status": [{"version": "1", "state": "AVAILABLE"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if (name := body.get("signature_name", DEFAULT)) != DEFAULT:
            return self._answer({"error": f"there is no signature {name}"}, status=400)
        self.server.asked += 1  # type: ignore[attr-defined]
        threading.Event().wait(self.delay)
        row = {"digit": 5, "probabilities": [0] * 5 + [1] + [0] * 4, "box": [0, 0, 1, 1]}
        return self._answer({"predictions": [row]})

    def _answer(self, answer: dict[str, Any], *, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def slow() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Slow) as listening:
        listening.asked = 0  # type: ignore[attr-defined]
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


def test_a_slow_server_elsewhere_gets_one_request_at_a_time(
    browser: "Browser", server: Addresses, slow: ThreadingHTTPServer
) -> None:
    page = browser.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{server.rest}/?api=http://127.0.0.1:{slow.server_port}")
    page.wait_for_selector("article")
    draw(page, SHAPES[5], at=0.3, size=0.4)
    page.wait_for_selector(".latency:has-text('waiting')")
    page.wait_for_selector("article .digit:text-is('5')")
    page.wait_for_timeout(1500)
    # Some thirty moves of the mouse: the first is asked for, then what there is when that is over.
    assert slow.asked <= 3  # type: ignore[attr-defined]
    assert int(page.inner_text("article .latency").removesuffix(" ms")) >= 1000
    page.close()


@pytest.mark.parametrize("allowed", [True, False])
def test_a_server_elsewhere_is_asked_if_it_allows_that(
    browser: "Browser", server: Addresses, saved: Path, allowed: bool
) -> None:
    options = ServerOptions(
        model_base_path=saved, port=0, rest_api_port=0, rest_api_enable_cors_support=allowed
    )
    page = browser.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    with running(options) as elsewhere:
        page.goto(f"{server.rest}/?api={elsewhere.rest}")
        page.wait_for_selector("article")
        draw(page, SHAPES[7], at=0.3, size=0.4)
        if allowed:
            page.wait_for_selector(".box")
            assert page.is_hidden("#trouble")
            assert page.locator("#version option").count() == 3
        else:
            page.wait_for_selector("#trouble:not([hidden])")
            assert "rest_api_enable_cors_support" in page.inner_text("#trouble")
        page.close()


def test_nothing_is_sent_elsewhere_unless_the_user_agrees(
    browser: "Browser", server: Addresses, slow: ThreadingHTTPServer
) -> None:
    page = browser.new_page()
    questions: list[str] = []
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))

    def refuse(dialog: "Dialog") -> None:
        questions.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    address = f"http://127.0.0.1:{slow.server_port}"
    page.goto(f"{server.rest}/?api={address}")
    page.wait_for_selector("article")
    draw(page, SHAPES[5], at=0.3, size=0.4)
    page.wait_for_selector("#trouble:not([hidden])")
    assert f"Nothing is sent to {address}" in page.inner_text("#trouble")
    page.wait_for_timeout(500)
    assert questions == [f"Send what you draw here to {address}?"]
    assert slow.asked == 0  # type: ignore[attr-defined]
    assert all(url.startswith(server.rest) for url in requests)
    page.close()


def test_all_that_can_be_used_has_a_name_and_can_be_reached_by_keyboard(page: "Page") -> None:
    for role, name in (
        ("application", "Paper"),
        ("button", "Clear"),
        ("slider", "Pen"),
        ("combobox", "Version"),
        ("combobox", "Compare with"),
        ("radio", "One digit"),
        ("radio", "Several digits"),
        ("button", "Example: 0"),
        ("button", "Example: 9"),
        ("status", None),
    ):
        found = page.get_by_role(role, name=name) if name else page.get_by_role(role)  # type: ignore[arg-type]
        assert found.count() == 1, (role, name)
    page.click("#examples button:first-child")
    page.wait_for_selector(".box")
    reached = set()
    page.evaluate("document.activeElement.blur()")
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert {"canvas", "undo", "clear", "file", "pen", "version", "other", "BUTTON"} <= reached


def test_a_dead_server_is_a_sentence_and_the_drawing_stays(
    browser: "Browser", server: Addresses
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        dead = taken.getsockname()[1]  # Chromium refuses well-known ports by itself
    page = browser.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{server.rest}/?api=http://127.0.0.1:{dead}")
    page.wait_for_selector("article")
    draw(page, SHAPES[2], at=0.3, size=0.4)
    page.wait_for_selector("#trouble:not([hidden])")
    assert "cannot be reached" in page.inner_text("#trouble")
    assert page.is_enabled("#undo")
    page.close()


def test_a_model_of_light_paper_is_sent_dark_ink_on_it(browser: "Browser", tmp_path: Path) -> None:
    save_known(tmp_path / "1", 1, card={"paper": "light"})
    page = browser.new_page()
    requests = sent(page)
    with running(ServerOptions(model_base_path=tmp_path, port=0, rest_api_port=0)) as addresses:
        page.goto(addresses.rest)
        page.wait_for_selector("article")
        draw(page, SHAPES[7], at=0.3, size=0.4)
        page.wait_for_selector(".box")
        page.close()
    pixels = requests[-1]["pixels"]
    assert (pixels[0, 0], pixels.min()) == (255, 255 - 230)


def test_a_task_without_a_script_gets_a_table_of_the_outputs(
    browser: "Browser", tmp_path: Path
) -> None:
    save_known(tmp_path / "1", 1)
    (tmp_path / "1" / CARD).parent.mkdir()
    (tmp_path / "1" / CARD).write_text('{"task": "of another house"}')
    options = ServerOptions(model_base_path=tmp_path, port=0, rest_api_port=0)
    page = browser.new_page()
    with running(options) as addresses:
        page.goto(addresses.rest)
        page.wait_for_selector("article")
        draw(page, SHAPES[7], at=0.3, size=0.4)
        page.wait_for_selector("article th:text-is('probabilities')")
        names = page.locator("article th").all_inner_texts()
        box = page.locator("article tr", has_text="box").locator("td").inner_text()
        page.close()
    assert names == ["box", "digit", "probabilities"]
    assert box == "0, 0, 1, 1"


def test_the_page_names_no_other_address() -> None:
    scripts = PAGE.parents[1].glob("tasks/*/*.js")
    for path in [*PAGE.iterdir(), *scripts]:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "https://" not in text
        assert "//cdn" not in text


def test_empty_paper_says_what_to_do(page: "Page") -> None:
    assert "Draw a digit" in page.inner_text("article .note")
    page.click("#examples button:first-child")
    page.wait_for_selector("article .digit")
    page.click("#clear")
    page.wait_for_selector("article .note:has-text('Draw a digit')")


def test_versions_are_told_by_date_with_the_number_beside(page: "Page") -> None:
    page.clock.set_fixed_time("2026-11-21T12:00:00")
    texts = page.evaluate("""async () => {
      const { entryOf, titleOf } = await import("./versions.js");
      const at = (text) => String(new Date(text) / 1000);
      return [entryOf(at("2026-11-20T14:29:00")), titleOf(at("2026-11-21T02:49:00")),
              titleOf(at("2025-11-20T14:29:00")), entryOf("4"), titleOf("4")];
    }""")
    assert texts[0].startswith("20 Nov 14:29 · 17")
    assert texts[1:] == ["Version of today 02:49", "Version of 20 Nov 2025 14:29", "4", "Version 4"]


def test_the_other_version_can_be_put_away(page: "Page") -> None:
    first = "s => s.options[0].text"
    assert page.locator("#other").evaluate(first) == "Compare with …"
    page.select_option("#other", "2")
    assert page.locator("article h3").all_inner_texts() == ["Newest version", "Version 2"]
    assert page.locator("#other").evaluate(first) == "Compare with none"
    page.select_option("#other", "none")
    assert page.locator("article").count() == 1


def test_the_line_of_a_box_stands_beside_ink_that_is_thicker_than_what_was_sent(
    page: "Page",
) -> None:
    offset = "box => parseFloat(getComputedStyle(box).outlineOffset)"
    draw(page, SHAPES[7], at=0.3, size=0.4)
    page.wait_for_selector(".box")
    assert page.locator(".box").evaluate(offset) == 2
    page.click("#clear")
    draw(page, SHAPES[7], at=0.3, size=0.06)
    page.wait_for_selector(".box")
    page.wait_for_load_state("networkidle")
    paper = page.locator("#canvas").bounding_box()
    assert paper
    thick = 0.042 / (0.28 - 0.042) * 0.06  # of the stroke, as it is sent
    beyond = (20 / 600 - thick) / 2 * paper["width"]
    assert page.locator(".box").evaluate(offset) == pytest.approx(2 + beyond, abs=1)


def test_an_answer_below_the_threshold_is_not_sure(page: "Page") -> None:
    answer_all(page, [0.05] * 3 + [0.55] + [0.05] * 6)
    page.click("#examples button:nth-child(4)")
    page.wait_for_selector(".doubts:has-text('Not sure: low confidence')")
    assert page.locator("article.unsure .digit:text-is('3')").count() == 1
    page.wait_for_selector("#said:has-text('55 percent, not sure')", state="attached")


def test_no_digit_is_said_in_place_of_one(page: "Page") -> None:
    answer_all(page, [0.1] * 10)
    page.click("#examples button:nth-child(4)")
    page.wait_for_selector("article .digit:text-is('No digit here')")
    assert page.locator(".box").count() == 0
    assert page.is_hidden(".doubts")


def test_two_digits_on_the_paper_for_one_come_along_to_the_paper_for_several(page: "Page") -> None:
    page.click("#examples button:nth-child(8)")
    page.wait_for_selector(".box")
    assert page.is_hidden("#several")
    page.click("#clear")
    draw(page, SHAPES[7], at=0.2, size=0.2)
    draw(page, [[(x + 150, y) for x, y in stroke] for stroke in SHAPES[7]], at=0.2, size=0.2)
    page.wait_for_selector("#several:has-text('several')")
    assert "Not sure: more than one digit" in page.inner_text(".doubts")
    page.click("#several button")
    page.wait_for_selector("article .number:text-is('00')")  # what this model reads in a little ink
    assert page.is_hidden("#several")
    assert page.is_checked("#all")
    lefts = page.locator(".box").evaluate_all("bs => bs.map((b) => parseFloat(b.style.left))")
    # They were 0.3 of the square paper apart, and the wide one is 0.4 of its width high.
    assert lefts[1] - lefts[0] == pytest.approx(100 * 0.3 * 0.4, abs=0.5)


def test_what_the_model_gets_is_shown_beside_the_answer(page: "Page") -> None:
    assert page.is_hidden(".seen")
    requests = sent(page)
    draw(page, SHAPES[7], at=0.3, size=0.4)
    page.wait_for_selector(".box")
    page.wait_for_load_state("networkidle")
    shown = page.locator(".seen img").get_attribute("src") or ""
    encoded = np.frombuffer(base64.b64decode(shown.split(",")[1]), np.uint8)
    pixels = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
    assert np.array_equal(pixels, requests[-1]["pixels"])
    page.click("#clear")
    page.wait_for_selector(".seen", state="hidden")


@pytest.mark.parametrize(
    ("button", "command"), [("#curl", ["bash", "-c"]), ("#python", [sys.executable, "-c"])]
)
def test_the_request_is_copied_as_what_asks_the_same(
    browser: "Browser", server: Addresses, button: str, command: list[str]
) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(server.rest)
    page.wait_for_selector("article")
    assert page.is_disabled(button)
    page.click("#examples button:nth-child(4)")
    page.wait_for_selector(".box")
    page.wait_for_load_state("networkidle")
    page.click(button)
    page.wait_for_selector(f"{button}:text-is('Copied')")
    text = page.evaluate("navigator.clipboard.readText()")
    context.close()
    done = subprocess.run([*command, text], capture_output=True, text=True, check=True)
    assert "'digit': 0" in done.stdout.replace('"', "'")
    assert "probabilities" in done.stdout


def test_an_address_cannot_leave_the_quotes_of_the_shell(page: "Page") -> None:
    written = page.evaluate("""async () => {
      const { offer } = await import("./copies.js");
      const url = new URL("v1/models/a'b:predict", location.href).href;
      let text = "";
      navigator.clipboard.writeText = async (value) => { text = value; };
      offer({ url, body: { instances: [{ b64: "" }] } });
      document.getElementById("curl").click();
      await new Promise((done) => setTimeout(done, 50));
      return text;
    }""")
    assert written.split("\n")[0].count("'") == 4  # around the address, and around END


def test_a_drawing_that_was_read_wrong_is_kept_with_its_label(
    browser: "Browser", saved: Path, tmp_path: Path
) -> None:
    options = ServerOptions(
        model_base_path=saved, port=0, rest_api_port=0, collect=tmp_path / "kept"
    )
    page = browser.new_page()
    with running(options) as addresses:
        page.goto(addresses.rest)
        page.wait_for_selector("article")
        assert page.is_hidden("#wrong")
        draw(page, SHAPES[7], at=0.3, size=0.4)
        page.wait_for_selector("#wrong:not([hidden])")
        page.select_option("#right", "7")
        page.click("#keep")
        page.wait_for_selector("#keep:text-is('Kept')")
        page.close()
    [label] = [path for path in (tmp_path / "kept").glob("*.txt") if path.stem != "classes"]
    assert label.read_text().startswith("7 0.5")


def test_a_server_that_keeps_nothing_is_not_told_what_is_right(page: "Page") -> None:
    draw(page, SHAPES[7], at=0.3, size=0.4)
    page.wait_for_selector(".box")
    assert page.is_hidden("#wrong")
