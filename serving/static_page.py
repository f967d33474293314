"""The page with its model as a folder that any web server gives: `digits export --static DIR`.

The model runs in the browser, by LiteRT.js, which is two packages of npm and no part of this
project:

    npm pack @litertjs/core@2.5.3 @litertjs/wasm-utils@2.5.3
"""

import base64
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

from pipeline.litert.check import Check
from pipeline.litert.convert import Quantize
from pipeline.litert.export import export
from pipeline.workspace.workspace import Workspace
from serving.page_files import PAGE, script_of
from vocabulary.card import FINDER, read_card, task_on
from vocabulary.errors import UserError
from vocabulary.task.answers import rectangle_of
from vocabulary.task.find import task_part
from vocabulary.versions import version_folder

_STATIC: Final = Path(__file__).parent / "static"
_VERSION: Final = "2.5.3"
_PACKAGES: Final = {
    f"litertjs-core-{_VERSION}.tgz": (
        "PlGmbMOq9WitX7FO0jhbdJw9GthatsyuCQXjTt/wJZo0FLaw48q4tz8IwqgqCIkviYGr9OFDL1kCnN4nzWoyJQ==",
        {
            "dist/index.js": "core.js",
            # Browsers without relaxed SIMD take the compatible one.
            "wasm/litert_wasm_internal.js": "litert_wasm_internal.js",
            "wasm/litert_wasm_internal.wasm": "litert_wasm_internal.wasm",
            "wasm/litert_wasm_compat_internal.js": "litert_wasm_compat_internal.js",
            "wasm/litert_wasm_compat_internal.wasm": "litert_wasm_compat_internal.wasm",
        },
    ),
    f"litertjs-wasm-utils-{_VERSION}.tgz": (
        "4fJiw6tBQnIs+0jH/OQ16nYOiSl8/+zZnn5h2ul8aTKHi05sVqZW580Tmk78pC2kT39A9OYBVdFawteZ/sI1kQ==",
        {"dist/index.js": "wasm-utils.js"},
    ),
}
"""The packages by the names that npm gives their files: the SHA-512 that its registry tells, in
base64, and what is taken of each, with its name in `litert/`."""
_IMPORTS: Final = '{"imports": {"@litertjs/wasm-utils": "./litert/wasm-utils.js"}}'
_NOTICE: Final = (
    f"LiteRT.js {_VERSION} (@litertjs/core and @litertjs/wasm-utils of npm) by Google, under the "
    "Apache License 2.0, which LICENSE has.\n"
)


def export_page(
    workspace: Workspace,
    model: Path | None,
    folder: Path,
    *,
    runtime: Path,
    quantize: Quantize | None,
    split: str,
    on_start: Callable[[str], None],
) -> Check:
    """Writes a folder of the page and a version; `runtime` is the folder of LiteRT.js' packages.

    The rest is as of `pipeline.litert.export`.

    Raises UserError as that does, and if the folder is there, a package is missing or another one,
    or the model is two models in one; nothing is written then.
    """
    if folder.exists():
        raise UserError(f"{folder} is there already; name another one, or remove it")
    _check_packages(runtime)
    version = version_folder(model or workspace.serving)
    if FINDER in read_card(version):
        raise UserError(f"{version} holds two models in one; a page without a server takes one")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as partial:
        page = Path(partial, "page")
        checked = export(
            workspace, version, page / "model.tflite",
            quantize=quantize, split=split, on_start=on_start,
        )  # fmt: skip
        _write_page(version, page)
        _write_runtime(runtime, page / "litert")
        os.replace(page, folder)
    return checked.model_copy(update={"file": str(folder)})


def _check_packages(runtime: Path) -> None:
    for name, (digest, _) in _PACKAGES.items():
        path = runtime / name
        if not path.is_file():
            raise UserError(
                f"{path} is missing; get it with `npm pack @litertjs/core@{_VERSION} "
                f"@litertjs/wasm-utils@{_VERSION}`, and name its folder with --runtime"
            )
        if hashlib.sha512(path.read_bytes()).digest() != base64.b64decode(digest):
            raise UserError(f"{path} is not what npm's registry has by that name; get it again")


def _write_runtime(runtime: Path, folder: Path) -> None:
    folder.mkdir()
    for name, (_, files) in _PACKAGES.items():
        with tarfile.open(runtime / name) as package:
            for path, target in files.items():
                file = package.extractfile(f"package/{path}")
                assert file is not None, path  # the digest says what is in it
                (folder / target).write_bytes(file.read())
    licence = distribution("digit-localizer").read_text("licenses/LICENSE")
    assert licence is not None
    (folder / "LICENSE").write_text(licence)
    (folder / "NOTICE").write_text(_NOTICE)


def _write_page(version: Path, folder: Path) -> None:
    # The server.js of `static/` comes last, and takes the place of the page's own.
    for file in (*PAGE.iterdir(), *_STATIC.iterdir()):
        shutil.copyfile(file, folder / file.name)
    card = read_card(version)
    task = task_on(card)
    shutil.copyfile(script_of(card), folder / "task.js")
    rectangle = rectangle_of(task_part(task.kind, "answers"))
    facts = {**card, "version": version.name, "rectangle": rectangle}
    (folder / "model.json").write_text(json.dumps(facts, indent=1))
    index = folder / "index.html"
    index.write_text(_alone(index.read_text()))


def _alone(html: str) -> str:
    """The page as one that asks nobody, and may run WebAssembly."""
    digest = base64.b64encode(hashlib.sha256(_IMPORTS.encode()).digest()).decode()
    for before, after in (
        ("script-src 'self'", f"script-src 'self' 'wasm-unsafe-eval' 'sha256-{digest}'"),
        ("connect-src *", "connect-src 'self'"),
        ("  <script ", f'  <script type="importmap">{_IMPORTS}</script>\n  <script '),
    ):
        assert html.count(before) == 1, before
        html = html.replace(before, after)
    return html
