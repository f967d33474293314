"""Shows a run on the terminal: a line for each component, and a bar for the one at work."""

import logging
import types
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TextIO

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.constrain import Constrain
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column, Table
from rich.text import Text

from pipeline.run.terminal import make_console

if TYPE_CHECKING:
    from pipeline.workspace.node import Node

# A copy: importing trainer.progress would load Keras before there is a bar to wait with.
_PROGRESS_LOGGER = "trainer.progress"
_BAR = 24
_ECHO = 3
"""Columns that stay free, so that the `^C` that a terminal echoes begins no new line."""


class _TimeColumn(TimeRemainingColumn):
    """Time left where that is known, else time elapsed."""

    def __init__(self) -> None:
        super().__init__(compact=True, table_column=Column(no_wrap=True))

    def render(self, task: Task) -> Text:
        """See Rich."""
        if task.total is None:
            return TimeElapsedColumn().render(task)
        return super().render(task) + Text(" left", style="progress.remaining")


class _Bar(Progress):
    """One line; where the terminal is too narrow for it, the bar in it gets shorter."""

    def get_renderables(self) -> Iterable[RenderableType]:
        """See Rich."""
        yield _Narrow(self.make_tasks_table(self.tasks))


@dataclass(frozen=True)
class _Narrow:
    table: Table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Constrain(self.table, max(options.max_width - _ECHO, 1))


class Narrator(logging.Handler):
    """Shows the progress of the run and of the trainer; without a terminal there is no bar."""

    def __init__(self, stream: TextIO):
        super().__init__(logging.INFO)
        self.console = make_console(stream)
        self._bar = _Bar(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=_BAR),
            TextColumn("{task.fields[detail]}", markup=False),
            _TimeColumn(),
            console=self.console,
            transient=True,
            # Both go to the log; Rich would send them back to the terminal.
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task: TaskID | None = None
        self._name = ""

    def __enter__(self) -> Self:
        logging.getLogger(_PROGRESS_LOGGER).addHandler(self)
        if self.console.is_terminal:
            self._bar.start()
        self.begin("loading")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self._clear()
        if self.console.is_terminal:
            self._bar.stop()
        logging.getLogger(_PROGRESS_LOGGER).removeHandler(self)

    def begin(self, name: str) -> None:
        """Shows that a component begins."""
        self._clear()
        self._task, self._name = self._bar.add_task(name, total=None, detail=""), name

    def phase(self, name: str) -> None:
        """Shows that a part of a command begins; without a terminal, with a line."""
        self.begin(name)
        if not self.console.is_terminal:
            self.console.print(name)

    def end(self, node: "Node", description: str) -> None:
        """Shows that a component has ended, and what it has done, in any characters.

        The bar goes on if it is that of another component, which this one ran beside.
        """
        if node.id == self._name:
            self._clear()
        took = ("cached", "dim") if node.cached else (f"{node.seconds:.1f} s", "")
        line = Text.assemble(("✓", "green"), f" {node.id:<21} {description:<43} ")
        line.append(f"{took[0]:>8}", took[1])
        self.console.print(line, soft_wrap=True)

    def warn(self, sentence: str) -> None:
        """Shows that something is wrong, though the run goes on."""
        logging.warning(sentence)
        self.console.print("!", sentence, soft_wrap=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Moves the bar; `record.progress` is a `trainer.progress.Progress`."""
        progress = getattr(record, "progress", None)
        if progress is None or self._task is None:
            return
        values = " ".join(f"{title} {value:.3f}" for title, value in progress.values.items())
        self._bar.update(
            self._task,
            total=progress.steps,
            completed=progress.step,
            detail=f"epoch {progress.epoch}/{progress.epochs} {values}",
        )

    def _clear(self) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None
