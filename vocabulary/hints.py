"""What to say of a name that there is not."""

import difflib
from collections.abc import Iterable

_LISTED = 10
"""Names that are listed in full."""


def hint(name: str, known: Iterable[str], *, otherwise: str) -> str:
    """`did you mean digit?`, or what there is, behind a phrase such as `choose from`."""
    names = [*known]
    if close := difflib.get_close_matches(name, names, n=1):
        return f"did you mean {close[0]}?"
    some = names if len(names) <= _LISTED else [*names[:3], "...", names[-1]]
    return f"{otherwise} {', '.join(some)}"
