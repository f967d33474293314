"""`digits run`."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.failures import sentences
from cli.options import ConfigOption, JsonOption, SetOption, VerboseOption, WorkspaceOption
from cli.tables import show
from vocabulary.exit_status import ExitStatus

if TYPE_CHECKING:
    from pipeline.config.config import Config
    from pipeline.run.narrator import Narrator
    from pipeline.run.summary import RunSummary


def run(
    config: ConfigOption = None,
    set_: SetOption = None,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Run the whole pipeline on this machine.

    Makes examples, trains a model, judges it, and pushes it if it passes. The exit status is 0 if
    the model passed, 3 if it did not (it is not blessed, or cannot be served), 1 if a component
    failed or the config has a mistake, 2 for a wrong option, and 130 after Ctrl-C.
    """
    with sentences():
        from pipeline.config.file import read_config
        from pipeline.run.scratch import scratch
        from pipeline.workspace.workspace import Workspace

        effective = read_config(config, set_ or [])
        place = Workspace(workspace)
        with place.claimed(), scratch(place):
            log = place.new_run()
            with narrated(log, verbose=verbose) as narrator:
                from pipeline.run import run as runner

                summary = runner.run(effective, place, log=log, narrator=narrator)
        end_run(summary, effective, json=json)


@contextlib.contextmanager
def narrated(log: Path, *, verbose: bool) -> Iterator["Narrator"]:
    """Writes both logs of a run, and shows its progress on the terminal."""
    from pipeline.run.log_file import DEBUG_LOG, logged_to, readable
    from pipeline.run.narrator import Narrator

    with (
        logged_to(log.with_name(DEBUG_LOG), verbose=verbose) as (_, error),
        readable(log),
        Narrator(error) as narrator,
    ):
        yield narrator


def end_run(summary: "RunSummary", config: "Config", *, json: bool) -> None:
    """Prints the summary of a run, and exits with a status of its own if the model did not pass."""
    show(summary, summary.as_table(config.evaluation.bars), json=json)
    if not summary.passed:
        raise typer.Exit(ExitStatus.NOT_BLESSED)
