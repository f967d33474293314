"""Rules for what a pipeline is and holds: its schema, its name, and nothing of this machine."""

import re
import tempfile
from pathlib import Path

from kfp import components as kfp_components

from kubeflow.admission.rule import BOTH, TEMPLATE, Problems, rule
from kubeflow.parsed import Pipeline, mounts, texts

_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ya29\.|AIza[\w-]{35}|gh[ps]_\w{36}"
)


@rule(f"{TEMPLATE}; Vertex, pipeline_utils.py", *BOTH)
def _schema_version(pipeline: Pipeline) -> Problems:
    if pipeline.spec.schema_version != "2.1.0":
        yield f"the schema version is {pipeline.spec.schema_version or 'missing'}, not 2.1.0"


@rule("Vertex, pipeline_jobs.py, _VALID_NAME_PATTERN: jobs are named by it", *BOTH)
def _name(pipeline: Pipeline) -> Problems:
    name = pipeline.spec.pipeline_info.name
    if not re.fullmatch(r"[a-z][-a-z0-9]{0,127}", name):
        yield f"the pipeline's name {name!r} is not lower case letters, digits and hyphens"


@rule(f"{TEMPLATE}, NewV2SpecTemplate", "kubeflow")
def _no_wrapper(pipeline: Pipeline) -> Problems:
    if pipeline.compiled.platform is None:
        yield "it is wrapped in a PipelineJob"


@rule("a container has its image alone", *BOTH)
def _portable(pipeline: Pipeline) -> Problems:
    mounted = tuple(f"{mount}/" for mount in mounts(pipeline))
    for where, text in texts(pipeline):
        if text.startswith("/") and not f"{text}/".startswith(mounted):
            yield f"{where} holds the local path {text}, which is in no container"
        if text.endswith(".whl") or ".whl@" in text:
            yield f"{where} holds the wheel {text}; the image has the code"
        if _SECRET.search(text):
            yield f"{where} holds what looks like a secret; give it through kubeflow.secrets"


@rule("both caches know code by the name of the image alone", *BOTH)
def images(pipeline: Pipeline) -> Problems:
    """Every image is named with a tag of its own, or a digest."""
    executors = pipeline.deployment.executors.values()
    for image in {e.container.image for e in executors if e.HasField("container")}:
        if not re.search(r"@sha256:|:(?!latest$)[\w.-]+$", image):
            yield f"the image {image!r} has no tag of its own, so caches keep old code"


@rule("kfp.components.load_component_from_file", "kubeflow")
def _loadable(pipeline: Pipeline) -> Problems:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pipeline.yaml")
        path.write_text(pipeline.compiled.text())
        try:
            kfp_components.load_component_from_file(str(path))
        except Exception as error:  # it has no error of its own
            yield f"kfp's client cannot load it: {error}"
