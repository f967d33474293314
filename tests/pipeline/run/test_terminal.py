"""Words from elsewhere are printed as they are, and whole, whatever Rich would read in them."""

import dataclasses
import io
import logging
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import RenderableType

from evaluation.estimate import Estimate
from evaluation.results import SliceResult
from evaluation.verdict import Check, Verdict
from pipeline.compare.compare import Comparison, Model, Pair
from pipeline.compare.page import as_page
from pipeline.compare.table import as_tables
from pipeline.run.local_runner import _tell
from pipeline.run.narrator import Narrator
from pipeline.run.summary import RunSummary
from pipeline.run.terminal import make_console
from pipeline.workspace.explain import as_table as explained
from pipeline.workspace.lineage import Lineage, Step
from pipeline.workspace.node import Node
from pipeline.workspace.runs import RunRecord
from pipeline.workspace.runs import as_table as listed
from tests.pipeline.compared import compared
from vocabulary.classes import TEN
from vocabulary.task.judging import judging_of, metrics_of
from vocabulary.task.options import TaskBase

TASK = TaskBase(kind="localization")
ODD = [
    "[/x]",
    "[red]",
    "[link=http://x]here[/link]",
    "[batch]",
    "a\\",
    ":smile:",
    "a$b$c",
    "{x}",
    "_x",
]
LONG = "/".join(["a folder with a long name"] * 12)
NODE = Node("Trainer", execution_id=1, state="complete", cached=False, seconds=1.25)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def summary(odd: str) -> RenderableType:
    return RunSummary(
        run_id=odd, workspace=odd, task="localization", nodes=[], examples={odd: 5}, parameters=5,
        metrics=dict.fromkeys(("accuracy", "mean_iou", "iou_at_50", "iou_at_75", "iou_at_90"), 0.5),
        hyperparameters={odd: 1.0}, blessed=False, reasons=[odd], not_servable=odd,
        pushed_version=17, served_version=17, serving_dir=odd, report=odd, log=odd, seconds=1.0,
    ).as_table({})  # fmt: skip


def run_list(odd: str) -> RenderableType:
    record = RunRecord(
        run_id=odd, began=None, seconds=1.0, state=odd, code=odd, changes=[odd], metrics={},
        task="localization", blessed=None, pushed_version=None, served_version=None, serving=False,
    )  # fmt: skip
    return listed([record])


def lineage(odd: str) -> RenderableType:
    config = {"source": {"dir": odd}}
    step = Step(component=odd, run_id=odd, made=[odd])
    return Lineage(
        run_id=odd, version=1, pushed=True, steps=[step], code={odd: odd}, config=config
    ).as_table()


def verdict(odd: str) -> RenderableType:
    check = Check(
        metric="accuracy", title=odd, slice=odd, count=5, value=0.5, bar=0.9, champion=0.5,
        difference=0.0, low=None, high=None, passed=False, reason=odd,
    )  # fmt: skip
    return explained(
        Verdict(blessed=False, sentence=odd, champion=odd, margin=0.01, checks=[check])
    )


def comparison(odd: str, *, others: int = 1) -> Comparison:
    first, *rest = names = [odd, *(f"{odd} {n}" for n in range(others))]
    value = dict.fromkeys(metrics_of("localization"), Estimate(0.5, 0.4, 0.6))
    row = SliceResult(
        key=(("size", odd),), count=100, metrics=dict.fromkeys(names, value),
        differences=dict.fromkeys(rest, value),
    )  # fmt: skip
    return Comparison(
        task="localization", classes=[*TEN],
        models=[
            Model(name=n, title=n, folder=n, parameters=None, bytes=5, latency_ms=1.0, task=TASK)
            for n in names
        ],
        pictures=5, whole=row, slices=[row], report=odd, tfma=odd, claim=odd,
        pairs=[Pair(first=first, other=other, only_first=1, only_other=2) for other in rest],
    )  # fmt: skip


def printed(table: RenderableType, stream: io.StringIO) -> str:
    make_console(stream).print(table)
    return stream.getvalue()


TABLES: dict[str, tuple[Callable[[str], RenderableType], int]] = {
    "run": (summary, 6),
    "runs": (run_list, 3),
    "lineage": (lineage, 6),
    "explain": (verdict, 4),
    "compare": (lambda odd: as_tables(comparison(odd)), 5),
    "compare three": (lambda odd: as_tables(comparison(odd, others=2)), 8),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("command", TABLES)
def test_table_holds_words_as_they_are(command: str, odd: str) -> None:
    table, times = TABLES[command]
    assert printed(table(odd), io.StringIO()).count(odd) >= times


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("command", ["run", "runs", "compare"])
def test_table_holds_titles_of_metrics_as_they_are(
    command: str, odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    judging = judging_of("localization")
    titled = [dataclasses.replace(metric, title=odd) for metric in judging.METRICS]
    monkeypatch.setattr(judging, "METRICS", titled)
    table, _ = TABLES[command]
    assert printed(table("plain"), io.StringIO()).count(odd) >= 2


@pytest.mark.parametrize("command", TABLES)
def test_long_words_stay_whole_in_a_file(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    table, _ = TABLES[command]
    lines = printed(table(LONG), io.StringIO()).splitlines()
    assert sum(line.count(LONG) for line in lines) >= 2


def test_table_fits_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, printed(summary(LONG), Terminal()).splitlines())) < 110  # with its colours


@pytest.mark.parametrize("odd", ODD)
def test_narrator_tells_words_as_they_are(odd: str) -> None:
    stream = io.StringIO()
    with Narrator(stream) as narrator:
        narrator.phase(odd)
        narrator.end(NODE, odd)
    assert stream.getvalue().count(odd) == 2


@pytest.mark.parametrize("odd", ODD)
def test_bar_shows_words_as_they_are(odd: str) -> None:
    stream = Terminal()
    with Narrator(stream) as narrator:
        narrator.begin(odd)
        narrator._bar.refresh()
    assert odd in stream.getvalue()


@pytest.mark.parametrize("odd", ODD)
def test_page_draws_names_as_they_are(odd: str) -> None:
    drawn = re.findall("<svg.*?</svg>", as_page(compared(comparison(odd))), re.DOTALL)
    assert all(f"{odd} 0" in svg for svg in drawn if "difference" in svg)
    assert drawn


def test_what_cannot_be_said_of_a_component_does_not_end_the_run(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(node_id: str) -> None:
        raise ValueError(node_id)

    with caplog.at_level(logging.ERROR):
        _tell(fail, "InfraValidator")
    assert [r.message for r in caplog.records] == [
        "the progress of InfraValidator could not be shown"
    ]


def test_interrupt_while_something_is_said_ends_the_run() -> None:
    def interrupt(node_id: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _tell(interrupt, "Trainer")


def test_paths_and_headings_of_predictions_are_printed_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from cli.tables import print_table
    from serving.predict import Row
    from tasks.localization.predictions import COLUMNS, NOTHING

    paths = [Path(odd) for odd in [*ODD, LONG]]
    headings = [f"{odd}, pixels" for odd in ODD][: len(COLUMNS)]
    print_table([Row(path, 8, 8, NOTHING) for path in paths], headings)
    shown = capsys.readouterr().out
    assert all(word in shown for word in [*map(str, paths), *headings])
