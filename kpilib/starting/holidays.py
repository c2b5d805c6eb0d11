"""The public holidays of France, with which a company's calendar begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

CALENDAR = "work_calendar.csv"
YEARS = range(2020, 2041)
FIXED = (
    (1, 1, "Jour de l'an"), (5, 1, "Fête du Travail"), (5, 8, "Victoire 1945"),
    (7, 14, "Fête nationale"), (8, 15, "Assomption"), (11, 1, "Toussaint"),
    (11, 11, "Armistice 1918"), (12, 25, "Noël"),
)  # fmt: skip
AFTER_EASTER = ((1, "Lundi de Pâques"), (39, "Ascension"), (50, "Lundi de Pentecôte"))


def calendar() -> str:
    """Return the table work_calendar as text, with the holidays alone."""
    days = sorted(holiday for year in YEARS for holiday in holidays(year))
    lines = (f"{day},true,{label}" for day, label in days)
    return "\n".join(["date,is_public_holiday,label", *lines]) + "\n"


def holidays(year: int) -> Iterator[tuple[date, str]]:
    """Yield the eleven public holidays of a year (code du travail, article L3133-1)."""
    yield from ((date(year, month, day), label) for month, day, label in FIXED)
    yield from ((easter(year) + timedelta(days=days), label) for days, label in AFTER_EASTER)


def easter(year: int) -> date:
    """Return Easter Sunday, by the rule of Meeus, Jones and Butcher."""
    century, rest = divmod(year, 100)
    golden, correction = year % 19, (century + 8) // 25
    epact = (19 * golden + century - century // 4 - (century - correction + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
