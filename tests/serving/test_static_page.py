"""The page without a server: it fits pictures as the model's graph does, and reads as a server."""

import base64
import functools
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from pipeline.workspace.workspace import Workspace
from serving import static_page
from serving.options import ServerOptions
from serving.server import running
from serving.static_page import export_page
from tests.browser import started
from tests.pipeline.small_run import SmallRun
from trainer.preprocessing import load_pictures
from vocabulary.errors import UserError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

FIT = """async ([width, height, pixels, canvas]) => {
  const { fitted } = await import("./fit.js");
  const { data, frame } = fitted({ width, height, data: Float64Array.from(pixels) }, canvas);
  return { data: [...data], frame };
}"""
EDGES = "bs => bs.map((b) => ['left', 'top', 'width', 'height'].map((k) => parseFloat(b.style[k])))"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def given(folder: Path) -> Iterator[str]:
    """The address of a plain web server of a folder."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}/"
        listening.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def workspace(small_run: SmallRun, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(small_run.copy(tmp_path_factory.mktemp("static")))


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Packages with the files of LiteRT.js' and nothing in them, which take the place of these."""
    folder = tmp_path / "packed"
    folder.mkdir()
    packages = {}
    for name, (_, files) in static_page._PACKAGES.items():
        with tarfile.open(folder / name, "w:gz") as package:
            for path in files:
                package.addfile(tarfile.TarInfo(f"package/{path}"), io.BytesIO())
        digest = hashlib.sha512((folder / name).read_bytes()).digest()
        packages[name] = (base64.b64encode(digest).decode(), files)
    monkeypatch.setattr(static_page, "_PACKAGES", packages)
    return folder


def save(workspace: Workspace, folder: Path, runtime: Path) -> None:
    export_page(
        workspace, None, folder, runtime=runtime, quantize=None, split="eval", on_start=print
    )


def test_the_folder_has_the_page_the_model_and_what_runs_it(
    workspace: Workspace, packed: Path, tmp_path: Path
) -> None:
    page = tmp_path / "new" / "page"
    save(workspace, page, packed)
    assert [path.name for path in page.parent.iterdir()] == ["page"]
    card = json.loads((page / "model.json").read_text())
    assert (card["task"], card["rectangle"]) == ("localization", "box")
    assert card["version"] == str(workspace.serving_version)
    assert (page / "model.tflite").stat().st_size > 100_000
    assert "./litert/core.js" in (page / "server.js").read_text()
    assert "Draw a digit" in (page / "task.js").read_text()
    assert "Apache License" in (page / "litert" / "LICENSE").read_text()
    html = (page / "index.html").read_text()
    imports = html.partition('<script type="importmap">')[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(imports.encode()).digest()).decode()
    assert f"script-src 'self' 'wasm-unsafe-eval' 'sha256-{digest}'" in html
    assert "connect-src 'self'" in html
    with pytest.raises(UserError, match="is there already"):
        save(workspace, page, packed)


def test_packages_that_are_missing_or_others_are_a_sentence(
    workspace: Workspace, packed: Path, tmp_path: Path
) -> None:
    first, second = sorted(packed.iterdir())
    second.write_bytes(b"another")
    with pytest.raises(UserError, match=r"wasm-utils.* is not what npm's registry has"):
        save(workspace, tmp_path / "page", packed)
    first.unlink()
    with pytest.raises(UserError, match=r"core.* is missing; get it with `npm pack"):
        save(workspace, tmp_path / "page", packed)
    assert [*tmp_path.iterdir()] == [packed]


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with started() as browser:
        yield browser


@pytest.mark.parametrize(
    ("width", "height"), [(256, 256), (75, 75), (200, 90), (31, 44), (20, 300)]
)
def test_a_picture_is_fitted_as_in_the_graph_of_the_model(
    browser: "Browser", tmp_path: Path, width: int, height: int
) -> None:
    for path in (*static_page.PAGE.glob("*.js"), static_page._STATIC / "fit.js"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    pixels = np.random.default_rng(1).integers(0, 256, (height, width), np.uint8)
    encoded = cv2.imencode(".png", pixels)[1].tobytes()
    canvas, frame, _ = load_pictures(np.array([encoded]), height=75, width=75, channels=1)
    with given(tmp_path) as address:
        page = browser.new_page()
        page.goto(address)
        asked = [width, height, pixels.ravel().tolist(), {"width": 75, "height": 75}]
        fitted = page.evaluate(FIT, asked)
        page.close()
    np.testing.assert_allclose(fitted["data"], canvas.numpy().ravel(), atol=1e-4)
    np.testing.assert_allclose(fitted["frame"], frame.numpy()[0], atol=1e-6)


def read_examples(page: "Page", address: str) -> list[tuple[list[float], list[float]]]:
    """Of the page's ten examples: the percents of the digits, and the edges of the box."""
    page.goto(address)
    page.wait_for_selector("article")
    answers = []
    for example in page.locator("#examples button").all():
        example.click()
        page.wait_for_selector("article li b", timeout=60_000)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        shares = page.locator("article li b").all_inner_texts()
        boxes = page.locator(".box").evaluate_all(EDGES)
        answers.append(([float(share.rstrip("%")) for share in shares], boxes[0] if boxes else []))
        page.click("#clear")
    return answers


def test_the_browser_reads_as_the_server_does(
    browser: "Browser", workspace: Workspace, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    packages = request.config.getoption("--litert")
    if packages is None:
        pytest.skip("needs LiteRT.js' packages: --litert DIR")
    save(workspace, tmp_path / "page", packages)
    page, errors, hosts = browser.new_page(), [], set()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda asked: hosts.add(asked.url.partition("//")[2].partition("/")[0]))
    with given(tmp_path / "page") as address:
        alone = read_examples(page, address)
    assert errors == []
    assert hosts - {""} == {address.split("/")[2]}
    options = ServerOptions(model_base_path=workspace.serving, port=0, rest_api_port=0)
    with running(options) as addresses:
        served = read_examples(page, addresses.rest)
    page.close()
    for (shares, box), (of_server, box_of_server) in zip(alone, served, strict=True):
        assert shares == pytest.approx(of_server, abs=0.2)
        # Edges are in whole pixels of the model's canvas, of which the drawing takes a quarter.
        assert box == pytest.approx(box_of_server, abs=4)
