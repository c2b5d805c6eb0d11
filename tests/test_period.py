"""Periods as an analyst writes them, and where they begin and end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kpilib as kl
from kpilib.errors import ParameterError, PeriodError
from kpilib.period import Period, zone

PARIS = ZoneInfo("Europe/Paris")
ALLOWED = (
    "a month '2026-10', a quarter '2026-Q4', a year '2026', a week '2026-W44', a fiscal year "
    "'FY2026' or its quarter 'FY2026-Q1', or a pair of days ('2026-10-01', '2026-10-12'), both "
    "included"
)


class TestParse:
    @pytest.mark.parametrize(
        ("asked", "start", "end", "kind", "days"),
        [
            ("2025-02", date(2025, 2, 1), date(2025, 2, 28), "month", 28),
            ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month", 29),
            ("2025-12", date(2025, 12, 1), date(2025, 12, 31), "month", 31),
            ("2025-Q1", date(2025, 1, 1), date(2025, 3, 31), "quarter", 90),
            ("2025-Q4", date(2025, 10, 1), date(2025, 12, 31), "quarter", 92),
            ("2024", date(2024, 1, 1), date(2024, 12, 31), "year", 366),
        ],
    )
    def test_months_quarters_and_years(self, asked, start, end, kind, days):
        res = Period.parse(asked)

        assert (res.start, res.end_day, res.kind) == (start, end, kind)
        assert (res.name, res.days) == (asked, days)

    def test_a_pair_of_days_includes_both(self):
        res = Period.parse(("2025-01-06", "2025-01-12"))

        assert (res.start, res.end_day, res.days) == (date(2025, 1, 6), date(2025, 1, 12), 7)
        assert (res.kind, res.name) == ("range", "2025-01-06..2025-01-12")

    def test_days_may_be_dates_and_instants(self):
        res = Period.parse([date(2025, 1, 6), datetime(2025, 1, 12, 15, 30)])

        assert res == Period.parse(("2025-01-06", "2025-01-12"))

    def test_a_period_is_itself(self):
        period = Period.parse("2025-02")

        assert Period.parse(period) is period

    @pytest.mark.parametrize(
        "asked",
        ["Jan 2026", "2026-10-01", "", "26-10", "H1 2026", "2026/13", "Q0 2026", "２０２６-１０"],
    )
    def test_another_writing_is_refused(self, asked):
        with pytest.raises(PeriodError) as caught:
            Period.parse(asked)

        assert str(caught.value) == f"Not a period: {asked!r}. Write {ALLOWED}."

    @pytest.mark.parametrize(
        ("asked", "meant"),
        [("2026-1", "2026-01"), ("202610", "2026-10"), (202610, "2026-10"), ("10/2026", "2026-10"),
         (" 2026-10", "2026-10"), ("2026-10\n", "2026-10"), ("2026-q4", "2026-Q4"),
         ("Q4 2026", "2026-Q4"), ("T4 2026", "2026-Q4"), ("w44 2026", "2026-W44"),
         ("FY 2026", "FY2026"), ("fy2026 q1", "FY2026-Q1"), ("2026M02", "2026-02")],
    )  # fmt: skip
    def test_another_writing_of_a_period_names_it(self, asked, meant):
        with pytest.raises(PeriodError) as caught:
            Period.parse(asked)

        assert str(caught.value) == f"Not a period: {asked!r}. Nearest: {meant!r}. Write {ALLOWED}."

    @pytest.mark.parametrize("asked", [None, ("2026-10-01",), 3.5])
    def test_another_type_is_refused(self, asked):
        with pytest.raises(PeriodError) as caught:
            Period.parse(asked)

        assert str(caught.value) == f"Not a period: {asked!r}. Write {ALLOWED}."

    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            ("2026-13", "There is no month 13 in '2026-13'. Months go from 01 to 12."),
            ("2026-00", "There is no month 00 in '2026-00'. Months go from 01 to 12."),
            ("2026-Q5", "There is no quarter 5 in '2026-Q5'. Write Q1 to Q4."),
            ("2026-Q0", "There is no quarter 0 in '2026-Q0'. Write Q1 to Q4."),
            ("0024-10", "The year of '0024-10' is not between 1900 and 2100. Check the year."),
            ("9999", "The year of '9999' is not between 1900 and 2100. Check the year."),
            (
                ("2026-10-12", "2026-10-01"),
                "The period ('2026-10-12', '2026-10-01') ends before it starts. Swap its two days.",
            ),
            (
                ("2026-10-1", "2026-10-12"),
                "Not a day: '2026-10-1' in the period ('2026-10-1', '2026-10-12'). "
                "Write days as YYYY-MM-DD.",
            ),
            (
                ("2026-02-30", "2026-03-02"),
                "Not a day: '2026-02-30' in the period ('2026-02-30', '2026-03-02'). "
                "Write days as YYYY-MM-DD.",
            ),
        ],
    )
    def test_what_is_wrong_is_said(self, asked, message):
        with pytest.raises(PeriodError) as caught:
            Period.parse(asked)

        assert str(caught.value) == message

    def test_a_day_outside_the_calendar_of_reports_is_refused(self):
        with pytest.raises(PeriodError, match="between 1900 and 2100"):
            Period.parse(("0024-01-01", "2026-01-01"))


class TestNeighbours:
    @pytest.mark.parametrize(
        ("asked", "previous", "year_before"),
        [
            ("2026-01", "2025-12", "2025-01"),
            ("2026-03", "2026-02", "2025-03"),
            ("2026-Q1", "2025-Q4", "2025-Q1"),
            ("2026", "2025", "2025"),
        ],
    )
    def test_of_calendar_periods(self, asked, previous, year_before):
        res = Period.parse(asked)

        assert res.previous() == Period.parse(previous)
        assert res.year_before() == Period.parse(year_before)

    def test_of_a_range(self):
        res = Period.parse(("2025-03-01", "2025-03-10"))

        assert res.previous() == Period.parse(("2025-02-19", "2025-02-28"))
        assert res.year_before() == Period.parse(("2024-03-01", "2024-03-10"))

    def test_29_february_becomes_the_28th(self):
        res = Period.parse(("2024-02-29", "2024-02-29")).year_before()

        assert res == Period.parse(("2023-02-28", "2023-02-28"))

    def test_trailing_ends_with_the_period_itself_oldest_first(self):
        res = Period.parse("2025-02").trailing(4)

        assert [period.name for period in res] == ["2024-11", "2024-12", "2025-01", "2025-02"]

    @pytest.mark.parametrize("count", [0, -1, 2.0, "3", True, None])
    def test_fewer_than_one_period_is_refused(self, count):
        with pytest.raises(ParameterError) as caught:
            Period.parse("2025-02").trailing(count)

        assert str(caught.value) == f"periods is {count!r}. Write how many, a whole number from 1."

    def test_periods_before_the_calendar_of_reports_are_refused(self):
        with pytest.raises(ParameterError, match="begin before 1900"):
            Period.parse("2025-02").trailing(2000)

    def test_elapsed_keeps_the_first_days(self):
        res = Period.parse("2025-02").elapsed(12)

        assert (res.start, res.end_day) == (date(2025, 2, 1), date(2025, 2, 12))

    @pytest.mark.parametrize("days", [28, 31])
    def test_elapsed_never_goes_beyond_the_end(self, days):
        period = Period.parse("2025-02")

        assert period.elapsed(days) == period

    def test_months_inside(self):
        assert [m.name for m in Period.parse("2025-Q1").months()] == [
            "2025-01", "2025-02", "2025-03",
        ]  # fmt: skip
        assert [m.name for m in Period.parse(("2025-01-15", "2025-03-31")).months()] == [
            "2025-02", "2025-03",
        ]  # fmt: skip
        assert Period.parse(("2025-01-02", "2025-01-31")).months() == []

    def test_month_of_a_day(self):
        assert Period.month_of(date(2025, 2, 28)) == Period.parse("2025-02")


class TestWholeMonths:
    """Days that are whole months are compared with whole months, leap years included."""

    @pytest.mark.parametrize(
        ("days", "previous", "year_before"),
        [
            # February, of 28 and of 29 days
            ("2025-02-01 2025-02-28", "2025-01-01 2025-01-31", "2024-02-01 2024-02-29"),
            ("2024-02-01 2024-02-29", "2024-01-01 2024-01-31", "2023-02-01 2023-02-28"),
            # a half-year, a quarter of no calendar, a fiscal year that ends in February
            ("2026-04-01 2026-09-30", "2025-10-01 2026-03-31", "2025-04-01 2025-09-30"),
            ("2024-02-01 2024-04-30", "2023-11-01 2024-01-31", "2023-02-01 2023-04-30"),
            ("2024-03-01 2025-02-28", "2023-03-01 2024-02-29", "2023-03-01 2024-02-29"),
            ("2023-03-01 2024-02-29", "2022-03-01 2023-02-28", "2022-03-01 2023-02-28"),
        ],
    )
    def test_neighbours(self, days, previous, year_before):
        res = Period.parse(days.split())

        assert res.previous() == Period.parse(previous.split())
        assert res.year_before() == Period.parse(year_before.split())

    @given(st.integers(0, 1200), st.integers(1, 30), st.integers(1, 26))
    def test_any_number_of_months_steps_by_months_and_leaves_no_day_out(self, month, length, count):
        first = pd.Period("1992-01", "M") + month % 1100
        asked = (first.start_time.date(), (first + length - 1).end_time.date())
        series = Period.parse(asked).trailing(min(count, month % 1100 // length + 1))

        for step, period in enumerate(reversed(series)):
            begins = first - step * length
            assert period.start == begins.start_time.date()
            assert period.end_day == (begins + length - 1).end_time.date()

    def test_fiscal_quarters_do_not_drift_over_six_years(self):
        res = Period.parse(("2026-08-01", "2026-10-31")).trailing(25)

        assert {(each.start.month, each.start.day) for each in res} == {
            (2, 1), (5, 1), (8, 1), (11, 1),
        }  # fmt: skip
        assert res[0].start == date(2020, 8, 1)
        assert all(a.end_day + timedelta(days=1) == b.start for a, b in zip(res, res[1:]))  # noqa: B905

    def test_months_that_have_passed_stand_for_as_many_months(self):
        """2024 until October has 305 days; of 2023 that is until October too, which has 304."""
        year = Period.parse("2024")

        assert year.year_before().as_far_as(year, 305) == Period.parse(("2023-01-01", "2023-10-31"))

    def test_days_that_cut_a_month_stand_for_as_many_days(self):
        """2024 until 12 October: 286 days, as 2023 until the 13th."""
        year = Period.parse("2024")

        assert year.year_before().as_far_as(year, 286) == Period.parse(("2023-01-01", "2023-10-13"))


class TestBounds:
    def test_are_utc_and_half_open(self):
        # winter: Paris is UTC+1
        res = Period.parse("2025-01").bounds(PARIS)

        assert res == (
            datetime(2024, 12, 31, 23, tzinfo=UTC),
            datetime(2025, 1, 31, 23, tzinfo=UTC),
        )

    def test_follow_daylight_saving(self):
        # March begins at UTC+1 and ends at UTC+2
        res = Period.parse("2025-03").bounds(PARIS)

        assert res == (
            datetime(2025, 2, 28, 23, tzinfo=UTC),
            datetime(2025, 3, 31, 22, tzinfo=UTC),
        )

    @pytest.mark.parametrize(
        ("day", "hours"), [("2025-03-30", 23), ("2025-10-26", 25), ("2025-06-30", 24)]
    )
    def test_o03_days_have_23_24_or_25_hours(self, day, hours):
        first, last = Period.parse((day, day)).bounds(PARIS)

        assert last - first == timedelta(hours=hours)

    @pytest.mark.parametrize("name", ["Europe/Paris", "America/New_York", "Asia/Kolkata", "UTC"])
    def test_a_period_begins_where_the_one_before_ends(self, name):
        periods = Period.parse("2025-12").trailing(24)
        edges = [period.bounds(ZoneInfo(name)) for period in periods]

        assert [end for _, end in edges[:-1]] == [start for start, _ in edges[1:]]

    # Where clocks change at midnight, a day may begin at 01:00, or its first hour come twice.
    AT_MIDNIGHT = (
        ("America/Santiago", "2025-09-07", 23, "04:00"),  # 00:00 becomes 01:00
        ("America/Santiago", "2025-04-05", 25, "03:00"),  # 24:00 becomes 23:00
        ("Asia/Beirut", "2025-03-30", 23, "22:00"),
        ("Asia/Beirut", "2025-10-25", 25, "21:00"),
        ("Africa/Cairo", "2025-04-25", 23, "22:00"),
        ("Africa/Cairo", "2024-10-31", 25, "21:00"),  # the last day of a month
        ("America/Asuncion", "2023-10-01", 23, "04:00"),  # the first day of a month
        ("America/Havana", "2025-11-02", 25, "04:00"),  # 01:00 becomes 00:00
        ("Atlantic/Azores", "2025-10-26", 25, "00:00"),
    )

    @pytest.mark.parametrize(("name", "day", "hours", "begins"), AT_MIDNIGHT)
    def test_clocks_that_change_at_midnight(self, name, day, hours, begins):
        first, last = Period.parse((day, day)).bounds(ZoneInfo(name))

        assert (last - first, f"{first:%H:%M}") == (timedelta(hours=hours), begins)

    def test_a_month_that_ends_with_a_day_of_25_hours(self):
        """Cairo, October 2024: summer time until midnight of the 31st, then 23:00 again."""
        first, last = Period.parse("2024-10").bounds(ZoneInfo("Africa/Cairo"))

        assert (first, last) == (
            datetime(2024, 9, 30, 21, tzinfo=UTC),
            datetime(2024, 10, 31, 22, tzinfo=UTC),
        )

    def test_a_day_that_a_country_skipped_is_empty(self):
        """Samoa crossed the date line: after 29 December 2011 came the 31st."""
        skipped, after = (
            Period.parse((day, day)).bounds(ZoneInfo("Pacific/Apia"))
            for day in ("2011-12-30", "2011-12-31")
        )

        assert skipped[0] == skipped[1] == after[0]

    @pytest.mark.parametrize("name", sorted({name for name, *_ in AT_MIDNIGHT}))
    def test_an_instant_falls_on_the_day_its_clock_shows(self, name):
        """Every half hour around each of those changes, against the clock itself."""
        place = ZoneInfo(name)
        for day in {day for own, day, *_ in self.AT_MIDNIGHT if own == name}:
            middle = datetime.fromisoformat(day).replace(tzinfo=UTC)
            for half in range(-96, 97):
                instant = middle + timedelta(minutes=30 * half)
                shown = instant.astimezone(place).date()
                first, last = Period(shown, shown).bounds(place)
                assert first <= instant < last


@pytest.mark.parametrize("kind", ["pandas", "arrow", "duckdb"])
@pytest.mark.parametrize(
    ("name", "month"),
    [("Europe/Paris", "2025-03"), ("Africa/Cairo", "2024-10"), ("America/Asuncion", "2023-10"),
     ("Asia/Amman", "2016-04"), ("America/Santiago", "2025-09")],
)  # fmt: skip
def test_o03_a_second_moves_a_visit_to_the_next_month_in_every_engine(name, month, kind):
    """The last second of the month before, the first and the last of the month, and the next."""
    first, last = Period.parse(month).bounds(ZoneInfo(name))
    a_second = timedelta(seconds=1)
    instants = [first - a_second, first, last - a_second, last]
    frame = pd.DataFrame({"started_at": pd.to_datetime(instants, utc=True)})
    if kind == "duckdb":
        duckdb = pytest.importorskip("duckdb")
        given = duckdb.connect().from_df(frame)
    else:
        given = pa.Table.from_pandas(frame) if kind == "arrow" else frame
    data = kl.open({"sessions": given}, timezone=name, as_of="2026-01-01")

    assert data.series("sessions", month, months=2)["value"].tolist() == [1, 2]


class TestZone:
    def test_is_found_by_its_name(self):
        assert zone("Europe/Paris").key == "Europe/Paris"

    @pytest.mark.parametrize("name", ["Paris", "", "../etc/passwd", 7])
    def test_another_name_is_refused(self, name):
        with pytest.raises(ParameterError) as caught:
            zone(name)

        assert str(caught.value) == (
            f"Unknown time zone {name!r}. Write an IANA name such as 'Europe/Paris'."
        )


class TestMorePeriods:
    """Weeks of ISO 8601, fiscal years, and what pandas calls a period."""

    @pytest.mark.parametrize("asked, fiscal, start, end", [
        ("2026-W44", 1, "2026-10-26", "2026-11-01"),
        ("2020-W53", 1, "2020-12-28", "2021-01-03"),
        ("2026-W01", 1, "2025-12-29", "2026-01-04"),
        ("FY2026", 1, "2026-01-01", "2026-12-31"),
        ("FY2026", 9, "2025-09-01", "2026-08-31"),  # of the year in which it ends
        ("FY2026-Q1", 9, "2025-09-01", "2025-11-30"),
        ("FY2026-Q4", 4, "2026-01-01", "2026-03-31"),
    ])  # fmt: skip
    def test_written(self, asked, fiscal, start, end):
        period = Period.parse(asked, fiscal)
        assert (str(period.start), str(period.end_day), period.name) == (start, end, asked)

    @pytest.mark.parametrize("asked, fiscal, previous, year_before", [
        ("2026-W44", 1, "2026-W43", "2025-W44"),
        ("2021-W01", 1, "2020-W53", "2020-W01"),
        ("2020-W53", 1, "2020-W52", "2019-W52"),  # 2019 has no week 53
        ("FY2026", 9, "FY2025", "FY2025"),
        ("FY2026-Q1", 9, "FY2025-Q4", "FY2025-Q1"),
    ])  # fmt: skip
    def test_compared_with_their_like(self, asked, fiscal, previous, year_before):
        period = Period.parse(asked, fiscal)
        assert (period.previous().name, period.year_before().name) == (previous, year_before)

    def test_a_series_of_fiscal_quarters_does_not_drift(self):
        found = Period.parse("FY2026-Q4", 9).trailing(25)
        assert [each.start.day for each in found] == [1] * 25
        assert (found[0].name, found[0].start.month) == ("FY2020-Q4", 6)

    @pytest.mark.parametrize("asked, name", [
        (pd.Period("2026-10"), "2026-10"),
        (pd.Period("2026Q3"), "2026-Q3"),
        (pd.Timestamp("2026-10-05 14:00"), "2026-10-05..2026-10-05"),
        (date(2026, 10, 5), "2026-10-05..2026-10-05"),
    ])  # fmt: skip
    def test_of_pandas(self, asked, name):
        assert Period.parse(asked).name == name

    @pytest.mark.parametrize("asked, said", [
        ("2026-W54", "There is no week 54 in '2026-W54'. Weeks are those of ISO 8601."),
        ("2025-W53", "There is no week 53 in '2025-W53'. Weeks are those of ISO 8601."),
        ("FY2026-Q5", "There is no quarter 5 in 'FY2026-Q5'. Write Q1 to Q4."),
    ])  # fmt: skip
    def test_one_that_does_not_exist(self, asked, said):
        with pytest.raises(PeriodError) as caught:
            Period.parse(asked)
        assert str(caught.value) == said
