"""The keys of `task` in the config: none besides its name."""

from vocabulary.task.options import TaskBase


class TaskOptions(TaskBase):
    """Pictures come with one of their ink."""

    @property
    def needs_ink(self) -> bool:
        """It is the ground truth."""
        return True
