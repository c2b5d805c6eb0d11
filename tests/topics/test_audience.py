"""Audience: worked examples, with the figure that a naive count would give beside them."""

from __future__ import annotations

import numpy as np
import pytest

import kpilib as kl
from kpilib.assumptions import Assumptions
from kpilib.engine.intervals import resampled
from tests.worked import exactly, groups, interval, near, one, rows, stack, times, value

FEBRUARY = {"as_of": "2025-02-28"}
DAY = "2025-02-10"


def visits(*values):
    return rows("visitor_id started_at", *values)


class TestUniqueVisitors:
    SESSIONS = visits(
        ("v1", "2025-01-05"),
        ("v1", "2025-01-20"),
        ("v2", "2025-01-31"),
        ("v2", "2025-02-01"),
        ("v1", "2025-02-03"),
        ("v3", "2025-02-10"),
    )

    @pytest.mark.parametrize(
        ("period", "expected"),
        [
            ("2025-01", 2),  # v1, v2
            ("2025-02", 3),  # v1, v2, v3
            (("2025-01-01", "2025-02-28"), 3),  # not 2 + 3, nor the 6 visitor-days
        ],
    )
    def test_o01_unique_visitors_do_not_add_up(self, period, expected):
        assert value({"sessions": self.SESSIONS}, "unique_visitors", period, **FEBRUARY) == expected

    def test_o01_twin_joe_and_jane(self):
        # Joe / Joe and Jane / Jane on three days: 2 people, 4 visitor-days
        sessions = visits(
            ("joe", "2025-02-01"),
            ("joe", "2025-02-02"),
            ("jane", "2025-02-02"),
            ("jane", "2025-02-03"),
        )

        assert value({"sessions": sessions}, "unique_visitors", "2025-02", **FEBRUARY) == 2

    def test_nobody_is_not_a_visitor(self):
        sessions = visits(("v1", DAY), (None, DAY), (None, DAY))

        assert value({"sessions": sessions}, "unique_visitors", "2025-02", **FEBRUARY) == 1

    def test_has_no_interval(self):
        row = one({"sessions": self.SESSIONS}, "unique_visitors", "2025-02", **FEBRUARY)

        assert (row["ci_method"], row["unit"]) == ("", "count")
        assert row[["ci_low", "ci_high"]].isna().all()


