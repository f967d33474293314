"""Evaluator: TFX's Evaluator, for which an empty baseline model is none."""

from typing import Any

import tensorflow as tf
from tfx import components as tfx_components
from tfx import types
from tfx.components.evaluator import executor
from tfx.dsl.components.base import executor_spec
from tfx.types import standard_component_specs
from tfx.utils import path_utils

from vocabulary.versions import SAVED_MODEL


class Executor(executor.Executor):
    """Leaves out a baseline that holds no model; Kubeflow cannot hand on a lack of one."""

    def Do(  # noqa: N802
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """See TFX's executor."""
        key = standard_component_specs.BASELINE_MODEL_KEY
        models = [model for model in input_dict.get(key, []) if _holds_model(model)]
        super().Do({**input_dict, key: models}, output_dict, exec_properties)


def _holds_model(artifact: types.Artifact) -> bool:
    return tf.io.gfile.exists(f"{path_utils.serving_model_path(artifact.uri)}/{SAVED_MODEL}")


class Evaluator(tfx_components.Evaluator):
    """An Evaluator whose baseline is the output of Champion."""

    EXECUTOR_SPEC = executor_spec.BeamExecutorSpec(Executor)
