"""Evaluator: judges the candidate, beside the champion, and blesses it or not.

As TFX's own it runs TensorFlow Model Analysis and gives an evaluation and a blessing. TFX's decides
by thresholds on points, this one by intervals, and it leaves its reasons beside the evaluation.
"""

import json
from typing import Any

import tensorflow as tf
from tfx import types
from tfx.components.evaluator import constants
from tfx.dsl.components.base import base_beam_component, base_beam_executor, executor_spec
from tfx.types import artifact_utils, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter
from tfx.utils import io_utils, path_utils

from evaluation.judge import judge
from evaluation.options import JudgeOptions
from vocabulary.model_files import FIGURES, SAVED_MODEL
from vocabulary.pushed import VERSION
from vocabulary.splits import EVAL

Artifacts = dict[str, list[types.Artifact]]


class Executor(base_beam_executor.BaseBeamExecutor):
    """Judges and writes a blessing as TFX's Evaluator does, for Pusher and others."""

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, Any]
    ) -> None:
        """See the component."""
        self._log_startup(input_dict, output_dict, exec_properties)
        model = artifact_utils.get_single_instance(input_dict["model"])
        champion = artifact_utils.get_single_instance(input_dict["champion"])
        # A champion that holds no model is none; Kubeflow cannot hand on a lack of one.
        holds_model = tf.io.gfile.exists(f"{_saved(champion)}/{SAVED_MODEL}")
        options = JudgeOptions.model_validate_json(exec_properties["options"])
        verdict = judge(
            model=_saved(model),
            champion=_saved(champion) if holds_model else None,
            champion_version=champion.get_int_custom_property(VERSION),
            patterns=[f"{artifact_utils.get_split_uri(input_dict['examples'], EVAL)}/*"],
            folder=artifact_utils.get_single_uri(output_dict["evaluation"]),
            options=options,
            make_pipeline=self._make_beam_pipeline,
        )
        blessing = artifact_utils.get_single_instance(output_dict["blessing"])
        _bless(blessing, model, champion if holds_model else None, blessed=verdict.blessed)
        figures = json.dumps(verdict.figures(options.task.kind))
        io_utils.write_string_file(f"{blessing.uri}/{FIGURES}", figures)


def _saved(artifact: types.Artifact) -> str:
    return str(path_utils.serving_model_path(artifact.uri))


def _bless(
    blessing: types.Artifact,
    model: types.Artifact,
    champion: types.Artifact | None,
    *,
    blessed: bool,
) -> None:
    texts = {constants.ARTIFACT_PROPERTY_CURRENT_MODEL_URI_KEY: model.uri}
    numbers = {
        constants.ARTIFACT_PROPERTY_CURRENT_MODEL_ID_KEY: model.id,
        constants.ARTIFACT_PROPERTY_BLESSED_KEY: (
            constants.BLESSED_VALUE if blessed else constants.NOT_BLESSED_VALUE
        ),
    }
    if champion:
        texts[constants.ARTIFACT_PROPERTY_BASELINE_MODEL_URI_KEY] = champion.uri
        numbers[constants.ARTIFACT_PROPERTY_BASELINE_MODEL_ID_KEY] = champion.id
    for key, text in texts.items():
        blessing.set_string_custom_property(key, text)
    for key, number in numbers.items():
        blessing.set_int_custom_property(key, number)
    file = constants.BLESSED_FILE_NAME if blessed else constants.NOT_BLESSED_FILE_NAME
    io_utils.write_string_file(f"{blessing.uri}/{file}", "")


class EvaluatorSpec(ComponentSpec):
    """Inputs, outputs and parameters of Evaluator."""

    PARAMETERS = {"options": ExecutionParameter(type=str)}
    INPUTS = {
        "examples": ChannelParameter(type=standard_artifacts.Examples),
        "model": ChannelParameter(type=standard_artifacts.Model),
        "champion": ChannelParameter(type=standard_artifacts.Model),
    }
    OUTPUTS = {
        "evaluation": ChannelParameter(type=standard_artifacts.ModelEvaluation),
        "blessing": ChannelParameter(type=standard_artifacts.ModelBlessing),
    }


class Evaluator(base_beam_component.BaseBeamComponent):
    """Evaluates on the eval split.

    Outputs:
        evaluation: standard_artifacts.ModelEvaluation, TFMA's result, the rows and the verdict.
        blessing: standard_artifacts.ModelBlessing, as TFX's Evaluator gives it.
    """

    SPEC_CLASS = EvaluatorSpec
    EXECUTOR_SPEC = executor_spec.BeamExecutorSpec(Executor)

    def __init__(self, *, options: str, **inputs: types.BaseChannel):
        """Takes `EvaluatorSpec`'s inputs, and `evaluation.options.JudgeOptions` as JSON."""
        super().__init__(
            EvaluatorSpec(
                options=options,
                evaluation=types.Channel(type=standard_artifacts.ModelEvaluation),
                blessing=types.Channel(type=standard_artifacts.ModelBlessing),
                **inputs,
            )
        )
