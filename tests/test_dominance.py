"""A figure that is really that of one post, order or campaign says so, and what it is without."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.show.findings import dominated
from kpilib.topics.catalogue import kpi as find
from tests.worked import exactly, one, rows

MAY = {"as_of": "2025-06-30"}
POST = "post_id published_at is_paid impressions reactions comments shares clicks follows"


def posts(*seen_and_clicks):
    return rows(
        POST,
        *(
            (f"p{i}", "2025-05-10T08:00:00Z", False, seen, 0, 0, 0, clicks, 0)
            for i, (seen, clicks) in enumerate(seen_and_clicks)
        ),
    )


ONE_VIRAL = posts((7900, 10), (1000, 50), (600, 30), (500, 20))  # 79 % of 10,000 impressions


class TestPosts:
    def test_one_post_with_most_impressions_dominates_a_rate(self):
        """110 / 10,000 = 1.1 %; without the first post 100 / 2,100 = 4.8 %."""
        row = one({"social_posts": ONE_VIRAL}, "social_ctr", "2025-05", **MAY)

        assert row["value"] == exactly(0.011)
        assert "dominated" in row["flags"]
        assert row["details"]["largest_share"] == exactly(0.79)
        assert row["details"]["without_largest"] == exactly(100 / 2100)

    def test_and_a_total(self):
        row = one({"social_posts": ONE_VIRAL}, "impressions", "2025-05", **MAY)

        assert (row["value"], row["details"]["without_largest"]) == (10_000, 2100)
        assert "dominated" in row["flags"]

    def test_a_post_with_most_of_the_clicks_dominates_too(self):
        """90 of 100 clicks, with a quarter of the impressions: 10 / 300 without it."""
        row = one({"social_posts": posts((100, 90), (100, 4), (100, 3), (100, 3))}, "social_ctr",
                  "2025-05", **MAY)  # fmt: skip

        assert row["details"]["without_largest"] == exactly(10 / 300)

    @pytest.mark.parametrize(
        "seen", [((500, 1), (300, 1), (200, 1)), ((900, 1), (100, 1)), ((900, 1),)]
    )
    def test_half_is_not_more_than_half_and_of_two_one_always_has_it(self, seen):
        row = one({"social_posts": posts(*seen)}, "impressions", "2025-05", **MAY)

        assert "dominated" not in row["flags"] and "largest_share" not in row["details"]

    @pytest.mark.parametrize(
        ("lang", "said"),
        [
            ("en", "One post makes up 79.0 % of it; without it: 4.8 %."),
            ("fr", "Une publication en fait 79,0 % ; sans elle : 4,8 %."),
        ],
    )
    def test_it_is_said_in_a_sentence(self, lang, said):
        res = kl.open({"social_posts": ONE_VIRAL}, **MAY).evaluate("social_ctr", "2025-05")
        write_for(lang)
        (story,) = dominated({"social_ctr": find("social_ctr")}, res)
        write_for("en")

        assert said in story.text.replace("\u00a0", " ").replace("\u202f", " ")


def test_one_customer_who_buys_most_and_one_order():
    orders = rows(
        "order_id customer_id ordered_at amount_ht status kind",
        *((f"o{i}", f"c{i % 4}", "2025-05-10T08:00:00Z", amount, "paid", "product")
          for i, amount in enumerate((900.0, 30.0, 20.0, 50.0))),
    )  # fmt: skip
    found = kl.open({"orders": orders}, **MAY).evaluate(
        ["revenue", "average_order_value"], "2025-05"
    )

    assert found["details"].str.get("without_largest").tolist() == [100, exactly(100 / 3)]
    assert all("dominated" in flags for flags in found["flags"])


def test_never_of_employees():
    """With and without the one who was away most, anyone could tell how long that was."""
    assert find("absenteeism_rate").people is not None
    staff = rows(
        "employee_id hired_at left_at weekly_hours team",
        *((f"e{i}", "2020-01-01", None, "7,7,7,7,7,0,0", "a") for i in range(12)),
    )
    away = rows(
        "absence_id employee_id start_date end_date kind hours",
        ("a1", "e1", "2025-05-05", "2025-05-30", "sickness", 140.0),
        *((f"a{i}", f"e{i}", "2025-05-05", "2025-05-05", "sickness", 7.0) for i in (2, 3, 4)),
    )
    calendar = rows("date site is_public_holiday label", ("2025-05-01", "all", True, "1 May"))
    row = one(
        {"employees": staff, "absences": away, "work_calendar": calendar},
        "absenteeism_rate",
        "2025-05",
        **MAY,
    )

    assert row["status"] == "ok"
    assert "largest_share" not in row["details"] and "dominated" not in row["flags"]
