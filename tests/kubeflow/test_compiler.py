"""Compiling: both targets, any component, nothing of this machine, the same bytes."""

import json
from pathlib import Path
from typing import Any

import pytest

from kubeflow.admission.check import problems
from kubeflow.compiler import kebab_case
from kubeflow.spec_file import CompiledPipeline
from pipeline.config.beam import MANY
from vocabulary.errors import UserError

TARGETS = ("vertex", "kubeflow")
WHOLE = (
    "tuner.enabled=true",
    "splits.validation=64",
    "training.warm_start=true",
    "kubeflow.project=p",
    "kubeflow.region=europe-west4",
    "kubeflow.custom_job={machine_type: ct5lp-hightpu-4t, replicas: 2, accelerator: "
    "{kind: tpu, type: TPU_V5_LITEPOD, count: 4, topology: 2x2}}",
    "kubeflow.labels={team: digits, stage: test}",
)
"""Every component that there can be, and every option of the Trainer's."""


def container(compiled: CompiledPipeline, task: str) -> dict[str, Any]:
    return compiled.spec["deploymentSpec"]["executors"][f"exec-{task}"]["container"]


def task(compiled: CompiledPipeline, name: str) -> dict[str, Any]:
    return compiled.spec["root"]["dag"]["tasks"][name]


@pytest.mark.parametrize("settings", [(), WHOLE])
@pytest.mark.parametrize("target", TARGETS)
def test_same_config_gives_the_same_bytes_with_nothing_of_this_machine(
    target: str, settings: tuple[str, ...], compile_for: Any
) -> None:
    compiled = compile_for(target, *settings)
    assert compiled.text() == compile_for(target, *settings).text()
    assert ".whl" not in compiled.text()
    assert str(Path.cwd()) not in compiled.text()
    assert problems(compiled, target) == []


@pytest.mark.parametrize("target", TARGETS)
def test_every_component_of_the_dag_is_a_task(
    target: str, compile_for: Any, configure: Any
) -> None:
    from pipeline.dag import create_components

    components = create_components(
        configure(), serving_dir="/serving", checkpoint_dir="/checkpoints"
    )
    names = {kebab_case(component.id) for component in components}
    compiled = compile_for(target)
    assert set(compiled.spec["root"]["dag"]["tasks"]) == names
    assert set(compiled.spec["components"]) == names
    assert compiled.spec["schemaVersion"] == "2.1.0"


@pytest.mark.parametrize("target", TARGETS)
def test_what_depends_on_what_serves_is_never_cached(target: str, compile_for: Any) -> None:
    tasks = compile_for(target).spec["root"]["dag"]["tasks"]
    cached = {name for name, t in tasks.items() if t["cachingOptions"]["enableCache"]}
    assert set(tasks) - cached == {"champion", "pusher"}


@pytest.mark.parametrize("target", TARGETS)
def test_optional_components_are_compiled_and_the_incumbent_is_never_cached(
    target: str, compile_for: Any
) -> None:
    compiled = compile_for(
        target,
        "tuner.enabled=true",
        "splits.validation=64",
        "training.warm_start=true",
        "bulk_inference=[validation]",
    )
    assert problems(compiled, target) == []
    trainer = task(compiled, "trainer")
    assert {"tuner", "incumbent"} <= set(trainer["dependentTasks"])
    assert {"trainer", "evaluator"} <= set(task(compiled, "bulk-inferrer")["dependentTasks"])
    assert task(compiled, "incumbent")["cachingOptions"] == {"enableCache": False}
    assert task(compiled, "tuner")["cachingOptions"] == {"enableCache": True}


@pytest.mark.parametrize(
    ("target", "folder"),
    [("vertex", "gs://bucket/root/checkpoints"), ("kubeflow", "/mnt/serving/digits-checkpoints")],
)
def test_checkpoints_are_where_the_trainer_itself_can_write(
    target: str, folder: str, compile_for: Any
) -> None:
    constant = task(compile_for(target), "trainer")["inputs"]["parameters"]["custom_config"]
    assert json.loads(constant["runtimeValue"]["constant"])["checkpoints"] == folder


def test_examples_of_files_are_not_cached_where_no_driver_looks_at_the_files(
    compile_for: Any,
) -> None:
    compiled = compile_for("vertex", "source.kind=mnist", "source.dir=gs://bucket/mnist")
    assert task(compiled, "digit-example-gen")["cachingOptions"] == {"enableCache": False}


