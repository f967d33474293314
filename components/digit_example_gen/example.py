"""The one format of examples: a picture with its truth as a tf.Example, whatever source it is from.

The keys are those of `vocabulary.features` and `vocabulary.facts`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import tensorflow as tf

from vocabulary import features
from vocabulary.boxes import Edges
from vocabulary.facts import FACTS


class Labelled(NamedTuple):
    """A picture with its truth.

    Attributes:
        id: unique in the data set.
        source_id: what must not be in two splits: a glyph, an original photograph.
        form: the form that the handwriting is from; empty where it is unknown.
        encoded: PNG or JPEG.
        format: which, `png` or `jpeg`.
        size: height and width in pixels.
        labels: the class of each object, in reading order; none, one or many.
        texts: what each object is called.
        boxes: around each object.
        facts: values of `vocabulary.facts` by name; none of a photograph.
        ink: a PNG of the ink, white on black; None where it is not written.
    """

    id: str
    source_id: str
    form: str
    encoded: bytes
    format: str
    size: tuple[int, int]
    labels: Sequence[int]
    texts: Sequence[str]
    boxes: Sequence[Edges]
    facts: Mapping[str, float] = {}
    ink: bytes | None = None


_BYTES: Final = (
    features.IMAGE, features.FORMAT, features.ID, features.SOURCE_ID, features.FORM
)  # fmt: skip
_INTS: Final = (features.HEIGHT, features.WIDTH)


def as_examples(pictures: Iterable[Labelled]) -> Iterator[bytes]:
    """Serializes pictures that all have the same facts, and all have their ink written or none.

    Filling one message again and again takes less than half the time of making each anew. One with
    objects and one without have a message each: a picture without has no features for them.
    """
    messages: dict[bool, tuple[tf.train.Example, list[Any]]] = {}
    for picture in pictures:
        there = bool(picture.labels)
        if there not in messages:
            example = tf.train.Example()
            messages[there] = example, list(_slots(example, picture))
        example, slots = messages[there]
        for slot, values in zip(slots, _values(picture), strict=True):
            slot[:] = values
        yield example.SerializeToString(deterministic=True)


def _slots(example: tf.train.Example, like: Labelled) -> Iterator[Any]:
    """Where values go, in the order of `_values`."""
    feature = example.features.feature
    for key in _BYTES:
        yield feature[key].bytes_list.value
    for key in _INTS:
        yield feature[key].int64_list.value
    if like.labels:
        yield feature[features.LABEL].int64_list.value
        yield feature[features.TEXT].bytes_list.value
        for key in features.BOX:
            yield feature[key].float_list.value
    for fact in FACTS:
        if fact.name in like.facts:
            of_fact = feature[fact.key]
            yield of_fact.int64_list.value if fact.whole else of_fact.float_list.value
    if like.ink is not None:
        yield feature[features.INK].bytes_list.value


def _values(picture: Labelled) -> Iterator[Sequence[Any]]:
    names = (picture.format, picture.id, picture.source_id, picture.form)
    yield (picture.encoded,)
    yield from ((name.encode(),) for name in names)
    yield from ((side,) for side in picture.size)
    if picture.labels:
        yield picture.labels
        yield [text.encode() for text in picture.texts]
        for edge in range(len(features.BOX)):
            yield [box[edge] for box in picture.boxes]
    yield from ((picture.facts[fact.name],) for fact in FACTS if fact.name in picture.facts)
    if picture.ink is not None:
        yield (picture.ink,)
