"""The Trainer as a Vertex custom job: TFX's own extension starts it and waits for it.

What the extension takes is `custom_config` with the worker pools; its executor hands the rest to
the ordinary Trainer inside the job.
"""

import json
from typing import Any

from tfx.extensions.google_cloud_ai_platform.constants import ENABLE_VERTEX_KEY, VERTEX_REGION_KEY
from tfx.extensions.google_cloud_ai_platform.trainer.executor import (
    TRAINING_ARGS_KEY,
    GenericExecutor,
)
from tfx.utils import name_utils

from kubeflow.containers import accelerator_text, require
from pipeline.config.kubeflow import CustomJobOptions, KubeflowOptions
from trainer.accelerators import ACCELERATOR

TRAINER = "trainer"


def train_in_custom_job(spec: dict[str, Any], options: KubeflowOptions, *, image: str) -> None:
    """Makes the Trainer of a spec start the custom job of the options, if any, in place.

    Raises UserError if they do not say in which project and region.
    """
    if not options.custom_job:
        return
    require(options, "project", "region")
    executor = spec["deploymentSpec"]["executors"][f"exec-{TRAINER}"]["container"]
    path = executor["args"].index("--executor_class_path") + 1
    executor["args"][path] = name_utils.get_full_name(GenericExecutor)
    value = spec["root"]["dag"]["tasks"][TRAINER]["inputs"]["parameters"]["custom_config"]
    constant = value["runtimeValue"]
    custom_config = json.loads(constant["constant"])
    custom_config[ENABLE_VERTEX_KEY] = True
    custom_config[VERTEX_REGION_KEY] = options.region
    job_spec: dict[str, Any] = {"worker_pool_specs": _worker_pools(options.custom_job, image)}
    if options.service_account:
        job_spec["service_account"] = options.service_account
    if options.network:
        job_spec["network"] = options.network
    training_args = {"project": options.project, "job_spec": job_spec, "labels": options.labels}
    if options.encryption_key:
        training_args["encryption_spec"] = {"kms_key_name": options.encryption_key}
    custom_config[TRAINING_ARGS_KEY] = training_args
    if options.custom_job.accelerator:
        custom_config[ACCELERATOR] = accelerator_text(options.custom_job.accelerator)
    constant["constant"] = json.dumps(custom_config, sort_keys=True)


def _worker_pools(options: CustomJobOptions, image: str) -> list[dict[str, Any]]:
    """The chief, which is the first replica, and the other workers."""
    machine: dict[str, Any] = {"machine_type": options.machine_type}
    if options.accelerator and options.accelerator.topology:
        machine["tpu_topology"] = options.accelerator.topology
    elif options.accelerator:
        machine["accelerator_type"] = options.accelerator.type
        machine["accelerator_count"] = options.accelerator.count
    pool = {"machine_spec": machine, "container_spec": {"image_uri": image}}
    chief = {**pool, "replica_count": 1}
    others = {**pool, "replica_count": options.replicas - 1}
    return [chief, others] if options.replicas > 1 else [chief]
