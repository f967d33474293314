"""What Go builds and fetches of Kubeflow Pipelines, Argo and KServe."""

import json
import os
import subprocess
from pathlib import Path

MODULE = Path(__file__).parents[3] / "kubeflow/conformance"
"""The program that sends pipelines through Kubeflow Pipelines' own code."""
ARGO = "github.com/argoproj/argo-workflows/v4"
"""At the version that `MODULE` names, which is the one of Kubeflow Pipelines' manifests."""
KSERVE = "github.com/kserve/kserve@v0.20.0"


def build(output: Path) -> None:
    """Builds the program, which of itself needs no library."""
    subprocess.run(
        ["go", "-C", MODULE, "build", "-o", output, "."],
        check=True,
        env={"CGO_ENABLED": "0", **os.environ},
    )


def build_tools(module: Path, folder: Path) -> None:
    """Builds the programs that a module names as its tools; what is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["go", "-C", module, "build", "-trimpath", "-ldflags=-s -w", "-o", f"{folder}/", "tool"],
        check=True,
        env={**os.environ, "CGO_ENABLED": "0"},
    )


def fetch(module: str) -> Path:
    """The folder of a module's sources.

    Raises LookupError, with Go's words, if Go cannot fetch it.
    """
    ended = subprocess.run(
        ["go", "-C", MODULE, "mod", "download", "-json", module],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    facts = json.loads(ended.stdout)
    if "Error" in facts:
        raise LookupError(facts["Error"])
    return Path(facts["Dir"])
