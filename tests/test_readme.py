"""The README and the docs: their commands are understood and their links lead somewhere."""

import contextlib
import itertools
import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from cli.app import app
from pipeline.config.file import read_config
from tests.test_docs import blocks, without_ends
from vocabulary.exit_status import ExitStatus
from vocabulary.task.find import task_folders

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINES = [without_ends(line) for page in PAGES for block in blocks(page) for line in block]
RUNS = sorted({line for line in LINES if line.startswith("digits run -")})
DIGITS = get_command(app)


def commands() -> list[str]:
    """Each `digits` command that a page shows, in a block or within a sentence, or a config."""
    found: set[str] = set()
    # What changed may name what is no more.
    pages = [page for page in PAGES if page.name != "CHANGELOG.md"]
    for page in [*pages, *ROOT.glob("configs/*.yaml")]:
        text = page.read_text().replace("\\\n", " ")
        found.update(re.findall(r"^(?:#  *)?(digits [a-z-].*)", text, re.MULTILINE))
        found.update(" ".join(code.split()) for code in re.findall(r"`(digits [a-z-][^`]*)`", text))
    return sorted(map(without_ends, found))


def parse(line: str) -> None:
    """Parses a command line as `digits` does, and runs nothing."""
    name, *words = shlex.split(line.replace("VERSION", "1"))[1:]
    context = DIGITS.make_context("digits", [name, *words])
    _, command, rest = DIGITS.resolve_command(context, [name, *words])
    command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("line", commands())
def test_a_command_of_a_page_is_one_of_the_command_line(line: str) -> None:
    first, *rest = line.split()[1:]
    if first.startswith("-"):  # not parsed: --install-completion would be done
        assert first in {name for option in DIGITS.params for name in option.opts}
    elif not rest:
        assert first in DIGITS.commands  # named, without its arguments
    else:
        with contextlib.suppress(typer.Exit):  # of --help
            parse(line)


@pytest.mark.parametrize(
    "line", ["digits walk x", "digits run --nope", "digits compare --split", "digits runs more"]
)
def test_a_wrong_command_would_be_noticed(line: str) -> None:
    with pytest.raises(Exception, match=r"No such (command|option)|requires an arg|unexpected"):
        parse(line)


@pytest.mark.parametrize("line", RUNS)
def test_a_command_is_understood(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("tasks.__path__", [*task_folders(), str(ROOT / "tests/toy/tasks")])
    words = shlex.split(line)
    pairs = list(itertools.pairwise(words))
    config = next((Path(value) for option, value in pairs if option == "--config"), None)
    read_config(config, [value for option, value in pairs if option == "--set"])


def test_every_exit_status_is_explained() -> None:
    page = (ROOT / "docs/reference/commands.md").read_text()
    rows = re.findall(r"^\| (\d+) \| ", page, re.MULTILINE)
    assert [int(status) for status in rows] == sorted(ExitStatus)


@pytest.mark.parametrize("verb", sorted({line.split()[1] for line in LINES if line[:5] == "make "}))
def test_a_verb_is_in_the_makefile(verb: str) -> None:
    assert re.search(rf"^{verb}:.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing
