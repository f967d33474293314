"""The README: its commands are understood and its links lead somewhere."""

import itertools
import re
import shlex
from pathlib import Path

import pytest

from pipeline.config_file import read_config

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
CODE = re.findall(r"^```\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
LINES = [line.partition(" #")[0].partition(" >")[0] for block in CODE for line in block.split("\n")]


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("digits run -")])
def test_a_command_is_understood(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    words = shlex.split(line)
    pairs = list(itertools.pairwise(words))
    config = next((Path(value) for option, value in pairs if option == "--config"), None)
    read_config(config, [value for option, value in pairs if option == "--set"])


@pytest.mark.parametrize("verb", sorted({line.split()[1] for line in LINES if line[:5] == "make "}))
def test_a_verb_is_in_the_makefile(verb: str) -> None:
    assert re.search(rf"^{verb}:.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing
