"""An examination as the sections of a page, with contact sheets: pictures and their boxes."""

from collections.abc import Iterator, Sequence
from typing import Final

from components.digit_example_gen.doctor.answers import Disagreement
from components.digit_example_gen.doctor.dataset import Dataset
from components.digit_example_gen.doctor.examine import Examination, FoundAt
from components.digit_example_gen.doctor.model_section import as_section
from components.digit_example_gen.doctor.sheets import SHEET, labelled_pictures
from vocabulary.document import Part, Pictures, Section, Table, Words

_DOUBTFUL: Final = 24
_DOUBTS: Final = ("error", "warning")
_ROWS: Final = 500


def as_sections(
    examination: Examination, dataset: Dataset, disagreements: Sequence[Disagreement] = ()
) -> list[Section]:
    """Counts, what a model says if one was asked, the findings, and pictures from all over."""
    sections = [Section("there", "What is there", [*_counts(examination)])]
    if examination.model:
        sections.append(as_section(examination.model, dataset, disagreements))
    return [
        *sections,
        Section("findings", "Findings", [*_findings(examination, dataset)]),
        Section("pictures", "Pictures", [_sheet(dataset)]),
    ]


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
    step = max(1, -(-len(paths) // SHEET))
    return Pictures(
        "From all over the data",
        [*labelled_pictures(dataset, paths[::step])],
        "Each picture upright, with its boxes as they are labelled.",
    )


def _findings(examination: Examination, dataset: Dataset) -> Iterator[Part]:
    if not examination.findings:
        yield Words("Nothing is wrong with it.", "good")
        return
    doubted = {one.picture for one in examination.findings if one.severity in _DOUBTS}
    paths = [record.path for record in dataset.labels.records if record.path in doubted]
    if pictures := [*labelled_pictures(dataset, paths[:_DOUBTFUL], wrong=True)]:
        caption = "With the boxes that could be read."
        yield Pictures("Pictures with errors and warnings", pictures, caption)
    rows = [_row(found) for found in examination.findings[:_ROWS]]
    more = len(examination.findings) - len(rows)
    yield Table(
        ("severity", "where", "what", "the way out"), rows,
        f"And {more:,} more, which --json has." if more else "", numeric=False,
    )  # fmt: skip


def _row(found: FoundAt) -> tuple[str, ...]:
    return found.severity, found.file + found.place, found.sentence, found.advice
