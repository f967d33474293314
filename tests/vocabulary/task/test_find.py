"""Tasks are found by their folders."""

import pytest

from vocabulary.errors import UserError
from vocabulary.task.find import network_names, task_names, task_part


def test_a_task_is_a_folder() -> None:
    assert "localization" in task_names()
    assert task_part("localization", "options").TaskOptions


def test_an_unknown_task_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(UserError, match=r"there is no task sums; choose from .*localization"):
        task_part("sums", "options")


def test_a_network_is_a_file_of_its_task() -> None:
    assert network_names("localization") == ["backbone", "edge", "lab", "two_branch"]
