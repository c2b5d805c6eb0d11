"""Events, webinars and initiatives: who was invited, who registered, who came."""

from __future__ import annotations

from datetime import date
from itertools import chain

import numpy as np

from .business_calendar import (
    FIRST_DAY,
    LAST_DAY,
    MIDNIGHT_AFTER,
    MONTHS,
    at_hour,
    workday_on_or_after,
)
from .club import Members
from .staff import State, present
from .stories import Story

PLANNED_WEBINAR = date(2026, 11, 19)
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
     ("relation_apprenants", "pedagogie", "administration")),
    ("journee_solidaire_2025", "volunteering", date(2025, 9, 25), 0.35, None),
    ("journee_solidaire_2026", "volunteering", date(2026, 10, 8), 0.33, None),
)  # fmt: skip


def _activity(activity_id: str, kind: str, at: np.datetime64, audience: str):
    """Return what gives a row of `participations`, of one person at one activity."""
    same = {
        "activity_id": activity_id,
        "activity_kind": kind,
        "activity_at": at,
        "audience": audience,
    }

    def row(person: str, attended, invited: bool | None = None, registered_at=None) -> dict:
        return same | {
            "person_key": person,
            "invited": invited,
            "registered_at": registered_at,
            "attended": attended,
        }

    return row


def public_events(rng: np.random.Generator, keys: np.ndarray) -> list[dict]:
    """Return webinars (most months) and breakfasts: many register, part of them comes.

    People come from the newsletter list, or are new. Breakfasts have walk-ins: they came and had
    not registered. Nobody has come yet to what is planned, which is announced long before.
    """
    held = [
        (f"webinaire_{month:%Y_%m}", workday_on_or_after(month.replace(day=20)))
        for month in MONTHS
        if month.month not in NO_WEBINAR_IN
    ]
    held.append(("webinaire_2026_11", PLANNED_WEBINAR))
    held += [
        (f"petit_dejeuner_{year}_{month:02d}", workday_on_or_after(date(year, month, 9)))
        for year, month in BREAKFASTS
    ]
    readers, rows, guest = list(dict.fromkeys(keys)), [], 0
    for name, day in held:
        online, is_planned = name.startswith("webinaire"), day > LAST_DAY
        at = at_hour(day, 11 if online else 9)
        row = _activity(name, "webinar" if online else "event", at, "public")
        registered = int(rng.poisson(58 if online else 34))
        walk_ins = 0 if online else int(rng.poisson(4))
        known = rng.choice(len(readers), size=registered + walk_ins, replace=False)
        for place, reader in enumerate(known):
            new = rng.random() < 0.35
            guest += new
            person = f"v{guest:05d}" if new else readers[reader]
            early = int(rng.exponential((30 if is_planned else 9) * 86_400)) + 3_600
            comes = bool(rng.random() < (0.56 if online else 0.74))
            if place >= registered:
                rows.append(row(person, True))
                continue
            booked = max(at - min(early, 50 * 86_400), at_hour(FIRST_DAY, 9))
            if booked <= MIDNIGHT_AFTER:
                rows.append(row(person, None if is_planned else comes, registered_at=booked))
    return rows


def initiatives(rng: np.random.Generator, states: list[State], unrest: Story) -> list[dict]:
    """Return what the staff is invited to: days together, listening groups, mentoring."""
    rows = []
    for name, kind, day, share, teams in INITIATIVES:
        row = _activity(name, kind, at_hour(day, 9), "employee")
        for state in present(states, day):
            if teams and state.team not in teams:
                continue
            weary = state.team == unrest.whom and unrest.on(day, "away_from")
            comes = rng.random() < share * (unrest.by["comes"] if weary else 1.0)
            rows.append(row(state.employee_id, bool(comes), invited=True))
    for month in MONTHS:
        day = workday_on_or_after(month.replace(day=12))
        row = _activity(f"mentorat_{day:%Y_%m}", "mentoring", at_hour(day, 14), "employee")
        there = present(states, day)
        invited = np.sort(rng.choice(len(there), size=12, replace=False))
        if day.month != 8:
            rows += [
                row(there[place].employee_id, bool(rng.random() < 0.8), invited=True)
                for place in invited
            ]
    return rows


def club_activities(rng: np.random.Generator, members: Members) -> list[dict]:
    """Return the members' own webinars (every other month) and the projects that they share."""
    rows = []

    def some(day: np.datetime64, count: int) -> list[str]:
        there = np.flatnonzero(members.present(day))
        share = members.zeal[there] / members.zeal[there].sum()
        return members.key[rng.choice(there, size=count, replace=False, p=share)].tolist()

    for month in MONTHS:
        middle = np.datetime64(month.replace(day=15))
        if members.present(middle).sum() < 60:
            continue
        if month.month % 2 == 0:
            at = at_hour(middle, 18)
            row = _activity(f"atelier_club_{month:%Y_%m}", "webinar", at, "member")
            for who in some(middle, 26):
                booked = at - int(rng.integers(4_000, 12 * 86_400))
                comes = bool(rng.random() < 0.62)
                rows.append(row(who, comes, invited=True, registered_at=booked))
        for number in range(1, 1 + int(rng.poisson(3.2))):
            day = np.datetime64(month) + int(rng.integers(1, 24))
            name = f"projet_{month:%Y_%m}_{number}"
            row = _activity(name, "collaboration", at_hour(day, 10), "member")
            rows += [row(who, True) for who in some(day, int(rng.integers(2, 5)))]
    return rows


def participations_table(*parts: list[dict]) -> list[dict]:
    """Return the rows of `participations`, in order of time."""
    return sorted(chain(*parts), key=lambda row: (row["activity_at"], row["activity_id"]))
