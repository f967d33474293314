"""The options of a task, whichever it is: its name, the classes, and keys of its own."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny

from vocabulary.classes import TEN, Classes
from vocabulary.options import Options
from vocabulary.task.find import task_part

Extent = Literal["ink", "patch"]
"""What of a drawn glyph counts as the object: its ink, or the whole square that is pasted."""


class TaskBase(Options):
    """What every task's `TaskOptions` stand on; the properties are what a drawn picture must be.

    By itself it is what a model says that it was made for.
    """

    TRANSFORMED: ClassVar[frozenset[str]] = frozenset()
    """Keys that targets depend on. Where another changes, the transform graph stays as it is."""

    kind: str
    classes: Classes = Field(default=[*TEN], description="of objects, in the order of labels")

    @property
    def extent(self) -> Extent:
        """What of a glyph its box is around."""
        return "ink"

    @property
    def needs_ink(self) -> bool:
        """Whether each picture comes with one of its ink."""
        return False


def options_of(kind: str) -> type[TaskBase]:
    """The class of a task's options; UserError if there is no such task."""
    options: type[TaskBase] = task_part(kind, "options").TaskOptions
    return options


def _with_its_class(value: Any) -> Any:
    if isinstance(value, TaskBase):
        return value
    if not (isinstance(value, dict) and isinstance(value.get("kind"), str)):
        raise ValueError("task is a group; name its kind, as in task: {kind: localization}")
    return options_of(value["kind"]).model_validate(value)


TaskOptions = Annotated[SerializeAsAny[TaskBase], BeforeValidator(_with_its_class)]
"""A field of a group of options: validated by the task that `kind` names."""
