"""The contents of a run's report: which sections it has, and what each is made from."""

import json
from collections.abc import Collection, Mapping
from typing import Any

import tensorflow as tf
import yaml
from tfx import types
from tfx.types import artifact_utils
from tfx.utils import path_utils

from components.report.sections.batch import batch
from components.report.sections.data import data
from components.report.sections.drift import drift
from components.report.sections.learning import learning
from components.report.sections.model_card import configuration, model_card
from components.report.sections.network import network
from components.report.sections.slices import slices, whole_of
from components.report.sections.verdict import verdict
from evaluation.eval_config import CANDIDATE
from evaluation.pictures import read_pictures
from evaluation.pixels import read_pixels
from evaluation.results import SliceResult, read_evaluation
from evaluation.verdict import read_verdict
from vocabulary.beside_splits import read_rows
from vocabulary.document import Section
from vocabulary.left_out import LEFT_OUT, Reason
from vocabulary.model_files import HISTORY
from vocabulary.part_counts import PART_COUNTS, PartCount, as_sentence
from vocabulary.pushed import ALREADY_SERVES_AS, VERSION
from vocabulary.split_statistics import Anomalies, read_anomalies, read_drift, read_statistics
from vocabulary.splits import EVAL, TRAIN
from vocabulary.task.find import task_part
from vocabulary.task.judging import Metric, metrics_of
from vocabulary.task.options import TaskBase, options_of
from vocabulary.task.report import Evaluated, TaskReport


def contents(artifacts: dict[str, types.Artifact], config: dict[str, Any]) -> list[Section]:
    """All sections, from the component's inputs and the config as JSON has it."""
    options = options_of(config["task"]["kind"]).model_validate(config["task"])
    task = options.kind
    report: TaskReport = task_part(task, "report")
    metrics = metrics_of(task)
    results = read_evaluation(artifacts["evaluation"].uri).slices
    with tf.io.gfile.GFile(f"{artifacts['model_run'].uri}/{HISTORY}") as file:
        history = json.load(file)
    statistics = {split: read_statistics(uri) for split, uri in _splits(artifacts["statistics"])}
    return [
        _verdict(artifacts, whole_of(results), metrics),
        *report.sections(_evaluated(artifacts, options)),
        slices(results, metrics, minimum=config["evaluation"]["minimum"]),
        learning(history, batch(_files(artifacts, TRAIN))),
        network(path_utils.serving_model_path(artifacts["model"].uri), task),
        data(
            statistics,
            {split: read_anomalies(uri) for split, uri in _splits(artifacts["anomalies"])},
            report.FEATURES,
            read_rows(artifacts["examples"].uri, LEFT_OUT, Reason),
            as_sentence(
                read_rows(artifacts["examples"].uri, PART_COUNTS, PartCount), config["splits"]
            ),
        ),
        drift(
            _drift(artifacts["drift"]),
            report.FEATURES,
            version=artifacts["drift"].get_int_custom_property(VERSION),
        ),
        model_card(
            config,
            report.card(options),
            results,
            metrics,
            parameters=history["parameters"],
            sizes={split: one.num_examples for split, one in statistics.items()},
        ),
        configuration(yaml.safe_dump(config, sort_keys=False)),
    ]


def _evaluated(artifacts: dict[str, types.Artifact], task: TaskBase) -> Evaluated:
    rows = read_pictures(artifacts["evaluation"].uri, [CANDIDATE], task.kind)
    files = _files(artifacts, EVAL)

    def pixels(ids: Collection[str]) -> dict[str, bytes]:
        return {
            rows.ids[row]: encoded
            for row, encoded in read_pixels(rows, files)
            if rows.ids[row] in ids
        }

    return Evaluated(rows.ids, rows.truth, rows.predictions[CANDIDATE], pixels, task.classes)


def _files(artifacts: dict[str, types.Artifact], split: str) -> list[str]:
    """The TFRecords of a split."""
    examples = artifact_utils.get_split_uri([artifacts["examples"]], split)
    return sorted(tf.io.gfile.glob(f"{examples}/*"))


def _splits(artifact: types.Artifact) -> list[tuple[str, str]]:
    names = artifact_utils.decode_split_names(artifact.split_names)
    return [(name, artifact_utils.get_split_uri([artifact], name)) for name in names]


def _drift(artifact: types.Artifact) -> dict[str, Anomalies]:
    """What DistributionValidator measured, by split; empty if it had nothing to compare with."""
    if not artifact.get_int_custom_property("compared"):
        return {}
    return read_drift(artifact.uri, artifact_utils.decode_split_names(artifact.split_names))


def _verdict(
    artifacts: dict[str, types.Artifact], whole: SliceResult, metrics: Mapping[str, Metric]
) -> Section:
    pushed_model = artifacts["pushed_model"]
    pushed = pushed_model.get_int_custom_property("pushed") and (
        pushed_model.get_string_custom_property("pushed_version")
    )
    return verdict(
        read_verdict(artifacts["evaluation"].uri),
        whole,
        metrics,
        pushed=pushed or "",
        already=pushed_model.get_int_custom_property(ALREADY_SERVES_AS),
    )
