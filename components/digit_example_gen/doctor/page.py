"""An examination as the sections of a page, with contact sheets: pictures and their boxes."""

from collections.abc import Iterator, Sequence
from typing import Final

from components.digit_example_gen.doctor.examine import Examination, FoundAt
from components.digit_example_gen.labelled_picture import open_picture
from components.digit_example_gen.sources.labels.files import Folder
from components.digit_example_gen.sources.labels.record import Annotated, Labels
from vocabulary.document import Mark, Part, Picture, Pictures, Section, Table, Words
from vocabulary.pictures import UnreadableError

_SHEET: Final = 48
_DOUBTFUL: Final = 24
_ROWS: Final = 500


def as_sections(examination: Examination, folder: Folder, labels: Labels) -> list[Section]:
    """Counts with a sheet of pictures from all over the folder, and the findings with theirs."""
    return [
        Section("there", "What is there", [*_counts(examination), _sheet(folder, labels)]),
        Section("findings", "Findings", [*_findings(examination, folder, labels)]),
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


def _sheet(folder: Folder, labels: Labels) -> Pictures:
    step = max(1, -(-len(labels.records) // _SHEET))
    return Pictures(
        "From all over the folder",
        [*_drawn(folder, labels.records[::step], wrong=False)],
        "Each picture upright, with its boxes as they are labelled.",
    )


def _findings(examination: Examination, folder: Folder, labels: Labels) -> Iterator[Part]:
    if not examination.findings:
        yield Words("Nothing is wrong with it.", "good")
        return
    doubted = {found.picture for found in examination.findings if found.severity != "note"}
    records = [record for record in labels.records if record.path in doubted][:_DOUBTFUL]
    if pictures := [*_drawn(folder, records, wrong=True)]:
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


def _drawn(folder: Folder, records: Sequence[Annotated], *, wrong: bool) -> Iterator[Picture]:
    for record in records:
        try:
            opened = open_picture(folder.bytes_of(record.path), record)
        except UnreadableError:
            continue
        names = ", ".join(one.name for one in opened.objects) or "nothing"
        marks = tuple(Mark(one.box, "truth") for one in opened.objects)
        yield Picture(opened.encoded, f"{record.path}: {names}", marks, wrong)
