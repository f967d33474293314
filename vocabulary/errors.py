"""Mistakes that a user can mend, and failures that a user must know of, as one sentence each."""

from typing import Final

_SHOWN: Final = 200


class UserError(Exception):
    """Ends a command with its message alone, without a traceback.

    Any layer may raise it. The message names the thing, the place and the way out; errors of other
    types are not shown as they are, for nobody wrote them for users.
    """


def shown(text: object) -> str:
    """What a user wrote, in a sentence; of a very long text the beginning."""
    whole = str(text)
    return whole if len(whole) <= _SHOWN else f"{whole[:_SHOWN]}..."
