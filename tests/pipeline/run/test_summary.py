"""The table that people read at the end of a run."""

import io
from typing import Any

import pytest
from rich.console import Console

from pipeline.run.summary import RunSummary

METRICS = dict.fromkeys(
    ("accuracy", "mean_iou", "pooled_iou", "iou_at_50", "iou_at_60", "iou_at_75", "iou_at_90"), 0.5
)


def table(**over: Any) -> str:
    summary = RunSummary(
        **{
            "run_id": "r",
            "workspace": "w",
            "task": "localization",
            "nodes": [],
            "examples": {"train": 16000, "eval": 2000},
            "metrics": METRICS | {"accuracy": 0.98765},
            "parameters": 5,
            "hyperparameters": {},
            "blessed": True,
            "reasons": [],
            "not_servable": "",
            "pushed_version": 17,
            "served_version": 17,
            "serving_dir": "serving/digits",
            "report": "report.html",
            "log": "run.log",
            "seconds": 1.0,
        }
        | over
    )
    stream = io.StringIO()
    Console(file=stream, markup=False, width=80).print(summary.as_table({"accuracy": 0.95}))
    return stream.getvalue()


def row(text: str, name: str) -> str:
    (line,) = (line for line in text.splitlines() if line.strip().startswith(name))
    return " ".join(line.split())


def test_metrics_stand_beside_their_bars() -> None:
    assert row(table(), "accuracy") == "accuracy 0.9877 bar 0.95"
    assert row(table(), "mean IoU") == "mean IoU 0.5000"


def test_what_was_tuned_is_shown() -> None:
    tuned = table(hyperparameters={"learning_rate": 0.0031234, "box_weight": 5.0})
    assert row(tuned, "tuned learning_rate") == "tuned learning_rate 0.00312"
    assert row(tuned, "tuned box_weight") == "tuned box_weight 5"
    assert "tuned" not in table()


def test_sizes_are_easy_to_read() -> None:
    assert row(table(), "examples, train") == "examples, train 16,000"


def test_pushed_model_says_where() -> None:
    assert row(table(), "blessed") == "blessed yes"
    assert row(table(), "pushed to") == "pushed to serving/digits/17"


def test_model_that_serves_already_says_as_what() -> None:
    text = table(pushed_version=None, served_version=17)
    assert row(text, "pushed to") == "pushed to nowhere: it already serves as version 17"


def test_rejected_model_says_why() -> None:
    text = table(
        blessed=False, pushed_version=None, served_version=None, reasons=["a is low", "b is low"]
    )
    assert row(text, "blessed") == "blessed no"
    assert row(text, "pushed to") == "pushed to nowhere"
    assert [row(text, reason) for reason in ("a is low", "b is low")] == ["a is low", "b is low"]


@pytest.mark.parametrize("length", [10, 70, 300])
def test_path_is_never_cut_off(length: int) -> None:
    path = "/" + "x" * length + "/report.html"
    assert path in "".join(table(report=path).split())


def test_model_that_cannot_be_served_says_why() -> None:
    text = table(
        pushed_version=None,
        served_version=None,
        not_servable="the model has no signature serving_tensor",
    )
    assert row(text, "servable").endswith("no the model has no signature serving_tensor")
