"""No keys of its own."""

from vocabulary.task.options import TaskBase


class TaskOptions(TaskBase):
    """Nothing but the name."""
