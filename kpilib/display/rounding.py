"""How many decimals a figure deserves, and rounding as a reader expects it: half away from zero."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from numbers import Real
from typing import Any

NO_BREAK = "\u00a0"
MINUS = "\u2212"
MONEY = ("EUR", "EUR_per_lead")
WHOLE = ("count", "people", "seconds")  # counted one by one: a part of one is a mean
ALWAYS = {"pages": 2, "ratio": 2, "rank": 1, "pt": 1, "score": 1, "points": 0}  # decimals


def exact(value: Any) -> Decimal:
    """Return a figure with the decimal digits it is written with."""
    return value if isinstance(value, Decimal) else Decimal(repr(float(value)))


def quantize(value: Decimal, decimals: int) -> Decimal:
    """Round half away from zero."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def sign(rounded: Decimal, signed: bool) -> str:
    """Return the sign of a rounded figure; none for zero, so that there is no minus zero."""
    if rounded < 0:
        return MINUS
    return "+" if signed and rounded > 0 else ""


def suffix(text: str) -> str:
    """Return what follows the last digit: the unit and the space before it."""
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    tail = text[digits[-1] + 1 :] if digits else ""
    return f"{NO_BREAK}/{NO_BREAK}5" if text.endswith(f"{NO_BREAK}/{NO_BREAK}5") else tail


def as_read(value: Any, unit: str, decimals: int) -> Decimal:
    """Return the value as it will be read, in its own unit."""
    if unit == "rate":
        return quantize(exact(value) * 100, decimals) / 100
    return quantize(exact(value), decimals)


def precision(value: Any, unit: str) -> int:
    """Return how many decimals a figure deserves."""
    size = abs(exact(value))
    if unit == "rate":
        return rate_decimals(size * 100)
    if unit in ALWAYS:
        return ALWAYS[unit]
    if size >= 100 or (size == size.to_integral() and unit != "EUR_per_lead"):
        return 0
    if unit in MONEY:
        return 2
    return 1 if size >= 10 or unit in WHOLE else 2


def step(now: Any, then: Any, unit: str) -> Decimal | None:
    """Return the change as it can be worked out from the two figures as they are printed.

    None where it cannot: one is missing, or both read alike.
    """
    if not all(isinstance(each, Real) and math.isfinite(each) for each in (now, then)):
        return None
    printed = [as_read(each, unit, precision(each, unit)) for each in (now, then)]
    return printed[0] - printed[1] or None


def decimals_of(value: Decimal) -> int:
    """Return how many decimals a figure is written with, without zeros at the end."""
    return max(0, -int(value.normalize().as_tuple().exponent))


def needed(value: float, unit: str) -> int:
    """Return how many decimals write a round value in full."""
    decimals = 0
    while decimals < 4 and not math.isclose(
        float(as_read(value, unit, decimals)), value, rel_tol=1e-6, abs_tol=1e-9
    ):
        decimals += 1
    return decimals


def rate_decimals(percent: Decimal) -> int:
    """Return the decimals of a percentage: more for small ones, and near 100 but not there."""
    if percent in (0, 100) or percent >= 1000:
        return 0
    decimals = 1 if percent >= 1 else 2 if percent >= Decimal("0.01") else 3
    while decimals < 4 and quantize(percent, decimals) == 100:
        decimals += 1
    return decimals
