"""Absences of the staff: leave, sickness in its season, a few rare kinds."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from .business_calendar import HOLIDAYS, LAST_DAY
from .draws import generator
from .staff import State, days_employed
from .stories import STORIES, Story

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
RARE = (  # employee, first day, days, kind
    ("e020", date(2025, 1, 13), 112, "maternity"),
    ("e031", date(2025, 11, 24), 19, "work_accident"),
    ("e044", date(2026, 2, 9), 8, "commuting_accident"),
    ("e016", date(2025, 5, 19), 2, "unjustified"),
    ("e041", date(2025, 6, 16), 5, "training"),
    ("e025", date(2026, 9, 28), 12, "sickness"),  # across the end of September 2026
)


class Spells:
    """The absences of one employee; no two of them overlap."""

    def __init__(self, employee_id: str, in_post: dict[date, State]):
        self.employee_id, self.in_post = employee_id, in_post
        self.rows: list[dict] = []
        self.taken: set[date] = set()

    def add(self, first: date, length: int, kind: str, hours: float | None = None) -> None:
        """Add a spell, up to the day on which the person is away already or not in post."""
        free = []
        for day in (first + timedelta(days=step) for step in range(length)):
            if day not in self.in_post or day in self.taken or day > LAST_DAY:
                break
            free.append(day)
        if free:
            self.taken.update(free)
            row = {"start_date": free[0], "end_date": free[-1], "kind": kind, "hours": hours}
            self.rows.append({"employee_id": self.employee_id} | row)

    def put(self, first: date, length: int, kind: str) -> None:
        """Add a spell in place of those it touches."""
        last = first + timedelta(days=length - 1)
        self.taken -= {first + timedelta(days=step) for step in range(length)}
        self.rows = [
            row for row in self.rows if row["end_date"] < first or row["start_date"] > last
        ]
        self.add(first, length, kind)


def absences_table(rng: np.random.Generator, states: list[State], unrest: Story) -> list[dict]:
    """Return the rows of `absences`.

    Where the unrest is not the one that is told, who belongs to its teams is drawn a second time,
    from a stream of their own: everybody else stays as they were.
    """
    told, rows = STORIES["unrest"], []
    for employee_id, in_post in days_employed(states).items():
        if not next(iter(in_post.values())).is_usual:
            continue
        own = _draw_spells(rng, employee_id, in_post, told)
        teams = {state.team for state in in_post.values()}
        if unrest != told and teams & {told.whom, unrest.whom}:
            stream = generator(f"absences of {employee_id}")
            own = _draw_spells(stream, employee_id, in_post, unrest)
        rows += own
    return sorted(rows, key=lambda row: (row["start_date"], row["employee_id"]))


def _draw_spells(rng, employee_id: str, in_post: dict[date, State], unrest: Story) -> list[dict]:
    spells = Spells(employee_id, in_post)
    for year in (2024, 2025, 2026):
        for month, low, high, chance, lengths in LEAVE_WINDOWS:
            if rng.random() < chance:
                first = date(year, month, int(rng.integers(low, high + 1)))
                first += timedelta(days=(7 - first.weekday()) % 7)
                spells.add(first, int(rng.choice(lengths)), "paid_leave")
    for who, first, length, kind in (*RARE, *(unrest.by["spells"] if unrest.told else ())):
        if who == employee_id:
            spells.put(first, length, kind)
    for day, state in in_post.items():
        hours = 0.0 if day in HOLIDAYS else state.weekly_hours[day.weekday()]
        strained = state.team == unrest.whom and unrest.on(day, "ill_from")
        strain = unrest.by["illness"] if strained else 1.0
        if rng.random() < SPELLS_A_YEAR / 365 * SICK_MONTH[day.month - 1] * strain and hours:
            is_long = rng.random() < 0.24
            length = 1 + int(rng.gamma(2.0, 12.0) if is_long else rng.gamma(1.2, 2.6))
            spells.add(day, min(length, 75), "sickness")
        elif rng.random() < 0.0013 and hours == 7.0:
            spells.add(day, 1, "authorised", 3.5)
    return spells.rows
