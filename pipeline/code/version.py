"""Which code ran: the release, the commit where there is one, and a digest of the code."""

import subprocess
from importlib import metadata, resources

from pipeline.code.digest import digest_code
from pipeline.code.imports import PACKAGES


def code_version() -> str:
    """As in `0.1.0, commit 1a2b3c4, changed, digest 5d6e7f8a9b0c`.

    Only the digest identifies the code; the commit says where to find it.
    """
    release = metadata.version("digit-localizer")
    return ", ".join([release, *_commit(), f"digest {digest_code(PACKAGES)[:12]}"])


def _commit() -> list[str]:
    with resources.as_file(resources.files("pipeline")) as folder:
        head = _git(folder.parent, "rev-parse", "--short", "HEAD")
        # Another project's repository may hold this package, as a virtual environment in it does.
        if head and _git(folder.parent, "ls-files", "pipeline/dag.py"):
            changed = _git(folder.parent, "status", "--porcelain", "--untracked-files=no")
            return [f"commit {head}", *(["changed"] if changed else [])]
    return []


def _git(folder: object, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True, text=True, check=False, timeout=20,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
