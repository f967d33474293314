"""Evaluator: judges the candidate, beside the champion, and blesses it or not.

As TFX's own it runs TensorFlow Model Analysis and gives an evaluation and a blessing. TFX's decides
by thresholds on points, this one by intervals, and it leaves its reasons beside the evaluation.
"""

from typing import ClassVar

from tfx import types
from tfx.dsl.components.base import base_beam_component, executor_spec
from tfx.types import standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components.evaluator import executor


class EvaluatorSpec(ComponentSpec):
    """Inputs, outputs and parameters of Evaluator."""

    PARAMETERS: ClassVar[dict[str, ExecutionParameter]] = {
        executor.OPTIONS: ExecutionParameter(type=str),
    }
    INPUTS = {
        executor.EXAMPLES: ChannelParameter(type=standard_artifacts.Examples),
        executor.MODEL: ChannelParameter(type=standard_artifacts.Model),
        executor.CHAMPION: ChannelParameter(type=standard_artifacts.Model),
    }
    OUTPUTS = {
        executor.EVALUATION: ChannelParameter(type=standard_artifacts.ModelEvaluation),
        executor.BLESSING: ChannelParameter(type=standard_artifacts.ModelBlessing),
    }


class Evaluator(base_beam_component.BaseBeamComponent):
    """Evaluates on the eval split.

    Outputs:
        evaluation: standard_artifacts.ModelEvaluation, TFMA's result, the rows and the verdict.
        blessing: standard_artifacts.ModelBlessing, as TFX's Evaluator gives it.
    """

    SPEC_CLASS = EvaluatorSpec
    EXECUTOR_SPEC = executor_spec.BeamExecutorSpec(executor.Executor)

    def __init__(
        self,
        *,
        examples: types.BaseChannel,
        model: types.BaseChannel,
        champion: types.BaseChannel,
        options: str,
    ):
        """Takes the channels, and `evaluation.options.JudgeOptions` as JSON."""
        super().__init__(
            EvaluatorSpec(
                **{
                    executor.EXAMPLES: examples,
                    executor.MODEL: model,
                    executor.CHAMPION: champion,
                    executor.OPTIONS: options,
                    executor.EVALUATION: types.Channel(type=standard_artifacts.ModelEvaluation),
                    executor.BLESSING: types.Channel(type=standard_artifacts.ModelBlessing),
                }
            )
        )
