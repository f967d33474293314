"""The one format: any number of objects, facts and ink where there are any."""

import tensorflow as tf

from components.digit_example_gen.example import Labelled, as_examples
from vocabulary import features
from vocabulary.facts import FACTS

FULL = Labelled(
    id="eval/000001", source_id="glyph/1", form="sheet/1", encoded=b"picture", format="png",
    size=(40, 60), labels=(1, 3), texts=("1", "۳"),
    boxes=((0.0, 0.25, 0.5, 0.75), (0.5, 0.25, 1.0, 0.75)),
    facts={fact.name: 1 for fact in FACTS}, ink=b"ink",
)  # fmt: skip
PHOTOGRAPH = Labelled(
    id="a.jpg", source_id="a.jpg", form="", encoded=b"photograph", format="jpeg", size=(3000, 4000),
    labels=(), texts=(), boxes=(),
)  # fmt: skip


def parse(pictures: list[Labelled]) -> list[dict[str, list[object]]]:
    examples = [tf.train.Example.FromString(one).features.feature for one in as_examples(pictures)]
    return [
        {key: list(getattr(of, of.WhichOneof("kind")).value) for key, of in example.items()}
        for example in examples
    ]


def test_objects_are_lists_in_order() -> None:
    (example,) = parse([FULL])
    assert example[features.LABEL] == [1, 3]
    assert example[features.TEXT] == [b"1", "۳".encode()]
    assert [example[key] for key in features.BOX] == [[0, 0.5], [0.25, 0.25], [0.5, 1], [0.75] * 2]
    assert (example[features.HEIGHT], example[features.WIDTH]) == ([40], [60])
    assert example[features.INK] == [b"ink"]
    assert all(example[fact.key] == [1] for fact in FACTS)


def test_a_photograph_has_no_facts_and_no_ink() -> None:
    (example,) = parse([PHOTOGRAPH])
    assert not [key for key in example if key.startswith("scene/") or key == features.INK]
    assert example[features.FORMAT] == [b"jpeg"]


def test_nothing_of_one_picture_is_left_in_the_next() -> None:
    fewer = FULL._replace(labels=(7,), texts=("7",), boxes=((0.0, 0.0, 1.0, 1.0),))
    none = FULL._replace(labels=(), texts=(), boxes=())
    together = parse([FULL, none, fewer, FULL])
    assert together == [*parse([FULL]), *parse([none]), *parse([fewer]), *parse([FULL])]
    assert not {features.LABEL, features.TEXT, *features.BOX} & set(together[1])
