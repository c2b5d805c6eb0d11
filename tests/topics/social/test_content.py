"""What is published: worked examples, with the figure that a naive count would give."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from tests.worked import exactly, groups, interval, near, one, rows, value

DAY = "2025-02-10T09:00:00Z"
MARCH = {"as_of": "2025-03-31"}


class TestEngagementByImpressions:
    POSTS = rows(
        "post_id published_at impressions reactions comments shares clicks follows",
        ("1", DAY, 5000, 80, 15, 5, 90, 10),  # 200 engagements
        ("2", DAY, 100, 8, 1, 0, 1, 0),  # 10
    )

    def test_o18_one_post(self):
        tables = {"social_posts": self.POSTS.iloc[[0]]}

        assert value(tables, "engagement_rate_impressions", "2025-02", **MARCH) == exactly(0.04)

    def test_o18_posts_are_pooled(self):
        # 210 / 5,100 = 4.117647 %; the mean of 4 % and 10 % would be 7 %
        row = one({"social_posts": self.POSTS}, "engagement_rate_impressions", "2025-02", **MARCH)

        assert (row["numerator"], row["denominator"]) == (210, 5100)
        assert row["value"] == exactly(210 / 5100)
        assert row["ci_method"] == "bootstrap"
        low, high = interval(row)
        assert low < row["value"] < high
        assert "approximate" in row["flags"]  # of two posts nobody knows how the others are

    def test_paid_posts_are_left_out(self):
        paid = self.POSTS.assign(is_paid=[False, True])

        assert value(
            {"social_posts": paid}, "engagement_rate_impressions", "2025-02", **MARCH
        ) == exactly(0.04)

    def test_without_follows_the_figure_is_approximate(self):
        tables = {"social_posts": self.POSTS.drop(columns="follows")}
        row = one(tables, "engagement_rate_impressions", "2025-02", **MARCH)

        assert row["value"] == exactly(200 / 5100)
        assert "approximate" in row["flags"]

    def test_with_follows_it_is_not(self):
        posts = pd.concat([self.POSTS] * 10).assign(post_id=[f"p{i}" for i in range(20)])
        row = one({"social_posts": posts}, "engagement_rate_impressions", "2025-02", **MARCH)

        assert "approximate" not in row["flags"]

    def test_nobody_saw_a_post(self):
        tables = {"social_posts": self.POSTS.assign(impressions=0)}
        row = one(tables, "engagement_rate_impressions", "2025-02", **MARCH)

        assert (row["status"], row["numerator"], row["denominator"]) == ("no_denominator", 210, 0)

    def test_corrections_of_the_platform_keep_their_sign(self):
        """Unlikes arrive as negative reactions: neither clipped nor dropped."""
        tables = {"social_posts": self.POSTS.assign(reactions=[80, -20])}

        # 210 - 8 - 20 = 182
        assert value(
            tables, "engagement_rate_impressions", "2025-02", **MARCH
        ) == exactly(182 / 5100)  # fmt: skip

    def test_an_engagement_without_known_impressions_is_left_out(self):
        """Acts above a missing denominator would raise the rate of the others."""
        posts = self.POSTS.assign(impressions=[5000, None])
        row = one({"social_posts": posts}, "engagement_rate_impressions", "2025-02", **MARCH)

        assert (row["numerator"], row["denominator"]) == (200, 5000)


class TestMeanPerPost:
    POSTS = TestEngagementByImpressions.POSTS

    def test_o18_every_post_weighs_the_same(self):
        # (4 % + 10 %) / 2 = 7 %, where the pooled rate is 4.12 %; 100 impressions are enough
        row = one({"social_posts": self.POSTS}, "avg_post_engagement_rate", "2025-02", **MARCH)

        assert row["value"] == exactly(0.07)
        assert (row["numerator"], row["denominator"]) == (exactly(0.14), 2)
        assert interval(row)[0] < 0.04 and interval(row)[1] > 0.1  # two posts tell little

    def test_99_impressions_are_too_few_for_a_rate(self):
        posts = self.POSTS.assign(impressions=[5000, 99])
        row = one({"social_posts": posts}, "avg_post_engagement_rate", "2025-02", **MARCH)

        assert (row["value"], row["denominator"]) == (exactly(0.04), 1)
        assert row["details"]["small_posts"] == 1

    def test_no_post_is_seen_enough(self):
        posts = self.POSTS.assign(impressions=20)
        row = one({"social_posts": posts}, "avg_post_engagement_rate", "2025-02", **MARCH)

        assert (row["status"], row["denominator"]) == ("no_denominator", 0)

    def test_paid_posts_are_left_out_as_in_the_pooled_rate(self):
        paid = self.POSTS.assign(is_paid=[False, True])

        assert value(
            {"social_posts": paid}, "avg_post_engagement_rate", "2025-02", **MARCH
        ) == exactly(0.04)  # fmt: skip


class TestInteractions:
    POSTS = TestEngagementByImpressions.POSTS

    def test_are_reactions_comments_and_shares_without_clicks(self):
        # 80 + 15 + 5 and 8 + 1 + 0
        assert value({"social_posts": self.POSTS}, "interactions", "2025-02", **MARCH) == 109

    def test_o23_mentions_by_others_are_added(self):
        acts = rows(
            "interaction_id ts space kind actor_key actor_is_brand",
            ("1", DAY, "social", "mention", "a", False),
            ("2", DAY, "social", "mention", "a", None),
            ("3", DAY, "social", "mention", "us", True),  # our own
            ("4", DAY, "internal", "mention", "b", False),  # between colleagues
            ("5", DAY, "social", "reaction", "c", False),  # already in the post's figure
            ("6", "2025-03-02T09:00:00Z", "social", "mention", "a", False),  # next month
        )
        row = one(
            {"social_posts": self.POSTS, "interactions": acts}, "interactions", "2025-02", **MARCH
        )

        assert row["value"] == 111
        assert row["details"] == {"added": 2, "corrected_posts": 0}
        of_posts = one({"social_posts": self.POSTS}, "interactions", "2025-02", **MARCH)
        assert interval(row) == near(*(bound + 2 for bound in interval(of_posts)))

    def test_by_format_parts_and_mentions_add_up_to_the_total(self):
        """A mention has no format: it is in the unknown group, not lost."""
        posts = self.POSTS.assign(format=["photo", "video"])
        acts = rows("interaction_id ts kind actor_key", ("1", DAY, "mention", "a"))
        tables = {"social_posts": posts, "interactions": acts}

        res = groups(tables, "interactions", "2025-02", "format", **MARCH)

        assert res == {"photo": 100, "video": 9, "(unknown)": 1}
        assert sum(res.values()) == value(tables, "interactions", "2025-02", **MARCH)

    def test_a_post_collects_for_a_week(self):
        tables = {"social_posts": self.POSTS.assign(published_at="2025-02-28T09:00:00Z")}

        assert "immature" in one(tables, "interactions", "2025-02", as_of="2025-03-06")["flags"]
        assert "immature" not in one(tables, "interactions", "2025-02", as_of="2025-03-07")["flags"]

    def test_o23_our_own_reactions_are_left_out(self):
        """Networks count the brand's own like among a post's reactions."""
        acts = rows(
            "interaction_id ts kind actor_key actor_is_brand target_id",
            ("1", "2025-03-02T09:00:00Z", "reaction", "us", True, "1"),  # on a post of February
            ("2", DAY, "reaction", "us", True, "2"),
            ("3", DAY, "reaction", "us", True, "elsewhere"),  # not on a post of ours
            ("4", DAY, "reaction", "a", False, "1"),
            ("5", DAY, "comment", "us", True, "1"),  # a reply, not a reaction
            ("6", DAY, "mention", "a", False, None),
        )
        row = one(
            {"social_posts": self.POSTS, "interactions": acts}, "interactions", "2025-02", **MARCH
        )

        assert row["value"] == 109 + 1 - 2
        assert row["details"]["added"] == 1
        assert row["details"]["excluded_taken_off"] == 2
        assert "excluded_rows" in row["flags"]
        of_posts = one({"social_posts": self.POSTS}, "interactions", "2025-02", **MARCH)
        assert interval(row) == near(*(bound + 1 - 2 for bound in interval(of_posts)))

    def test_our_own_reactions_by_format(self):
        posts = self.POSTS.assign(format=["photo", "video"])
        acts = rows(
            "ts kind actor_key actor_is_brand target_id",
            (DAY, "reaction", "us", True, "2"),
        )
        tables = {"social_posts": posts, "interactions": acts}

        res = groups(tables, "interactions", "2025-02", "format", **MARCH)

        assert res == {"photo": 100, "video": 8}

    def test_o23_unlikes_keep_their_sign_and_are_said(self):
        # 80 + 15 + 5 - 20 + 1 + 0 = 81; clipped at 0 it would be 101
        posts = self.POSTS.assign(reactions=[80, -20])
        row = one({"social_posts": posts}, "interactions", "2025-02", **MARCH)

        assert (row["value"], row["details"]["corrected_posts"]) == (81, 1)
        assert "approximate" in row["flags"]

    def test_o18_acts_per_follower_stand_beside_under_their_own_name(self):
        # 100 / 2,000 = 5 %, where 60 people of 2,000 are 3 %
        tables = {
            "social_posts": self.POSTS.iloc[[0]],
            "social_daily": rows("date followers", ("2025-02-28", 2000)),
        }
        row = one(tables, "interactions", "2025-02", **MARCH)

        assert row["details"]["interactions_per_follower"] == exactly(0.05)

    @pytest.mark.parametrize(
        ("read", "early"), [("2025-02-17T08:59:59Z", True), ("2025-02-17T09:00:00Z", False)]
    )
    def test_figures_read_before_the_week_is_over_are_not_final(self, read, early):
        """However late the report: what was exported too soon stays too low."""
        posts = self.POSTS.assign(snapshot_at=[read, "2025-03-10T09:00:00Z"])
        row = one({"social_posts": posts}, "interactions", "2025-02", as_of="2025-06-30")

        assert ("immature" in row["flags"]) == early


class TestCounts:
    POSTS = rows(
        "post_id published_at is_paid impressions reach reactions comments shares clicks",
        ("1", DAY, False, 1000, 800, 10, 4, 2, 30),
        ("2", DAY, True, 3000, 2200, 5, 1, 4, 10),
        ("3", "2025-02-20T09:00:00Z", None, 0, 0, 0, 0, 0, 0),
        ("4", "2025-03-01T09:00:00Z", False, 500, 400, 1, 9, 9, 9),  # next month
    )
    TABLES = {"social_posts": POSTS}

    @pytest.mark.parametrize(
        ("kpi", "expected"), [("comments_count", 5), ("shares_count", 6), ("impressions", 4000)]
    )
    def test_are_those_of_the_posts_of_the_month(self, kpi, expected):
        assert value(self.TABLES, kpi, "2025-02", **MARCH) == expected

    @pytest.mark.parametrize("kpi", ["comments_count", "shares_count"])
    def test_cases_are_acts_and_not_posts(self, kpi):
        row = one(self.TABLES, kpi, "2025-02", **MARCH)

        assert (row["n"], row["ci_method"]) == (row["value"], "clumped")  # by post

    def test_shares_per_post(self):
        # "from 2 to 4" is of a post: 6 shares of 3 posts
        row = one(self.TABLES, "shares_count", "2025-02", **MARCH)

        assert row["details"]["shares_per_post"] == 2

    @pytest.mark.parametrize(
        ("kpi", "column"), [("comments_count", "comments"), ("shares_count", "shares")]
    )
    def test_a_correction_keeps_its_sign_and_is_said(self, kpi, column):
        posts = self.POSTS.assign(**{column: [4, -1, None, 9]})
        row = one({"social_posts": posts}, kpi, "2025-02", **MARCH)

        assert (row["value"], row["details"]["corrected_posts"]) == (3, 1)
        assert "approximate" in row["flags"]

    def test_paid_impressions_stand_beside(self):
        row = one(self.TABLES, "impressions", "2025-02", **MARCH)

        assert row["details"] == {"paid_impressions": 3000}

    def test_impressions_nobody_gave_are_not_0(self):
        posts = self.POSTS.assign(impressions=pd.array([None] * 4, dtype="Int64"))
        row = one({"social_posts": posts}, "impressions", "2025-02", **MARCH)

        assert row["status"] == "no_data"

    def test_clicks_are_pooled(self):
        # 40 / 4,000 = 1 %; the mean of 3 % and 0.33 % would be 1.67 %
        row = one(self.TABLES, "social_ctr", "2025-02", **MARCH)

        assert (row["value"], row["numerator"], row["denominator"]) == (0.01, 40, 4000)

    def test_o61_ten_percent_a_month_compounds(self):
        """2.0 % a month before, 2.662 % after three months of +10 %: not 2.6 %."""
        posts = rows(
            "published_at impressions clicks",
            ("2025-02-10T09:00:00Z", 1_000_000, 20_000),
            ("2025-05-10T09:00:00Z", 1_000_000, 26_620),
        )
        before, after = (
            value({"social_posts": posts}, "social_ctr", month, as_of="2025-06-30")
            for month in ("2025-02", "2025-05")
        )

        assert after == exactly(before * 1.1**3)

    def test_nothing_shown_nothing_to_divide_by(self):
        row = one({"social_posts": self.POSTS.iloc[[2]]}, "social_ctr", "2025-02", **MARCH)

        assert (row["status"], row["denominator"]) == ("no_denominator", 0)

    def test_reach_per_post(self):
        # 3,000 / 3 posts
        row = one(self.TABLES, "avg_reach_per_post", "2025-02", **MARCH)

        assert (row["value"], row["denominator"], row["ci_method"]) == (1000, 3, "bootstrap")

    def test_a_post_of_unknown_reach_is_no_post_without_reach(self):
        posts = self.POSTS.assign(reach=[800, 2200, None, 400])

        assert value({"social_posts": posts}, "avg_reach_per_post", "2025-02", **MARCH) == 1500


class TestReach:
    DAILY = rows(
        "date account_id dimension dimension_value reach",
        ("2025-02-01", "page", "total", None, 100),
        ("2025-02-02", "page", "total", None, 150),
        ("2025-02-02", "boss", "total", None, 40),
        ("2025-02-02", "page", "age", "18-24", 60),  # a part of the total
        ("2025-03-31", "page", "total", None, 900),
    )
    TABLES = {"social_daily": DAILY}

    def test_o20_days_are_never_added(self):
        """At least the best day, at most all days and accounts added."""
        row = one(self.TABLES, "reach", ("2025-02-01", "2025-02-02"), **MARCH)

        assert row["status"] == "not_additive"
        assert row["value"] != row["value"]
        assert (interval(row), row["ci_method"]) == ((150, 290), "bounds")
        assert row["flags"] == []

    def test_the_networks_own_figure_of_the_period_is_known(self):
        row = one(self.TABLES, "reach", "2025-03", **MARCH)

        assert (row["value"], row["status"]) == (900, "ok")
        assert row["details"]["coverage"] == exactly(1 / 31)  # one row: is it of a day or a month?

    def test_a_single_day(self):
        assert value(self.TABLES, "reach", ("2025-02-01", "2025-02-01"), **MARCH) == 100

    def test_several_accounts_on_one_day_share_people_too(self):
        row = one(self.TABLES, "reach", ("2025-02-02", "2025-02-02"), **MARCH)

        assert (row["status"], interval(row)) == ("not_additive", (150, 190))

    def test_by_account(self):
        res = kl.open(self.TABLES, **MARCH).evaluate("reach", "2025-02", by="account_id")
        found = {row["account_id"]: row for row in res.to_dict("records")}

        assert (found["boss"]["value"], found["boss"]["status"]) == (40, "ok")
        assert interval(found["page"]) == (150, 250)

    def test_bounds_of_a_month_with_missing_days_say_so(self):
        """People reached on the days that are missing may be others: the upper bound is open."""
        row = one(self.TABLES, "reach", "2025-02", **MARCH)

        assert interval(row) == (150, 290)
        assert "partial" in row["flags"]
        assert row["details"]["coverage"] == exactly(2 / 28)
