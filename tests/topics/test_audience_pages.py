"""Newcomers, pages, countries: worked examples, and the traps of their cards."""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl
import pytest

import kpilib as kl
from kpilib.assumptions import Assumptions
from kpilib.company import Company
from kpilib.language import speaking
from kpilib.settings import Settings
from kpilib.tables.store import Tables
from tests.worked import exactly, groups, interval, near, one, rows, stack, times, value

FEBRUARY = {"as_of": "2025-02-28"}
DAY = "2025-02-10"


class TestNewVisitors:
    # a is new and comes back, b is new, c and d had come before: 2 of 4
    SESSIONS = rows(
        "visitor_id started_at is_new_visitor channel",
        ("a", "2025-02-03", True, "email"),
        ("a", "2025-02-04", False, "direct"),
        ("b", "2025-02-05", True, "direct"),
        ("c", "2025-02-05", False, "direct"),
        ("d", "2025-02-06", None, "direct"),
        ("e", "2025-01-31", True, "direct"),
    )

    def test_are_people_whose_first_visit_it_was(self):
        row = one({"sessions": self.SESSIONS}, "new_visitors", "2025-02", **FEBRUARY)

        assert row["value"] == 2
        assert row["ci_method"] == ""

    def test_their_share_stands_beside_with_wilsons_interval(self):
        details = one({"sessions": self.SESSIONS}, "new_visitors", "2025-02", **FEBRUARY)["details"]

        assert details["new_visitor_share"] == 0.5  # 2 of a, b, c, d; of 5 sessions it would be 0.4
        assert (details["new_visitor_share_low"], details["new_visitor_share_high"]) == near(
            0.150039, 0.849961
        )

    def test_twice_marked_as_new_is_one_person(self):
        sessions = stack(self.SESSIONS, self.SESSIONS)

        assert value({"sessions": sessions}, "new_visitors", "2025-02", **FEBRUARY) == 2

    def test_summed_days_give_bounds(self):
        summed = rows(
            "started_at is_aggregate sessions unique_visitors is_new_visitor",
            ("2025-02-01", True, 9, 5, True),
            ("2025-02-01", True, 9, 8, False),
            ("2025-02-02", True, 9, 4, True),
        )
        row = one({"sessions": summed}, "new_visitors", "2025-02", **FEBRUARY)

        assert row["status"] == "not_additive"
        assert interval(row) == (5, 9)


class TestPageViews:
    SESSIONS = rows(
        "session_id started_at pageviews", ("s1", DAY, 3), ("s2", DAY, 1), ("s3", DAY, None)
    )
    EVENTS = rows(
        "event_id ts event_name",
        *((f"e{i}", f"{DAY}T10:00:00Z", "page_view") for i in range(4)),
        ("e9", f"{DAY}T10:00:00Z", "cta_view"),
    )  # fmt: skip

    def test_add_up(self):
        row = one({"sessions": self.SESSIONS}, "page_views", "2025-02", **FEBRUARY)

        assert (row["value"], row["unit"], row["details"]) == (4, "count", {})

    def test_single_events_stand_beside(self):
        tables = {"sessions": self.SESSIONS, "web_events": self.EVENTS}

        assert one(tables, "page_views", "2025-02", **FEBRUARY)["details"] == {
            "page_view_events": 4
        }

    def test_of_summed_sessions(self):
        summed = rows("started_at is_aggregate sessions pageviews", ("2025-02-01", True, 9, 30))

        assert value({"sessions": summed}, "page_views", "2025-02", **FEBRUARY) == 30


class TestPages:
    EVENTS = rows(
        "event_id ts event_name page",
        ("1", f"{DAY}T10:00:00Z", "page_view", "/tarifs"),
        ("2", f"{DAY}T10:01:00Z", "page_view", "/tarifs/"),
        ("3", f"{DAY}T10:02:00Z", "page_view", "/tarifs?utm_source=x&a=1"),
        ("4", f"{DAY}T10:03:00Z", "page_view", "/contact#plan"),
        ("5", f"{DAY}T10:04:00Z", "page_view", "/blog/?page=2"),
        ("6", f"{DAY}T10:05:00Z", "page_view", "/"),
        ("7", f"{DAY}T10:06:00Z", "page_view", "/?gclid=1"),
        ("8", f"{DAY}T10:07:00Z", "page_view", None),
        ("9", f"{DAY}T10:08:00Z", "product_click", "/tarifs/"),
        ("10", f"{DAY}T10:09:00Z", "product_click", "/tarifs"),
    )

    @pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
    def test_one_page_is_one_line_the_most_viewed_first_ties_by_name(self, engine):
        as_given = {"pandas": lambda f: f, "polars": pl.from_pandas, "duckdb": _relation}
        tables = {"web_events": as_given[engine](self.EVENTS)}
        res = kl.open(tables, **FEBRUARY).evaluate("top_pages", "2025-02")

        assert list(zip(res["page"], res["value"], strict=True)) == [
            ("/tarifs", 3),
            ("/", 2),
            ("(unknown)", 1),
            ("/blog", 1),
            ("/contact", 1),
        ]

    def test_clicks_on_offers_by_page(self):
        row = one({"web_events": self.EVENTS}, "page_clicks", "2025-02", **FEBRUARY)

        assert (row["page"], row["value"], row["ci_method"]) == ("/tarifs", 2, "")
        ours = one({"web_events": self.EVENTS.assign(visitor_id="a")}, "page_clicks", "2025-02",
                   **FEBRUARY)  # fmt: skip
        assert (ours["value"], ours["ci_method"]) == (2, "clumped")

    def test_a_page_without_click_is_no_line(self):
        tables = {"web_events": self.EVENTS.iloc[:8]}
        row = one(tables, "page_clicks", "2025-02", **FEBRUARY)

        assert (row["status"], row["page"]) == ("no_data", None)


