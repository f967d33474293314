"""The verdict that lies beside the evaluation: blessed or not, and why, in words."""

from evaluation.verdict import Verdict
from vocabulary.document import Part, Section, Table, Words


def verdict(decision: Verdict, *, pushed: str, already: int = 0) -> Section:
    """The sentence, whether the model was pushed, and the checks that led there.

    `pushed` is the version that it was pushed as, empty if it was not; `already` that which this
    very model serves as already, 0 if it does not.
    """
    push = f"Pushed as version {pushed}." if pushed else "Not pushed."
    if already:
        push = f"Not pushed again: it already serves as version {already}."
    parts: list[Part] = [
        Words(decision.sentence, "good" if decision.blessed else "bad"),
        Words(f"{push} {_champion(decision)} {decision.claim}".strip()),
        _checks(decision),
    ]
    return Section("verdict", "Verdict", parts)


def _checks(decision: Verdict) -> Table:
    """Without the champion's columns where there is none."""
    hidden = ("champion", "difference") if decision.champion is None else ()
    rows = [
        {title: cell for title, cell in check.cells().items() if title not in hidden}
        for check in decision.checks
    ]
    head = tuple(rows[0]) if rows else ()
    return Table(head, [tuple(row.values()) for row in rows], numeric=False)


def _champion(decision: Verdict) -> str:
    if decision.same_as:
        return f"The champion, {decision.same_as}, is this very model: nothing to compare with."
    if decision.champion is None:
        return "There was no champion to compare with."
    return (
        f"Compared with the champion, {decision.champion}: differences are measured on the same "
        "pictures, with their 95% confidence intervals in brackets."
    )
