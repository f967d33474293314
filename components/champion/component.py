"""Champion: the version now serving, for the Evaluator to compare the candidate with.

It reads the push destination, on every target and at every run: TFX's Resolver looks at blessings,
not at what serves, and open-source Kubeflow Pipelines does not implement it. What serves may be the
candidate itself; Evaluator says so, and Pusher pushes nothing.
"""

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components.champion import driver, executor


class ChampionSpec(ComponentSpec):
    """Inputs, outputs and parameters of Champion."""

    PARAMETERS = {executor.DESTINATION: ExecutionParameter(type=str)}
    INPUTS = {executor.CANDIDATE: ChannelParameter(type=standard_artifacts.Model, optional=True)}
    OUTPUTS = {executor.CHAMPION: ChannelParameter(type=standard_artifacts.Model)}


class Champion(base_component.BaseComponent):
    """Copies the version now serving into an artefact; an empty one where nothing serves.

    Outputs:
        champion: standard_artifacts.Model; its custom property `version` is 0 if it is empty,
            `passed_over` says which newer versions are damaged or cannot be compared with.
    """

    SPEC_CLASS = ChampionSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)
    DRIVER_CLASS = driver.Driver

    def __init__(self, *, destination: str, candidate: types.BaseChannel | None = None):
        """Looks under `destination` for the newest version, once there is a `candidate`."""
        super().__init__(
            ChampionSpec(
                **{
                    executor.CANDIDATE: candidate,
                    executor.DESTINATION: destination,
                    executor.CHAMPION: types.Channel(type=standard_artifacts.Model),
                }
            )
        )
