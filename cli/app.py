"""`digits`: the commands. They only parse and print; each imports heavy libraries itself."""

from typing import Annotated

import typer

from cli.config import config
from cli.deploy import compile_, status, submit
from cli.doctor import doctor
from cli.export import export
from cli.operate import cancel, logs, retry, schedules, upload
from cli.predict import predict
from cli.run import execute, run
from cli.runs import runs
from cli.workspace import clean, compare, explain, report
from serving.command import ServingCommand, serve

app = typer.Typer(
    help="Make, train, judge and ship models that find and read digits in pictures.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Rich's columns would cut off the names of options that are long.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


app.command()(run)
app.command()(config)
app.command(cls=ServingCommand, short_help="Serve models as TensorFlow Serving does.")(serve)
app.command()(predict)
app.command()(export)
app.command()(explain)
app.command()(compare)
app.command()(runs)
app.command()(clean)
app.command()(doctor)
app.command()(report)
app.command(name="compile")(compile_)
app.command()(execute)
app.command()(submit)
app.command()(status)
app.command()(cancel)
app.command()(retry)
app.command()(logs)
app.command()(upload)
app.command()(schedules)