class TestSummedSessions:
    """Rows that come summed up: counts add up, distinct visitors do not."""

    DAILY = rows(
        "started_at is_aggregate sessions unique_visitors pageviews",
        ("2025-01-05", True, 1, 1, 3),
        ("2025-01-20", True, 1, 1, 2),
        ("2025-01-31", True, 1, 1, 1),
        ("2025-02-01", True, 1, 1, 4),
        ("2025-02-03", True, 1, 1, 1),
        ("2025-02-10", True, 1, 1, 1),
    )
    MONTHLY = rows(
        "started_at is_aggregate sessions unique_visitors pageviews",
        ("2025-01-01", True, 3, 2, 6),
        ("2025-02-01", True, 3, 3, 6),
    )
    BOTH_MONTHS = ("2025-01-01", "2025-02-28")

    @pytest.mark.parametrize(
        ("table", "bounds"),
        [
            (DAILY, (1, 6)),  # at least the largest day, at most the sum of the six days
            (MONTHLY, (3, 5)),  # at least February's 3, at most 2 + 3
        ],
        ids=["from days", "from months"],
    )
    def test_o01_summed_visitors_give_bounds_only(self, table, bounds):
        row = one({"sessions": table}, "unique_visitors", self.BOTH_MONTHS, **FEBRUARY)

        assert row["status"] == "not_additive"
        assert row["value"] != row["value"]
        assert interval(row) == bounds
        assert row["reason"] == (
            "Distinct people cannot be added up; the interval gives the bounds they lie between."
        )

    def test_one_part_alone_is_known(self):
        assert value({"sessions": self.MONTHLY}, "unique_visitors", "2025-02", **FEBRUARY) == 3

    def test_counts_add_up(self):
        tables = {"sessions": self.MONTHLY}

        assert value(tables, "sessions", self.BOTH_MONTHS, **FEBRUARY) == 6  # 3 + 3, not 2 rows

    def test_ratios_of_sums_are_divided_once(self):
        tables = {"sessions": self.MONTHLY}

        # 12 pages / 6 sessions
        assert value(tables, "pages_per_session", self.BOTH_MONTHS, **FEBRUARY) == 2

    @pytest.mark.parametrize("kpi", ["bounce_rate", "engaged_session_rate", "avg_session_duration"])
    def test_what_needs_single_sessions_is_refused(self, kpi):
        """1,000 seconds of 100 sessions do not say how many of them lasted 10 seconds."""
        summed = rows(
            "started_at is_aggregate sessions pageviews engaged_s key_events duration_s",
            ("2025-02-01", True, 100, 100, 1000.0, 1, 30000.0),
        )

        row = one({"sessions": summed}, kpi, "2025-02", **FEBRUARY)

        assert row["status"] == "not_additive"
        assert row["value"] != row["value"]

    ENGAGED = rows(
        "started_at is_aggregate sessions engaged_sessions channel",
        ("2025-02-01", True, 100, 40, "direct"),
        ("2025-02-01", True, 60, 45, "email"),
        ("2025-01-01", True, 10, None, "direct"),
    )

    @pytest.mark.parametrize(("kpi", "up"), [("bounce_rate", 75), ("engaged_session_rate", 85)])
    def test_a_tool_that_counts_engaged_sessions_is_believed(self, kpi, up):
        row = one({"sessions": self.ENGAGED}, kpi, "2025-02", **FEBRUARY)

        assert (row["numerator"], row["denominator"]) == (up, 160)  # 40 + 45, of 100 + 60
        assert row["value"] == exactly(up / 160)

    @pytest.mark.parametrize("kpi", ["bounce_rate", "engaged_session_rate"])
    def test_engaged_sessions_that_are_not_told_are_not_zero(self, kpi):
        row = one({"sessions": self.ENGAGED}, kpi, "2025-01", **FEBRUARY)

        assert row["value"] != row["value"]
        assert row["status"] != "ok"

    @pytest.mark.parametrize(("seconds", "engaged"), [(10, 3), (20, 2), (60, 1)])
    def test_what_engages_is_the_companys_to_decide(self, seconds, engaged):
        table = rows("visitor_id started_at engaged_s pageviews key_events", *(
            (f"v{each}", "2025-02-01", float(each), 1, 0) for each in (10, 11, 21, 61)
        ))  # fmt: skip
        company = kl.open({"sessions": table}, **FEBRUARY)
        company.tables.assumptions = Assumptions(engaged_seconds=seconds)

        assert company.evaluate("engaged_session_rate", "2025-02")["numerator"][0] == engaged
        assert company.evaluate("bounce_rate", "2025-02")["numerator"][0] == 4 - engaged

    def test_single_sessions_marked_as_such_are_counted(self):
        single = rows(
            "visitor_id started_at is_aggregate",
            ("v1", "2025-02-01", False),
            ("v1", "2025-02-02", False),
            ("v2", "2025-02-03", False),
        )

        assert value({"sessions": single}, "sessions", "2025-02", **FEBRUARY) == 3
        assert value({"sessions": single}, "unique_visitors", "2025-02", **FEBRUARY) == 2


class TestSessions:
    def test_counts_those_that_started_in_the_period(self):
        tables = {"sessions": TestUniqueVisitors.SESSIONS}

        assert value(tables, "sessions", "2025-01", **FEBRUARY) == 3
        assert value(tables, "sessions", "2025-02", **FEBRUARY) == 3
        assert value(tables, "sessions", "2025-Q1", as_of="2025-03-31") == 6

    def test_o70_interval_is_exact_poisson(self):
        sessions = times(12, "started_at", DAY).assign(visitor_id=[*"abcdefghijkl"])
        row = one({"sessions": sessions}, "sessions", "2025-02", **FEBRUARY)

        assert row["value"] == 12
        assert row["ci_method"] == "poisson"
        assert interval(row) == near(6.200575, 20.961585)

    def test_o65_months_of_unequal_length_compare_raw(self):
        # 2,900 in 29 days, 2,856 in 28: -1.517241 %, although 100 a day became 102
        sessions = stack(
            times(2900, "started_at", "2024-02-10"), times(2856, "started_at", "2025-02-10")
        )
        sessions["visitor_id"] = [f"v{number}" for number in range(len(sessions))]

        row = one(
            {"sessions": sessions}, "sessions", "2025-02", compare=("year_before",), **FEBRUARY
        )

        assert row["year_before"] == 2900
        assert row["delta_year_before"] == -44
        assert row["change_year_before"] == exactly(-44 / 2900)
        assert row["within_noise_year_before"]


