"""Members, their acts, and what they say to one another: the same on Polars and on a database."""

from __future__ import annotations

from datetime import date

import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.tables.read import in_pandas
from tests.databases import database
from tests.worked import rows

SPRING = (date(2025, 3, 1), date(2025, 4, 30))
MEMBER = "kind person_key start_at end_at"
ACT = "interaction_id ts space actor_key actor_is_brand kind parent_id target_author_key"


@pytest.fixture(params=[dict, database])
def tables_of(request):
    def opened(memberships=None, acts=None):
        given = {"memberships": memberships, "interactions": acts}
        return kl.open(
            request.param({name: table for name, table in given.items() if table is not None}),
            as_of="2025-04-30",
        ).tables

    return opened


def read(tables, name, columns):
    frame = in_pandas(tables.frame(name, set(columns.split()), SPRING))[columns.split()]
    frame = frame.astype(object).where(frame.notna(), None)
    return sorted(map(tuple, frame.to_numpy()), key=str)


def days(tables):
    found = read(tables, "community_spells", "person_key start_at end_at")
    return [(who, *(day and str(day)[:10] for day in edges)) for who, *edges in found]


class TestSpells:
    def test_memberships_that_overlap_are_one_spell(self, tables_of):
        members = rows(
            MEMBER,
            ("community", "a", "2024-01-01", "2024-12-31"),
            ("community", "a", "2024-06-01", "2024-07-31"),  # inside the first
            ("community", "a", "2024-12-31", "2025-03-15"),  # begins on its last day
            ("community", "a", "2025-04-01", None),  # a new spell
            ("community", "b", "2024-01-01", None),
            ("community", "b", "2024-05-01", "2024-06-01"),  # ends, and the first goes on
            ("newsletter", "c", "2024-01-01", None),
            ("community", "d", None, None),  # from when on, nobody knows
        )

        assert days(tables_of(members)) == [
            ("a", "2024-01-01", "2025-03-15"),
            ("a", "2025-04-01", None),
            ("b", "2024-01-01", None),
        ]

    def test_a_spell_is_brought_by_whoever_brought_its_first_membership(self, tables_of):
        members = rows(
            f"{MEMBER} referred_by",
            ("community", "a", "2024-01-01", "2024-12-31", "b"),
            ("community", "a", "2024-06-01", "2025-12-31", None),
            ("community", "b", "2024-01-01", None, "b"),  # nobody brings themselves
            ("community", "c", "2024-01-01", None, ""),
            ("community", "d", "2024-01-01", "2024-02-01", None),
            ("community", "d", "2024-01-15", None, "a"),  # a member already
        )
        found = read(tables_of(members), "community_spells", "person_key is_referred")

        assert found == [("a", True), ("b", False), ("c", False), ("d", False)]

    def test_without_the_column_nobody_knows_who_brought_whom(self, tables_of):
        members = rows(MEMBER, ("community", "a", "2024-01-01", None))

        assert read(tables_of(members), "community_spells", "is_referred") == [(None,)]


