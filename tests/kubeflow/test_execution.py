"""Compiled pipelines, executed: both back ends make what the local runner makes.

The stand-ins are folders: for the bucket of Vertex, for the object store and the mounted volume of
open-source Kubeflow. Every command is the one that was compiled.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import tensorflow as tf
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from evaluation.results import read_metrics
from kubeflow.backends import OpenSource, Vertex
from kubeflow.compiler import compile_pipeline
from kubeflow.execution import Done, Execution, order
from kubeflow.launch import ContainerFailedError, in_own_process, in_this_process
from pipeline.config_file import read_config
from vocabulary.versions import versions

pytestmark = pytest.mark.slow

SMALL = (
    "splits.train=256",
    "splits.eval=64",
    "training.epochs=1",
    "training.batch_size=32",
    "model.kind=lab",
    "evaluation.bars.accuracy=0",
    "evaluation.bars.mean_iou=0",
    "evaluation.margin=1.0",
)
IMAGE = "kubeflow.image=registry.example/digits:1"
DIGITS = Path(sys.executable).with_name("digits")


class Place(NamedTuple):
    """A target and the folders that stand in for what it has elsewhere."""

    target: str
    folder: Path

    @property
    def serving(self) -> Path:
        return self.folder / "serving" / "digits"

    def path(self, uri: str) -> Path:
        """Where something that a task made is kept."""
        return Path(uri.replace("minio://", f"{self.folder}/store/minio/"))

    def execution(self, run_id: str, launch: Any, **values: float) -> Execution:
        if self.target == "vertex":
            root, there = "gs://bucket/root", "gs://bucket"
            backend: Any = Vertex()
        else:
            root, there = "minio://mlpipeline/v2", "/mnt"
            backend = OpenSource(self.folder / "store", self.folder / "pod")
        config = read_config(
            None,
            [
                *SMALL,
                IMAGE,
                f"kubeflow.pipeline_root={root}",
                f"kubeflow.push_destination={there}/serving/digits",
                "kubeflow.volumes={serving: /mnt}" if there == "/mnt" else "kubeflow.volumes={}",
            ],
        )
        spec = json.dumps(compile_pipeline(config, self.target).spec)
        return Execution(
            spec=json_format.Parse(spec.replace(f"{there}/", f"{self.folder}/"), pb.PipelineSpec()),
            root=root.replace(there, str(self.folder)),
            backend=backend,
            launch=launch,
            cache=self.folder / "cache",
            run_id=run_id,
            values=values,
        )


class Story(NamedTuple):
    place: Place
    first: dict[str, Done]
    again: dict[str, Done]
    longer: dict[str, Done]
    pushed: list[list[int]]


@pytest.fixture(scope="module", params=["vertex", "kubeflow"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Story:
    place = Place(request.param, tmp_path_factory.mktemp(request.param))
    runs, pushed = [], []
    for run_id, values in (("first", {}), ("again", {}), ("longer", {"training_epochs": 2})):
        runs.append(place.execution(run_id, in_this_process, **values).run())
        pushed.append(versions(str(place.serving)))
    return Story(place, *runs, pushed)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The summary of the same config, run by `digits run`."""
    folder = tmp_path_factory.mktemp("local")
    sets = [part for setting in SMALL for part in ("--set", setting)]
    done = subprocess.run(
        [DIGITS, "run", "--json", "--workspace", str(folder), *sets],
        capture_output=True,
        text=True,
        check=True,
    )
    return {"folder": folder, **json.loads(done.stdout)}


def records(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("Split-*/data_tfrecord-*.gz")):
        yield from tf.data.TFRecordDataset([str(path)], "GZIP").as_numpy_iterator()


def test_examples_are_those_of_the_local_run_byte_for_byte(
    story: Story, local: dict[str, Any]
) -> None:
    (kept,) = local["folder"].glob("artifacts/DigitExampleGen/examples/*")
    uri = story.first["digit-example-gen"].uri("examples")
    made = list(records(story.place.path(uri)))
    assert len(made) == 256 + 64
    assert made == list(records(kept))


def test_metrics_are_those_of_the_local_run(story: Story, local: dict[str, Any]) -> None:
    metrics = read_metrics(str(story.place.path(story.first["evaluator"].uri("evaluation"))))
    assert metrics == pytest.approx(local["metrics"], abs=0.05)


def test_first_run_meets_no_champion_and_is_pushed(story: Story) -> None:
    assert not any(done.cached or done.skipped for done in story.first.values())
    assert story.first["champion"].metadata("champion")["version"] == 0
    assert story.first["evaluator"].metadata("blessing")["blessed"] == 1
    assert len(story.pushed[0]) == 1
    pushed = story.first["pusher"].metadata("pushed_model")
    assert pushed["pushed_version"] == str(story.pushed[0][0])


def test_same_run_again_trains_nothing_and_still_looks_for_the_champion(story: Story) -> None:
    cached = {name for name, done in story.again.items() if done.cached}
    assert {"digit-example-gen", "transform", "trainer"} <= cached
    assert "champion" not in cached
    # What serves is the candidate itself, which is no champion of its own.
    assert story.again["champion"].metadata("champion")["version"] == 0


def test_parameter_changes_the_training_alone_and_the_champion_is_what_serves(
    story: Story,
) -> None:
    cached = {name for name, done in story.longer.items() if done.cached}
    assert {"digit-example-gen", "statistics-gen", "transform"} <= cached
    assert "trainer" not in cached
    history = story.place.path(story.longer["trainer"].uri("model_run")) / "history.json"
    assert len(json.loads(history.read_text())["epochs"]["loss"]) == 2
    champion = story.longer["champion"].metadata("champion")
    assert champion["version"] == story.pushed[1][-1]
    assert "baseline_model_id" in story.longer["evaluator"].metadata("blessing")


def test_candidate_is_compared_with_the_champion(story: Story) -> None:
    import tensorflow_model_analysis as tfma

    evaluation = str(story.place.path(story.longer["evaluator"].uri("evaluation")))
    models = [spec.name for spec in tfma.load_eval_result(evaluation).config.model_specs]
    assert sorted(models) == ["baseline", "candidate"]


def test_addresses_that_containers_give_back_are_not_those_of_the_container(story: Story) -> None:
    for run in (story.first, story.longer):
        for done in run.values():
            assert f"{story.place.folder}/pod" not in json_format.MessageToJson(done.output)


@pytest.mark.parametrize("target", ["vertex", "kubeflow"])
def test_one_process_for_each_container_makes_the_same(target: str, tmp_path: Path) -> None:
    place = Place(target, tmp_path)
    execution = place.execution("own", in_own_process)
    first = order(execution.spec.root.dag)
    for name in set(first) - {"digit-example-gen", "digit-schema-gen", "statistics-gen"}:
        del execution.spec.root.dag.tasks[name]
    done = execution.run()
    assert sorted(done) == ["digit-example-gen", "digit-schema-gen", "statistics-gen"]
    statistics = place.path(done["statistics-gen"].uri("statistics"))
    assert (statistics / "Split-eval" / "FeatureStats.pb").stat().st_size > 0


def test_container_that_fails_says_why() -> None:
    with pytest.raises(
        ContainerFailedError, match=r"(?s)kubeflow\.entry ended with 2:\n.*required"
    ):
        in_own_process(["python", "-m", "kubeflow.entry"], {})
