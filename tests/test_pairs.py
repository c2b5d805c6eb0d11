"""The attack over pairs: of two published figures, neither one less the other tells of a few.

The attack knows who was there, who left when, and how figures are rounded. It asks of every two
figures of which one counts a part of what the other counts, of the same people or of a longer
window, by every cut that is allowed, whether a count of one to four follows from what is printed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.engine.intervals import poisson
from kpilib.engine.outcome import Outcome
from kpilib.errors import KpilibError
from kpilib.show.beforehand import for_pages
from kpilib.topics.catalogue import catalogue
from tests.one_figure import all_printed
from tests.worked import rows

FLOOR = 5
WINDOWS = [*(f"2025-{month:02}" for month in range(4, 10)), "2025-Q2", "2025-Q3", "2025",
           ("2024-11-01", "2025-10-31")]  # fmt: skip
CUTS = (None, "team", "kind", "leave_reason")
REASONS = ["resignation", "dismissal", "retirement"]
SEEN = "turnover_rate"  # everybody sees who leaves; why, nobody does
EVENTS = [each for each in catalogue().values() if each.interval == "poisson_rate"]
WISHES = catalogue()["internal_applications"]  # who applies elsewhere in the house wants to leave
BESIDE = ("applications_per_vacancy", "applicant_rate")


@cache
def office(seed, wished=3):
    """Five teams over two years: people leave for reasons, are absent, and apply to vacancies."""
    rng = np.random.default_rng(seed)
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2024-01-01", "2025-12-31")]
    staff, spells, wishes = [], [], []
    for team, size in zip("ABCDE", rng.integers(4, 16, 5), strict=True):
        for number in range(size + rng.integers(0, 14)):
            key, left = f"{team}{number}", str(rng.choice(days)) if number >= size else None
            reason = str(rng.choice(REASONS, p=[0.7, 0.2, 0.1])) if left else None
            staff.append((key, "2020-01-01", left, reason, team, "CDI", 35.0))
            known = days[: days.index(left) + 1] if left else days
            spells += [(f"s{key}{n}", key, day, day, str(rng.choice(["sickness", "unjustified"])))
                       for n, day in enumerate(rng.choice(known, 2))]  # fmt: skip
            wishes += [(f"w{key}{n}", f"v{day[:7]}", day, "internal", key)
                       for n, day in enumerate(rng.choice(known, wished))]  # fmt: skip
    months = [f"{month:%Y-%m}" for month in pd.date_range("2024-01-01", "2025-12-01", freq="MS")]
    posts = [(f"v{month}", "vacancy", str(rng.choice([*"ABCDE"])), f"{month}-01", f"{month}-28")
             for month in months]  # fmt: skip
    columns = "employee_id hired_at left_at leave_reason team contract_kind weekly_hours"
    absences = rows("absence_id employee_id start_date end_date kind", *spells)
    applied = "application_id item_id applied_at candidate_kind employee_id"
    return kl.open(
        {"employees": rows(columns, *staff), "absences": absences,
         "work_items": rows("item_id kind team opened_at due_at", *posts),
         "applications": rows(applied, *wishes)},
        as_of="2025-12-31", breakdowns=["team", "leave_reason"],
    )  # fmt: skip


@dataclass
class Told:
    """One printed figure, and every number of events that it may stand for."""

    kpi: str
    where: tuple
    first: pd.Timestamp
    last: pd.Timestamp
    truth: int
    possible: set[int]

    def is_part_of(self, other):
        """Whether it counts some of what another counts, for whatever the tables hold."""
        inside = other.first <= self.first and self.last <= other.last
        kinds = self.kpi == other.kpi or (self.kpi, other.kpi) == ("voluntary_turnover_rate", SEEN)
        return inside and kinds and self.where == other.where


def looks(kpi, numbers, below):
    """Yield what is printed of so many events, of each: the figure, and its interval's ends."""
    exact = [
        Outcome(
            value=number / below, denominator=below, n=below, people=float(FLOOR),
            interval=tuple(end / below for end in poisson(float(number))),
        )
        for number in numbers
    ]  # fmt: skip
    for shown in in_print(kpi, exact):
        ends = dict(zip(("ci_low", "ci_high"), shown.interval, strict=True))
        yield told_of({"value": shown.value, **ends})


def in_print(kpi, exact):
    """Return figures as they are printed."""
    return all_printed(kpi, exact) if kpi.protects else exact


def told_of(row, *more):
    figures = [row["value"], row["ci_low"], row["ci_high"], *more]
    return tuple(None if pd.isna(each) else round(float(each), 9) for each in figures)


