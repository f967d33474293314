"""The splits that the pipeline knows by name; a config may have more."""

from typing import Final

TRAIN: Final = "train"
EVAL: Final = "eval"
"""The split that judges, and chooses nothing."""
VALIDATION: Final = "validation"
"""The split that early stopping and the search for hyperparameters choose by."""
