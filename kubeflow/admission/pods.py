"""Rules for the pods that containers run in: claims, labels, and what else Kubernetes checks."""

import re

from google.protobuf import json_format
from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes_pb

from kubeflow.admission.rule import COMPILER, Problems, rule
from kubeflow.parsed import Pipeline

_TAKEN = ("/gcs", "/s3", "/minio", "/.local", "/.cache", "/.config", "/kfp-launcher")
"""Where the compiler mounts folders of its own into each container."""
_VALIDATION = "Kubernetes, pkg/apis/core/validation/validation.go"
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_VALUE = re.compile(r"([A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?)?")
_KEY = re.compile(
    r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?"
)


@rule("kubernetes_platform/proto/kubernetes_executor_config.proto", "kubeflow")
def _platform(pipeline: Pipeline) -> Problems:
    for label, asked in pipeline.asked_of_kubernetes.items():
        if label not in pipeline.deployment.executors:
            yield f"the platform document names {label}, which is no executor"
        try:
            json_format.ParseDict(asked, kubernetes_pb.KubernetesExecutorConfig())
        except json_format.ParseError as error:
            yield f"the platform document asks for {label} what there is not: {error}"


@rule(f"{COMPILER}, container.go; {_VALIDATION}, ValidateVolumeMounts", "kubeflow")
def _mounts(pipeline: Pipeline) -> Problems:
    for label, pod in pipeline.pods.items():
        taken = set(_TAKEN)
        for mount in pod.pvc_mount:
            folder = mount.mount_path.rstrip("/")
            if not folder.startswith("/"):
                yield f"{label} mounts a volume at {mount.mount_path!r}, which is no folder"
            if folder in taken:
                yield f"{label} mounts a volume at {folder}, where there is one already"
            taken.add(folder)


@rule(f"{_VALIDATION}: a volume is named by its claim, RFC 1123", "kubeflow")
def _claims(pipeline: Pipeline) -> Problems:
    for label, pod in pipeline.pods.items():
        for mount in pod.pvc_mount:
            if not _DNS_LABEL.fullmatch(mount.constant):
                yield (
                    f"{label} mounts the claim {mount.constant!r}, which is not lower case "
                    f"letters, digits and hyphens"
                )


@rule(f"{_VALIDATION}, labels", "kubeflow")
def _labels(pipeline: Pipeline) -> Problems:
    for label, pod in pipeline.pods.items():
        for key, value in pod.node_selector.labels.items():
            if not (_KEY.fullmatch(key) and _VALUE.fullmatch(value)):
                yield f"{label} selects nodes by {key}={value}, which is no label"
