"""The executor of Report: reads what the other components made and writes `report.html`."""

import json
from typing import Any, Final

import tensorflow as tf
import yaml
from tfx import types
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import path_utils

from components.report.document import Part, Section, Words
from components.report.figures import calibration, confusion, heat_map, overlap
from components.report.page import REPORT, REPORT_FILE, render_page
from components.report.predictions import Prediction, read_predictions
from components.report.sections.data import Anomalies, data, read_anomalies, read_statistics
from components.report.sections.drift import drift
from components.report.sections.learning import learning
from components.report.sections.model_card import configuration, model_card
from components.report.sections.network import network
from components.report.sections.samples import samples
from components.report.sections.seen import seen
from components.report.sections.slices import slices
from components.report.sections.verdict import verdict
from evaluation.eval_config import CANDIDATE
from evaluation.evaluate import ROWS
from evaluation.pictures import read_pictures
from evaluation.results import read_slices
from evaluation.verdict import read_verdict
from vocabulary.pushed import ALREADY_SERVES_AS

EXAMPLES: Final = "examples"
STATISTICS: Final = "statistics"
ANOMALIES: Final = "anomalies"
DRIFT: Final = "drift"
MODEL: Final = "model"
MODEL_RUN: Final = "model_run"
EVALUATION: Final = "evaluation"
PUSHED_MODEL: Final = "pushed_model"
CONFIG: Final = "config"

_LOOKED_AT: Final = 20_000
"""Pictures that figures are drawn from at most; metrics and slices are of all."""
_NO_RECORD: Final = Words(
    "Times and lineage are in ML Metadata, which a component does not see: `digits run` and "
    "`digits report` put them here."
)
Artifacts = dict[str, list[types.Artifact]]


class Executor(base_executor.BaseExecutor):
    """Writes `report.html`."""

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, Any]
    ) -> None:
        """See the component."""
        artifacts = {
            key: artifact_utils.get_single_instance(found) for key, found in input_dict.items()
        }
        config = json.loads(exec_properties[CONFIG])
        page = render_page(
            f"digits: {config['model']['kind']} on {config['source']['kind']}",
            _sections(artifacts, config),
            record=[Section("record", "The run", [_NO_RECORD])],
        )
        folder = artifact_utils.get_single_uri(output_dict[REPORT])
        with tf.io.gfile.GFile(f"{folder}/{REPORT_FILE}", "w") as file:
            file.write(page)


def _sections(artifacts: dict[str, types.Artifact], config: dict[str, Any]) -> list[Section]:
    model = path_utils.serving_model_path(artifacts[MODEL].uri)
    examples = artifact_utils.get_split_uri([artifacts[EXAMPLES]], "eval")
    rows = read_pictures(f"{artifacts[EVALUATION].uri}/{ROWS}", [CANDIDATE], config["task"]["kind"])
    files = sorted(tf.io.gfile.glob(f"{examples}/*"))
    predictions = read_predictions(rows, files, at_most=_LOOKED_AT)
    with tf.io.gfile.GFile(f"{artifacts[MODEL_RUN].uri}/history.json") as file:
        history = json.load(file)
    found = read_slices(artifacts[EVALUATION].uri)
    return [
        _verdict(artifacts),
        samples(predictions),
        seen(predictions, of=len(rows.ids)),
        slices(found, minimum=config["evaluation"]["minimum"]),
        Section("digits", "Digits", [confusion.draw(predictions), calibration.draw(predictions)]),
        Section("boxes", "Boxes", _box_figures(predictions)),
        learning(history),
        network(model),
        data(
            {split: read_statistics(uri) for split, uri in _splits(artifacts[STATISTICS])},
            {split: read_anomalies(uri) for split, uri in _splits(artifacts[ANOMALIES])},
        ),
        drift(
            _drift(artifacts[DRIFT]), version=artifacts[DRIFT].get_int_custom_property("version")
        ),
        model_card(config, found, parameters=history["parameters"]),
        configuration(yaml.safe_dump(config, sort_keys=False)),
    ]


def _box_figures(predictions: list[Prediction]) -> list[Part]:
    draws = (overlap.draw_distribution, overlap.draw_curve, heat_map.draw)
    return [draw(predictions) for draw in draws]


def _splits(artifact: types.Artifact) -> list[tuple[str, str]]:
    names = artifact_utils.decode_split_names(artifact.split_names)
    return [(name, artifact_utils.get_split_uri([artifact], name)) for name in names]


def _drift(artifact: types.Artifact) -> dict[str, Anomalies]:
    """What DistributionValidator found, by split; empty where there was nothing to compare with."""
    if not artifact.get_int_custom_property("compared"):
        return {}
    return {
        pair.partition("_")[0]: read_anomalies(f"{artifact.uri}/SplitPair-{pair}")
        for pair in artifact_utils.decode_split_names(artifact.split_names)
    }


def _verdict(artifacts: dict[str, types.Artifact]) -> Section:
    pushed_model = artifacts[PUSHED_MODEL]
    pushed = pushed_model.get_int_custom_property("pushed") and (
        pushed_model.get_string_custom_property("pushed_version")
    )
    return verdict(
        read_verdict(artifacts[EVALUATION].uri),
        pushed=pushed or "",
        already=pushed_model.get_int_custom_property(ALREADY_SERVES_AS),
    )
