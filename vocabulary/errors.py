"""Mistakes that a user can mend, and failures that a user must hear of, as one sentence each."""


class UserError(Exception):
    """Ends a command with its message alone, without a traceback."""
