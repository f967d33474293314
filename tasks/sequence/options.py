"""The keys of `task` in the config."""

from pydantic import Field

from vocabulary.task.options import TaskBase


class TaskOptions(TaskBase):
    """What the network is trained towards."""

    label_smoothing: float = Field(
        default=0.0, ge=0, lt=1, description="share of each label spread over all"
    )
    shrink: float = Field(
        default=0.0, ge=0, lt=1,
        description="share that pictures are made smaller by at most, anew in each epoch",
    )  # fmt: skip
