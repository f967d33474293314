"""What Kubeflow Pipelines' own code makes of a compiled pipeline, and the files that keep it.

Each pipeline goes through a process of its own with a root folder of its own, since the launcher
writes under /minio, and launcher and driver end the process when they are out of their depth.
"""

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.kubeflow.conformance.metadata import metadata_server

HERE = Path(__file__).parent
HANDOVER = HERE / "handover.yaml"
"""The pipeline whose steps show what is handed to a container."""
HANDED_OVER = HERE / "handed_over.json"
"""What is handed to them, in two runs, the second of which may take from the cache."""
VERDICTS = HERE / "verdicts.json"
"""Who refuses each of `compiled.cases`, and why; nothing of those that are taken."""
_LIMIT_S = 120


def recorded_nodes(task: str) -> list[dict[str, str]]:
    """Path, id and pod of a task's driver, of its container, and of two tries of that, if any."""
    first = json.loads(HANDED_OVER.read_text())["runs"][0]
    return next(list(record["nodes"]) for record in first if record["name"] == task)


def judge(program: Path, pipeline: str) -> dict[str, Any]:
    """What is made of a pipeline: `refused_by` and `why`, if it is refused, and `runs`."""
    with metadata_server() as address, tempfile.TemporaryDirectory(dir=program.parent) as folder:
        root = Path(folder)
        for path in (root / "conformance", root / "usr/bin/python"):
            path.parent.mkdir(parents=True, exist_ok=True)
            os.link(program, path)
        (root / "tmp").mkdir()
        (root / "pipeline.yaml").write_text(pipeline)
        ended = subprocess.run(
            [
                *("unshare", "--map-root-user", f"--root={root}"),
                *("/conformance", "/pipeline.yaml", address, "/report.json"),
            ],
            env={"PATH": "/usr/bin"},
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
        report = root / "report.json"
        if report.exists():
            return dict(json.loads(stable(report.read_text())))
        return _last_words(ended.stderr)


def _last_words(log: str) -> dict[str, str]:
    """Who ended the process, and with what words: glog's, or Go's own."""
    fatal = re.search(r"^(?:F\d+ .*?\]|panic:) (.*)$", log, re.MULTILINE)
    assert fatal, f"it ended without a report:\n{log[-3000:]}"
    return {"refused_by": "driver" if "/v2/driver." in log else "launcher", "why": fatal[1]}


def stable(text: str) -> str:
    """Without what differs from run to run: ids of tasks and artefacts, the object store's port.

    And without all that the driver was asked, which it says before the reason.
    """
    text = re.sub(r"driver\.\w+\(.*?\) failed: ", "", text)
    text = re.sub(r'("(?:name|artifactNames)":\s*\[?\s*)"\d+"', r'\1"ID"', text)
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", text)
    return re.sub(r"127\.0\.0\.1:\d+", "STORE", text)


def as_text(value: Any) -> str:
    """As the files have it."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
