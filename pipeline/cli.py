"""`digits`: the command line. It only parses and prints; heavy imports wait for their command."""

import contextlib
import enum
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.errors import UserError
from pipeline.exit_status import ExitStatus
from pipeline.signals import take_signals
from serving.command import serve
from serving.flags import ServingCommand
from serving.predict import predict

if TYPE_CHECKING:
    from pipeline.narrator import Narrator

app = typer.Typer(
    help="Make, train, judge and ship models that find and read digits in pictures.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Rich's columns would cut off the names of options that are long.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="YAML over configs/default.yaml."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One key of the config; may be repeated."),
]
WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", metavar="DIR", help="Folder that holds all there is.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", help="Show the log on the terminal as well.")
]
ImageOption = Annotated[str | None, typer.Option("--image", help="For kubeflow.image.")]
PipelineRootOption = Annotated[
    str | None, typer.Option("--pipeline-root", help="For kubeflow.pipeline_root.")
]
WaitOption = Annotated[bool, typer.Option("--wait", help="Wait for the end of the run.")]
TimeoutOption = Annotated[
    float | None,
    typer.Option(min=1, metavar="SECONDS", help="Wait no longer; the run itself goes on."),
]


class Target(enum.StrEnum):
    """What a pipeline is compiled for."""

    vertex = "vertex"
    kubeflow = "kubeflow"


TargetOption = Annotated[Target, typer.Option(help="Which back end.", show_default=False)]


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"digits {version('digit-localizer')}")
        raise typer.Exit


@app.callback()
def digits(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Make, train, judge and ship models that find and read digits in pictures."""


@app.command()
def run(
    config: ConfigOption = None,
    set_: SetOption = None,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Run the whole pipeline on this machine.

    It goes from handwriting to a pushed model. The exit status is 0 if the model passed, 3 if it
    did not (it is not blessed, or cannot be served), 1 if a component failed or the config has a
    mistake, 2 for a wrong option, and 130 after Ctrl-C.
    """
    with _sentences():
        from pipeline.config_file import read_config
        from pipeline.log_file import DEBUG_LOG, logged_to, readable
        from pipeline.narrator import Narrator
        from pipeline.scratch import scratch
        from pipeline.workspace import Workspace

        effective = read_config(config, set_ or [])
        place = Workspace(workspace)
        with place.claimed(), scratch(place):
            log = place.new_run()
            with (
                logged_to(log.with_name(DEBUG_LOG), verbose=verbose) as (_, error),
                readable(log),
                Narrator(error) as narrator,
            ):
                from pipeline import run as runner

                summary = runner.run(effective, place, log=log, narrator=narrator)
        if json:
            print(summary.model_dump_json())
        else:
            from pipeline.terminal import make_console

            make_console().print(summary.as_table(effective.evaluation.bars))
        if not summary.passed:
            raise typer.Exit(ExitStatus.NOT_BLESSED)


app.command(cls=ServingCommand, short_help="Serve models as TensorFlow Serving does.")(serve)
app.command()(predict)


@app.command()
def explain(
    run_id: Annotated[
        str | None,
        typer.Argument(metavar="RUN", help="A folder under runs/; without it, the last one."),
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
) -> None:
    """Say why a model was blessed or not.

    It shows every bar, and the champion beside it.
    """
    with _sentences():
        from pipeline.workspace import Workspace

        place = Workspace(workspace)
        with _quietly():
            from pipeline.explain import as_table
            from pipeline.explain import explain as explain_run

            verdict = explain_run(place, run_id)
        if json:
            print(verdict.model_dump_json())
        else:
            from pipeline.terminal import make_console

            make_console().print(as_table(verdict))


@app.command()
def compare(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MODEL",
            help="Versions, runs or folders; without them, the champion and the newest candidate.",
        ),
    ] = None,
    split: Annotated[
        str, typer.Option("--split", metavar="NAME", help="Of the latest run's examples.")
    ] = "eval",
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="PICTURES", help="Labelled pictures or TFRecords, instead."),
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
) -> None:
    """Compare models on the same pictures.

    It also writes a page of where they differ.
    """
    with _sentences():
        from pipeline.workspace import Workspace

        place = Workspace(workspace)
        with _quietly() as narrator:
            from components.report.page import save_page
            from pipeline.compare import compare as compare_models
            from pipeline.compare_page import as_page
            from pipeline.compare_table import as_tables

            comparison, answers = compare_models(
                place, models or [], split=split, data=data, on_start=narrator.phase
            )
            narrator.phase("drawing the page")
            save_page(as_page(comparison, answers), place.comparison)
        if json:
            print(comparison.model_dump_json())
        else:
            from pipeline.terminal import make_console

            make_console().print(as_tables(comparison))
            print(comparison.report)


