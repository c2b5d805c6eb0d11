"""Social networks: worked examples, with the figure that a naive count would give beside them."""

from __future__ import annotations

import pytest

import kpilib as kl
from tests.worked import exactly, groups, interval, near, one, rows, stack, times, value

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
        assert interval(row) == near(0.04, 0.1)  # of two posts, a resample may hold one only

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
        row = one({"social_posts": self.POSTS}, "engagement_rate_impressions", "2025-02", **MARCH)

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
        assert row["details"] == {"added": 2}
        assert interval(row) == (2 * 9 + 2, 2 * 100 + 2)  # either post twice, and the mentions

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


class TestEngagedFollowers:
    ACTS = rows(
        "ts actor_key actor_is_follower actor_is_brand kind space",
        (DAY, "a", True, False, "reaction", "social"),
        (DAY, "a", True, False, "reaction", "social"),
        (DAY, "b", True, False, "comment", "social"),
        (DAY, "us", True, True, "comment", "social"),
        (DAY, "us", True, True, "comment", "social"),
        (DAY, "x", False, False, "share", "social"),
    )
    FOLLOWERS = rows("date followers", ("2025-02-01", 40), ("2025-02-28", 60))  # 50 on average
    TABLES = {"interactions": ACTS, "social_daily": FOLLOWERS}

    def test_o19_are_followers_not_acts(self):
        # a and b / 50 = 4 %; six acts would be 12 %
        row = one(self.TABLES, "engagement_rate_followers", "2025-02", **MARCH)

        assert (row["value"], row["numerator"], row["denominator"]) == (0.04, 2, 50)

    def test_o18_sixty_of_two_thousand(self):
        acts = rows("ts actor_key actor_is_follower kind",
                    *((DAY, f"f{i}", True, "reaction") for i in range(60)))  # fmt: skip
        tables = {
            "interactions": acts,
            "social_daily": rows("date followers", ("2025-02-28", 2000)),
        }

        assert value(tables, "engagement_rate_followers", "2025-02", **MARCH) == exactly(0.03)

    @pytest.mark.parametrize(("kind", "counted"), [("visit", 0), ("share", 1), ("comment", 1)])
    def test_a_visit_is_not_an_engagement(self, kind, counted):
        acts = self.ACTS.iloc[[0]].assign(kind=kind)
        row = one(
            {**self.TABLES, "interactions": acts}, "engagement_rate_followers", "2025-02", **MARCH
        )

        assert row["numerator"] == counted

    def test_acts_inside_the_company_do_not_count(self):
        acts = self.ACTS.assign(space="internal")
        row = one(
            {**self.TABLES, "interactions": acts}, "engagement_rate_followers", "2025-02", **MARCH
        )

        assert row["numerator"] == 0


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


