"""A run of the task on small strips, from the data to the report and a prediction."""

import base64
import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.pipeline.digits_process import start_digits

pytestmark = pytest.mark.slow

CONFIG = Path(__file__).parents[3] / "configs/segmentation.yaml"
SMALL = (
    "source={kind: uci}",
    "splits={train: 128, validation: 64, eval: 64}",
    "training.epochs=1",
    "evaluation.bars={dice: 0}",
    "bulk_inference=[eval]",
)


def test_ink_is_learnt_judged_and_found(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    settings = [part for one in SMALL for part in ("--set", one)]
    run = ("run", "--config", str(CONFIG), *settings, "--workspace", str(workspace), "--json")
    ended = start_digits(*run, folder=tmp_path).wait()
    assert ended.code == 0, ended.stderr
    summary = json.loads(ended.stdout)
    assert {"dice", "mean_iou", "box_iou"} <= set(summary["metrics"])
    page = (workspace / "runs" / summary["run_id"] / "report.html").read_text()
    assert "Find the ink of digits in a picture, pixel by pixel." in page

    picture = np.full((300, 700), 230, np.uint8)
    cv2.putText(picture, "407", (100, 200), cv2.FONT_HERSHEY_SIMPLEX, 4.0, 30, 14, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "number.png"), picture)
    asked = start_digits(
        "predict", str(tmp_path / "number.png"), "--json", "--output", str(tmp_path / "drawn"),
        "--model", str(workspace / "serving/digits"), folder=tmp_path,
    ).wait()  # fmt: skip
    assert asked.code == 0, asked.stderr
    (prediction,) = json.loads(asked.stdout)["predictions"]
    if prediction["box"]:
        with Image.open(io.BytesIO(base64.b64decode(prediction["mask_bytes"]))) as mask:
            assert mask.mode == "L"
    assert (tmp_path / "drawn/number.png").is_file()
