"""The slices of the truth: the digit."""

from typing import Final

from digit.slices import cut, values

__all__ = ["CROSSES", "cut", "values"]

CROSSES: Final = ()