class TestParticipation:
    @staticmethod
    def community(members, creators, actives):
        people = rows(
            "kind person_key start_at end_at",
            *(("community", f"p{i}", "2024-01-01", None) for i in range(members)),
        )
        posts = ((DAY, f"p{i}", "post", "community") for i in range(creators))
        acts = ((DAY, f"p{creators + i}", "reaction", "community") for i in range(actives))
        return {
            "memberships": people,
            "interactions": rows("ts actor_key kind space", *posts, *acts),
        }

    def test_o21_the_three_shares(self):
        res = groups(self.community(200, 2, 18), "participation_90_9_1", "2025-02", "role", **MARCH)

        assert res == {
            "creators": exactly(0.01),
            "actives": exactly(0.09),
            "spectators": exactly(0.9),
        }

    @pytest.mark.parametrize(
        ("role", "low", "high"),
        [("creators", 0.002747, 0.035722), ("actives", 0.057687, 0.137766)],
    )
    def test_o21_intervals(self, role, low, high):
        row = one(
            self.community(200, 2, 18),
            "participation_90_9_1",
            "2025-02",
            by="role",
            group=role,
            **MARCH,
        )

        assert interval(row) == near(low, high)

    def test_o21_chi_square_against_1_9_90(self):
        # observed 6/24/170, expected 2/18/180: 16/2 + 36/18 + 100/180 = 10.5556
        row = one(
            self.community(200, 6, 24),
            "participation_90_9_1",
            "2025-02",
            by="role",
            group="creators",
            **MARCH,
        )

        assert row["details"]["chi_square"] == exactly(16 / 2 + 36 / 18 + 100 / 180)
        assert row["details"]["p_value"] == pytest.approx(0.005104, abs=1e-6)

    def test_o21_few_expected_in_one_cell_is_a_warning(self):
        """2 expected creators out of 200 are too few for a chi-square test."""
        row = one(
            self.community(200, 6, 24),
            "participation_90_9_1",
            "2025-02",
            by="role",
            group="creators",
            **MARCH,
        )

        assert row["details"]["smallest_expected"] == exactly(2)

    def test_o21_someone_with_a_post_and_ten_likes_is_a_creator_once(self):
        tables = self.community(10, 1, 0)
        tables["interactions"] = stack(
            tables["interactions"],
            times(10, "ts actor_key kind space", DAY, "p0", "reaction", "community"),
        )
        res = groups(tables, "participation_90_9_1", "2025-02", "role", **MARCH)

        assert res == {"creators": 0.1, "actives": 0, "spectators": 0.9}

    def test_who_left_or_never_joined_is_not_a_member(self):
        tables = self.community(10, 2, 0)
        tables["memberships"].loc[0, "end_at"] = "2025-02-28"  # p0's last day: not in the closing
        tables["interactions"] = stack(
            tables["interactions"],
            rows("ts actor_key kind space", (DAY, "stranger", "post", "social")),
        )
        row = one(tables, "participation_90_9_1", "2025-02", by="role", group="creators", **MARCH)

        assert (row["numerator"], row["denominator"]) == (1, 9)  # p1 of nine members

    def test_the_brand_is_not_a_member(self):
        tables = self.community(10, 2, 0)
        tables["interactions"]["actor_is_brand"] = [True, False]

        row = one(tables, "participation_90_9_1", "2025-02", by="role", group="creators", **MARCH)
        assert row["numerator"] == 1

    def test_without_memberships_followers_stand_in_and_it_is_said(self):
        tables = self.community(0, 2, 18)
        del tables["memberships"]
        tables["social_daily"] = rows("date followers", ("2025-02-28", 200))
        row = one(tables, "participation_90_9_1", "2025-02", by="role", group="creators", **MARCH)

        assert (row["value"], row["denominator"]) == (0.01, 200)
        assert "approximate" in row["flags"]

    def test_without_either_the_size_is_unknown(self):
        tables = {"interactions": self.community(0, 2, 18)["interactions"]}
        res = kl.open(tables, **MARCH).evaluate("participation_90_9_1", "2025-02")

        assert set(res["status"]) == {"no_data"}
        assert set(res["reason"]) == {"The number of members is not known for this period."}

    def test_another_breakdown_is_refused(self):
        with pytest.raises(kl.KpilibError) as caught:
            kl.open(self.community(10, 1, 1), **MARCH).evaluate(
                "participation_90_9_1", "2025-02", by="channel"
            )

        assert str(caught.value) == ("participation_90_9_1 is always by role; by='channel' is not.")


class TestReviews:
    TEXTS = rows(
        "ts source rating sentiment",
        (DAY, "google_review", 5.0, None),
        (DAY, "google_review", 4.0, "negative"),  # the stars win
        (DAY, "google_review", 3.0, "positive"),  # the stars win
        (DAY, "comment", None, "positive"),
        (DAY, "comment", None, "negative"),
        (DAY, "private_message", None, "positive"),
        (DAY, "private_message", None, None),
        (DAY, "support", None, "positive"),  # not one of the three sources
        (DAY, "mention", 5.0, "positive"),
    )

    def test_stars_rule_and_the_tone_only_without_stars(self):
        # 5 stars, 4 stars, a comment, a message
        row = one({"texts": self.TEXTS}, "positive_reviews", "2025-02", **MARCH)

        assert row["value"] == 4
        assert row["details"] == {"positive_share": exactly(4 / 7)}

    def test_by_source(self):
        res = groups({"texts": self.TEXTS}, "positive_reviews", "2025-02", "source", **MARCH)

        assert res == {"google_review": 2, "comment": 1, "private_message": 1}
