"""A rule of a back end, and the list that every rule is put on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from kubeflow.parsed import Pipeline

Problems = Iterator[str]
Check = Callable[[Pipeline], Problems]

BOTH: Final = ("vertex", "kubeflow")
TEMPLATE: Final = "KFP 2.17, apiserver/template/v2_template.go"
COMPILER: Final = "KFP 2.17, v2/compiler/argocompiler"
DRIVER: Final = "KFP 2.17, v2/driver"
LAUNCHER: Final = "KFP 2.17, v2/component/launcher_v2.go"


@dataclass(frozen=True)
class Rule:
    """One requirement of some targets; `check` gives a sentence for each breach."""

    source: str
    targets: tuple[str, ...]
    check: Check


RULES: Final[list[Rule]] = []


def rule(source: str, *targets: str) -> Callable[[Check], Check]:
    """Puts a check on the list."""

    def add(check: Check) -> Check:
        RULES.append(Rule(source, targets, check))
        return check

    return add
