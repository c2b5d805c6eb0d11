"""The staff: about sixty people in seven teams, who came, who left, who changed their hours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from .business_calendar import FIRST_DAY, LAST_DAY

# team: people on the first day. The board has fewer than five: its figures must never be shown.
TEAMS = {
    "direction": 4,
    "commercial": 11,
    "marketing": 7,
    "pedagogie": 13,
    "formateurs": 12,
    "relation_apprenants": 9,
    "administration": 6,
}
LEAVING_TEAM = "relation_apprenants"
UNREST_FROM = date(2026, 3, 1)

# (day, team, reason): the person who leaves is the longest in post who is not the head of the team
LEAVERS = (
    (date(2024, 11, 29), "commercial", "resignation"),
    (date(2025, 2, 28), "formateurs", "retirement"),
    (date(2025, 6, 30), "pedagogie", "end_fixed_term"),
    (date(2025, 7, 15), "commercial", "dismissal"),
    (date(2025, 10, 17), "pedagogie", "resignation"),
    (date(2025, 12, 31), "administration", "retirement"),
    (date(2026, 2, 13), "commercial", "resignation"),
    (date(2026, 4, 17), LEAVING_TEAM, "resignation"),
    (date(2026, 5, 29), LEAVING_TEAM, "resignation"),
    (date(2026, 6, 30), "marketing", "resignation"),
    (date(2026, 7, 10), LEAVING_TEAM, "resignation"),
    (date(2026, 9, 11), LEAVING_TEAM, "resignation"),
    (date(2026, 10, 9), LEAVING_TEAM, "resignation"),
    (date(2026, 10, 16), "formateurs", "end_fixed_term"),
)
JOINERS = (
    (date(2025, 1, 6), "commercial", "CDI"),
    (date(2025, 2, 3), "pedagogie", "intern"),
    (date(2025, 3, 3), "formateurs", "CDI"),
    (date(2025, 9, 1), "commercial", "CDI"),
    (date(2025, 9, 1), "pedagogie", "CDI"),
    (date(2025, 9, 15), LEAVING_TEAM, "CDI"),
    (date(2025, 11, 3), "pedagogie", "CDD"),
    (date(2026, 1, 5), "administration", "CDI"),
    (date(2026, 1, 12), "formateurs", "CDD"),
    (date(2026, 3, 2), "commercial", "CDI"),
    (date(2026, 3, 2), "marketing", "intern"),
    (date(2026, 6, 15), LEAVING_TEAM, "CDI"),
    (date(2026, 7, 1), LEAVING_TEAM, "temp"),
    (date(2026, 9, 1), "marketing", "CDI"),
    (date(2026, 9, 21), LEAVING_TEAM, "CDI"),
)
SHORT_STAYS = {
    date(2025, 2, 3): date(2025, 7, 31),
    date(2026, 3, 2): date(2026, 8, 28),
    date(2026, 7, 1): date(2026, 9, 30),
}

FULL_TIME = (7.0, 7.0, 7.0, 7.0, 7.0, 0.0, 0.0)
PART_TIME = {
    0.8: (7.0, 7.0, 0.0, 7.0, 7.0, 0.0, 0.0),
    0.6: (7.0, 7.0, 0.0, 7.0, 0.0, 0.0, 0.0),
    0.5: (3.5, 3.5, 3.5, 3.5, 3.5, 0.0, 0.0),
}
# (rank in the team on the first day, team, share of full time) from the first day on
PART_TIMERS = (
    (5, "pedagogie", 0.8),
    (9, "formateurs", 0.6),
    (3, "administration", 0.8),
    (6, LEAVING_TEAM, 0.8),
    (4, "commercial", 0.8),
)
# changes of state on the way: (rank, team, day, what changes)
CHANGES = (
    (8, "pedagogie", date(2025, 3, 1), {"fte": 0.8}),
    (4, "marketing", date(2025, 5, 1), {"team": "commercial"}),
    (2, "administration", date(2025, 9, 1), {"fte": 0.5}),
    (10, "formateurs", date(2026, 1, 1), {"team": "pedagogie"}),
    (5, "pedagogie", date(2026, 4, 1), {"fte": 1.0}),
    (2, "pedagogie", date(2026, 9, 1), {"fte": 0.8}),
)


@dataclass(frozen=True)
class State:
    """What is true of an employee between two days, both included."""

    employee_id: str
    valid_from: date
    valid_to: date | None
    hired_at: date
    contract_kind: str
    fte: float
    team: str
    manager_id: str | None
    left_at: date | None = None
    leave_reason: str | None = None

    @property
    def weekly_hours(self) -> tuple[float, ...]:
        return FULL_TIME if self.fte == 1.0 else PART_TIME[self.fte]

    def holds(self, day: date) -> bool:
        """Return whether the state is true on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def draw_staff(rng: np.random.Generator) -> list[State]:
    """Return every state of every employee, in the order of employees and time."""
    people: dict[str, State] = {}
    rank_of: dict[tuple[str, int], str] = {}
    heads: dict[str, str] = {}
    for team, size in TEAMS.items():
        for rank in range(size):
            employee_id = f"e{len(people) + 1:03d}"
            hired = (FIRST_DAY - timedelta(days=int(200 + 3400 * rng.beta(1.1, 1.6)))).replace(
                day=1
            )
            heads.setdefault(team, employee_id)
            manager = heads[team] if rank else (heads["direction"] if team != "direction" else None)
            part = next(
                (share for at, where, share in PART_TIMERS if (at, where) == (rank, team)), 1.0
            )
            people[employee_id] = State(employee_id, hired, None, hired, "CDI", part, team, manager)
            rank_of[team, rank] = employee_id
    # One fixed-term contract of 2024 becomes permanent, another one ends.
    for team, rank in (("pedagogie", 12), ("pedagogie", 11)):
        key = rank_of[team, rank]
        people[key] = replace(
            people[key], contract_kind="CDD", hired_at=date(2024, 1, 8), valid_from=date(2024, 1, 8)
        )
    for day, team, contract in JOINERS:
        employee_id = f"e{len(people) + 1:03d}"
        left = SHORT_STAYS.get(day) if contract in ("intern", "temp") else None
        people[employee_id] = State(
            employee_id,
            day,
            left,
            day,
            contract,
            1.0,
            team,
            heads[team],
            left,
            "end_fixed_term" if left else None,
        )
    for day, team, reason in LEAVERS:
        wanted = "CDD" if reason == "end_fixed_term" else "CDI"
        protected = {rank_of[where, rank] for rank, where, *_ in CHANGES} | set(heads.values())
        candidates = [
            p
            for p in people.values()
            if p.team == team
            and p.left_at is None
            and p.hired_at < day
            and p.contract_kind == wanted
            and p.employee_id not in protected
        ]
        chosen = min(candidates, key=lambda p: (p.hired_at, p.employee_id))
        people[chosen.employee_id] = replace(chosen, left_at=day, valid_to=day, leave_reason=reason)
    kept = (
        rank_of["pedagogie", 11]
        if people[rank_of["pedagogie", 11]].left_at is None
        else rank_of["pedagogie", 12]
    )
    changes = [(kept, date(2025, 7, 1), {"contract_kind": "CDI"})]
    changes += [(rank_of[team, rank], day, change) for rank, team, day, change in CHANGES]
    return _split_states(people, changes, heads)


