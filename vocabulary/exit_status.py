"""How `digits` ends: the exit status of every command."""

import enum


class ExitStatus(enum.IntEnum):
    """What a script can tell from; Typer itself ends with `OPTION` and `INTERRUPTED`."""

    DONE = 0
    FAILED = 1
    """A mistake that a sentence names, or a component that failed."""
    OPTION = 2
    """An option or a command that there is not."""
    NOT_BLESSED = 3
    """The run is complete, but its model did not pass, so nothing was pushed."""
    SKIPPED = 4
    """Some files could not be read, or have errors; the others were read."""
    INTERRUPTED = 130
