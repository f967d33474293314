"""What is drawn from a batch of pictures before TFMA takes it apart: measures, slices, rows.

Measuring whole batches costs a fraction of measuring picture by picture, and what is not needed any
more (the pictures themselves above all) is dropped before each is handed on alone.
"""

from collections.abc import Mapping
from typing import Any

import apache_beam as beam
import numpy as np
import tensorflow_model_analysis as tfma
from apache_beam.io import parquetio
from tensorflow_model_analysis.proto import config_pb2
from tfx_bsl.tfxio import tensor_adapter

from evaluation import jackknife, metrics, pictures, slices
from vocabulary import features

_LAST_ON_BATCHES = "ExtractPredictions"


def build_extractors(
    models: Any,
    config: config_pb2.EvalConfig,
    *,
    canvas: tuple[int, int],
    rows: str,
    adapter: tensor_adapter.TensorAdapterConfig | None = None,
) -> list[tfma.extractors.Extractor]:
    """TFMA's own extractors, with ours once the predictions are there.

    Args:
        models: TFMA's shared models.
        config: names the models.
        canvas: (height, width) in pixels.
        rows: where `evaluation.pictures` are written, the beginning of the files' names.
        adapter: of the tensors that are read.
    """
    extractors = tfma.default_extractors(
        eval_shared_model=models, eval_config=config, tensor_adapter_config=adapter
    )
    after = [extractor.stage_name for extractor in extractors].index(_LAST_ON_BATCHES) + 1
    names = [spec.name for spec in config.model_specs]
    ours = tfma.extractors.Extractor("Measure", _Measure(names, canvas, rows))
    return [*extractors[:after], ours, *extractors[after:]]


@beam.ptransform_fn
def _Measure(  # noqa: N802
    extracts: beam.PCollection, models: list[str], canvas: tuple[int, int], rows: str
) -> beam.PCollection:
    batches = extracts | beam.Map(_answers, models)
    _ = (
        batches
        | beam.Map(pictures.as_table)
        | parquetio.WriteToParquetBatched(
            rows, schema=pictures.schema(models), file_name_suffix=pictures.SUFFIX
        )
    )
    return batches | beam.Map(_measure, canvas)


def _answers(extracts: dict[str, Any], models: list[str]) -> pictures.Answers:
    """The truth and what each model says of a batch, with the features that slices ask for."""
    known, said = extracts[tfma.FEATURES_KEY], extracts[tfma.PREDICTIONS_KEY]
    by_model = {models[0]: said} if len(models) == 1 else said
    digits = np.ravel(known[features.LABEL]).astype(np.int64)
    ids = known.get(features.SOURCE_ID)
    facts = (key for key, _, _ in slices.BANDS.values())
    return pictures.Answers(
        source_ids=[bytes(i) for i in np.ravel(ids)] if ids is not None else [b""] * len(digits),
        digits=digits,
        boxes=np.stack([np.ravel(known[key]) for key in features.BOX], -1).astype(np.float64),
        probabilities={m: np.asarray(by_model[m]["probabilities"], np.float64) for m in models},
        predicted_boxes={m: np.asarray(by_model[m]["box"], np.float64) for m in models},
        facts={key: known[key] for key in facts if known.get(key) is not None},
    )


def _measure(answers: pictures.Answers, canvas: tuple[int, int]) -> dict[str, Any]:
    """The extracts that go on: slices to part pictures by, and what was measured of them."""
    measured = {
        model: metrics.measure(
            digits=answers.digits,
            true_boxes=answers.boxes,
            probabilities=probabilities,
            predicted_boxes=answers.predicted_boxes[model],
            canvas=canvas,
        )
        for model, probabilities in answers.probabilities.items()
    }
    known: Mapping[str, Any] = {
        features.LABEL: answers.digits[:, np.newaxis],
        **slices.slice_features(answers.facts, answers.boxes),
    }
    return {
        tfma.FEATURES_KEY: known,
        metrics.MEASURES: measured,
        metrics.GROUP: jackknife.groups_of(answers.source_ids),
    }
