"""The slices of the truth: the digit."""

from typing import Final

from digit.slices import VALUES, cut

__all__ = ["CROSSES", "VALUES", "cut"]

CROSSES: Final = ()