class TestPages:
    SESSIONS = rows(
        "visitor_id started_at pageviews",
        ("v1", DAY, 1),
        ("v1", DAY, 1),
        ("v1", DAY, 1),
        ("v2", DAY, 9),
    )

    def test_pages_are_divided_once(self):
        # 12 pages / 4 sessions = 3; the mean of the visitors' own means would be (1 + 9) / 2 = 5
        row = one({"sessions": self.SESSIONS}, "pages_per_session", "2025-02", **FEBRUARY)

        assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (3, 12, 4, 4)

    def test_interval_resamples_visitors(self):
        row = one({"sessions": self.SESSIONS}, "pages_per_session", "2025-02", **FEBRUARY)

        # v1 saw 3 pages in 3 visits, v2 9 in 1: two visitors, not four visits
        found, method = resampled(np.array([3.0, 9.0]), np.array([3.0, 1.0]))
        assert (interval(row), row["ci_method"]) == (found, method)


class TestDuration:
    SECONDS = [0, 0, 30, 45, 600]

    def sessions(self, seconds):
        return rows("visitor_id started_at duration_s engaged_s",
                    *((f"v{i}", DAY, s, s / 2) for i, s in enumerate(seconds)))  # fmt: skip

    def test_o06_sessions_of_no_second_stay_in_the_mean(self):
        # 675 / 5 = 135; without the two zeros it would be 225
        tables = {"sessions": self.sessions(self.SECONDS)}

        assert value(tables, "avg_session_duration", "2025-02", **FEBRUARY) == 135

    def test_o06_median_is_read_beside(self):
        tables = {"sessions": self.sessions(self.SECONDS)}
        row = one(tables, "avg_session_duration", "2025-02", **FEBRUARY)

        assert row["details"]["median"] == 30

    def test_seconds_engaged_are_read_beside(self):
        tables = {"sessions": self.sessions(self.SECONDS)}
        row = one(tables, "avg_session_duration", "2025-02", **FEBRUARY)

        assert row["details"]["engaged_seconds_per_session"] == 67.5  # 337.5 / 5

    def test_a_session_is_capped_at_four_hours_and_counted(self):
        tables = {"sessions": self.sessions([14_400, 14_401, 100_000])}
        row = one(tables, "avg_session_duration", "2025-02", **FEBRUARY)

        assert row["value"] == 14_400  # 3 x 14,400 / 3
        assert row["details"]["capped_sessions"] == 2


class TestEngagement:
    # Engaged: longer than 10 s, or two pages, or a key event. The first two are not: 3 of 5 are.
    SESSIONS = rows(
        "started_at engaged_s pageviews key_events",
        (DAY, 9.0, 1, 0),
        (DAY, 10.0, 1, 0),  # exactly 10 seconds is not longer than 10 seconds
        (DAY, 10.1, 1, 0),
        (DAY, 3.0, 2, 0),
        (DAY, 2.0, 1, 1),
    )

    def test_o04_engagement_and_bounce_are_each_others_complement(self):
        tables = {"sessions": self.SESSIONS}

        assert value(tables, "engaged_session_rate", "2025-02", **FEBRUARY) == exactly(3 / 5)
        assert value(tables, "bounce_rate", "2025-02", **FEBRUARY) == exactly(2 / 5)

    def test_o04_exactly_ten_seconds_is_a_bounce(self):
        tables = {"sessions": self.SESSIONS.iloc[[1]]}

        assert value(tables, "bounce_rate", "2025-02", **FEBRUARY) == 1

    def test_interval_is_wilsons(self):
        tables = {"sessions": stack(*[self.SESSIONS] * 20)}
        row = one(tables, "bounce_rate", "2025-02", **FEBRUARY)

        # 40/100: centre (0.4 + z²/200) / (1 + z²/100), z² = 3.841459
        assert row["ci_method"] == "wilson"
        assert interval(row) == near(0.309401, 0.497998)

    def test_a_session_without_measurement_is_not_engaged(self):
        sessions = rows(
            "started_at engaged_s pageviews key_events",
            (DAY, None, 1, 0),
            (DAY, None, None, 1),
            (DAY, None, 2, None),
            (DAY, 1.0, 1, None),
        )

        assert value({"sessions": sessions}, "bounce_rate", "2025-02", **FEBRUARY) == 0.5


