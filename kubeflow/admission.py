"""What the back ends ask of a compiled pipeline, checked here before it is sent.

Each rule restates what a back end refuses or quietly ignores, with its source: Vertex AI's client
(google-cloud-aiplatform), or the back end of Kubeflow Pipelines 2.17 (its `backend/src/`).
"""

from collections.abc import Callable, Container
from dataclasses import dataclass

from google.protobuf import json_format

from kubeflow import rules
from kubeflow.spec_file import CompiledPipeline

_BOTH = ("vertex", "kubeflow")


Check = Callable[[rules.Pipeline], rules.Problems]


@dataclass(frozen=True)
class Rule:
    """One requirement; `check` gives a sentence for each breach."""

    source: str
    targets: tuple[str, ...]
    check: Check


def problems(compiled: CompiledPipeline, target: str, *, but: Container[Check] = ()) -> list[str]:
    """Every reason why the target would refuse a pipeline, but for some rules; empty if none."""
    try:
        pipeline = rules.parse(compiled)
    except json_format.ParseError as error:
        return [f"it is not a pipeline by the kfp_pipeline_spec protos: {error}"]
    return [
        f"{problem} ({rule.source})"
        for rule in RULES
        if target in rule.targets and rule.check not in but
        for problem in sorted(rule.check(pipeline))
    ]


_TEMPLATE = "KFP 2.17, apiserver/template/v2_template.go"
_COMPILER = "KFP 2.17, v2/compiler/argocompiler"
_DRIVER = "KFP 2.17, v2/driver"

RULES = (
    Rule(f"{_TEMPLATE}; Vertex, pipeline_utils.py", _BOTH, rules.schema_version),
    Rule("Vertex, pipeline_jobs.py, _VALID_NAME_PATTERN: jobs are named by it", _BOTH, rules.name),
    Rule(f"{_COMPILER}: names of Argo templates, RFC 1123", _BOTH, rules.task_names),
    Rule(f"{_TEMPLATE}, NewV2SpecTemplate", ("kubeflow",), rules.no_wrapper),
    Rule(f"{_COMPILER}: resolvers are not implemented", _BOTH, rules.executors),
    Rule(f"{_DRIVER}, resolve.go", _BOTH, rules.edges),
    Rule(f"{_TEMPLATE}, validatePipelineJobInputs; {_DRIVER}", _BOTH, rules.parameters),
    Rule("a container has its image alone", _BOTH, rules.portable),
    Rule("both caches know code by the name of the image alone", _BOTH, rules.images),
    Rule("Vertex, RuntimeConfig.gcs_output_directory", ("vertex",), rules.vertex_root),
    Rule("KFP 2.17, v2/objectstore/config.go", ("kubeflow",), rules.kubeflow_root),
    Rule("TensorFlow's file systems", _BOTH, rules.destination),
    Rule(f"{_DRIVER}: lifecycle is ignored", ("kubeflow",), rules.no_hooks),
    Rule(
        "kubernetes_platform/proto/kubernetes_executor_config.proto", ("kubeflow",), rules.platform
    ),
    Rule(f"{_DRIVER}, initPodSpecPatch", ("kubeflow",), rules.accelerators),
    Rule("kfp.components.load_component_from_file", ("kubeflow",), rules.loadable),
)
