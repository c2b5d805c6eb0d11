"""Events, webinars and initiatives: who was invited, who registered, who came."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from .business_calendar import DAYS, FIRST_DAY, LAST_DAY, workday_on_or_after
from .club import Members
from .people import LEAVING_TEAM, State

PLANNED_WEBINAR = date(2026, 11, 19)
OPENS = np.datetime64(FIRST_DAY, "s") + 9 * 3600  # nobody registers before the period
NO_WEBINAR_IN = (7, 8, 12)
BREAKFASTS = ((2024, 10), (2025, 1), (2025, 4), (2025, 10), (2026, 1), (2026, 4), (2026, 10))
# what the staff is invited to: (activity, kind, day, share of the team that comes, teams or all)
INITIATIVES = (
    ("journee_equipe_2024", "team_building", date(2024, 12, 5), 0.84, None),
    ("journee_equipe_2025", "team_building", date(2025, 6, 12), 0.8, None),
    ("noel_2025", "team_building", date(2025, 12, 11), 0.82, None),
    ("journee_equipe_2026", "team_building", date(2026, 6, 11), 0.76, None),
    ("ecoute_outils_2025", "focus_group", date(2025, 5, 15), 0.55, ("commercial", "marketing")),
    ("ecoute_charge_2026", "focus_group", date(2026, 9, 24), 0.5,
     (LEAVING_TEAM, "pedagogie", "administration")),
    ("journee_solidaire_2025", "volunteering", date(2025, 9, 25), 0.35, None),
    ("journee_solidaire_2026", "volunteering", date(2026, 10, 8), 0.33, None),
)  # fmt: skip


class Rows:
    """Collects participations."""

    def __init__(self) -> None:
        self.rows: list[tuple] = []

    def add(self, activity, kind, at, audience, person, invited, registered, attended) -> None:
        """Add one person at one activity; `attended` is None before it takes place."""
        self.rows.append((activity, kind, at, audience, person, invited, registered, attended))

    def columns(self) -> dict[str, list]:
        """Return the columns of `participations`, in order of time."""
        self.rows.sort(key=lambda row: (row[2], row[0]))  # people in the order they were drawn
        names = (
            "activity_id", "activity_kind", "activity_at", "audience", "person_key", "invited",
            "registered_at", "attended",
        )  # fmt: skip
        found = {name: [row[place] for row in self.rows] for place, name in enumerate(names)}
        for name in ("activity_at", "registered_at"):
            found[name] = np.array(found[name], dtype="datetime64[s]")
        ids = [f"g{number:05d}" for number in range(1, len(self.rows) + 1)]
        return found | {"participation_id": ids}


def _months():
    month = FIRST_DAY.replace(day=1)
    while month <= LAST_DAY:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def public_events(rng: np.random.Generator, readers: list[str], rows: Rows) -> None:
    """Add webinars (most months) and breakfasts: many register, part of them comes.

    People come from the newsletter list, or are new. Breakfasts have walk-ins: they came and had
    not registered.
    """
    webinars = [
        (f"webinaire_{month:%Y_%m}", workday_on_or_after(month.replace(day=20)))
        for month in _months()
        if month.month not in NO_WEBINAR_IN and month.replace(day=20) <= LAST_DAY
    ]
    webinars.append(("webinaire_2026_11", PLANNED_WEBINAR))
    breakfasts = [
        (f"petit_dejeuner_{year}_{month:02d}", workday_on_or_after(date(year, month, 9)))
        for year, month in BREAKFASTS
    ]
    guest = 0
    for kind, hour, held in (("webinar", 11, webinars), ("event", 9, breakfasts)):
        for name, day in held:
            at = np.datetime64(day, "s") + hour * 3600
            online = kind == "webinar"
            registered = int(rng.poisson(58 if online else 34))
            walk_ins = 0 if online else int(rng.poisson(4))
            known = rng.choice(len(readers), size=registered + walk_ins, replace=False)
            for place in range(registered + walk_ins):
                new = rng.random() < 0.35
                guest += new
                person = f"v{guest:05d}" if new else readers[known[place]]
                ahead = 30 if day > LAST_DAY else 9  # the planned one is announced long before
                early = int(rng.exponential(ahead * 86_400)) + 3_600
                comes = rng.random() < (0.56 if online else 0.74)
                booked = max(at - min(early, 50 * 86_400), OPENS) if place < registered else None
                if booked is not None and booked > DAYS[-1] + 1:
                    continue
                if day > LAST_DAY:
                    comes = None
                elif place >= registered:
                    comes = True
                rows.add(name, kind, at, "public", person, None, booked, comes)


def initiatives(rng: np.random.Generator, states: list[State], rows: Rows) -> None:
    """Add what the staff is invited to: days together, listening groups, mentoring each month."""
    for name, kind, day, share, teams in INITIATIVES:
        at = np.datetime64(day, "s") + 9 * 3600
        for state in _present(states, day):
            if teams and state.team not in teams:
                continue
            weary = state.team == LEAVING_TEAM and day >= date(2026, 4, 1)
            comes = bool(rng.random() < share * (0.55 if weary else 1.0))
            rows.add(name, kind, at, "employee", state.employee_id, True, None, comes)
    for month in _months():
        day = workday_on_or_after(month.replace(day=12))
        at = np.datetime64(day, "s") + 14 * 3600
        present = _present(states, day)
        for place in sorted(rng.choice(len(present), size=12, replace=False)):
            if day.month == 8:
                continue
            rows.add(
                f"mentorat_{day:%Y_%m}", "mentoring", at, "employee",
                present[place].employee_id, True, None, bool(rng.random() < 0.8),
            )  # fmt: skip


def _present(states: list[State], day: date) -> list[State]:
    return [state for state in states if state.holds(day)]


def club_activities(rng: np.random.Generator, members: Members, rows: Rows) -> None:
    """Add the members' own webinars (every other month) and the projects that they share."""
    for month in _months():
        first = np.datetime64(month.replace(day=15))
        inside = np.flatnonzero(members.present(first))
        if len(inside) < 60:
            continue
        weight = members.zeal[inside] / members.zeal[inside].sum()
        if month.month % 2 == 0:
            at = first.astype("datetime64[s]") + 18 * 3600
            for place in rng.choice(inside, size=26, replace=False, p=weight):
                booked = at - int(rng.integers(4_000, 12 * 86_400))
                rows.add(
                    f"atelier_club_{month:%Y_%m}", "webinar", at, "member", members.key[place],
                    True, booked, bool(rng.random() < 0.62),
                )  # fmt: skip
        for number in range(1, 1 + int(rng.poisson(3.2))):
            at = np.datetime64(month, "s") + int(rng.integers(1, 24)) * 86_400 + 10 * 3600
            there = np.flatnonzero(members.present(at.astype("datetime64[D]")))
            share = members.zeal[there] / members.zeal[there].sum()
            for place in rng.choice(there, size=int(rng.integers(2, 5)), replace=False, p=share):
                rows.add(
                    f"projet_{month:%Y_%m}_{number}", "collaboration", at, "member",
                    members.key[place], None, None, True,
                )  # fmt: skip
