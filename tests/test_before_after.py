"""Before and after an action (catalogue, Z6): as many whole months on both sides."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import ParameterError, PeriodError
from kpilib.period import Period
from tests.worked import exactly, rows, stack, times

COLUMNS = [
    "kpi", "on", "months", "before_start", "before_end", "after_start", "after_end", "before",
    "after", "delta", "change", "change_per_day", "within_noise", "unit", "status", "reason",
    "flags",
]  # fmt: skip


def daily(first, last, **columns):
    """One session a day."""
    days = pd.date_range(first, last).strftime("%Y-%m-%d")
    return pd.DataFrame({"started_at": days, "visitor_id": days} | columns)


def orders(*placed):
    columns = "order_id person_key ordered_at status amount_ht"
    return rows(columns, *((str(i), "a", day, "paid", x) for i, (day, x) in enumerate(placed)))


class TestMonths:
    @pytest.mark.parametrize(
        ("day", "months", "first", "eve", "last"),
        [
            ("2026-03-02", 6, "2025-09-02", "2026-03-01", "2026-09-01"),
            ("2026-03-01", 1, "2026-02-01", "2026-02-28", "2026-03-31"),
            ("2026-01-31", 1, "2025-12-31", "2026-01-30", "2026-02-27"),
            ("2024-02-29", 12, "2023-02-28", "2024-02-28", "2025-02-27"),
            ("2025-07-01", 12, "2024-07-01", "2025-06-30", "2026-06-30"),
        ],
    )
    def test_end_the_day_before_and_begin_with_the_day(self, day, months, first, eve, last):
        on = date.fromisoformat(day)
        before, after = Period.around(on, months)

        assert [str(each) for each in (before.start, before.end_day)] == [first, eve]
        assert [str(each) for each in (after.start, after.end_day)] == [day, last]


class TestOneRow:
    DATA = kl.open({"sessions": daily("2025-01-01", "2026-10-31")}, as_of="2026-10-31")

    def test_is_tidy(self):
        res = self.DATA.before_after("sessions", on="2026-03-02", months=6)

        assert res.columns.tolist() == COLUMNS
        row = res.iloc[0]
        assert (row["months"], row["status"], row["flags"]) == (6, "ok", [])
        assert (row["before"], row["after"], row["delta"]) == (181, 184, 3)
        assert row["change"] == exactly(3 / 181)
        assert row["change_per_day"] == exactly(0)  # one a day in both
        assert bool(row["within_noise"]) is True

    def test_o67_twelve_months_on_both_sides_not_calendar_years(self):
        """Action on 1 July 2025: the year before holds July 2024, the year after June 2026."""
        placed = [("2024-06-30", 7.0), ("2024-07-01", 100.0), ("2025-06-30", 50.0),
                  ("2025-07-01", 200.0), ("2026-06-30", 40.0), ("2026-07-01", 9.0)]  # fmt: skip
        data = kl.open({"orders": orders(*placed)}, as_of="2026-12-31")
        row = data.before_after("revenue", on="2025-07-01", months=12).iloc[0]

        assert (row["before"], row["after"], row["delta"]) == (150, 240, 90)
        assert row["change"] == exactly(0.6)

    def test_a_rate_moves_in_points(self):
        clicks = stack(
            times(40, "sent_at delivered human_click", "2026-02-10", True, True),
            times(960, "sent_at delivered human_click", "2026-02-10", True, False),
            times(90, "sent_at delivered human_click", "2026-03-10", True, True),
            times(910, "sent_at delivered human_click", "2026-03-10", True, False),
        )
        data = kl.open({"email_sends": clicks}, as_of="2026-06-30")
        row = data.before_after("click_rate", on="2026-03-01", months=1).iloc[0]

        assert row["delta"] == exactly(0.05)
        assert np.isnan(row["change_per_day"])
        assert bool(row["within_noise"]) is False

    def test_by_group(self):
        sessions = stack(
            daily("2026-01-01", "2026-06-30", channel="email"),
            daily("2026-04-01", "2026-06-30", channel="display"),
        )
        data = kl.open({"sessions": sessions}, as_of="2026-06-30")
        res = data.before_after("sessions", on="2026-04-01", months=3, by="channel")

        found = res.set_index("channel")[["before", "after"]]
        assert found.loc["email"].tolist() == [90, 91]
        assert found.loc["display"].tolist() == [0, 91]

    def test_on_may_be_a_date(self):
        res = self.DATA.before_after("sessions", on=date(2026, 3, 2))

        assert res.loc[0, "on"] == pd.Timestamp("2026-03-02")


class TestTooShort:
    def test_fewer_months_after_shorten_both_sides_and_say_so(self):
        """Data to 31 October: from 2 July three whole months, to 1 October."""
        row = TestOneRow.DATA.before_after("sessions", on="2026-07-02", months=6).iloc[0]

        assert (row["months"], row["flags"]) == (3, ["partial"])
        assert row["before_start"] == pd.Timestamp("2026-04-02")
        assert row["after_end"] == pd.Timestamp("2026-10-01")

    def test_fewer_months_before_too(self):
        row = TestOneRow.DATA.before_after("sessions", on="2025-03-15", months=6).iloc[0]

        assert (row["months"], row["flags"]) == (2, ["partial"])

    def test_not_one_month_is_too_early(self):
        row = TestOneRow.DATA.before_after("sessions", on="2026-10-12", months=6).iloc[0]

        assert (row["status"], row["months"]) == ("too_few", 0)
        assert row["reason"].endswith("it is too early to say.")
        assert row[["before", "after", "delta", "change"]].isna().all()
        assert row["within_noise"] is None

    def test_effects_must_have_had_their_time(self):
        """Leads are qualified within 30 days: of 6 months to 30 September, 5 are mature."""
        days = pd.date_range("2025-01-01", "2026-09-30").strftime("%Y-%m-%d")
        leads = pd.DataFrame({"lead_id": days, "person_key": days, "created_at": days,
                              "qualified_at": days})  # fmt: skip
        data = kl.open({"leads": leads}, as_of="2026-09-30")
        row = data.before_after("lead_qualification_rate", on="2026-04-01", months=6).iloc[0]

        assert row["months"] == 5
        assert "immature" not in row["flags"]

    def test_a_missing_table_is_named(self):
        row = TestOneRow.DATA.before_after("leads", on="2026-03-02").iloc[0]

        assert (row["status"], row["reason"]) == ("missing_table", "Missing table: leads.")


@pytest.mark.parametrize("months", [0, -1, 1.5, True, "6"])
def test_months_are_whole_and_one_at_least(months):
    with pytest.raises(ParameterError, match="months is .*Write how many, a whole number from 1"):
        TestOneRow.DATA.before_after("sessions", on="2026-03-02", months=months)


def test_a_day_is_written_as_elsewhere():
    for other in ("March 2026", "2026-03", None):
        with pytest.raises(PeriodError, match="Write the first day of the action, as YYYY-MM-DD"):
            TestOneRow.DATA.before_after("sessions", on=other)


class TestSeason:
    """June and July are no match for April and May: it is said, in the row and on the page."""

    DATA = kl.open({"sessions": daily("2024-01-01", "2026-10-31")}, as_of="2026-10-31")

    @pytest.mark.parametrize(("months", "said"), [(1, True), (6, True), (11, True), (12, False)])
    def test_other_months_of_the_year_are_said(self, months, said):
        row = self.DATA.before_after("sessions", on="2025-06-01", months=months).iloc[0]

        assert (row["months"], row["status"]) == (months, "ok")
        assert ("not of the same season" in row["reason"]) == said
