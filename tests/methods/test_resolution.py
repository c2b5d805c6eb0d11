"""Time to resolution: what is still open is not forgotten."""

from __future__ import annotations

import pandas as pd
import pytest

from kpilib.cohorts import median_survival
from tests.worked import exactly, one, rows, stack, times

MAY = {"as_of": "2025-05-31"}
OPENED = "2025-05-10T08:00:00Z"


def tickets(*hours, opened=OPENED):
    """One ticket a number of hours until it was resolved; None is still open."""
    start = pd.Timestamp(opened)
    return rows(
        "ticket_id opened_at resolved_at",
        *(
            (f"t{i}", opened, None if each is None else start + pd.Timedelta(hours=each))
            for i, each in enumerate(hours)
        ),
    )


def resolution(table, period="2025-05", **opened):
    return one({"support_tickets": table}, "avg_resolution_time", period, **(opened or MAY))


class TestMean:
    def test_o33_mean_of_resolved_with_the_share_resolved(self):
        # 2, 4 and 6 h; two are open since weeks: the mean of 4 h knows nothing of them.
        # Kaplan-Meier: 4/5, 3/5, 2/5 are open after 2, 4, 6 h, so the median is 6 h.
        row = resolution(tickets(2, 4, 6, None, None))

        assert (row["value"], row["numerator"], row["denominator"]) == (exactly(4), 12, 3)
        assert row["unit"] == "hours"
        assert row["details"] == {
            "median_hours": exactly(6), "resolution_rate": 0.6, "open_tickets": 2,
            "excluded_tickets": 0,
        }  # fmt: skip
        assert row["flags"] == ["immature", "low_n"]

    def test_o33_bootstrap_holds_the_mean(self):
        row = resolution(tickets(2, 4, 6))

        assert row["ci_method"] == "bootstrap"
        assert 2 <= row["ci_low"] < 4 < row["ci_high"] <= 6

    def test_o33_the_median_is_not_known_while_fewer_than_half_are_resolved(self):
        assert resolution(tickets(2, None, None))["details"]["median_hours"] is None

    def test_o33_without_a_resolved_one_there_is_no_mean(self):
        row = resolution(tickets(None, None))

        assert (row["status"], row["denominator"]) == ("no_denominator", 0)
        assert row["value"] != row["value"]
        assert row["details"]["resolution_rate"] == 0
        assert row["details"]["open_tickets"] == 2

    def test_o33_with_none_open_the_median_is_the_usual_one(self):
        row = resolution(tickets(1, 2, 10))

        assert row["details"]["median_hours"] == exactly(2)
        assert "immature" not in row["flags"]

    def test_counts_for_the_period_in_which_it_was_opened(self):
        late = tickets(24 * 40)  # opened in May, resolved in June

        assert resolution(late, as_of="2025-07-31")["value"] == exactly(960)
        assert resolution(late, "2025-06", as_of="2025-07-31")["status"] == "no_data"

    def test_what_is_resolved_after_the_last_day_of_the_data_is_open(self):
        # the last day ends at midnight in Paris, 22:00 in UTC
        last = "2025-05-31T20:00:00Z"
        before, after = tickets(1.999, opened=last), tickets(2, opened=last)

        assert resolution(before)["value"] == exactly(1.999)
        assert resolution(after)["details"]["open_tickets"] == 1

    def test_resolved_before_it_was_opened_is_left_out_and_counted(self):
        row = resolution(tickets(-1, 3))

        assert (row["value"], row["n"]) == (exactly(3), 1)
        assert row["details"]["excluded_tickets"] == 1
        assert "excluded_rows" in row["flags"]

    def test_an_empty_table_is_no_data(self):
        assert resolution(tickets(1).head(0))["status"] == "no_data"

    def test_agrees_with_a_second_way_of_counting(self):
        table = stack(tickets(3, 5, None, 9), tickets(7, opened="2025-05-20T12:00:00Z"))
        table["ticket_id"] = [f"n{i}" for i in range(len(table))]
        row = resolution(table)
        taken = (
            pd.to_datetime(table["resolved_at"], utc=True)
            - pd.to_datetime(table["opened_at"], utc=True)
        ).dropna() / pd.Timedelta(hours=1)

        assert row["value"] == exactly(taken.mean())
        assert row["details"]["resolution_rate"] == taken.size / len(table)


@pytest.mark.parametrize(
    ("durations", "ended", "expected"),
    [
        ([2, 4, 6, 100, 100], [True, True, True, False, False], 6),
        ([1, 2, 3, 4], [True, True, True, True], 2),
        ([1, 5, 6], [False, True, True], 5),  # one lost sight of early leaves two at risk
        ([5, 5], [False, False], None),
    ],
)
def test_median_with_cases_still_going_on(durations, ended, expected):
    assert median_survival(durations, ended) == expected


def test_many_tickets_weigh_alike():
    many = times(40, "opened_at resolved_at", OPENED, "2025-05-10T10:30:00Z")
    row = resolution(many)

    assert (row["value"], row["n"]) == (exactly(2.5), 40)
    assert "low_n" not in row["flags"]
