"""The machinery names no task's words: another task is a folder, and nothing else changes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MACHINERY = (
    "cli", "components", "evaluation", "kubeflow", "pipeline", "serving", "trainer", "vocabulary",
)  # fmt: skip
_WORDS = "digit|box|boxes|bbox|mask|iou|localization"
WORDS = re.compile(rf"(?<![a-z])({_WORDS})(?![a-z])", re.IGNORECASE)
OWN = {
    "components/digit_example_gen": "draws digits, whatever is asked of them",
    "components/digit_schema_gen": "is called after what is drawn",
    "pipeline/code/imports.py": "lists the packages, of which one is `digit`",
    "trainer/layers/normalization.py": "has an argument of Keras' layers, `mask`",
    "serving/collect.py": "labels of drawings, each with the rectangle around its ink",
    "vocabulary/boxes.py": "geometry that several tasks need",
    "vocabulary/ink.py": "the rectangle around ink, which several tasks need",
    "vocabulary/labels/": "formats of labels, whose rectangles they name",
    "vocabulary/features.py": "the names of the TF Object Detection API",
    "vocabulary/card.py": "the task of a model that was exported before there were tasks",
}
"""Files in which the words stand, and why."""
OTHERS = (
    r"DigitExampleGen|DigitSchemaGen|digit_example_gen|digit_schema_gen|digit-localizer",
    r"pad_to_bounding_box|bbox_artist|^bbox$|^read_mask$",  # TensorFlow, Matplotlib, Google
    r"task: \{kind: localization\}",  # an example of the config, in a message
)
"""Names that are not of a task."""


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name and every string but docstrings, and their lines."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(statement.value)
        for node in ast.walk(tree)
        if isinstance(node, documented)
        for statement in node.body
        if isinstance(statement, ast.Expr)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=text) | ast.Attribute(attr=text) | ast.arg(arg=text):
                yield node.lineno, text
            case ast.FunctionDef(name=text) | ast.ClassDef(name=text):
                yield node.lineno, text
            case ast.keyword(arg=str(text)) if text != "box":  # what Rich draws a table with
                yield node.value.lineno, text
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                yield node.lineno, text


def words_in(source: str) -> list[str]:
    found = []
    for line, text in texts(ast.parse(source)):
        rest = re.sub("|".join(OTHERS), "", text).replace("_", " ")
        if WORDS.search(rest):
            found.append(f"{line}: {text}")
    return found


@pytest.mark.parametrize("package", MACHINERY)
def test_the_machinery_names_no_words_of_a_task(package: str) -> None:
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(tuple(OWN)) and (words := words_in(path.read_text())):
            found[name] = words
    assert not found


@pytest.mark.parametrize(
    "source",
    ["predicted_digit = 3", "def draw(box): ...", "x.mean_iou", "f(mask=1)", "x = 'the box is'"],
)
def test_words_of_a_task_are_noticed(source: str) -> None:
    assert words_in(source)


def test_words_in_comments_and_docstrings_are_free() -> None:
    assert not words_in('"""Of a digit."""\nx = 1  # a box\n')
