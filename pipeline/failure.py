"""Says in a sentence why a component failed, from the exception it raised."""

import re

_BEAM_SUFFIX = re.compile(r" \[while running '.*?'\]", re.DOTALL)


def explain_failure(error: BaseException) -> str:
    """The message of an exception, without what libraries wrap around it."""
    root = error
    while root.__cause__ is not None:
        root = root.__cause__
    message = _BEAM_SUFFIX.sub("", str(root)).strip()
    if isinstance(root, ValueError | OSError) and message:
        return message
    first_line = message.partition("\n")[0] or "it gave no reason"
    return f"{first_line} ({type(root).__name__})"
