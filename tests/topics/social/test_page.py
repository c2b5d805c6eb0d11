"""Followers: how many, how many more, and who they are."""

from __future__ import annotations

import kpilib as kl
from tests.worked import exactly, groups, one, rows, value

MARCH = {"as_of": "2025-03-31"}


class TestFollowers:
    DAILY = rows(
        "date account_id dimension dimension_value followers",
        ("2025-01-31", "page", "total", None, 5000),
        ("2025-01-31", "boss", "total", None, 100),
        ("2025-02-27", "page", "total", None, 7000),
        ("2025-02-27", "boss", "total", None, 150),
        ("2025-02-28", "page", "total", None, 8000),
        ("2025-02-28", "page", "age", "18-24", 3000),  # a part of the total
        ("2025-03-31", "page", "total", None, 8200),
        ("2025-03-31", "boss", "total", None, 160),
    )
    TABLES = {"social_daily": DAILY}

    def test_are_the_last_figure_of_each_account(self):
        # page 8,000 on the 28th, boss 150 on the 27th
        assert value(self.TABLES, "followers", "2025-02", **MARCH) == 8150

    def test_a_quarter_is_its_last_month(self):
        assert value(self.TABLES, "followers", "2025-Q1", **MARCH) == 8360

    def test_growth_is_closing_minus_opening(self):
        # 8,150 - 5,100 = 3,050, of 5,100
        row = one(self.TABLES, "follower_growth", "2025-02", **MARCH)

        assert (row["value"], row["denominator"]) == (3050, 5100)
        assert row["details"] == {"closing": 8150, "rate": exactly(3050 / 5100)}

    def test_o20_growth_adds_up_over_months(self):
        february, march, both = (
            value(self.TABLES, "follower_growth", period, **MARCH)
            for period in ("2025-02", "2025-03", ("2025-02-01", "2025-03-31"))
        )

        assert february + march == both == 3260

    def test_growth_needs_a_figure_before_the_period(self):
        row = one(self.TABLES, "follower_growth", "2025-01", **MARCH)

        assert (row["status"], row["reason"]) == ("no_data", "There is no data for this period.")

    def test_o63_from_5000_to_8000_is_3000_or_60_percent(self):
        daily = self.DAILY[
            (self.DAILY["account_id"] == "page") & (self.DAILY["dimension"] == "total")
        ]
        row = one({"social_daily": daily}, "followers", "2025-02", compare=("previous",), **MARCH)

        assert (row["previous"], row["delta_previous"]) == (5000, 3000)
        assert row["change_previous"] == exactly(0.6)

    def test_by_network(self):
        daily = self.DAILY.assign(network=["linkedin", "x", *["linkedin"] * 5, "x"])
        res = groups({"social_daily": daily}, "followers", "2025-03", "network", **MARCH)

        assert res == {"linkedin": 8200, "x": 160}

    def test_growth_that_arrivals_and_departures_explain(self):
        # page: +3,000 = 3,300 - 300; boss: +50 = 50 - 0
        daily = self.DAILY.assign(
            new_followers=[0, 0, 300, 50, 3000, 0, 0, 0],
            lost_followers=[0, 0, 100, 0, 200, 0, 0, 0],
        )
        row = one({"social_daily": daily}, "follower_growth", "2025-02", **MARCH)

        assert (row["value"], row["details"]["flows"]) == (3050, 3050)
        assert row["details"]["corrected_gap"] == 0
        assert row["flags"] == []

    def test_o20_what_they_do_not_explain_is_a_clean_up(self):
        """1,000 + 60 - 20 would be 1,040: the platform took 15 accounts away."""
        daily = rows(
            "date followers new_followers lost_followers",
            ("2025-01-31", 1000, 3, 1),
            ("2025-02-14", 1035, 45, 10),
            ("2025-02-28", 1025, 15, 10),
        )
        row = one({"social_daily": daily}, "follower_growth", "2025-02", **MARCH)

        assert (row["value"], row["details"]["flows"]) == (25, 40)
        assert row["details"]["corrected_gap"] == -15
        assert row["details"]["rate"] == exactly(25 / 1000)
        assert row["flags"] == ["approximate"]

    def test_without_departures_nothing_is_said_of_a_gap(self):
        daily = self.DAILY.assign(new_followers=10)
        row = one({"social_daily": daily}, "follower_growth", "2025-02", **MARCH)

        assert set(row["details"]) == {"closing", "rate"}


