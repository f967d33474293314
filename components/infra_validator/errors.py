"""The two ways in which a model does not pass: its own fault, or nobody knows.

Only the first is a verdict. It is an output of the component, which the cache keeps; the second
fails the component, so that the next run tries again.
"""

from vocabulary.errors import UserError


class ModelRefusedError(ValueError):
    """The model is at fault: a server has read it and cannot load it, or it answers wrongly."""


class NotJudgedError(UserError):
    """No server could be asked about the model, or none answered: a fault of the machine.

    That a server was killed or crashed is one, too: it may have been short of memory.
    """
