"""`digits run` and `digits execute`: the pipeline on this machine, as it is or as compiled."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.failures import quietly, sentences
from cli.options import (
    ConfigOption,
    JsonOption,
    ParameterOption,
    SetOption,
    VerboseOption,
    WorkspaceOption,
)
from cli.tables import show
from vocabulary.exit_status import ExitStatus

if TYPE_CHECKING:
    from pipeline.config.config import Config
    from pipeline.run.narrator import Narrator
    from pipeline.run.summary import RunSummary


def run(
    config: ConfigOption = None,
    set_: SetOption = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="TEXT", help="What `digits runs` calls it.")
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="WORD", help="A tag in `digits runs`; may be repeated."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print which components would run, and why.")
    ] = False,
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
        from pipeline.workspace.labels import as_notes
        from pipeline.workspace.workspace import Workspace

        effective, labels = read_config(config, set_ or []), as_notes(name, tag or [])
        place = Workspace(workspace)
        if dry_run:
            there = place.metadata.is_file()  # if not, it is not made for this
            claimed = place.claimed() if there else contextlib.nullcontext()
            with claimed, scratch(place), quietly() as narrator:
                narrator.phase("asking the cache")
                from pipeline.run.rehearsal import rehearse

                rehearsal = rehearse(effective, place)
            show(rehearsal, rehearsal.as_table(), json=json)
            return
        with place.claimed(), scratch(place):
            log = place.new_run()
            with _narrated(log, verbose=verbose) as narrator:
                from pipeline.run import run as runner

                summary = runner.run(effective, place, log=log, narrator=narrator, labels=labels)
        _end_run(summary, effective, json=json)


def execute(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `digits compile` wrote.")],
    parameter: ParameterOption = None,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Run a compiled pipeline on this machine, without a cluster.

    The commands of its containers are run in order, as Kubeflow Pipelines 2.17 or Vertex AI does
    it, each in a process of its own, with the code that is installed here in place of their images.
    Buckets and volumes are folders under WORKSPACE/executed. The exit status is that of
    `digits run`.
    """
    with sentences():
        from kubeflow.execute.folders import EXECUTED
        from kubeflow.spec_file import read_compiled
        from kubeflow.values import read_values
        from pipeline.run.scratch import scratch
        from pipeline.workspace.workspace import Workspace

        compiled = read_compiled(file)
        values = read_values(parameter or [])
        place = Workspace(workspace)
        with place.claimed(), scratch(place):
            log = Workspace(workspace / EXECUTED).new_run()
            with _narrated(log, verbose=verbose) as narrator:
                from kubeflow.execute import command

                summary, config = command.execute(
                    compiled, place, values=values, log=log, narrator=narrator
                )
        _end_run(summary, config, json=json)


@contextlib.contextmanager
def _narrated(log: Path, *, verbose: bool) -> Iterator["Narrator"]:
    """Writes both logs of a run, and shows its progress on the terminal."""
    from pipeline.run.log_file import DEBUG_LOG, logged_to, readable
    from pipeline.run.narrator import Narrator

    with (
        logged_to(log.with_name(DEBUG_LOG), verbose=verbose) as (_, error),
        readable(log),
        Narrator(error) as narrator,
    ):
        yield narrator


def _end_run(summary: "RunSummary", config: "Config", *, json: bool) -> None:
    """Prints the summary of a run, and exits with a status of its own if the model did not pass."""
    show(summary, summary.as_table(config.evaluation.bars), json=json)
    if not summary.passed:
        raise typer.Exit(ExitStatus.NOT_BLESSED)
