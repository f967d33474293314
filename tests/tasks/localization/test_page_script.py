"""The page's script says what `answers` and `predictions` say."""

from pathlib import Path

import tasks.localization
from digit.answers import NO_DIGIT_BELOW
from digit.predictions import UNSURE_BELOW

SCRIPT = (Path(tasks.localization.__file__).parent / "page.js").read_text()


def test_thresholds_are_those_of_python() -> None:
    assert f"const UNSURE_BELOW = {UNSURE_BELOW};" in SCRIPT
    assert f"const NO_DIGIT_BELOW = {NO_DIGIT_BELOW};" in SCRIPT
