"""The executor of Evaluator: finds models and pictures, has them judged, notes the blessing."""

from typing import Any, Final

import tensorflow as tf
from tfx import types
from tfx.components.evaluator import constants
from tfx.dsl.components.base import base_beam_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils, path_utils

from evaluation.judge import judge
from evaluation.options import JudgeOptions
from vocabulary.model_files import SAVED_MODEL
from vocabulary.pushed import VERSION
from vocabulary.splits import EVAL

EXAMPLES: Final = "examples"
MODEL: Final = "model"
CHAMPION: Final = "champion"
OPTIONS: Final = "options"
EVALUATION: Final = "evaluation"
BLESSING: Final = "blessing"

Artifacts = dict[str, list[types.Artifact]]


class Executor(base_beam_executor.BaseBeamExecutor):
    """Judges and writes a blessing as TFX's Evaluator does, for Pusher and others."""

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, Any]
    ) -> None:
        """See the component."""
        self._log_startup(input_dict, output_dict, exec_properties)
        model = artifact_utils.get_single_instance(input_dict[MODEL])
        champion = artifact_utils.get_single_instance(input_dict[CHAMPION])
        # A champion that holds no model is none; Kubeflow cannot hand on a lack of one.
        holds_model = tf.io.gfile.exists(f"{_saved(champion)}/{SAVED_MODEL}")
        blessed = judge(
            model=_saved(model),
            champion=_saved(champion) if holds_model else None,
            champion_version=champion.get_int_custom_property(VERSION),
            patterns=[f"{artifact_utils.get_split_uri(input_dict[EXAMPLES], EVAL)}/*"],
            folder=artifact_utils.get_single_uri(output_dict[EVALUATION]),
            options=JudgeOptions.model_validate_json(exec_properties[OPTIONS]),
            make_pipeline=self._make_beam_pipeline,
        )
        blessing = artifact_utils.get_single_instance(output_dict[BLESSING])
        _bless(blessing, model=model, champion=champion if holds_model else None, blessed=blessed)


def _saved(artifact: types.Artifact) -> str:
    return str(path_utils.serving_model_path(artifact.uri))


def _bless(
    blessing: types.Artifact,
    *,
    model: types.Artifact,
    champion: types.Artifact | None,
    blessed: bool,
) -> None:
    blessing.set_string_custom_property(
        constants.ARTIFACT_PROPERTY_CURRENT_MODEL_URI_KEY, model.uri
    )
    blessing.set_int_custom_property(constants.ARTIFACT_PROPERTY_CURRENT_MODEL_ID_KEY, model.id)
    if champion:
        blessing.set_string_custom_property(
            constants.ARTIFACT_PROPERTY_BASELINE_MODEL_URI_KEY, champion.uri
        )
        blessing.set_int_custom_property(
            constants.ARTIFACT_PROPERTY_BASELINE_MODEL_ID_KEY, champion.id
        )
    file = constants.BLESSED_FILE_NAME if blessed else constants.NOT_BLESSED_FILE_NAME
    io_utils.write_string_file(f"{blessing.uri}/{file}", "")
    blessing.set_int_custom_property(
        constants.ARTIFACT_PROPERTY_BLESSED_KEY,
        constants.BLESSED_VALUE if blessed else constants.NOT_BLESSED_VALUE,
    )
