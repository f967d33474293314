"""The platform document: what open-source Kubeflow asks of Kubernetes for each container."""

from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format
from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes_pb

from kubeflow.containers import container_of, node_labels
from pipeline.config.kubeflow import ContainerOptions, KubeflowOptions


def platform_document(options: KubeflowOptions, ids: Mapping[str, str]) -> dict[str, Any]:
    """A PlatformSpec in JSON's form; empty if there is nothing to ask for.

    `ids` says what a component, by the name that it has here, is called in the spec.
    """
    executors = {
        f"exec-{task}": json_format.MessageToDict(_pod(container_of(options, name), options))
        for name, task in ids.items()
    }
    configs = {label: pod for label, pod in executors.items() if pod}
    if not configs:
        return {}
    return {"platforms": {"kubernetes": {"deploymentSpec": {"executors": configs}}}}


def _pod(
    chosen: ContainerOptions, options: KubeflowOptions
) -> kubernetes_pb.KubernetesExecutorConfig:
    pod = kubernetes_pb.KubernetesExecutorConfig()
    labels = {**node_labels(chosen.accelerator), **chosen.node_selector}
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
    return pod
