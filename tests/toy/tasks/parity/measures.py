"""Whether the answer is right."""

import numpy as np

from vocabulary import features

TRUTH = {"odd": "int64"}
PREDICTION = {"odd": "int64"}


def read_truth(known, *, frames):
    return {"odd": np.ravel(known[features.LABEL]).astype(np.int64) % 2}


def read_predictions(outputs):
    return {"odd": (np.ravel(outputs["odd"]) >= 0.5).astype(np.int64)}


def measure(truth, predictions, *, classes):
    return {"right": (truth["odd"] == predictions["odd"]).astype(np.float64)}
