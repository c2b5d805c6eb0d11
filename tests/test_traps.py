"""The classic errors, one class each: the fixture drawn, the right figure and the wrong one."""

from __future__ import annotations

import os
import time

import numpy as np
import pandas as pd
import polars as pl
import pytest

import kpilib as kl
from kpilib.errors import ContractError
from tests.worked import exactly, groups, one, rows, stack, times, value

DAY = "2025-02-10"
FEBRUARY = {"as_of": "2025-02-28"}


class TestMeanOfRates:
    """Two campaigns, two months, two trainings: never the mean of their rates.

    campaign  sent  clicked  rate
    small       10        5  50 %
    large      990       10  1.0101 %
    """

    SENDS = stack(
        times(5, "campaign_id sent_at delivered human_click", "small", DAY, True, True),
        times(5, "campaign_id sent_at delivered human_click", "small", DAY, True, False),
        times(10, "campaign_id sent_at delivered human_click", "large", "2025-01-10", True, True),
        times(980, "campaign_id sent_at delivered human_click", "large", "2025-01-10", True, False),
    )

    def test_campaigns(self):
        # 15 / 1,000 = 1.5 %; the mean would be 25.5 %
        assert (
            value({"email_sends": self.SENDS}, "click_rate", "2025-Q1", as_of="2025-03-31") == 0.015
        )

    def test_months(self):
        tables = {"email_sends": self.SENDS}
        months = [
            value(tables, "click_rate", month, as_of="2025-03-31")
            for month in ("2025-01", "2025-02")
        ]

        assert months == [exactly(10 / 990), 0.5]
        assert (
            value(tables, "click_rate", ("2025-01-01", "2025-02-28"), as_of="2025-03-31") == 0.015
        )


class TestSimpson:
    """Each segment rises, the whole falls, as the mix has changed.

             January          February
    A     90/900  10 %      11/100  11 %
    B      1/100   1 %      18/900   2 %
    all   91/1000 9.1 %     29/1000 2.9 %
    """

    @staticmethod
    def sends(day, campaign, clicked, count):
        return stack(
            times(clicked, "campaign_id sent_at delivered human_click", campaign, day, True, True),
            times(
                count - clicked,
                "campaign_id sent_at delivered human_click",
                campaign,
                day,
                True,
                False,
            ),
        )

    def test_each_level_has_its_own_answer(self):
        table = stack(
            self.sends("2025-01-10", "A", 90, 900), self.sends("2025-01-10", "B", 1, 100),
            self.sends(DAY, "A", 11, 100), self.sends(DAY, "B", 18, 900),
        )  # fmt: skip
        data = kl.open({"email_sends": table}, as_of="2025-03-31")
        whole = one(data, "click_rate", "2025-02", compare=("previous",))
        parts = data.evaluate("click_rate", "2025-02", by="campaign_id", compare=["previous"])

        assert (whole["previous"], whole["value"]) == (exactly(0.091), exactly(0.029))
        assert parts["delta_previous"].tolist() == [exactly(0.01), exactly(0.01)]


class TestZeroDenominator:
    @pytest.mark.parametrize("kpi", ["click_rate", "open_rate", "unsubscribe_rate"])
    def test_is_neither_zero_nor_infinite_nor_a_hundred_percent(self, kpi):
        sends = rows(
            "sent_at delivered human_click human_open machine_open unsubscribed_at",
            (DAY, False, False, False, False, None),
        )
        row = one({"email_sends": sends}, kpi, "2025-02", as_of="2025-03-31")

        assert row["status"] == "no_denominator"
        assert np.isnan(row["value"])

    def test_of_one_group_leaves_the_others(self):
        sends = rows(
            "campaign_id sent_at delivered human_click",
            ("a", DAY, False, False),
            ("b", DAY, True, True),
        )
        res = kl.open({"email_sends": sends}, as_of="2025-03-31").evaluate(
            "click_rate", "2025-02", by="campaign_id"
        )

        # campaign a delivered nothing and nothing was clicked: it has no rate
        known = res[res["status"] == "ok"]
        assert dict(zip(known["campaign_id"], known["value"], strict=True)) == {"b": 1}
        assert "a" not in known["campaign_id"].tolist()


