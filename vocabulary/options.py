"""How every group of options is declared: frozen, typed, and closed to unknown keys."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Options(BaseModel):
    """A group of options from the config; refuses unknown keys and wrong types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def in_order(value: tuple[float, float]) -> tuple[float, float]:
    """Refuses a range whose low end is above its high end."""
    low, high = value
    if low > high:
        raise ValueError(f"the low end {low:g} is above the high end {high:g}; swap them")
    return value


Fraction = Annotated[float, Field(ge=0, le=1)]
Range = Annotated[tuple[float, float], AfterValidator(in_order)]
FractionRange = Annotated[tuple[Fraction, Fraction], AfterValidator(in_order)]
