"""Rows beside the splits come back as they were written, wherever they are."""

from pathlib import Path
from typing import NamedTuple

import pytest

from vocabulary.beside_splits import read_rows, write_rows


class Row(NamedTuple):
    name: str
    count: int
    first: tuple[str, ...]


@pytest.mark.parametrize("rows", [[], [Row("a", 1, ()), Row("ü", 2, ("x", "y"))]])
def test_rows_are_read_as_they_were_written(rows: list[Row], tmp_path: Path) -> None:
    name = f"{len(rows)}.json"  # TensorFlow's file system in memory appends to a file that is there
    for folder in (str(tmp_path), "ram://beside-splits"):
        write_rows(folder, name, rows)
        assert read_rows(folder, name, Row) == rows


def test_there_are_none_where_there_is_no_file(tmp_path: Path) -> None:
    assert read_rows(str(tmp_path), "rows.json", Row) == []
