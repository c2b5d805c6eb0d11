"""Absences of the staff: leave, sickness in its season, a few rare kinds."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from .business_calendar import HOLIDAYS, LAST_DAY
from .people import LEAVING_TEAM, UNREST_FROM, State, days_employed

SICK_MONTH = (1.6, 1.5, 1.2, 0.9, 0.8, 0.7, 0.55, 0.5, 0.9, 1.1, 1.2, 1.35)
SPELLS_A_YEAR = 2.3
LEAVE_WINDOWS = (  # (month, first day, last day, chance of a leave, possible lengths in days)
    (2, 8, 22, 0.45, (5,)),
    (4, 10, 25, 0.5, (5, 5, 12)),
    (5, 2, 26, 0.55, (1, 2, 3)),
    (7, 6, 24, 0.45, (12, 19)),
    (8, 1, 10, 0.72, (14, 19, 21)),
    (10, 19, 30, 0.4, (5,)),
    (12, 21, 27, 0.8, (5, 10)),
)


def absences_table(rng: np.random.Generator, states: list[State]) -> dict[str, list]:
    """Return the columns of `absences`; spells of one person never overlap."""
    rows = []
    for employee_id, days in days_employed(states).items():
        if days[0][1].contract_kind in ("intern", "temp"):
            continue
        taken: set[date] = set()
        in_post = {day: state for day, state in days}
        _leave(rng, employee_id, in_post, taken, rows)
        _rare(employee_id, in_post, taken, rows)
        for day, state in days:
            strain = 2.2 if state.team == LEAVING_TEAM and day >= UNREST_FROM else 1.0
            chance = SPELLS_A_YEAR / 365 * SICK_MONTH[day.month - 1] * strain
            if rng.random() < chance and state.weekly_hours[day.weekday()] and day not in HOLIDAYS:
                is_long = rng.random() < 0.24
                length = 1 + int(rng.gamma(2.0, 12.0) if is_long else rng.gamma(1.2, 2.6))
                _spell(employee_id, day, min(length, 75), "sickness", None, in_post, taken, rows)
            elif (
                rng.random() < 0.0013
                and state.weekly_hours[day.weekday()] == 7.0
                and day not in HOLIDAYS
            ):
                _spell(employee_id, day, 1, "authorised", 3.5, in_post, taken, rows)
    rows.sort(key=lambda row: (row[1], row[0]))
    columns = dict(
        zip(
            ("employee_id", "start_date", "end_date", "kind", "hours"),
            zip(*rows, strict=True),
            strict=True,
        )
    )
    return {"absence_id": [f"w{number:04d}" for number in range(1, len(rows) + 1)]} | {
        name: list(values) for name, values in columns.items()
    }


def _spell(employee_id, first: date, length: int, kind: str, hours, in_post, taken, rows) -> None:
    days = [first + timedelta(days=step) for step in range(length)]
    free = []
    for day in days:
        if day not in in_post or day in taken or day > LAST_DAY:
            break
        free.append(day)
    if free:
        taken.update(free)
        rows.append((employee_id, free[0], free[-1], kind, hours))


def _leave(rng, employee_id, in_post, taken, rows) -> None:
    for year in (2024, 2025, 2026):
        for month, low, high, chance, lengths in LEAVE_WINDOWS:
            if rng.random() < chance:
                first = date(year, month, int(rng.integers(low, high + 1)))
                first += timedelta(days=(7 - first.weekday()) % 7)
                _spell(
                    employee_id,
                    first,
                    int(rng.choice(lengths)),
                    "paid_leave",
                    None,
                    in_post,
                    taken,
                    rows,
                )


RARE = (
    ("e020", date(2025, 1, 13), 112, "maternity"),
    ("e031", date(2025, 11, 24), 19, "work_accident"),
    ("e044", date(2026, 2, 9), 8, "commuting_accident"),
    ("e016", date(2025, 5, 19), 2, "unjustified"),
    ("e041", date(2025, 6, 16), 5, "training"),
    ("e025", date(2026, 9, 28), 12, "sickness"),  # across the end of September 2026
    ("e068", date(2026, 4, 20), 33, "sickness"),  # from here on the team that is leaving
    ("e052", date(2026, 6, 8), 26, "sickness"),
    ("e056", date(2026, 9, 14), 40, "sickness"),
    ("e051", date(2026, 10, 5), 19, "sickness"),
)


def _rare(employee_id, in_post, taken, rows) -> None:
    for who, first, length, kind in RARE:
        if who == employee_id:
            for step in range(length):
                taken.discard(first + timedelta(days=step))
            rows[:] = [
                row
                for row in rows
                if row[0] != who or row[2] < first or row[1] > first + timedelta(days=length - 1)
            ]
            _spell(employee_id, first, length, kind, None, in_post, taken, rows)
