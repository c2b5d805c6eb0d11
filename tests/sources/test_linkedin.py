"""LinkedIn Page: content, followers, visitors."""

from __future__ import annotations

from datetime import date

import pytest

from kpilib.errors import ContractError
from tests.sources.twins_reading import Sheet, workbook
from tests.sources.twins_social import (
    LINKEDIN_FOLLOWERS,
    LINKEDIN_METRICS,
    LINKEDIN_NOTICE,
    LINKEDIN_PLACES,
    LINKEDIN_POSTS,
    LINKEDIN_VISITORS,
    taken,
)
from tests.worked import one, value

ASKED = {"timezone": "Europe/Paris", "as_of": "2025-03-31"}


def content():
    return workbook(
        Sheet("Metrics", [LINKEDIN_NOTICE, *LINKEDIN_METRICS]),
        Sheet("All posts", [LINKEDIN_NOTICE, *LINKEDIN_POSTS]),
    )


class TestContent:
    def test_days_are_month_first_and_what_was_taken_back_stays_negative(self, tmp_path):
        daily = taken(tmp_path, content(), "content.xls.xlsx")["social_daily"]

        # 7 - 2 + 1 + 0; 1 - 4 + 0 + 0
        assert daily.select("date", "impressions", "reach", "engagements").rows() == [
            (date(2025, 2, 3), 120, 80, 6),
            (date(2025, 2, 13), 50, 30, -3),
        ]

    def test_older_exports_say_shares_for_reposts(self, tmp_path):
        header, *days = LINKEDIN_METRICS
        older = [tuple(name.replace("Reposts", "Shares") for name in header), *days]
        file = workbook(Sheet("Metrics", [LINKEDIN_NOTICE, *older]))

        assert taken(tmp_path, file, "old.xlsx")["social_daily"]["engagements"].to_list() == [6, -3]

    def test_posts(self, tmp_path):
        posts = taken(tmp_path, content(), "content.xlsx")["social_posts"]

        assert posts["post_id"].to_list() == ["7290000000000000001", "7290000000000000002"]
        assert posts["is_paid"].to_list() == [False, True]
        assert posts["format"].to_list() == ["image", "video"]
        assert "Ada" not in posts.write_csv()

    def test_figures_of_posts(self, tmp_path):
        table = {"social_posts": taken(tmp_path, content(), "content.xlsx")["social_posts"]}
        row = one(table, "engagement_rate_impressions", "2025-02", **ASKED)

        # the sponsored post is left out: 90 + 80 + 15 + 5 + 10 of 1,000
        assert (row["numerator"], row["denominator"], row["value"]) == (200, 1000, 0.2)
        assert value(table, "comments_count", "2025-02", **ASKED) == 16


class TestFollowers:
    def test_total_followers_are_the_new_ones(self, tmp_path):
        file = workbook(
            Sheet("New followers", LINKEDIN_FOLLOWERS), Sheet("Location", LINKEDIN_PLACES)
        )
        found = taken(tmp_path, file, "followers.xlsx")
        table = {"social_daily": found["social_daily"]}

        assert "followers" not in found["social_daily"].columns
        assert value(table, "new_followers", "2025-02", **ASKED) == 8
        # the places of all followers are known to be another table, and not used
        assert [each.table.id for each in found.understood] == [
            "new_followers", "followers_by_location",
        ]  # fmt: skip


class TestVisitors:
    def test_page_views_and_never_the_sum_of_visitors(self, tmp_path):
        file = workbook(Sheet("Visitor metrics", LINKEDIN_VISITORS))
        daily = taken(tmp_path, file, "visitors.xlsx")["social_daily"]

        assert daily["profile_visits"].to_list() == [11, 3]
        assert "reach" not in daily.columns


def test_a_page_in_another_language_is_not_guessed(tmp_path):
    french = [("Date", "Abonnés sponsorisés", "Abonnés organiques", "Total des abonnés"),
              ("02/03/2025", 1, 4, 5), ("02/04/2025", 0, 2, 2)]  # fmt: skip
    with pytest.raises(ContractError, match="no preset knows this file"):
        taken(tmp_path, workbook(Sheet("Nouveaux abonnés", french)), "abonnes.xlsx")
