"""What a campaign brought: worked weeks, and an independent count of the same."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import kpilib as kl
from kpilib.errors import ContractError
from tests.worked import exactly, interval, one, rows, stack

KPI = "campaign_traffic_uplift"
MONDAY = date(2025, 2, 3)  # the campaign lasts from this Monday to Sunday 9 February
ACTIONS = rows("action_id kind started_at ended_at", ("c1", "sea", "2025-02-03", "2025-02-09"))


def daily(counts, first):
    """Sessions already summed up: one row a day from `first` on."""
    table = rows(
        "started_at is_aggregate sessions",
        *((str(first + timedelta(days=i)), True, n) for i, n in enumerate(counts)),
    )
    return table[table["sessions"].notna()]


def weeks(*levels):
    """Whole weeks, each with the same number of sessions on all of its days."""
    return [level for level in levels for _ in range(7)]


# Four weeks of 8, 12, 8, 12 sessions a day (10 on average), then a week of 15.
BEFORE = weeks(8, 12, 8, 12)
SESSIONS = daily([*BEFORE, *weeks(15)], MONDAY - timedelta(weeks=4))


def asked(sessions=SESSIONS, actions=ACTIONS, period="2025-02", as_of="2025-02-28", **more):
    return one({"sessions": sessions, "actions": actions}, KPI, period, as_of=as_of, **more)


class TestAWeek:
    def test_what_was_observed_less_what_was_to_be_expected(self):
        # 7 x 15 = 105 observed, 7 x 10 = 70 expected
        row = asked()

        assert (row["action_id"], row["value"], row["n"]) == ("c1", 35, 105)
        assert row["details"] == {
            "observed": 105,
            "expected": 70,
            "relative_uplift": 0.5,
            "attributed": None,
            "weeks_before": 4,
            "days_without_data": 0,
            "changes_at_once": 0,
        }
        assert "approximate" not in row["flags"]

    def test_interval_is_welchs_times_the_days(self):
        # before: 28 days 2 away from their mean, variance 28 x 4 / 27; during: all 5 above it.
        # se = sqrt(4/27); 27 degrees of freedom
        half = 7 * stats.t.ppf(0.975, 27) * sqrt(4 / 27)
        row = asked()

        assert row["ci_method"] == "welch"
        assert interval(row) == pytest.approx((35 - half, 35 + half), rel=1e-9)
        assert half == pytest.approx(5.52825, abs=1e-5)

    def test_agrees_with_scipy_and_with_sql(self):
        rng = np.random.default_rng(4)
        week = np.array([1, 1, 1, 1, 1, 0.4, 0.3])
        counts = rng.poisson(np.concatenate([*[60 * week] * 8, *[75 * week] * 2]))
        sessions = daily(counts.tolist(), MONDAY - timedelta(weeks=8))
        actions = ACTIONS.assign(ended_at="2025-02-16")
        row = asked(sessions, actions)
        days = pd.DataFrame({"day": pd.to_datetime(sessions["started_at"]), "n": counts})
        usual = duckdb.sql(
            "select isodow(day) as weekday, avg(n) as usual from days"
            " where day between '2024-12-09' and '2025-02-02' group by all"
        ).df()  # fmt: skip
        assert len(usual) == 7
        by_weekday = usual.set_index("weekday")["usual"]
        away = days["n"] - (days["day"].dt.day_of_week + 1).map(by_weekday)
        during = days["day"] >= pd.Timestamp(MONDAY)
        test = stats.ttest_ind(away[during], away[~during], equal_var=False)

        assert row["value"] == exactly(away[during].sum())
        assert interval(row) == pytest.approx(
            tuple(14 * bound for bound in test.confidence_interval()), rel=1e-9
        )

    def test_a_weekend_is_compared_with_weekends(self):
        # 20 sessions from Monday to Friday, 2 on Saturday and Sunday; the campaign is one weekend
        counts = ([20] * 5 + [2] * 2) * 4 + [20] * 5 + [6] * 2
        actions = ACTIONS.assign(started_at="2025-02-08")
        first = date(2025, 2, 8) - timedelta(weeks=4)
        sessions = daily(counts[5:], first)
        row = asked(sessions, actions)

        assert (row["details"]["observed"], row["details"]["expected"]) == (12, 4)
        assert row["value"] == 8

    def test_one_day_has_no_interval(self):
        row = asked(actions=ACTIONS.assign(ended_at="2025-02-03"))

        assert row["value"] == 5
        assert row["ci_low"] != row["ci_low"]
        assert row["ci_method"] == ""


class TestWeeksBefore:
    @pytest.mark.parametrize(
        ("known", "used", "expected"),
        [(4, 4, 10), (6, 6, 10), (8, 8, 10), (10, 8, 10)],
    )
    def test_as_many_as_there_are_and_eight_at_most(self, known, used, expected):
        older = weeks(*[1000] * max(0, known - 8))  # beyond eight weeks: never read
        counts = [*older, *weeks(*[8, 12] * (used // 2)), *weeks(15)]
        row = asked(daily(counts, MONDAY - timedelta(weeks=known)))

        assert row["details"]["weeks_before"] == used
        assert row["details"]["expected"] == 7 * expected

    def test_a_week_begun_is_not_a_week(self):
        counts = [99, 99, 99, *BEFORE, *weeks(15)]
        row = asked(daily(counts, MONDAY - timedelta(weeks=4, days=3)))

        assert (row["details"]["weeks_before"], row["details"]["expected"]) == (4, 70)

    def test_fewer_than_four_cannot_be_estimated(self):
        row = asked(daily([*BEFORE[1:], *weeks(15)], MONDAY - timedelta(days=27)))

        assert row["status"] == "too_few"
        assert row["value"] != row["value"]
        assert row["reason"] == (
            "Fewer than 4 whole weeks are known before the campaign: its effect cannot be "
            "estimated."
        )
        assert row["details"]["observed"] == 105  # what came is known all the same
        assert row["details"]["weeks_before"] == 3

    def test_a_campaign_from_the_month_before_keeps_its_own_weeks(self):
        # 27 January to 9 February: only the days of February count, compared with December
        actions = ACTIONS.assign(started_at="2025-01-27")
        counts = [*BEFORE, *weeks(99), *weeks(15)]
        row = asked(daily(counts, date(2025, 1, 27) - timedelta(weeks=4)), actions)

        assert row["details"]["observed"] == 2 * 99 + 7 * 15  # 1 and 2 February, then a week
        assert row["details"]["expected"] == 9 * 10


class TestDays:
    def test_a_day_without_data_is_unknown_not_zero(self):
        counts = [*BEFORE, 15, 15, None, 15, 15, 15, 15]
        row = asked(daily(counts, MONDAY - timedelta(weeks=4)))

        assert row["value"] == 6 * 5  # the Wednesday on neither side; as 0 it would be 20
        assert row["details"]["days_without_data"] == 1
        assert "partial" in row["flags"]

    def test_a_hole_before_it_is_left_out_as_long_as_four_weekdays_remain(self):
        counts = [*weeks(8, 12, 8, 12), None, *weeks(10)[1:], *weeks(15)]
        row = asked(daily(counts, MONDAY - timedelta(weeks=5)))

        assert row["value"] == 35
        counts[0] = None  # a second Monday is lost: three remain
        assert asked(daily(counts, MONDAY - timedelta(weeks=5)))["status"] == "too_few"

    def test_one_that_still_runs_is_counted_as_far_as_the_data_goes(self):
        actions = ACTIONS.assign(ended_at=None)
        row = asked(actions=actions, as_of="2025-02-05")

        assert row["details"]["observed"] == 3 * 15
        assert "partial" in row["flags"]

    def test_days_are_local(self):
        # 23:30 UTC is the next day in Paris: the last minutes of 2 February are of the campaign
        sessions = stack(
            *(rows("session_id started_at", *((f"{d}-{i}", f"{day}T10:00:00Z") for i in range(2)))
              for d in range(28) for day in [MONDAY - timedelta(days=28 - d)]),
            rows("session_id started_at", *((f"x{i}", "2025-02-02T23:30:00Z") for i in range(5))),
        )  # fmt: skip
        row = asked(sessions, ACTIONS.assign(ended_at="2025-02-03"))

        assert (row["details"]["observed"], row["details"]["expected"]) == (5, 2)


class TestCampaigns:
    def test_tagged_sessions_are_attributed_not_gained(self):
        columns = "session_id started_at campaign_id"
        before = rows(columns, *(
            (f"b{d}-{i}", f"{MONDAY - timedelta(days=d)}T10:00:00Z", None)
            for d in range(1, 29) for i in range(3)
        ))  # fmt: skip
        during = rows(columns, *(
            (f"d{i}", "2025-02-03T10:00:00Z", "c1" if i < 4 else None) for i in range(5)
        ), ("late", "2025-02-12T10:00:00Z", "c1"))  # fmt: skip
        row = asked(stack(before, during), ACTIONS.assign(ended_at="2025-02-03"))

        # 5 came that day instead of 3; 4 bear the tag, and the one of the 12th is too late
        assert (row["value"], row["details"]["attributed"]) == (2, 4)

    def test_only_campaigns_ads_networks_and_mailings_that_ran(self):
        actions = rows(
            "action_id kind started_at ended_at",
            ("a", "campaign", "2025-02-03", "2025-02-04"),
            ("b", "email", "2025-02-03", "2025-02-03"),
            ("c", "social", "2025-02-05", None),
            ("d", "seo", "2025-02-03", "2025-02-04"),  # shows after months, not in its days
            ("e", "training", "2025-02-03", "2025-02-04"),
            ("f", "sea", "2025-01-03", "2025-01-31"),  # over
            ("g", "sea", "2025-03-01", "2025-03-31"),  # not begun
        )
        res = kl.open({"sessions": SESSIONS, "actions": actions}, as_of="2025-02-09").evaluate(
            KPI, "2025-02"
        )

        assert res["action_id"].tolist() == ["a", "b", "c"]
        # Monday's 5 are shared by two; together they gained what the seven days did
        assert res["value"].tolist() == [7.5, 2.5, 25]
        assert res["details"].str.get("counted_elsewhere").tolist()[:2] == [2.5, 2.5]

    @pytest.mark.parametrize(
        ("started", "ended", "changes"),
        [
            ("2025-01-06", None, 1),  # began on the first day compared
            ("2025-01-05", None, 0),  # ran all along: it is in what is usual
            ("2024-12-01", "2025-02-09", 1),  # ended with it
            ("2025-02-05", "2025-02-06", 1),  # one campaign, though both its ends are inside
            ("2025-02-10", "2025-02-11", 0),
        ],
    )
    def test_others_that_begin_or_end_meanwhile_are_in_the_figure(self, started, ended, changes):
        other = rows("action_id kind started_at ended_at", ("c2", "social", started, ended))
        row = asked(actions=stack(ACTIONS, other), by="action_id", group="c1")

        # On 5 and 6 February both gain 5 a day: each is given half.
        assert row["value"] == (30 if started == "2025-02-05" else 35)
        assert row["details"]["changes_at_once"] == changes
        assert ("approximate" in row["flags"]) == bool(changes)

    def test_without_a_campaign_there_is_nothing_to_say(self):
        row = asked(period="2025-01", as_of="2025-02-28")

        assert (row["status"], row["reason"]) == ("no_data", "No campaign ran in this period.")

    def test_a_campaign_may_cost_visits(self):
        row = asked(daily([*BEFORE, *weeks(7)], MONDAY - timedelta(weeks=4)))

        assert row["value"] == -21
        assert row["details"]["relative_uplift"] == exactly(-0.3)

    def test_another_breakdown_is_refused(self):
        with pytest.raises(ContractError, match="always by action_id"):
            asked(by="channel")

    def test_is_missing_with_its_tables(self):
        row = one({"sessions": SESSIONS}, KPI, "2025-02", as_of="2025-02-28")

        assert (row["status"], row["reason"]) == ("missing_table", "Missing table: actions.")


class TestTogether:
    @given(
        st.lists(st.integers(0, 60), min_size=7, max_size=28),
        st.lists(st.tuples(st.integers(0, 20), st.integers(1, 14)), min_size=2, max_size=4),
    )
    @settings(max_examples=25, deadline=None)
    def test_campaigns_that_overlap_never_gain_more_than_all_sessions(self, counts, spans):
        actions = rows(
            "action_id kind started_at ended_at",
            *((f"c{i}", "sea", str(MONDAY + timedelta(days=on)),
               str(MONDAY + timedelta(days=on + long)))
              for i, (on, long) in enumerate(spans)),
        )  # fmt: skip
        sessions = daily([*weeks(8, 12, 8, 12, 8, 12), *counts], MONDAY - timedelta(weeks=6))
        data = kl.open({"sessions": sessions, "actions": actions}, as_of="2025-02-28")
        found = data.evaluate(KPI, "2025-02")

        assert found["value"].clip(lower=0).sum() <= sum(counts) + 1e-9
        told = found[found["status"] == "ok"]
        for row in told.to_dict("records"):
            details = row["details"]
            apart = details.get("counted_elsewhere", 0.0)
            whole = details["observed"] - details["expected"] - apart
            assert row["value"] == pytest.approx(whole, abs=1e-9)


class TestSeason:
    """A year of 364 days before, the same week had 1.5 times the sessions of its weeks before."""

    LAST = MONDAY - timedelta(weeks=52 + 4)

    def sessions(self, *last_year):
        return stack(
            daily(weeks(*last_year), self.LAST),
            daily([*BEFORE, *weeks(15)], MONDAY - timedelta(weeks=4)),
        )

    def test_what_the_season_brings_is_not_gained(self):
        row = asked(self.sessions(20, 20, 20, 20, 30))

        assert row["details"]["season"] == exactly(1.5)
        assert (row["details"]["expected"], row["value"]) == (105, 0)

    def test_a_season_that_falls_hides_a_gain(self):
        row = asked(self.sessions(20, 20, 20, 20, 10))

        assert (row["details"]["expected"], row["value"]) == (35, 70)

    def test_without_those_days_there_is_none(self):
        assert "season" not in asked(self.sessions(20, 20, 20, 20))["details"]
        assert "season" not in asked(self.sessions(20, 20))["details"]

    def test_a_noisy_year_before_makes_it_less_certain(self):
        calm = interval(asked(self.sessions(20, 20, 20, 20, 30)))
        noisy = interval(asked(self.sessions(10, 30, 5, 35, 30)))

        assert noisy[1] - noisy[0] > 1.5 * (calm[1] - calm[0])
