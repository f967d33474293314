"""Every task through what its own tests leave out: compiled, executed, compared and served.

What is executed is every component, from the data to the push and the report, each by the command
that was compiled.
"""

import json
import shutil
from pathlib import Path

import pytest
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.compiler import compile_pipeline
from kubeflow.execute.execution import Execution
from kubeflow.execute.open_source import OpenSource
from kubeflow.spec_file import CompiledPipeline
from pipeline.config.file import read_config
from serving.client import connect
from serving.options import ServerOptions
from serving.server import running
from tests.kubeflow.executed import PLACES, Place, in_this_process
from tests.pipeline.digits_process import digits
from vocabulary.task.find import task_names
from vocabulary.versions import versions

CONFIGS = Path(__file__).parents[2] / "configs"
CONFIG = {"localization": "default.yaml", "sequence": "strip.yaml"}
"""Of a task whose config is not called after it."""
SMALL = (
    "kubeflow.image=registry.example/digits:1",
    "source={kind: uci}",
    "splits={train: 128, validation: 64, eval: 64}",
    "training.epochs=1",
    "evaluation.bars={}",
    "bulk_inference=[eval]",
)


def compiled(task: str, target: str) -> CompiledPipeline:
    config = CONFIGS / CONFIG.get(task, f"{task}.yaml")
    return compile_pipeline(read_config(config, [*SMALL, *PLACES[target]]), target)


@pytest.mark.parametrize("target", PLACES)
@pytest.mark.parametrize("task", task_names())
def test_it_is_compiled_for_each_target(task: str, target: str) -> None:
    assert task in compiled(task, target).text()


@pytest.mark.proof
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("task", task_names())
def test_it_is_executed_compared_and_served(task: str, tmp_path: Path, png: Path) -> None:
    place = Place("kubeflow", tmp_path / "places")
    pipeline = compiled(task, place.target)
    results = Execution(
        spec=json_format.ParseDict(pipeline.spec, pb.PipelineSpec()),
        root=pipeline.root,
        backend=OpenSource(place.folders, place.folder / "p"),
        launch=in_this_process,
        cache=place.folder / "cache",
        run_id="first",
        values={},
    ).run()
    assert {"evaluator", "infra-validator", "bulk-inferrer", "report"} <= set(results)
    [version] = versions(str(place.serving))

    pushed, copy = place.serving / str(version), tmp_path / "copy"
    shutil.copytree(pushed, copy)
    [records] = place.folder.rglob("Split-eval/data_tfrecord-*")
    ended = digits(
        "compare", str(pushed), str(copy), "--data", str(records), "--json",
        workspace=tmp_path / "workspace",
    )  # fmt: skip
    assert ended.code == 0, ended.stderr
    assert Path(json.loads(ended.stdout)["report"]).is_file()

    options = ServerOptions(model_base_path=place.serving, port=0, rest_api_port=0)
    with running(options) as server, connect(server.rest) as client:
        assert client.task.kind == task
        [prediction] = client.predict([png.read_bytes()], invert="auto")
        assert prediction.fields(width=600, height=400)
