"""Hours and days of the week as breakdowns: of the company's clock, and never made up."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.tables.derive import CONTRACTS
from tests.worked import rows

ZONES = (
    "UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu",
    "Australia/Adelaide", "Australia/Lord_Howe", "Pacific/Marquesas", "Pacific/Chatham",
    "Pacific/Apia", "Africa/Casablanca", "America/Havana", "America/St_Johns",
)  # fmt: skip


def visits(*local: str, zone: str = "Europe/Paris") -> pd.DataFrame:
    """One visit at each time that the clock of a place shows."""
    shown = pd.to_datetime(pd.Series(local), format="ISO8601").dt.tz_localize(zone)
    return pd.DataFrame(
        {"session_id": [f"s{i}" for i in range(len(local))], "started_at": shown.dt.tz_convert(UTC)}
    )


def counted(data, period: object, by: str, kpi: str = "sessions") -> dict[int, float]:
    """Groups with anything in them."""
    found = data.evaluate(kpi, period, by=by)
    assert found["status"].eq("ok").all()
    return {group: value for group, value in zip(found[by], found["value"], strict=True) if value}


class TestTheClock:
    @pytest.mark.parametrize("zone", ZONES)
    def test_half_hours_and_quarters_lie_in_their_hour_and_day(self, zone):
        """6 October 2026 is a Tuesday. Ten past midnight is an hour and a day of its own."""
        table = visits("2026-10-06 10:15", "2026-10-07 00:10", "2026-10-11 23:59:59", zone=zone)
        data = kl.open({"sessions": table}, timezone=zone, as_of="2026-10-31")

        assert counted(data, "2026-10", "hour") == {0: 1, 10: 1, 23: 1}
        assert counted(data, "2026-10", "weekday") == {2: 1, 3: 1, 7: 1}

    def test_an_hour_that_comes_twice_is_one_group_and_one_that_is_skipped_is_none(self):
        """On 25 October 2026 Paris has 02:30 twice; on 29 March 2026 it has no 02:30."""
        twice = pd.to_datetime(["2026-10-25 00:30", "2026-10-25 01:30", "2026-03-29 00:30"])
        table = pd.DataFrame({"session_id": list("abc"), "started_at": twice.tz_localize(UTC)})
        data = kl.open({"sessions": table}, as_of="2026-10-31")

        assert counted(data, ("2026-10-25", "2026-10-25"), "hour") == {2: 2}
        march = data.evaluate("sessions", ("2026-03-29", "2026-03-29"), by="hour")
        assert march["hour"].tolist() == [0, 1, *range(3, 24)]
        assert march.set_index("hour")["value"].loc[1] == 1

    @pytest.mark.parametrize("zone", ZONES)
    def test_against_the_clock_itself_over_two_years(self, zone):
        """Every 37 minutes of 2024 and 2025, moved to the zone by pandas."""
        starts = pd.date_range("2024-01-01", "2025-12-31 23:00", freq="37min", tz="UTC")
        table = pd.DataFrame({"session_id": np.arange(len(starts)), "started_at": starts})
        data = kl.open({"sessions": table}, timezone=zone, as_of="2025-12-31")
        local = pd.Series(1.0, index=starts.tz_convert(zone))
        local = local[(local.index.year == 2025)]

        assert counted(data, "2025", "hour") == local.groupby(local.index.hour).sum().to_dict()
        weekday = local.groupby(local.index.day_of_week + 1).sum()
        assert counted(data, "2025", "weekday") == weekday.to_dict()

    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(st.integers(0, 90 * 86_400), min_size=1, max_size=30),
        st.sampled_from(ZONES),
        st.sampled_from(["hour", "weekday"]),
    )
    def test_parts_add_up_to_the_whole(self, seconds, zone, by):
        first = pd.Timestamp("2026-09-15 00:00:01", tz="UTC")
        starts = first + pd.to_timedelta(seconds, unit="s")
        table = pd.DataFrame({"session_id": range(len(starts)), "started_at": starts})
        data = kl.open({"sessions": table}, timezone=zone, as_of="2026-12-31")

        parts = data.series("sessions", "2026-12", periods=4, by=by)
        whole = data.series("sessions", "2026-12", periods=4).set_index("period")
        known = whole[whole["status"] == "ok"]["value"]
        assert parts[parts["status"] == "ok"].groupby("period")["value"].sum().equals(known)


class TestEngines:
    LOCAL = ("2026-10-06 10:15", "2026-10-07 00:10", "2026-10-25 23:30", "2026-10-26 00:29")

    @staticmethod
    def engines(table):
        connection = duckdb.connect()
        connection.execute("set timezone = 'America/New_York'")  # must not matter
        yield table
        yield pl.from_pandas(table)
        yield pa.Table.from_pandas(table)
        yield connection.from_df(table)
        naive = table.assign(started_at=table["started_at"].dt.tz_localize(None))
        yield connection.from_df(naive)

    @pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Australia/Adelaide", "Europe/Paris"])
    def test_answer_alike(self, zone):
        for source in self.engines(visits(*self.LOCAL, zone=zone)):
            data = kl.open({"sessions": source}, timezone=zone, as_of="2026-10-31")

            assert counted(data, "2026-10", "hour") == {0: 2, 10: 1, 23: 1}
            assert counted(data, "2026-10", "weekday") == {1: 1, 2: 1, 3: 1, 7: 1}


class TestGroups:
    DATA = kl.open(
        {
            "sessions": visits(
                "2026-10-05 09:30", "2026-10-06 10:15", "2026-10-06 10:45", "2026-10-11 23:50"
            ).assign(pageviews=[1, 1, 3, 2], engaged_s=1.0, key_events=0)
        },
        as_of="2026-10-31",
    )

    @pytest.mark.parametrize(
        ("by", "groups"), [("hour", list(range(24))), ("weekday", list(range(1, 8)))]
    )
    def test_are_whole_numbers_in_their_order_and_nothing_is_a_figure(self, by, groups):
        found = self.DATA.evaluate("sessions", "2026-10", by=by)

        assert found[by].dtype == "Int64"
        assert found[by].tolist() == groups
        assert found["value"].sum() == 4
        assert found["status"].eq("ok").all()

    def test_a_rate_of_an_hour_without_a_visit_has_no_denominator(self):
        found = self.DATA.evaluate("pages_per_session", "2026-10", by="hour").set_index("hour")

        assert (found.loc[10, "value"], found.loc[10, "denominator"]) == (2, 2)
        assert found.loc[11, "status"] == "no_denominator" and np.isnan(found.loc[11, "value"])

    def test_three_days_have_three_days_of_the_week(self):
        found = self.DATA.evaluate("sessions", ("2026-10-05", "2026-10-07"), by="weekday")

        assert found.set_index("weekday")["value"].to_dict() == {1: 1, 2: 2, 3: 0}

    def test_days_to_come_are_no_zeros(self):
        data = kl.open({"sessions": visits("2026-10-05 09:30", "2026-10-01 09:30")})
        found = data.evaluate("sessions", ("2026-10-05", "2026-10-11"), by="weekday")

        assert found.set_index("weekday")["value"].to_dict() == {1: 1}  # the data ends on Monday

    def test_a_month_with_five_mondays_is_compared_by_the_day(self):
        """One visit a day: five Thursdays in October 2026, four in September: as many a day."""
        days = pd.date_range("2026-09-01 10:30", "2026-10-31 10:30", tz="Europe/Paris")
        table = pd.DataFrame({"session_id": range(len(days)), "started_at": days.tz_convert(UTC)})
        data = kl.open({"sessions": table}, as_of="2026-10-31")
        found = data.evaluate("sessions", "2026-10", by="weekday", compare=["previous"])
        thursday = found.set_index("weekday").loc[4]

        assert (thursday["value"], thursday["previous"], thursday["details"]["days"]) == (5, 4, 5)
        assert found["change_per_day_previous"].tolist() == pytest.approx([0.0] * 7)

    def test_a_table_of_days_has_days_of_the_week(self):
        growth = rows(
            "date followers new_followers lost_followers",
            *[(f"2026-10-{day:02d}", 100, day, 0) for day in range(5, 13)],
        )
        data = kl.open({"social_daily": growth}, as_of="2026-10-12")
        found = data.evaluate("new_followers", ("2026-10-05", "2026-10-12"), by="weekday")

        # The 5th and the 12th are Mondays.
        assert found["value"].tolist() == [17, 6, 7, 8, 9, 10, 11]

    def test_no_table_has_a_column_of_these_names(self):
        assert not [t.name for t in CONTRACTS.values() if {"hour", "weekday"} & set(t.columns)]

    def test_a_name_that_is_nearly_one_is_corrected(self):
        with pytest.raises(ContractError, match="hour"):
            self.DATA.evaluate("sessions", "2026-10", by="hours")


class TestWithheld:
    """No hour is no hour, and never midnight."""

    @staticmethod
    def why(table, by, kpi="sessions", name="sessions", **opened):
        data = kl.open({name: table}, as_of="2026-10-31", **opened)
        found = data.evaluate(kpi, "2026-10", by=by)
        assert len(found) == 1 and np.isnan(found["value"][0]) and found[by].isna().all()
        return found["status"][0], found["reason"][0]

    @staticmethod
    def sums(starts):
        return pd.DataFrame(
            {
                "session_id": [f"s{i}" for i in range(len(starts))],
                "started_at": starts,
                "is_aggregate": True,
                "sessions": 100,
                "unique_visitors": 80,
                "engaged_sessions": 40,
            }
        )

    DAYS = pd.date_range("2026-10-01", "2026-10-31", tz="Europe/Paris").tz_convert(UTC)

    def test_sums_of_days_have_no_hour(self):
        status, reason = self.why(self.sums(self.DAYS), "hour")

        assert (status, reason) == ("not_additive", "The rows come summed up: they have no hour.")

    def test_sums_of_days_have_a_day_of_the_week(self):
        data = kl.open({"sessions": self.sums(self.DAYS)}, as_of="2026-10-31")

        # October 2026 begins on a Thursday: five of Thursday, Friday and Saturday.
        assert counted(data, "2026-10", "weekday") == {
            1: 400, 2: 400, 3: 400, 4: 500, 5: 500, 6: 500, 7: 400,
        }  # fmt: skip

    @pytest.mark.parametrize("freq", ["MS", "7D"])
    def test_sums_of_weeks_or_months_have_no_day_of_the_week(self, freq):
        days = pd.date_range("2026-08-03", "2026-10-31", freq=freq, tz="Europe/Paris")
        status, reason = self.why(self.sums(days.tz_convert(UTC)), "weekday")

        assert status == "not_additive" and "summed up over several days" in reason

    def test_days_have_no_hour_however_they_are_written(self):
        days = pd.date_range("2026-10-01", "2026-10-31")
        written = {
            "dates": days.date,
            "texts": days.strftime("%Y-%m-%d"),
            "midnights of the clock": self.DAYS,
            "naive midnights": days,
            "a few with a time": [*self.DAYS[:-1], pd.Timestamp("2026-10-30 12:34", tz=UTC)],
        }
        for starts in written.values():
            table = pd.DataFrame({"session_id": range(31), "started_at": starts})

            assert self.why(table, "hour") == (
                "not_additive", "The rows are dated by days: they have no hour.",
            )  # fmt: skip

    def test_the_last_night_of_the_year_9999_keeps_nothing_from_being_told(self):
        """As tools write what never ends; in Paris it is the year 10000 by then."""
        never = pd.Timestamp("9999-12-31 23:30", tz=UTC).as_unit("us")
        some = visits("2026-10-05 09:00", "2026-10-06 10:00", "2026-10-06 11:00")
        some.loc[2, "started_at"] = never
        sums = self.sums([*self.DAYS, never])

        assert counted(kl.open({"sessions": some}), "2026-10", "hour") == {9: 1, 10: 1}
        assert counted(kl.open({"sessions": sums}), "2026-10", "weekday")[4] == 500
        weekly = self.sums([self.DAYS[0], self.DAYS[0] + pd.Timedelta(days=7), never])
        assert kl.open({"sessions": weekly}).evaluate("sessions", "2026-10")["status"][0] == "ok"

    def test_days_of_a_database_have_no_hour(self):
        days = pd.date_range("2026-10-01", "2026-10-31").strftime("%Y-%m-%d")
        table = pd.DataFrame({"session_id": [f"s{i}" for i in range(31)], "started_at": days})
        relation = (
            duckdb.connect().from_df(table).project("session_id, started_at::date started_at")
        )

        assert self.why(relation, "hour")[0] == "not_additive"
        data = kl.open({"sessions": relation}, as_of="2026-10-31")
        assert sum(counted(data, "2026-10", "weekday").values()) == 31

    def test_people_and_stocks_have_neither(self):
        people = rows(
            "employee_id hired_at left_at contract_kind team weekly_hours valid_from valid_to",
            *[(f"e{i}", "2024-01-01", None, "CDI", "a", [7.0] * 5 + [0.0] * 2, "2024-01-01", None)
              for i in range(9)],
        )  # fmt: skip
        for by in ("hour", "weekday"):
            status, reason = self.why(people, by, "headcount", "employees")

            assert status == "not_additive" and "no hour and no day of the week" in reason

    def test_what_is_hourly_and_what_is_not_in_one_question(self):
        tables = {"sessions": visits("2026-10-06 10:15", "2026-10-07 11:10")}
        tables["social_daily"] = rows("date network followers", ("2026-10-06", "x", 3))
        data = kl.open(tables, as_of="2026-10-31")
        found = data.evaluate(["sessions", "followers"], "2026-10", by="hour")

        assert found.groupby("kpi").size().to_dict() == {"sessions": 24, "followers": 1}
        assert found["hour"].dtype == "Int64"


def test_instants_before_the_first_change_known_are_counted():
    """Paris in January 1990 is an hour ahead of UTC."""
    started = [datetime(1990, 1, 5, 9, 30, tzinfo=UTC), datetime(1990, 1, 6, 9, 31, tzinfo=UTC)]
    table = pd.DataFrame({"session_id": ["a", "b"], "started_at": started})

    assert counted(kl.open({"sessions": table}), "1990-01", "hour") == {10: 2}
