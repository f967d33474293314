"""Champion: which version it finds, and what it copies."""

from pathlib import Path

import pytest
from tfx.orchestration.portable import data_types
from tfx.types import channel_utils, standard_artifacts

from components.champion.component import Champion


def save_model(folder: Path, weights: str) -> None:
    """The files of a SavedModel, told apart by their weights."""
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pb").write_text("graph")
    (folder / "variables" / "variables.data-00000-of-00001").write_text(weights)


@pytest.fixture
def candidate(tmp_path: Path) -> standard_artifacts.Model:
    """What the run has trained; its weights are "new"."""
    artifact = standard_artifacts.Model()
    artifact.uri = str(tmp_path / "candidate")
    save_model(tmp_path / "candidate" / "Format-Serving", "new")
    return artifact


@pytest.fixture
def serving(tmp_path: Path) -> Path:
    """The push destination."""
    return tmp_path / "serving"


def crown(candidate: standard_artifacts.Model, serving: Path) -> tuple[int, str | None]:
    """The version that the executor found, and the weights that it copied."""
    component = Champion(candidate=channel_utils.as_channel([candidate]), destination=str(serving))
    champion = standard_artifacts.Model()
    champion.uri = str(serving.parent / "champion")
    Path(champion.uri).mkdir()
    component.executor_spec.executor_class().Do(
        {"candidate": [candidate]}, {"champion": [champion]}, dict(component.exec_properties)
    )
    version = champion.get_int_custom_property("version")
    assert version == ask_driver(component, candidate)
    model = Path(champion.uri) / "Format-Serving"
    if not model.exists():
        assert list(Path(champion.uri).iterdir()) == []
        return version, None
    assert (model / "saved_model.pb").read_text() == "graph"
    return version, (model / "variables" / "variables.data-00000-of-00001").read_text()


def ask_driver(component: Champion, candidate: standard_artifacts.Model) -> int:
    """The version that the cache is told of."""
    info = data_types.ExecutionInfo(
        input_dict={"candidate": [candidate]}, exec_properties=dict(component.exec_properties)
    )
    return component.driver_class(None).run(info).exec_properties["version"].int_value


def test_where_nothing_serves_the_champion_is_empty(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    assert crown(candidate, serving) == (0, None)


def test_an_empty_destination_has_no_champion(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    serving.mkdir()
    assert crown(candidate, serving) == (0, None)


def test_the_newest_version_is_the_champion(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    for version, weights in (("9", "nine"), ("10", "ten"), ("2", "two")):
        save_model(serving / version, weights)
    assert crown(candidate, serving) == (10, "ten")


def test_the_candidate_itself_is_no_champion(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    for version, weights in (("1", "one"), ("2", "two"), ("3", "new")):
        save_model(serving / version, weights)
    assert crown(candidate, serving) == (2, "two")


def test_the_candidate_pushed_twice_is_still_no_champion(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    for version, weights in (("1", "one"), ("2", "new"), ("3", "new")):
        save_model(serving / version, weights)
    assert crown(candidate, serving) == (1, "one")


def test_where_the_candidate_alone_serves_there_is_no_champion(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    save_model(serving / "1", "new")
    assert crown(candidate, serving) == (0, None)


def test_a_half_copied_version_is_no_champion(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    save_model(serving / "1", "one")
    save_model(serving / "2", "two")
    (serving / "2" / "saved_model.pb").unlink()
    assert crown(candidate, serving) == (1, "one")


def test_the_copy_outlives_the_version(candidate: standard_artifacts.Model, serving: Path) -> None:
    save_model(serving / "1", "one")
    crown(candidate, serving)
    (serving / "1" / "saved_model.pb").write_text("changed")
    copy = serving.parent / "champion" / "Format-Serving" / "saved_model.pb"
    assert copy.read_text() == "graph"
