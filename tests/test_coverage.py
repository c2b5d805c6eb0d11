"""A feed with a day missing says so, and which; what is missing is never made up for (E1)."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

import kpilib as kl
from kpilib.methods.call import Call
from kpilib.period import Period
from kpilib.topics.catalogue import kpi
from tests.worked import exactly, one, rows

OCTOBER = [f"2026-10-{day:02d}" for day in range(1, 32)]
LACKING = OCTOBER[2:7]


def feed(*accounts, days=OCTOBER, lacking=()):
    """One new follower a day; the last account lacks some days."""
    return rows(
        "date account_id network new_followers dimension",
        *(
            (day, account, network, 1, "total")
            for account, network in accounts
            for day in days
            if not (day in lacking and account == accounts[-1][0])
        ),
    )


def sums(days=OCTOBER, channels=("email",)):
    """Ten sessions a day and channel, already summed up."""
    return rows(
        "started_at channel sessions unique_visitors is_aggregate",
        *((day, channel, 10, 8, True) for day in days for channel in channels),
    )


def october(tables, kpi="new_followers", **asked):
    return one(tables, kpi, "2026-10", as_of=asked.pop("as_of", "2026-10-31"), **asked)


class TestDailyFeed:
    ONE = ("page", "linkedin")
    TWO = (("page", "linkedin"), ("boss", "instagram"))

    def test_every_day_is_there(self):
        row = october({"social_daily": feed(self.ONE)})

        assert (row["value"], "partial" in row["flags"]) == (31, False)
        assert "coverage" not in row["details"]

    def test_e1_missing_days_are_flagged_and_named_not_scaled_up(self):
        """26 of 31 days: 26 followers, not 31."""
        row = october({"social_daily": feed(self.ONE, lacking=LACKING)})

        assert (row["status"], row["value"]) == ("ok", 26)
        assert "partial" in row["flags"]
        assert row["details"]["coverage"] == exactly(26 / 31)
        assert row["details"]["missing_days"] == LACKING

    def test_an_account_is_expected_every_day_by_itself(self):
        tables = {"social_daily": feed(*self.TWO, lacking=LACKING)}
        whole = october(tables)
        boss = october(tables, by="account_id", group="boss")
        page = october(tables, by="network", group="linkedin")

        assert (whole["value"], "partial" in whole["flags"]) == (57, False)
        assert boss["details"]["missing_days"] == LACKING
        assert "missing_days" not in page["details"]

    def test_another_group_may_have_had_nothing_to_tell(self):
        """Two ages: one of them has no row on some days, and the feed has all of them."""
        ages = pd.concat([
            feed(self.ONE).assign(dimension_value="18-24"),
            feed(self.ONE, days=OCTOBER[:10]).assign(dimension_value="65+"),
        ])  # fmt: skip
        row = october({"social_daily": ages}, by="dimension_value", group="65+")

        assert (row["value"], "partial" in row["flags"]) == (10, False)

    def test_of_a_month_under_way_only_the_days_so_far_are_expected(self):
        row = october({"social_daily": feed(self.ONE, days=OCTOBER[:12], lacking=LACKING)},
                      as_of="2026-10-12")  # fmt: skip

        assert row["details"]["coverage"] == exactly(7 / 12)
        assert row["details"]["missing_days"] == LACKING

    def test_a_feed_that_stopped_lacks_the_last_days_and_is_late(self):
        row = october({"social_daily": feed(self.ONE, days=OCTOBER[:29])})

        assert {"partial", "late"} <= set(row["flags"])
        assert row["details"]["missing_days"] == OCTOBER[29:]

    def test_a_rate_too(self):
        clicks = rows("date platform impressions sum_position",
                      *((day, "search_console", 10, 50.0) for day in OCTOBER[5:]))  # fmt: skip
        row = october({"acquisition_daily": clicks}, "avg_search_position")

        assert (row["value"], row["details"]["missing_days"]) == (5, OCTOBER[:5])

    def test_other_platforms_do_not_stand_in(self):
        clicks = rows("date platform impressions sum_position",
                      *((day, "search_console", 10, 50.0) for day in OCTOBER[5:]),
                      *((day, "google_ads", 10, 0.0) for day in OCTOBER))  # fmt: skip
        row = october({"acquisition_daily": clicks}, "avg_search_position")

        assert row["details"]["missing_days"] == OCTOBER[:5]

    def test_a_change_is_judged_per_day_that_is_there(self):
        """310 followers in 31 days, then 250 in the 25 days that are there: ten a day in both."""
        before = feed(self.ONE, days=[f"2025-10-{d:02d}" for d in range(1, 32)])
        now = feed(self.ONE, lacking=OCTOBER[:6])
        table = pd.concat([before, now]).assign(new_followers=10)
        row = october({"social_daily": table}, compare=("year_before",))

        assert row["delta_year_before"] == -60
        assert row["change_per_day_year_before"] == exactly(0)
        assert row["within_noise_year_before"] in (True, None)


class TestSums:
    def test_sessions_summed_by_day(self):
        kept = [day for day in OCTOBER if day not in LACKING]
        row = october({"sessions": sums(kept)}, "sessions")

        assert (row["value"], row["details"]["missing_days"]) == (260, LACKING)
        assert "partial" in row["flags"]

    @pytest.mark.parametrize("zone", ["Europe/Paris", "America/Santiago", "Pacific/Auckland"])
    def test_days_are_the_companys(self, zone):
        """Midnight of the company's own clock, on the days when clocks change too."""
        kept = [day for day in OCTOBER if day not in LACKING]
        starts = pd.DatetimeIndex(kept).tz_localize(zone, nonexistent="shift_forward")
        tables = {"sessions": sums(kept).assign(started_at=starts)}
        row = october(tables, "sessions", timezone=zone)

        assert row["details"]["missing_days"] == LACKING

    def test_a_channel_without_a_visit_lacks_nothing(self):
        table = pd.concat([sums(), sums(OCTOBER[:3], ("display",))])
        row = october({"sessions": table}, "sessions", by="channel", group="display")

        assert (row["value"], "partial" in row["flags"]) == (30, False)

    def test_bounds_of_what_cannot_be_added_say_it_too(self):
        row = october({"sessions": sums(OCTOBER[:20])}, "unique_visitors")

        assert row["status"] == "not_additive"
        assert row["details"]["missing_days"] == OCTOBER[20:]

    def test_sums_of_months_are_no_days(self):
        table = sums(["2026-09-01", "2026-10-01"])

        assert "partial" not in october({"sessions": table}, "sessions")["flags"]

    def test_rows_one_by_one_tell_nothing_of_days(self):
        """A small site may have a day without a visit."""
        table = rows("started_at channel", *((day, "email") for day in OCTOBER[::3]))

        assert "partial" not in october({"sessions": table}, "sessions")["flags"]


