"""An examination as the sections of a page, with contact sheets: pictures and their boxes."""

from collections.abc import Iterator, Sequence
from typing import Final

from components.digit_example_gen.doctor.answers import Answer, Disagreement
from components.digit_example_gen.doctor.dataset import Dataset, read_pictures
from components.digit_example_gen.doctor.examine import Examination, FoundAt, SecondOpinion
from components.digit_example_gen.doctor.table import opinion_lines
from components.digit_example_gen.doctor.training_data import TrainingData
from components.digit_example_gen.labelled_picture import Opened, open_picture
from components.digit_example_gen.sources.labels.record import Annotated, Labels, Object
from vocabulary.document import Mark, Part, Picture, Pictures, Section, Table, Words
from vocabulary.pictures import UnreadableError, as_png

_SHEET: Final = 48
_DOUBTFUL: Final = 24
_ROWS: Final = 500
_LARGEST: Final = 320
"""Pixels of the longer side of a picture on the page."""
_DOUBTS: Final = ("error", "warning")
_PLACES: Final = {
    "width of a box": "width",
    "height of a box": "height",
    "middle of a box, from the left": "x",
    "middle of a box, from the top": "y",
}
"""What `training_data.Summary` has of boxes, and what it is called."""


def as_sections(
    examination: Examination, dataset: Dataset, disagreements: Sequence[Disagreement] = ()
) -> list[Section]:
    """Counts with a sheet of pictures, what a model says if one was asked, and the findings."""
    sections = [Section("there", "What is there", [*_counts(examination), _sheet(dataset)])]
    if examination.model:
        parts = [*_opinion(examination.model), *_disagreements(dataset, disagreements)]
        sections.append(Section("model", "What the model says", parts))
    findings = [*_findings(examination, dataset)]
    return [*sections, Section("findings", "Findings", findings)]


def _counts(examination: Examination) -> Iterator[Part]:
    splits = [*examination.pictures]
    rows = [
        (name, *(f"{counts.get(split, 0):,}" for split in splits))
        for name, counts in examination.objects.items()
    ]
    total = ("pictures", *(f"{count:,}" for count in examination.pictures.values()))
    yield Table(("class", *splits), [*rows, total], "Objects of each class, and pictures.")
    if examination.sides:
        sides = examination.sides
        yield Words(
            f"Boxes are {sides.smallest:.0%} to {sides.largest:.0%} of the picture's side (that of "
            f"a square of their area), {sides.median:.0%} in the middle."
        )


def _sheet(dataset: Dataset) -> Pictures:
    paths = [record.path for record in dataset.labels.records]
    step = max(1, -(-len(paths) // _SHEET))
    return Pictures(
        "From all over the folder",
        [_labelled(*one, dataset.labels) for one in _opened(dataset, paths[::step])],
        "Each picture upright, with its boxes as they are labelled.",
    )


def _opinion(opinion: SecondOpinion) -> Iterator[Part]:
    told, *differences = opinion_lines(opinion)
    yield Words(_sentence(told))
    for line in differences:
        yield Words(_sentence(line), "plain" if opinion.training is None else "bad")
    if opinion.training:
        yield _beside_training(opinion.training)


def _sentence(line: str) -> str:
    return f"{line[0].upper()}{line[1:]}."


def _beside_training(data: TrainingData) -> Table:
    here, there = data.here, data.there
    names = sorted({*here.shares, *there.shares}, key=lambda name: (len(name), name))
    rows = [
        (f"class {name}", *(f"{one.shares.get(name, 0):.1%}" for one in (here, there)))
        for name in names
    ]
    for title, side in _PLACES.items():
        rows.append((title, *(f"{getattr(one, side):.0%}" for one in (here, there))))
    return Table(
        ("", "here", "where the model was trained"), rows,
        "Shares of the objects by class; boxes on average, in shares of the picture's sides.",
    )  # fmt: skip


def _disagreements(dataset: Dataset, disagreements: Sequence[Disagreement]) -> Iterator[Part]:
    shown = disagreements[:_SHEET]
    opened = {
        record.path: one for record, one in _opened(dataset, [one.record.path for one in shown])
    }
    pictures = []
    for one in shown:
        marks = [Mark(each.box, "truth") for each in one.record.objects]
        if one.answer.box is not None:
            marks.append(Mark(one.answer.box, "prediction"))
        caption = f"{_names(one.record.objects)}, or {_answer(one.answer)}? {one.record.path}"
        pictures.append(Picture(_small(opened[one.record.path]), caption, tuple(marks)))
    if pictures:
        yield Pictures(
            "Where it disagrees with the labels",
            pictures,
            "The label first, in green, then the model's answer, dashed in orange; where it is "
            "surest, first.",
        )


def _answer(answer: Answer) -> str:
    return "nothing" if answer.name is None else f"{answer.name} ({answer.probability:.0%})"


def _findings(examination: Examination, dataset: Dataset) -> Iterator[Part]:
    if not examination.findings:
        yield Words("Nothing is wrong with it.", "good")
        return
    doubted = {one.picture for one in examination.findings if one.severity in _DOUBTS}
    paths = [record.path for record in dataset.labels.records if record.path in doubted]
    opened = _opened(dataset, paths[:_DOUBTFUL])
    if pictures := [_labelled(*one, dataset.labels, wrong=True) for one in opened]:
        caption = "With the boxes that could be read."
        yield Pictures("Pictures with errors and warnings", pictures, caption)
    rows = [_row(found) for found in examination.findings[:_ROWS]]
    more = len(examination.findings) - len(rows)
    yield Table(
        ("", "where", "what", "the way out"), rows,
        f"And {more:,} more, which --json has." if more else "", numeric=False,
    )  # fmt: skip


def _row(found: FoundAt) -> tuple[str, ...]:
    return found.severity, found.file + found.place, found.sentence, found.advice


def _opened(dataset: Dataset, paths: Sequence[str]) -> Iterator[tuple[Annotated, Opened]]:
    """Those of the pictures that can be read."""
    for record, stored in read_pictures(dataset, frozenset(paths)):
        try:
            yield record, open_picture(stored, record)
        except UnreadableError:
            continue


def _labelled(record: Annotated, opened: Opened, labels: Labels, *, wrong: bool = False) -> Picture:
    names = _names(opened.objects)
    if record.path in labels.errors():
        names = (
            f"{names}, and what cannot be read" if opened.objects else "no label that can be read"
        )
    marks = tuple(Mark(one.box, "truth") for one in opened.objects)
    return Picture(_small(opened), f"{record.path}: {names}", marks, wrong)


def _names(objects: Sequence[Object]) -> str:
    return ", ".join(one.name for one in objects) or "nothing"


def _small(opened: Opened) -> bytes:
    """As PNG or JPEG, no larger than a page needs it."""
    if max(opened.image.size) <= _LARGEST:
        return opened.encoded
    image = opened.image.copy()
    image.thumbnail((_LARGEST, _LARGEST))
    return as_png(image)
