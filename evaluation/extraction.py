"""What becomes of a batch of pictures once models have answered: rows, and sums by slice.

TFMA's own way on takes a batch apart and hands each picture on once for every slice that it falls
into, which costs more than the model does. Nearly all that is measured is a sum over pictures, so a
batch goes on as one extract for each slice.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import numpy as np
import tensorflow_model_analysis as tfma
from apache_beam.io import parquetio
from numpy.typing import NDArray
from tensorflow_model_analysis.extractors import slice_key_extractor
from tensorflow_model_analysis.proto import config_pb2
from tensorflow_model_analysis.slicer import slicer_lib

from evaluation import clusters, computations, jackknife, metrics, pictures, plots, slices
from evaluation.defaults import sparse_features
from evaluation.gathered import Gathered
from evaluation.pictures import Batch
from evaluation.pixels import frame_sizes
from evaluation.sums import Sums, as_rows, contributions, paired
from vocabulary import features
from vocabulary.task.find import task_part
from vocabulary.task.judging import Columns, judging_of, measures_of, plots_of
from vocabulary.task.options import TaskBase

_PREDICTIONS = "ExtractPredictions"
_INPUT = "examples"
"""How our exports name the input of the signature that is asked."""
_PICTURE = "binary"
"""The type of a column of pictures, such as masks."""


@dataclass(frozen=True)
class _Evaluated:
    """What every batch is asked about.

    `slice_keys` are the features that part pictures, sorted, of each way of slicing.
    """

    task: TaskBase
    models: list[str]
    baseline: str | None
    slice_keys: list[list[str]]
    canvas: tuple[int, int]


def build_extractors(
    models: Any,
    config: config_pb2.EvalConfig,
    *,
    task: TaskBase,
    canvas: tuple[int, int],
    folder: str,
) -> list[tfma.extractors.Extractor]:
    """TFMA's own extractors up to the predictions, then ours.

    The models are TFMA's shared ones, their canvas is (height, width) in pixels, and
    `evaluation.pictures` are written to the folder.
    """
    extractors = tfma.default_extractors(
        eval_shared_model=models,
        eval_config=config,
        tensor_adapter_config=sparse_features(task.kind),
    )
    place = [extractor.stage_name for extractor in extractors].index(_PREDICTIONS)
    evaluated = _Evaluated(
        task=task,
        models=[spec.name for spec in config.model_specs],
        baseline=metrics.baseline_of(config),
        slice_keys=[sorted(spec.feature_keys) for spec in config.slicing_specs],
        canvas=canvas,
    )
    name = tfma.extractors.Extractor("NameInput", beam.Map(_name_input))
    measure = tfma.extractors.Extractor(
        slice_key_extractor.SLICE_KEY_EXTRACTOR_STAGE_NAME, _Measure(evaluated, folder)
    )
    return [*extractors[:place], name, extractors[place], measure]


def _name_input(extracts: dict[str, Any]) -> dict[str, Any]:
    """Lets TFMA call the signature by the name of its input, where that is `_INPUT`.

    It calls it by place otherwise. TensorFlow refuses that with a message that holds the batch in
    print, then tries another way: a third of all the time went into messages that no one read.
    """
    inputs = {key: of for key, of in extracts[tfma.FEATURES_KEY].items() if key != features.IMAGE}
    return extracts | {tfma.FEATURES_KEY: inputs | {_INPUT: np.ravel(extracts[tfma.INPUT_KEY])}}


@beam.ptransform_fn
def _Measure(  # noqa: N802
    extracts: beam.PCollection, evaluated: _Evaluated, folder: str
) -> beam.PCollection:
    batches = extracts | beam.Map(_batch, evaluated)
    _ = (
        batches
        | beam.Map(pictures.as_table, evaluated.task.kind)
        | parquetio.WriteToParquetBatched(
            f"{folder}/{pictures.PREFIX}",
            schema=pictures.schema(evaluated.task.kind, evaluated.models),
            file_name_suffix=pictures.SUFFIX,
        )
    )
    forms = (
        batches
        | "Forms" >> beam.FlatMap(lambda batch: set(batch.forms))
        | "EachForm" >> beam.Distinct()
        | "AllForms" >> beam.combiners.ToList()
        | "CountForms" >> beam.Map(clusters.count_forms)
    )
    return batches | beam.FlatMap(_parts, evaluated, beam.pvalue.AsSingleton(forms))


def _batch(extracts: dict[str, Any], evaluated: _Evaluated) -> Batch:
    """The truth and what each model answered, with the features that slices part pictures by."""
    inputs, outputs = extracts[tfma.FEATURES_KEY], extracts[tfma.PREDICTIONS_KEY]
    one = len(evaluated.models) == 1
    by_model = {evaluated.models[0]: outputs} if one else outputs
    records = np.ravel(extracts[tfma.INPUT_KEY])
    own_ids, sources, forms = (
        np.ravel(inputs[key]) if inputs.get(key) is not None else [b""] * len(records)
        for key in (features.ID, features.SOURCE_ID, features.FORM)
    )
    ids = [pictures.id_of(*pair) for pair in zip(own_ids, records, strict=True)]
    measures = measures_of(evaluated.task.kind)
    frames = frame_sizes(pictures.sizes_of(inputs, records), evaluated.canvas)
    truth = measures.read_truth(inputs, frames=frames)
    predictions = {
        model: measures.read_predictions(_by_name(by_model[model], evaluated.task))
        for model in evaluated.models
    }
    contributed = _contributions(truth, predictions, evaluated)
    return Batch(
        ids=ids,
        source_ids=[source or id_ for source, id_ in zip(sources, ids, strict=True)],
        forms=list(forms),
        truth=truth,
        predictions=predictions,
        contributions=contributed,
        cells={
            model: [
                plots.cells_of(
                    plot, truth, predicted, contributed[model], classes=len(evaluated.task.classes)
                )
                for plot in plots_of(evaluated.task.kind)
            ]
            for model, predicted in predictions.items()
        },
        slices=slices.slice_features(inputs, evaluated.task, len(records)),
    )


def _by_name(outputs: Any, task: TaskBase) -> Mapping[str, Any]:
    """The outputs of a model by name; TFMA leaves out the name of an only one."""
    if isinstance(outputs, Mapping):
        return outputs
    (name,) = task_part(task.kind, "answers").outputs(task.classes)
    return {name: outputs}


def _parts(batch: Batch, evaluated: _Evaluated, forms: int) -> Iterator[dict[str, Any]]:
    """For each slice that pictures fall into, by the features that part them: what they add up to.

    `forms` counts those of all pictures.
    """
    cluster = clusters.cluster_of(batch.source_ids, batch.forms, all_forms=forms)
    groups = jackknife.groups_of(cluster)
    in_group = np.eye(jackknife.GROUPS)[:, groups]
    measured = {model: as_rows(of) for model, of in batch.contributions.items()}
    for slice_key, chosen in slices.parted(batch.slices, evaluated.slice_keys):
        extract = {
            tfma.SLICE_KEY_TYPES_KEY: slicer_lib.slice_keys_to_numpy_array([slice_key]),
            computations.SUMS: {
                model: Sums(rows.widths, in_group[:, chosen] @ rows.values[chosen])
                for model, rows in measured.items()
            },
            computations.COUNTS: {
                model: [plots.count(of_plot, chosen) for of_plot in cells]
                for model, cells in batch.cells.items()
            },
            computations.CLUSTERS: clusters.Clusters(
                Counter(cluster[i] for i in chosen),
                {batch.source_ids[i] for i in chosen},
                {batch.forms[i] for i in chosen},
            ),
        }
        if slice_key == ():
            extract[computations.ROWS] = _rows(batch, evaluated, groups)
        yield extract


def _contributions(
    truth: Columns, predictions: dict[str, Columns], evaluated: _Evaluated
) -> dict[str, Columns]:
    """What each picture contributes to the metrics, by model."""
    task = evaluated.task
    records, measures = judging_of(task.kind).METRICS, measures_of(task.kind)
    of_model = {
        model: contributions(measures.measure(truth, predicted, classes=len(task.classes)), records)
        for model, predicted in predictions.items()
    }
    if evaluated.baseline is None:
        return of_model
    baseline = of_model[evaluated.baseline]
    return {model: paired(measured, baseline, records) for model, measured in of_model.items()}


def _rows(batch: Batch, evaluated: _Evaluated, groups: NDArray[np.int64]) -> Gathered:
    measures = measures_of(evaluated.task.kind)
    return Gathered(
        ids=np.array(batch.ids, np.bytes_),
        groups=groups,
        truth=_without_pictures(batch.truth, measures.TRUTH),
        predictions={
            model: _without_pictures(predictions, measures.PREDICTION)
            for model, predictions in batch.predictions.items()
        },
    )


def _without_pictures(columns: Columns, types: Mapping[str, str]) -> Columns:
    """Those of a task's columns that are no pictures: these stay in the Parquet files."""
    return {name: columns[name] for name, of in types.items() if of != _PICTURE}
