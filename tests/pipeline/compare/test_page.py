"""The page of a comparison: what it says, draws and escapes."""

import math
import re

import cv2
import numpy as np

from evaluation.estimate import Estimate
from pipeline.compare.compare import Answer
from pipeline.compare.page import as_page
from tests.pipeline.compared import compared, comparison

COLUMNS = ("digit", "xmin", "ymin", "xmax", "ymax")
PNG = cv2.imencode(".png", np.zeros((75, 75), np.uint8))[1].tobytes()


def test_the_page_stands_alone_and_escapes_names() -> None:
    first, *others = (model.name for model in comparison().models)
    truth = dict(zip(COLUMNS, (3, 0.1, 0.1, 0.5, 0.5), strict=True))
    wrong = dict(zip(COLUMNS, (8, 0.2, 0.2, 0.1, 0.6), strict=True)) | {"confidence": 0.75}
    answer = Answer(
        png=PNG,
        truth=truth,
        predictions={first: wrong} | dict.fromkeys(others, truth | {"confidence": 0.9}),
        right={first: False} | dict.fromkeys(others, True),
    )
    page = as_page(compared(comparison(), [answer])).replace("\N{NO-BREAK SPACE}", " ")
    assert "folder &lt;3&gt;" in page
    assert "folder <3>" not in page
    assert not re.findall(r'(?:src|href)="https?://|<script', page)
    # Each of the others is right where the first, whose inverted box is not drawn, is wrong.
    assert page.count('rect class="truth"') == 2 * len(others)
    assert page.count('rect class="prediction"') == len(others)
    caption = "wrong: 8 (75%), truth 3, IoU 0.00</figcaption>"
    assert page.count(caption) == len(others)
    assert "right: 3 (90%), IoU 1.00" in page
    assert "Right means: digit right, IoU ≥ 0.5." in page
    assert "1 of 8 such pictures." in page
    assert page.count("There are none.") == len(others)


def test_one_picture_has_no_slices_to_compare() -> None:
    page = as_page(compared(comparison().model_copy(update={"slices": []})))
    assert "All pictures are in the same slices." in page


def test_what_a_model_was_not_measured_on_is_not_its_best() -> None:
    of = comparison()
    first, second, third = (model.name for model in of.models)
    accuracies = {first: Estimate(math.nan), second: Estimate(0.8), third: Estimate(0.7)}
    metrics = {name: of.whole.metrics[name] | {"accuracy": accuracies[name]} for name in accuracies}
    whole = of.whole.model_copy(update={"metrics": metrics})
    page = as_page(compared(of.model_copy(update={"whole": whole})))
    assert f"the best value is that of {second}" in page.replace("\N{NO-BREAK SPACE}", " ")
    nothing = dict.fromkeys(metrics, metrics[first])
    whole = of.whole.model_copy(update={"metrics": nothing})
    page = as_page(compared(of.model_copy(update={"whole": whole})))
    assert page.count("the best value is that of") == 1  # of the mean IoU


def test_every_slice_stands_side_by_side() -> None:
    page = as_page(compared(comparison()))
    assert "All 1 slices side by side" in page
    assert page.count("<td>0.9000 [0.8700, 0.9200]</td>") >= 6
    assert "+0.0200 [+0.0100, +0.0300]" in page


def test_slices_of_too_few_pictures_are_in_the_table_alone() -> None:
    few, enough = (as_page(compared(comparison(count=count))) for count in (49, 50))
    assert "No slice has the 50 pictures that it takes to tell a change from chance." in few
    assert "Differences in accuracy" not in few
    assert "All 1 slices side by side" in few
    assert "the 1 slices that changed most" in enough


def test_what_the_intervals_claim_is_said() -> None:
    assert "The pictures are of 2 forms." in as_page(compared(comparison()))
