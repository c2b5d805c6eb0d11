"""Active members who did what the community is for: each once, whatever they did."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.errors import ContractError
from tests.databases import database
from tests.worked import interval, near, one, rows, stack, times

MARCH = {"as_of": "2025-03-31"}
DAY = "2025-03-10T09:00:00Z"
ACT = "ts space actor_key kind"
MEMBER = "kind person_key start_at end_at referred_by"

MEMBERS = rows(
    MEMBER,
    *(("community", name, "2024-01-01", None, None) for name in "abcdef"),
    ("community", "new", "2025-03-20", None, "d"),
    ("community", "self", "2025-03-20", None, "self"),
    ("newsletter", "n", "2025-03-20", None, "e"),  # not a member
)
ACTS = stack(
    *(times(2, ACT, DAY, "community", name, "comment") for name in "abcde"),
    times(1, ACT, DAY, "community", "f", "visit"),  # not active
)
ORDERS = rows(
    "order_id customer_id ordered_at status",
    ("1", "a", DAY, "paid"),
    ("2", "a", DAY, "paid"),
    ("3", "b", DAY, "refunded"),
    ("4", "c", "2025-02-10T09:00:00Z", "paid"),
    ("5", "f", DAY, "paid"),
    ("6", "stranger", DAY, "paid"),
)
GUESTS = rows(
    "activity_kind activity_at audience person_key attended",
    ("event", DAY, "member", "a", True),
    ("webinar", DAY, "member", "b", True),
    ("event", DAY, "member", "c", False),
    ("event", DAY, "member", "d", None),
    ("webinar", DAY, "public", "e", True),
    ("training", DAY, "member", "e", True),
)
WEB = rows(
    "event_id visitor_id ts event_name",
    ("1", "v1", DAY, "download"),
    ("2", "v1", DAY, "page_view"),
    ("3", "e", DAY, "page_view"),
    ("4", "v9", DAY, "download"),
)
LEADS = rows("visitor_id person_key", ("v1", "c"), ("v2", "d"))
COMMUNITY = {"interactions": ACTS, "memberships": MEMBERS}


def rate(by=None, group=None, period="2025-03", **tables):
    given = {name: table for name, table in (COMMUNITY | tables).items() if table is not None}
    return one(given, "community_conversion_rate", period, by=by, group=group, **MARCH)


def test_active_members_who_did_something_over_active_members():
    # a bought (twice) and came; b came; d brought somebody: 3 of a, b, c, d, e
    row = rate(orders=ORDERS, participations=GUESTS)

    assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (0.6, 3, 5, 5)
    assert interval(row) == near(0.230724, 0.882379)
    assert row["details"] == {"purchase": 1, "event": 2, "new_member": 1}


def test_a_database_gives_the_same():
    tables = COMMUNITY | {"orders": ORDERS, "participations": GUESTS}
    row = one(database(tables), "community_conversion_rate", "2025-03", **MARCH)

    assert (row["value"], row["details"]["event"]) == (0.6, 2)


def test_by_action_rates_overlap():
    res = kl.open(COMMUNITY | {"orders": ORDERS, "participations": GUESTS}, **MARCH).evaluate(
        "community_conversion_rate", "2025-03", by="action"
    )

    assert dict(zip(res["action"], res["value"], strict=True)) == {
        "purchase": 0.2, "event": 0.4, "new_member": 0.2,
    }  # fmt: skip


def test_a_table_that_is_absent_is_no_action():
    assert rate(orders=ORDERS)["details"] == {"purchase": 1, "new_member": 1}
    assert rate(participations=GUESTS)["details"] == {"event": 2, "new_member": 1}


def test_with_none_of_them_nothing_can_be_told():
    row = rate()

    assert row["status"] == "missing_table"
    assert row["reason"] == "Missing table: orders, participations, web_events."


@pytest.mark.parametrize(
    ("table", "column", "left"),
    [
        ("participations", "audience", {"purchase", "new_member"}),
        ("memberships", "referred_by", {"purchase", "event"}),
    ],
)
def test_a_column_that_is_only_assumed_tells_no_action(table, column, left):
    tables = {"orders": ORDERS, "participations": GUESTS, "memberships": MEMBERS}
    tables[table] = tables[table].drop(columns=column)

    assert set(rate(**tables)["details"]) == left


def test_visitors_are_known_by_the_lead_they_became():
    # v1 is c; the visitor e bears the member's key
    assert rate(web_events=WEB, leads=LEADS)["details"] == {"download": 1, "new_member": 1}
    assert rate(web_events=WEB)["details"] == {"download": 0, "new_member": 1}


def test_a_site_that_knows_no_member_tells_nothing_of_them():
    strangers = WEB[~WEB["visitor_id"].isin(["e"])]

    assert rate(web_events=strangers)["details"] == {"new_member": 1}
    plain = MEMBERS.drop(columns="referred_by")
    row = rate(web_events=strangers, memberships=plain)
    assert (row["status"], row["reason"]) == (
        "no_data",
        "Nothing that is recorded in the period can be told to be of a member.",
    )


def test_a_table_that_begins_later_is_no_action_yet():
    later = ORDERS.assign(ordered_at="2025-04-10T09:00:00Z")
    row = rate(orders=later, participations=GUESTS)

    assert set(row["details"]) == {"event", "new_member"}


def test_nobody_active():
    row = rate(orders=ORDERS, interactions=ACTS[ACTS["kind"] == "visit"])

    assert (row["status"], row["reason"]) == ("no_denominator", "No member was active.")


def test_another_breakdown_is_refused():
    with pytest.raises(ContractError, match="by action, or not at all; by='channel' is neither"):
        rate(orders=ORDERS, by="channel")
