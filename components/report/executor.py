"""The executor of Report: runs the exported model on pictures of the eval split and draws them."""

from typing import Any, Final

import numpy as np
import tensorflow as tf
from tfx import types
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import path_utils

from components.report.predictions import Prediction, draw_predictions
from vocabulary import features

EXAMPLES: Final = "examples"
MODEL: Final = "model"
REPORT: Final = "report"
PREDICTIONS_FILE: Final = "predictions.png"

_LOOKED_AT = 1000
Artifacts = dict[str, list[types.Artifact]]


class Executor(base_executor.BaseExecutor):
    """Writes `predictions.png`."""

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, Any]
    ) -> None:
        """See the component."""
        split = artifact_utils.get_split_uri(input_dict[EXAMPLES], "eval")
        model = artifact_utils.get_single_instance(input_dict[MODEL])
        folder = artifact_utils.get_single_uri(output_dict[REPORT])
        predictions = predict(path_utils.serving_model_path(model.uri), f"{split}/*")
        with tf.io.gfile.GFile(f"{folder}/{PREDICTIONS_FILE}", "wb") as file:
            file.write(draw_predictions(predictions))


def predict(model: str, pattern: str) -> list[Prediction]:
    """What an exported model says of the first pictures under a file pattern."""
    files = tf.data.Dataset.list_files(pattern, shuffle=False)
    records = tf.data.TFRecordDataset(files, compression_type="GZIP").take(_LOOKED_AT)
    serialized = np.array(list(records.as_numpy_iterator()))
    answers = tf.saved_model.load(model).signatures["serving_examples"](tf.constant(serialized))
    rows = zip(serialized, answers["probabilities"].numpy(), answers["box"].numpy(), strict=True)
    return [_prediction(*row) for row in rows]


def _prediction(serialized: bytes, probabilities: np.ndarray, box: np.ndarray) -> Prediction:
    known = tf.train.Example.FromString(serialized).features.feature
    return Prediction(
        png=known[features.IMAGE].bytes_list.value[0],
        digit=known[features.LABEL].int64_list.value[0],
        box=tuple(known[key].float_list.value[0] for key in features.BOX),
        predicted_digit=int(probabilities.argmax()),
        confidence=float(probabilities.max()),
        predicted_box=tuple(box.tolist()),
    )