class TestPartialMonth:
    """Ten sessions a day; the data stops on 12 February."""

    SESSIONS = rows(
        "started_at",
        *((f"2025-{month}-{day:02d}",) for month, last in (("01", 31), ("02", 12))
          for day in range(1, last + 1) for _ in range(10)),
    )  # fmt: skip

    def test_is_compared_with_as_many_days(self):
        row = one({"sessions": self.SESSIONS}, "sessions", "2025-02", compare=("previous",))

        assert (row["value"], row["previous"]) == (120, 120)  # not 310
        assert row["delta_previous"] == 0
        assert "partial" in row["flags"]

    def test_a_whole_month_is_compared_with_a_whole_one(self):
        sessions = stack(self.SESSIONS, times(10, "started_at", "2025-02-28"))
        row = one({"sessions": sessions}, "sessions", "2025-02", compare=("previous",))

        assert row["previous"] == 310
        assert "partial" not in row["flags"]

    def test_is_not_extrapolated(self):
        assert value({"sessions": self.SESSIONS}, "sessions", "2025-02") == 120


class TestMonthEdges:
    """The last second of a month belongs to it, the next one does not, in the company's zone."""

    @pytest.mark.parametrize(
        ("instant", "paris", "new_york"),
        [
            ("2025-01-31T22:59:59Z", "2025-01", "2025-01"),
            ("2025-01-31T23:00:00Z", "2025-02", "2025-01"),  # midnight in Paris
            ("2025-02-01T04:59:59Z", "2025-02", "2025-01"),
            ("2025-02-01T05:00:00Z", "2025-02", "2025-02"),  # midnight in New York
        ],
    )
    def test_follow_the_zone(self, instant, paris, new_york):
        tables = {"sessions": rows("started_at", (instant,))}

        for zone, month in (("Europe/Paris", paris), ("America/New_York", new_york)):
            res = kl.open(tables, timezone=zone, as_of="2025-03-31").series(
                "sessions", "2025-02", months=2
            )
            assert res[res["status"] == "ok"]["period"].tolist() == [month]

    @pytest.mark.parametrize(
        ("instant", "month"),
        [
            ("2025-06-30T22:30:00Z", "2025-07"),  # O-03: 00:30 in Paris, in summer UTC+2
            ("2025-03-30T01:30:00Z", "2025-03"),  # O-03: 03:30, as 02:30 does not exist
            ("2025-10-26T00:30:00Z", "2025-10"),  # 02:30, the first time
            ("2025-10-26T01:30:00Z", "2025-10"),  # 02:30, the second time
            ("2025-03-31T21:59:59Z", "2025-03"),  # the last second of March
            ("2025-03-31T22:00:00Z", "2025-04"),
            ("2024-02-29T22:59:59Z", "2024-02"),
            ("2024-02-29T23:00:00Z", "2024-03"),
            ("2024-12-31T23:00:00Z", "2025-01"),
        ],
    )
    def test_o03_follow_daylight_saving(self, instant, month):
        tables = {"sessions": rows("started_at", (instant,))}

        assert value(tables, "sessions", month, as_of="2026-12-31") == 1

    @pytest.mark.parametrize(("day", "hours"), [("2025-03-30", 23), ("2025-10-26", 25)])
    def test_o03_a_day_of_23_or_25_hours_holds_all_of_them(self, day, hours):
        start = pd.Timestamp(day, tz="Europe/Paris")
        stop = pd.Timestamp(day, tz="Europe/Paris") + pd.DateOffset(days=1)
        each = pd.date_range(start, stop, freq="h", inclusive="left").tz_convert("UTC")
        tables = {"sessions": pd.DataFrame({"started_at": each})}

        assert value(tables, "sessions", (day, day), as_of="2025-12-31") == hours

    @pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "America/New_York", "Asia/Tokyo"])
    def test_do_not_follow_the_machine(self, zone, monkeypatch):
        tables = {
            "sessions": rows("started_at", ("2025-01-31T23:30:00Z",), ("2025-01-31T22:30:00Z",))
        }
        monkeypatch.setitem(os.environ, "TZ", zone)
        time.tzset()
        try:
            res = kl.open(tables, as_of="2025-03-31").series("sessions", "2025-02", months=2)
        finally:
            monkeypatch.undo()
            time.tzset()

        assert res["value"].tolist() == [1, 1]

    def test_days_of_days_are_not_shifted(self):
        """A date has no hour: 31 January stays in January everywhere."""
        costs = rows(
            "scope_kind cost_kind amount_ht incurred_at", ("training", "venue", 5.0, "2025-01-31")
        )

        for zone in ("Europe/Paris", "America/New_York", "Asia/Tokyo"):
            res = one(
                {"costs": costs}, "training_cost", "2025-01", timezone=zone, as_of="2025-02-28"
            )
            assert (res["value"], res["flags"]) == (5, [])


