"""What a card says of the task and the classes that a model was made for."""

import json
from pathlib import Path

import pytest

from vocabulary.card import facts_of, read_card, require_same_classes, task_of
from vocabulary.classes import TEN
from vocabulary.errors import UserError
from vocabulary.model_files import CARD
from vocabulary.task.options import TaskBase


def write(folder: Path, text: str) -> Path:
    (folder / CARD).parent.mkdir()
    (folder / CARD).write_text(text)
    return folder


def test_a_model_that_does_not_say_it_reads_the_ten_digits(tmp_path: Path) -> None:
    assert read_card(tmp_path) == {}
    assert task_of(tmp_path) == TaskBase(kind="localization", classes=[*TEN])
    assert task_of(write(tmp_path, '{"task": "parity"}')).kind == "parity"


def test_task_and_classes_are_read_as_they_were_written(tmp_path: Path) -> None:
    task = TaskBase(kind="parity", classes=["cat", "dog", "\u06f7"])
    assert task_of(write(tmp_path, json.dumps(facts_of(task)))) == task


def test_a_champion_of_other_classes_is_a_sentence(tmp_path: Path) -> None:
    write(tmp_path, '{"class_names": ["cat", "\u06f7"]}')
    same = TaskBase(kind="localization", classes=["cat", "7"])
    require_same_classes(same, tmp_path, name="version 3")
    told = "model and version 3, which serves now, cannot be compared: one knows .* 7 and cat, the"
    other = TaskBase(kind="localization", classes=["7", "cat"])
    with pytest.raises(UserError, match=told):
        require_same_classes(other, tmp_path, name="version 3")
