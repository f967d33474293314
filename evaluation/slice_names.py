"""Which slices there are, what values they have, and which features they are made of.

Some are of the truth, which the task tells; others are of the facts of drawn pictures, and one is
of where their handwriting is from. Apart from how they are cut, since the config's model reads
this and must load no NumPy.
"""

import itertools
from typing import Final

from vocabulary.facts import FACTS, UNKNOWN
from vocabulary.handwriting import AS_THEY_ARE, PARTS
from vocabulary.task.options import TaskBase
from vocabulary.task.slices import slices_of

WHOLE: Final = "whole"
"""The name of the slice of all pictures."""
CROSS: Final = " x "
"""Between the names of a cross, as in `digit x size`."""
SOURCE: Final = "source"
"""The slice by the part of the handwriting, or the source of pictures that are not drawn; unknown
of anything else."""
SEVERAL: Final = "several"
"""The source of a strip whose digits are from more than one."""


def slice_names(task: TaskBase) -> list[str]:
    """The slices of a task that a config can name, crosses last."""
    return [*_values(task), *slices_of(task.kind).CROSSES]


def slice_values(name: str, task: TaskBase) -> list[str]:
    """Every value that a slice or a cross can have, as people see it."""
    of_part = _values(task)
    return [CROSS.join(v) for v in itertools.product(*(of_part[p] for p in name.split(CROSS)))]


def feature_keys(name: str) -> list[str]:
    """The features that a slice or a cross parts pictures by, in the order of its name.

    TFMA shows them, so they are called as the slices are.
    """
    return name.split(CROSS)


def _values(task: TaskBase) -> dict[str, list[str]]:
    facts = {fact.name: [*fact.bands.names, UNKNOWN] for fact in FACTS if fact.bands}
    of_task = {n: [*values] for n, values in slices_of(task.kind).values(task.classes).items()}
    return {**of_task, **facts, SOURCE: [*PARTS, *AS_THEY_ARE, SEVERAL, UNKNOWN]}
