"""The verdict that lies beside the evaluation: blessed or not, and why, in words."""

from evaluation.verdict import HEAD, Verdict
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
        Table(
            _columns(decision, HEAD),
            [_columns(decision, row) for row in decision.rows()],
            numeric=False,
        ),
    ]
    return Section("verdict", "Verdict", parts)


def _champion(decision: Verdict) -> str:
    if decision.same_as:
        return f"The champion, {decision.same_as}, is this very model: nothing to compare with."
    if decision.champion is None:
        return "There was no champion to compare with."
    return (
        f"Compared with the champion, {decision.champion}: differences are measured on the same "
        "pictures, with their 95% confidence intervals in brackets."
    )


def _columns(decision: Verdict, row: tuple[str, ...]) -> tuple[str, ...]:
    """A row, without the champion's columns where there is none."""
    hidden = ("champion", "difference") if decision.champion is None else ()
    return tuple(cell for title, cell in zip(HEAD, row, strict=True) if title not in hidden)
