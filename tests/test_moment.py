"""Until when data is known: a day is whole, an instant is exact, however it is written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import CompanyError, PeriodError
from kpilib.moment import moment
from kpilib.period import EARLIEST, LATEST
from tests.worked import exactly, one, rows

PARIS = ZoneInfo("Europe/Paris")
TWO = datetime(2026, 10, 31, 13, tzinfo=UTC)  # 14:00 in Paris, an hour ahead since the 25th
DAY = date(2026, 10, 31)


class TestWays:
    @pytest.mark.parametrize(
        "given",
        [
            "2026-10-31T14:00", "2026-10-31 14:00:00", "2026-10-31T14:00:00.000",
            "2026-10-31T13:00Z", "2026-10-31T13:00:00+00:00", "2026-10-31T18:30+05:30",
            datetime(2026, 10, 31, 14), datetime(2026, 10, 31, 14, tzinfo=PARIS), TWO,
            pd.Timestamp("2026-10-31 14:00"), pd.Timestamp("2026-10-31 13:00", tz="UTC"),
            pd.Timestamp("2026-10-31 14:00", tz="Europe/Paris"),
            np.datetime64("2026-10-31T14:00"),
        ],
    )  # fmt: skip
    def test_of_one_instant(self, given):
        assert moment(given, PARIS) == TWO

    @pytest.mark.parametrize(
        "given",
        [
            "2026-10-31", DAY, "2026-10-31T00:00", datetime(2026, 10, 31), pd.Timestamp(DAY),
            pd.Timestamp("2026-10-31", tz="Europe/Paris"), np.datetime64("2026-10-31"),
        ],
    )  # fmt: skip
    def test_of_one_day_which_is_whole(self, given):
        assert type(moment(given, PARIS)) is date and moment(given, PARIS) == DAY

    @pytest.mark.parametrize(
        "given",
        ["31/10/2026", "2026-10", "2026-02-30", "2026-10-31T25:00", "2026-10-31T14", "20261031",
         "2026-W44-6", "yesterday", "", " 2026-10-31", 20261031, 1.5, pd.NaT, True,
         "0024-01-01", "２０２６-１０-３１"],
    )  # fmt: skip
    def test_another_one_is_refused(self, given):
        with pytest.raises(PeriodError) as caught:
            kl.open({"sessions": rows("started_at", ("2026-10-01",))}, as_of=given)

        assert str(caught.value) == (
            f"as_of is no day and no instant: {given!r}. Write days as YYYY-MM-DD and instants as "
            f"YYYY-MM-DDTHH:MM, between {EARLIEST} and {LATEST}."
        )


class TestReplies:
    """A comment of the 30th at 13:00, one of 14:30, both without a reply; 24 hours to answer."""

    ACTS = rows(
        "interaction_id ts space actor_key actor_is_brand kind parent_id network",
        ("a", "2026-10-30T12:00:00Z", "social", "x", False, "comment", None, "linkedin"),
        ("b", "2026-10-30T13:30:00Z", "social", "y", False, "comment", None, "linkedin"),
        ("c", "2026-10-29T08:00:00Z", "social", "z", False, "comment", None, "linkedin"),
        ("r", "2026-10-29T09:00:00Z", "social", "us", True, "answer", "c", "linkedin"),
        ("late", "2026-10-31T13:20:00Z", "social", "us", True, "answer", "b", "linkedin"),
    )

    @pytest.mark.parametrize(
        ("as_of", "answered", "due"),
        [
            ("2026-10-31T12:59", 1, 1),  # 13:00 of the 30th is not 24 hours old
            ("2026-10-31T14:00", 1, 2),
            ("2026-10-31T14:25", 1, 2),  # the answer to b is there, b is not 24 hours old
            ("2026-10-31T14:31", 2, 3),
            ("2026-10-31", 2, 3),
        ],
    )
    def test_are_judged_at_the_instant(self, as_of, answered, due):
        for written in (as_of, pd.Timestamp(as_of)):
            row = one(
                {"interactions": self.ACTS}, "comment_response_rate_24h", "2026-10", as_of=written
            )

            assert (row["numerator"], row["denominator"]) == (answered, due)
            assert row["value"] == exactly(answered / due)
            assert ("partial" in row["flags"]) == ("T" in as_of)


class TestWhatIsLater:
    """One visit an hour from September to November."""

    HOURLY = pd.DataFrame(
        {"started_at": pd.date_range("2026-08-31 22:30", "2026-11-30", freq="h", tz="UTC")}
    ).assign(session_id=lambda t: [f"s{i}" for i in range(len(t))])

    @pytest.mark.parametrize("kind", ["pandas", "duckdb"])
    @pytest.mark.parametrize(
        ("as_of", "visits"),
        [
            ("2026-10-15", 15 * 24),
            ("2026-10-15T14:00", 14 * 24 + 14),
            ("2026-10-15T14:45", 14 * 24 + 15),
            ("2026-10-15T12:00Z", 14 * 24 + 14),
        ],
    )
    def test_is_not_read(self, kind, as_of, visits):
        given = self.HOURLY if kind == "pandas" else duckdb.connect().from_df(self.HOURLY)
        row = one({"sessions": given}, "sessions", "2026-10", compare=("previous",), as_of=as_of)

        assert row["value"] == visits
        assert row["previous"] == 15 * 24  # as many days, the last one begun
        assert "partial" in row["flags"]

    def test_is_compared_by_the_day_and_the_part_of_a_day(self):
        """A visit an hour is 24 a day, at whatever time the data ends."""
        tables = {"sessions": self.HOURLY}
        row = one(tables, "sessions", "2026-10", compare=("previous",), as_of="2026-10-15T18:00")

        assert row["details"]["days"] == exactly(14.75)
        assert row["change_per_day_previous"] == pytest.approx(0.0, abs=1e-12)

    def test_a_day_that_is_cut_does_not_end_its_month(self):
        data = kl.open({"sessions": self.HOURLY}, as_of="2026-10-31T18:00")

        assert (data.as_of, data.last_month()) == (DAY, "2026-09")
        assert "partial" in data.evaluate("sessions", "2026-10")["flags"][0]
        hours = data.evaluate("sessions", ("2026-10-31", "2026-10-31"), by="hour")
        assert hours["hour"].tolist() == list(range(18))

    def test_a_string_and_a_timestamp_give_one_answer(self):
        kpis, asked = ["sessions"], ("2026-10", "channel")
        tables = {"sessions": self.HOURLY.assign(channel="direct")}
        ways = [
            "2026-10-15T14:45",
            pd.Timestamp("2026-10-15 14:45"),
            datetime(2026, 10, 15, 14, 45),
        ]
        first, *others = (kl.open(tables, as_of=way).evaluate(kpis, *asked) for way in ways)

        for other in others:
            pd.testing.assert_frame_equal(other, first)


class TestDaysToCome:
    def test_are_no_hours(self):
        """Six people of 35 hours a week, up to Thursday the 15th: eleven days, not twenty-two."""
        tables = {
            "employees": rows(
                "employee_id hired_at left_at valid_from valid_to weekly_hours contract_kind",
                *((f"e{i}", "2020-01-01", None, None, None, [7.0] * 5 + [0.0] * 2, "CDI")
                  for i in range(6)),
            ),
            "absences": rows(
                "absence_id employee_id start_date end_date kind hours",
                ("a", "e1", "2026-10-05", "2026-10-06", "sickness", None),
                ("b", "e2", "2026-10-15", "2026-10-30", "sickness", None),
            ),
            "work_calendar": rows("date is_public_holiday", ("2026-11-01", True)),
        }  # fmt: skip
        row = one(tables, "absenteeism_rate", "2026-10", as_of="2026-10-15")

        assert (row["numerator"], row["denominator"]) == (3 * 7, 6 * 11 * 7)


class TestCompanyFile:
    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "tables").mkdir()
        TestWhatIsLater.HOURLY.to_parquet(tmp_path / "tables" / "sessions.parquet")
        return tmp_path

    @pytest.mark.parametrize("written", ["2026-10-15T14:00", "'2026-10-15 14:00'"])
    def test_an_instant_of_the_companys_clock(self, folder, written):
        text = f"as_of: {written}\ntimezone: America/New_York\n"
        (folder / "company.yaml").write_text(text)
        data = kl.open(folder)

        assert data.tables.until == datetime(2026, 10, 15, 18, tzinfo=UTC)
        assert kl.open(folder, as_of="2026-10-16").as_of == date(2026, 10, 16)

    def test_a_bad_one_has_its_line(self, folder):
        (folder / "company.yaml").write_text("name: Acme\nas_of: 2026-02-30\n")

        with pytest.raises(CompanyError, match=r"company.yaml:2: as_of: .* YYYY-MM-DDTHH:MM"):
            kl.open(folder)


def test_a_row_dated_by_another_of_its_days_is_not_read_before_it():
    """Of four leads with a meeting, one meets after the data ends: planned is not held."""
    leads = rows(
        "lead_id created_at meeting_at",
        ("1", "2026-10-01", "2026-10-20"),
        ("2", "2026-10-02", "2026-10-21"),
        ("3", "2026-10-03", "2026-11-20"),
        ("4", "2026-10-04", "2026-12-30"),
    )
    found = {
        as_of: kl.open({"leads": leads}, as_of=as_of).evaluate("meetings_booked", "2026-Q4")
        for as_of in ("2026-10-31", "2026-11-30", "2026-12-31")
    }
    assert [each["value"].item() for each in found.values()] == [2, 3, 4]
    unsaid = kl.open({"leads": leads}).evaluate("meetings_booked", "2026-Q4")
    assert unsaid["value"].item() == 4  # the last lead is no day on which the data would end
