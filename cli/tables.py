"""Results as tables for people: of a run, of a comparison, of what was read in files."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import RenderableType

    from serving.predict import Row


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
        unsure = "? " + ", ".join(row.unsure) if row.unsure else ""
        table.add_row(str(row.path), *_cells(row), unsure)
    make_console().print(table)


def _cells(row: "Row") -> Iterator[str]:
    """What was read; where that is nothing, the first column says it."""
    values = row.values()
    if all(value is None for value in values):
        yield from ("none", *[""] * (len(values) - 1))
        return
    for value in values:
        if isinstance(value, float):
            yield f"{value:.3f}"
        else:
            yield "" if value is None else str(value)
