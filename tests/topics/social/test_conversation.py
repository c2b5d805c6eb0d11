"""Who takes part, and whether they are answered."""

from __future__ import annotations

import pytest

import kpilib as kl
from tests.worked import exactly, groups, interval, near, one, rows, stack, times, value

DAY = "2025-02-10T09:00:00Z"
MARCH = {"as_of": "2025-03-31"}


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

    def test_acts_per_follower_stand_beside(self):
        posts = rows("published_at reactions comments shares", (DAY, 4, 2, None))
        row = one(
            {**self.TABLES, "social_posts": posts}, "engagement_rate_followers", "2025-02", **MARCH
        )

        assert row["details"]["interactions_per_follower"] == 6 / 50


class TestAnswers:
    """Comments on a page, and the brand's replies to them."""

    ACTS = rows(
        "interaction_id ts kind actor_key actor_is_brand parent_id",
        ("q1", "2025-02-10T09:00:00Z", "comment", "a", False, None),
        ("r1", "2025-02-11T09:00:00Z", "comment", "us", True, "q1"),  # 24:00:00
        ("q2", "2025-02-10T09:00:00Z", "comment", "b", None, None),
        ("r2", "2025-02-11T09:00:01Z", "comment", "us", True, "q2"),  # one second late
        ("q3", "2025-02-12T09:00:00Z", "comment", "c", False, None),
        ("r3", "2025-02-12T10:00:00Z", "comment", "a", False, "q3"),  # of another reader
        ("l3", "2025-02-12T10:00:00Z", "reaction", "us", True, "q3"),  # liked, not answered
        ("q4", "2025-02-27T12:00:00Z", "comment", "d", False, None),
        ("r4", "2025-02-27T13:00:00Z", "answer", "us", True, "q4"),
        ("q5", "2025-02-28T12:00:00Z", "comment", "e", False, None),
    )
    TABLES = {"interactions": ACTS}

    def test_o22_in_time_is_up_to_24_hours_sharp(self):
        # q1, q2, q3, r3, q4 had their day: q1 and q4 were answered in time. q5 is too young.
        row = one(self.TABLES, "comment_response_rate_24h", "2025-02", as_of="2025-02-28")

        assert (row["value"], row["numerator"], row["denominator"]) == (0.4, 2, 5)
        assert row["details"]["not_yet_due"] == 1
        assert "immature" in row["flags"]

    def test_o22_a_young_comment_is_in_neither_side_even_when_answered(self):
        acts = stack(
            self.ACTS,
            rows("interaction_id ts kind actor_key actor_is_brand parent_id",
                 ("r5", "2025-02-28T12:05:00Z", "comment", "us", True, "q5")),
        )  # fmt: skip
        row = one({"interactions": acts}, "comment_response_rate_24h", "2025-02",
                  as_of="2025-02-28")  # fmt: skip

        assert (row["numerator"], row["denominator"]) == (2, 5)

    def test_o22_a_day_later_it_counts(self):
        row = one(self.TABLES, "comment_response_rate_24h", "2025-02", as_of="2025-03-01")

        assert (row["numerator"], row["denominator"]) == (2, 6)
        assert "immature" not in row["flags"]

    def test_the_last_day_of_the_data_stands_for_as_of(self):
        row = one(self.TABLES, "comment_response_rate_24h", "2025-02")

        assert row["denominator"] == 5

    def test_the_first_reply_counts_once(self):
        acts = stack(
            self.ACTS,
            rows("interaction_id ts kind actor_key actor_is_brand parent_id",
                 ("s1", "2025-02-10T09:30:00Z", "comment", "us", True, "q1"),
                 ("s2", "2025-02-20T09:00:00Z", "comment", "us", True, "q1")),
        )  # fmt: skip
        row = one({"interactions": acts}, "comment_response_rate_24h", "2025-02", **MARCH)

        assert (row["numerator"], row["denominator"]) == (2, 6)

    def test_the_median_wait_counts_those_without_a_reply(self):
        # 24 h, 24 h and a second, 1 h, and three without: half of them still wait
        row = one(self.TABLES, "comment_response_rate_24h", "2025-02", **MARCH)
        assert row["details"]["median_hours_to_reply"] is None

        late = rows("interaction_id ts kind actor_key actor_is_brand parent_id",
                    *((f"w{i}", "2025-02-20T09:00:00Z", "comment", "us", True, f"q{i}")
                      for i in range(1, 6)))  # fmt: skip
        acts = stack(self.ACTS, late)
        row = one({"interactions": acts}, "comment_response_rate_24h", "2025-02", **MARCH)
        assert row["details"]["median_hours_to_reply"] > 24

    def test_a_comment_of_the_community_is_another_matter(self):
        acts = self.ACTS.assign(space="community")
        row = one({"interactions": acts}, "comment_response_rate_24h", "2025-02", **MARCH)

        assert row["status"] == "no_denominator"

    def test_daylight_saving_does_not_move_the_24_hours(self):
        """On 30 March the clock in Paris jumps from 2 to 3: 24 hours later is 13:00 there."""
        acts = rows(
            "interaction_id ts kind actor_key actor_is_brand parent_id",
            ("q1", "2025-03-29T11:00:00Z", "comment", "a", False, None),  # noon
            ("r1", "2025-03-30T11:00:00Z", "comment", "us", True, "q1"),
        )

        assert value(
            {"interactions": acts}, "comment_response_rate_24h", "2025-03", as_of="2025-04-30"
        ) == 1  # fmt: skip


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

        assert str(caught.value) == (
            "participation_90_9_1 is always by role; by='channel' is not. Leave `by` out."
        )

    def test_acts_are_of_the_last_30_days_whatever_the_period(self):
        """A year would have hardly a spectator left."""
        tables = self.community(10, 0, 0)
        tables["interactions"] = rows(
            "ts actor_key kind space",
            ("2025-01-15T09:00:00Z", "p0", "post", "community"),
            ("2025-03-01T22:59:59Z", "p1", "post", "community"),  # 1 March, 23:59:59 in Paris
            ("2025-03-01T23:00:00Z", "p2", "post", "community"),  # the first of the 30 days
            ("2025-03-31T21:59:59Z", "p3", "reaction", "community"),
        )
        expected = {"creators": 0.1, "actives": 0.1, "spectators": 0.8}

        for period in ("2025-03", "2025-Q1", ("2025-03-31", "2025-03-31")):
            assert groups(tables, "participation_90_9_1", period, "role", **MARCH) == expected

    def test_a_month_that_is_not_over_has_its_30_days_too(self):
        tables = self.community(10, 1, 0)  # on 10 February
        res = groups(tables, "participation_90_9_1", "2025-03", "role", as_of="2025-03-05")

        assert res["creators"] == 0.1

    def test_a_question_creates_and_an_answer_takes_part(self):
        tables = self.community(10, 0, 0)
        acts = ("question", "answer", "quote", "visit", "message")
        tables["interactions"] = rows(
            "ts actor_key kind space",
            *((DAY, f"p{i}", kind, "community") for i, kind in enumerate(acts)),
        )
        res = groups(tables, "participation_90_9_1", "2025-02", "role", **MARCH)

        assert res == {"creators": 0.1, "actives": 0.2, "spectators": 0.7}

    def test_nobody_is_not_a_creator(self):
        tables = self.community(10, 1, 0)
        tables["interactions"].loc[0, "actor_key"] = None
        del tables["memberships"]
        tables["social_daily"] = rows("date followers", ("2025-02-28", 10))
        row = one(tables, "participation_90_9_1", "2025-02", by="role", group="creators", **MARCH)

        assert row["value"] == 0

    def test_among_followers_only_followers_count(self):
        tables = self.community(0, 2, 18)
        del tables["memberships"]
        tables["interactions"]["actor_is_follower"] = [True] * 19 + [False]
        tables["social_daily"] = rows("date followers", ("2025-02-28", 200))
        row = one(tables, "participation_90_9_1", "2025-02", by="role", group="actives", **MARCH)

        assert row["numerator"] == 17

    def test_more_people_than_followers_is_no_share(self):
        tables = self.community(0, 2, 18)
        del tables["memberships"]
        tables["social_daily"] = rows("date followers", ("2025-02-28", 19))
        res = kl.open(tables, **MARCH).evaluate("participation_90_9_1", "2025-02")

        assert set(res["status"]) == {"no_data"}
        assert set(res["reason"]) == {
            "More people took part than there are followers: not all of them follow us."
        }

    def test_before_the_first_act_not_everybody_is_a_spectator(self):
        res = kl.open(self.community(10, 1, 1), **MARCH).evaluate("participation_90_9_1", "2025-01")

        assert set(res["status"]) == {"no_data"}
