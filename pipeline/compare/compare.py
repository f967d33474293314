"""`digits compare`: models on the same pictures, side by side, through TFMA."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import apache_beam as beam
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from evaluation.evaluate import ROWS, evaluate
from evaluation.options import EvaluationOptions
from evaluation.pictures import Pictures, read_pictures
from evaluation.pixels import read_pixels
from evaluation.results import Estimate, Evaluation, SliceResult, read_evaluation
from evaluation.slice_names import slice_names
from evaluation.sums import JOINT_THRESHOLD
from pipeline.compare.labelled_pictures import find_pictures, require_labels, write_examples
from pipeline.compare.models import Contender, find_contenders, latencies_ms
from pipeline.run.failure import explain_briefly
from pipeline.workspace.explain import judged_run
from pipeline.workspace.workspace import Workspace
from vocabulary import boxes
from vocabulary.errors import UserError

_OPTIONS = EvaluationOptions(bars={"accuracy": 0.0}, margin=0.0, slices=slice_names("localization"))
MINIMUM = _OPTIONS.minimum
"""Pictures that a slice needs to be called changed: of fewer, it may be chance."""
_SORTED_BY = ("accuracy", "mean_iou")
_SHOWN = 8


class Value(BaseModel):
    """A metric with the ends of its 95% interval, where it has one."""

    value: float
    lower: float | None
    upper: float | None


class Row(BaseModel):
    """A slice: metrics of each model, and differences of each from the first; by model, by name."""

    slice: str
    count: int
    metrics: dict[str, dict[str, Value]]
    differences: dict[str, dict[str, Value]]


class Model(BaseModel):
    """What there is to know of a model besides its metrics.

    `bytes` are of what a server loads; `latency_ms` is of one picture on this machine.
    """

    name: str
    folder: str
    parameters: int | None
    bytes: int
    latency_ms: float


class Answer(BaseModel):
    """A picture that models disagree on; boxes are (xmin, ymin, xmax, ymax) in [0, 1]."""

    png: bytes
    digit: int
    box: tuple[float, ...]
    said: dict[str, int]
    boxes: dict[str, tuple[float, ...]]
    ious: dict[str, float]
    right: dict[str, bool]


class Pair(BaseModel):
    """Where one of a pair is right (digit, and IoU at least 0.5) and the other is not."""

    first: str
    other: str
    only_first: int
    only_other: int


class Comparison(BaseModel):
    """Models on the same pictures; the first is what the others are compared with.

    `slices` begin with the one that changed most in accuracy or mean IoU; those of too few pictures
    to judge come last. `claim` says what the intervals claim. `report` is the path of the page.
    """

    models: list[Model]
    pictures: int
    whole: Row
    slices: list[Row]
    pairs: list[Pair]
    claim: str
    report: str

    def judged_slices(self) -> list[Row]:
        """Those of enough pictures to tell a change from chance."""
        return [row for row in self.slices if row.count >= MINIMUM]


def compare(
    workspace: Workspace,
    names: Sequence[str],
    *,
    split: str,
    data: Path | None,
    on_start: Callable[[str], None],
) -> tuple[Comparison, list[Answer]]:
    """Compares models, and gives some pictures that they disagree on.

    Args:
        workspace: where versions and runs are looked for.
        names: versions, runs or folders; the champion and the latest candidate if empty.
        split: of the latest run's examples.
        data: instead of these, a folder of pictures as in `pipeline.compare.labelled_pictures`, or
            TFRecords of tf.Example, a file or a folder.
        on_start: called with what begins now, in a word or two.

    Raises:
        UserError: if a model or the pictures cannot be found or read, or models cannot be compared.
    """
    on_start("finding the models")
    contenders = find_contenders(workspace, names)
    first = contenders[0]
    with tempfile.TemporaryDirectory() as folder:
        on_start("reading the pictures")
        files = _files(workspace, split) if data is None else _own_files(data, folder, first.task)
        on_start(f"evaluating {len(contenders)} models")
        evaluation, rows = _evaluated(contenders, files, f"{folder}/evaluation")
        answers = _answers(rows, files)
        timed = next(read_pixels(rows, files)).encoded
    on_start("timing the models")
    latencies = latencies_ms(contenders, timed)
    return Comparison(
        models=[_model(*pair) for pair in zip(contenders, latencies, strict=True)],
        pictures=evaluation.whole.count,
        whole=_row(evaluation.whole),
        slices=sorted(map(_row, _parts(evaluation)), key=_change, reverse=True),
        pairs=[_pair(rows, first.name, other.name) for other in contenders[1:]],
        claim=evaluation.whole.claim,
        report=str(workspace.comparison),
    ), answers


def _evaluated(
    contenders: Sequence[Contender], files: Sequence[str], folder: str
) -> tuple[Evaluation, Pictures]:
    """What TFMA measures, and what each model says of each picture; written to a folder."""
    models = {c.name: str(c.folder) for c in contenders}
    try:
        evaluate(
            models,
            files,
            folder,
            options=_OPTIONS,
            canvas=contenders[0].canvas[:2],
            baseline=contenders[0].name,
            make_pipeline=lambda: beam.Pipeline(runner="FnApiRunner"),
        )
        return read_evaluation(folder), read_pictures(f"{folder}/{ROWS}", list(models))
    except Exception as error:
        # If it is they, this says which and why.
        require_labels([Path(file) for file in files], task=contenders[0].task)
        raise UserError(
            f"{' and '.join(models)} cannot be compared: {explain_briefly(error)}; name other "
            "models, or other pictures with --data"
        ) from error


def _parts(evaluation: Evaluation) -> list[SliceResult]:
    """The slices that are not the whole by another name, as `clutter unknown` of photographs is."""
    return [one for one in evaluation.slices[1:] if one.count < evaluation.whole.count]


def _own_files(data: Path, folder: str, task: str) -> list[str]:
    """TFRecords as they are; of a folder of pictures, one that is made in `folder`."""
    if not data.exists():
        raise UserError(f"there is no {data}; --data takes a folder of pictures, or TFRecords")
    pictures = find_pictures(data) if data.is_dir() else []
    if pictures:
        write_examples(pictures, f"{folder}/pictures", task=task)
        return [f"{folder}/pictures"]
    files = [data] if data.is_file() else sorted(p for p in data.glob("*") if p.is_file())
    if not files:
        raise UserError(f"--data {data} holds neither pictures nor TFRecords; name another folder")
    require_labels(files, task=task)
    return [str(path) for path in files]


def _files(workspace: Workspace, split: str) -> list[str]:
    try:
        run, nodes = judged_run(workspace, None)
    except UserError as error:
        raise UserError(f"{error}, or name pictures with --data") from error
    folder = nodes["DigitExampleGen"].outputs["examples"].uri
    if not (folder / f"Split-{split}").is_dir():
        splits = sorted(path.name.removeprefix("Split-") for path in folder.glob("Split-*"))
        raise UserError(f"the run {run} has no split {split}; it has {', '.join(splits)}")
    files = [str(path) for path in sorted((folder / f"Split-{split}").glob("*"))]
    if not files:
        raise UserError(f"{folder / f'Split-{split}'} is empty; run again, or name another --split")
    return files


def _model(contender: Contender, latency_ms: float) -> Model:
    return Model(
        name=contender.name,
        folder=str(contender.folder),
        parameters=contender.parameters,
        bytes=contender.size,
        latency_ms=latency_ms,
    )


def _row(of: SliceResult) -> Row:
    return Row(
        slice=of.title,
        count=of.count,
        metrics={model: _values(found) for model, found in of.metrics.items()},
        differences={model: _values(found) for model, found in of.differences.items() if found},
    )


def _values(estimates: dict[str, Estimate]) -> dict[str, Value]:
    return {
        name: Value(value=e.value, lower=e.lower, upper=e.upper) for name, e in estimates.items()
    }


def _change(row: Row) -> tuple[bool, float]:
    """What slices are sorted by: how much changed, but small slices come last."""
    most = max(
        abs(np.nan_to_num(found[name].value))
        for found in row.differences.values()
        for name in _SORTED_BY
    )
    return row.count >= MINIMUM, most


def _ious(rows: Pictures, model: str) -> NDArray[np.float64]:
    return boxes.iou(rows.boxes, rows.said[model].boxes)


def _right(rows: Pictures, model: str) -> NDArray[np.bool_]:
    return (rows.said[model].digits == rows.digits) & (_ious(rows, model) >= JOINT_THRESHOLD)


def _pair(rows: Pictures, first: str, other: str) -> Pair:
    mine, theirs = _right(rows, first), _right(rows, other)
    return Pair(
        first=first,
        other=other,
        only_first=int((mine & ~theirs).sum()),
        only_other=int((theirs & ~mine).sum()),
    )


def _answers(rows: Pictures, files: Sequence[str]) -> list[Answer]:
    """Some pictures that the first gets right and another wrong, or the reverse, with pixels."""
    first, *others = rows.said
    right = {model: _right(rows, model) for model in rows.said}
    ious = {model: _ious(rows, model) for model in rows.said}
    wanted: set[int] = set()
    for other in others:
        for pair in ((first, other), (other, first)):
            wanted.update(np.flatnonzero(right[pair[0]] & ~right[pair[1]])[:_SHOWN].tolist())
    found = {p.row: p.encoded for p in read_pixels(rows, files) if p.row in wanted}
    return [
        Answer(
            png=found[i],
            digit=int(rows.digits[i]),
            box=tuple(rows.boxes[i].tolist()),
            said={model: int(said.digits[i]) for model, said in rows.said.items()},
            boxes={model: tuple(said.boxes[i].tolist()) for model, said in rows.said.items()},
            ious={model: float(found_ious[i]) for model, found_ious in ious.items()},
            right={model: bool(is_right[i]) for model, is_right in right.items()},
        )
        for i in sorted(found)
    ]
