"""What a labelled picture must hold: one object at most, a digit."""

from typing import Final

from digit.examples import DENSE_LABEL, LABEL, why_unusable
from vocabulary import features

__all__ = ["DRIFT", "SCHEMA", "why_unusable"]

SCHEMA: Final = f'{LABEL}\ntensor_representation_group {{ key: "" value {{ {DENSE_LABEL} }} }}'
"""A picture without a digit is filled in with `digit.examples.NO_DIGIT`."""
DRIFT: Final = {"digit": features.LABEL}
