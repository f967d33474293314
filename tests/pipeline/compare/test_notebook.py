"""The notebook on three versions: its cells run in order on what `digits compare` keeps."""

import json
from pathlib import Path

import pytest
import tensorflow_model_analysis as tfma

from tests.pipeline.digits_process import Ended, digits, run_pipeline
from tests.pipeline.small_run import SmallRun

NOTEBOOK = Path(__file__).parents[3] / "notebooks" / "compare_in_tfma.ipynb"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:label\\(\\) is deprecated"),  # of protobuf, by TFMA
]


@pytest.fixture(scope="module")
def compared(longer_run: SmallRun, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Three versions on the same pictures."""
    workspace = longer_run.copy(tmp_path_factory.mktemp("three"))
    run_pipeline(workspace, "training.epochs=3", "evaluation.bars.accuracy=1.0")
    output = workspace.parent / "compared"
    ended = digits("compare", "--runs", "--output", str(output), "--json", workspace=workspace)
    assert ended.code == 0, ended.stderr
    return ended


def folder_of(compared: Ended) -> Path:
    return Path(json.loads(compared.stdout)["result"])


def test_all_models_are_compared_and_the_result_is_kept(compared: Ended) -> None:
    told, folder = json.loads(compared.stdout), folder_of(compared)
    assert len(told["models"]) == 3
    assert told["models"][0]["title"].startswith("version of ")
    assert [one["origin"]["run_id"] for one in told["models"]] == sorted(
        one["origin"]["run_id"] for one in told["models"]
    )
    assert {"compare.html", "compare-tfma.html", "eval_config.json"} <= {
        path.name for path in folder.iterdir()
    }
    results = tfma.load_eval_results(str(folder)).get_results()
    assert {Path(one.model_location).name for one in results} == {
        *(one["name"].split()[1] for one in told["models"])
    }


def test_the_page_says_what_differs(compared: Ended) -> None:
    page = (folder_of(compared) / "compare.html").read_text()
    assert "training.epochs" in page
    assert 'href="compare-tfma.html"' in page
    assert "(3 epochs)" in page


def test_the_cells_run(
    compared: Ended, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder_of(compared).parent)
    names: dict[str, object] = {}
    for cell in json.loads(NOTEBOOK.read_text())["cells"]:
        assert not cell.get("outputs")
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), str(NOTEBOOK), "exec"), names)
    printed = capsys.readouterr().out
    assert (printed.count(" valid\n"), printed.count(" not valid\n")) == (3, 1)
    assert "below the bar of 1" in printed
