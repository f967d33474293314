"""The pages' scripts say what `answers` and `predictions` say."""

from pathlib import Path

import pytest

import tasks
from digit.answers import NO_DIGIT_BELOW
from digit.predictions import UNSURE_BELOW
from tasks.sequence.number import LONGEST
from tasks.sequence.predictions import ABSTAINS_BELOW
from vocabulary.task.find import task_file, task_names, task_part
from vocabulary.task.predictions import sent_to

OF_A_DIGIT = {"UNSURE_BELOW": UNSURE_BELOW, "NO_DIGIT_BELOW": NO_DIGIT_BELOW}
CONSTANTS = {
    "classification": OF_A_DIGIT,
    "localization": OF_A_DIGIT,
    "sequence": {"ABSTAINS_BELOW": ABSTAINS_BELOW, "LONGEST": LONGEST},
}


@pytest.mark.parametrize("task", CONSTANTS)
def test_constants_are_those_of_python(task: str) -> None:
    script = Path(tasks.__path__[-1], task, "page.js").read_text()
    for name, value in CONSTANTS[task].items():
        assert f"const {name} = {value};" in script


@pytest.mark.parametrize("task", task_names())
def test_a_script_is_sent_what_python_sends(task: str) -> None:
    script = task_file(task, "page.js")
    sent = sent_to(task_part(task, "predictions"))
    if script and sent != "part":
        assert f'export const SENT = "{sent}";' in script.read_text()
