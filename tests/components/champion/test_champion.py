"""Champion: which version it finds, what it copies, and what the cache is told of."""

import shutil
from pathlib import Path

import pytest
from tfx.orchestration.portable import data_types
from tfx.types import channel_utils, standard_artifacts

from components.champion.component import PASSED_OVER, Champion
from tests.vocabulary.tiny_model import cut, read_weight, save_stateless, save_tiny


@pytest.fixture
def candidate(tmp_path: Path) -> standard_artifacts.Model:
    """What the run has trained; its weight is 9."""
    artifact = standard_artifacts.Model()
    artifact.uri = str(tmp_path / "candidate")
    save_tiny(tmp_path / "candidate" / "Format-Serving", 9)
    return artifact


@pytest.fixture
def serving(tmp_path: Path) -> Path:
    """The push destination."""
    return tmp_path / "serving"


def crown(candidate: standard_artifacts.Model, serving: Path) -> tuple[int, float | None, str]:
    """The version that the executor found, the weight that it copied, what it passed over."""
    component = make(candidate, serving)
    champion = standard_artifacts.Model()
    champion.uri = str(serving.parent / "champion")
    Path(champion.uri).mkdir()
    component.executor_spec.executor_class().Do(
        {"candidate": [candidate]}, {"champion": [champion]}, dict(component.exec_properties)
    )
    version = champion.get_int_custom_property("version")
    passed_over = champion.get_string_custom_property(PASSED_OVER)
    told = ask_driver(candidate, serving)
    assert (told["version"], told[PASSED_OVER]) == (version, passed_over)
    model = Path(champion.uri) / "Format-Serving"
    if not model.exists():
        assert list(Path(champion.uri).iterdir()) == []
        return version, None, passed_over
    return version, read_weight(model), passed_over


def make(candidate: standard_artifacts.Model, serving: Path) -> Champion:
    return Champion(candidate=channel_utils.as_channel([candidate]), destination=str(serving))


def ask_driver(candidate: standard_artifacts.Model, serving: Path) -> dict[str, int | str]:
    """What the cache is told of."""
    component = make(candidate, serving)
    info = data_types.ExecutionInfo(
        input_dict={"candidate": [candidate]}, exec_properties=dict(component.exec_properties)
    )
    properties = component.driver_class(None).run(info).exec_properties
    return {name: getattr(v, v.WhichOneof("value")) for name, v in properties.items()}


def test_where_nothing_serves_the_champion_is_empty(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    assert crown(candidate, serving) == (0, None, "")


def test_an_empty_destination_has_no_champion(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    serving.mkdir()
    assert crown(candidate, serving) == (0, None, "")


def test_the_newest_version_is_the_champion(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    for version in (9, 10, 2):
        save_tiny(serving / str(version), version)
    assert crown(candidate, serving) == (10, 10, "")


def test_what_serves_is_the_champion_even_if_it_is_the_candidate(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    save_tiny(serving / "2", 2)
    shutil.copytree(f"{candidate.uri}/Format-Serving", serving / "3")
    assert crown(candidate, serving) == (3, 9, "")


def test_a_half_copied_version_is_no_champion(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    save_tiny(serving / "1", 1)
    (save_tiny(serving / "2", 2) / "saved_model.pb").unlink()
    assert crown(candidate, serving) == (1, 1, "")


def test_a_damaged_version_is_passed_over_with_a_sentence(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    save_tiny(serving / "1", 1)
    cut(save_tiny(serving / "2", 2) / "saved_model.pb")
    shutil.rmtree(save_tiny(serving / "3", 3) / "variables")
    assert crown(candidate, serving) == (
        1,
        1,
        "version 3 is passed over: variables/ is missing; "
        "version 2 is passed over: saved_model.pb cannot be read",
    )


def test_a_model_of_others_that_cannot_be_compared_with_is_passed_over(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    save_tiny(serving / "1", 1)
    save_stateless(serving / "2")
    save_tiny(serving / "3", 3, signature="predict")
    assert crown(candidate, serving) == (
        1,
        1,
        "version 3 is passed over: it has no signature serving_examples; "
        "version 2 is passed over: it has no variables/",
    )


def test_where_all_are_passed_over_there_is_no_champion(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    save_stateless(serving / "2")
    assert crown(candidate, serving) == (0, None, "version 2 is passed over: it has no variables/")


def test_the_copy_outlives_the_version(candidate: standard_artifacts.Model, serving: Path) -> None:
    save_tiny(serving / "1", 1)
    crown(candidate, serving)
    shutil.rmtree(serving / "1")
    assert read_weight(serving.parent / "champion" / "Format-Serving") == 1


def test_the_cache_sees_another_model_under_the_same_number(
    candidate: standard_artifacts.Model, serving: Path
) -> None:
    save_tiny(serving / "1", 1)
    before = ask_driver(candidate, serving)
    assert ask_driver(candidate, serving) == before
    save_tiny(serving / "1", 2)
    after = ask_driver(candidate, serving)
    assert after["version"] == before["version"]
    assert after != before
