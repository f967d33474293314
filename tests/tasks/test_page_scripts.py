"""The pages' scripts say what `answers` and `predictions` say."""

from pathlib import Path

import pytest

import tasks
from digit.answers import NO_DIGIT_BELOW
from digit.predictions import UNSURE_BELOW


@pytest.mark.parametrize("task", ["classification", "localization"])
def test_thresholds_are_those_of_python(task: str) -> None:
    script = Path(tasks.__path__[-1], task, "page.js").read_text()
    assert f"const UNSURE_BELOW = {UNSURE_BELOW};" in script
    assert f"const NO_DIGIT_BELOW = {NO_DIGIT_BELOW};" in script
