"""Slices that are not features as they stand: size and place of the digit, from its box.

A TFMA extractor adds them to the features of the pictures that are evaluated, whatever source they
come from; `custom_extractors` is where TFX's Evaluator looks for it (`module_path`).
"""

from typing import Any, Final

import apache_beam as beam
import numpy as np
import tensorflow_model_analysis as tfma
from numpy.typing import NDArray
from tensorflow_model_analysis.proto import config_pb2
from tfx_bsl.tfxio import tensor_adapter

from vocabulary import boxes, features

SLICES: Final = {"digit": features.LABEL, "size": "slice/size", "place": "slice/place"}
"""The feature behind each slice, by its name in the config."""

SIZES: Final = ("small", "medium", "large")
SIZE_EDGES: Final = (0.2, 0.3)
"""Where sizes part: the side of a square of the box's area, of the canvas's side."""

ROWS: Final = ("top", "middle", "bottom")
COLUMNS: Final = ("left", "centre", "right")


def sizes(of: NDArray[np.float64]) -> NDArray[np.str_]:
    """The size of each box of float [n, 4]."""
    return np.array(SIZES)[np.digitize(np.sqrt(boxes.areas(of)), SIZE_EDGES)]


def places(of: NDArray[np.float64]) -> NDArray[np.str_]:
    """Which cell of a 3x3 grid over the canvas holds the centre of each box of float [n, 4]."""
    centres = np.nan_to_num((of[:, :2] + of[:, 2:]) / 2)
    column, row = np.clip((centres * 3).astype(int), 0, 2).T
    return np.char.add(np.char.add(np.array(ROWS)[row], "-"), np.array(COLUMNS)[column])


def _add_slices(extracts: dict[str, Any]) -> dict[str, Any]:
    known = extracts[tfma.FEATURES_KEY]
    true = np.stack([np.ravel(known[key]) for key in features.BOX], axis=-1).astype(np.float64)
    derived = {
        SLICES["size"]: sizes(true)[:, np.newaxis],
        SLICES["place"]: places(true)[:, np.newaxis],
    }
    return {**extracts, tfma.FEATURES_KEY: {**known, **derived}}


@beam.ptransform_fn
def _AddSlices(extracts: beam.PCollection) -> beam.PCollection:  # noqa: N802
    return extracts | beam.Map(_add_slices)


def custom_extractors(
    eval_shared_model: Any,
    eval_config: config_pb2.EvalConfig,
    tensor_adapter_config: tensor_adapter.TensorAdapterConfig,
) -> list[tfma.extractors.Extractor]:
    """TFMA's own extractors, with the slices added once the features are there."""
    extractors = tfma.default_extractors(
        eval_shared_model=eval_shared_model,
        eval_config=eval_config,
        tensor_adapter_config=tensor_adapter_config,
    )
    stages = [extractor.stage_name for extractor in extractors]
    after = stages.index("ExtractFeatures") + 1
    adds_slices = tfma.extractors.Extractor("AddSlices", _AddSlices())
    return [*extractors[:after], adds_slices, *extractors[after:]]
