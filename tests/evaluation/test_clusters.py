"""Clusters: by form where there are enough, else by glyph; and what that lets intervals claim."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow_model_analysis as tfma

from evaluation.clusters import MANY_FORMS, Clusters, claim, cluster_of, count_forms
from evaluation.options import EvaluationOptions
from evaluation.results import Evaluation, read_evaluation
from tests.evaluation.parrot import evaluate_parrots, random_rows

OPTIONS = EvaluationOptions(bars={"accuracy": 0.0}, margin=0.0, slices=["digit"])


def test_few_forms_leave_pictures_to_their_glyphs() -> None:
    sources, forms = [b"a", b"b", b"c"], [b"f", b"f", b"g"]
    assert cluster_of(sources, forms, all_forms=MANY_FORMS - 1) == sources
    assert cluster_of(sources, forms, all_forms=MANY_FORMS) == forms


def test_forms_are_not_counted_where_some_are_unknown() -> None:
    assert count_forms({b"f", b"g"}) == 2
    assert count_forms({b"f", b"g", b""}) == 0


def test_clusters_of_one_size_count_whole_and_uneven_ones_for_less() -> None:
    even, uneven = Clusters(), Clusters()
    even.pictures.update({b"a": 4, b"b": 4, b"c": 4})
    uneven.pictures.update({b"a": 10, b"b": 1, b"c": 1})
    assert even.sample == (12, 3)
    assert uneven.sample == pytest.approx((12, 144 / 102))


def test_sums_of_clusters_are_the_same_in_any_order() -> None:
    parts = [Clusters(), Clusters()]
    parts[0].pictures.update({b"a": 4, b"b": 1})
    parts[1].pictures.update({b"a": 2, b"c": 1})
    parts[1].forms.add(b"f")
    one = Clusters.joined(parts)
    assert one == Clusters.joined(parts[::-1])
    assert one.pictures == {b"a": 6, b"b": 1, b"c": 1}


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((2000, 258, 2), "by glyph: the 2,000 pictures are of 258 glyphs from 2 forms alone"),
        ((2000, 258, 49), "by glyph: the 2,000 pictures are of 258 glyphs from 49 forms alone"),
        ((2000, 258, 1), "from 1 form alone"),
        ((2000, 900, 50), "Intervals are by form: the 2,000 pictures are of 900 glyphs from 50"),
        (
            (2000, 1000, 0),
            "pictures are of 1,000 glyphs, whose writers are not all known",
        ),
        ((20, 20, 0), ""),
    ],
)
def test_what_intervals_claim_is_said(counts: tuple[int, int, int], sentence: str) -> None:
    text = claim(*counts)
    assert sentence in text
    assert bool(text) is bool(sentence)


def of_forms(folder: Path, forms: int) -> Evaluation:
    """Of 600 pictures of 200 glyphs, whose forms are all right or all wrong."""
    rows = random_rows(0, 600)
    form = np.arange(600) % 200 % forms
    rows[:, 5] = np.where(form % 4 == 0, (rows[:, 0] + 1) % 10, rows[:, 0])
    sources = {i: (f"glyph/{i % 200}", f"form/{form[i]}") for i in range(600)}
    return read_evaluation(evaluate_parrots(folder, {"candidate": rows}, OPTIONS, sources=sources))


@pytest.mark.slow
def test_many_forms_make_intervals_wider_than_glyphs_do(tmp_path: Path) -> None:
    widths = {}
    for forms in (MANY_FORMS - 10, MANY_FORMS):
        evaluation = of_forms(tmp_path / str(forms), forms)
        assert (evaluation.whole.sources, evaluation.whole.forms) == (200, forms)
        accuracy = evaluation.whole.metrics["candidate"]["accuracy"]
        assert accuracy.lower is not None
        assert accuracy.upper is not None
        widths[forms] = accuracy.upper - accuracy.lower
    by_glyph, by_form = widths.values()
    # Glyphs of a form are alike: 50 clusters say less than the 200 that they look like.
    assert by_form > 1.4 * by_glyph


@pytest.mark.slow
def test_tfma_s_files_hold_intervals_that_are_in_range_and_not_empty(tmp_path: Path) -> None:
    rows = random_rows(0, 40)
    rows[:, 5:10] = rows[:, 0:5]  # all right
    other = rows.copy()
    other[0, 5] += 1
    predictions = {"candidate": rows, "other": other}
    folder = evaluate_parrots(tmp_path, predictions, OPTIONS, baseline="candidate")
    seen = 0
    for model in predictions:
        for _, metrics in tfma.load_eval_result(folder, model_name=model).slicing_metrics:
            for name, value in metrics[""][""].items():
                if "boundedValue" not in value:
                    continue
                low, middle, high = (
                    float(value["boundedValue"].get(key, 0.0))
                    for key in ("lowerBound", "value", "upperBound")
                )
                lowest = -100.0 if name.endswith("_diff") else 0.0
                most = 100.0 if name.startswith("edge_error") else 1.0
                assert max(lowest, -most) <= low <= middle <= high <= most, name
                assert low < high, name
                seen += 1
    assert seen > 200
    whole = read_evaluation(folder).whole
    accuracy = whole.metrics["candidate"]["accuracy"]
    assert (accuracy.value, accuracy.upper) == (1.0, 1.0)
    assert accuracy.lower == pytest.approx(0.025 ** (1 / 40))
