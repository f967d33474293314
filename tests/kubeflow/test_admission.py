"""The admission check: what compiles passes, and each rule is broken once."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from kubeflow.admission import RULES, problems
from kubeflow.spec_file import CompiledPipeline

Tree = dict[str, Any]


@pytest.mark.parametrize("target", ["vertex", "kubeflow"])
def test_what_we_compile_is_admitted(target: str, compile_for: Any) -> None:
    assert problems(compile_for(target), target) == []


def edit(path: str, value: Any) -> Callable[[Tree], None]:
    def change(tree: Tree) -> None:
        *folders, last = path.split("/")
        for folder in folders:
            tree = tree[folder]
        if value is None:
            del tree[last]
        else:
            tree[last] = value

    return change


SPEC = "job/pipelineSpec"
TASKS = f"{SPEC}/root/dag/tasks"
EXECUTORS = f"{SPEC}/deploymentSpec/executors"
PODS = "platform/platforms/kubernetes/deploymentSpec/executors"
TRAINER = f"{EXECUTORS}/exec-trainer/container"
CONSTANT = f"{TASKS}/transform/inputs/parameters/preprocessing_fn/runtimeValue"


def rename_task(tree: Tree) -> None:
    tasks = tree["job"]["pipelineSpec"]["root"]["dag"]["tasks"]
    tasks["Report_1"] = tasks.pop("report")


def resolver(tree: Tree) -> None:
    tree["job"]["pipelineSpec"]["deploymentSpec"]["executors"]["exec-champion"] = {"resolver": {}}


BREAKS = [
    ("kubeflow", edit(f"{SPEC}/schemaVersion", "2.0.0"), "the schema version is 2.0.0, not 2.1.0"),
    ("vertex", edit(f"{SPEC}/schemaVersion", None), "the schema version is missing"),
    ("vertex", edit(f"{SPEC}/pipelineInfo/name", "Digits!"), "the pipeline's name 'Digits!'"),
    ("kubeflow", rename_task, "the task Report_1 is not named in kebab case"),
    ("kubeflow", edit("platform", None), "it is wrapped in a PipelineJob"),
    ("kubeflow", resolver, "the task champion is a Resolver"),
    (
        "vertex",
        edit(f"{EXECUTORS}/exec-report", None),
        "refers to the executor exec-report, missing",
    ),
    ("vertex", edit(f"{SPEC}/components/report", None), "refers to the component report, missing"),
    (
        "vertex",
        edit(f"{TASKS}/evaluator/inputs/artifacts/model/taskOutputArtifact/producerTask", "nobody"),
        "the input model of evaluator comes from nobody, not a task",
    ),
    (
        "kubeflow",
        edit(f"{TASKS}/evaluator/inputs/artifacts/model/taskOutputArtifact/outputArtifactKey", "x"),
        "the input model of evaluator is x of trainer, which has no such output",
    ),
    ("vertex", edit(f"{TASKS}/pusher/dependentTasks", ["x"]), "pusher waits for x, which is no"),
    (
        "kubeflow",
        edit(f"{SPEC}/root/inputDefinitions/parameters/training_epochs/defaultValue", None),
        "the parameter training_epochs has no default",
    ),
    (
        "kubeflow",
        edit(f"{SPEC}/root/inputDefinitions/parameters/training_epochs", None),
        "training_epochs of trainer comes from training_epochs, no parameter",
    ),
    (
        "vertex",
        edit(f"{TASKS}/trainer/inputs/parameters/training_epochs", None),
        "the parameter training_epochs of trainer has no value",
    ),
    ("kubeflow", edit(f"{CONSTANT}/constant", 3), "is a number_value, not of the declared type"),
    (
        "kubeflow",
        edit(
            f"{TASKS}/transform/inputs/parameters/preprocessing_fn",
            {"runtimeValue": {"runtimeParameter": "x"}},
        ),
        "is a runtime_parameter, which schema 2.1.0 no longer has",
    ),
    (
        "vertex",
        edit(f"{TASKS}/transform/inputs/parameters/speed", {"runtimeValue": {"constant": 3}}),
        "speed of transform is not a parameter of its component",
    ),
    ("vertex", edit(f"{CONSTANT}/constant", "/home/me/x.py"), "holds the local path /home/me/x.py"),
    ("vertex", edit(f"{CONSTANT}/constant", "fn@gs://b/x.whl"), "holds the wheel fn@gs://b/x.whl"),
    (
        "vertex",
        edit(f"{CONSTANT}/constant", '{"key": "AKIAABCDEFGHIJKLMNOP"}'),
        "holds what looks like a secret",
    ),
    ("vertex", edit("job/runtimeConfig/gcsOutputDirectory", "s3://b"), "the pipeline root s3://b"),
    ("kubeflow", edit(f"{SPEC}/defaultPipelineRoot", "/data"), "the pipeline root '/data' is not"),
    (
        "kubeflow",
        edit(f"{TASKS}/champion/inputs/parameters/destination/runtimeValue/constant", "minio://b"),
        "destination of champion is minio://b, which TFX cannot read",
    ),
    (
        "kubeflow",
        edit(f"{TRAINER}/lifecycle", {"preCacheCheck": {"command": ["python"]}}),
        "exec-trainer relies on a driver hook, which is not run there",
    ),
    ("vertex", edit(f"{TRAINER}/image", "a.b:5000/c:latest"), "has no tag of its own"),
    ("kubeflow", edit(f"{TRAINER}/image", "a.b:5000/c"), "the image 'a.b:5000/c' has no tag"),
    ("kubeflow", edit(f"{PODS}/exec-nobody", {}), "the platform document names exec-nobody"),
    (
        "kubeflow",
        edit(f"{PODS}/exec-trainer", {"nodeSelectors": {}}),
        "the platform document asks for exec-trainer what there is not",
    ),
    (
        "kubeflow",
        edit(f"{TRAINER}/resources/accelerator", {"type": "NVIDIA_L4", "count": "1"}),
        "exec-trainer asks for an accelerator by its Vertex name",
    ),
    (
        "kubeflow",
        edit(f"{SPEC}/root/inputDefinitions/parameters/training_epochs/parameterType", None),
        "kfp's client cannot load it",
    ),
    (
        "vertex",
        edit(f"{SPEC}/colour", "red"),
        "it is not a pipeline by the kfp_pipeline_spec protos",
    ),
]


@pytest.mark.parametrize(("target", "damage", "sentence"), BREAKS)
def test_each_rule_can_be_broken(
    target: str, damage: Callable[[Tree], None], sentence: str, compile_for: Any
) -> None:
    compiled = compile_for(target)
    tree = copy.deepcopy({"job": compiled.job, "platform": compiled.platform})
    damage(tree)
    breaches = problems(CompiledPipeline(tree["job"], tree.get("platform")), target)
    assert any(sentence in problem for problem in breaches), json.dumps(breaches, indent=1)


def test_every_rule_has_a_source_and_is_broken_above(compile_for: Any) -> None:
    compiled = {target: compile_for(target) for target in ("vertex", "kubeflow")}
    breaches = []
    for target, damage, _ in BREAKS:
        tree = copy.deepcopy(vars(compiled[target]))
        damage(tree)
        breaches += problems(CompiledPipeline(tree["job"], tree.get("platform")), target)
    for rule in RULES:
        assert any(problem.endswith(f"({rule.source})") for problem in breaches), rule.source
