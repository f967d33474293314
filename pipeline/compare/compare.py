"""`digits compare`: models on the same pictures, side by side, through TFMA."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import apache_beam as beam
import numpy as np
from pydantic import BaseModel

from evaluation.evaluate import evaluate
from evaluation.options import MINIMUM
from evaluation.pictures import Pictures, read_pictures
from evaluation.pixels import read_pixels
from evaluation.results import Evaluation, SliceResult, read_evaluation
from evaluation.slice_names import slice_names
from pipeline.compare.examples import files_of_data, files_of_split
from pipeline.compare.labelled_pictures import require_labels
from pipeline.compare.models import Model, find_models, latencies_ms
from pipeline.compare.tfma_page import as_tfma_page
from pipeline.run.failure import explain_briefly
from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError
from vocabulary.task.judging import Columns, always_shown, metrics_of

_SHOWN: Final = 8
_TFMA_PAGE: Final = "compare-tfma.html"
"""The name of the page of TFMA's views, beside that of the comparison."""


class Answer(BaseModel):
    """A picture that models disagree on, with the ground truth and, by model, the predictions.

    The truth and a prediction are values by the names of the task's columns.
    """

    png: bytes
    truth: dict[str, Any]
    predictions: dict[str, dict[str, Any]]
    right: dict[str, bool]


class Pair(BaseModel):
    """Where one of a pair is right, as the task has it, and the other is not."""

    first: str
    other: str
    only_first: int
    only_other: int


class Comparison(BaseModel):
    """Models on the same pictures; the first is what the others are compared with.

    `slices` begin with the one that changed most in the metrics that are always shown; those of too
    few pictures to judge come last. `claim` says what the intervals claim. `report` is the path of
    the page, `tfma` that of TFMA's views, and `result` the folder of TFMA's result, if it is kept.
    """

    task: str
    classes: list[str]
    models: list[Model]
    pictures: int
    whole: SliceResult
    slices: list[SliceResult]
    pairs: list[Pair]
    claim: str
    report: str
    tfma: str
    result: str | None = None

    @property
    def titles(self) -> dict[str, str]:
        """How people are shown each model, by name."""
        return {model.name: model.title for model in self.models}

    def judged_slices(self) -> list[SliceResult]:
        """Those of enough pictures to tell a change from chance."""
        return [row for row in self.slices if row.count >= MINIMUM]


class Compared(NamedTuple):
    """A comparison, and what its pages show besides.

    `answers` are some pictures that the models disagree on, `rows` the predictions for all, and
    `tfma` is the page of TFMA's views.
    """

    comparison: Comparison
    answers: list[Answer]
    rows: Pictures
    tfma: str


def compare(
    workspace: Workspace,
    names: Sequence[str],
    *,
    split: str,
    data: Path | None,
    output: Path | None = None,
    on_start: Callable[[str], None],
) -> Compared:
    """Compares models.

    Args:
        workspace: where versions and runs are looked for.
        names: as `find_models` takes them.
        split: of the latest run's examples.
        data: instead of these, pictures as in `pipeline.compare.labelled_pictures`, or TFRecords.
        output: a new folder for TFMA's result and the pages; without it, the result is not kept.
        on_start: called with what begins now, in a word or two.

    Raises:
        UserError: if a model or the pictures cannot be found or read, or models cannot be compared.
    """
    if output and (output.is_file() or (output.is_dir() and any(output.iterdir()))):
        raise UserError(f"{output} is there already; name a new folder with --output")
    output = output and output.resolve()  # where `.` is, and what a link leads to, has a name
    on_start("finding the models")
    compared = find_models(workspace, names)
    first = compared[0]
    with tempfile.TemporaryDirectory() as folder:
        on_start("reading the pictures")
        files = (
            files_of_split(workspace, split, first.task)
            if data is None
            else files_of_data(data, folder, first.task)
        )
        on_start(f"evaluating {len(compared)} models")
        result = f"{folder}/evaluation"
        shown = str(data or Path(files[0]).parent)
        evaluation, rows = _evaluated(compared, files, result, data=shown)
        answers = _answers(rows, files)
        timed = next(read_pixels(rows, files)).encoded
        names_in_tfma = {model.name: _sortable(model) for model in compared}
        page = workspace.comparison.name
        tfma = as_tfma_page(result, names_in_tfma, title=title_of(compared), back=page)
        on_start("timing the models")
        timings = zip(compared, latencies_ms(compared, timed), strict=True)
        if output:  # when no model is left to run
            _keep(result, output)
    pages = output or workspace.root
    comparison = Comparison(
        task=first.task.kind,
        classes=first.task.classes,
        models=[one.model_copy(update={"latency_ms": latency}) for one, latency in timings],
        pictures=evaluation.whole.count,
        whole=evaluation.whole,
        slices=sorted(
            _parts(evaluation), key=lambda one: _change(one, first.task.kind), reverse=True
        ),
        pairs=[_pair(rows, first.name, other.name) for other in compared[1:]],
        claim=evaluation.whole.claim,
        report=str(pages / page),
        tfma=str(pages / _TFMA_PAGE),
        result=str(output) if output else None,
    )
    return Compared(comparison, answers, rows, tfma)


