"""What a run says on the terminal, and what in a file."""

import io
import logging
import re

import pytest

from pipeline.run.narrator import Narrator
from pipeline.workspace.node import Node
from trainer.progress import LOGGER, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def node(name: str, *, cached: bool = False) -> Node:
    return Node(name, execution_id=1, state="complete", cached=cached, seconds=1.25)


def report(step: int) -> None:
    progress = Progress(step, steps=10, epoch=1, epochs=2, values={"loss": 0.5, "accuracy": 0.25})
    logging.getLogger(LOGGER).info("%s", progress, extra={"progress": progress})


def test_file_gets_one_line_for_each_component_and_nothing_else() -> None:
    stream = io.StringIO()
    with Narrator(stream) as narrator:
        narrator.begin("Trainer")
        report(1)
        narrator.end(node("Trainer"), "edge, 5 parameters")
        narrator.begin("Pusher")
        narrator.end(node("Pusher", cached=True), "nothing")
    first, second = stream.getvalue().splitlines()
    assert first.split() == ["✓", "Trainer", "edge,", "5", "parameters", "1.2", "s"]
    assert second.split() == ["✓", "Pusher", "nothing", "cached"]


def test_long_line_is_not_broken_in_a_file() -> None:
    stream = io.StringIO()
    description = ", ".join(f"{n} split_{n}" for n in range(30))
    with Narrator(stream) as narrator:
        narrator.end(node("DigitExampleGen"), description)
    (line,) = stream.getvalue().splitlines()
    assert description in line


def test_run_without_components_says_nothing_in_a_file() -> None:
    stream = io.StringIO()
    with Narrator(stream):
        pass
    assert stream.getvalue() == ""


def test_terminal_shows_a_bar_that_follows_the_training() -> None:
    stream = Terminal()
    logging.getLogger(LOGGER).setLevel(logging.INFO)
    with Narrator(stream) as narrator:
        assert "loading" in stream.getvalue()
        narrator.begin("Trainer")
        report(3)
        narrator._bar.refresh()
        narrator.end(node("Trainer"), "a model")
    shown = stream.getvalue()
    assert "epoch 1/2 loss 0.500 accuracy 0.250" in shown
    assert "a model" in shown


def test_bar_fits_80_columns_and_leaves_room_for_what_ctrl_c_echoes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    logging.getLogger(LOGGER).setLevel(logging.INFO)
    stream = Terminal()
    with Narrator(stream) as narrator:
        narrator.begin("Trainer")
        values = {"loss": 123.456, "accuracy": 0.25, "IoU": 0.125}
        progress = Progress(3, steps=312, epoch=10, epochs=10, values=values)
        logging.getLogger(LOGGER).info("", extra={"progress": progress})
        narrator._bar.refresh()
        shown = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", stream.getvalue())
    line = shown.split("\r")[-1]
    assert line.endswith("accuracy 0.250 IoU 0.125 --:-- left")
    assert "\u2501" * 4 in line
    assert len(line) <= 80 - len("^C") - 1
    assert "\n" not in shown


def test_phase_of_a_command_is_a_line_in_a_file() -> None:
    stream = io.StringIO()
    with Narrator(stream) as narrator:
        narrator.phase("finding the models")
        narrator.phase("drawing")
    assert stream.getvalue() == "finding the models\ndrawing\n"


def test_narrator_stops_listening_at_the_end() -> None:
    with Narrator(io.StringIO()) as narrator:
        assert narrator in logging.getLogger(LOGGER).handlers
    assert narrator not in logging.getLogger(LOGGER).handlers
