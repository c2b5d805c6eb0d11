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
# (day, team, reason): the person who leaves is the longest in post who is not the head of the team
LEAVERS = (
    (date(2024, 11, 29), "commercial", "resignation"),
    (date(2025, 2, 28), "formateurs", "retirement"),
    (date(2025, 6, 30), "pedagogie", "end_fixed_term"),
    (date(2025, 7, 15), "commercial", "dismissal"),
    (date(2025, 10, 17), "pedagogie", "resignation"),
    (date(2025, 12, 31), "administration", "retirement"),
    (date(2026, 2, 13), "commercial", "resignation"),
    (date(2026, 4, 17), "relation_apprenants", "resignation"),
    (date(2026, 5, 29), "relation_apprenants", "resignation"),
    (date(2026, 6, 30), "marketing", "resignation"),
    (date(2026, 7, 10), "relation_apprenants", "resignation"),
    (date(2026, 9, 11), "relation_apprenants", "resignation"),
    (date(2026, 10, 9), "relation_apprenants", "resignation"),
    (date(2026, 10, 16), "formateurs", "end_fixed_term"),
)
JOINERS = (  # day, team, contract, last day of interns and temporary staff
    (date(2025, 1, 6), "commercial", "CDI", None),
    (date(2025, 2, 3), "pedagogie", "intern", date(2025, 7, 31)),
    (date(2025, 3, 3), "formateurs", "CDI", None),
    (date(2025, 9, 1), "commercial", "CDI", None),
    (date(2025, 9, 1), "pedagogie", "CDI", None),
    (date(2025, 9, 15), "relation_apprenants", "CDI", None),
    (date(2025, 11, 3), "pedagogie", "CDD", None),
    (date(2026, 1, 5), "administration", "CDI", None),
    (date(2026, 1, 12), "formateurs", "CDD", None),
    (date(2026, 3, 2), "commercial", "CDI", None),
    (date(2026, 3, 2), "marketing", "intern", date(2026, 8, 28)),
    (date(2026, 6, 15), "relation_apprenants", "CDI", None),
    (date(2026, 7, 1), "relation_apprenants", "temp", date(2026, 9, 30)),
    (date(2026, 9, 1), "marketing", "CDI", None),
    (date(2026, 9, 21), "relation_apprenants", "CDI", None),
)
# share of full time: hours from Monday to Sunday
WEEKLY_HOURS = {
    1.0: (7.0, 7.0, 7.0, 7.0, 7.0, 0.0, 0.0),
    0.8: (7.0, 7.0, 0.0, 7.0, 7.0, 0.0, 0.0),
    0.6: (7.0, 7.0, 0.0, 7.0, 0.0, 0.0, 0.0),
    0.5: (3.5, 3.5, 3.5, 3.5, 3.5, 0.0, 0.0),
}
# (team, rank in the team on the first day): what is not usual of them from the first day on
AT_FIRST = {
    ("commercial", 4): {"fte": 0.8},
    ("pedagogie", 5): {"fte": 0.8},
    ("pedagogie", 11): {"contract_kind": "CDD", "hired_at": date(2024, 1, 8)},
    ("pedagogie", 12): {"contract_kind": "CDD", "hired_at": date(2024, 1, 8)},
    ("formateurs", 9): {"fte": 0.6},
    ("relation_apprenants", 6): {"fte": 0.8},
    ("administration", 3): {"fte": 0.8},
}
# changes of state on the way: (team, rank), day, what changes. Of the two fixed-term contracts of
# 2024, the first ends and the second becomes permanent.
CHANGES = (
    (("pedagogie", 12), date(2025, 7, 1), {"contract_kind": "CDI"}),
    (("pedagogie", 8), date(2025, 3, 1), {"fte": 0.8}),
    (("marketing", 4), date(2025, 5, 1), {"team": "commercial"}),
    (("administration", 2), date(2025, 9, 1), {"fte": 0.5}),
    (("formateurs", 10), date(2026, 1, 1), {"team": "pedagogie"}),
    (("pedagogie", 5), date(2026, 4, 1), {"fte": 1.0}),
    (("pedagogie", 2), date(2026, 9, 1), {"fte": 0.8}),
)


