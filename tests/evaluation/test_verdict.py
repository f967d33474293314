"""The verdict as a document: its table, and reading it back from a folder."""

from pathlib import Path

import pytest

from evaluation.verdict import JSON_FILE, Check, Verdict, read_verdict

CHECK = Check(
    metric="mean_iou", title="mean IoU", slice="whole", count=1000, value=0.95, bar=0.9,
    champion=0.94, difference=0.01, low=0.005, high=0.015, passed=True, reason="reaches its bar",
)  # fmt: skip
UNMEASURED = CHECK.model_copy(
    update={
        "value": None, "bar": None, "champion": None, "difference": None, "low": None,
        "high": None, "passed": None, "reason": "no bar is set",
    }
)  # fmt: skip


def verdict(*checks: Check, claim: str = "") -> Verdict:
    return Verdict(
        blessed=True, sentence="Blessed: so.", champion="version 7", margin=0.01,
        checks=list(checks), claim=claim,
    )  # fmt: skip


def test_a_row_has_the_title_the_values_and_the_reason() -> None:
    assert CHECK.cells() == {
        "metric": "mean IoU",
        "slice (pictures)": "whole (1,000)",
        "value": "0.9500",
        "bar": "0.9",
        "champion": "0.9400",
        "difference": "+0.0100 [+0.0050, +0.0150]",
        "passed": "yes",
        "why": "reaches its bar",
    }
    assert [*UNMEASURED.cells().values()][2:] == [
        "none", "no bar", "none", "none", "does not judge", "no bar is set",
    ]  # fmt: skip


def test_only_failed_checks_are_reasons() -> None:
    failed = CHECK.model_copy(update={"passed": False, "reason": "accuracy is low"})
    assert verdict(CHECK, failed, UNMEASURED).reasons == ["accuracy is low"]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    written = verdict(CHECK, UNMEASURED, claim="Of 2 forms alone.")
    written.write(str(tmp_path))
    assert read_verdict(str(tmp_path)) == written


def test_a_damaged_verdict_is_no_verdict(tmp_path: Path) -> None:
    (tmp_path / JSON_FILE).write_text(verdict(CHECK).model_dump_json()[:-9])
    with pytest.raises(ValueError, match="Invalid JSON"):
        read_verdict(str(tmp_path))
