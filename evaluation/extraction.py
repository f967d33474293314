"""What becomes of a batch of pictures once models have answered: rows, and sums by slice.

TFMA's own way on takes a batch apart and hands each picture on once for every slice that it falls
into, which costs more than the model does. All that is measured is a sum over pictures, so a batch
goes on as one extract for each slice.
"""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
import numpy as np
import tensorflow_model_analysis as tfma
from apache_beam.io import parquetio
from tensorflow_model_analysis.extractors import slice_key_extractor
from tensorflow_model_analysis.proto import config_pb2
from tensorflow_model_analysis.slicer import slicer_lib
from tfx_bsl.tfxio import tensor_adapter

from evaluation import jackknife, metrics, pictures, slices
from vocabulary import features

_PREDICTIONS = "ExtractPredictions"
_INPUT = "examples"
"""How our exports name the input of the signature that is asked."""


def build_extractors(
    models: Any,
    config: config_pb2.EvalConfig,
    *,
    canvas: tuple[int, int],
    rows: str,
    adapter: tensor_adapter.TensorAdapterConfig | None = None,
) -> list[tfma.extractors.Extractor]:
    """TFMA's own extractors up to the predictions, then ours.

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
    place = [extractor.stage_name for extractor in extractors].index(_PREDICTIONS)
    names = [spec.name for spec in config.model_specs]
    keys = [sorted(spec.feature_keys) for spec in config.slicing_specs]
    name = tfma.extractors.Extractor("NameInput", beam.Map(_name_input))
    measure = tfma.extractors.Extractor(
        slice_key_extractor.SLICE_KEY_EXTRACTOR_STAGE_NAME, _Measure(names, keys, canvas, rows)
    )
    return [*extractors[:place], name, extractors[place], measure]


def _name_input(extracts: dict[str, Any]) -> dict[str, Any]:
    """Lets TFMA call the signature by the name of its input, where that is `_INPUT`.

    It calls it by place otherwise. TensorFlow refuses that with a message that holds the batch in
    print, then tries another way: a third of all the time went into messages that no one read.
    """
    known = {key: of for key, of in extracts[tfma.FEATURES_KEY].items() if key != features.IMAGE}
    return extracts | {tfma.FEATURES_KEY: known | {_INPUT: np.ravel(extracts[tfma.INPUT_KEY])}}


@beam.ptransform_fn
def _Measure(  # noqa: N802
    extracts: beam.PCollection,
    models: list[str],
    keys: list[list[str]],
    canvas: tuple[int, int],
    rows: str,
) -> beam.PCollection:
    batches = extracts | beam.Map(_answers, models)
    _ = (
        batches
        | beam.Map(pictures.as_table)
        | parquetio.WriteToParquetBatched(
            rows, schema=pictures.schema(models), file_name_suffix=pictures.SUFFIX
        )
    )
    return batches | beam.FlatMap(_sums, keys, canvas)


def _answers(extracts: dict[str, Any], models: list[str]) -> pictures.Answers:
    """The truth and what each model says of a batch, with the features that slices ask for."""
    known, said = extracts[tfma.FEATURES_KEY], extracts[tfma.PREDICTIONS_KEY]
    by_model = {models[0]: said} if len(models) == 1 else said
    digits = np.ravel(known[features.LABEL]).astype(np.int64)
    ids = known.get(features.SOURCE_ID)
    given = np.ravel(ids) if ids is not None else [b""] * len(digits)
    records = np.ravel(extracts[tfma.INPUT_KEY])
    facts = (key for key, _, _ in slices.BANDS.values())
    return pictures.Answers(
        source_ids=[pictures.id_of(*pair) for pair in zip(given, records, strict=True)],
        digits=digits,
        boxes=np.stack([np.ravel(known[key]) for key in features.BOX], -1).astype(np.float64),
        probabilities={m: np.asarray(by_model[m]["probabilities"], np.float64) for m in models},
        predicted_boxes={m: np.asarray(by_model[m]["box"], np.float64) for m in models},
        facts={key: known[key] for key in facts if known.get(key) is not None},
    )


def _sums(
    answers: pictures.Answers, keys: list[list[str]], canvas: tuple[int, int]
) -> Iterator[dict[str, Any]]:
    """For each slice that pictures fall into, by the features that part them: what they add up to.

    The sums are kept in the groups of `evaluation.jackknife`.
    """
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
    in_group = np.eye(jackknife.GROUPS)[:, jackknife.groups_of(answers.source_ids)]
    known = {
        features.LABEL: answers.digits,
        **slices.slice_features(answers.facts, answers.boxes),
    }
    for slice_key, chosen in slices.parted(known, keys):
        yield {
            tfma.SLICE_KEY_TYPES_KEY: slicer_lib.slice_keys_to_numpy_array([slice_key]),
            metrics.SUMS: {m: in_group[:, chosen] @ of[chosen] for m, of in measured.items()},
        }