class TestDuplicates:
    def test_exact_ones_change_nothing(self):
        once = rows("session_id started_at", *((str(i), DAY) for i in range(5)))
        twice = stack(once, once, once.iloc[[0]])

        assert value({"sessions": twice}, "sessions", "2025-02", **FEBRUARY) == 5

    def test_one_key_with_two_values_is_an_error_not_a_choice(self):
        table = rows(
            "session_id started_at pageviews visitor_id", ("1", DAY, 1, "a"), ("1", DAY, 2, "a")
        )

        with pytest.raises(ContractError, match="repeat a key"):
            kl.open({"sessions": table}).evaluate("pages_per_session", "2025-02")

    def test_ids_that_differ_in_the_last_digit_are_two(self):
        """Beyond 2^53 a float no longer tells them apart; ids are text."""
        table = rows(
            "visitor_id started_at", (9_007_199_254_740_992, DAY), (9_007_199_254_740_993, DAY)
        )

        assert value({"sessions": table}, "unique_visitors", "2025-02", **FEBRUARY) == 2


class TestNullGroup:
    """
    channel   sessions
    email            2
    (none)           3
    """

    SESSIONS = rows("started_at channel", *((DAY, c) for c in ("email", "email", None, None, "")))

    def test_is_a_group_of_its_own(self):
        res = groups({"sessions": self.SESSIONS}, "sessions", "2025-02", "channel", **FEBRUARY)

        assert res == {"email": 2, "(unknown)": 3}

    def test_parts_add_up_to_the_whole(self):
        res = groups({"sessions": self.SESSIONS}, "sessions", "2025-02", "channel", **FEBRUARY)

        assert sum(res.values()) == value(
            {"sessions": self.SESSIONS}, "sessions", "2025-02", **FEBRUARY
        )

    @pytest.mark.parametrize("name", ["NA", "None", "null", "nan"])
    def test_a_name_that_looks_like_nothing_is_a_name(self, tmp_path, name):
        path = tmp_path / "sessions.csv"
        path.write_text(f"started_at,country\n{DAY},{name}\n{DAY},\n")
        res = groups({"sessions": path}, "sessions", "2025-02", "country", **FEBRUARY)

        assert res == {name: 1, "(unknown)": 1}


