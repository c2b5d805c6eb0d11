"""The attack on what is printed of networks: nobody can be told to be isolated, or not to be.

The attack knows who is in which team, and tries every number of isolated people in every team.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from kpilib.engine.columns import Figures
from kpilib.engine.intervals import wilson
from kpilib.engine.outcome import Outcome
from kpilib.engine.printed import in_print
from kpilib.engine.privacy import protect
from kpilib.period import Period
from kpilib.show.beforehand import for_pages
from kpilib.topics.catalogue import kpi
from tests.network import MARCH, letters, office, staff, tied

PERIOD = Period.parse(MARCH)
KPIS = ("network_isolation_rate", "network_density", "network_hubs")
SIZES = ((5, 6, 9), (4, 7, 12), (8, 8, 8), (7, 7, 15), (10, 12, 15), (6, 8, 20))
AT_ONCE = 60  # months of which the prints are made together


def seen(asked, worlds, sizes):
    """Return what is printed of months with so many isolated people in each team.

    Each stands in a month of its own: nothing printed of one knows of another.
    """
    answer = {
        (month, name): Outcome(value=few / size, numerator=float(few), denominator=float(size),
                               n=float(size), people=float(size), interval=wilson(few, size))
        for month, alone in zip(PERIOD.trailing(len(worlds)), worlds, strict=True)
        for few, size, name in zip(alone, sizes, "ABC", strict=True)
    }  # fmt: skip
    found = Figures.of(answer)
    protect(found, {})
    in_print(asked, found, set())
    numbers = np.nan_to_num([found.value, found.low, found.high, found.n], nan=-1.0)
    teams = np.array([found.status.tolist(), *numbers.tolist()], dtype=object).T
    return [tuple(month.ravel().tolist()) for month in teams.reshape(len(worlds), -1)]


@pytest.mark.parametrize("sizes", SIZES)
def test_whatever_is_printed_no_number_of_a_team_is_known(sizes):
    """Every possible month is tried, and every other one that looks the same in print."""
    asked = kpi("network_isolation_rate")
    every = list(product(*(range(size + 1) for size in sizes)))
    worlds = {}
    for first in range(0, len(every), AT_ONCE):
        some = every[first : first + AT_ONCE]
        for alone, told in zip(some, seen(asked, some, sizes), strict=True):
            worlds.setdefault(told, []).append(alone)

    assert len(worlds) > 1
    for alike in worlds.values():
        for team, size in enumerate(sizes):
            counts = {alone[team] for alone in alike}
            assert min(counts) < size, "everybody of the team is isolated"
            assert max(counts) > 0, "nobody of the team is"
            assert len(counts) > 1, "with one's own ties, those of the others"


def test_the_whole_is_never_given_beside_the_teams(tmp_path):
    rows = small(tmp_path).evaluate(KPIS[0], MARCH)

    assert set(rows["team"]) == {"A", "B", "C"}


def small(folder):
    """Teams of 9, 6 and 4 of whom one in each writes to nobody."""
    teams = {f"{team}{number}": team for team, size in (("A", 9), ("B", 6), ("C", 4))
             for number in range(size)}  # fmt: skip
    edges = [(a, b) for a, b in zip(teams, list(teams)[1:], strict=False) if "0" not in a + b]
    return office(folder, staff(teams), letters(tied(edges)))


@pytest.mark.parametrize("name", KPIS[:2])
@pytest.mark.parametrize("pages", [False, True])
def test_a_small_team_is_hidden_with_all_that_stands_beside(tmp_path, name, pages):
    company = small(tmp_path)
    company = for_pages(company) if pages else company
    for rows in (company.evaluate(name, MARCH, by="team"),
                 company.series(name, MARCH, 2, by="team")):  # fmt: skip
        hidden = rows[rows["team"].isin(["B", "C"])]
        assert set(hidden["status"]) == {"suppressed"}  # 19 - 15 would give the four
        assert hidden[["value", "numerator", "denominator", "n", "ci_low"]].isna().all(axis=None)
        assert all(details == {} for details in hidden["details"])


@pytest.mark.parametrize("name", KPIS[1:])
def test_no_page_tells_ties_one_by_one(tmp_path, name):
    [row] = for_pages(small(tmp_path)).evaluate(name, MARCH).to_dict("records")

    assert row["numerator"] != row["numerator"] and row["denominator"] != row["denominator"]
    assert row["n"] % 5 == 0
    assert set(row["details"]) <= {"reciprocity", "cross_team_share"}
    assert row["ci_low"] != row["ci_low"] or row["status"] == "not_additive"
    if row["status"] == "ok":  # 3 of 19 people and more: in steps of a fifth
        assert row["value"] / 0.2 == pytest.approx(round(row["value"] / 0.2))


@pytest.mark.parametrize("by", ["sender_key", "recipient_key", "message_id", "employee_id"])
def test_no_cut_by_single_persons(tmp_path, by):
    company = small(tmp_path)
    for name in KPIS:
        with pytest.raises(Exception, match=r"No breakdown|is cut by|cannot be broken down|of the"):
            company.evaluate(name, MARCH, by=by)


def test_the_list_of_hubs_stops_a_page(tmp_path):
    """Its column is one of those that no page may show."""
    from kpilib.engine.privacy import PERSONAL

    listed = small(tmp_path).people("network_hubs", MARCH)
    keys = {f"{team}{number}" for team in "ABC" for number in range(9)}

    assert "person_key" in PERSONAL and "person_key" in listed
    assert not set(listed.astype(str).to_numpy().ravel()) & keys
