"""Real data: 500 posts of a cosmetics brand's page in 2014 (Moro, Rita and Vala 2016)."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from tests.real.where import real
from tests.worked import exactly, one


@pytest.fixture(scope="module")
def page():
    """The 500 posts as `social_posts`: impressions := reach, clicks := other engaged users."""
    raw = pd.read_csv(real("facebook_posts.csv"), sep=";")
    acts = raw[["like", "comment", "share"]].fillna(0)
    return pd.DataFrame({
        "post_id": [f"post{number}" for number in range(len(raw))],
        "published_at": pd.to_datetime(
            {"year": 2014, "month": raw["Post Month"], "day": 1, "hour": 12}
        ),
        "format": raw["Type"].str.lower(),
        "impressions": raw["Lifetime Post Total Reach"],
        "reactions": raw["like"],
        "comments": raw["comment"],
        "shares": raw["share"],
        "clicks": (raw["Lifetime Engaged Users"] - acts.sum(axis=1)).astype(int),
    })  # fmt: skip


@pytest.fixture(scope="module")
def brand(page):
    return kl.open({"social_posts": page}, as_of="2014-12-31")


class TestFacebook:
    def test_interactions_are_those_of_the_file(self, brand):
        row = one(brand, "interactions", "2014")

        assert row["value"] == 106_060  # missing likes and shares count as none
        assert row["n"] == 106_060  # each interaction is a case; posts carry the chance
        assert row["ci_low"] < 106_060 < row["ci_high"]

    def test_engagement_is_pooled(self, brand):
        row = one(brand, "engagement_rate_impressions", "2014")

        assert row["value"] == pytest.approx(0.066196, abs=5e-7)  # printed 6.6196 %
        assert row["flags"] == ["approximate"]  # the export has no follows

    def test_the_mean_of_the_posts_own_rates_is_another_figure(self, brand, page):
        """The trap: 12.4339 %, as small posts weigh as much as large ones."""
        row = one(brand, "avg_post_engagement_rate", "2014")
        acts = page[["reactions", "comments", "shares", "clicks"]].fillna(0).sum(axis=1)

        assert row["value"] == pytest.approx(0.124339, abs=5e-7)
        assert row["value"] == exactly((acts / page["impressions"]).mean())
        assert (row["n"], row["details"]["small_posts"]) == (500, 0)

    def test_counts_of_the_file(self, brand, page):
        found = brand.evaluate(["comments_count", "shares_count"], "2014").set_index("kpi")["value"]

        assert found["comments_count"] == page["comments"].sum()
        assert found["shares_count"] == page["shares"].sum()  # some posts have none noted

    @pytest.mark.parametrize(
        ("kind", "rate", "posts"),
        [
            ("status", 0.1560, 45),
            ("photo", 0.0623, 426),
            ("video", 0.0333, 7),
            ("link", 0.0185, 22),
        ],
    )
    def test_engagement_by_format(self, brand, page, kind, rate, posts):
        row = one(brand, "engagement_rate_impressions", "2014", by="format", group=kind)

        assert row["value"] == pytest.approx(rate, abs=5e-5)
        assert (page["format"] == kind).sum() == posts

    def test_interactions_of_all_formats_add_up(self, brand):
        res = brand.evaluate("interactions", "2014", by="format")

        assert res["value"].sum() == 106_060

    def test_months_add_up(self, brand):
        assert brand.series("interactions", "2014-12", months=12)["value"].sum() == 106_060

    def test_what_needs_other_tables_says_so(self, brand):
        res = brand.evaluate(["followers", "engagement_rate_followers", "positive_reviews"], "2014")

        assert set(res["status"]) == {"missing_table"}
        assert res["reason"].tolist() == [
            "Missing table: social_daily.",
            "Missing table: interactions, social_daily.",
            "Missing table: texts.",
        ]
