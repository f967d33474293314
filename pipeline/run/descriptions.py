"""Describes in a few words what each component of a run has done."""

import json
from collections.abc import Callable
from typing import Any

from components.champion.component import PASSED_OVER
from components.distribution_validator.component import COMPARED, DRIFTED
from components.infra_validator.component import REASON
from components.report.page import REPORT_FILE
from pipeline.config.config import Config
from pipeline.workspace.node import Node
from vocabulary import part_counts
from vocabulary.beside_splits import read_rows
from vocabulary.examples_count import read_counts
from vocabulary.left_out import LEFT_OUT, Reason, as_sentence
from vocabulary.model_files import HISTORY
from vocabulary.pushed import VERSION

BEST_FILE = "best_hyperparameters.txt"
"""Where TFX's Tuner writes them."""

_NO_BASELINE = "nothing to compare with"


def describe(node: Node, config: Config) -> str:
    """What a complete component has done; empty for one that has no description."""
    return DESCRIPTIONS[node.id](node, config) if node.id in DESCRIPTIONS else ""


def counts(example_gen: Node) -> dict[str, int]:
    """How many examples each split has."""
    return read_counts(str(example_gen.outputs["examples"].uri))


def left_out(example_gen: Node) -> list[Reason]:
    """What became no example, by reason."""
    return read_rows(str(example_gen.outputs["examples"].uri), LEFT_OUT, Reason)


def training_history(trainer: Node) -> dict[str, Any]:
    """What the Trainer noted: see `trainer.run`."""
    return json.loads((trainer.outputs["model_run"].uri / HISTORY).read_text())


def not_servable(infra_validator: Node) -> str:
    """Why the model could not be served; empty if it could."""
    return str(infra_validator.outputs["blessing"].properties.get(REASON, ""))


def _examples(node: Node, config: Config) -> str:
    sizes = ", ".join(f"{count:,} {name}" for name, count in counts(node).items())
    folder = str(node.outputs["examples"].uri)
    parts = read_rows(folder, part_counts.PART_COUNTS, part_counts.PartCount)
    consist = part_counts.as_sentence(parts, config.splits)
    return "; ".join(filter(None, (sizes, consist, as_sentence(left_out(node)))))


def _model(node: Node, config: Config) -> str:
    history = training_history(node)
    return f"{config.model.kind}, {history['parameters']:,} parameters, {history['precision']}"


def _hyperparameters(node: Node, config: Config) -> str:
    best = (node.outputs["best_hyperparameters"].uri / BEST_FILE).read_text()
    values = json.loads(best)["values"]
    shown = ", ".join(f"{name} {value:.3g}" for name, value in values.items())
    return f"{config.tuner.trials} trials; best: {shown}"


def _champion(node: Node, config: Config) -> str:
    properties = node.outputs["champion"].properties
    version, passed_over = properties[VERSION], properties.get(PASSED_OVER)
    if version:
        champion = f"version {version}"
    else:
        champion = _NO_BASELINE if passed_over else "nothing serves yet"
    return f"{champion}; {passed_over}" if passed_over else champion


def _bulk_inference(node: Node, config: Config) -> str:
    # TFX names the splits of its output only where the model was blessed.
    if not node.outputs["output_examples"].properties.get("split_names"):
        return "no predictions: the model is not blessed"
    return f"predictions for {', '.join(config.bulk_inference)}"


def _push(node: Node, config: Config) -> str:
    if node.pushed_version:
        return f"version {node.pushed_version}"
    if node.served_version:
        return f"already serves as version {node.served_version}"
    return "nothing pushed"


def _drift(node: Node, config: Config) -> str:
    properties = node.outputs["anomalies"].properties
    if not properties[COMPARED]:
        return _NO_BASELINE
    count = properties[DRIFTED]
    drift = f"{count} {'feature' if count == 1 else 'features'} drifted" if count else "no drift"
    return f"{drift} from version {properties[VERSION]}"


DESCRIPTIONS: dict[str, Callable[[Node, Config], str]] = {
    "DigitExampleGen": _examples,
    "DigitSchemaGen": lambda node, config: "the curated schema",
    "StatisticsGen": lambda node, config: f"of {len(config.splits)} splits",
    "ExampleValidator": lambda node, config: "no anomalies",
    "DistributionValidator": _drift,
    "Transform": lambda node, config: "the transform graph",
    "Trainer": _model,
    "Tuner": _hyperparameters,
    "Incumbent": _champion,
    "Champion": _champion,
    "Evaluator": lambda node, config: "blessed" if node.blessed else "not blessed",
    "BulkInferrer": _bulk_inference,
    "InfraValidator": lambda node, config: not_servable(node) or "served and answered",
    "Pusher": _push,
    "Report": lambda node, config: REPORT_FILE,
}
