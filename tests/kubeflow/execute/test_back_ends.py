"""What the back ends do around a container, on a pipeline of two small tasks."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.execute.backend import Backend, Vertex
from kubeflow.execute.container import StepFailedError, fill
from kubeflow.execute.execution import Execution, TaskResult
from kubeflow.execute.folders import Folders
from kubeflow.execute.open_source import LOGS, OpenSource
from vocabulary.errors import UserError

ANY = {"artifactType": {"schemaTitle": "system.Artifact", "schemaVersion": "0.0.1"}}
NUMBER = {"parameterType": "NUMBER_INTEGER"}


def spec(condition: str = "") -> pb.PipelineSpec:
    """`make` writes n into x, `read` reads x; `make` has a driver hook, which sets n."""
    command = ["container", "{{$}}"]
    hook = {"preCacheCheck": {"command": ["hook", "{{$.outputs.output_file}}"]}}
    return json_format.ParseDict(
        {
            "root": {
                "inputDefinitions": {"parameters": {"n": {**NUMBER, "defaultValue": 1}}},
                "dag": {
                    "tasks": {
                        "make": {
                            "componentRef": {"name": "make"},
                            "cachingOptions": {"enableCache": True},
                            "inputs": {"parameters": {"n": {"componentInputParameter": "n"}}},
                        },
                        "read": {
                            "componentRef": {"name": "read"},
                            "triggerPolicy": {"condition": condition},
                            "inputs": {
                                "artifacts": {
                                    "x": {
                                        "taskOutputArtifact": {
                                            "producerTask": "make",
                                            "outputArtifactKey": "x",
                                        }
                                    }
                                }
                            },
                        },
                        "last": {"componentRef": {"name": "read"}, "dependentTasks": ["read"]},
                    }
                },
            },
            "components": {
                "make": {
                    "executorLabel": "make",
                    "inputDefinitions": {"parameters": {"n": NUMBER}},
                    "outputDefinitions": {"artifacts": {"x": ANY}},
                },
                "read": {"executorLabel": "read", "inputDefinitions": {"artifacts": {"x": ANY}}},
            },
            "deploymentSpec": {
                "executors": {
                    "make": {"container": {"image": "i", "command": command, "lifecycle": hook}},
                    "read": {"container": {"image": "i", "command": command}},
                }
            },
        },
        pb.PipelineSpec(),
    )


class Containers:
    """Stands in for containers: notes what each is given, writes its outputs and describes them."""

    def __init__(self, failures: int = 0) -> None:
        self.tasks: list[dict[str, Any]] = []
        self.failures = failures

    def __call__(self, task: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        if command[0] == "hook":
            _write(command[1], {"parameterValues": {"n": 5}})
            return
        executor_input = json.loads(command[1])
        self.tasks.append(executor_input)
        outputs = executor_input["outputs"]
        if self.failures:
            self.failures -= 1
            raise StepFailedError(task, "it was ended by SIGKILL")
        described = {}
        for key in outputs.get("artifacts", {}).keys() - {LOGS}:
            listed = outputs["artifacts"][key]
            uri = listed["artifacts"][0]["uri"]
            pod = environment.get("DIGITS_CONTAINER_ROOT")
            folder = Path(uri.replace("minio://", f"{pod}/minio/"))
            (folder / "empty").mkdir(parents=True)
            (folder / "file").touch()
            metadata = {
                "n": executor_input["inputs"]["parameterValues"]["n"],
                "yes": True,
                "all": ["a"],
            }
            described[key] = {"artifacts": [{"uri": uri, "metadata": metadata}]}
        _write(outputs["outputFile"], {"artifacts": described})


def _write(path: str, tree: dict[str, Any]) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(tree))


def execute(
    backend: Backend, run_id: str = "r", condition: str = "", code: str = "", **values: int
) -> tuple[dict[str, TaskResult], list[dict[str, Any]]]:
    containers = Containers()
    execution = Execution(
        spec=spec(condition),
        root="gs://bucket" if isinstance(backend, Vertex) else "minio://bucket",
        backend=backend,
        launch=containers,
        cache=backend.folders.root / "cache",
        run_id=run_id,
        values=values,
        code=code,
    )
    return execution.run(), containers.tasks


def open_source_in(folder: Path) -> OpenSource:
    return OpenSource(Folders(folder), folder / "pod")


@pytest.fixture
def open_source(tmp_path: Path) -> OpenSource:
    return open_source_in(tmp_path)


def test_vertex_runs_the_driver_hook_and_passes_its_parameters_on(tmp_path: Path) -> None:
    _, tasks = execute(Vertex(Folders(tmp_path)))
    assert tasks[0]["inputs"]["parameterValues"] == {"n": 5}


def test_open_source_runs_no_hook(open_source: OpenSource, tmp_path: Path) -> None:
    _, tasks = execute(open_source)
    assert tasks[0]["inputs"]["parameterValues"] == {"n": 1}


def test_vertex_hands_over_artefacts_as_written_and_open_source_as_its_metadata_store_holds_them(
    open_source: OpenSource, tmp_path: Path
) -> None:
    (artifact,) = execute(Vertex(Folders(tmp_path / "v")))[1][1]["inputs"]["artifacts"]["x"][
        "artifacts"
    ]
    assert artifact["name"] == "r/make/x"
    assert artifact["type"]["schemaTitle"] == "system.Artifact"
    assert artifact["metadata"] == {"n": 5, "yes": True, "all": ["a"]}
    (artifact,) = execute(open_source)[1][1]["inputs"]["artifacts"]["x"]["artifacts"]
    assert artifact["name"].isdecimal()
    assert artifact["type"] == {"instanceSchema": ""}
    assert json.loads(artifact["metadata"].pop("store_session_info"))["Provider"] == "minio"
    assert artifact["metadata"] == {"n": 1, "yes": 1, "all": {"list": ["a"]}, "display_name": "x"}
    assert re.fullmatch(r"minio://bucket/digits/r/make/[0-9a-f-]{36}/x", artifact["uri"])


def test_open_source_refuses_metadata_that_is_null(open_source: OpenSource) -> None:
    artifact = pb.RuntimeArtifact(uri="minio://bucket/x")
    artifact.metadata["nothing"] = None
    with pytest.raises(ValueError, match="metadata nothing is null_value"):
        open_source.hand_over("x", artifact)


def test_object_store_keeps_what_the_container_wrote_and_the_log(
    open_source: OpenSource, tmp_path: Path
) -> None:
    execute(open_source)
    (kept,) = (tmp_path / "minio/bucket/digits/r/make").iterdir()
    assert {path.name for path in kept.iterdir()} == {"x", f"{LOGS}-0"}
    assert [path.name for path in (kept / "x").iterdir()] == ["file"]  # it knows no empty folders
    assert not open_source.pod.exists()


def test_second_run_is_cached_until_a_parameter_changes(
    open_source: OpenSource, tmp_path: Path
) -> None:
    assert not execute(open_source, "1")[0]["make"].cached
    results, tasks = execute(open_source, "2")
    assert results["make"].cached
    assert results["make"].uri("x").startswith("minio://bucket/digits/1/make/")
    assert len(tasks) == 2  # `read` and `last` do not ask for a cache
    assert not execute(open_source, "3", n=2)[0]["make"].cached


def retried(backend: Backend, *, failures: int) -> tuple[list[int], list[dict[str, Any]]]:
    """The tries after the first, and what each was given; `make` may be tried three times."""
    pipeline = spec()
    pipeline.root.dag.tasks["make"].retry_policy.max_retry_count = 2
    containers, tries = Containers(failures), []
    Execution(
        spec=pipeline,
        root="minio://bucket",
        backend=backend,
        launch=containers,
        cache=backend.folders.root / "cache",
        run_id="r",
        on_retry=lambda error, attempt: tries.append(attempt),
    ).run()
    return tries, containers.tasks


def test_step_that_fails_is_tried_again_in_a_fresh_container_with_a_log_of_its_own(
    open_source: OpenSource,
) -> None:
    tries, tasks = retried(open_source, failures=2)
    assert tries == [1, 2]
    logs = [task["outputs"]["artifacts"][LOGS]["artifacts"][0]["uri"] for task in tasks[:3]]
    assert [uri.rpartition("/")[2] for uri in logs] == [f"{LOGS}-{n}" for n in range(3)]
    folders = {uri.rpartition("/")[0] for uri in logs}
    assert len(folders) == 1


def test_step_fails_when_it_has_been_tried_as_often_as_its_policy_says(
    open_source: OpenSource,
) -> None:
    with pytest.raises(StepFailedError, match="ended by SIGKILL"):
        retried(open_source, failures=3)


def test_condition_that_does_not_hold_skips_the_task_and_what_waits_for_it(
    open_source: OpenSource, tmp_path: Path
) -> None:
    condition = "inputs.artifacts['x'].artifacts[0].metadata['n'] == {}"
    results, _ = execute(open_source, "1", condition.format(2.0))
    assert {name: d.skipped for name, d in results.items()} == {
        "make": False,
        "read": True,
        "last": True,
    }
    results, _ = execute(open_source, "2", condition.format(1.0))
    assert not any(d.skipped for d in results.values())


def test_placeholders_of_a_command_are_filled() -> None:
    given = json_format.ParseDict(
        {
            "inputs": {
                "parameterValues": {"n": 3, "s": "text"},
                "artifacts": {"x": {"artifacts": [{"uri": "gs://b/x"}]}},
            },
            "outputs": {
                "artifacts": {"y": {"artifacts": [{"uri": "gs://b/y"}]}},
                "outputFile": "gs://b/out.json",
            },
        },
        pb.ExecutorInput(),
    )
    word = (
        "{{$.inputs.parameters['s']}} {{$.inputs.parameters['n']}} {{$.outputs.output_file}} "
        "{{$.inputs.artifacts['x'].uri}} {{$.outputs.artifacts['y'].uri}}"
    )
    assert fill(word, given) == "text 3 gs://b/out.json gs://b/x gs://b/y"
    assert json.loads(fill("{{$}}", given))["inputs"]["parameterValues"]["s"] == "text"


def test_cache_is_found_after_the_folder_was_moved_and_not_for_other_code(tmp_path: Path) -> None:
    for place in ("v", "k"):
        old, new = tmp_path / place, tmp_path / f"{place}-moved"
        backend = Vertex if place == "v" else lambda folders: open_source_in(folders.root)
        execute(backend(Folders(old)), "1", code="a")
        old.rename(new)
        moved = backend(Folders(new))
        results, _ = execute(moved, "2", code="a")
        assert results["make"].cached
        assert moved.folders.path(results["make"].uri("x")).is_dir()
        assert not execute(moved, "3", code="b")[0]["make"].cached


def test_tasks_in_a_circle_are_a_sentence(open_source: OpenSource) -> None:
    circle = spec()
    circle.root.dag.tasks["make"].dependent_tasks.append("read")
    execution = Execution(circle, "minio://b", open_source, Containers(), Path(), "r")
    with pytest.raises(UserError, match=r"depend on each other in a circle: .*make.* → "):
        execution.run()
