"""The admission check: what compiles passes, and each rule is broken once."""

import json
from typing import Any

import pytest

from kubeflow.admission.check import RULES, problems
from tests.kubeflow.conformance.broken import (
    EXECUTORS,
    PODS,
    SCHEMA_GEN,
    SPEC,
    TASKS,
    TRAINER,
    Damage,
    Tree,
    add_argument,
    claim,
    damaged,
    edit,
    mount,
)

CONSTANT = f"{TASKS}/transform/inputs/parameters/preprocessing_fn/runtimeValue"


@pytest.mark.parametrize("target", ["vertex", "kubeflow"])
def test_what_we_compile_is_admitted(target: str, compile_for: Any) -> None:
    assert problems(compile_for(target), target) == []


def rename_task(tree: Tree) -> None:
    tasks = tree["job"]["pipelineSpec"]["root"]["dag"]["tasks"]
    tasks["Report_1"] = tasks.pop("report")


BREAKS = [
    ("kubeflow", edit(f"{SPEC}/schemaVersion", "2.0.0"), "the schema version is 2.0.0, not 2.1.0"),
    ("vertex", edit(f"{SPEC}/schemaVersion", None), "the schema version is missing"),
    ("vertex", edit(f"{SPEC}/pipelineInfo/name", "Digits!"), "the pipeline's name 'Digits!'"),
    ("kubeflow", rename_task, "the task Report_1 is not named in kebab case"),
    ("kubeflow", edit("platform", None), "it is wrapped in a PipelineJob"),
    (
        "kubeflow",
        edit(f"{EXECUTORS}/exec-champion", {"resolver": {}}),
        "the executor exec-champion is of the kind resolver",
    ),
    (
        "vertex",
        edit(f"{TASKS}/digit-schema-gen/dependentTasks", ["report"]),
        "these tasks wait for each other: ",
    ),
    (
        "kubeflow",
        edit(f"{TASKS}/pusher/triggerPolicy", {"condition": "inputs.artifacts['blessing' =="}),
        "pusher cannot be decided upon: the condition inputs.artifacts['blessing' == cannot be",
    ),
    ("kubeflow", edit(f"{SCHEMA_GEN}/artifactType", {}), "the output schema of digit-schema-gen"),
    (
        "kubeflow",
        edit(f"{SCHEMA_GEN}/artifactType", {"instanceSchema": "no mapping"}),
        "the output schema of digit-schema-gen has no title",
    ),
    (
        "kubeflow",
        edit(f"{SCHEMA_GEN}/artifactType", {"instanceSchema": "{no YAML"}),
        "the output schema of digit-schema-gen has no title",
    ),
    (
        "vertex",
        edit(f"{SCHEMA_GEN}/artifactType", {"schemaTitle": "schema"}),
        "the output schema of digit-schema-gen has the title 'schema', where Vertex takes",
    ),
    (
        "kubeflow",
        edit(f"{SCHEMA_GEN}/metadata", {"reason": None}),
        "the output schema of digit-schema-gen has nothing (null) as reason in its metadata",
    ),
    (
        "vertex",
        add_argument("{{$.inputs.parameters['nothing']}}"),
        "the command of trainer asks for the parameter nothing, not given to it",
    ),
    (
        "kubeflow",
        edit(f"{TRAINER}/resources/resourceMemoryLimit", "16 GB"),
        "exec-trainer asks for '16 GB' as memory, which is no quantity",
    ),
    ("kubeflow", mount(mountPath="/minio"), "exec-trainer mounts a volume at /minio, where there"),
    ("kubeflow", mount(mountPath=None), "exec-trainer mounts a volume at '', which is no folder"),
    ("kubeflow", mount(constant=None), "exec-trainer mounts the claim ''"),
    (
        "kubeflow",
        edit(f"{PODS}/exec-trainer/pvcMount", "x"),
        "the platform document asks for exec-trainer what there is not",
    ),
    (
        "kubeflow",
        edit(f"{PODS}/exec-trainer/nodeSelector", {"labels": {"gpu": 4}}),
        "the platform document asks for exec-trainer what there is not",
    ),
    ("kubeflow", claim("My_PVC"), "exec-trainer mounts the claim 'My_PVC', which is not lower"),
    (
        "kubeflow",
        edit(f"{PODS}/exec-trainer/nodeSelector", {"labels": {"gpu": "nvidia l4"}}),
        "exec-trainer selects nodes by gpu=nvidia l4, which is no label",
    ),
    (
        "kubeflow",
        edit(f"{TRAINER}/resources/accelerator", {"resourceType": "h100", "resourceCount": "1"}),
        "exec-trainer asks for h100, where Kubernetes takes VENDOR/NAME",
    ),
    (
        "vertex",
        edit(f"{TRAINER}/resources/accelerator", {"type": "nvidia-l4", "count": "1"}),
        "exec-trainer asks for the accelerator nvidia-l4, which Vertex does not have",
    ),
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
    target: str, damage: Damage, sentence: str, compile_for: Any
) -> None:
    breaches = problems(damaged(compile_for(target), damage), target)
    assert any(sentence in problem for problem in breaches), json.dumps(breaches, indent=1)


def test_every_rule_has_a_source_and_is_broken_above(compile_for: Any) -> None:
    compiled = {target: compile_for(target) for target in ("vertex", "kubeflow")}
    breaches = []
    for target, damage, _ in BREAKS:
        breaches += problems(damaged(compiled[target], damage), target)
    for rule in RULES:
        assert any(problem.endswith(f"({rule.source})") for problem in breaches), rule.source
