"""The package: what is installed is what there is."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOP = (
    "cli", "components", "configs", "evaluation", "kubeflow", "pipeline", "serving", "tasks",
    "trainer", "vocabulary",
)  # fmt: skip


def _declared() -> list[str]:
    tree = ast.parse((ROOT / "setup.py").read_text())
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
