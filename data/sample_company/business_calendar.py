"""The days of the sample company: its period, French public holidays, the seasons of its trade."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from kpilib.starting.holidays import holidays

FIRST_DAY = date(2024, 9, 1)
LAST_DAY = date(2026, 10, 31)
ZONE = "Europe/Paris"

DAYS = np.arange(np.datetime64(FIRST_DAY), np.datetime64(LAST_DAY) + 1)
MIDNIGHT_AFTER = np.datetime64(LAST_DAY, "s") + np.timedelta64(1, "D")

# Demand of a B2B training company: budgets are spent from September to mid-December, nobody buys
# in August.
MONTH_DEMAND = (0.98, 1.0, 1.05, 0.95, 0.84, 0.93, 0.72, 0.5, 1.2, 1.24, 1.2, 1.1)
WEEKDAY_DEMAND = {
    "business": (1.22, 1.3, 1.14, 1.26, 0.98, 0.32, 0.38),
    "leisure": (0.95, 0.95, 1.0, 0.95, 0.95, 1.05, 1.2),
}
HOUR_DEMAND = {
    "business": (1, 1, 0, 0, 0, 1, 3, 8, 16, 24, 26, 22, 14, 16, 24, 25, 22, 17, 11, 8, 9, 9, 6, 3),
    "weekend": (3, 2, 1, 0, 0, 1, 2, 5, 9, 14, 18, 18, 13, 12, 14, 16, 17, 17, 16, 15, 17, 17, 12,
                6),
    "leisure": (5, 3, 1, 1, 1, 1, 3, 7, 8, 8, 8, 9, 14, 12, 9, 9, 10, 12, 15, 18, 24, 26, 20, 11),
}  # fmt: skip


HOLIDAYS = {day: label for year in (2024, 2025, 2026) for day, label in holidays(year)}


def work_calendar() -> dict[str, list]:
    """Return the table `work_calendar`: the three whole calendar years, one site."""
    days = np.arange(np.datetime64("2024-01-01"), np.datetime64("2027-01-01"))
    labels = [HOLIDAYS.get(day) for day in days.tolist()]
    return {
        "date": days,
        "site": ["siege"] * len(days),
        "is_public_holiday": [label is not None for label in labels],
        "label": labels,
    }


MONTHS = [day.replace(day=1) for day in DAYS.tolist() if day.day == 1]


def day_number(moments: np.ndarray) -> np.ndarray:
    """Return the place of each day or moment in `DAYS`."""
    return (moments.astype("datetime64[D]") - DAYS[0]).astype(int)


def at_hour(day: date | np.datetime64, hour: int) -> np.datetime64:
    """Return an hour of a day, local time."""
    return np.datetime64(day, "s") + hour * 3600


def last_day(month: np.datetime64) -> np.datetime64:
    """Return the last day of a month."""
    return (month.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1


def weekday(days: np.ndarray) -> np.ndarray:
    """Return 0 for Monday to 6 for Sunday."""
    return (days.astype("datetime64[D]").astype(int) + 3) % 7


def demand(profile: str = "business", seasonal: bool = True) -> np.ndarray:
    """Return the relative demand of each day of the period (about 1 on average)."""
    by_weekday = np.array(WEEKDAY_DEMAND[profile])[weekday(DAYS)]
    if not seasonal:
        return by_weekday
    month = DAYS.astype("datetime64[M]").astype(int) % 12
    day_of_month = (DAYS - DAYS.astype("datetime64[M]")).astype(int) + 1
    season = np.array(MONTH_DEMAND)[month]
    season = np.where((month == 11) & (day_of_month >= 19), 0.35, season)
    season = np.where((month == 11) & (day_of_month < 19), 1.5, season)
    season = np.where((month == 0) & (day_of_month <= 4), 0.45, season)
    season = np.where((month == 7) & (day_of_month >= 25), 0.8, season)
    if profile == "business":
        closed = np.isin(DAYS, np.array(sorted(HOLIDAYS), dtype="datetime64[D]"))
        season = np.where(closed, season * 0.35, season)
    return by_weekday * season


def workday_on_or_after(day: date) -> date:
    """Return the first day from `day` on that is neither at a weekend nor a public holiday."""
    while day.weekday() >= 5 or day in HOLIDAYS:
        day += timedelta(days=1)
    return day