@app.command()
def runs(
    workspace: WorkspaceOption = Path("workspace"),
    lineage: Annotated[
        int | None,
        typer.Option("--lineage", metavar="VERSION", help="What led to a version that was pushed."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the runs.

    It shows what changed, how good they were, what was pushed and what serves now.
    """
    with _sentences():
        from pipeline import lineage as lineages
        from pipeline import runs as records
        from pipeline.terminal import make_console
        from pipeline.workspace import Workspace

        place = Workspace(workspace)
        console = make_console()
        if lineage is None:
            listed = records.list_runs(place)
            print(records.as_json(listed)) if json else console.print(records.as_table(listed))
        else:
            found = lineages.lineage_of_version(place, lineage)
            print(found.model_dump_json()) if json else console.print(found.as_table())


@app.command()
def clean(
    keep: Annotated[
        int, typer.Option("--keep", min=1, metavar="N", help="The newest runs, that stay.")
    ] = 5,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be removed.")
    ] = False,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
) -> None:
    """Remove old runs and what only they need; what serves stays."""
    with _sentences():
        from pipeline.workspace import Workspace

        place = Workspace(workspace)
        with place.claimed(make=False), _quietly():
            from pipeline.clean import clean as clean_workspace

            cleaned = clean_workspace(place, keep=keep, dry_run=dry_run)
        print(cleaned.model_dump_json() if json else cleaned.as_sentence())


@app.command()
def report(
    run_id: Annotated[
        str | None,
        typer.Argument(metavar="RUN", help="As `digits runs` lists it; without it, the last one."),
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
) -> None:
    """Rebuild the page of a run.

    It prints the path of the page, and opens it in a browser.
    """
    with _sentences():
        from pipeline.run_page import rebuild_page
        from pipeline.workspace import Workspace

        page = rebuild_page(Workspace(workspace), run_id)
        if json:
            from json import dumps

            print(dumps({"report": str(page)}))
        else:
            print(page)
            if sys.stdout.isatty():
                typer.launch(page.resolve().as_uri())


@contextlib.contextmanager
def _quietly() -> Iterator["Narrator"]:
    """Keeps what libraries print while they are loaded and used off the terminal.

    Yields:
        What says there how far it is.
    """
    import os

    from pipeline.log_file import logged_to
    from pipeline.narrator import Narrator

    with logged_to(Path(os.devnull), verbose=False) as (_, error), Narrator(error) as narrator:
        yield narrator


@app.command(name="compile")
def compile_(
    target: TargetOption,
    output: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to: .json for vertex, .yaml for kubeflow.")
    ],
    config: ConfigOption = None,
    set_: SetOption = None,
    image: ImageOption = None,
    pipeline_root: PipelineRootOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Also check what the back end would refuse.")
    ] = False,
) -> None:
    """Compile the pipeline for Vertex AI or Kubeflow Pipelines."""
    with _sentences():
        from kubeflow.compile_command import compile_to_file
        from pipeline.config_file import read_config

        effective = read_config(config, _settings(set_, image, pipeline_root))
        compile_to_file(effective, target.value, output, check=check)


@app.command()
def submit(
    target: TargetOption,
    config: ConfigOption = None,
    set_: SetOption = None,
    image: ImageOption = None,
    pipeline_root: PipelineRootOption = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="A runtime parameter; may be repeated."),
    ] = None,
    schedule: Annotated[
        str | None, typer.Option(metavar="CRON", help="Run at these times: '0 3 * * 1'.")
    ] = None,
    cache: Annotated[bool, typer.Option(help="Take from the cache what did not change.")] = True,
    wait: WaitOption = False,
    timeout: TimeoutOption = None,
    json: JsonOption = False,
) -> None:
    """Run the pipeline on Vertex AI or Kubeflow Pipelines.

    It runs now, or on a schedule.
    """
    with _sentences():
        from kubeflow import submit_command
        from pipeline.config_file import read_config

        settings = _settings(set_, image, pipeline_root)
        effective = read_config(config, settings)
        changed = read_config(config, settings, parameter or [])
        submit_command.submit(
            effective,
            target.value,
            values=submit_command.checked_parameters(effective, changed, parameter or []),
            cache=cache,
            cron=schedule,
            manner=submit_command.Manner(wait=wait, limit=timeout, as_json=json),
        )


@app.command()
def status(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="As `digits submit` said it.")],
    target: TargetOption,
    config: ConfigOption = None,
    set_: SetOption = None,
    wait: WaitOption = False,
    timeout: TimeoutOption = None,
    json: JsonOption = False,
) -> None:
    """Say how a run on Vertex AI or Kubeflow Pipelines is."""
    with _sentences():
        from kubeflow import submit_command
        from pipeline.config_file import read_config

        options = read_config(config, set_ or []).kubeflow
        manner = submit_command.Manner(wait=wait, limit=timeout, as_json=json)
        submit_command.status(options, target.value, run_id, manner=manner)


def _settings(set_: list[str] | None, image: str | None, pipeline_root: str | None) -> list[str]:
    given = {"kubeflow.image": image, "kubeflow.pipeline_root": pipeline_root}
    return [*(set_ or []), *(f"{key}={value}" for key, value in given.items() if value)]


@contextlib.contextmanager
def _sentences() -> Iterator[None]:
    """Turns a user's mistake into its sentence and a non-zero exit."""
    take_signals()
    try:
        yield
    except UserError as error:
        print(f"digits: {error}", file=sys.stderr)
        raise typer.Exit(ExitStatus.FAILED) from error
    except BrokenPipeError as error:  # whoever reads has had enough, as `head` has
        sys.stdout = None
        raise typer.Exit(ExitStatus.FAILED) from error
    except OSError as error:
        where = error.filename or "the workspace"
        print(f"digits: {where}: {error.strerror}; mend that and run again", file=sys.stderr)
        raise typer.Exit(ExitStatus.FAILED) from error
    except KeyboardInterrupt as error:
        print("digits: interrupted; what is done is kept, run again to go on", file=sys.stderr)
        raise typer.Exit(ExitStatus.INTERRUPTED) from error
