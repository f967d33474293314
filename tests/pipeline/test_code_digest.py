"""The cache sees code: a component's flag changes with the code that it runs."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tfx.dsl.components.base.base_component import BaseComponent

import trainer
from pipeline.code_digest import stamp_code
from pipeline.config import Config
from pipeline.dag import create_components

FLAG = "--code_digest="
OURS = {
    "DigitExampleGen",
    "DigitSchemaGen",
    "ExampleValidator",
    "Transform",
    "Tuner",
    "Incumbent",
    "Trainer",
    "Champion",
    "DistributionValidator",
    "Evaluator",
    "InfraValidator",
    "Pusher",
    "Report",
}
COPIED = ("trainer", "evaluation", "components", "vocabulary")


def digests(components: list[BaseComponent]) -> dict[str, str]:
    found = {}
    for component in components:
        stamp_code(component)
        flags = [f for f in component.executor_spec.extra_flags or [] if f.startswith(FLAG)]
        if flags:
            (found[component.id],) = flags
    return found


@pytest.fixture
def stamped(configure: Callable[..., Config]) -> Callable[[], dict[str, str]]:
    """Digests of a fresh DAG with all its components, by component."""
    config = configure("tuner.enabled=true", "training.warm_start=true", "splits.validation=10")
    return lambda: digests(
        create_components(config, serving_dir="/nowhere", checkpoint_dir="/nowhere")
    )


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the packages that imports find before the real ones."""
    root = Path(trainer.__file__).parents[1]
    for package in COPIED:
        shutil.copytree(root / package, tmp_path / package)
    modules = {name: module for name, module in sys.modules.items() if is_copied(name)}
    for name in modules:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if is_copied(name)]:
        del sys.modules[name]


def is_copied(module: str) -> bool:
    return module.partition(".")[0] in COPIED


def test_components_that_run_our_code_carry_a_digest_and_stock_ones_do_not(
    stamped: Callable[[], dict[str, str]],
) -> None:
    assert set(stamped()) == OURS


def test_same_code_has_the_same_digest(stamped: Callable[[], dict[str, str]]) -> None:
    assert stamped() == stamped()


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("trainer/losses.py", {"Trainer", "Transform", "Tuner", "Report"}),
        ("trainer/models/lab.py", {"Trainer", "Transform", "Tuner", "Report"}),
        ("evaluation/slices.py", {"Evaluator", "Report"}),
        ("components/report/predictions.py", {"Report"}),
        ("components/report/templates/style.css", {"Report"}),
        ("components/digit_schema_gen/schema.pbtxt", {"DigitSchemaGen"}),
        ("components/digit_example_gen/sources/uci.py", {"DigitExampleGen"}),
        ("vocabulary/boxes.py", OURS),
        ("trainer/README.md", set()),
    ],
)
def test_changed_file_changes_the_digest_of_those_that_run_it(
    file: str, changed: set[str], stamped: Callable[[], dict[str, str]], copy: Path
) -> None:
    (copy / file).touch()
    before = stamped()
    with (copy / file).open("a") as source:
        source.write("# changed\n")
    after = stamped()
    assert {name for name in OURS if before[name] != after[name]} == changed


def test_renamed_file_changes_the_digest(stamped: Callable[[], dict[str, str]], copy: Path) -> None:
    before = stamped()
    (copy / "trainer/models/lab.py").rename(copy / "trainer/models/labs.py")
    assert stamped()["Trainer"] != before["Trainer"]
