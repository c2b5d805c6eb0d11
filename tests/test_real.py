"""Real data: a brand's page in 2014, and a training assigned by lot."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import kpilib as kl
from tests.worked import exactly, one, stack

REAL = Path(__file__).parents[2] / "shared" / "real"
POSTS = REAL / "facebook_posts.csv"


@pytest.fixture(scope="module")
def page():
    """The 500 posts as `social_posts`: impressions := reach, clicks := other engaged users."""
    if not POSTS.exists():
        pytest.skip("../shared/real is not here: real files are never committed")
    raw = pd.read_csv(POSTS, sep=";")
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
        assert row["n"] == 500
        assert row["ci_low"] < 106_060 < row["ci_high"]

    def test_engagement_is_pooled(self, brand):
        row = one(brand, "engagement_rate_impressions", "2014")

        assert row["value"] == pytest.approx(0.066196, abs=5e-7)  # printed 6.6196 %
        assert row["flags"] == ["approximate"]  # the export has no follows

    def test_the_mean_of_the_posts_own_rates_is_another_figure(self, page):
        """The trap: 12.4339 %, as small posts weigh as much as large ones."""
        acts = page[["reactions", "comments", "shares", "clicks"]].fillna(0).sum(axis=1)

        assert (acts / page["impressions"]).mean() == pytest.approx(0.124339, abs=5e-7)

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


def arms(treated, control):
    """People assigned by lot need no measurement before: 0 for both arms."""
    people = pd.DataFrame({
        "training_id": "nsw",
        "person_key": [f"p{number}" for number in range(len(treated) + len(control))],
        "arm": ["treated"] * len(treated) + ["control"] * len(control),
    })  # fmt: skip
    after = pd.DataFrame({
        "training_id": "nsw",
        "subject_key": people["person_key"],
        "kpi_id": "re78",
        "phase": "after",
        "value": [*treated, *control],
        "period_start": "1978-01-01",
        "period_end": "1978-12-31",
    })  # fmt: skip
    before = after.assign(
        phase="before", value=0.0, period_start="1974-01-01", period_end="1974-12-31"
    )
    for frame in (before, after):  # the calendar of reports begins in 1990
        for day in ("period_start", "period_end"):
            frame[day] = frame[day].str.replace("19", "20", n=1)
    return {"kpi_measurements": stack(before, after), "training_participants": people}


@pytest.fixture(scope="module")
def experiment():
    causaldata = pytest.importorskip("causaldata", reason="causaldata is in the extra `test`")
    return causaldata.nsw_mixtape.load_pandas().data


@pytest.fixture(scope="module")
def survey():
    causaldata = pytest.importorskip("causaldata", reason="causaldata is in the extra `test`")
    return causaldata.cps_mixtape.load_pandas().data


class TestLaLonde:
    """The National Supported Work experiment: earnings in 1978 of 445 people."""

    def test_the_effect_of_the_experiment(self, experiment):
        treated = experiment["treat"] == 1
        row = one(
            arms(experiment.loc[treated, "re78"], experiment.loc[~treated, "re78"]),
            "training_effect_did", "2078", as_of="2078-12-31",
        )  # fmt: skip

        assert row["value"] == pytest.approx(1794.34, abs=0.005)
        assert row["n"] == 445
        assert (row["details"]["treated_people"], row["details"]["control_people"]) == (185, 260)
        # Welch's standard error, without the equal variances that give the published 632.9
        assert row["details"]["standard_error"] == pytest.approx(671.0, abs=0.5)
        assert row["ci_low"] > 0

    def test_the_naive_comparison_is_what_control_groups_are_for(self, experiment, survey):
        """The same trained people beside a survey of the whole population: a loss of 8,498."""
        trained = experiment.loc[experiment["treat"] == 1, "re78"]
        row = one(arms(trained, survey["re78"]), "training_effect_did", "2078", as_of="2078-12-31")

        assert row["value"] == pytest.approx(-8498, abs=0.5)
        assert row["ci_high"] < 0
        assert row["value"] == exactly(
            trained.astype(float).mean() - survey["re78"].astype(float).mean()
        )
