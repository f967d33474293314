"""Tells a run on the terminal: a line for each component, a bar while one works."""

import logging
import types
from typing import TYPE_CHECKING, Self, TextIO

from rich.console import Console
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
from rich.text import Text

if TYPE_CHECKING:
    from pipeline.history import Node

# A copy: importing trainer.progress would load Keras before there is a bar to wait with.
_PROGRESS_LOGGER = "trainer.progress"


class _TimeColumn(TimeRemainingColumn):
    """Time left where that is known, else time gone by."""

    def render(self, task: Task) -> Text:
        """See Rich."""
        if task.total is None:
            return TimeElapsedColumn().render(task)
        return super().render(task) + Text(" left", style="progress.remaining")


class Narrator(logging.Handler):
    """Listens to the run and to the trainer; draws no bar where there is no terminal."""

    def __init__(self, stream: TextIO):
        super().__init__(logging.INFO)
        self.console = Console(file=stream, highlight=False)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<21}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[detail]}"),
            _TimeColumn(),
            console=self.console,
            transient=True,
            # They lead to the log; Rich would lead them back to the terminal.
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task: TaskID | None = None

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

    def begin(self, what: str) -> None:
        """A component begins."""
        self._clear()
        self._task = self._bar.add_task(what, total=None, detail="")

    def end(self, node: "Node", made: str) -> None:
        """A component is done, and what it made."""
        self._clear()
        took = "[dim]cached[/]" if node.cached else f"{node.seconds:.1f} s"
        self.console.print(f"[green]✓[/] {node.id:<21} {made:<43} {took:>8}", soft_wrap=True)

    def tell(self, sentence: str) -> None:
        """Something that the user has to know of."""
        self.console.print(sentence, markup=False, soft_wrap=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Moves the bar; `record.progress` is a `trainer.progress.Progress`."""
        progress = getattr(record, "progress", None)
        if progress is None or self._task is None:
            return
        self._bar.update(
            self._task,
            total=progress.steps,
            completed=progress.step,
            detail=f"epoch {progress.epoch}/{progress.epochs}  loss {progress.loss:.3f}  "
            f"accuracy {progress.accuracy:.3f}  IoU {progress.iou:.3f}",
        )

    def _clear(self) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None