class TestFanOut:
    """A table that is looked up never multiplies the rows that are counted.

    participants  T1: a, b      trainings  T1 presentiel (twice, the same row)
    10 sessions of lead s1      leads      s1 three times
    """

    def test_several_leads_of_one_session(self):
        sessions = rows("session_id started_at", *((f"s{i}", DAY) for i in range(10)))
        leads = rows("lead_id session_id", ("1", "s1"), ("2", "s1"), ("3", "s1"))
        row = one(
            {"sessions": sessions, "leads": leads}, "visitor_to_lead_rate", "2025-02", **FEBRUARY
        )

        assert (row["numerator"], row["denominator"]) == (1, 10)

    def test_a_training_that_is_listed_twice(self):
        people = rows(
            "training_id person_key hours_attended completed_at",
            *(("T1", key, 7.0, None if key in "ab" else DAY) for key in "abcdef"),
        )
        trainings = times(2, "training_id started_at ended_at method", "T1", DAY, DAY, "presentiel")
        tables = {"training_participants": people, "trainings": trainings}

        assert one(tables, "completion_rate", "2025-02", **FEBRUARY)["denominator"] == 6
        res = kl.open(tables, **FEBRUARY).evaluate("completion_rate", "2025-02", by="method")
        assert res[["method", "denominator"]].values.tolist() == [["presentiel", 6]]

    def test_a_survey_of_several_groups(self):
        waves = rows(
            "survey_id wave survey_kind group_key invited_n closed_at",
            *(("s", "1", "training_reaction", team, 9, DAY) for team in ("a", "b", "c")),
        )
        answers = rows(
            "survey_id wave respondent_key item_id value answered_at",
            *(("s", "1", f"r{i}", "q", 5, DAY) for i in range(6)),
        )
        row = one(
            {"survey_waves": waves, "survey_responses": answers},
            "training_satisfaction",
            "2025-02",
            **FEBRUARY,
        )

        assert row["denominator"] == 6  # not 18

    def test_a_survey_of_several_groups_by_a_column_of_its_waves(self):
        waves = rows(
            "survey_id wave survey_kind group_key population closed_at",
            *(("s", "1", "training_reaction", team, "trainees", DAY) for team in ("a", "b", "c")),
        )
        answers = rows(
            "survey_id wave respondent_key item_id value answered_at",
            *(("s", "1", f"r{i}", "q", 5, DAY) for i in range(6)),
        )
        tables = {"survey_waves": waves, "survey_responses": answers}
        row = one(tables, "training_satisfaction", "2025-02", by="population", **FEBRUARY)

        assert (row["population"], row["denominator"]) == ("trainees", 6)  # not 18

    def test_a_key_with_two_answers_is_an_error_not_a_choice(self):
        waves = rows(
            "survey_id wave survey_kind population closed_at",
            ("s", "1", "training_reaction", "trainees", DAY),
            ("s", "2", "training_reaction", "managers", DAY),
        )
        answers = rows(
            "survey_id wave respondent_key item_id value answered_at", ("s", "1", "r", "q", 5, DAY)
        )
        tables = {"survey_waves": waves, "survey_responses": answers}

        with pytest.raises(ContractError) as caught:
            kl.open(tables, **FEBRUARY).evaluate(
                "training_satisfaction", "2025-02", by="population"
            )

        assert str(caught.value) == (
            "Table survey_waves has several population for 1 survey_id: which one a row belongs to "
            "cannot be told."
        )

    def test_parts_by_a_column_that_is_looked_up_add_up(self):
        sessions = rows(
            "session_id started_at channel", ("s1", DAY, "email"), ("s2", DAY, "direct")
        )
        events = rows(
            "session_id visitor_id asset_id ts event_name",
            ("s1", "a", "guide", DAY, "download"),
            ("s2", "b", "guide", DAY, "download"),
            ("s3", "c", "guide", DAY, "download"),  # of a session that is not there
        )
        tables = {"sessions": sessions, "web_events": events}
        res = groups(tables, "content_downloads", "2025-02", "channel", **FEBRUARY)

        assert res == {"email": 1, "direct": 1, "(unknown)": 1}


class TestLateData:
    def test_a_table_that_stopped_is_said(self):
        sessions = rows("started_at", *((f"2025-02-{day:02d}",) for day in range(1, 21)))
        row = one({"sessions": sessions}, "sessions", "2025-02", **FEBRUARY)

        assert "late" in row["flags"]

    def test_yesterdays_export_does_not_answer_for_next_month(self):
        sessions = rows("started_at", (DAY,))
        row = one({"sessions": sessions}, "sessions", "2025-03", as_of="2025-03-31")

        assert row["status"] == "no_data"

    def test_a_message_counts_for_the_month_it_was_sent(self):
        sends = rows(
            "sent_at delivered human_click first_click_at",
            ("2025-01-31T09:00:00Z", True, True, "2025-02-02T09:00:00Z"),
        )

        assert value({"email_sends": sends}, "click_rate", "2025-01", **FEBRUARY) == 1


