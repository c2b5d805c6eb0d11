"""Numbers as people write targets, brought into the unit of their KPI; or the question to ask."""

from __future__ import annotations

import re

from kpilib.errors import listed

NUMBER = re.compile(r"\s*(?P<number>[+-]?\d+(?:[  ]\d{3})*(?:\.\d+)?)[  ]*(?P<unit>\D*?)\s*")
# Unit of a KPI to what may be written, and by how much that is multiplied.
WRITTEN: dict[str, dict[str, float]] = {
    "rate": {"%": 0.01, "fraction": 1.0},
    "seconds": {"s": 1.0, "min": 60.0, "h": 3600.0},
    "minutes": {"min": 1.0, "h": 60.0},
    "hours": {"h": 1.0, "min": 1 / 60, "d": 24.0},
    "days": {"d": 1.0, "h": 1 / 24},
    "count": {"count": 1.0},
    "EUR_per_lead": {},
}
MONEY = ("EUR", "EUR_per_lead")


def units_of(unit: str, currency: str) -> dict[str, float]:
    """Return the units that a target may be written in, and their factors.

    Parameters
    ----------
    unit : str
        The KPI's.
    currency : str
        The company's.
    """
    if unit in MONEY:
        return {currency: 1.0}
    return WRITTEN.get(unit) or {unit: 1.0}


def read(given: float | str) -> tuple[float, str]:
    """Return a number and the unit written beside it, empty if there is none.

    Raises
    ------
    ValueError
        It is not one number; a comma is never guessed at.
    """
    if not isinstance(given, str):
        return float(given), ""
    match = NUMBER.fullmatch(given)
    if match is None:
        hint = " Write decimals with a point, thousands without a sign." if "," in given else ""
        raise ValueError(f"{given!r} is not a number with its unit.{hint}")
    return float(re.sub(r"[  ]", "", match["number"])), match["unit"].strip()


def factor(word: str, unit: str, currency: str) -> float:
    """Return by how much a number in a written unit is multiplied.

    Raises
    ------
    ValueError
        The unit is not one of the KPI's; or there is none, and it must be asked for.
    """
    known = units_of(unit, currency)
    if word in known:
        return known[word]
    if not word:
        raise ValueError(f"no unit: of what? Write unit: {listed(known, 'or')}.")
    raise ValueError(f"{word!r} is not a unit of this KPI. Write {listed(known, 'or')}.")
