"""Says in a few words what each component of a run made."""

import json
from collections.abc import Callable
from typing import Any

from components.champion.executor import CHAMPION, PASSED_OVER, VERSION
from components.distribution_validator.component import COMPARED, DRIFTED
from components.infra_validator.executor import REASON
from components.report.page import REPORT_FILE
from pipeline.config.config import Config
from pipeline.workspace.history import Node
from pipeline.workspace.outcome import blessed, pushed_version, served_version
from trainer.run import HISTORY_FILE
from vocabulary.examples_count import read_counts

BEST_FILE = "best_hyperparameters.txt"
"""Where TFX's Tuner writes them."""


def describe(node: Node, config: Config) -> str:
    """What the component made; empty where its name says it all."""
    return _DESCRIPTIONS[node.id](node, config) if node.id in _DESCRIPTIONS else ""


def parameters(trainer: Node) -> int:
    """The number of the model's parameters, trained or not."""
    return int(_history(trainer)["parameters"])


def hyperparameters(trainer: Node) -> dict[str, float]:
    """Those that a Tuner found, by name; none without one."""
    return dict(_history(trainer)["hyperparameters"])


def counts(example_gen: Node) -> dict[str, int]:
    """How many examples each split has."""
    return read_counts(str(example_gen.outputs["examples"].uri))


def _history(trainer: Node) -> dict[str, Any]:
    return json.loads((trainer.outputs["model_run"].uri / HISTORY_FILE).read_text())


def not_servable(infra_validator: Node) -> str:
    """Why the model could not be served; empty if it could."""
    return str(infra_validator.outputs["blessing"].properties.get(REASON, ""))


def _examples(node: Node, config: Config) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts(node).items())


def _model(node: Node, config: Config) -> str:
    history = _history(node)
    return f"{config.model.kind}, {history['parameters']:,} parameters, {history['precision']}"


def _tuned(node: Node, config: Config) -> str:
    best = (node.outputs["best_hyperparameters"].uri / BEST_FILE).read_text()
    values = json.loads(best)["values"]
    shown = ", ".join(f"{name} {value:.3g}" for name, value in values.items())
    return f"{config.tuner.trials} trials; best: {shown}"


def _champion(node: Node, config: Config) -> str:
    properties = node.outputs[CHAMPION].properties
    version, passed_over = properties[VERSION], properties.get(PASSED_OVER)
    said = f"version {version}" if version else "nothing serves yet"
    if not passed_over:
        return said
    return f"{said if version else 'nothing to compare with'}; {passed_over}"


def _inferred(node: Node, config: Config) -> str:
    # TFX names the splits of its output only where the model was blessed.
    if not node.outputs["output_examples"].properties.get("split_names"):
        return "nothing"
    return "read " + ", ".join(f"{config.splits[name]:,} {name}" for name in config.bulk_inference)


def _pushed(node: Node, config: Config) -> str:
    pushed, served = pushed_version(node), served_version(node)
    if pushed:
        return f"version {pushed}"
    return f"already serves as version {served}" if served else "nothing"


def _drift(node: Node, config: Config) -> str:
    found = node.outputs["anomalies"].properties
    if not found[COMPARED]:
        return "nothing to compare with"
    count = found[DRIFTED]
    how = f"{count} {'feature' if count == 1 else 'features'} drifted" if count else "no drift"
    return f"{how} from version {found[VERSION]}"


_DESCRIPTIONS: dict[str, Callable[[Node, Config], str]] = {
    "DigitExampleGen": _examples,
    "DigitSchemaGen": lambda node, config: "the curated schema",
    "StatisticsGen": lambda node, config: f"of {len(config.splits)} splits",
    "ExampleValidator": lambda node, config: "no anomalies",
    "DistributionValidator": _drift,
    "Transform": lambda node, config: "the transform graph",
    "Trainer": _model,
    "Tuner": _tuned,
    "Incumbent": _champion,
    "Champion": _champion,
    "Evaluator": lambda node, config: "blessed" if blessed(node) else "not blessed",
    "BulkInferrer": _inferred,
    "InfraValidator": lambda node, config: not_servable(node) or "served and answered",
    "Pusher": _pushed,
    "Report": lambda node, config: REPORT_FILE,
}
