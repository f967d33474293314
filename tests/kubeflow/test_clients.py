"""The clients of both back ends take what is compiled, and this package's name is ours alone."""

from importlib import metadata
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.slow
def test_vertex_client_takes_the_job_and_a_parameter(tmp_path: Path, compile_for: Any) -> None:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import aiplatform

    path = tmp_path / "pipeline.json"
    path.write_text(compile_for("vertex").text())
    job = aiplatform.PipelineJob(
        display_name="digits",
        template_path=str(path),
        parameter_values={"training_epochs": 3},
        project="project",
        location="europe-west4",
        credentials=AnonymousCredentials(),
    )
    sent = job._gca_resource
    assert dict(sent.runtime_config.parameter_values) == {"training_epochs": 3}
    assert sent.runtime_config.gcs_output_directory == "gs://bucket/root"
    assert sent.pipeline_spec["schemaVersion"] == "2.1.0"


def test_kfp_client_reads_the_file(tmp_path: Path, compile_for: Any) -> None:
    from kfp import components

    path = tmp_path / "pipeline.yaml"
    path.write_text(compile_for("kubeflow").text())
    loaded = components.load_component_from_file(str(path))
    assert loaded.component_spec.inputs["training_epochs"].default == 2
    assert set(loaded.platform_spec.platforms) == {"kubernetes"}


def test_nothing_else_that_is_installed_is_called_kubeflow() -> None:
    others = {
        distribution.name
        for distribution in metadata.distributions()
        for path in distribution.files or ()
        if path.parts[:1] == ("kubeflow",)
    }
    assert others <= {"digit-localizer"}
