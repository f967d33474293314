"""`digits explain`: what people read, and what is said where there is nothing to explain."""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from evaluation.verdict import Check, Verdict
from pipeline.workspace.explain import as_table, explain
from pipeline.workspace.history import History
from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError
from vocabulary.task.judging import metrics_of


def check(**over: object) -> Check:
    plain = {
        "metric": "accuracy",
        "title": "accuracy",
        "slice": "whole",
        "count": 2000,
        "value": 0.95,
        "bar": 0.9,
        "champion": None,
        "difference": None,
        "low": None,
        "high": None,
        "passed": True,
        "reason": "reaches its bar",
    }
    return Check.model_validate(plain | over)


def shown(*checks: Check, champion: str | None = None) -> str:
    verdict = Verdict(
        blessed=True, sentence="Blessed: so.", champion=champion, margin=0.01, checks=list(checks)
    )
    stream = io.StringIO()
    Console(file=stream, markup=False, width=80).print(as_table(verdict))
    return stream.getvalue()


def test_the_sentence_stands_on_top() -> None:
    assert shown(check()).splitlines()[0] == "Blessed: so."


def test_a_row_has_the_value_beside_its_bar() -> None:
    (row,) = (line for line in shown(check()).splitlines() if "accuracy" in line)
    assert row.split() == ["accuracy", "0.9500", "0.9", "yes"]
    assert "the whole: 2,000 pictures" in shown(check())


def test_each_slice_has_a_table_of_its_own() -> None:
    text = shown(
        check(), check(metric="mean_iou", title="mean IoU"), check(slice="size small", count=120)
    )
    titles = [line.strip() for line in text.splitlines() if "pictures" in line]
    assert titles == ["the whole: 2,000 pictures", "size small: 120 pictures"]
    assert text.count("accuracy") == 2


def test_every_metric_beside_a_champion_fits_80_columns() -> None:
    off = {"champion": 0.96, "difference": -0.01, "low": -0.02, "high": 0.0}
    long = check(slice="place x size", bar=0.925, **off)
    metrics = metrics_of("localization").values()
    checks = [check(metric=metric.name, title=metric.title, **off) for metric in metrics]
    text = shown(*checks, long, champion="version 7")
    for metric in metrics:
        assert f"\n{metric.title} " in text
    assert "…" not in text
    assert text.count("0.9500") == len(metrics) + 1


def test_a_champion_adds_its_value_and_the_difference_with_its_interval() -> None:
    text = shown(check(champion=0.96, difference=-0.01, low=-0.025, high=0.0), champion="version 7")
    assert "0.9600" in text
    assert "-0.0100 [-.0250, +.0000]" in text
    assert "champion" not in shown(check())


def test_failures_and_silent_bars_are_said_below() -> None:
    text = shown(
        check(passed=False, reason="accuracy is low"),
        check(slice="size huge", value=None, count=0, passed=None, reason="size huge is empty"),
        check(bar=None, passed=None, reason="no bar is set"),
    )
    assert "accuracy is low" in text
    assert "size huge is empty" in text
    assert "no bar is set" not in text
    assert re.search(r"0.9500 +no bar +-", text)


def test_what_the_intervals_claim_stands_below_the_sentence() -> None:
    verdict = Verdict(
        blessed=True, sentence="Blessed: so.", champion=None, margin=0.01, checks=[check()],
        claim="Of 2 forms alone.",
    )  # fmt: skip
    stream = io.StringIO()
    Console(file=stream, markup=False, width=80).print(as_table(verdict))
    assert stream.getvalue().splitlines()[:2] == ["Blessed: so.", "Of 2 forms alone."]


def test_a_workspace_without_runs_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no runs; make one with `digits run`"):
        explain(Workspace(tmp_path), None)


def test_an_unknown_run_is_a_sentence(tmp_path: Path) -> None:
    History(Workspace(tmp_path)).begin("20260101-000000", {})
    with pytest.raises(
        UserError, match=r"there is no run x in .*; the last one is 20260101-000000"
    ):
        explain(Workspace(tmp_path), "x")


def test_a_run_that_ended_early_is_a_sentence(tmp_path: Path) -> None:
    History(Workspace(tmp_path)).begin("20260101-000000", {})
    with pytest.raises(UserError, match="every run ended before the model was judged"):
        explain(Workspace(tmp_path), None)