@dataclass(frozen=True)
class State:
    """What is true of an employee between two days, both included."""

    employee_id: str
    valid_from: date
    hired_at: date
    contract_kind: str
    team: str
    manager_id: str | None
    fte: float = 1.0
    valid_to: date | None = None
    left_at: date | None = None
    leave_reason: str | None = None

    @property
    def weekly_hours(self) -> tuple[float, ...]:
        return WEEKLY_HOURS[self.fte]

    @property
    def is_usual(self) -> bool:
        """Whether the person is neither an intern nor temporary staff."""
        return self.contract_kind in ("CDI", "CDD")

    def holds(self, day: date) -> bool:
        """Return whether the state is true on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def until(self, day: date, reason: str) -> State:
        """Return the state of somebody who leaves on a day."""
        return replace(self, valid_to=day, left_at=day, leave_reason=reason)


def draw_staff(rng: np.random.Generator) -> list[State]:
    """Return every state of every employee, in the order of employees and time."""
    people: list[State] = []
    place: dict[tuple[str, int], int] = {}
    heads: dict[str, str] = {}

    def add(team: str, hired: date, contract: str = "CDI") -> State:
        employee_id = f"e{len(people) + 1:03d}"
        boss = heads.get(team, heads.get("direction"))
        people.append(State(employee_id, hired, hired, contract, team, boss))
        heads.setdefault(team, employee_id)
        return people[-1]

    for team, size in TEAMS.items():
        for rank in range(size):
            before = timedelta(days=int(200 + 3400 * rng.beta(1.1, 1.6)))
            place[team, rank] = len(people)
            given = AT_FIRST.get((team, rank), {})
            person = replace(add(team, (FIRST_DAY - before).replace(day=1)), **given)
            people[-1] = replace(person, valid_from=person.hired_at)
    for day, team, contract, last in JOINERS:
        person = add(team, day, contract)
        if last:
            people[-1] = person.until(last, "end_fixed_term")
    stay = {people[place[who]] for who, _, change in CHANGES if "contract_kind" not in change}
    stay |= {person for person in people if person.employee_id in heads.values()}
    for day, team, reason in LEAVERS:
        contract = "CDD" if reason == "end_fixed_term" else "CDI"
        could = [
            person
            for person in people
            if (person.team, person.contract_kind, person.left_at) == (team, contract, None)
            and person.hired_at < day
            and person not in stay
        ]
        leaver = min(could, key=lambda person: (person.hired_at, person.employee_id))
        people[people.index(leaver)] = leaver.until(day, reason)
    return _split_states(people, place, heads)


def _split_states(people: list[State], place: dict, heads: dict[str, str]) -> list[State]:
    states = []
    for number, state in enumerate(people):
        mine = [(day, change) for who, day, change in CHANGES if place[who] == number]
        for day, change in mine:
            states.append(replace(state, valid_to=day - timedelta(days=1)))
            if "team" in change:
                change = change | {"manager_id": heads[change["team"]]}
            state = replace(state, valid_from=day, **change)
        states.append(state)
    return states


def employees_table(states: list[State]) -> list[dict]:
    """Return the rows of `employees`; who left has the last day on every state."""
    return [vars(state) | {"weekly_hours": list(state.weekly_hours)} for state in states]


def present(states: list[State], day: date) -> list[State]:
    """Return who is in post on a day."""
    return [state for state in states if state.holds(day)]


def staff_on(states: list[State], day: date) -> dict[str, int]:
    """Return the headcount of each team on a day, interns and temporary staff left out."""
    teams = [state.team for state in present(states, day) if state.is_usual]
    return {team: teams.count(team) for team in TEAMS}


def days_employed(states: list[State]) -> dict[str, dict[date, State]]:
    """Return, by employee, the days of the period in post with the state of that day."""
    out: dict[str, dict[date, State]] = {}
    for state in states:
        first, last = max(state.valid_from, FIRST_DAY), min(state.valid_to or LAST_DAY, LAST_DAY)
        days = (first + timedelta(days=step) for step in range((last - first).days + 1))
        out.setdefault(state.employee_id, {}).update(dict.fromkeys(days, state))
    return out
