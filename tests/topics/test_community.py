"""Community: worked examples, with the figure that a naive count would give beside them."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.status import flag_words
from kpilib.errors import ContractError
from kpilib.topics.catalogue import kpi
from tests.databases import database
from tests.worked import exactly, groups, interval, near, one, rows, stack, times, value

MARCH = {"as_of": "2025-03-31"}
DAY, ASKED = "2025-03-10T09:00:00Z", "2025-03-03T09:00:00Z"
ACT = "ts space actor_key kind"


def members(*spells):
    return rows("kind person_key start_at end_at", *(("community", *spell) for spell in spells))


class TestMembers:
    MEMBERS = stack(
        members(
            ("a", "2024-01-01", None),
            ("b", "2024-01-01", None),
            ("b", "2024-06-01", None),  # twice in the file, one person
            ("c", "2024-01-01", "2025-03-15"),  # left in March
            ("d", "2025-03-05", None),  # new
            ("e", "2025-03-20", "2025-03-25"),  # came and went
            ("f", "2025-04-01", None),
        ),
        rows("kind person_key start_at", ("newsletter", "g", "2024-01-01")),
    )
    ACTS = rows(
        ACT,
        ("2025-03-02T09:00:00Z", "community", "a", "comment"),
        ("2025-03-31T21:30:00Z", "community", "a", "comment"),  # 23:30 in Paris, on the last day
        ("2025-03-30T09:00:00Z", "community", "b", "visit"),  # a mere visit
        ("2025-03-10T09:00:00Z", "community", "c", "comment"),  # no longer a member
        ("2025-03-10T09:00:00Z", "community", "stranger", "comment"),
        ("2025-03-10T09:00:00Z", "social", "d", "comment"),  # elsewhere
    )
    TABLES = {"memberships": MEMBERS, "interactions": ACTS}

    @pytest.mark.parametrize("given", [dict, database])
    def test_closing_is_opening_plus_entries_minus_exits(self, given):
        row = one(given(self.TABLES), "community_members", "2025-03", **MARCH)

        assert row["value"] == 3  # a, b, d
        assert row["details"] == {
            "opening": 3, "entries": 2, "exits": 2, "active": 1, "inactive": 2,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("act", "active"),
        [
            ("2025-03-01T22:30:00Z", False),  # 1 March in Paris: 31 days with the last one
            ("2025-03-01T23:30:00Z", True),  # 2 March
            ("2025-03-31T21:59:59Z", True),
            ("2025-03-31T22:00:00Z", False),  # 1 April
        ],
    )
    def test_active_is_of_the_30_days_that_end_with_the_period(self, act, active):
        tables = {
            "memberships": members(("a", "2020-01-01", None), ("b", "2020-01-01", None)),
            "interactions": rows(
                ACT,
                ("2025-01-01T09:00:00Z", "community", "b", "post"),
                (act, "community", "a", "reaction"),
            ),
        }
        row = one(tables, "community_members", "2025-03", as_of="2025-04-30")

        assert row["details"]["active"] == active
        assert row["details"]["inactive"] == 2 - active

    def test_a_year_looks_at_the_same_30_days(self):
        row = one(self.TABLES, "community_members", "2025-Q1", **MARCH)

        assert (row["value"], row["details"]["active"]) == (3, 1)

    def test_without_acts_nobody_knows_who_is_active(self):
        row = one({"memberships": self.MEMBERS}, "community_members", "2025-03", **MARCH)

        assert row["details"] == {"opening": 3, "entries": 2, "exits": 2}

    def test_before_the_first_act_is_kept_it_is_unknown_and_not_0(self):
        row = one(self.TABLES, "community_members", "2024-12", **MARCH)

        assert row["value"] == 3
        assert (row["details"]["active"], row["details"]["inactive"]) == (None, None)

    def test_months_chain(self):
        res = kl.open(self.TABLES, as_of="2025-04-30").series("community_members", "2025-04", 6)
        opening = [details["opening"] for details in res["details"]]
        flows = [details["entries"] - details["exits"] for details in res["details"]]

        assert opening[1:] == res["value"].tolist()[:-1]
        assert [start + flow for start, flow in zip(opening, flows, strict=True)] == res[
            "value"
        ].tolist()

    def test_o46_15_percent_a_month_is_five_times_as_many_in_a_year(self):
        # 1.15 to the power of 12 is 5.3503; adding up twelve times 15 % would give 2.8
        assert f"{1.15**12:.2f} times" in kpi("community_members").benchmark.text


class TestActiveMemberRate:
    # Members: a and b all March, c from the 16th on: 2 + 16/31 on average
    MEMBERS = members(
        ("a", "2024-01-01", None), ("b", "2024-01-01", None), ("c", "2025-03-16", None)
    )
    ACTS = stack(
        times(5, ACT, DAY, "community", "a", "comment"),
        times(2, ACT, DAY, "community", "b", "visit"),
        times(1, ACT, DAY, "community", "c", "comment"),  # not yet a member
        times(1, ACT, DAY, "community", "stranger", "post"),
        times(1, ACT, DAY, "community", "b", None),  # nobody knows what
    )
    SIZE = 2 + 16 / 31

    def ask(self, **tables):
        given = {"memberships": self.MEMBERS, "interactions": self.ACTS, **tables}
        return one(given, "active_member_rate", "2025-03", **MARCH)

    def test_is_of_people_who_did_more_than_visit(self):
        # a of 2.516: not 6 acts, not 4 actors
        row = self.ask()

        assert (row["value"], row["numerator"]) == (exactly(1 / self.SIZE), 1)
        assert row["denominator"] == exactly(self.SIZE)

    def test_with_visits_and_contributions_beside(self):
        details = self.ask()["details"]

        assert details["active_visit_rate"] == exactly(2 / self.SIZE)
        assert details["contributions_per_member"] == exactly(5 / self.SIZE)

    def test_the_brand_is_no_member(self):
        assert self.ask(interactions=self.ACTS.assign(actor_is_brand=True))["value"] == 0

    def test_months_are_recounted_and_not_added(self):
        acts = stack(self.ACTS, times(1, ACT, "2025-02-10T09:00:00Z", "community", "a", "post"))
        tables = {"memberships": self.MEMBERS, "interactions": acts}
        row = one(tables, "active_member_rate", ("2025-02-01", "2025-03-31"), **MARCH)

        assert row["numerator"] == 1  # a in both months

    def test_who_is_twice_in_the_file_is_one_member(self):
        twice = stack(self.MEMBERS, members(("a", "2024-06-01", None)))

        assert self.ask(memberships=twice)["denominator"] == exactly(self.SIZE)

    def test_members_have_no_kind_of_act(self):
        tables = {"memberships": self.MEMBERS, "interactions": self.ACTS}
        with pytest.raises(ContractError, match="community_spells cannot be broken down by 'kind'"):
            kl.open(tables, **MARCH).evaluate("active_member_rate", "2025-03", by="kind")

    def test_interval(self):
        # 30 of 100 members
        tables = {
            "memberships": members(*((f"m{i}", "2024-01-01", None) for i in range(100))),
            "interactions": rows(ACT, *((DAY, "community", f"m{i}", "post") for i in range(30))),
        }
        row = one(tables, "active_member_rate", "2025-03", **MARCH)

        assert interval(row) == near(0.218949, 0.395849)


class TestTimeOnPlatform:
    ACTS = rows(
        f"{ACT} minutes",
        (DAY, "community", "a", "visit", 10.0),
        (DAY, "community", "a", "visit", 30.0),
        (DAY, "community", "a", "comment", None),
        (DAY, "community", "b", "visit", 5.0),
        (DAY, "community", "c", "visit", 3.0),
        (DAY, "community", "d", "comment", None),  # how long, nobody knows
        (DAY, "social", "b", "visit", 99.0),
    )

    @pytest.mark.parametrize("given", [dict, database])
    def test_is_per_member_and_the_median_beside(self, given):
        # 48 / 3 people, and not / 4 visits; the median of 40, 5 and 3
        row = one(given({"interactions": self.ACTS}), "time_on_platform", "2025-03", **MARCH)

        assert (row["value"], row["numerator"], row["denominator"]) == (16, 48, 3)
        assert row["details"] == {"median_per_unit": 5}
        assert row["ci_method"] == "bootstrap"

    def test_of_members_only_when_they_are_known(self):
        tables = {"interactions": self.ACTS, "memberships": members(("b", "2024-01-01", None))}

        assert value(tables, "time_on_platform", "2025-03", **MARCH) == 5


class TestAnswerRate:
    COLUMNS = "interaction_id ts space actor_key kind parent_id"
    ACTS = rows(
        COLUMNS,
        *((f"Q{i}", ASKED, "community", "a", "question", None) for i in range(1, 6)),
        ("Q6", "2025-03-29T09:00:00Z", "community", "a", "question", None),  # 2 days old
        ("1", "2025-03-03T11:00:00Z", "community", "b", "answer", "Q1"),  # after 2 h
        ("2", "2025-03-03T11:00:00Z", "community", "a", "answer", "Q2"),  # by its author
        ("3", "2025-03-11T09:00:00Z", "community", "b", "answer", "Q3"),  # after 8 d
        ("4", "2025-03-09T09:00:00Z", "community", "c", "answer", "Q5"),  # after 6 d
    )

    @pytest.mark.parametrize("given", [dict, database])
    def test_o48_two_of_five(self, given):
        row = one(given({"interactions": self.ACTS}), "answer_rate", "2025-03", **MARCH)

        assert (row["value"], row["numerator"], row["denominator"]) == (0.4, 2, 5)
        assert interval(row) == near(0.117621, 0.769276)
        assert row["details"] == {
            "median_hours_to_answer": 192,  # of 2 h, 144 h, 192 h, and two without an answer
            "not_yet_due": 1,
            "excluded_without_author": 0,
        }

    @pytest.mark.parametrize(("as_of", "immature"), [("2025-04-04", True), ("2025-04-05", False)])
    def test_is_final_a_week_after_the_last_question(self, as_of, immature):
        acts = self.ACTS[self.ACTS["ts"] < "2025-03-29T12"]
        row = one({"interactions": acts}, "answer_rate", "2025-03", as_of=as_of)

        assert ("immature" in row["flags"]) == immature
        assert row["denominator"] == (5 if immature else 6)

    def test_a_question_without_author_is_left_out_and_it_is_said(self):
        lost = rows(self.COLUMNS, ("Q7", ASKED, "community", None, "question", None))
        row = one({"interactions": stack(self.ACTS, lost)}, "answer_rate", "2025-03", **MARCH)

        assert (row["denominator"], row["details"]["excluded_without_author"]) == (5, 1)
        assert "excluded_rows" in row["flags"]

    def test_without_a_question_there_is_no_rate(self):
        row = one({"interactions": self.ACTS[6:]}, "answer_rate", "2025-03", **MARCH)

        assert (row["status"], row["numerator"]) == ("no_denominator", 0)

    def test_an_answer_of_the_next_month_counts_where_it_was_asked(self):
        acts = self.ACTS.assign(ts=self.ACTS["ts"].replace("2025-03-29T09:00:00Z", DAY))
        reply = rows(self.COLUMNS, ("5", "2025-04-01T09:00:00Z", "community", "d", "answer", "Q7"))
        late = rows(
            self.COLUMNS, ("Q7", "2025-03-31T09:00:00Z", "community", "a", "question", None)
        )
        tables = {"interactions": stack(acts, late, reply)}

        assert one(tables, "answer_rate", "2025-03", as_of="2025-04-30")["numerator"] == 3
        assert one(tables, "answer_rate", "2025-04", as_of="2025-04-30")["denominator"] == 0


class TestPolls:
    WAVES = rows(
        "survey_id wave survey_kind group_key invited_n closed_at",
        ("themes", "1", "poll", "members", 40, "2025-03-20T12:00:00Z"),
        ("hours", "1", "poll", "members", 10, "2025-03-25T12:00:00Z"),
        ("nps", "1", "nps", "customers", 500, "2025-03-25T12:00:00Z"),
        ("later", "1", "poll", "members", 40, "2025-04-02T12:00:00Z"),
    )
    ANSWERS = rows(
        "survey_id wave respondent_key item_id value answered_at",
        *(("themes", "1", f"m{i}", "choice", 1.0, DAY) for i in range(8)),
        ("themes", "1", "m1", "why", 2.0, DAY),  # one person, two items
        ("themes", "1", "m9", "choice", None, DAY),  # opened it, and answered nothing
        *(("hours", "1", f"m{i}", "choice", 1.0, DAY) for i in range(7)),
        ("nps", "1", "m1", "choice", 9.0, DAY),
    )
    TABLES = {"survey_waves": WAVES, "survey_responses": ANSWERS}

    def test_polls_are_pooled(self):
        # (8 + 7) / (40 + 10); the mean of 20 % and 70 % would be 45 %
        row = one(self.TABLES, "poll_participation_rate", "2025-03", **MARCH)

        assert (row["value"], row["numerator"], row["denominator"]) == (0.3, 15, 50)
        assert row["details"] == {"polls": 2}

    def test_by_poll(self):
        res = groups(self.TABLES, "poll_participation_rate", "2025-03", "survey_id", **MARCH)

        assert res == {"hours": 0.7, "themes": 0.2}


class TestMentions:
    TEXTS = rows(
        "ts source author_key medium sentiment",
        (DAY, "mention", "a", "social", "positive"),
        (DAY, "mention", "b", "social", "negative"),
        (DAY, "mention", "c", "online_media", None),
        (DAY, "mention", "d", None, "neutral"),
        (DAY, "mention", "a", "community", "positive"),  # at home
        (DAY, "google_review", "a", "social", "positive"),
    )

    def test_are_those_outside_our_own_spaces(self):
        row = one({"texts": self.TEXTS}, "external_mentions", "2025-03", **MARCH)

        assert row["value"] == 4
        assert row["details"] == {"positive": 1, "neutral": 1, "negative": 1}
        assert interval(row) == near(1.089865, 10.241589)

    def test_by_medium_the_unknown_included(self):
        res = groups({"texts": self.TEXTS}, "external_mentions", "2025-03", "medium", **MARCH)

        assert res == {"(unknown)": 1, "online_media": 1, "social": 2}


class TestReferrals:
    MEMBERS = rows(
        "kind person_key start_at end_at referred_by",
        ("community", "a", "2024-01-01", None, "z"),  # not new
        ("community", "b", "2025-03-05", None, "a"),
        ("community", "c", "2025-03-05", "2025-03-10", "a"),
        ("community", "d", "2025-03-05", None, None),
        ("community", "e", "2025-03-05", None, "e"),
        ("newsletter", "f", "2025-03-05", None, "a"),
    )

    @pytest.mark.parametrize("given", [dict, database])
    def test_d05_a_rate_of_new_members_with_the_number_above_it(self, given):
        # b and c of b, c, d, e
        row = one(given({"memberships": self.MEMBERS}), "community_referrals", "2025-03", **MARCH)

        assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 2, 4)

    def test_where_sponsors_are_not_recorded_the_rate_is_unknown_and_not_0(self):
        plain = self.MEMBERS.drop(columns="referred_by")
        row = one({"memberships": plain}, "community_referrals", "2025-03", **MARCH)

        assert (row["status"], row["denominator"]) == ("no_denominator", 0)

    def test_without_a_new_member_there_is_no_rate(self):
        row = one({"memberships": self.MEMBERS}, "community_referrals", "2025-02", **MARCH)

        assert row["status"] == "no_denominator"


def test_what_the_details_warn_of_is_said_in_words():
    row = pd.Series({"flags": [], "details": {"warning_dependence": 1.0}})
    assert flag_words(row, str) == ["depends on a few people"]
    assert flag_words(pd.Series({"flags": [], "details": {}}), str) == []
