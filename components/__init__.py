"""The custom TFX components, one folder each."""

from typing import Any


def __getattr__(name: str) -> Any:
    """Finds an artefact type by the path of one dot that Kubeflow allows it."""
    if name == "RunReport":
        from components.report.artifact import RunReport

        return RunReport
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
