"""What a model says of a data set, as a section of the doctor's page and as lines of the screen."""

from collections.abc import Iterator, Sequence
from typing import Final

from components.digit_example_gen.doctor.answers import Answer, Disagreement
from components.digit_example_gen.doctor.dataset import Dataset
from components.digit_example_gen.doctor.examine import SecondOpinion
from components.digit_example_gen.doctor.sheets import SHEET, names_of, opened_pictures
from components.digit_example_gen.doctor.training_data import TrainingData
from vocabulary.document import Mark, Part, Picture, Pictures, Section, Table, Words

_PLACES: Final = {
    "width of a box": "width",
    "height of a box": "height",
    "middle of a box, from the left": "x",
    "middle of a box, from the top": "y",
}
"""What `training_data.Summary` has of boxes, and what it is called."""


def as_lines(opinion: SecondOpinion) -> list[str]:
    """What it says of the whole, in sentences without a full stop."""
    told = (
        f"the model in {opinion.model} reads {opinion.otherwise:,} of {opinion.pictures:,} "
        "pictures otherwise than they are labelled"
    )
    if 2 * opinion.otherwise > opinion.pictures:
        told += ": it is hardly one for such pictures, or the classes are mixed up"
    if opinion.training is None:
        return [
            told,
            "boxes and classes are not compared with what it was trained on: it has no statistics "
            "beside it, or there are no boxes here",
        ]
    return [told, *opinion.training.differences]


def as_section(
    opinion: SecondOpinion, dataset: Dataset, disagreements: Sequence[Disagreement]
) -> Section:
    """The sentences, the pictures where it is surest of something else, and its training data."""
    told, *others = (Words(f"{line[0].upper()}{line[1:]}.") for line in as_lines(opinion))
    parts: list[Part] = [told]
    if disagreements:
        parts.append(
            Pictures(
                "Where it disagrees with the labels",
                [*_sheet(dataset, disagreements[:SHEET])],
                "The label first, in green, then the model's answer, dashed in orange. Where it is "
                "surest comes first: look which is right.",
            )
        )
    parts += others
    if opinion.training:
        parts.append(_table(opinion.training))
    return Section("model", "What the model says", parts)


def _sheet(dataset: Dataset, disagreements: Sequence[Disagreement]) -> Iterator[Picture]:
    paths = [one.record.path for one in disagreements]
    small = {path: encoded for path, _, encoded in opened_pictures(dataset, paths)}
    for record, answer, _ in (one for one in disagreements if one.record.path in small):
        marks = [Mark(one.box, "truth") for one in record.objects]
        if answer.box is not None:
            marks.append(Mark(answer.box, "prediction"))
        caption = f"{names_of(record.objects)}, or {_told(answer)}? {record.path}"
        yield Picture(small[record.path], caption, tuple(marks))


def _told(answer: Answer) -> str:
    return "nothing" if answer.name is None else f"{answer.name} ({answer.probability:.0%})"


def _table(data: TrainingData) -> Table:
    columns = (data.here, data.there)
    names = sorted({*data.here.shares, *data.there.shares}, key=lambda name: (len(name), name))
    rows = [
        *((f"class {name}", *(f"{one.shares.get(name, 0):.1%}" for one in columns))
          for name in names),
        *((title, *(f"{getattr(one, field):.0%}" for one in columns))
          for title, field in _PLACES.items()),
    ]  # fmt: skip
    return Table(
        ("statistic", "here", "where the model was trained"), rows,
        "Shares of the objects, by class; boxes on average, in shares of the picture's sides.",
    )  # fmt: skip
