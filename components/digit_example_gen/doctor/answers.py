"""Where a model disagrees with labels: the surer it is, the likelier a label is wrong."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from components.digit_example_gen.doctor.dataset import Dataset, read_pictures
from components.digit_example_gen.doctor.labels import split_place
from components.digit_example_gen.labelled_picture import Opened, open_picture
from vocabulary import boxes
from vocabulary.boxes import Edges
from vocabulary.classes import same as same_class
from vocabulary.labels.record import Annotated, Finding, Object
from vocabulary.pictures import UnreadableError

_AT_ONCE: Final = 32


class Answer(NamedTuple):
    """What a model reads in a picture.

    Attributes:
        name: of the class; None: there is no object.
        probability: how sure it is of that, in [0, 1]; 0 for no object.
        box: where; None where there is none, or the model does not say.
    """

    name: str | None
    probability: float
    box: Edges | None


Ask = Callable[[Sequence[bytes]], Sequence[Answer | None]]
"""A model's answers to encoded pictures; None for one that it refuses."""


class Disagreement(NamedTuple):
    """A picture whose label says something else than a model.

    Attributes:
        record: with its label.
        answer: the model's.
        sentence: what both say; it goes on after the place of the label.
    """

    record: Annotated
    answer: Answer
    sentence: str

    def finding(self) -> Finding:
        """To be looked at."""
        objects = self.record.objects
        file, place = split_place(objects[0].where) if len(objects) == 1 else (self.record.path, "")
        return Finding("look at", file, place, self.sentence, "look which is right",
                       self.record.path)  # fmt: skip


class Asked(NamedTuple):
    """How many pictures a model was asked about, and the disagreements, the surest first."""

    pictures: int
    disagreements: list[Disagreement]


def ask_about(dataset: Dataset, ask: Ask) -> Asked:
    """Asks a model about every picture that can be read and has no error in its label."""
    bad = dataset.labels.errors()
    pictures, disagreements = 0, []
    opened = (one for one in _opened(dataset) if one[0].path not in bad)
    while batch := list(islice(opened, _AT_ONCE)):
        for (record, one), answer in zip(
            batch, ask([one.encoded for _, one in batch]), strict=True
        ):
            pictures += answer is not None
            if answer and (sentence := _difference(one.objects, answer)):
                upright = record._replace(objects=one.objects)
                disagreements.append(Disagreement(upright, answer, sentence))
    disagreements.sort(key=lambda one: (-one.answer.probability, one.record.path))
    return Asked(pictures, disagreements)


def _opened(dataset: Dataset) -> Iterator[tuple[Annotated, Opened]]:
    for record, stored in read_pictures(dataset):
        try:
            yield record, open_picture(stored, record)
        except UnreadableError:
            continue


def _difference(objects: Sequence[Object], answer: Answer) -> str:
    """What both say where they differ; empty where they do not."""
    names = " and ".join(one.name for one in objects) or "nothing"
    if answer.name is None:
        return f"is labelled {names}, and the model finds nothing" if objects else ""
    told = f"the model is {answer.probability:.0%} sure of {answer.name}"
    alike = [one for one in objects if same_class(one.name) == same_class(answer.name)]
    if not alike:
        return f"is labelled {names}, and {told}"
    if answer.box is not None and not any(boxes.iou(one.box, answer.box) > 0 for one in alike):
        return f"is labelled {names}, and {told} in another place"
    return ""
