"""A value and its interval; apart from what reads them, which loads TensorFlow."""

from pydantic.dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A value, and the ends of its 95% confidence interval where it has one."""

    value: float
    lower: float | None = None
    upper: float | None = None
