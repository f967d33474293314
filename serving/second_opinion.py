"""What `digits doctor --model` asks: a model, about pictures that have labels already."""

from collections.abc import Sequence

from components.digit_example_gen.doctor.answers import Answer, Ask
from serving.reading import Reader, RefusedError
from vocabulary.errors import UserError
from vocabulary.task.predictions import ObjectFields, Prediction


def ask_with(reader: Reader) -> Ask:
    """A function that asks a reader; pictures are sent as they are, as they would be trained on.

    Raises:
        UserError: if answers of its task are no labels.
    """
    fields = reader.predictions.OBJECT
    if fields is None:
        raise UserError(
            f"a model for the task {reader.task.kind} gives no labels, so there is "
            "nothing to compare; leave --model out"
        )

    def ask(pictures: Sequence[bytes]) -> Sequence[Answer | None]:
        try:
            return [_answer(one, fields) for one in reader.predict(pictures)]
        except RefusedError:
            if len(pictures) == 1:
                return [None]
            return [answer for one in pictures for answer in ask([one])]

    return ask


def _answer(prediction: Prediction, fields: ObjectFields) -> Answer:
    values = prediction.fields(width=1, height=1)
    name = values[fields.name]
    if name is None:
        return Answer(None, 0.0, None)
    where = values[fields.rectangle] if fields.rectangle else None
    return Answer(name, values[fields.probability], where and tuple(where))