class TestNewFollowers:
    DAILY = rows(
        "date account_id dimension dimension_value followers new_followers lost_followers",
        ("2025-01-31", "page", "total", None, 5000, 7, 0),  # another month
        ("2025-02-01", "page", "total", None, 5030, 40, 10),
        ("2025-02-02", "page", "total", None, 5025, 5, 10),
        ("2025-02-02", "boss", "total", None, 101, 1, 0),
        ("2025-02-02", "page", "age", "18-24", 900, 4, 2),  # a part of the total
    )
    TABLES = {"social_daily": DAILY}

    def test_are_added_over_days_and_accounts(self):
        # 40 + 5 + 1; net of departures it would be 26
        row = one(self.TABLES, "new_followers", "2025-02", **MARCH)

        assert (row["value"], row["n"]) == (46, 46)
        assert row["details"]["lost_followers"] == 20
        assert row["ci_method"] == "bootstrap"  # by day

    def test_missing_days_are_said_not_made_up_for(self):
        row = one(self.TABLES, "new_followers", "2025-02", **MARCH)

        assert row["details"]["coverage"] == exactly(2 / 28)
        assert "partial" in row["flags"]

    def test_by_account(self):
        res = groups(self.TABLES, "new_followers", "2025-02", "account_id", **MARCH)

        assert res == {"page": 45, "boss": 1}

    def test_a_correction_keeps_its_sign_and_is_said(self):
        daily = self.DAILY.assign(new_followers=[7, 40, -5, 1, 4])
        row = one({"social_daily": daily}, "new_followers", "2025-02", **MARCH)

        assert (row["value"], row["details"]["corrected_days"]) == (36, 1)
        assert "approximate" in row["flags"]

    def test_with_the_figures_of_age_groups_only_nothing_is_known(self):
        row = one({"social_daily": self.DAILY.iloc[[0, 4]]}, "new_followers", "2025-02", **MARCH)

        assert (row["status"], row["value"] == row["value"]) == ("no_data", False)


class TestAgeGroups:
    DAILY = rows(
        "date account_id dimension dimension_value followers",
        ("2025-01-31", "page", "age", "18-24", 50),
        ("2025-02-28", "page", "total", None, 1000),
        ("2025-02-28", "page", "age", "18-24", 90),
        ("2025-02-28", "boss", "age", "18-24", 10),
        ("2025-02-28", "page", "age", "25-34", 300),
        ("2025-02-28", "page", "age", "35-44", None),  # too few: the platform hides them
        ("2025-02-28", "page", "age", None, 500),  # those whose age it does not know
        ("2025-02-28", "page", "country", "FR", 800),
    )
    TABLES = {"social_daily": DAILY}

    def test_is_of_those_whose_age_is_known(self):
        # 100 of 400; of all 1,000 followers it would be 10 %
        res = groups(self.TABLES, "segment_follower_share", "2025-02", "dimension_value", **MARCH)

        assert res == {"18-24": 0.25, "25-34": 0.75}

    def test_is_always_by_age_group(self):
        res = kl.open(self.TABLES, **MARCH).evaluate("segment_follower_share", "2025-02")

        assert res["dimension_value"].tolist() == ["18-24", "25-34"]
        assert res["denominator"].tolist() == [400, 400]

    def test_a_quarter_is_its_last_month(self):
        res = groups(self.TABLES, "segment_follower_share", "2025-Q1", "dimension_value", **MARCH)

        assert res["18-24"] == 0.25

    def test_without_age_groups_nothing_is_known(self):
        row = one(
            {"social_daily": self.DAILY.iloc[[1, 7]]}, "segment_follower_share", "2025-02", **MARCH
        )

        assert row["status"] == "no_data"
