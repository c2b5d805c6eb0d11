"""How much rests on how few, and who they are; O-47 through the public interface."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.assumptions import Assumptions
from kpilib.errors import ContractError
from kpilib.methods.call import Call
from kpilib.methods.super_users import super_user_list, super_users
from kpilib.period import Period
from kpilib.topics.catalogue import kpi
from tests.worked import exactly, one, rows, stack, times

MARCH = {"as_of": "2025-03-31"}
DAY = "2025-03-10T09:00:00Z"
ACT = "ts space actor_key kind"


def members(*names, start="2024-01-01", end=None):
    return rows(
        "kind person_key start_at end_at", *(("community", name, start, end) for name in names)
    )


def community(contributions, kind="reaction", day=DAY):
    """Members p0, p1... with so many acts each."""
    acts = [
        times(count, ACT, day, "community", f"p{place}", kind)
        for place, count in enumerate(contributions)
        if count
    ]
    visit = times(1, ACT, day, "community", "p0", "visit")
    return {
        "memberships": members(*(f"p{place}" for place in range(len(contributions)))),
        "interactions": stack(visit, *acts),
    }


def share(tables, period="2025-03", **opened):
    return one(tables, "super_users", period, **(opened or MARCH))


class TestO47:
    def test_o47_one_person_of_ten_holds_half(self):
        row = share(community([50, 20, 10, 5, 5, 4, 3, 2, 1, 0]))

        assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (0.5, 50, 100, 10)
        # sum of rank x value, smallest first: 0x1 + 1x2 + 2x3 + ... + 50x10 = 865
        assert row["details"]["gini"] == exactly(0.63)  # 2 x 865 / (10 x 100) - 11/10
        assert row["details"]["super_users"] == 1

    def test_o47_above_30_percent_it_warns_of_dependence(self):
        assert share(community([50, 20, 10, 5, 5, 4, 3, 2, 1, 0]))["details"]["warning_dependence"]
        # the first of 11 with 30 of 100: not above
        even = share(community([30, *[7] * 10]))
        assert (even["value"], even["details"]["warning_dependence"]) == (0.3, 0)

    @pytest.mark.parametrize(("given", "gini"), [([1, 2, 3, 4], 0.25), ([10, 10, 10, 10], 0)])
    def test_o47_gini(self, given, gini):
        assert share(community(given))["details"]["gini"] == exactly(gini)

    def test_o47_all_equal_are_all_in_and_that_is_no_dependence(self):
        row = share(community([10, 10, 10, 10]))

        assert (row["value"], row["details"]["super_users"]) == (1, 4)
        assert row["details"]["warning_dependence"] == 0

    def test_o47_all_zero_is_unknown(self):
        row = share(community([0, 0, 0]))

        assert (row["status"], row["reason"]) == (
            "no_denominator",
            "Nobody contributed in the period.",
        )
        assert row["value"] != row["value"]


class TestSuperUsers:
    def test_one_who_does_everything_is_a_dependence(self):
        assert share(community([12, 0, 0]))["details"]["warning_dependence"] == 1

    def test_with_fewer_than_ten_acts_nobody_is_one(self):
        row = share(community([9, 3]))

        assert (row["value"], row["status"], row["details"]["super_users"]) == (0, "ok", 0)
        assert row["details"]["largest_share"] == exactly(9 / 12)

    def test_acts_weigh_what_the_company_decides(self):
        # p0: 10 posts x 5 = 50; p1: 20 comments x 2 = 40; shares weigh nothing: 50 / 90
        tables = community([10], "post")
        tables["memberships"] = members("p0", "p1", "p2")
        tables["interactions"] = stack(
            tables["interactions"],
            times(20, ACT, DAY, "community", "p1", "comment"),
            times(90, ACT, DAY, "community", "p2", "share"),
        )

        assert share(tables)["value"] == exactly(50 / 90)

        decided = kl.open(tables, **MARCH)
        decided.tables.assumptions = Assumptions(contribution_weights={"post": 1, "comment": 1})
        assert one(decided, "super_users", "2025-03")["value"] == exactly(20 / 30)

    def test_the_share_is_of_members_and_whole_people(self):
        # 2 % of 100 members are two people: 40 + 30 of 40 + 30 + 20 + 97 x 0
        company = kl.open(community([40, 30, 20, *[0] * 97]), **MARCH)
        company.tables.assumptions = Assumptions(super_user_share=0.02)

        assert one(company, "super_users", "2025-03")["value"] == exactly(70 / 90)

    def test_a_share_that_falls_a_hair_short_is_a_whole_person(self):
        company = kl.open(community([20, 19, 18, 17, *[0] * 96]), **MARCH)
        company.tables.assumptions = Assumptions(super_user_share=0.29 / 10)  # 2.9 people: two

        assert one(company, "super_users", "2025-03")["details"]["super_users"] == 2
        company.tables.assumptions = Assumptions(super_user_share=0.1 + 0.2 - 0.27)  # 0.03
        assert one(company, "super_users", "2025-03")["details"]["super_users"] == 3

    def test_whoever_ties_with_the_last_one_is_in(self):
        row = share(community([20, 20, 5]))

        assert (row["value"], row["details"]["super_users"]) == (exactly(40 / 45), 2)

    def test_strangers_and_the_brand_are_no_super_users(self):
        tables = community([10, 5])
        tables["interactions"] = stack(
            tables["interactions"], times(99, ACT, DAY, "community", "stranger", "post")
        )

        assert share(tables)["value"] == exactly(10 / 15)

    def test_without_memberships_whoever_came_is_a_member_and_it_is_said(self):
        tables = community([50, 20, 10, 5, 5, 4, 3, 2, 1, 0])
        del tables["memberships"]
        row = share(tables)

        assert (row["value"], row["n"]) == (0.5, 9)  # the tenth never came
        assert row["flags"] == ["approximate"]

    def test_nothing_is_known_of_a_time_before_the_records(self):
        assert share(community([50]), "2024-01")["status"] == "no_data"

    def test_a_breakdown_is_refused(self):
        with pytest.raises(ContractError, match="of everybody together, and by='kind' parts them"):
            one(community([50]), "super_users", "2025-03", by="kind", **MARCH)

    def test_no_key_of_a_person_leaves_the_method(self):
        call = Call(
            tables=kl.open(community([50, 1]), **MARCH).tables,
            kpi=kpi("super_users"),
            periods=[Period.parse("2025-03")],
            by=None,
        )

        assert "p0" not in repr(super_users(call))


class TestList:
    def test_names_them_for_whoever_asks(self):
        tables = community([30, 12, 8, *[0] * 197])  # 1 % of 200 members: two people
        tables["interactions"] = stack(
            tables["interactions"],
            times(20, ACT, "2025-02-10T09:00:00Z", "community", "p1", "reaction"),
        )
        found = super_user_list(kl.open(tables, **MARCH).tables, kl.kpi("super_users"), "2025-03")

        assert found.to_dict("list") == {
            "person_key": ["p0", "p1"],
            "contributions": [30, 12],
            "acts": [30, 12],
            "share": [30 / 50, 12 / 50],
            "contributions_before": [0, 20],
            "change": [30, -8],
        }

    def test_is_empty_where_nobody_is_one(self):
        tables = kl.open(community([3]), **MARCH).tables

        assert super_user_list(tables, kl.kpi("super_users"), "2025-03").empty
        assert super_user_list(tables, kl.kpi("super_users"), "2020-01").empty
