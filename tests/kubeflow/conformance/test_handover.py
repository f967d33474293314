"""`digits execute` hands to a container what Kubeflow Pipelines 2.17 itself hands to it.

What that is was recorded from the code of its driver and launcher (`make conformance`), with a
container that writes a file into each output and describes it with metadata of every kind. The same
container is put in here.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.execute.backend import Container
from kubeflow.execute.execution import Execution, TaskResult
from kubeflow.execute.folders import Folders
from kubeflow.execute.open_source import LOGS, OpenSource
from kubeflow.launcher_paths import CONTAINER_ROOT
from kubeflow.spec_file import read_compiled
from tests.kubeflow.conformance.record import HANDED_OVER, HANDOVER, stable

DESCRIBED = {"text": "a", "number": 0.5, "truth": True, "list": ["a", 1], "struct": {"a": 1}}
Tree = dict[str, Any]


class Noting(OpenSource):
    """Notes the key of each task that asks for the cache."""

    def cache_key(self, container: Container, task: pb.ExecutorInput, claims: Any) -> Tree:
        key = super().cache_key(container, task, claims)
        KEYS.append(key)
        return key


KEYS: list[Tree] = []


def run(folder: Path, run_id: str) -> dict[str, Tree]:
    """What each task was given, in the form of the record."""
    spec = json_format.ParseDict(read_compiled(HANDOVER).spec, pb.PipelineSpec())
    containers: dict[str, Tree] = {}
    tasks: dict[str, Tree] = {}

    def launch(task: str, words: Sequence[str], environment: Mapping[str, str]) -> None:
        containers[task] = contain(list(words), Path(environment[CONTAINER_ROOT]))

    def finish(name: str, result: TaskResult) -> None:
        tasks[name] = {
            "name": name,
            "triggered": not result.skipped,
            "cached": result.cached,
            **({"container": containers[name]} if name in containers else {}),
        }
        if spec.root.dag.tasks[name].caching_options.enable_cache:
            tasks[name]["cache_key"] = KEYS[-1]

    Execution(
        spec=spec,
        root=spec.default_pipeline_root,
        backend=Noting(Folders(folder), folder / "pod"),
        launch=launch,
        cache=folder / "cache",
        run_id=run_id,
        on_finish=finish,
    ).run()
    return tasks


def contain(words: list[str], root: Path) -> Tree:
    """The container of the record: notes what it is given, writes and describes its outputs."""
    at = words.index("--json_serialized_invocation_args") + 1
    given = json.loads(words[at])
    words[at] = "{{$}}"
    files = [f"/{path.relative_to(root)}" for path in sorted(root.rglob("*")) if path.is_file()]
    written = {}
    for key in given["outputs"]["artifacts"].keys() - {LOGS}:
        (artifact,) = given["outputs"]["artifacts"][key]["artifacts"]
        place = root / artifact["uri"].replace("://", "/")
        place.mkdir()
        (place / "data").write_text(key)
        written[key] = {"artifacts": [{**artifact, "metadata": DESCRIBED}]}
    Path(given["outputs"]["outputFile"]).write_text(json.dumps({"artifacts": written}))
    return {"words": words, "executor_input": given, "files": files}


def comparable(value: Any) -> Any:
    """Without what differs between stores: ids of artefacts, and where the store is."""
    return without_session(json.loads(stable(json.dumps(value))))


def without_session(tree: Any) -> Any:
    if isinstance(tree, list):
        return [without_session(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    session = {"store_session_info": "minio"} if "store_session_info" in tree else {}
    # What is empty is left out of a proto's JSON.
    kept = {key: without_session(item) for key, item in tree.items() if item not in ({}, [])}
    return kept | session


@pytest.mark.parametrize(("index", "run_id"), [(0, "first"), (1, "again")])
def test_containers_are_handed_what_kubeflow_hands_them(
    index: int, run_id: str, tmp_path: Path
) -> None:
    recorded = json.loads(HANDED_OVER.read_text())["runs"][index]
    for task in recorded:
        del task["nodes"]
    KEYS.clear()
    for earlier in ("first", "again")[:index]:
        run(tmp_path, earlier)
    here = run(tmp_path, run_id)
    text = json.dumps(here).replace(f"{tmp_path}/pod", "")
    assert comparable(json.loads(text)) == comparable({task["name"]: task for task in recorded})
