"""Every reason why a target would refuse a pipeline."""

from collections.abc import Container

from google.protobuf import json_format

# Each puts its rules on the list.
from kubeflow.admission import artifacts, containers, contents, places, pods, tasks  # noqa: F401
from kubeflow.admission.rule import RULES, Check
from kubeflow.parsed import parse
from kubeflow.spec_file import CompiledPipeline


def problems(compiled: CompiledPipeline, target: str, *, but: Container[Check] = ()) -> list[str]:
    """Every reason why the target would refuse a pipeline, but for some rules; empty if none."""
    try:
        pipeline = parse(compiled)
    except json_format.ParseError as error:
        return [f"it is not a pipeline by the kfp_pipeline_spec protos: {error}"]
    return [
        f"{problem} ({rule.source})"
        for rule in RULES
        if target in rule.targets and rule.check not in but
        for problem in sorted(rule.check(pipeline))
    ]