class TestChannels:
    SESSIONS = rows(
        "visitor_id started_at source medium",
        ("v1", DAY, "google", "organic"),
        ("v2", DAY, "google", "organic"),
        ("v3", DAY, "Google", "CPC"),
        ("v1", DAY, "linkedin.com", "referral"),
        ("v1", DAY, "linkedin", "cpc"),
        ("v4", DAY, "facebook.com", "social"),
        ("v5", DAY, "newsletter", "email"),
        ("v5", DAY, "(direct)", "(none)"),
        ("v6", DAY, "partenaire.fr", "referral"),
        ("v6", DAY, "qrcode", "flyer"),
    )

    def test_o08_sessions_by_channel(self):
        res = groups({"sessions": self.SESSIONS}, "sessions", "2025-02", "channel", **FEBRUARY)

        assert res == {
            "organic_search": 2,
            "paid_search": 1,
            "organic_social": 2,
            "paid_social": 1,
            "email": 1,
            "direct": 1,
            "referral": 1,
            "unassigned": 1,
        }

    def test_are_the_breakdown_of_their_kpi_without_asking(self):
        res = kl.open({"sessions": self.SESSIONS}, **FEBRUARY).evaluate(
            "channel_sessions", "2025-02"
        )

        assert set(res["channel"]) == set(
            groups({"sessions": self.SESSIONS}, "sessions", "2025-02", "channel", **FEBRUARY)
        )
        assert res["value"].sum() == 10

    def test_organic_search_only(self):
        tables = {"sessions": self.SESSIONS}

        assert value(tables, "organic_sessions", "2025-02", **FEBRUARY) == 2

    def test_social_is_organic_and_paid_with_its_visitors_beside(self):
        row = one({"sessions": self.SESSIONS}, "social_sessions", "2025-02", **FEBRUARY)

        assert row["value"] == 3  # two organic, one paid
        assert row["details"] == {"visitors": 2}  # v1 and v4

    def test_a_channel_that_is_given_wins_over_source_and_medium(self):
        sessions = self.SESSIONS.assign(channel="organic_search")

        assert value({"sessions": sessions}, "organic_sessions", "2025-02", **FEBRUARY) == 10

    def test_no_organic_session_is_zero_not_unknown(self):
        sessions = self.SESSIONS.iloc[2:]

        assert value({"sessions": sessions}, "organic_sessions", "2025-02", **FEBRUARY) == 0


class TestSearchPosition:
    # Two queries: 100 impressions at 2 on average, 10 at 50: 700 / 110. The mean of both is 26.
    QUERIES = rows(
        "date platform item impressions sum_position",
        ("2025-02-10", "search_console", "formation kpi", 100, 200.0),
        ("2025-02-10", "search_console", "roi", 10, 500.0),
        ("2025-02-10", "google_ads", "formation kpi", 1000, 1000.0),
    )

    def test_is_weighted_by_impressions(self):
        row = one({"acquisition_daily": self.QUERIES}, "avg_search_position", "2025-02", **FEBRUARY)

        assert row["value"] == exactly(700 / 110)
        assert (row["numerator"], row["denominator"], row["unit"]) == (700, 110, "rank")

    def test_is_unknown_without_impressions(self):
        tables = {"acquisition_daily": self.QUERIES.iloc[[2]]}
        row = one(tables, "avg_search_position", "2025-02", **FEBRUARY)

        assert row["status"] == "no_denominator"
        assert row["value"] != row["value"]
        assert row["denominator"] == 0

    def test_o07_harder_queries_lower_the_mean_although_none_moved(self):
        # January: 100 impressions at 2. February: the same, and 100 new ones at 10: (200 + 1000)
        # / 200 = 6. Each query kept its own position.
        queries = rows(
            "date platform item impressions sum_position",
            ("2025-01-10", "search_console", "formation kpi", 100, 200.0),
            ("2025-02-10", "search_console", "formation kpi", 100, 200.0),
            ("2025-02-10", "search_console", "tableau de bord", 100, 1000.0),
        )
        tables = {"acquisition_daily": queries}
        by_query = groups(tables, "avg_search_position", "2025-02", "item", **FEBRUARY)

        assert value(tables, "avg_search_position", "2025-01", **FEBRUARY) == 2
        assert value(tables, "avg_search_position", "2025-02", **FEBRUARY) == 6
        assert by_query == {"formation kpi": 2, "tableau de bord": 10}

    def test_o07_months_are_weighted_by_their_impressions(self):
        # 10 impressions at 1, then 90 at 11: 1000 / 100 = 10, not the mean of 1 and 11
        queries = rows(
            "date platform item impressions sum_position",
            ("2025-01-10", "search_console", "roi", 10, 10.0),
            ("2025-02-10", "search_console", "roi", 90, 990.0),
        )
        period = ("2025-01-01", "2025-02-28")

        assert (
            value({"acquisition_daily": queries}, "avg_search_position", period, **FEBRUARY) == 10
        )
