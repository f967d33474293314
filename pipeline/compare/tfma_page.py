"""TFMA's own views of a comparison as one page that works without a network and without a notebook.

TFMA's wheel carries its web components, which draw with Google Charts, a script that is loaded from
Google's servers. `widgets/charts.js` stands in for it; the page holds that, the components, and the
data that `tfma.view` would hand to a notebook.
"""

import json
from pathlib import Path
from typing import Any

import jinja2
import tensorflow_model_analysis as tfma
from markupsafe import Markup
from tensorflow_model_analysis.slicer import slicer_lib
from tensorflow_model_analysis.view import util
from tensorflow_model_analysis.view.view_types import EvalResult

_COMPONENTS = Path(tfma.__file__).parent / "static" / "vulcanized_tfma.js"
_WIDGETS = Path(__file__).parent / "widgets"


def as_tfma_page(folder: str, titles: dict[str, str], *, title: str, back: str) -> str:
    """Self-contained HTML.

    Args:
        folder: of the evaluation, as TFMA wrote it.
        titles: how each model is called on the page, by its name in the evaluation, in order.
        title: of the page.
        back: a link to where readers come from.
    """
    results = {name: tfma.load_eval_result(folder, model_name=name) for name in titles}
    first = next(iter(results.values()))
    data = {
        "models": [_model(titles[name], result) for name, result in results.items()],
        "config": util.get_slicing_config(first.config),
        "plots": _has_plots(first),
    }
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_WIDGETS), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("page.html").render(
        title=title,
        back=back,
        # So that no text in it ends the script, or begins a comment.
        results=Markup(json.dumps(data).replace("<", "\\u003c")),
        charts=Markup((_WIDGETS / "charts.js").read_text()),
        components=Markup(_COMPONENTS.read_text()),
        view=Markup((_WIDGETS / "view.js").read_text()),
    )


def _model(title: str, result: EvalResult) -> dict[str, Any]:
    """What the views of one model need: its metrics by slice, and its plots on all pictures."""
    slices = {slicer_lib.stringify_slice_key(key): of for key, of in result.slicing_metrics}
    of_model = {
        "name": title,
        "data": Path(result.data_location).name,
        "slices": {name: slices[name] for name in sorted(slices, key=_place)},
    }
    if _has_plots(result):
        data, config = util.get_plot_data_and_config(result.plots, slicer_lib.SingleSliceSpec())
        of_model["plots"] = {"data": data, "config": config}
    return of_model


def _has_plots(result: EvalResult) -> bool:
    """Without any, TFMA has a slice with nothing in it."""
    return any(of for _, of in result.plots)


def _place(name: str) -> tuple[int, str]:
    """The whole first, then slices, then crosses."""
    return (0 if name == slicer_lib.OVERALL_SLICE_NAME else 1 + name.count("_X_"), name)
