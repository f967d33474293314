"""Whether this run's data is like the champion's: what DistributionValidator measured."""

import numpy as np

from components.report.document import Figure, Part, Section, Table, Words
from components.report.figures.canvas import BLUE, FAINT, GREEN, ORANGE, Canvas
from components.report.sections.data import Anomalies

Measured = dict[tuple[str, str], tuple[float, float]]
"""By feature and split: how far it has drifted, and what is too far."""
_MARKS = ((BLUE, "o"), (GREEN, "s"), (FAINT, "^"))


def drift(found: dict[str, Anomalies], *, version: int) -> Section:
    """A sentence, a figure and a table; words alone where there was nothing to compare with.

    Args:
        found: by split, what was measured; empty where nothing was compared.
        version: the champion's, 0 where nothing served.
    """
    if not version:
        said = "Nothing served when this run began: there is no champion to compare the data with."
        return Section("drift", "Drift", [Words(said)])
    if not found:
        said = f"Version {version} carries no statistics of its data: nothing to compare with."
        return Section("drift", "Drift", [Words(said)])
    measured = measure(found)
    wrong = [
        (split, _short(".".join(info.path.step)), info.reason[0].description)
        for split, one in found.items()
        for _, info in sorted(one.anomaly_info.items())
    ]
    far = ", ".join(dict.fromkeys(feature for _, feature, _ in wrong))
    said = (
        f"The data has drifted from version {version}'s in {far}."
        if wrong
        else f"The data is like version {version}'s: no feature has drifted."
    )
    parts: list[Part] = [Words(said, "bad" if wrong else "good")]
    if measured:
        parts.append(_figure(measured, version))
    if wrong:
        parts.append(Table(("split", "feature", "what is wrong"), wrong, numeric=False))
    return Section("drift", "Drift", parts)


def measure(found: dict[str, Anomalies]) -> Measured:
    """The Jensen-Shannon divergence of each feature in each split, in [0, 1], and its threshold."""
    return {
        (_short("/".join(info.path.step)), split): (measured.value, measured.threshold)
        for split, one in found.items()
        for info in one.drift_skew_info
        for measured in info.drift_measurements
    }


def _short(feature: str) -> str:
    return {"label": "digit"}.get(name := feature.rpartition("/")[2], name)


def _figure(measured: Measured, version: int) -> Figure:
    features = list(dict.fromkeys(feature for feature, _ in measured))
    splits = list(dict.fromkeys(split for _, split in measured))
    with Canvas("drift", 4.3, 1.0 + 0.27 * len(features)) as canvas:
        (axes,) = canvas.axes()
        limits = [max(measured[f, s][1] for s in splits if (f, s) in measured) for f in features]
        axes.plot(
            limits, np.arange(len(features)), color=ORANGE, marker="|", markersize=12,
            markeredgewidth=2.5, linestyle="", label="too far",
        )  # fmt: skip
        for index, split in enumerate(splits):
            colour, marker = _MARKS[index % len(_MARKS)]
            rows = [row for row, f in enumerate(features) if (f, split) in measured]
            values = [measured[features[row], split][0] for row in rows]
            shift = 0.3 * (index - (len(splits) - 1) / 2)
            axes.plot(
                values,
                np.array(rows) + shift,
                color=colour,
                marker=marker,
                linestyle="",
                label=split,
            )
        axes.set_yticks(range(len(features)), features)
        axes.set(xlabel="Jensen-Shannon divergence")
        axes.set_xlim(left=-0.005)
        axes.set_ylim(len(features) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        canvas.figure.legend(loc="outside upper right", ncols=len(splits) + 1)
        (feature, split), (value, limit) = max(measured.items(), key=lambda one: one[1][0])
        return canvas.finish(
            f"How far each feature is from version {version}'s data in the same split: at 0 they "
            "are alike, at 1 they have nothing in common. The "
            f"farthest is {feature} of {split}: {value:.3f}, where {limit:g} is too far."
        )
