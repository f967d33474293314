"""The keys of `task` in the config."""

from typing import Literal

from pydantic import Field

from vocabulary.task.options import Extent, TaskBase


class TaskOptions(TaskBase):
    """How digits are boxed, and what the network is trained towards."""

    box: Extent
    label_smoothing: float = Field(ge=0, lt=1, description="share of each label spread over all")
    box_loss: Literal["mse", "giou_l1"]
    box_weight: float = Field(gt=0, description="of the box loss, the class loss has 1")
    shift: bool = Field(description="whether digits are moved about anew in each epoch")

    @property
    def extent(self) -> Extent:
        """As `box` says."""
        return self.box
