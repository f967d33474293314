"""What a container does with what a back end hands it, one step of a pipeline at a time."""

from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.entry import complete
from kubeflow.execute.container import fill
from kubeflow.execute.folders import Folders
from kubeflow.execute.open_source import LOGS, OpenSource
from tests.kubeflow.executed import Place, in_this_process
from tests.serving.known_model import example, picture, save_known

EXAMPLES = {"split_names": '["eval"]', "payload_format": "FORMAT_TF_EXAMPLE"}


def only(place: Place, *names: str) -> Any:
    """The execution of a few tasks that wait for no others."""
    execution = place.execution("r")
    for name in set(execution.spec.root.dag.tasks) - set(names):
        del execution.spec.root.dag.tasks[name]
    return execution


@pytest.mark.slow
def test_the_log_that_kubeflow_adds_to_every_step_is_left_alone(tmp_path: Path) -> None:
    place = Place("kubeflow", tmp_path)
    done = only(place, "digit-schema-gen").run()["digit-schema-gen"]
    assert set(done.output.artifacts) == {"schema", LOGS}
    assert (place.path(done.uri("schema")) / "schema.pbtxt").is_file()
    assert place.path(done.uri(LOGS)).is_file()


def test_the_log_is_a_file_before_the_command_starts(tmp_path: Path) -> None:
    backend = OpenSource(Folders(tmp_path), tmp_path / "pod")
    declared = pb.ComponentOutputsSpec()
    planned = backend.plan_outputs(declared, root="minio://b/root", run_id="r", task="t")
    given = pb.ExecutorInput(outputs=planned)
    backend.fetch(given, 0)
    planned = given.outputs
    (log,) = planned.artifacts[LOGS].artifacts
    assert log.type.schema_title == "system.Artifact"
    assert log.uri.endswith("/executor-logs-0")
    file = tmp_path / "pod" / log.uri.replace("://", "/")
    assert file.is_file()
    assert Path(planned.output_file) == file.with_name("output_metadata.json")
    assert json_format.MessageToDict(planned)["artifacts"].keys() == {LOGS}


def test_what_an_earlier_try_left_half_written_goes(tmp_path: Path) -> None:
    given = pb.ExecutorInput()
    given.outputs.artifacts["examples"].artifacts.add(uri=str(tmp_path / "examples"))
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples/half").touch()
    complete(given, pb.ComponentInputsSpec(), [], outputs=["examples"], launcher_paths=False)
    assert list((tmp_path / "examples").iterdir()) == []


@pytest.mark.slow
def test_infra_validator_blesses_a_model_in_a_bucket(tmp_path: Path) -> None:
    """`ram://` is TensorFlow's file system in memory: as remote as `gs://` to all else."""
    execution = Place("vertex", tmp_path).execution("r")
    task = execution.spec.root.dag.tasks["infra-validator"]
    component = execution.spec.components[task.component_ref.name]
    given = pb.ExecutorInput(
        outputs=execution.backend.plan_outputs(
            component.output_definitions, root="ram://bucket/root", run_id="r", task="infra"
        )
    )
    for key, parameter in task.inputs.parameters.items():
        given.inputs.parameter_values[key].CopyFrom(parameter.runtime_value.constant)
    for key, metadata in (("model", {}), ("examples", EXAMPLES)):
        artifact = given.inputs.artifacts[key].artifacts.add(uri=f"ram://bucket/{key}", name=key)
        artifact.type.CopyFrom(component.input_definitions.artifacts[key].artifact_type)
        artifact.metadata.update(metadata)
    save_known(tmp_path / "model", 1)
    copy_to_bucket(tmp_path / "model", "ram://bucket/model/Format-Serving")
    with tf.io.TFRecordWriter("ram://bucket/examples/Split-eval/part.gz", "GZIP") as writer:
        writer.write(example(picture(3)))
    container = execution.spec.deployment_spec["executors"]["exec-infra-validator"]["container"]
    words = [fill(word, given) for word in (*container["command"], *container["args"])]
    in_this_process("infra-validator", words, {})
    with tf.io.gfile.GFile(given.outputs.output_file) as file:
        written = json_format.Parse(file.read(), pb.ExecutorOutput())
    (blessing,) = written.artifacts["blessing"].artifacts
    assert dict(blessing.metadata.items()).get("reason") is None
    assert blessing.metadata["blessed"] == 1
    assert tf.io.gfile.glob(f"{blessing.uri}/**/saved_model.pb")


def copy_to_bucket(folder: Path, bucket: str) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            there = f"{bucket}/{path.relative_to(folder)}"
            tf.io.gfile.makedirs(there.rpartition("/")[0])
            tf.io.gfile.copy(str(path), there)