@pytest.mark.parametrize(("target", "longest"), [("vertex", "3600s"), ("kubeflow", "604800s")])
def test_every_step_may_be_tried_again_even_after_hours(
    target: str, longest: str, compile_for: Any
) -> None:
    tasks = compile_for(target).spec["root"]["dag"]["tasks"]
    policies = [task["retryPolicy"] for task in tasks.values()]
    assert {policy["maxRetryCount"] for policy in policies} == {2}
    # Argo takes what is not said for 0 s, and counts from the start of the first try.
    assert {policy["backoffMaxDuration"] for policy in policies} == {longest}
    none = compile_for(target, "kubeflow.retries=0").spec["root"]["dag"]["tasks"]
    assert not any("retryPolicy" in task for task in none.values())


@pytest.mark.parametrize("target", TARGETS)
def test_numbers_of_the_config_are_parameters_with_their_defaults(
    target: str, compile_for: Any
) -> None:
    compiled = compile_for(target, "training.epochs=7", "evaluation.bars.accuracy=0.5")
    parameters = compiled.spec["root"]["inputDefinitions"]["parameters"]
    defaults = {name: p["defaultValue"] for name, p in parameters.items()}
    assert defaults["training_epochs"] == 7
    assert defaults["evaluation_bars_accuracy"] == 0.5
    assert defaults["splits_train"] == 20000
    assert parameters["training_epochs"]["parameterType"] == "NUMBER_INTEGER"
    assert parameters["training_learning_rate"]["parameterType"] == "NUMBER_DOUBLE"


def test_parameter_goes_to_the_components_that_use_it_alone(compile_for: Any) -> None:
    tasks = compile_for("vertex").spec["root"]["dag"]["tasks"]

    def takes(parameter: str) -> set[str]:
        return {n for n, t in tasks.items() if parameter in t["inputs"].get("parameters", {})}

    tasks = {name: {**t, "inputs": t.get("inputs", {})} for name, t in tasks.items()}
    assert takes("training_epochs") == {"trainer", "report"}
    assert {"digit-example-gen", "trainer"} <= takes("splits_train")
    assert takes("evaluation_bars_accuracy") >= {"evaluator"}
    assert "digit-example-gen" not in takes("evaluation_bars_accuracy")


def test_containers_are_sized_and_imaged_by_component(compile_for: Any) -> None:
    compiled = compile_for(
        "vertex",
        "kubeflow.containers.Trainer={cpu: 8, memory: 30, image: 'registry.example/gpu:1', "
        "accelerator: {kind: gpu, type: NVIDIA_L4, count: 2}}",
    )
    trainer = container(compiled, "trainer")
    assert trainer["image"] == "registry.example/gpu:1"
    assert trainer["resources"] == {
        "cpuLimit": 8,
        "memoryLimit": 30,
        "accelerator": {"type": "NVIDIA_L4", "count": "2"},
    }
    assert container(compiled, "evaluator")["image"] == "registry.example/digits:1"
    assert container(compiled, "evaluator")["resources"] == {"cpuLimit": 2, "memoryLimit": 8}


@pytest.mark.parametrize(("train", "workers"), [(MANY, 3), (2000, 1)])
def test_many_examples_are_made_by_a_process_for_each_core_of_a_container(
    train: int, workers: int, compile_for: Any
) -> None:
    size = "kubeflow.containers={default: {cpu: 3.5}}"
    compiled = compile_for("vertex", f"splits.train={train}", size)
    made = container(compiled, "digit-example-gen")
    assert f"--direct_num_workers={workers}" in [*made["command"], *made["args"]]


def test_tpu_volume_secret_and_toleration_are_in_the_platform_document(compile_for: Any) -> None:
    compiled = compile_for(
        "kubeflow",
        "kubeflow.secrets.TOKEN={name: store, key: token}",
        "kubeflow.containers.Trainer={accelerator: {kind: tpu, type: tpu-v5-lite-podslice, "
        "count: 4, topology: 2x2}, tolerations: [{key: google.com/tpu, operator: Exists}]}",
    )
    pods = compiled.platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    trainer = pods["exec-trainer"]
    assert trainer["nodeSelector"]["labels"] == {
        "cloud.google.com/gke-tpu-accelerator": "tpu-v5-lite-podslice",
        "cloud.google.com/gke-tpu-topology": "2x2",
    }
    assert trainer["tolerations"] == [
        {"key": "google.com/tpu", "operator": "Exists", "effect": "NoSchedule"}
    ]
    assert pods["exec-pusher"]["pvcMount"][0]["mountPath"] == "/mnt/serving"
    assert pods["exec-pusher"]["secretAsEnv"][0]["keyToEnv"] == [
        {"secretKey": "token", "envVar": "TOKEN"}
    ]
    assert container(compiled, "trainer")["resources"] == {
        "resourceCpuLimit": "4",
        "resourceMemoryLimit": "16G",
        "accelerator": {"resourceType": "google.com/tpu", "resourceCount": "4"},
    }