def _relation(frame):
    connection = duckdb.connect()
    connection.register("given", frame.assign(ts=pd.to_datetime(frame["ts"], utc=True)))
    connection.execute("create table web_events as select * from given")
    return connection.table("web_events")


class TestLandings:
    SESSIONS = rows(
        "session_id started_at channel landing_page",
        ("1", DAY, "direct", "/services"),
        ("2", DAY, "direct", "/services/"),
        ("3", DAY, "direct", "/services?x=1"),
        ("4", DAY, "direct", "/"),
        ("5", DAY, "direct", None),
        ("6", DAY, "email", "/services"),
    )

    def test_are_direct_sessions_by_the_page_they_begin_on(self):
        tables = {"sessions": self.SESSIONS}

        assert groups(tables, "direct_landing_sessions", "2025-02", "landing_page", **FEBRUARY) == {
            "/services": 3,
            "/": 1,
            "(unknown)": 1,
        }

    def test_of_summed_sessions(self):
        summed = self.SESSIONS.drop(columns="session_id").assign(is_aggregate=True, sessions=10)
        res = kl.open({"sessions": summed}, **FEBRUARY).evaluate(
            "direct_landing_sessions", "2025-02"
        )

        assert dict(zip(res["landing_page"], res["value"], strict=True))["/services"] == 30


class TestForeignAudience:
    # Of those with a country: BE, CH and be abroad, FR and fr at home: 3/5. Three are unknown.
    SESSIONS = rows(
        "session_id started_at country",
        *((str(i), DAY, c) for i, c in enumerate(["FR", "fr", "BE", "be", "CH", None, "", "ZZ"])),
    )

    def test_unknown_countries_are_on_neither_side(self):
        row = one({"sessions": self.SESSIONS}, "foreign_audience_share", "2025-02", **FEBRUARY)

        assert (row["value"], row["numerator"], row["denominator"]) == (exactly(3 / 5), 3, 5)
        assert row["details"] == {"sessions_without_country": 3}
        assert interval(row) == near(0.230724, 0.882379)

    def test_home_is_the_companys(self):
        tables = Tables(
            {"sessions": self.SESSIONS},
            kl.open({}).tables.zone,
            assumptions=Assumptions(home_country="BE"),
        )
        row = one(Company(tables, Settings(), None), "foreign_audience_share", "2025-02")

        assert row["value"] == exactly(3 / 5)  # FR, fr, CH

    def test_names_of_countries_are_not_their_codes(self):
        """France is not FR: a share of 100 % from abroad would be a silent mistake."""
        tables = {"sessions": self.SESSIONS.assign(country="France")}
        row = one(tables, "foreign_audience_share", "2025-02", **FEBRUARY)

        assert (row["status"], row["denominator"]) == ("no_denominator", 0)

    def test_summed_sessions_count_for_what_they_are(self):
        summed = rows(
            "started_at is_aggregate sessions country",
            (DAY, True, 80, "FR"),
            (DAY, True, 20, "BE"),
            (DAY, True, 7, None),
        )
        row = one({"sessions": summed}, "foreign_audience_share", "2025-02", **FEBRUARY)

        assert (row["numerator"], row["denominator"]) == (20, 100)  # not 1 of 2 rows


class TestDoubts:
    """What the check of the data says of figures that do not fit together."""

    @staticmethod
    def company(viewed, seen, direct=0):
        sessions = rows(
            "session_id started_at pageviews channel",
            *((f"s{i}", DAY, 1, "direct" if i < direct else "email") for i in range(viewed)),
        )
        events = rows("event_id ts event_name", *((f"e{i}", DAY, "page_view") for i in range(seen)))
        return kl.open({"sessions": sessions, "web_events": events}, **FEBRUARY)

    @pytest.mark.parametrize(
        ("seen", "suspect"), [(100, False), (98, False), (97, True), (103, True)]
    )
    def test_page_views_more_than_2_percent_apart(self, seen, suspect):
        found = self.company(100, seen).doubts(months=1)

        said = (
            f"Page views of 2025-02: 100 in the sessions, {seen} single events. More than 2 % "
            "apart: one of the two loses visits."
        )
        assert found == ([said] if suspect else [])

    def test_events_without_page_views_are_no_second_count(self):
        assert self.company(100, 0).doubts(months=1) == []

    @pytest.mark.parametrize(("direct", "suspect"), [(30, False), (31, True)])
    def test_too_many_visits_without_a_tag(self, direct, suspect):
        found = self.company(100, 100, direct).doubts(months=1)

        assert found == (
            ["direct: 31% of the sessions of 2025-02. Above 30 %, links are not tagged."]
            if suspect
            else []
        )

    def test_they_are_said_in_french_too(self):
        with speaking("fr"):
            found = self.company(100, 50, 31).doubts(months=1)

        assert found[0].startswith("Pages vues de 2025-02") and "\u00a0%" in found[1]
        assert "31\u00a0%" in found[1]

    def test_a_handful_of_visits_says_nothing_of_tags(self):
        assert self.company(29, 29, 29).doubts(months=1) == []

    def test_they_are_no_faults(self):
        assert self.company(100, 50, 90).check() == []

    def test_nothing_to_say_without_sessions_or_days(self):
        assert kl.open({}).doubts() == []
        assert kl.open({"costs": times(1, "incurred_at", DAY)}).doubts() == []
