"""Compiles the one DAG for Vertex AI or open-source Kubeflow Pipelines.

TFX's KubeflowV2DagRunner does the work; what it leaves out is added to its result: runtime
parameters with defaults, resources, images, caching for each component, names that both back ends
take.
"""

import json
from collections.abc import Mapping
from typing import Any

from tfx.dsl.components.base.base_component import BaseComponent
from tfx.dsl.components.base.base_driver import BaseDriver
from tfx.orchestration import pipeline
from tfx.orchestration.kubeflow.v2.kubeflow_v2_dag_runner import (
    KubeflowV2DagRunner,
    KubeflowV2DagRunnerConfig,
)

from components.digit_example_gen.component import DigitExampleGen
from components.digit_example_gen.sources import is_embedded
from kubeflow.containers import (
    DEFAULT,
    PLACES,
    container_of,
    platform_document,
    require,
    set_containers,
)
from kubeflow.custom_job import train_in_custom_job
from kubeflow.data_places import require_reachable_places
from kubeflow.names import kebab_case
from kubeflow.parameters import Binding, Parameter, find_bindings, find_parameters
from kubeflow.retries import set_retries
from kubeflow.spec_file import ENTRY, CompiledPipeline, whole_numbers
from pipeline.beam.arguments import beam_pipeline_args
from pipeline.config.config import PIPELINE_NAME, Config
from pipeline.config.kubeflow import KubeflowOptions
from pipeline.dag import create_components

Spec = dict[str, Any]


def compile_pipeline(config: Config, target: str) -> CompiledPipeline:
    """The pipeline of a config as `target`, vertex or kubeflow, takes it.

    The same config gives the same bytes.

    Raises UserError if the config does not say what the target needs to know.
    """
    options = config.kubeflow
    require(options, *PLACES)
    require_reachable_places(config, target)
    parameters = find_parameters(config)
    bindings = find_bindings(config, parameters, _properties)
    components = _components(config)
    ids = {name: component.id for name, component in components.items()}
    job = _tfx_job(config, list(components.values()))
    spec = job["pipelineSpec"]
    _name_executors(spec)
    _name_outputs(spec)
    _add_parameters(spec, parameters, {ids[name]: bound for name, bound in bindings.items()})
    for component in components.values():
        if not _may_be_cached(component, config):
            spec["root"]["dag"]["tasks"][component.id]["cachingOptions"] = {"enableCache": False}
    set_containers(spec, options, ids, target)
    set_retries(spec, options.retries, target)
    if target == "vertex":
        image = container_of(options, "Trainer").image or options.image
        train_in_custom_job(spec, options, image=str(image))
        return CompiledPipeline(job=job, platform=None)
    spec["defaultPipelineRoot"] = options.pipeline_root
    for executor in spec["deploymentSpec"]["executors"].values():
        executor["container"]["args"].append("--launcher_paths")
    return CompiledPipeline(job=job, platform=platform_document(options, ids))


def _components(config: Config) -> dict[str, BaseComponent]:
    """The DAG by the names that it has here; the ids are those of a cluster."""
    created = create_components(
        config,
        serving_dir=str(config.kubeflow.push_destination),
        checkpoint_dir=_checkpoint_dir(config.kubeflow),
    )
    components = {component.id: component for component in created}
    for name, component in components.items():
        component.with_id(kebab_case(name))
    return components


def _checkpoint_dir(options: KubeflowOptions) -> str:
    """Under the pipeline root if TensorFlow can write there itself, else beside the versions."""
    root = str(options.pipeline_root)
    return (
        f"{root}/checkpoints"
        if root.startswith("gs://")
        else f"{options.push_destination}-checkpoints"
    )


def _properties(config: Config) -> Mapping[str, Mapping[str, Any]]:
    return {name: component.exec_properties for name, component in _components(config).items()}


def _tfx_job(config: Config, components: list[BaseComponent]) -> Spec:
    cores = int(container_of(config.kubeflow, DEFAULT).cpu or 1)
    runner = KubeflowV2DagRunner(
        KubeflowV2DagRunnerConfig(
            default_image=config.kubeflow.image,
            default_commands=list(ENTRY),
            use_pipeline_spec_2_1=True,
        )
    )
    job = runner.run(
        pipeline.Pipeline(
            pipeline_name=PIPELINE_NAME,
            pipeline_root=config.kubeflow.pipeline_root,
            components=components,
            beam_pipeline_args=beam_pipeline_args(config.beam_on(cores)),
            enable_cache=True,
        ),
        write_out=False,
    )
    return whole_numbers(job)


def _name_executors(spec: Spec) -> None:
    """Gives executors names like those of KFP's own compiler; TFX's have an underscore."""
    executors = spec["deploymentSpec"]["executors"]
    for name, component in spec["components"].items():
        executors[f"exec-{name}"] = executors.pop(component["executorLabel"])
        component["executorLabel"] = f"exec-{name}"


def _name_outputs(spec: Spec) -> None:
    """Tells each command its component's outputs, which a back end may hand over with others."""
    for name, component in spec["components"].items():
        outputs = sorted(component.get("outputDefinitions", {}).get("artifacts", {}))
        container = spec["deploymentSpec"]["executors"][f"exec-{name}"]["container"]
        container["args"] += ["--outputs", json.dumps(outputs)]


def _add_parameters(
    spec: Spec, parameters: list[Parameter], bindings: Mapping[str, list[Binding]]
) -> None:
    types = {
        p.name: "NUMBER_INTEGER" if isinstance(p.default, int) else "NUMBER_DOUBLE"
        for p in parameters
    }
    spec["root"].setdefault("inputDefinitions", {})["parameters"] = {
        p.name: {
            "parameterType": types[p.name],
            "defaultValue": p.default,
            "description": f"{p.key} of the config",
        }
        for p in parameters
    }
    for component, bound in bindings.items():
        inputs = spec["components"][component]["inputDefinitions"]["parameters"]
        arguments = spec["root"]["dag"]["tasks"][component]["inputs"]["parameters"]
        for name in {binding.parameter for binding in bound}:
            inputs[name] = {"parameterType": types[name]}
            arguments[name] = {"componentInputParameter": name}
        container = spec["deploymentSpec"]["executors"][f"exec-{component}"]["container"]
        container["args"] += ["--bindings", json.dumps(bound)]


def _may_be_cached(component: BaseComponent, config: Config) -> bool:
    """Whether the outputs of a component follow from what the back end sees of its inputs.

    A driver of its own shows the local cache more: what serves, which files there are. No back end
    runs it.
    """
    if isinstance(component, DigitExampleGen):
        return is_embedded(config.source)  # it travels in the image
    return component.DRIVER_CLASS is BaseDriver
