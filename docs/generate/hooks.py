"""What `make docs` adds to the pages of docs/: generated references, and the files they link to.

MkDocs calls the functions `on_...`. A line `<!-- generated: NAME -->` of a page becomes what the
module NAME beside this file says; a link to a file of the repository leads to a copy of it.
"""

import functools
import importlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
COPIES = "source"
"""The folder of the site that copies of the repository's files are in."""

_MARK = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)
_LINK = re.compile(r"(?<=\]\()(\.\.?/[^)#\s]+)(?=[)#])")
_NO_SEARCH = "---\nsearch: {exclude: true}\n---\n"
_LANGUAGES = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".js": "js"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds a page for each file of the repository outside docs/ that a page links to."""
    linked = {target for page in DOCS.rglob("*.md") for _, target in _links_out(page)}
    for target in sorted(linked):
        content = _listing(target) if target.is_dir() else _copy(target)
        files.append(File.generated(config, _place(target), content=content))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Fills in what is generated, and leads links out of docs/ to the copies."""
    path = Path(page.file.abs_src_path or "")
    if not path.is_relative_to(DOCS):
        return markdown
    here = os.path.dirname(page.file.src_uri)
    for link, target in _links_out(path):
        copy = os.path.relpath(_place(target), here or ".")
        markdown = re.sub(rf"(?<=\]\(){re.escape(link)}(?=[)#])", copy, markdown)
    return _MARK.sub(lambda mark: _generated(mark[1]), markdown)


@functools.cache
def _generated(name: str) -> str:
    for folder in (str(ROOT), str(Path(__file__).parent)):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    text: str = importlib.import_module(name).text()
    return text


def _links_out(page: Path) -> Iterator[tuple[str, Path]]:
    """The links of a page that leave docs/, and where each leads."""
    for link in dict.fromkeys(_LINK.findall(page.read_text())):
        target = Path(os.path.normpath(page.parent / link))
        if not target.is_relative_to(DOCS) and target.exists():
            yield link, target


def _place(target: Path) -> str:
    return f"{COPIES}/{target.relative_to(ROOT)}.md"


def _copy(target: Path) -> str:
    fence, language = "~" * 8, _LANGUAGES.get(target.suffix, "text")
    code = f"{fence}{language}\n{target.read_text()}\n{fence}\n"
    return f"{_NO_SEARCH}# {target.relative_to(ROOT)}\n\n{code}"


def _listing(folder: Path) -> str:
    shown = (path for path in sorted(folder.iterdir()) if not path.name.startswith(("__p", ".")))
    rows = "\n".join(f"- `{path.name}{'/' if path.is_dir() else ''}`" for path in shown)
    return f"{_NO_SEARCH}# {folder.relative_to(ROOT)}/\n\nA folder of the repository:\n\n{rows}\n"
