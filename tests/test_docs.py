"""The pages of docs/ and the README: what they show works, and what is generated is complete."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.app import app
from pipeline.config.config import Config
from tests.pipeline.digits_process import COMPONENTS, digits
from tests.pipeline.small_run import SmallRun
from vocabulary import features
from vocabulary.facts import FACTS
from vocabulary.task.find import task_names
from vocabulary.task.judging import metrics_of

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
OTHERS = (
    "curl",
    "docker",
    "gcloud",
    "kubectl",
    "npm",
    "pip",
    ".venv/bin/python",
    ".venv/bin/pytest",
)
"""Commands that are not the project's own."""
READERS = ("report", "explain", "runs", "compare", "clean")
"""Commands of `digits` that need a workspace and nothing else."""
OTHER_TESTS = [
    path.read_text() for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)
]


def blocks(page: Path) -> Iterator[list[str]]:
    """The lines of each block of commands."""
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    for language, block in fences:
        if not language:
            yield block.replace("\\\n", " ").splitlines()


def without_ends(line: str) -> str:
    """A line without its comment and the file that it writes to."""
    return line.partition(" #")[0].partition(" >")[0].strip()


def readers() -> list[str]:
    """The commands of all pages that read a workspace, without names of what is in one."""
    lines = {without_ends(line) for page in PAGES for b in blocks(page) for line in b}
    return sorted(
        line
        for line in lines
        if line.startswith(tuple(f"digits {name}" for name in READERS))
        and not re.search(r"\d{6}|[A-Z]{4}|--help|--data|--target", line)
    )


@pytest.fixture(scope="module")
def workspace(longer_run: SmallRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return longer_run.copy(tmp_path_factory.mktemp("docs"))


@pytest.mark.slow
@pytest.mark.parametrize("line", readers())
def test_a_command_that_reads_a_workspace_works(line: str, workspace: Path) -> None:
    command, *arguments = shlex.split(line)[1:]
    ended = digits(command, *arguments, workspace=workspace)
    assert (ended.code, ended.stderr.count("Traceback")) == (0, 0), ended.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_command_that_needs_more_than_this_package_says_so(page: Path) -> None:
    for block in blocks(page):
        needs = ""
        for line in block:
            needs = line if "needs" in line else needs
            assert needs or not line.startswith(OTHERS), line


def missing(line: str) -> list[str]:
    """What of a line of `digits` no test of its command has in it: the command, or options."""
    command, *words = shlex.split(without_ends(line))[1:]
    options = [word.partition("=")[0] for word in words if word.startswith("--")]
    names = (f'"{command}"', '"-m", "serving"' if command == "serve" else f'("{command}')
    texts = [text for text in OTHER_TESTS if any(name in text for name in names)]
    return [word for word in (command, *options) if not any(word in text for text in texts)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_command_is_run_by_a_test_or_says_what_it_needs(page: Path) -> None:
    """Run as it stands, or each option of it in a test that names the command."""
    run = readers()
    for block in blocks(page):
        needs = ""
        for line in block:
            needs = line if "needs" in line else needs
            if line.startswith("digits ") and not needs and without_ends(line) not in run:
                assert missing(line) == [], line


def test_a_command_that_no_test_runs_would_be_noticed() -> None:
    assert missing("digits stroll --set training.epochs=3") == ["stroll", "--set"]
    assert missing("digits run --fast --set training.epochs=3") == ["--fast"]


def test_a_stranger_reads_the_readme_to_its_end() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages as `make docs` builds them; a link or an anchor that leads nowhere fails it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "--quiet", "build", "--site-dir", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.mark.slow
def test_every_command_and_every_group_of_the_config_has_a_section(site: Path) -> None:
    commands = (site / "reference/commands.html").read_text()
    names = [of.name or str(of.callback.__name__).strip("_") for of in app.registered_commands]
    assert [name for name in names if f'id="digits-{name}"' not in commands] == []
    config = (site / "reference/config.html").read_text()
    assert [key for key in Config.model_fields if f'id="{key}"' not in config] == []


@pytest.mark.slow
def test_the_site_asks_no_other_server(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text()
        assert not re.findall(r'<(?:script|img|iframe)[^>]*src="https?:', text), page
        assert not re.findall(r'<link[^>]*rel="(?:stylesheet|preconnect)"[^>]*https?:', text), page


@pytest.mark.slow
def test_nothing_that_is_to_be_generated_is_left(site: Path) -> None:
    assert not [page for page in site.rglob("*.html") if "<!-- generated" in page.read_text()]


@pytest.mark.parametrize("task", task_names())
def test_every_metric_has_a_formula(task: str) -> None:
    page = (DOCS / "reference/metrics.md").read_text()
    formulas = page.partition("## Formulas")[2].replace("`_60`", "`iou_at_60`")
    formulas = formulas.replace("`_75`", "`iou_at_75`").replace("`_90`", "`iou_at_90`")
    assert [name for name in metrics_of(task) if f"`{name}`" not in formulas] == []


def test_every_feature_is_explained() -> None:
    page = (DOCS / "reference/features.md").read_text()
    facts = {fact.key for fact in FACTS}
    keys = {key for name, key in vars(features).items() if name.isupper() and name != "BOX"}
    missing = {key for key in keys - facts if f"`{key}`" not in page}
    assert {key.rpartition("/")[2] for key in missing} <= {"ymin", "xmax", "ymax", "width"}


def test_the_picture_of_the_pipeline_has_every_component() -> None:
    picture = (DOCS / "pipeline.svg").read_text()
    assert [name for name in COMPONENTS if f">{name}<" not in picture] == []
