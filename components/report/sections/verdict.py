"""The verdict that lies beside the evaluation: blessed or not, and why, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from components.report import headline
from evaluation.results import SliceResult
from evaluation.verdict import Check, Verdict
from vocabulary.document import Part, Section, Table, Words
from vocabulary.task.judging import Metric


def verdict(
    decision: Verdict, whole: SliceResult, metrics: Mapping[str, Metric], *, pushed: str,
    already: int = 0,
) -> Section:  # fmt: skip
    """The sentence, the bars beside the values of the whole, and the checks that led there.

    What has no bar folds away. `whole` has the values on all pictures. `pushed` is the version that
    it was pushed as, empty if it was not; `already` that which this very model serves as already, 0
    if it does not.
    """
    push = f"Pushed as version {pushed}." if pushed else "Not pushed."
    if already:
        push = f"Not pushed again: it already serves as version {already}."
    parts: list[Part] = [
        Words(decision.sentence, "good" if decision.blessed else "bad"),
        *headline.draw(decision, whole, metrics),
        Words(f"{push} {_champion(decision)} {decision.claim}".strip()),
        *_checks(decision),
    ]
    return Section("verdict", "Verdict", parts)


def _checks(decision: Verdict) -> Iterator[Table]:
    """Those with a bar, then the others, which do not judge, folded."""
    barred = [check for check in decision.checks if check.bar is not None]
    others = [check for check in decision.checks if check.bar is None]
    if barred:
        yield _table(decision, barred, hidden=())
    if others:
        title = f"{len(others)} metric{'s' * (len(others) != 1)} without a bar"
        yield replace(_table(decision, others, hidden=("bar", "passed", "why")), folded=title)


def _table(decision: Verdict, checks: Sequence[Check], *, hidden: Sequence[str]) -> Table:
    """Without the champion's columns where there is none."""
    if decision.champion is None:
        hidden = (*hidden, "champion", "difference")
    rows = [
        {title: cell for title, cell in check.cells().items() if title not in hidden}
        for check in checks
    ]
    return Table(tuple(rows[0]), [tuple(row.values()) for row in rows], numeric=False)


def _champion(decision: Verdict) -> str:
    if decision.same_as:
        return f"The champion, {decision.same_as}, is this very model: nothing to compare with."
    if decision.champion is None:
        return "There was no champion to compare with."
    return (
        f"Compared with the champion, {decision.champion}: differences are measured on the same "
        "pictures, with their 95% confidence intervals in brackets."
    )
