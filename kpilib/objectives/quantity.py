"""Numbers as people write targets, brought into the unit of their KPI; or the question to ask."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kpilib.errors import nearest

GAP = r"[ \u00a0\u202f]"  # the spaces that part thousands, and a number from its unit
NUMBER = re.compile(rf"\s*(?P<number>[+-]?\d+(?:{GAP}\d{{3}})*(?:\.\d+)?){GAP}*(?P<unit>\D*?)\s*")
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
        raise ValueError(f"{given!r} is not one number with its unit.{_comma(given)}")
    return float(re.sub(GAP, "", match["number"])), match["unit"].strip()


def _comma(given: str) -> str:
    if "," not in given:
        return ' Write a figure, such as 20 or "3.3 %".'
    point, none = given.replace(",", "."), given.replace(",", "")
    return f" Write {point.strip()!r} if the comma is a decimal one, else {none.strip()!r}."


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
        raise ValueError(f"no unit: of what? Write unit: {spelt(known)}.")
    raise ValueError(
        f"{word!r} is not a unit of this KPI.{nearest(word, known)} Write {spelt(known)}."
    )


def shown(value: float, unit: str, currency: str, word: str = "") -> str:
    """Return a figure as it would be written in a file: ``0.023`` of a rate is ``2.3 %``.

    Parameters
    ----------
    value : float
        In the KPI's own unit.
    unit, currency : str
        Of the KPI, and of the company.
    word : str
        The unit to write; by default the first that may be.
    """
    known = units_of(unit, currency)
    word = word if word in known else next(iter(known))
    number = format(round(value / known[word], 4), ".15g")
    return number if word in ("count", "fraction") else f"{number} {word}"


def spelt(units: Iterable[str]) -> str:
    """Return units as YAML wants them, for a message: a % stands in quotes."""
    return " or ".join('"%"' if unit == "%" else unit for unit in units)
