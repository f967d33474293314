"""The package: what is installed is what there is."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOP = (
    "cli", "components", "configs", "digit", "evaluation", "kubeflow", "pipeline", "serving",
    "tasks", "trainer", "vocabulary",
)  # fmt: skip


def _tree() -> ast.Module:
    return ast.parse((ROOT / "setup.py").read_text())


def _data() -> dict[str, list[str]]:
    """The patterns of files that are no Python, by package."""
    (call,) = (
        node
        for node in ast.walk(_tree())
        if isinstance(node, ast.keyword) and node.arg == "package_data"
    )
    return ast.literal_eval(call.value)


def _declared() -> list[str]:
    tree = _tree()
    (assignment,) = (
        node
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PACKAGES"
    )
    return ast.literal_eval(assignment.value)


def test_every_folder_with_code_is_declared() -> None:
    folders = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for top in TOP
        for path in (ROOT / top).rglob("*.py")
    }
    assert sorted(folders) == sorted(_declared())


def test_images_are_built_with_every_folder_of_code() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert {f"!{top}" for top in TOP} <= set(lines)


def test_every_file_that_pages_and_tasks_read_is_declared() -> None:
    """The packages whose files are read where they are installed: on workers and in images."""
    declared = {
        path
        for package, patterns in _data().items()
        for pattern in patterns
        for path in ROOT.joinpath(*package.split(".")).glob(pattern)
    }
    files = {
        path
        for top in ("components", "serving", "tasks")
        for suffix in ("css", "html", "js", "pbtxt")
        for path in (ROOT / top).rglob(f"*.{suffix}")
    }
    assert files
    assert files <= declared
