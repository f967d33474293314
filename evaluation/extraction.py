"""What becomes of a batch of pictures once models have answered: rows, and sums by slice.

TFMA's own way on takes a batch apart and hands each picture on once for every slice that it falls
into, which costs more than the model does. All that is measured is a sum over pictures, so a batch
goes on as one extract for each slice.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import apache_beam as beam
import numpy as np
import tensorflow_model_analysis as tfma
from apache_beam.io import parquetio
from numpy.typing import NDArray
from tensorflow_model_analysis.extractors import slice_key_extractor
from tensorflow_model_analysis.proto import config_pb2
from tensorflow_model_analysis.slicer import slicer_lib
from tfx_bsl.tfxio import tensor_adapter

from evaluation import clusters, coco, jackknife, metrics, pictures, slices, sums
from evaluation.pixels import frame_sizes
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
    baseline = metrics.baseline_of(config)
    name = tfma.extractors.Extractor("NameInput", beam.Map(_name_input))
    measure = tfma.extractors.Extractor(
        slice_key_extractor.SLICE_KEY_EXTRACTOR_STAGE_NAME,
        _Measure(names, baseline, keys, canvas, rows),
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
    baseline: str | None,
    keys: list[list[str]],
    canvas: tuple[int, int],
    rows: str,
) -> beam.PCollection:
    batches = extracts | beam.Map(_answers, models, canvas)
    _ = (
        batches
        | beam.Map(pictures.as_table)
        | parquetio.WriteToParquetBatched(
            rows, schema=pictures.schema(models), file_name_suffix=pictures.SUFFIX
        )
    )
    forms = (
        batches
        | "Forms" >> beam.FlatMap(lambda answers: set(answers.forms) - {b""})
        | "EachForm" >> beam.Distinct()
        | "CountForms" >> beam.combiners.Count.Globally()
    )
    return batches | beam.FlatMap(_sums, keys, baseline, beam.pvalue.AsSingleton(forms))


def _answers(
    extracts: dict[str, Any], models: list[str], canvas: tuple[int, int]
) -> pictures.Answers:
    """The truth and what each model says of a batch, with the features that slices ask for."""
    known, said = extracts[tfma.FEATURES_KEY], extracts[tfma.PREDICTIONS_KEY]
    by_model = {models[0]: said} if len(models) == 1 else said
    digits = np.ravel(known[features.LABEL]).astype(np.int64)
    records = np.ravel(extracts[tfma.INPUT_KEY])
    given = (
        np.ravel(known[key]) if known.get(key) is not None else [b""] * len(digits)
        for key in (features.ID, features.SOURCE_ID, features.FORM)
    )
    ids, sources, forms = given
    ids = [pictures.id_of(*pair) for pair in zip(ids, records, strict=True)]
    return pictures.Answers(
        ids=ids,
        source_ids=[source or id_ for source, id_ in zip(sources, ids, strict=True)],
        forms=list(forms),
        digits=digits,
        boxes=np.stack([np.ravel(known[key]) for key in features.BOX], -1).astype(np.float64),
        frames=frame_sizes(pictures.sizes_of(known, records), canvas),
        probabilities={m: np.asarray(by_model[m]["probabilities"], np.float64) for m in models},
        predicted_boxes={m: np.asarray(by_model[m]["box"], np.float64) for m in models},
        slices=slices.slice_features(known, "localization", len(records)),
    )


def _sums(
    answers: pictures.Answers, keys: list[list[str]], baseline: str | None, forms: int
) -> Iterator[dict[str, Any]]:
    """For each slice that pictures fall into, by the features that part them: what they add up to.

    The sums are kept in the groups of `evaluation.jackknife`; `forms` counts those of all pictures.
    """
    measured = {
        model: sums.measure(
            digits=answers.digits,
            true_boxes=answers.boxes,
            probabilities=probabilities,
            predicted_boxes=answers.predicted_boxes[model],
            frames=answers.frames,
        )
        for model, probabilities in answers.probabilities.items()
    }
    if baseline:
        measured = {m: sums.pair(of, measured[baseline]) for m, of in measured.items()}
    cluster = clusters.cluster_of(answers.source_ids, answers.forms, known=forms)
    groups = jackknife.groups_of(cluster)
    in_group = np.eye(jackknife.GROUPS)[:, groups]
    for slice_key, chosen in slices.parted(answers.slices, keys):
        extract = {
            tfma.SLICE_KEY_TYPES_KEY: slicer_lib.slice_keys_to_numpy_array([slice_key]),
            sums.SUMS: {m: in_group[:, chosen] @ of[chosen] for m, of in measured.items()},
            clusters.EXTRACT: clusters.Clusters(
                Counter(cluster[i] for i in chosen),
                {answers.source_ids[i] for i in chosen},
                {answers.forms[i] for i in chosen} - {b""},
            ),
        }
        if slice_key == ():
            extract[coco.DETECTIONS] = _detections(answers, groups)
        yield extract


def _detections(answers: pictures.Answers, groups: NDArray[np.int64]) -> dict[str, coco.Detections]:
    return {
        model: coco.Detections(
            ids=np.array(answers.ids, np.bytes_),
            groups=groups,
            digits=answers.digits,
            boxes=answers.boxes,
            predicted_digits=probabilities.argmax(axis=1),
            confidences=probabilities.max(axis=1),
            predicted_boxes=answers.predicted_boxes[model],
        )
        for model, probabilities in answers.probabilities.items()
    }
