"""How far the data of a run may be from the champion's."""

from pydantic import Field

from vocabulary.facts import FACTS
from vocabulary.hints import hint
from vocabulary.options import Fraction, Options
from vocabulary.task.examples import examples_of


def drift_features(task: str) -> dict[str, str]:
    """The features that drift is watched in, by their names in the config.

    They are the truth that a task asks for, and the facts of drawn pictures.
    """
    return {**examples_of(task).DRIFT, **{fact.name: fact.key for fact in FACTS}}


class DriftOptions(Options):
    """What counts as drift, and what follows from it."""

    thresholds: dict[str, Fraction] = Field(
        min_length=1, description="Jensen-Shannon divergence from the champion's data, at most"
    )
    stop: bool = Field(description="whether a run whose data has drifted fails")

    def require_features(self, task: str) -> None:
        """Raises ValueError for a threshold on what examples for a task do not have."""
        known = drift_features(task)
        for name in self.thresholds:
            if name not in known:
                advice = hint(name, known, otherwise="choose from")
                raise ValueError(f"drift.thresholds names {name}, which is no feature; {advice}")
