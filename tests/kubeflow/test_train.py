"""The Job of manifests/training: its very command, as two pods would run it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from kubeflow.train import INDEX, tf_config
from tests.kubeflow.executed import Story
from tests.kubeflow.test_manifests import MANIFESTS, built
from tests.kubeflow.workers import free_ports, run_together
from tests.pipeline.digits_process import SMALL


def test_each_worker_is_told_who_it_is() -> None:
    told = json.loads(tf_config("digits-training-{}.digits-training:2222", 2, 1))
    assert told["task"] == {"type": "worker", "index": 1}
    assert told["cluster"]["worker"] == [
        "digits-training-0.digits-training:2222",
        "digits-training-1.digits-training:2222",
    ]


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("training.epochs=1", "JOB_COMPLETION_INDEX does not say which of the 2 workers this is"),
        ("training.epoch=1", "--set training.epoch=1: there is no key training.epoch; did you"),
    ],
)
def test_slip_is_a_sentence(setting: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("seed: 1\n")
    arguments = [f"--config={tmp_path}/config.yaml", f"--set={setting}", "--workers=2"]
    arguments += ["--examples=e", "--transform-graph=t", "--output=o"]
    index = {} if "INDEX" in sentence else {INDEX: "0"}
    ended = subprocess.run(
        [sys.executable, "-m", "kubeflow.train", *arguments],
        env={**os.environ, **index},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.proof
def test_pods_of_the_job_train_one_model(story_of: Callable[[str], Story], tmp_path: Path) -> None:
    story = story_of("vertex")
    objects = built(MANIFESTS / "training")
    config = yaml.safe_load(objects["ConfigMap", "digits-training"]["data"]["config.yaml"])
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    job = objects["Job", "digits-training"]["spec"]
    (container,) = job["template"]["spec"]["containers"]
    here = {
        "/etc/digits/config.yaml": str(tmp_path / "config.yaml"),
        "gs://BUCKET/digits/PATH/examples": str(
            story.place.path(story.first["digit-example-gen"].uri("examples"))
        ),
        "gs://BUCKET/digits/PATH/transform_graph": str(
            story.place.path(story.first["transform"].uri("transform_graph"))
        ),
        "gs://BUCKET/training/1": str(tmp_path / "out"),
        "digits-training-{}.digits-training:2222": free_ports() + "{}",
    }
    command = [*container["command"], *container["args"]]
    for there, place in here.items():
        assert any(there in word for word in command), there
        command = [word.replace(there, place) for word in command]
    command += [f"--set={setting}" for setting in SMALL]
    codes = run_together(
        [(command, {"JOB_COMPLETION_INDEX": str(n)}) for n in range(job["completions"])]
    )
    assert codes == [0, 0]
    assert (tmp_path / "out" / "model" / "saved_model.pb").exists()
    facts = json.loads((tmp_path / "out" / "model_run" / "history.json").read_text())
    assert facts["strategy"].startswith("multi_worker, 2 replicas")
    assert list((tmp_path / "out" / "checkpoints").iterdir()) == []
