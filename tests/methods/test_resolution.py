"""Time to resolution: what is still open is not forgotten."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kpilib.engine.cohorts import median_interval, median_survival, survival
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
        assert row["flags"] == ["immature", "low_n", "approximate"]

    def test_o33_bootstrap_holds_the_mean(self):
        row = resolution(tickets(2, 4, 6))

        assert row["ci_method"] == "bootstrap"
        assert 0 <= row["ci_low"] <= 2 < 6 <= row["ci_high"]  # three tell little of the others

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


class TestMedian:
    """The headline: what is still open is in it, and where half are open there is none."""

    def of(self, *hours, **opened):
        table = {"support_tickets": tickets(*hours)}
        return one(table, "median_resolution_time", "2025-05", **(opened or MAY))

    def test_by_when_half_are_resolved_those_open_included(self):
        # 4/5, 3/5, 2/5 are open after 2, 4, 6 h; the mean of the three resolved would be 4 h.
        row = self.of(2, 4, 6, None, None)

        assert (row["value"], row["n"], row["unit"]) == (exactly(6), 5, "hours")
        assert (row["details"]["resolution_rate"], row["details"]["open_tickets"]) == (0.6, 2)
        assert "immature" not in row["flags"]

    @pytest.mark.parametrize("hours", [(2, None, None), (None, None), (1, 2, None, None, None)])
    def test_while_fewer_than_half_are_resolved_there_is_none_and_it_says_why(self, hours):
        row = self.of(*hours)

        assert row["value"] != row["value"]
        assert (row["status"], row["reason"][:15]) == ("too_few", "Fewer than half")

    def test_it_is_estimated_where_one_has_been_open_for_less(self):
        """Opened on the 31st at 20:00, 2 h before the end of the data: it may yet take 1 h."""
        young = rows("ticket_id opened_at resolved_at", ("t9", "2025-05-31T20:00:00Z", None))
        table = pd.concat([tickets(3, 4, 5), young])
        row = one({"support_tickets": table}, "median_resolution_time", "2025-05", **MAY)

        assert row["value"] == exactly(4)  # of the four, 1 is known to last 2 h or more
        assert "approximate" in row["flags"]
        assert "approximate" not in self.of(3, 4, 5, None)["flags"]

    def test_a_month_does_not_look_quick_because_its_slow_half_is_open(self):
        """13 of 31 solved within the day and 18 open: no figure to praise."""
        row = self.of(*range(1, 14), *[None] * 18)

        assert row["status"] == "too_few"

    def test_its_interval_holds_it(self):
        draw = np.random.default_rng(19)
        for _ in range(20):
            hours = [None if draw.random() < 0.2 else float(h) for h in draw.exponential(30, 40)]
            row = self.of(*hours)
            assert row["ci_low"] <= row["value"] <= row["ci_high"]
            assert row["ci_method"] == "kaplan_meier"

    def test_its_interval_covers_the_true_median(self):
        """400 samples of 40 exponential times, censored at random: 95 % within 3 points."""
        draw = np.random.default_rng(7)
        hits = 0
        for _ in range(400):
            lasts, seen = draw.exponential(1, 40), draw.exponential(2.5, 40)
            found = median_interval(np.minimum(lasts, seen), lasts <= seen)
            hits += found is not None and found[0] <= np.log(2) <= found[1]
        assert hits / 400 >= 0.92

    @pytest.mark.parametrize("seed", range(20))
    def test_its_interval_is_where_the_band_of_scipy_passes_one_half(self, seed):
        draw = np.random.default_rng(seed)
        lasts, seen = draw.exponential(1, 40).round(1), draw.exponential(2.5, 40).round(1)
        hours, done = np.minimum(lasts, seen), lasts <= seen
        data = stats.CensoredData(uncensored=hours[done], right=hours[~done])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # where all or none are left
            band = stats.ecdf(data).sf.confidence_interval(method="log-log")
        passed = [each.quantiles[each.probabilities <= 0.5] for each in (band.low, band.high)]
        theirs = tuple(each[0] for each in passed) if all(map(len, passed)) else None
        assert median_interval(hours, done) == theirs

    @given(st.lists(st.tuples(st.floats(0.1, 100), st.booleans()), min_size=1, max_size=40))
    def test_it_is_the_median_of_the_curve_counted_by_hand(self, cases):
        hours, done = zip(*cases, strict=True)
        curve = survival(hours, done)
        below = curve.loc[curve["going_on"] <= 0.5 + 1e-12, "time"]
        assert median_survival(hours, done) == (below.iloc[0] if len(below) else None)