def test_trainer_can_be_a_custom_job(compile_for: Any) -> None:
    compiled = compile_for(
        "vertex",
        "kubeflow.custom_job={machine_type: g2-standard-8, "
        "replicas: 3, accelerator: {kind: gpu, type: NVIDIA_L4, count: 1}}",
        "kubeflow.project=p",
        "kubeflow.region=europe-west4",
    )
    arguments = container(compiled, "trainer")["args"]
    assert "tfx.extensions.google_cloud_ai_platform.trainer.executor.GenericExecutor" in arguments
    constant = task(compiled, "trainer")["inputs"]["parameters"]["custom_config"]
    config = json.loads(constant["runtimeValue"]["constant"])
    chief, others = config["ai_platform_training_args"]["job_spec"]["worker_pool_specs"]
    assert (chief["replica_count"], others["replica_count"]) == (1, 2)
    assert chief["machine_spec"] == {
        "machine_type": "g2-standard-8",
        "accelerator_type": "NVIDIA_L4",
        "accelerator_count": 1,
    }
    assert json.loads(config["options"])["training"]["epochs"] == 2


def test_kubeflow_file_is_spec_and_platform_and_vertex_file_is_a_job(compile_for: Any) -> None:
    import yaml

    spec, platform = yaml.safe_load_all(compile_for("kubeflow").text())
    assert spec["pipelineInfo"] == {"name": "digits"}
    assert set(platform) == {"platforms"}
    job = json.loads(compile_for("vertex").text())
    assert job["runtimeConfig"]["gcsOutputDirectory"] == "gs://bucket/root"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (["kubeflow.image=null"], "kubeflow.image is not set; name it in the config"),
        (["kubeflow.containers.Trainr.cpu=1"], "kubeflow.containers names Trainr, no component; "),
        (["kubeflow.parameters=[training.speed]"], "training.speed, which the config does not"),
        (["kubeflow.parameters=[model.kind]"], "names model.kind, which is not a number"),
        (["kubeflow.parameters=[kubeflow.retries]"], "names kubeflow.retries, which no component"),
    ],
)
def test_what_cannot_be_compiled_is_a_sentence(
    settings: list[str], sentence: str, compile_for: Any
) -> None:
    with pytest.raises(UserError, match=sentence):
        compile_for("vertex", *settings)


@pytest.mark.parametrize(
    ("name", "kebab"),
    [("DigitExampleGen", "digit-example-gen"), ("Trainer", "trainer"), ("A_b.C2D", "a-b-c2-d")],
)
def test_kebab_case(name: str, kebab: str) -> None:
    assert kebab_case(name) == kebab


@pytest.mark.parametrize(
    ("label", "labels"),
    [
        ("", {"cloud.google.com/gke-accelerator": "nvidia-l4"}),
        (", label: nvidia.com/gpu.product", {"nvidia.com/gpu.product": "nvidia-l4"}),
        (", label: null", None),
    ],
)
def test_nodes_with_a_gpu_are_found_by_the_label_that_they_have(
    label: str, labels: dict[str, str] | None, compile_for: Any
) -> None:
    gpu = f"{{kind: gpu, type: nvidia-l4, count: 1{label}}}"
    compiled = compile_for("kubeflow", f"kubeflow.containers.Trainer.accelerator={gpu}")
    pods = compiled.platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    selector = pods.get("exec-trainer", {}).get("nodeSelector", {})
    assert selector.get("labels") == labels


@pytest.mark.parametrize("target", TARGETS)
def test_step_with_an_accelerator_is_told_to_see_it(target: str, compile_for: Any) -> None:
    gpu = "{kind: gpu, type: NVIDIA_L4, count: 2}"
    compiled = compile_for(target, f"kubeflow.containers.Trainer.accelerator={gpu}")
    executors = compiled.spec["deploymentSpec"]["executors"]
    words = executors["exec-trainer"]["container"]["args"]
    assert words[words.index("--accelerator") + 1] == '["gpu", 2]'
    assert "--accelerator" not in executors["exec-evaluator"]["container"]["args"]
