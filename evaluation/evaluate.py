"""Runs TFMA: any number of exported models on the same pictures, in one pass over them.

The Evaluator and `digits compare` both come through here. What TFMA writes into the folder can be
read with `evaluation.results`; beside it lie the rows of `evaluation.pictures`.
"""

import os
from collections.abc import Callable, Mapping, Sequence

import apache_beam as beam
import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.writers.eval_config_writer import EvalConfigWriter
from tfx_bsl.public import tfxio

from evaluation.defaults import fill_in
from evaluation.eval_config import build_eval_config
from evaluation.extraction import build_extractors
from vocabulary.task.options import TaskBase


def evaluate(
    models: Mapping[str, str],
    patterns: Sequence[str],
    folder: str,
    *,
    task: TaskBase,
    slices: Sequence[str],
    canvas: tuple[int, int],
    baseline: str | None,
    make_pipeline: Callable[[], beam.Pipeline],
    places: Mapping[str, str] | None = None,
    data: str | None = None,
) -> None:
    """Evaluates models and writes TFMA's result and the rows.

    Args:
        models: the folder of each SavedModel, by name.
        patterns: file patterns of TFRecords of tf.Example, gzipped where they end in .gz.
        folder: where to write.
        task: what they were made for.
        slices: beside the whole.
        canvas: (height, width) in pixels that the models see.
        baseline: the name of the model that the others are compared with, if any is.
        make_pipeline: makes the Beam pipeline to run in.
        places: where each model is for those who look at the result, by name; TFMA's views call it
            by the last part. By default the folders.
        data: likewise, where the pictures are. By default the folder of the first pattern.
    """
    config = build_eval_config(task.kind, slices, list(models), baseline=baseline)
    shared = [
        tfma.default_eval_shared_model(path, model_name=name, eval_config=config)
        for name, path in models.items()
    ]
    one_or_all = shared[0] if len(shared) == 1 else shared
    extractors = build_extractors(one_or_all, config, task=task, canvas=canvas, folder=folder)
    source = tfxio.TFExampleRecord(list(patterns), raw_record_column_name=tfma.ARROW_INPUT_COLUMN)
    writers = [
        # TFMA's own would leave out the name of an only model.
        EvalConfigWriter(
            folder,
            config,
            data_location=data or os.path.dirname(patterns[0]),
            data_file_format="tfrecord",
            model_locations=dict(places or models),
        ),
        *(
            writer
            for writer in tfma.default_writers(folder, one_or_all, config)
            if writer.stage_name != "WriteEvalConfig"
        ),
    ]
    with make_pipeline() as pipeline:
        _ = (
            pipeline
            | source.BeamSource()
            | "FillIn" >> beam.Map(fill_in, task.kind)
            | tfma.ExtractEvaluateAndWriteResults(
                eval_shared_model=one_or_all,
                eval_config=config,
                extractors=extractors,
                writers=writers,
            )
        )
