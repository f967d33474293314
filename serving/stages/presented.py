"""What models answer, and as people are shown it: of one task, or in two stages.

Of two stages the answers are those of the second, the reader's; beside them stand the part of the
picture that it was sent, and what the first, the finder, answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageDraw

from vocabulary.card import FINDER, task_on
from vocabulary.task.answers import Answers, Output, Outputs, rectangle_of
from vocabulary.task.find import task_part
from vocabulary.task.options import TaskBase
from vocabulary.task.predictions import ObjectFields, Prediction, Predictions, View

CROP: Final = "crop"
"""The output of two stages that says what part of the picture the reader was sent: float32 [4],
(xmin, ymin, xmax, ymax) in [0, 1]; all of it where nothing was found."""
COLOUR: Final = (69, 117, 180)
"""That the crop is drawn in, RGB."""

Rectangle = tuple[float, float, float, float]


def found(name: str) -> str:
    """What an output or a field of the finder is called beside those of the reader."""
    return f"found_{name}"


def outputs_on(card: Mapping[str, Any], task: TaskBase) -> Outputs:
    """The outputs of a model with this card, which was made for a task."""
    answers: Answers = task_part(task.kind, "answers")
    outputs = dict(answers.outputs(task.classes))
    if FINDER in card:
        finder = task_on(card[FINDER])
        of_finder = task_part(finder.kind, "answers").outputs(finder.classes)
        outputs |= {found(name): output for name, output in of_finder.items()}
        outputs[CROP] = Output("float32", (4,))
    return outputs


def predictions_on(card: Mapping[str, Any], task: TaskBase) -> Predictions:
    """How people are shown what a model with this card answers, which was made for a task."""
    predictions: Predictions = task_part(task.kind, "predictions")
    return Stages(task_on(card[FINDER]), predictions) if FINDER in card else predictions


@dataclass(frozen=True)
class Staged:
    """What was found in a picture, and read in that part of it."""

    found: Prediction
    """By the finder."""
    read: Prediction
    """By the reader."""
    crop: Rectangle | None
    """(xmin, ymin, xmax, ymax) in [0, 1] of the upright picture: the part that was read; None where
    nothing was found, and all of the picture was read."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """Those of both stages."""
        return tuple(dict.fromkeys((*self.found.doubts, *self.read.doubts)))

    def fields(self, *, width: int, height: int) -> dict[str, Any]:
        """The reader's values by name, the crop, and the finder's."""
        by_finder = self.found.fields(width=width, height=height)
        return {
            **self.read.fields(width=width, height=height),
            CROP: self.crop and list(self.crop),
            **{found(name): value for name, value in by_finder.items()},
        }

    def columns(self, *, width: int, height: int) -> dict[str, int | float | str | None]:
        """The reader's row of a table."""
        return self.read.columns(width=width, height=height)


class Stages:
    """The `predictions` of two stages, as a task has them in its module of that name."""

    OBJECT: ObjectFields | None = None
    WHOLE: Final = True

    def __init__(self, finder: TaskBase, reader: Predictions):
        """`finder`: what the first was made for; `reader`: the predictions of the second."""
        answers: Answers = task_part(finder.kind, "answers")
        self._rectangle = rectangle_of(answers)
        self._names = tuple(answers.outputs(finder.classes))
        self._classes = finder.classes
        self._finder: Predictions = task_part(finder.kind, "predictions")
        self._reader = reader
        self.COLUMNS = reader.COLUMNS
        self.NOTHING: Prediction = Staged(self._finder.NOTHING, reader.NOTHING, None)

    def read(self, outputs: Mapping[str, Any], view: View, classes: Sequence[str]) -> Staged:
        """The prediction for one picture; the reader's view is the crop."""
        by_finder = {name: outputs[found(name)] for name in self._names}
        there = self._rectangle is None or _has_area(by_finder[self._rectangle])
        left, top, width, height = view.square
        xmin, ymin, xmax, ymax = map(float, outputs[CROP])
        crop = (left + xmin * width, top + ymin * height, left + xmax * width, top + ymax * height)
        square = (*crop[:2], crop[2] - crop[0], crop[3] - crop[1])
        return Staged(
            self._finder.read(by_finder, view, self._classes),
            self._reader.read(outputs, View(square, view.several, view.doubts), classes),
            crop if there else None,
        )

    def draw(self, prediction: Any, image: Image.Image) -> None:
        """Draws what was found, the crop, and over it what was read, of a `Staged` prediction."""
        if prediction.crop is not None:
            self._finder.draw(prediction.found, image)
            size = (image.width, image.height) * 2
            edges = [round(edge * of) for edge, of in zip(prediction.crop, size, strict=True)]
            line = max(2, max(image.size) // 200)
            ImageDraw.Draw(image).rectangle(edges, outline=COLOUR, width=line)
        self._reader.draw(prediction.read, image)


def _has_area(edges: Sequence[float]) -> bool:
    xmin, ymin, xmax, ymax = edges
    return bool(xmin < xmax and ymin < ymax)
