"""The verdict as it was written beside the evaluation: blessed or not, and why, in words."""

from components.report.document import Part, Section, Table, Words
from evaluation.verdict import HEAD, Verdict


def verdict(judged: Verdict, *, pushed: str, already: int = 0) -> Section:
    """The sentence, where the model went, and check by check what led there.

    Args:
        judged: what the Evaluator decided.
        pushed: the version that the model was pushed as, empty if it was not.
        already: the version that it served as before, 0 if it did not.
    """
    where = f"Pushed as version {pushed}." if pushed else "Pushed nowhere."
    if already:
        where = f"Nothing was pushed: it already serves as version {already}."
    parts: list[Part] = [
        Words(judged.sentence, "good" if judged.blessed else "bad"),
        Words(f"{where} {_against(judged)} {judged.claim}".strip()),
        Table(_shown(judged, HEAD), [_shown(judged, row) for row in judged.rows()], numeric=False),
    ]
    return Section("verdict", "Verdict", parts)


def _against(judged: Verdict) -> str:
    if judged.same_as:
        return f"What served then, {judged.same_as}, is this very model: nothing to compare with."
    if judged.champion is None:
        return "There was no champion to compare with."
    return (
        f"Compared with {judged.champion}, which served then; differences are measured on the same "
        "pictures, and brackets hold their 95% intervals."
    )


def _shown(judged: Verdict, row: tuple[str, ...]) -> tuple[str, ...]:
    """A row without the champion and the difference where there is none."""
    against = ("champion", "difference") if judged.champion is None else ()
    return tuple(cell for title, cell in zip(HEAD, row, strict=True) if title not in against)
