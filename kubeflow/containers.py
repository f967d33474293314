"""The containers of components: image, CPU, memory, GPU or TPU, and what Kubernetes is asked."""

import json
from collections.abc import Mapping
from typing import Any

from pipeline.config.kubeflow import AcceleratorOptions, ContainerOptions, KubeflowOptions
from vocabulary.errors import UserError
from vocabulary.hints import hint

PLACES = ("image", "pipeline_root", "push_destination")
"""What runs and where things go: what compiling cannot do without."""
DEFAULT = "default"
TPU_LABEL = "cloud.google.com/gke-tpu-accelerator"
TOPOLOGY_LABEL = "cloud.google.com/gke-tpu-topology"
_RESOURCES = {"gpu": "nvidia.com/gpu", "tpu": "google.com/tpu"}


def require(options: KubeflowOptions, *names: str) -> None:
    """Refuses options that do not say what there is no default for.

    Raises:
        UserError: naming what is not set.
    """
    for name in names:
        if not getattr(options, name):
            raise UserError(
                f"kubeflow.{name} is not set; name it in the config or with --set kubeflow.{name}="
            )


def container_of(options: KubeflowOptions, component: str) -> ContainerOptions:
    """The container of a component: its own options over those of `default`."""
    default = options.containers.get(DEFAULT, ContainerOptions())
    own = options.containers.get(component, ContainerOptions())
    over = {name: getattr(own, name) for name in own.model_fields_set}
    return default.model_copy(update=over)


def set_containers(
    spec: dict[str, Any], options: KubeflowOptions, ids: Mapping[str, str], target: str
) -> None:
    """Sets image and resources of every component of a PipelineSpec, in place.

    `ids` says what a component, by the name that it has here, is called in the spec.

    Raises UserError if the options name a component that the pipeline does not have.
    """
    for name in options.containers:
        if name not in ids and name != DEFAULT:
            advice = hint(name, ids, otherwise="choose from")
            raise UserError(f"kubeflow.containers names {name}, no component; {advice}")
    for name, task in ids.items():
        container = spec["deploymentSpec"]["executors"][f"exec-{task}"]["container"]
        chosen = container_of(options, name)
        container["image"] = chosen.image or options.image
        asked = _vertex(chosen) if target == "vertex" else _kubernetes(chosen)
        if resources := {key: value for key, value in asked.items() if value}:
            container["resources"] = resources
        if chosen.accelerator:
            container["args"] += ["--accelerator", accelerator_text(chosen.accelerator)]


def accelerator_text(accelerator: AcceleratorOptions) -> str:
    """What a command is told of the accelerators that it is to see: kind and count, in JSON."""
    return json.dumps([accelerator.kind, accelerator.count])


def platform_document(options: KubeflowOptions, ids: Mapping[str, str]) -> dict[str, Any]:
    """A PlatformSpec in JSON's form; empty if there is nothing to ask for.

    `ids` says what a component, by the name that it has here, is called in the spec.
    """
    executors = {
        f"exec-{task}": _pod(container_of(options, name), options) for name, task in ids.items()
    }
    configs = {label: pod for label, pod in executors.items() if pod}
    if not configs:
        return {}
    return {"platforms": {"kubernetes": {"deploymentSpec": {"executors": configs}}}}


def _pod(chosen: ContainerOptions, options: KubeflowOptions) -> dict[str, Any]:
    from google.protobuf import json_format
    from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes_pb

    pod = kubernetes_pb.KubernetesExecutorConfig()
    labels = {**_node_labels(chosen.accelerator), **chosen.node_selector}
    if labels:
        pod.node_selector.labels.update(labels)
    for toleration in chosen.tolerations:
        pod.tolerations.add(**toleration.model_dump())
    pod.pod_metadata.labels.update(options.labels)
    for claim, folder in options.volumes.items():
        mount = pod.pvc_mount.add(mount_path=folder)
        mount.constant = claim
        mount.pvc_name_parameter.runtime_value.constant.string_value = claim
    for variable, secret in options.secrets.items():
        env = pod.secret_as_env.add(secret_name=secret.name)
        env.secret_name_parameter.runtime_value.constant.string_value = secret.name
        env.key_to_env.add(secret_key=secret.key, env_var=variable)
    return dict(json_format.MessageToDict(pod))


def _node_labels(accelerator: AcceleratorOptions | None) -> dict[str, str]:
    """The labels of nodes that have the accelerator; those of TPUs are GKE's."""
    if accelerator is None:
        return {}
    if accelerator.kind == "gpu":
        return {accelerator.label: accelerator.type} if accelerator.label else {}
    topology = {TOPOLOGY_LABEL: accelerator.topology} if accelerator.topology else {}
    return {TPU_LABEL: accelerator.type, **topology}


def _vertex(chosen: ContainerOptions) -> dict[str, Any]:
    device = chosen.accelerator
    return {
        "cpuLimit": chosen.cpu,
        "memoryLimit": chosen.memory,
        "accelerator": device and {"type": device.type, "count": str(device.count)},
    }


def _kubernetes(chosen: ContainerOptions) -> dict[str, Any]:
    device = chosen.accelerator
    return {
        "resourceCpuLimit": chosen.cpu and f"{chosen.cpu:g}",
        "resourceMemoryLimit": chosen.memory and f"{chosen.memory:g}G",
        "accelerator": device
        and {"resourceType": _RESOURCES[device.kind], "resourceCount": str(device.count)},
    }
