"""What a container does with what a back end hands it, one step of a pipeline at a time."""

from pathlib import Path
from typing import Any

import pytest
from executed import Place
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.backends import LOGS, OpenSource
from kubeflow.launch import in_this_process


def only(place: Place, *names: str) -> Any:
    """The execution of a few tasks that wait for no others."""
    execution = place.execution("r", in_this_process)
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
    backend = OpenSource(tmp_path / "store", tmp_path / "pod")
    declared = pb.ComponentOutputsSpec()
    planned = backend.plan_outputs(declared, root="minio://b/root", run_id="r", task="t")
    backend.fetch(pb.ExecutorInput(outputs=planned))
    (log,) = planned.artifacts[LOGS].artifacts
    assert log.type.schema_title == "system.Artifact"
    assert log.uri.endswith("/executor-logs-0")
    file = tmp_path / "pod" / log.uri.replace("://", "/")
    assert file.is_file()
    assert Path(planned.output_file) == file.with_name("output_metadata.json")
    assert json_format.MessageToDict(planned)["artifacts"].keys() == {LOGS}