class TestMemberActs:
    ACTS = rows(
        ACT,
        ("1", "2025-03-09T22:59:59Z", "community", "a", False, "post", None, None),
        ("2", "2025-03-09T23:00:00Z", "community", "a", False, "post", None, None),  # 10 March
        ("3", "2025-03-30T21:59:59Z", "community", "a", False, "post", None, None),  # 30 March
        ("4", "2025-03-30T22:00:00Z", "community", "a", False, "post", None, None),
        ("5", "2025-03-20T12:00:00Z", "social", "a", False, "post", None, None),
        ("6", "2025-03-20T12:00:00Z", "community", "us", True, "post", None, None),
        ("7", "2025-03-20T12:00:00Z", "community", "stranger", None, "post", None, None),
        ("8", "2025-03-20T12:00:00Z", "community", None, None, "post", None, None),
        ("9", "2025-03-20T12:00:00Z", "community", "b", None, "visit", None, None),
    )
    MEMBERS = rows(
        MEMBER,
        ("community", "a", "2025-03-10", "2025-03-30"),  # the night when clocks go forward
        ("community", "b", "2020-01-01", None),
        ("community", "b", "2021-01-01", None),  # twice a member: acts once
    )

    def test_are_of_the_local_days_of_membership(self, tables_of):
        found = read(tables_of(self.MEMBERS, self.ACTS), "member_acts", "interaction_id")

        assert found == [("2",), ("3",), ("9",)]

    def test_without_memberships_whoever_acts_is_taken_for_a_member(self, tables_of):
        tables = tables_of(acts=self.ACTS)

        assert read(tables, "member_acts", "interaction_id") == [
            (each,) for each in ("1", "2", "3", "4", "7", "9")
        ]
        assert tables.assumed({"member_acts": {"actor_key"}}) == ["memberships"]

    def test_dates_without_hours_are_days(self):
        con = database({"memberships": self.MEMBERS, "interactions": self.ACTS})
        con.execute("create or replace table interactions as select * replace (date '2025-03-30'"
                    " as ts) from interactions")  # fmt: skip
        found = read(kl.open(con).tables, "member_acts", "interaction_id")

        assert found == [(each,) for each in ("1", "2", "3", "4", "9")]


class TestMemberExchanges:
    ACTS = rows(
        ACT,
        ("q", "2025-03-20T12:00:00Z", "community", "a", False, "question", None, None),
        ("own", "2025-03-20T12:00:00Z", "community", "us", True, "post", None, None),
        ("1", "2025-03-21T12:00:00Z", "community", "b", False, "answer", "q", None),
        ("2", "2025-03-21T12:00:00Z", "community", "a", False, "answer", "q", None),  # oneself
        ("3", "2025-03-21T12:00:00Z", "community", "us", True, "answer", "q", None),  # brand
        ("4", "2025-03-21T12:00:00Z", "community", "b", False, "answer", "own", None),  # to it
        ("5", "2025-03-21T12:00:00Z", "community", "b", False, "mention", None, "a"),
        ("6", "2025-03-21T12:00:00Z", "community", "b", False, "mention", None, "us"),
        ("7", "2025-03-21T12:00:00Z", "community", "b", False, "quote", "q", "b"),  # named: b
        ("8", "2025-03-21T12:00:00Z", "community", "b", False, "mention", None, None),
        ("9", "2025-03-21T12:00:00Z", "community", "b", False, "comment", "q", None),
        ("10", "2025-03-21T12:00:00Z", "social", "b", False, "answer", "q", None),
        ("11", "2025-03-21T12:00:00Z", "community", "b", False, "mention", None, "guest"),
        ("12", "2025-03-21T12:00:00Z", "community", "guest", False, "mention", None, "a"),
    )
    MEMBERS = rows(
        MEMBER, ("community", "a", "2020-01-01", None), ("community", "b", "2020-01-01", None)
    )

    def test_are_between_two_members(self, tables_of):
        found = read(tables_of(self.MEMBERS, self.ACTS), "member_exchanges", "interaction_id")

        assert found == [("1",), ("5",)]

    def test_without_memberships_guests_count(self, tables_of):
        found = read(tables_of(acts=self.ACTS), "member_exchanges", "interaction_id")

        assert found == [("1",), ("11",), ("12",), ("5",)]

    @pytest.mark.parametrize(
        ("gone", "left"), [("target_author_key", ["1", "7"]), ("parent_id", ["11", "12", "5"])]
    )
    def test_are_told_by_one_of_two_columns(self, gone, left, tables_of):
        found = read(
            tables_of(acts=self.ACTS.drop(columns=gone)), "member_exchanges", "interaction_id"
        )

        assert found == [(each,) for each in left]

    def test_cannot_be_told_without_either(self, tables_of):
        acts = self.ACTS.drop(columns=["target_author_key", "parent_id"])
        with pytest.raises(ContractError, match="does not say to whom members speak"):
            read(tables_of(acts=acts), "member_exchanges", "interaction_id")
