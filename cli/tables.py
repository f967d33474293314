"""Results as tables for people: of a run, of a comparison, of what was read in files."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import RenderableType

    from serving.predict import Row
    from vocabulary.task.predictions import Prediction


def show(result: "BaseModel", table: "RenderableType", *, json: bool) -> None:
    """Prints a result, as its table or as a JSON object."""
    from pipeline.run.terminal import make_console

    print(result.model_dump_json()) if json else make_console().print(table)


def print_table(rows: "Sequence[Row]", headings: Sequence[str]) -> None:
    """Prints a line for each row, under the headings of the task's columns."""
    from rich.box import SIMPLE
    from rich.table import Table

    from pipeline.run.terminal import make_console

    table = Table(box=SIMPLE)
    table.add_column("picture", overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right")
    table.add_column("unsure", overflow="fold")
    for row in rows:
        size = {"width": row.width, "height": row.height}
        table.add_row(
            str(row.path),
            *_cells(row.prediction.columns(**size), headings),
            _mark(row.prediction),
        )
        for member in row.members or ():
            table.add_row("", *_cells(member.columns(**size), headings), _mark(member))
    make_console().print(table)


def _mark(prediction: "Prediction") -> str:
    return "? " + ", ".join(prediction.doubts) if prediction.doubts else ""


def _cells(
    values: Mapping[str, int | float | str | None], headings: Sequence[str]
) -> Iterator[str]:
    """What was read, under its heading; where that is nothing, the first column of it says so."""
    nothing = all(value is None for value in values.values())
    for heading in headings:
        value = values.get(heading)
        if isinstance(value, float):
            yield f"{value:.3f}"
        elif nothing and heading == next(iter(values)):
            yield "none"
        else:
            yield "" if value is None else str(value)