def _keep(result: str, output: Path) -> None:
    """Copies a result to a folder, which appears whole or not at all."""
    partial = output.with_name(f".{output.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(result, partial)  # with the folders above
    partial.replace(output)


def title_of(models: Sequence[Model]) -> str:
    """The title of the pages."""
    *names, last = (model.title for model in models)
    return f"digits compare: {', '.join(names)} and {last}"


def _sortable(model: Model) -> str:
    """What TFMA's views call a model: they sort by it, so the date comes first."""
    if model.origin is None:
        return model.name
    return f"{model.origin.trained:%Y-%m-%d %H:%M}, {model.name}"


def _evaluated(
    compared: Sequence[Model], files: Sequence[str], folder: str, *, data: str
) -> tuple[Evaluation, Pictures]:
    """What TFMA measures, and what each model says of each picture; written to a folder.

    `data` is where people find the pictures.
    """
    models, first = {c.name: str(c.folder) for c in compared}, compared[0]
    try:
        evaluate(
            models,
            files,
            folder,
            task=first.task,
            slices=slice_names(first.task),
            canvas=first.canvas[:2],
            baseline=first.name,
            make_pipeline=lambda: beam.Pipeline(runner="FnApiRunner"),
            places={model.name: model.place for model in compared},
            data=data,
        )
        rows = read_pictures(folder, list(models), first.task.kind)
        return read_evaluation(folder), rows
    except Exception as error:
        # If it is they, this says which and why.
        require_labels([Path(file) for file in files], task=first.task)
        raise UserError(
            f"{' and '.join(models)} cannot be compared: {explain_briefly(error)}; name other "
            "models, or other pictures with --data"
        ) from error


def _parts(evaluation: Evaluation) -> list[SliceResult]:
    """The slices that are not the whole by another name, as `clutter unknown` of photographs is."""
    return [one for one in evaluation.slices[1:] if one.count < evaluation.whole.count]


def _change(one: SliceResult, task: str) -> tuple[bool, float]:
    """What slices are sorted by: how much changed, but small slices come last."""
    most = max(
        abs(np.nan_to_num(differences[metric.name].value))
        for differences in one.differences.values()
        for metric in always_shown(metrics_of(task))
    )
    return one.count >= MINIMUM, most


def _pair(rows: Pictures, first: str, other: str) -> Pair:
    mine, theirs = rows.right[first], rows.right[other]
    return Pair(
        first=first,
        other=other,
        only_first=int((mine & ~theirs).sum()),
        only_other=int((theirs & ~mine).sum()),
    )


def _answers(rows: Pictures, files: Sequence[str]) -> list[Answer]:
    """Some pictures that the first gets right and another wrong, or the reverse, with pixels."""
    right = rows.right
    first, *others = right
    wanted: set[int] = set()
    for other in others:
        for pair in ((first, other), (other, first)):
            wanted.update(np.flatnonzero(right[pair[0]] & ~right[pair[1]])[:_SHOWN].tolist())
    pixels = {p.row: p.encoded for p in read_pixels(rows, files) if p.row in wanted}
    return [
        Answer(
            png=pixels[i],
            truth=_values(rows.truth, i),
            predictions={model: _values(of, i) for model, of in rows.predictions.items()},
            right={model: bool(of[i]) for model, of in right.items()},
        )
        for i in sorted(pixels)
    ]


def _values(columns: Columns, row: int) -> dict[str, Any]:
    # Texts are in columns of objects, which have no `item`.
    return {name: column[row : row + 1].tolist()[0] for name, column in columns.items()}