def with_beside(row):
    return told_of(row, row["n"], *row["details"].values())


def looks_wished(kpi, applied, below):
    """Yield what is printed of so many applications of so many people: all that is said of it."""
    exact = [
        Outcome(
            value=float(number), n=float(number), people=float(people),
            details=dict(zip(BESIDE, (number / below[0], people / below[1]), strict=True)),
            interval=poisson(float(number)),
        )
        for number, people in applied
    ]  # fmt: skip
    for shown in in_print(kpi, exact):
        ends = dict(zip(("ci_low", "ci_high"), shown.interval, strict=True))
        yield with_beside({"value": shown.value, "n": shown.n, "details": shown.details, **ends})


def wishes(company, by, **changed):
    """Return every printed number of applications with what it may stand for, whoever applied."""
    kpi, found = replace(WISHES, **changed), []
    least = FLOOR if kpi.protects else 1  # people of whom something is told
    sure, shown, staff = (
        each.over(asked, WINDOWS, by=by, intervals=True)
        for each, asked in ((company, kpi), (for_pages(company), kpi), (company, SEEN))
    )
    heads = staff.set_index(["period", by] if by else "period")["denominator"]
    for exact, said in zip(sure.to_dict("records"), shown.to_dict("records"), strict=True):
        if said["status"] != "ok" or not exact["value"]:
            continue
        truth, place = int(exact["value"]), (exact["period"], exact[by]) if by else exact["period"]
        below = truth / exact["details"][BESIDE[0]], heads[place]
        applied = [(number, people) for number in range(1, truth + 12)
                   for people in range(least, number + 1)]  # fmt: skip
        seen = zip(applied, looks_wished(kpi, applied, below), strict=True)
        possible = {number for (number, _), look in seen if look == with_beside(said)}
        where = (by, exact[by] if by else "")
        found.append(
            Told(kpi.id, where, exact["period_start"], exact["period_end"], truth, possible)
        )
    return found


def told(company, by, **changed):
    """Return every printed figure of a company with what it may stand for."""
    found = []
    for kpi in (replace(each, **changed.get(each.id, {})) for each in EVENTS):
        try:
            sure, shown = (
                each.over(kpi, WINDOWS, by=by, intervals=True)
                for each in (company, for_pages(company))
            )
        except KpilibError:  # it has no such cut
            continue
        for exact, said in zip(sure.to_dict("records"), shown.to_dict("records"), strict=True):
            if said["status"] == "suppressed":
                continue
            truth, below = int(exact["numerator"]), exact["denominator"]
            seen = enumerate(looks(kpi, range(truth + 12), below))
            possible = {number for number, look in seen if look == told_of(said)}
            place = exact["period_start"], exact["period_end"], truth, possible
            found.append(Told(kpi.id, (by, exact[by] if by else ""), *place))
    return found


def leaks(figures):
    """Return the counts of one to four that follow from two figures, one a part of the other."""
    for part, whole in permutations(figures, 2):
        if part.kpi == SEEN or not part.is_part_of(whole):
            continue
        pairs = [(a, b) for a in part.possible for b in whole.possible if a <= b]
        assert (part.truth, whole.truth) in pairs  # the attack is a sound one
        for counts in ({b - a for a, b in pairs}, {a for a, _ in pairs}):
            if len(counts) == 1 and 0 < min(counts) < FLOOR:
                yield part, whole


@pytest.mark.parametrize("by", CUTS)
@pytest.mark.parametrize("seed", range(3))
def test_no_figure_less_another_tells_of_a_few(seed, by):
    figures = told(office(seed), by)

    assert not list(leaks(figures))
    assert by not in (None, "team") or len(figures) > 10  # and it is not by silence


@pytest.mark.parametrize("by", [None, "team"])
def test_no_number_of_applications_less_another_tells_of_a_few(by):
    figures = wishes(office(0), by)

    assert not list(leaks(figures))
    assert len(figures) > 5  # and it is not by silence


def test_the_attack_finds_single_applications_where_they_are_told():
    assert list(leaks(wishes(office(0, wished=1), "team", people=None, protects="")))


def test_the_attack_finds_the_reason_of_single_leavers_where_it_is_told():
    """As it was: resignations of a team printed beside its exits, of however few."""
    teams = told(office(0), "team", voluntary_turnover_rate={"people": None, "protects": ""})
    found = list(leaks(teams))

    assert {part.kpi for part, _ in found} == {"voluntary_turnover_rate"}
    assert any(whole.truth == 1 for _, whole in found)
