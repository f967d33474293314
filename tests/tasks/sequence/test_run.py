"""A run of the task on small strips, from the data to the report, a comparison and a prediction."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.pipeline.digits_process import start_digits

pytestmark = pytest.mark.slow

CONFIG = Path(__file__).parents[3] / "configs/strip_hard.yaml"
SMALL = (
    "source={kind: uci}",
    "scene.digits=[1, 7]",
    "splits={train: 128, validation: 64, eval: 64}",
    "training.epochs=1",
    "evaluation.bars={string_accuracy: 0}",
    "bulk_inference=[eval]",
)


def test_numbers_are_learnt_judged_compared_and_read(tmp_path: Path) -> None:
    workspace = ("--workspace", str(tmp_path / "workspace"))
    settings = [part for one in SMALL for part in ("--set", one)]
    run = ("run", "--config", str(CONFIG), *settings, *workspace, "--json")
    ended = start_digits(*run, folder=tmp_path).wait()
    assert ended.code == 0, ended.stderr
    summary = json.loads(ended.stdout)
    assert {"string_accuracy", "coverage_at_99", "edit_distance"} <= set(summary["metrics"])
    page = (tmp_path / "workspace/runs" / summary["run_id"] / "report.html").read_text()
    assert "Read up to 5 in a row, each one handwritten digit." in page

    version, copy = str(summary["pushed_version"]), tmp_path / "copy"
    shutil.copytree(tmp_path / "workspace/serving/digits" / version, copy)
    asked = ("compare", version, str(copy), *workspace, "--json")
    compared = start_digits(*asked, folder=tmp_path).wait()
    assert compared.code == 0, compared.stderr

    picture = np.full((300, 700), 230, np.uint8)
    cv2.putText(picture, "407", (100, 200), cv2.FONT_HERSHEY_SIMPLEX, 4.0, 30, 14, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "number.png"), picture)
    model = str(tmp_path / "workspace/serving/digits")
    asked = start_digits(
        "predict", str(tmp_path / "number.png"), "--model", model, "--json", folder=tmp_path
    ).wait()
    assert asked.code == 0, asked.stderr
    (prediction,) = json.loads(asked.stdout)["predictions"]
    assert len(prediction["digits"]) == min(prediction["length"], 5)
    assert 0 <= prediction["probability"] <= 1
