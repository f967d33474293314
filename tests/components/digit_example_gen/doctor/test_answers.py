"""Where a model disagrees with labels, the surest first."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from components.digit_example_gen.doctor.answers import Answer, ask_about
from components.digit_example_gen.doctor.open_dataset import open_dataset

BOX = (0.25, 0.25, 0.75, 0.75)


def ask(answers: dict[str, Answer | None], labels: dict[str, str], folder: Path) -> list[str]:
    """What is said of pictures, each with its label and the answer to it."""
    for name, label in labels.items():
        Image.new("L", (16, 8 + len(name))).save(folder / f"{name}.png")
        (folder / f"{name}.txt").write_text(label)
    dataset = open_dataset(str(folder))
    sent = iter(sorted(labels))
    asked = ask_about(dataset, lambda pictures: [answers[next(sent)] for _ in pictures])
    assert asked.pictures == sum(answer is not None for answer in answers.values())
    return [str(one.finding()).split("; look")[0] for one in asked.disagreements]


def test_the_surest_of_something_else_comes_first(tmp_path: Path) -> None:
    label = "3 0.5 0.5 0.5 0.5"
    answers = {
        "a": Answer("3", 1.0, BOX),
        "b": Answer("8", 0.7, BOX),
        "c": Answer("5", 0.99, BOX),
        "d": Answer("3", 0.9, (0.0, 0.0, 0.2, 0.2)),
        "e": Answer(None, 0.0, None),
        "f": Answer("1", 0.6, BOX),
        "g": None,
        "h": Answer(None, 0.0, None),
        "i": Answer("3", 0.8, None),
    }
    labels = dict.fromkeys(answers, label) | {"f": "", "h": ""}
    assert ask(answers, labels, tmp_path) == [
        "c.txt:1 is labelled 3, and the model is 99% sure of 5",
        "d.txt:1 is labelled 3, and the model is 90% sure of 3 in another place",
        "b.txt:1 is labelled 3, and the model is 70% sure of 8",
        "f.png is labelled nothing, and the model is 60% sure of 1",
        "e.txt:1 is labelled 3, and the model finds nothing",
    ]


def test_one_of_several_objects_is_agreement(tmp_path: Path) -> None:
    two = "3 0.5 0.5 0.5 0.5\n4 0.1 0.1 0.1 0.1"
    answers: dict[str, Answer | None] = {"a": Answer("4", 1.0, (0.0, 0.0, 0.2, 0.2))}
    assert ask(answers, {"a": two}, tmp_path) == []


@pytest.mark.parametrize("label", ["x", "3 2 2 2 2"])
def test_pictures_with_bad_labels_are_not_asked_about(label: str, tmp_path: Path) -> None:
    def refuse(pictures: Sequence[bytes]) -> list[Answer | None]:
        raise AssertionError

    Image.new("L", (16, 8)).save(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text(label)
    assert ask_about(open_dataset(str(tmp_path)), refuse).pictures == 0
