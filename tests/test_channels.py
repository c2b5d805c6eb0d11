"""Ordered rules: the first that matches says where a session came from."""

from __future__ import annotations

import narwhals as nw
import polars as pl
import pytest

from kpilib.tables import TABLES
from kpilib.tables.channels import RULES, channel


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
