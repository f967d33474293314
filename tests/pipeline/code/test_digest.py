"""The cache sees code: a component's flag changes with the code that it runs."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tfx.dsl.components.base.base_component import BaseComponent

import trainer
from pipeline.code import distributions, imports
from pipeline.code.digest import stamp_code
from pipeline.config.config import Config
from pipeline.dag import create_components

FLAG = "--code_digest="
Stamped = Callable[[], dict[str, str]]
COPIED = ("trainer", "evaluation", "components", "vocabulary", "serving", "tasks", "digit")
TRAINING = {"Trainer", "Tuner"}


def digests(components: list[BaseComponent]) -> dict[str, str]:
    found = {}
    for component in components:
        stamp_code(component, "localization")
        flags = [f for f in component.executor_spec.extra_flags or [] if f.startswith(FLAG)]
        if flags:
            (found[component.id],) = flags
    return found


@pytest.fixture
def stamped(configure: Callable[..., Config]) -> Stamped:
    """Digests of a fresh DAG with all its components, by component."""
    config = configure(
        "tuner.enabled=true", "training.warm_start=true", "splits.validation=10",
        'bulk_inference=["eval"]',
    )  # fmt: skip
    return lambda: digests(
        create_components(config, serving_dir="/nowhere", checkpoint_dir="/nowhere")
    )


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packages whose source is read in place of the real ones."""
    root = Path(trainer.__file__).parents[1]
    for package in COPIED:
        shutil.copytree(root / package, tmp_path / package)
    monkeypatch.setattr(
        imports, "_folder", lambda parts: (tmp_path if parts[0] in COPIED else root) / parts[0]
    )
    return tmp_path


def test_every_component_carries_a_digest(stamped: Stamped) -> None:
    assert {"DigitExampleGen", "StatisticsGen", "BulkInferrer", "Report"} <= set(stamped())
    assert len(stamped()) == 15


def test_same_code_has_the_same_digest(stamped: Stamped) -> None:
    assert stamped() == stamped()


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("tasks/localization/losses.py", {*TRAINING, "Report"}),
        ("tasks/localization/networks/lab.py", TRAINING),
        ("tasks/localization/layers/glimpse.py", {*TRAINING, "Report"}),
        ("tasks/localization/targets.py", {*TRAINING, "Transform", "Report"}),
        ("trainer/training.py", TRAINING),
        ("trainer/preprocessing.py", {*TRAINING, "Transform"}),
        ("evaluation/slices.py", {"Evaluator"}),
        ("tasks/localization/report.py", {"Report"}),
        ("components/report/templates/style.css", {"Report"}),
        ("components/digit_schema_gen/schema.pbtxt", {"DigitSchemaGen"}),
        ("components/digit_example_gen/sources/uci.py", {"DigitExampleGen"}),
        # The server, which InfraValidator starts, writes labels as the source `folder` reads them.
        ("vocabulary/labels/yolo.py", {"DigitExampleGen", "InfraValidator"}),
        ("components/champion/component.py", {"Champion", "Incumbent"}),
        ("serving/manager.py", {"InfraValidator"}),
        ("tasks/localization/answers.py", {"Trainer", "InfraValidator", "Evaluator"}),
        ("serving/predict.py", set()),
        ("tasks/localization/predictions.py", {"InfraValidator"}),  # whose server finds digits
        ("trainer/README.md", set()),
    ],
)
def test_changed_file_changes_the_digest_of_those_that_run_it(
    file: str, changed: set[str], stamped: Stamped, copy: Path
) -> None:
    (copy / file).touch()
    assert changed_by(lambda: append(copy / file, "\nCHANGED = 1\n"), stamped) == changed


def test_a_file_that_all_stand_on_changes_all_but_those_of_tfx(
    stamped: Stamped, copy: Path
) -> None:
    changed = changed_by(lambda: append(copy / "components/__init__.py", "\nX = 1\n"), stamped)
    tfx = {"StatisticsGen", "Transform", "Trainer", "Tuner", "BulkInferrer"}
    assert changed == set(stamped()) - tfx


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"""Of one."""\nX = 1\n', '"""Of one thing."""\n\n# One.\nX = (\n    1\n)\n'),
        ("def f():\n    'One.'\n    return 1\n", "def f():\n    return 1  # one\n"),
    ],
)
def test_what_is_said_to_readers_changes_nothing(
    before: str, after: str, stamped: Stamped, copy: Path
) -> None:
    losses = copy / "tasks/localization/losses.py"
    rest = losses.read_text()
    losses.write_text(before + rest)
    assert changed_by(lambda: losses.write_text(after + rest), stamped) == set()


def test_renamed_file_changes_the_digest(stamped: Stamped, copy: Path) -> None:
    networks = copy / "tasks/localization/networks"
    renamed = changed_by(lambda: (networks / "lab.py").rename(networks / "labs.py"), stamped)
    assert renamed == TRAINING


def test_a_module_that_is_only_imported_within_a_function_counts(
    stamped: Stamped, copy: Path
) -> None:
    append(
        copy / "tasks/localization/losses.py",
        "\ndef late():\n    from evaluation import jackknife\n",
    )
    changed = changed_by(lambda: append(copy / "evaluation/jackknife.py", "\nX = 1\n"), stamped)
    assert changed == {*TRAINING, "Evaluator", "Report"}


@pytest.mark.parametrize(
    ("library", "changed"),
    [
        ("tensorflow", None),
        ("absl-py", None),  # only tensorflow and the like require it
        # mlxtend requires it; and what is found by a server can be drawn
        ("matplotlib", {"DigitExampleGen", "InfraValidator", "Report"}),
        ("uvicorn", {"InfraValidator"}),
        ("ruff", set()),
    ],
)
def test_another_version_of_a_library_changes_the_digest_of_those_that_stand_on_it(
    library: str, changed: set[str] | None, stamped: Stamped, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = distributions._installed()
    assert library in installed

    def upgrade() -> None:
        other = {**installed, library: ("999.0", installed[library][1])}
        monkeypatch.setattr(distributions, "_installed", lambda: other)

    everything = set(stamped())
    assert changed_by(upgrade, stamped) == (everything if changed is None else changed)


def changed_by(change: Callable[[], object], stamped: Stamped) -> set[str]:
    before = stamped()
    change()
    after = stamped()
    return {name for name in before if before[name] != after[name]}


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)
