"""Whether this run's data is like the champion's: what DistributionValidator measured."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from components.report.figure import BLUE, FAINT, GREEN, ORANGE, Drawing
from components.report.sections.data import short_name
from vocabulary.document import Figure, Part, Section, Table, Words
from vocabulary.split_statistics import Anomalies, drift_rows, feature_of


class Distance(NamedTuple):
    """How far a feature has drifted, and how far is too far: divergences in [0, 1]."""

    value: float
    threshold: float


Distances = dict[tuple[str, str], Distance]
"""By feature and split."""
_MARKERS = ((BLUE, "o"), (GREEN, "s"), (FAINT, "^"))


def drift(anomalies: dict[str, Anomalies], names: Mapping[str, str], *, version: int) -> Section:
    """A sentence, a figure and a table; a sentence alone where there was nothing to compare with.

    `anomalies` are by split, with what was measured, and empty where nothing was compared; `names`
    as for `data`; `version` is the champion's, 0 where no version serves.
    """
    if not version:
        reason = "There is no champion to compare the data with: no version served before this run."
        return Section("drift", "Drift", [Words(reason)])
    if not anomalies:
        reason = f"Version {version} carries no statistics of its data: nothing to compare with."
        return Section("drift", "Drift", [Words(reason)])
    distances = measure(anomalies, names)
    rows = [
        (split, short_name(feature, names), why) for split, feature, why in drift_rows(anomalies)
    ]
    features = ", ".join(dict.fromkeys(feature for _, feature, _ in rows))
    conclusion = (
        f"The data has drifted from that of version {version} in {features}."
        if rows
        else f"The data is like that of version {version}: no feature has drifted."
    )
    parts: list[Part] = [Words(conclusion, "bad" if rows else "good")]
    if distances:
        parts.append(_figure(distances, version))
    if rows:
        parts.append(Table(("split", "feature", "anomaly"), rows, numeric=False))
    return Section("drift", "Drift", parts)


def measure(anomalies: dict[str, Anomalies], names: Mapping[str, str]) -> Distances:
    """The Jensen-Shannon divergence of each feature in each split, and its threshold."""
    return {
        (short_name(feature_of(info), names), split): Distance(measured.value, measured.threshold)
        for split, one in anomalies.items()
        for info in one.drift_skew_info
        for measured in info.drift_measurements
    }


def _figure(distances: Distances, version: int) -> Figure:
    features = list(dict.fromkeys(feature for feature, _ in distances))
    splits = list(dict.fromkeys(split for _, split in distances))
    with Drawing("drift", 4.3, 1.0 + 0.27 * len(features)) as drawing:
        (axes,) = drawing.axes()
        limits = [
            max(distances[f, s].threshold for s in splits if (f, s) in distances) for f in features
        ]
        axes.plot(
            limits, np.arange(len(features)), color=ORANGE, marker="|", markersize=12,
            markeredgewidth=2.5, linestyle="", label="threshold",
        )  # fmt: skip
        for index, split in enumerate(splits):
            colour, marker = _MARKERS[index % len(_MARKERS)]
            rows = [row for row, f in enumerate(features) if (f, split) in distances]
            values = [distances[features[row], split].value for row in rows]
            places = np.array(rows) + 0.3 * (index - (len(splits) - 1) / 2)
            axes.plot(values, places, color=colour, marker=marker, linestyle="", label=split)
        axes.set_yticks(range(len(features)), features)
        axes.set(xlabel="Jensen-Shannon divergence")
        axes.set_xlim(left=-0.005)
        axes.set_ylim(len(features) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        drawing.figure.legend(loc="outside upper right", ncols=len(splits) + 1)
        return drawing.finish(_caption(distances, version))


def _caption(distances: Distances, version: int) -> str:
    (feature, split), farthest = max(distances.items(), key=lambda one: one[1].value)
    return (
        f"The distance of each feature from the data of version {version} in the same split: at 0 "
        "the distributions are equal, at 1 they have nothing in common. The farthest is "
        f"{feature} of {split}: {farthest.value:.3f}, with a threshold of {farthest.threshold:g}."
    )
