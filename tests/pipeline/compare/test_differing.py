"""What differs between models: facts and settings, and how people call them."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.compare.differing import differences, section
from pipeline.compare.models import Model, _titled
from pipeline.compare.origins import Origin
from vocabulary.document import Table, Words
from vocabulary.task.options import TaskBase


def model(name: str, *, epochs: int | None = 2, **over: Any) -> Model:
    origin = Origin(
        run_id="20261120-142900",
        trained=datetime(2026, 11, 20, 14, 29),
        seconds=61.0,
        data="examples of run 1",
        code="abc",
        config={"training": {"epochs": epochs, "batch_size": 64}, "seed": 1},
    ).model_copy(update=over)
    return Model(
        name=name, title=origin.title("version"), folder=Path(name), parameters=5, bytes=1,
        task=TaskBase(kind="localization"), origin=origin,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("epochs", "title"),
    [
        (2, "version of 20 Nov 14:29 (2 epochs)"),
        (1, "version of 20 Nov 14:29 (1 epoch)"),
        (None, "version of 20 Nov 14:29"),
    ],
)
def test_a_version_is_called_by_its_date_and_epochs(epochs: int | None, title: str) -> None:
    assert model("version 1", epochs=epochs).title == title


def test_a_title_of_two_models_has_the_name_beside_it() -> None:
    twins = _titled([model("version 1"), model("version 2"), model("version 3", epochs=3)])
    assert [one.title for one in twins] == [
        "version of 20 Nov 14:29 (2 epochs), version 1",
        "version of 20 Nov 14:29 (2 epochs), version 2",
        "version of 20 Nov 14:29 (3 epochs)",
    ]


def test_only_what_differs_is_told() -> None:
    models = [model("version 1"), model("version 2", epochs=3, seconds=90.0)]
    assert differences(models) == {
        "model": ["version 1", "version 2"],
        "training took": ["61 s", "90 s"],
        "training.epochs": ["2", "3"],
    }
    words, table = section(models).parts
    assert isinstance(words, Words)
    assert words.text == "The same for all: data, code, parameters."
    assert isinstance(table, Table)
    assert table.rows[-1] == ("training.epochs", "2", "3")


def test_a_model_from_elsewhere_is_named() -> None:
    stranger = model("mine").model_copy(update={"origin": None, "title": "mine"})
    words, table = section([model("version 1"), stranger]).parts
    assert isinstance(words, Words)
    assert words.text == "This workspace does not know where mine came from."
    assert isinstance(table, Table)
    assert ("code", "abc", "unknown") in table.rows
