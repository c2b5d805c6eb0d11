"""What is said of us, and what we do to be spoken of."""

from __future__ import annotations

from tests.worked import exactly, groups, one, rows, value

DAY = "2025-02-10T09:00:00Z"
MARCH = {"as_of": "2025-03-31"}


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
        assert row["details"]["positive_share"] == exactly(4 / 7)
        assert row["details"]["positive_share_low"] < 4 / 7 < row["details"]["positive_share_high"]

    def test_by_source(self):
        res = groups({"texts": self.TEXTS}, "positive_reviews", "2025-02", "source", **MARCH)

        assert res == {"google_review": 2, "comment": 1, "private_message": 1}

    def test_negative_ones_stand_beside(self):
        # a comment; 3 stars are neither
        row = one({"texts": self.TEXTS}, "positive_reviews", "2025-02", **MARCH)

        assert row["details"]["negative"] == 1

    def test_two_stars_are_negative_whatever_the_tone(self):
        texts = rows("ts source rating sentiment", (DAY, "google_review", 2.0, "positive"))
        row = one({"texts": texts}, "positive_reviews", "2025-02", **MARCH)

        assert (row["value"], row["details"]["negative"]) == (0, 1)


class TestMentions:
    TEXTS = rows(
        "ts source rating sentiment medium",
        (DAY, "mention", None, "positive", "online_media"),
        (DAY, "mention", None, "negative", "social"),
        (DAY, "mention", 5.0, None, None),
        (DAY, "comment", None, "positive", None),  # on our own page
        ("2025-03-02T09:00:00Z", "mention", None, "positive", "social"),  # next month
    )

    def test_are_counted_with_the_positive_ones_beside(self):
        row = one({"texts": self.TEXTS}, "brand_mentions", "2025-02", **MARCH)

        assert (row["value"], row["n"]) == (3, 3)
        assert row["ci_method"] == ""  # one author may mention us twenty times
        assert row["details"] == {"positive_mentions": 1}

    def test_by_medium(self):
        res = groups({"texts": self.TEXTS}, "brand_mentions", "2025-02", "medium", **MARCH)

        assert res == {"online_media": 1, "social": 1, "(unknown)": 1}


class TestLeader:
    DAILY = rows(
        "date account_id dimension dimension_value profile_contacts",
        ("2025-02-01", "boss", "total", None, 12),
        ("2025-02-02", "boss", "total", None, 3),
        ("2025-02-02", "boss", "age", "18-24", 2),  # a part of the total
        ("2025-02-02", "page", "total", None, None),  # a page has no contacts
        ("2025-03-01", "boss", "total", None, 50),
    )
    POSTS = rows(
        "post_id published_at author_kind reactions comments shares clicks",
        ("1", DAY, "leader", 10, 2, 1, 99),
        ("2", DAY, "brand", 500, 50, 5, 99),
        ("3", DAY, "leader", 4, None, None, 0),
        ("4", DAY, None, 7, 7, 7, 7),
    )

    def test_contacts_and_beside_them_the_interactions_of_the_leaders_posts(self):
        # 12 + 3; 13 + 4, without the brand's posts and without clicks
        tables = {"social_daily": self.DAILY, "social_posts": self.POSTS}
        row = one(tables, "leader_profile_reach", "2025-02", **MARCH)

        assert (row["value"], row["details"]["leader_interactions"]) == (15, 17)
        assert row["ci_method"] == "bootstrap"  # by day

    def test_without_posts_the_contacts_are_known(self):
        assert value(
            {"social_daily": self.DAILY}, "leader_profile_reach", "2025-02", **MARCH
        ) == 15  # fmt: skip

    def test_a_company_without_leaders_profile_has_no_figure(self):
        daily = self.DAILY[self.DAILY["account_id"] == "page"]
        row = one({"social_daily": daily}, "leader_profile_reach", "2025-02", **MARCH)

        assert row["status"] == "no_data"


class TestWebinars:
    PEOPLE = rows(
        "participation_id activity_id activity_kind activity_at attended",
        ("1", "w1", "webinar", "2025-02-10T09:00:00Z", True),
        ("2", "w1", "webinar", "2025-02-10T09:00:00Z", False),
        ("3", "w2", "webinar", "2025-02-20T09:00:00Z", None),
        ("4", "e1", "event", "2025-02-21T09:00:00Z", True),
        ("5", "w3", "webinar", "2025-03-10T09:00:00Z", True),
    )
    TABLES = {"participations": PEOPLE}

    def test_are_counted_once_however_many_came(self):
        assert value(self.TABLES, "pr_outputs", "2025-02", **MARCH) == 2

    def test_one_that_is_still_to_come_has_not_been_held(self):
        row = one(self.TABLES, "pr_outputs", "2025-02", as_of="2025-02-15")

        assert (row["value"], row["flags"]) == (1, ["partial"])

    def test_months_add_up(self):
        assert value(self.TABLES, "pr_outputs", "2025-Q1", **MARCH) == 3
