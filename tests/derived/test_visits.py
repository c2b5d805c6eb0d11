"""Where a session came from, by ordered rules; and where one begins and ends among page views."""

from __future__ import annotations

import narwhals as nw
import polars as pl
import pytest

import kpilib as kl
from kpilib.tables import TABLES
from kpilib.tables.visits import RULES, channel
from tests.worked import rows, stack, value


def told(source, medium):
    frame = nw.from_native(pl.LazyFrame({"source": [source], "medium": [medium]}))
    res = frame.with_columns(channel=channel()).collect("polars").to_native()
    return res["channel"].item()


@pytest.mark.parametrize(
    ("source", "medium", "expected"),
    [
        ("google", "organic", "organic_search"),
        ("Google", "CPC", "paid_search"),
        ("linkedin.com", "referral", "organic_social"),
        ("linkedin", "cpc", "paid_social"),
        ("facebook.com", "social", "organic_social"),
        ("newsletter", "email", "email"),
        ("(direct)", "(none)", "direct"),
        ("partenaire.fr", "referral", "referral"),
        ("bing", "organic", "organic_search"),
        ("qrcode", "flyer", "unassigned"),
    ],
)
def test_o08_rules(source, medium, expected):
    assert told(source, medium) == expected


@pytest.mark.parametrize(
    ("source", "medium", "expected"),
    [
        ("fr.linkedin.com", "referral", "organic_social"),
        ("l.facebook.com", "referral", "organic_social"),
        ("t.co", "referral", "organic_social"),
        ("maxtco.com", "referral", "referral"),  # not Twitter's shortener
        ("fbi.gov", "referral", "referral"),  # not Facebook
        ("googleblog.fr", "referral", "referral"),
        ("www.google.com", "cpc", "paid_search"),
        ("partner", "display", "display"),
        ("partner", "affiliate", "affiliate"),
        ("anything", "social-media", "organic_social"),
        ("newsletter", "", "email"),
        ("ecosia.org", "organic", "organic_search"),
        ("", "", "unassigned"),
        (None, None, "unassigned"),
        ("google", None, "unassigned"),
    ],
)
def test_the_neighbours_of_the_rules(source, medium, expected):
    assert told(source, medium) == expected


def test_every_channel_is_one_that_the_table_allows():
    allowed = TABLES["sessions"].columns["channel"].choices

    assert {name for name, _, _ in RULES} | {"unassigned"} == set(allowed)


# A visitor who pauses for more than 30 minutes starts a new session; midnight cuts nothing.
VIEWS = rows(
    "event_id visitor_id ts event_name",
    # Paris is UTC+1: 23:50, 00:05, 00:40, 01:10, 01:40:01
    ("1", "v", "2025-01-31T22:50:00Z", "page_view"),
    ("2", "v", "2025-01-31T23:05:00Z", "page_view"),  # after 15 min, on the next day
    ("3", "v", "2025-01-31T23:40:00Z", "page_view"),  # after 35 min: a new session
    ("4", "v", "2025-02-01T00:10:00Z", "page_view"),  # after 30 min 00 s: the same
    ("5", "v", "2025-02-01T00:40:01Z", "page_view"),  # after 30 min 01 s: a new one
)
FEBRUARY = {"as_of": "2025-02-28"}


@pytest.mark.parametrize(("period", "expected"), [("2025-01", 1), ("2025-02", 2), ("2025", 3)])
def test_o02_three_sessions_by_the_day_they_start(period, expected):
    # cut at midnight, it would be four
    assert value({"web_events": VIEWS}, "sessions", period, as_of="2025-12-31") == expected


def test_o02_pages_and_seconds_of_each_session():
    frame = kl.open({"web_events": VIEWS}).table("sessions")
    res = frame.sort_values("started_at")[["pageviews", "duration_s"]]

    # 23:50-00:05, 00:40-01:10, 01:40:01
    assert res.values.tolist() == [[2, 900], [2, 1800], [1, 0]]


def test_each_visitor_has_sessions_of_their_own():
    other = VIEWS.assign(visitor_id="w", event_id=list("abcde"))
    tables = {"web_events": stack(VIEWS, other)}

    assert value(tables, "sessions", "2025", as_of="2025-12-31") == 6
    assert value(tables, "unique_visitors", "2025", as_of="2025-12-31") == 2


def test_order_of_events_does_not_matter():
    tables = {"web_events": VIEWS.iloc[[3, 0, 4, 1, 2]]}

    assert value(tables, "sessions", "2025", as_of="2025-12-31") == 3


def test_only_page_views_are_pages():
    views = VIEWS.assign(
        event_name=["page_view", "cta_click", "page_view", "download", "page_view"]
    )

    assert kl.open({"web_events": views}).table("sessions")["pageviews"].sum() == 3


def test_no_other_table_knows_a_session_that_was_cut_out_of_page_views():
    """A lead names the session of its tool: that none of ours is meant is no rate of 0."""
    leads = rows("lead_id session_id created_at", ("l", "s1", "2025-02-01T00:00:00Z"))
    data = kl.open({"web_events": VIEWS, "leads": leads}, as_of="2025-02-28")
    row = data.evaluate(["sessions", "visitor_to_lead_rate"], "2025-02").iloc[1]

    assert (row["status"], row["reason"]) == (
        "missing_column", "Missing column: sessions.session_id.",
    )  # fmt: skip


def test_sessions_that_are_given_are_not_worked_out_again():
    tables = {"web_events": VIEWS, "sessions": rows("started_at", ("2025-02-01",))}

    assert value(tables, "sessions", "2025-02", **FEBRUARY) == 1


def test_a_figure_that_events_cannot_tell_is_refused():
    with pytest.raises(kl.KpilibError, match="engaged_s is missing"):
        kl.open({"web_events": VIEWS}).evaluate("bounce_rate", "2025-02")
