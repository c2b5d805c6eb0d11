"""Acts, days and exchanges per member: silent members count, one person cannot make the figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.engine.intervals import resampled
from tests.databases import database
from tests.worked import exactly, interval, one, rows, stack, times

MARCH = {"as_of": "2025-03-31"}
DAY = "2025-03-10T09:00:00Z"
ACT = "ts space actor_key kind"


def members(*spells):
    return rows("kind person_key start_at end_at", *(("community", *spell) for spell in spells))


# A and B all March (31 of 31 days each), C from the 16th on (16 days), D gone in February
MEMBERS = members(
    ("A", "2024-01-01", None),
    ("B", "2024-01-01", None),
    ("C", "2025-03-16", None),
    ("D", "2024-01-01", "2025-02-28"),
)
ACTS = stack(
    times(6, ACT, DAY, "community", "A", "comment"),
    times(1, ACT, DAY, "community", "A", "post"),
    times(9, ACT, DAY, "community", "B", "visit"),
    times(1, ACT, "2025-03-20T09:00:00Z", "community", "C", "post"),
    times(1, ACT, DAY, "community", "C", "post"),  # before joining
    times(3, ACT, DAY, "community", "D", "post"),  # after leaving
)
SIZE = 1 + 1 + 16 / 31  # average members


@pytest.fixture(params=[dict, database])
def tables(request):
    return request.param({"memberships": MEMBERS, "interactions": ACTS})


class TestContributions:
    def ask(self, tables, period="2025-03", **asked):
        return one(tables, "activity_per_member", period, **asked, **MARCH)

    def test_are_acts_per_average_member(self, tables):
        # 7 of A, 0 of B, 1 of C; per member who did something it would be 4
        row = self.ask(tables)

        assert (row["numerator"], row["denominator"]) == (8, exactly(SIZE))
        assert row["value"] == exactly(8 / SIZE)

    def test_the_median_and_the_gini_of_all_members_stand_beside(self, tables):
        # 0, 1, 7: ranks 1 x 0 + 2 x 1 + 3 x 7 = 23; 2 x 23 / (3 x 8) - 4/3 = 0.58333
        assert self.ask(tables)["details"] == {
            "contributors": 2,
            "median_per_member": 1,
            "gini": exactly(2 * 23 / 24 - 4 / 3),
        }

    def test_chance_draws_members_the_silent_ones_too(self, tables):
        drawn = resampled(np.array([7.0, 0.0, 1.0]), np.array([1.0, 1.0, 16 / 31]))

        assert interval(self.ask(tables)) == pytest.approx(drawn[0], rel=1e-12)
        assert self.ask(tables)["ci_method"] == "bootstrap"

    def test_by_kind_over_all_members(self, tables):
        res = kl.open(tables, **MARCH).evaluate("activity_per_member", "2025-03", by="kind")

        assert dict(zip(res["kind"], res["value"], strict=True)) == {
            "comment": exactly(6 / SIZE),
            "post": exactly(2 / SIZE),
        }

    def test_the_same_in_plain_sql(self, tables):
        con = database({"memberships": MEMBERS, "interactions": ACTS})
        con.execute("set timezone = 'Europe/Paris'")
        acts, days = con.execute(
            """
            with days as (
                select person_key, day::date as day
                from range(date '2025-03-01', date '2025-04-01', interval 1 day) as march(day)
                join memberships on day::date between start_at and coalesce(end_at, day::date)
            )
            select
                (select count(*) from interactions join days
                 on actor_key = person_key and ts::date = day where kind <> 'visit'),
                (select count(*) from days)
            """
        ).fetchone()

        assert self.ask(tables)["value"] == exactly(acts / (days / 31))

    def test_without_a_member_there_is_no_figure(self):
        gone = {"memberships": members(("D", "2024-01-01", "2025-02-28")), "interactions": ACTS}
        row = self.ask(gone)

        assert (row["status"], row["reason"]) == ("no_denominator", "There are no members.")

    def test_members_are_needed(self):
        row = self.ask({"interactions": ACTS})

        assert (row["status"], row["reason"]) == ("missing_table", "Missing table: memberships.")

    def test_a_long_series_goes_without_resampling(self, tables):
        res = kl.open(tables, **MARCH).series("activity_per_member", "2025-03", 2)

        assert res["status"].tolist() == ["no_data", "ok"]  # no act was kept before March
        assert res["ci_method"].tolist() == ["", ""]


class TestVisitDays:
    def ask(self, acts, **asked):
        period = asked.pop("period", "2025-04")
        return one({"interactions": acts}, "visit_frequency", period, **asked)

    def test_feverbee_100_a_day_and_1000_a_month_are_3_days(self):
        # 1,000 members, each on three days of April: 3,000 / 30 = 100 a day
        people = np.repeat([f"m{place}" for place in range(1000)], 3)
        when = [f"2025-04-{1 + 3 * (place % 10) + step:02d}T10:00:00Z" for place in range(1000)
                for step in range(3)]  # fmt: skip
        acts = pd.DataFrame(
            {"ts": when, "space": "community", "actor_key": people, "kind": "visit"}
        )
        row = self.ask(acts, as_of="2025-04-30")

        assert (row["value"], row["numerator"], row["denominator"]) == (3, 3000, 1000)
        assert row["details"] == {"members_a_day": 100, "share_a_day": 0.1, "median_days": 3}
        assert row["flags"] == ["approximate"]  # memberships are not known

    def test_days_are_those_of_the_company(self):
        # 23:30 in Paris on the 9th, 00:30 on the 10th: two days; 08:00 and 22:00 on one: one
        acts = rows(
            ACT,
            ("2025-04-09T21:30:00Z", "community", "a", "visit"),
            ("2025-04-09T22:30:00Z", "community", "a", "visit"),
            ("2025-04-12T06:00:00Z", "community", "b", "visit"),
            ("2025-04-12T20:00:00Z", "community", "b", "comment"),
        )

        assert self.ask(acts, as_of="2025-04-30")["value"] == 1.5

    def test_below_a_thousand_members_it_is_flagged(self):
        acts = times(40, ACT, "2025-04-09T10:00:00Z", "community", "a", "visit")

        assert "low_n" in self.ask(acts, as_of="2025-04-30")["flags"]

    def test_the_days_of_an_unfinished_month_are_those_elapsed(self):
        acts = times(1, ACT, "2025-04-09T10:00:00Z", "community", "a", "visit")

        row = self.ask(acts, as_of="2025-04-10")
        assert row["details"]["members_a_day"] == exactly(1 / 10)

    def test_nobody_came(self):
        acts = times(1, ACT, "2025-03-09T10:00:00Z", "community", "a", "visit")
        row = self.ask(acts, as_of="2025-04-30")

        assert (row["status"], row["reason"]) == ("no_denominator", "No member was active.")


class TestExchanges:
    SAID = rows(
        "interaction_id ts space actor_key actor_is_brand kind parent_id target_author_key",
        ("q", DAY, "community", "A", False, "question", None, None),
        ("1", DAY, "community", "B", False, "answer", "q", None),
        ("2", DAY, "community", "B", False, "mention", None, "C"),
        ("3", DAY, "community", "A", False, "answer", "q", None),  # to oneself
        ("4", DAY, "community", "C", False, "visit", None, None),
        ("5", DAY, "community", "us", True, "answer", "q", None),
    )
    MEMBERS = members(*((name, "2024-01-01", None) for name in "ABCD"))
    PROJECTS = rows(
        "activity_kind activity_at audience person_key attended",
        ("collaboration", DAY, "member", "A", True),
        ("collaboration", DAY, "member", "D", None),  # a project has no list of who came
        ("collaboration", DAY, "member", "C", False),
        ("collaboration", DAY, "employee", "E", True),
        ("webinar", DAY, "member", "A", True),
        ("collaboration", "2025-04-10T09:00:00Z", "member", "A", True),
    )

    def ask(self, **tables):
        given = {"memberships": self.MEMBERS, "interactions": self.SAID, **tables}
        given = {name: table for name, table in given.items() if table is not None}
        return one(given, "member_interaction_level", "2025-03", **MARCH)

    def test_are_what_members_say_to_one_another_per_active_member(self):
        # two exchanges of B; A and B were active
        row = self.ask()

        assert (row["value"], row["numerator"], row["denominator"]) == (1, 2, 2)
        assert row["details"] == {"exchanges": 2, "exchanging_share": 0.25}  # B of four members

    def test_joint_projects_are_added(self):
        row = self.ask(participations=self.PROJECTS)

        assert (row["value"], row["numerator"], row["denominator"]) == (2, 4, 2)
        assert row["details"]["collaborations"] == 2  # A and D

    def test_without_memberships_the_active_are_the_members(self):
        row = self.ask(memberships=None, participations=self.PROJECTS)

        assert (row["numerator"], row["denominator"]) == (3, 2)  # D is not known here
        assert row["details"]["exchanging_share"] == 0.5
        assert "approximate" in row["flags"]

    def test_by_kind_of_what_was_said(self):
        tables = {"memberships": self.MEMBERS, "interactions": self.SAID}
        res = kl.open(tables, **MARCH).evaluate("member_interaction_level", "2025-03", by="kind")

        assert dict(zip(res["kind"], res["value"], strict=True)) == {"answer": 0.5, "mention": 0.5}

    def test_nobody_was_active(self):
        row = self.ask(interactions=self.SAID[self.SAID["kind"] == "visit"])

        assert (row["status"], row["reason"]) == ("no_denominator", "No member was active.")
