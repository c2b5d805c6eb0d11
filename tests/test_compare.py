"""A figure beside another: points and percent, and whether the change may be noise."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.errors import ParameterError
from tests.worked import exactly, one, rows, stack, times

DAY, BEFORE, LAST_YEAR = "2025-02-10", "2025-01-10", "2024-02-10"


def sends(day, count, opened):
    return stack(
        times(opened, "sent_at delivered human_click", day, True, True),
        times(count - opened, "sent_at delivered human_click", day, True, False),
    )


class TestPointsAndPercent:
    def test_o63_from_2_to_5_percent_is_3_points_or_150_percent(self):
        tables = {"email_sends": stack(sends(BEFORE, 100, 2), sends(DAY, 100, 5))}
        row = one(tables, "click_rate", "2025-02", compare=("previous",), as_of="2025-03-31")

        assert row["previous"] == exactly(0.02)
        assert row["delta_previous"] == exactly(0.03)
        assert row["change_previous"] == exactly(1.5)

    def test_o63_from_nothing_there_is_no_percent(self):
        sessions = stack(
            rows("started_at channel", (BEFORE, "email")),
            times(5, "started_at channel", DAY, "organic_search"),
        )
        row = one(
            {"sessions": sessions},
            "organic_sessions",
            "2025-02",
            compare=("previous",),
            as_of="2025-02-28",
        )

        assert (row["previous"], row["delta_previous"]) == (0, 5)
        assert row["change_previous"] != row["change_previous"]

    def test_a_percent_of_a_negative_base_means_nothing(self):
        growth = rows("date followers", ("2024-12-31", 100), ("2025-01-31", 90), ("2025-02-28", 95))
        row = one({"social_daily": growth}, "follower_growth", "2025-02", compare=("previous",))

        assert (row["previous"], row["value"], row["delta_previous"]) == (-10, 5, 15)
        assert row["change_previous"] != row["change_previous"]

    def test_both_bases_at_once(self):
        sessions = stack(
            times(4, "started_at", DAY),
            times(2, "started_at", BEFORE),
            times(8, "started_at", LAST_YEAR),
        )
        row = one(
            {"sessions": sessions},
            "sessions",
            "2025-02",
            compare=("previous", "year_before"),
            as_of="2025-02-28",
        )

        assert (row["previous"], row["delta_previous"], row["change_previous"]) == (2, 2, 1)
        assert (row["year_before"], row["delta_year_before"], row["change_year_before"]) == (
            8,
            -4,
            -0.5,
        )

    def test_a_base_that_is_not_known_leaves_all_three_missing(self):
        row = one(
            {"sessions": times(4, "started_at", DAY)},
            "sessions",
            "2025-02",
            compare=("previous",),
            as_of="2025-02-28",
        )

        assert row["value"] == 4
        assert row[["previous", "delta_previous", "change_previous"]].isna().all()
        assert row["within_noise_previous"] is None

    def test_a_base_is_shown_even_if_the_figure_is_not_known(self):
        tables = {"sessions": times(4, "started_at", BEFORE)}
        row = one(tables, "sessions", "2025-02", compare=("previous",), as_of="2025-02-28")

        assert row["status"] == "no_data"
        assert row["previous"] == 4
        assert row[["delta_previous", "change_previous"]].isna().all()

    def test_by_group(self):
        sessions = stack(
            times(4, "started_at channel", DAY, "email"),
            times(2, "started_at channel", BEFORE, "email"),
            times(3, "started_at channel", BEFORE, "direct"),
        )
        res = kl.open({"sessions": sessions}, as_of="2025-02-28").evaluate(
            "sessions", "2025-02", by="channel", compare=["previous"]
        )
        found = res.set_index("channel")[["value", "previous", "delta_previous"]]

        assert found.loc["email"].tolist() == [4, 2, 2]
        assert found.loc["direct"].tolist() == [0, 3, -3]


class TestNoise:
    @pytest.mark.parametrize(
        ("count", "base", "noise"),
        [(120, 100, True), (200, 100, False)],  # p = 0.200092 [O-70]; p < 1e-6
    )
    def test_o70_counts(self, count, base, noise):
        sessions = stack(
            times(count, "started_at", "2025-03-10"), times(base, "started_at", "2024-03-10")
        )
        row = one(
            {"sessions": sessions},
            "sessions",
            "2025-03",
            compare=("year_before",),
            as_of="2025-03-31",
        )

        assert bool(row["within_noise_year_before"]) is noise

    def test_months_of_unequal_length_compare_per_day(self):
        """2,800 in February are as many a day as 3,100 in January."""
        sessions = stack(times(2800, "started_at", DAY), times(3100, "started_at", BEFORE))
        row = one(
            {"sessions": sessions}, "sessions", "2025-02", compare=("previous",), as_of="2025-02-28"
        )

        assert row["delta_previous"] == -300
        assert row["within_noise_previous"]

    def test_a_month_under_way_compares_per_day_elapsed(self):
        """Ten days of February, 100 a day, against ten days of January: nothing changed."""
        february = [(f"2025-02-{day:02d}",) for day in range(1, 11) for _ in range(100)]
        january = [(f"2025-01-{day:02d}",) for day in range(1, 32) for _ in range(100)]
        sessions = rows("started_at", *february, *january)
        row = one(
            {"sessions": sessions}, "sessions", "2025-02", compare=("previous",), as_of="2025-02-10"
        )

        assert (row["value"], row["previous"], row["delta_previous"]) == (1000, 1000, 0)
        assert row["within_noise_previous"]

    @pytest.mark.parametrize(("opened", "noise"), [(45, True), (90, False)])
    def test_rates_by_newcombes_interval(self, opened, noise):
        # 40/1,000 against 45/1,000: -0.0133 to 0.0235; against 90: 0.0287 to 0.0719
        tables = {"email_sends": stack(sends(BEFORE, 1000, 40), sends(DAY, 1000, opened))}
        row = one(tables, "click_rate", "2025-02", compare=("previous",), as_of="2025-03-31")

        assert bool(row["within_noise_previous"]) is noise

    def test_without_interval_nothing_is_said(self):
        sessions = rows("started_at visitor_id", (DAY, "a"), (BEFORE, "b"))
        row = one(
            {"sessions": sessions},
            "unique_visitors",
            "2025-02",
            compare=("previous",),
            as_of="2025-02-28",
        )

        assert row["delta_previous"] == 0
        assert row["within_noise_previous"] is None

    def test_of_a_figure_that_still_fills_up_nothing_is_said(self):
        tables = {"email_sends": stack(sends(BEFORE, 1000, 40), sends(DAY, 1000, 90))}
        row = one(tables, "click_rate", "2025-02", compare=("previous",), as_of="2025-02-12")

        assert "immature" in row["flags"]
        assert row["within_noise_previous"] is None


@pytest.mark.parametrize("compare", [["last"], "year", ["previous", "next"]])
def test_another_comparison_is_refused(compare):
    with pytest.raises(ParameterError) as caught:
        kl.open({"sessions": times(1, "started_at", DAY)}).evaluate(
            "sessions", "2025-02", compare=compare
        )

    assert "Compare with: previous, year_before." in str(caught.value)


def test_one_comparison_may_be_written_alone():
    res = kl.open({"sessions": times(1, "started_at", DAY)}, as_of="2025-02-28").evaluate(
        "sessions", "2025-02", compare="previous"
    )

    assert "previous" in res.columns
