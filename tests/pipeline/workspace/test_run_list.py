"""Which runs are listed, in which order, and what stands in the CSV."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.workspace.history import History
from pipeline.workspace.labels import as_notes
from pipeline.workspace.run_list import as_csv, choose
from pipeline.workspace.runs import RunRecord, as_table, list_runs
from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError


def record(run_id: str, **over: Any) -> RunRecord:
    facts = {
        "began": None, "seconds": 0.0, "state": "complete", "code": "", "changes": [],
        "metrics": {}, "blessed": None, "pushed_version": None, "served_version": None,
        "serving": False,
    }  # fmt: skip
    return RunRecord(run_id=run_id, **{**facts, **over})


RUNS = [
    record("a", seconds=9.0, metrics={"accuracy": 0.5, "edge_error": 3.0}, tags=["small"]),
    record("b", seconds=1.0, metrics={"accuracy": 0.9, "edge_error": 1.0}, tags=["small", "new"]),
    record("c", seconds=4.0, changes=["seed: 1 → 2", "x: 3 → 4"]),
]


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({}, "abc"),
        ({"limit": 2}, "bc"),  # the newest
        ({"sort": "accuracy"}, "bac"),  # the best first; one without it last
        ({"sort": "edge_error"}, "bac"),  # pixels: less is better
        ({"sort": "seconds"}, "bca"),
        ({"sort": "accuracy", "limit": 1}, "b"),
        ({"tag": "small"}, "ab"),
        ({"tag": "none"}, ""),
    ],
)
def test_runs_are_chosen_and_sorted(asked: dict[str, Any], ids: str) -> None:
    chosen = choose(RUNS, **{"tag": None, "sort": None, "limit": None, **asked})
    assert "".join(one.run_id for one in chosen) == ids


def test_a_run_that_never_began_is_sorted_last() -> None:
    began = record("z", began=datetime(2026, 1, 1, tzinfo=UTC))
    assert [one.run_id for one in choose([RUNS[0], began], tag=None, sort="began", limit=None)] == [
        "z", "a",
    ]  # fmt: skip


def test_an_unknown_key_is_a_sentence() -> None:
    with pytest.raises(UserError, match=r"--sort acuracy is no metric.*did you mean accuracy"):
        choose(RUNS, tag=None, sort="acuracy", limit=None)


def test_csv_has_a_line_for_each_run_and_a_column_for_each_metric() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(RUNS))))
    assert [row["run_id"] for row in rows] == ["a", "b", "c"]
    assert (rows[1]["accuracy"], rows[1]["tags"]) == ("0.9", "small new")
    assert (rows[2]["accuracy"], rows[2]["changes"]) == ("", "seed: 1 → 2; x: 3 → 4")


def test_a_name_and_tags_are_kept_with_a_run(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    History(workspace).begin("one", as_notes("Ruled paper", ["paper", "wide", "paper"]))
    (listed,) = list_runs(workspace)
    assert (listed.name, listed.tags) == ("Ruled paper", ["paper", "wide"])
    (cell,) = list(as_table([listed]).columns[0].cells)
    assert str(cell) == "one\nRuled paper\n#paper #wide\ninterrupted"


@pytest.mark.parametrize(
    ("name", "tags", "says"),
    [
        ("", [], "--name takes a line of 1 to 60 letters, not ''"),
        ("two\nlines", [], "--name takes a line"),
        ("x" * 61, [], "--name takes a line"),
        (None, ["two words"], "--tag takes one word, not 'two words'; repeat it for several"),
        (None, [""], "--tag takes one word"),
    ],
)
def test_a_name_or_tag_that_cannot_be_listed_is_a_sentence(
    name: str | None, tags: list[str], says: str
) -> None:
    with pytest.raises(UserError) as refused:
        as_notes(name, tags)
    assert str(refused.value).startswith(says)