def test_a_quarter_lists_the_days_of_all_its_months():
    first = date(2026, 7, 1)
    days = [(first + timedelta(days=i)).isoformat() for i in range(92)]
    kept = [day for day in days if day not in ("2026-07-31", "2026-08-01")]
    res = kl.open({"sessions": sums(kept)}, as_of="2026-09-30").evaluate("sessions", "2026-Q3")

    assert res.loc[0, "details"]["missing_days"] == ["2026-07-31", "2026-08-01"]
    assert res.loc[0, "details"]["coverage"] == exactly(90 / 92)


def each_day(first, last):
    return [day.strftime("%Y-%m-%d") for day in pd.date_range(first, last)]


def leads(*days):
    return rows(
        "lead_id person_key created_at", *((f"l{at}", f"p{at}", day) for at, day in enumerate(days))
    )


class TestALostMonth:
    """One lead a day from January to June 2026, and nobody gave the export of May."""

    DAYS = [d for d in each_day("2026-01-01", "2026-06-30") if not d.startswith("2026-05")]

    def of(self, period, days=DAYS, **asked):
        return one({"leads": leads(*days)}, "leads", period, as_of="2026-06-30", **asked)

    def test_what_nobody_gave_is_not_nothing(self):
        row = self.of("2026-05")

        assert (row["status"], row["reason"]) == ("no_data", "There is no data for this period.")
        assert pd.isna(row["value"])
        assert self.of("2026-05-11..2026-05-17".split(".."))["status"] == "no_data"

    def test_the_month_after_has_nothing_to_be_compared_with(self):
        row = self.of("2026-06", compare=("previous",))

        assert (row["value"], row["status"]) == (30, "ok")
        assert pd.isna(row["previous"]) and pd.isna(row["change_previous"])

    def test_a_total_of_more_months_says_which_days_it_lacks(self):
        """30 of April and 30 of June: of 91 days 31 lack."""
        row = self.of("2026-Q2")

        assert (row["value"], "partial" in row["flags"]) == (60, True)
        assert row["details"]["missing_days"] == each_day("2026-05-01", "2026-05-31")
        assert row["details"]["coverage"] == exactly(60 / 91)

    def test_a_month_that_it_reaches_into_says_it_too(self):
        days = [d for d in self.DAYS if not "2026-04-21" <= d <= "2026-04-30"]
        row = self.of("2026-04", days)

        assert (row["value"], row["details"]["coverage"]) == (20, exactly(20 / 30))

    def test_after_its_last_row_too(self):
        days = [d for d in self.DAYS if d < "2026-05-01"]

        assert self.of("2026-05", days)["status"] == "no_data"
        assert self.of("2026-04", days)["value"] == 30

    def test_a_rate_of_what_was_lost_beside_it_is_not_nothing(self):
        """Sessions go on in May: that none of them became a lead nobody knows."""
        visits = rows(
            "session_id visitor_id started_at",
            *((f"s{at}", f"v{at}", d) for at, d in enumerate(each_day("2026-01-01", "2026-06-30"))),
        )
        known = leads(*self.DAYS).assign(session_id=None)
        found = kl.open({"sessions": visits, "leads": known}).series(
            "visitor_to_lead_rate", "2026-06", 3
        )

        assert found["status"].tolist() == ["ok", "no_data", "ok"]

    def test_a_method_takes_it_for_none_of_its_periods_either(self):
        company = kl.open({"leads": leads(*self.DAYS)}, as_of="2026-06-30")
        months = [Period.parse(f"2026-0{number}") for number in (4, 5, 6)]
        call = Call(tables=company.tables, kpi=kpi("leads"), periods=months, by=None)

        assert [each.name for each in call.reached("leads")] == ["2026-04", "2026-06"]

    @pytest.mark.parametrize(
        "days",
        [
            ["2026-04-02", "2026-04-20", "2026-06-03", "2026-06-21"],  # two a month
            # Closed for the whole of May, as for all of February.
            [d for d in DAYS if not d.startswith("2026-02")],
            # For three weeks of it.
            [*DAYS, *each_day("2026-05-01", "2026-05-05"), *each_day("2026-05-27", "2026-05-31")],
        ],
    )
    def test_who_is_silent_by_habit_or_for_less_had_nothing(self, days):
        assert self.of(("2026-05-10", "2026-05-20"), days)["value"] == 0
