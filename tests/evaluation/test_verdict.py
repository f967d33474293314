"""The verdict as a document: its table, and reading it back from a folder."""

from pathlib import Path

import pytest

from evaluation.verdict import HEAD, JSON_FILE, TEXT_FILE, Check, Verdict, read_verdict

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
    first, other = verdict(CHECK, UNMEASURED).rows()
    assert dict(zip(HEAD, first, strict=True)) == {
        "metric": "mean IoU",
        "slice (pictures)": "whole (1,000)",
        "value": "0.9500",
        "bar": "0.9",
        "champion": "0.9400",
        "difference": "+0.0100 [+0.0050, +0.0150]",
        "passed": "yes",
        "why": "reaches its bar",
    }
    assert other[2:] == ("none", "no bar", "none", "none", "does not judge", "no bar is set")


def test_the_text_has_the_sentence_and_the_claim_above_the_table() -> None:
    lines = verdict(CHECK, claim="Of 2 forms alone.").as_markdown().splitlines()
    assert lines[:4] == ["Blessed: so.", "", "Of 2 forms alone.", ""]
    assert [line.count("|") for line in lines[4:]] == [len(HEAD) + 1] * 3


def test_only_failed_checks_are_reasons() -> None:
    failed = CHECK.model_copy(update={"passed": False, "reason": "accuracy is low"})
    assert verdict(CHECK, failed, UNMEASURED).reasons == ["accuracy is low"]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    written = verdict(CHECK, UNMEASURED, claim="Of 2 forms alone.")
    written.write(str(tmp_path))
    assert read_verdict(str(tmp_path)) == written
    assert (tmp_path / TEXT_FILE).read_text() == written.as_markdown() + "\n"


def test_a_verdict_of_an_earlier_version_can_be_read(tmp_path: Path) -> None:
    left_out = {"claim": True, "same_as": True, "checks": {"__all__": {"title"}}}
    text = verdict(CHECK).model_dump_json(exclude=left_out)
    assert "title" not in text
    (tmp_path / JSON_FILE).write_text(text)
    verdict_read = read_verdict(str(tmp_path))
    assert (verdict_read.claim, verdict_read.same_as) == ("", None)
    assert verdict_read.checks[0].title == "mean_iou"


def test_a_damaged_verdict_is_no_verdict(tmp_path: Path) -> None:
    (tmp_path / JSON_FILE).write_text(verdict(CHECK).model_dump_json()[:-9])
    with pytest.raises(ValueError, match="Invalid JSON"):
        read_verdict(str(tmp_path))
