"""TFMA's own views in a real browser that has no network."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from evaluation.options import EvaluationOptions
from pipeline.compare.tfma_page import as_tfma_page
from tests.browser import started
from tests.evaluation.parrot import evaluate_parrots, random_rows

OPTIONS = EvaluationOptions(
    bars={"accuracy": 0.0}, margin=0.0, slices=["digit", "size", "digit x size"]
)
TITLES = {
    "a": "2026-11-21, version 1",
    "b": "2026-11-22, version 2",
    "c": '<tfma-int64 data="1" onclick="0"><!--<script><img src="taken.png">, version 3',
}
"""The last of a folder whose name is written to be taken for something else."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    rows = {name: random_rows(0, 90) for name in TITLES}
    for share, name in enumerate(TITLES):
        rows[name][: 25 * share, 5] = rows[name][: 25 * share, 0]
    folder = evaluate_parrots(tmp_path_factory.mktemp("compared"), rows, OPTIONS, baseline="a")
    return as_tfma_page(folder, TITLES, title="Three </script> versions", back="compare.html")


def test_the_page_stands_alone_and_escapes_its_title(html: str) -> None:
    assert "Three &lt;/script&gt; versions" in html
    assert html.count("</script>") == html.count("<script") == 4


class Opened(NamedTuple):
    page: Any
    messages: list[str]
    asked: list[str]


@pytest.fixture(scope="module")
def opened(html: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    path = tmp_path_factory.mktemp("page") / "tfma.html"
    path.write_text(html)
    messages: list[str] = []
    asked: list[str] = []
    with started() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        yield Opened(page, messages, asked)
        assert messages == []
        assert {url for url in asked if not url.startswith("data:")} == {path.as_uri()}


def test_the_metrics_of_all_versions_are_drawn_and_in_a_table(opened: Opened) -> None:
    chart = opened.page.locator("#series tfma-line-chart svg")
    chart.locator("circle").nth(2).wait_for()
    assert chart.locator("circle").count() == 3
    assert "version 2" in chart.text_content()
    rows = opened.page.locator("#series tfma-metrics-table tbody tr")
    rows.nth(2).wait_for()
    assert rows.count() == 3
    assert rows.first.locator("tfma-bounded-value").count() > 10


def test_a_name_runs_and_loads_nothing(opened: Opened) -> None:
    named = opened.page.locator("#series tfma-metrics-table tbody tfma-int64")
    named.wait_for()
    assert named.get_attribute("onclick") is None
    # Nor is the picture asked for, see `opened`.
    assert opened.page.locator("img[src='taken.png']").count() == 0


def test_another_slice_is_drawn_when_it_is_chosen(opened: Opened) -> None:
    values = opened.page.locator("#series tfma-bounded-value").first
    whole = values.text_content()
    opened.page.locator("#slice").select_option("digit:3")
    opened.page.wait_for_function(
        "whole => document.querySelector('tfma-nb-time-series') && "
        "document.querySelector('tfma-nb-time-series').data[0].metrics[''][''].accuracy"
        ".boundedValue.value.toFixed(5) !== whole",
        arg=whole,
    )
    opened.page.locator("#slice").select_option("Overall")


def test_slices_have_columns_and_a_table_that_sorts(opened: Opened) -> None:
    opened.page.locator("#tab-slices").click()
    opened.page.locator("#slices tfma-slice-overview g[clip-path] rect").first.wait_for()
    opened.page.locator("#slicing").select_option("size")
    table = opened.page.locator("#slices tfma-metrics-table")
    table.locator("tbody tr", has_text="size:small").wait_for()
    table.get_by_role("columnheader", name="example_count", exact=True).click()
    assert table.locator("th[aria-sort=ascending]").text_content() == "example_count"
    shown = [int(cell.split()[0]) for cell in column(table, "example_count")]
    assert shown == sorted(shown)
    table.locator("tbody tr").first.click()
    assert "tr-sel" in table.locator("tbody tr").first.get_attribute("class")


def column(table: Any, title: str) -> list[str]:
    place = table.locator("th").all_text_contents().index(title)
    return [row.locator("td").nth(place).text_content() for row in table.locator("tbody tr").all()]


def test_the_histogram_of_slices_is_drawn(opened: Opened) -> None:
    opened.page.evaluate(
        "document.querySelector('tfma-nb-slicing-metrics').shadowRoot"
        ".querySelector('tfma-slicing-metrics-browser').shadowRoot"
        ".querySelector('tfma-graph-data-filter').chartType = 1"
    )
    histogram = opened.page.locator("#slices tfma-metrics-histogram #details")
    histogram.locator("g[clip-path] rect").first.wait_for()
    assert histogram.locator("g[clip-path] rect").count() == 10


def test_confusion_and_calibration_are_drawn(opened: Opened) -> None:
    opened.page.locator("#tab-plots").click()
    opened.page.locator("#plots tfma-calibration-plot circle").first.wait_for()
    opened.page.locator("#plots paper-tab", has_text="Multi-class Confusion Matrix").click()
    matrix = opened.page.locator("#plots tfma-multi-class-confusion-matrix-at-thresholds")
    matrix.locator(".cell:visible").first.wait_for()
    assert matrix.locator(".cell").count() > 100