class TestOverflow:
    def test_narrow_integers(self):
        posts = pl.DataFrame({
            "post_id": ["1", "2", "3"],
            "published_at": [DAY] * 3,
            "impressions": pl.Series([2_000_000_000] * 3, dtype=pl.Int32),
            **{name: pl.Series([100] * 3, dtype=pl.Int8)
               for name in ("reactions", "comments", "shares", "clicks", "follows")},
        })  # fmt: skip
        row = one(
            {"social_posts": posts}, "engagement_rate_impressions", "2025-02", as_of="2025-03-31"
        )

        assert (row["numerator"], row["denominator"]) == (1500, 6_000_000_000)

    def test_one_value_that_is_no_number_does_not_swallow_the_rest(self):
        costs = pl.DataFrame({
            "scope_kind": ["training"] * 2, "cost_kind": ["venue"] * 2, "incurred_at": [DAY] * 2,
            "amount_ht": [5.0, float("nan")],
        })  # fmt: skip

        assert value({"costs": costs}, "training_cost", "2025-02", **FEBRUARY) == 5


class TestOrderOfRows:
    def test_moves_no_sum(self):
        rng = np.random.default_rng(1)
        costs = pd.DataFrame({
            "scope_kind": "training", "cost_kind": "venue", "incurred_at": DAY,
            "amount_ht": rng.random(500) * 1e6,
        })  # fmt: skip
        found = [
            value(
                {"costs": costs.sample(frac=1, random_state=seed)},
                "training_cost",
                "2025-02",
                **FEBRUARY,
            )
            for seed in range(5)
        ]

        assert found == [found[0]] * 5


class TestNegativeBase:
    def test_a_growth_from_less_than_nothing_has_no_percent(self):
        daily = rows("date followers", ("2024-12-31", 100), ("2025-01-31", 80), ("2025-02-28", 90))
        row = one(
            {"social_daily": daily}, "follower_growth", "2025-02", compare=("previous",), **FEBRUARY
        )

        assert row["delta_previous"] == 30  # from -20 to +10
        assert np.isnan(row["change_previous"])


class TestValueOverTarget:
    """A bounce rate of 40 % that is to be 20 %: 20 / 40 would call it half done before any work."""

    @staticmethod
    def said(now):
        return {
            "key_results": rows("kr_id objective_id baseline target", ("kr", "o", 0.40, 0.20)),
            "checkins": rows("kr_id date value", ("kr", DAY, now)),
        }

    def test_nothing_is_covered_at_the_start(self):
        assert value(self.said(0.40), "kr_score", "2025-02") == 0

    def test_28_per_cent_is_12_of_20_points(self):
        # 12 / 20 = 0.6; 20 / 28 would be 0.714
        assert value(self.said(0.28), "kr_score", "2025-02") == exactly(0.6)


class TestWantOfData:
    """A key result nobody looked at is no failure: it is in no score, and the score says so."""

    TABLES = {
        "key_results": rows(
            "kr_id objective_id baseline target", ("a", "o", 0.0, 10.0), ("b", "o", 0.0, 10.0)
        ),
        "checkins": rows("kr_id date value", ("a", DAY, 8.0)),
    }

    def test_no_verdict_on_it(self):
        row = one(self.TABLES, "verdict", "2025-02", by="kr_id", group="b")

        assert (row["status"], row["details"]["verdict"]) == ("no_data", "not_assessable")

    def test_the_mean_is_over_those_that_are_known(self):
        # (0.8 + 0) / 2 would be 0.4
        row = one(self.TABLES, "objective_score", "2025-02")

        assert (row["value"], row["flags"]) == (exactly(0.8), ["approximate"])
        assert row["details"]["without_data"] == 1