def _split_states(people: dict[str, State], changes: list, heads: dict[str, str]) -> list[State]:
    states = []
    for employee_id, state in people.items():
        mine = sorted((day, change) for key, day, change in changes if key == employee_id)
        for day, change in mine:
            states.append(replace(state, valid_to=day - timedelta(days=1)))
            if "team" in change:
                change = change | {"manager_id": heads[change["team"]]}
            state = replace(state, valid_from=day, **change)
        states.append(state)
    return states


def employees_table(states: list[State]) -> dict[str, list]:
    """Return the columns of `employees`; who left has the last day on every state."""
    names = (
        "employee_id",
        "valid_from",
        "valid_to",
        "hired_at",
        "left_at",
        "leave_reason",
        "contract_kind",
        "fte",
        "team",
        "manager_id",
    )
    columns = {name: [getattr(state, name) for state in states] for name in names}
    return columns | {"weekly_hours": [list(state.weekly_hours) for state in states]}


def staff_on(states: list[State], day: date) -> dict[str, int]:
    """Return the headcount of each team on a day, interns and temporary staff left out."""
    present = [
        state.team for state in states if state.holds(day) and state.contract_kind in ("CDI", "CDD")
    ]
    return {team: present.count(team) for team in TEAMS}


def days_employed(states: list[State]) -> dict[str, list[tuple[date, State]]]:
    """Return, by employee, the days of the period in post with the state of that day."""
    out: dict[str, list[tuple[date, State]]] = {}
    for state in states:
        day, last = max(state.valid_from, FIRST_DAY), min(state.valid_to or LAST_DAY, LAST_DAY)
        while day <= last:
            out.setdefault(state.employee_id, []).append((day, state))
            day += timedelta(days=1)
    return out
