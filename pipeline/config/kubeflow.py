"""Options of Kubeflow Pipelines and Vertex AI, which a local run ignores."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from vocabulary.options import Options

Text = Annotated[str, StringConstraints(min_length=1)]
Label = Annotated[str, StringConstraints(pattern=r"^[a-z]([-_a-z0-9]{0,61}[a-z0-9])?$")]
"""What both Vertex AI and Kubernetes accept."""
Network = Annotated[str, StringConstraints(pattern=r"^projects/\d+/global/networks/[^/]+$")]
EncryptionKey = Annotated[
    str,
    StringConstraints(pattern=r"^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$"),
]


class AcceleratorOptions(Options):
    """A GPU or TPU, by the name that the platform has for it."""

    kind: Literal["gpu", "tpu"]
    type: Text = Field(description="NVIDIA_L4 on Vertex, nvidia-l4 or tpu-v5-lite-podslice on GKE")
    count: int = Field(ge=1, le=64)
    topology: Text | None = Field(default=None, description="of a TPU slice on GKE, as 2x4")
    label: Text | None = Field(
        default="cloud.google.com/gke-accelerator",
        description="of nodes with such a GPU, as nvidia.com/gpu.product elsewhere; null: any node",
    )


class TolerationOptions(Options):
    """A taint that a pod tolerates."""

    key: Text
    operator: Literal["Equal", "Exists"] = "Equal"
    value: str = ""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = "NoSchedule"


class ContainerOptions(Options):
    """The container of a component; for what is left out, the platform's default."""

    image: Text | None = None
    cpu: float | None = Field(default=None, gt=0, le=416, description="cores")
    memory: float | None = Field(default=None, gt=0, le=12_000, description="GB")
    accelerator: AcceleratorOptions | None = None
    node_selector: dict[str, str] = {}
    tolerations: list[TolerationOptions] = []


class SecretOptions(Options):
    """A key of a Kubernetes secret, given to every container in an environment variable."""

    name: Text
    key: Text


class CustomJobOptions(Options):
    """A Vertex custom job that the Trainer runs as, by TFX's own extension."""

    machine_type: Text
    replicas: int = Field(default=1, ge=1, le=1000)
    accelerator: AcceleratorOptions | None = None


class KubeflowOptions(Options):
    """Compiling and submitting for Kubeflow Pipelines and Vertex AI."""

    image: Text | None
    pipeline_root: Text | None
    push_destination: Text | None
    parameters: list[Text] = Field(description="keys of the config that a run may change")
    containers: dict[str, ContainerOptions] = Field(description="by component; `default`: others")
    volumes: dict[str, Annotated[str, StringConstraints(pattern=r"^/.+")]]
    secrets: dict[str, SecretOptions]
    retries: int = Field(ge=0, le=10, description="of a step that failed; 0: none")
    custom_job: CustomJobOptions | None
    project: Text | None
    region: Text | None
    network: Network | None
    encryption_key: EncryptionKey | None
    failure_policy: Literal["slow", "fast"]
    endpoint: Text | None
    certificates: Text | None
    namespace: Text | None
    experiment: Text
    service_account: Text | None
    labels: dict[Label, Label]
