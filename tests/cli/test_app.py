"""The command line: what answers at once, what it refuses, and how it says so."""

import itertools
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.main import get_command

from cli.app import app
from tests.pipeline.digits_process import DIGITS as DIGITS_SCRIPT
from tests.pipeline.digits_process import run_digits

DIGITS = get_command(app)
NAMES = sorted(DIGITS.commands)

HEAVY = ("tensorflow", "tfx", "apache_beam", "numpy", "keras", "ml_metadata", "sklearn", "cv2")
MODULES = """
import sys
from cli.app import app
try:
    app({arguments})
except SystemExit:
    pass
print(*sorted(name for name in sys.modules if "." not in name), file=sys.stderr)
"""


def imported(*arguments: str) -> set[str]:
    """The top-level modules that a command has imported when it ends."""
    program = MODULES.format(arguments=list(arguments))
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "arguments", [["--help"], ["run", "--help"], ["run", "--set", "no.such.key=1"]]
)
def test_nothing_heavy_is_imported_before_it_is_needed(arguments: list[str]) -> None:
    modules = imported(*arguments)
    assert "typer" in modules
    assert modules.isdisjoint(HEAVY)


@pytest.mark.parametrize("command", ["explain", "runs"])
def test_what_reads_the_history_loads_ml_metadata_alone(command: str, tmp_path: Path) -> None:
    modules = imported(command, "--workspace", str(tmp_path))
    assert modules & {*HEAVY} == {"ml_metadata"}


def test_help_names_the_commands() -> None:
    ended = run_digits("--help")
    assert ended.code == 0
    assert "Usage: digits" in ended.stdout
    assert re.search(r"\brun\b", ended.stdout)


def test_no_command_is_added_twice() -> None:
    assert len(app.registered_commands) == len(NAMES)


def test_version_is_printed() -> None:
    ended = run_digits("--version")
    assert (ended.code, ended.stdout) == (0, f"digits {version('digit-localizer')}\n")


@pytest.mark.parametrize("name", ["", *NAMES])
def test_help_at_80_columns_shows_every_option_whole(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    words = [name] if name else []
    ended = run_digits(*words, "-h")
    assert (ended.code, ended.stderr) == (0, "")
    assert ended.stdout == run_digits(*words, "--help").stdout
    command = DIGITS.commands[name] if name else DIGITS
    for option in itertools.chain(*(p.opts + p.secondary_opts for p in command.params)):
        if option.startswith("-"):
            assert re.search(rf"(?<![\w-]){option}(?![\w-])", ended.stdout), option
    assert "…" not in ended.stdout
    assert "..." not in ended.stdout.partition("Commands:")[2]  # their summaries
    assert max(map(len, ended.stdout.splitlines())) <= 80


@pytest.mark.parametrize("words", ["digits expl", "digits run --verb"])
def test_shell_completion_knows_commands_and_options(words: str) -> None:
    environment = os.environ | {
        "_DIGITS_COMPLETE": "complete_bash", "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }  # fmt: skip
    done = subprocess.run([DIGITS_SCRIPT], env=environment, capture_output=True, text=True)
    assert done.stdout.split() == [{"expl": "explain", "--verb": "--verbose"}[words.split()[-1]]]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_is_shown(shell: str) -> None:
    # Which shell started the tests does not matter: Typer is told.
    environment = os.environ | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = subprocess.run(
        [DIGITS_SCRIPT, "--show-completion", shell],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "_DIGITS_COMPLETE" in done.stdout


def test_help_of_run_explains_every_option() -> None:
    ended = run_digits("run", "--help")
    assert ended.code == 0
    for option in ("--config", "--set", "--workspace", "--json", "--verbose"):
        assert option in ended.stdout
    assert "3 if it" in ended.stdout  # the exit status of a model that did not pass


@pytest.mark.parametrize(
    "arguments", [["walk"], ["run", "--nope"], ["run", "surplus"], ["run", "--config"], []]
)
def test_unknown_command_or_option_is_refused(arguments: list[str]) -> None:
    ended = run_digits(*arguments)
    assert ended.code == 2
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--set", "trainng.epochs=1"],
            "digits: --set trainng.epochs=1: there is no key trainng.epochs; did you mean "
            "training.epochs?\n",
        ),
        (
            ["--config", "nope.yaml"],
            "digits: the config nope.yaml cannot be read: No such file or directory; "
            "name a YAML file\n",
        ),
        (
            ["--workspace", "a-file/workspace"],
            "digits: the workspace a-file/workspace cannot be written: Not a directory; "
            "name another with --workspace\n",
        ),
    ],
)
def test_mistake_is_one_sentence_on_stderr(
    arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "a-file").write_text("")
    ended = run_digits("run", *arguments, cwd=tmp_path)
    assert (ended.code, ended.stdout, ended.stderr) == (1, "", sentence)


def test_mistake_in_the_config_makes_no_workspace(tmp_path: Path) -> None:
    run_digits("run", "--set", "seed=x", "--workspace", "workspace", cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
