"""A run of classification with a network of keras.applications, from the data to a prediction."""

import json
from pathlib import Path

import pytest

from tests.pipeline.digits_process import start_digits

pytestmark = pytest.mark.slow

CONFIG = Path(__file__).parents[3] / "configs/classification.yaml"
MODEL = "{kind: backbone, name: MobileNet, dense: [16]}"
SMALL = ("splits={train: 512, eval: 128}", "training.epochs=1", "evaluation.bars={accuracy: 0}")


def test_a_backbone_is_trained_judged_served_and_asked(tmp_path: Path, png: Path) -> None:
    workspace = ("--workspace", str(tmp_path / "workspace"))
    settings = [part for one in (f"model={MODEL}", *SMALL) for part in ("--set", one)]
    run = ("run", "--config", str(CONFIG), *settings, *workspace, "--json")
    ended = start_digits(*run, folder=tmp_path).wait()
    assert ended.code == 0, ended.stderr
    summary = json.loads(ended.stdout)
    assert (summary["task"], bool(summary["pushed_version"])) == ("classification", True)
    assert {"accuracy", "precision", "recall", "f1"} <= set(summary["metrics"])
    page = (tmp_path / "workspace/runs" / summary["run_id"] / "report.html").read_text()
    assert "Precision: how many of the pictures" in page
    model = str(tmp_path / "workspace/serving/digits")
    asked = start_digits("predict", str(png), "--model", model, "--json", folder=tmp_path).wait()
    assert asked.code == 0, asked.stderr
    (prediction,) = json.loads(asked.stdout)["predictions"]
    assert sum(prediction["probabilities"]) == pytest.approx(1, abs=1e-4)
