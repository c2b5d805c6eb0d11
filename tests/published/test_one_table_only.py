"""A company that has only its posts: the social page is made, the rest says what is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from kpilib.topics.catalogue import of_topic

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "real" / "facebook_posts.csv"
MONTH = "2014-12"
pytestmark = pytest.mark.slow


def posts_of(raw):
    """Map the page's export to `social_posts`; the export has a month and an hour, no day."""
    days = range(len(raw))
    moments = [
        datetime(2014, month, 1 + day % 28, hour % 24, tzinfo=UTC)
        for day, month, hour in zip(days, raw["Post Month"], raw["Post Hour"], strict=True)
    ]
    reacted = raw["like"].fillna(0) + raw["comment"].fillna(0) + raw["share"].fillna(0)
    return pd.DataFrame(
        {
            "post_id": [f"p{day}" for day in days],
            "account_id": "page",
            "network": "facebook",
            "published_at": moments,
            "format": raw["Type"].str.lower(),
            "is_paid": False,
            "impressions": raw["Lifetime Post Total Reach"],
            "reactions": raw["like"].fillna(0).astype(int),
            "comments": raw["comment"],
            "shares": raw["share"].fillna(0).astype(int),
            "clicks": (raw["Lifetime Engaged Users"] - reacted).astype(int),
            "follows": 0,
        }
    )


def made_up():
    """Twelve posts of the shape of the real ones."""
    return pd.DataFrame(
        {
            "Type": ["Photo", "Status", "Link"] * 4,
            "Post Month": [11, 12] * 6,
            "Post Hour": range(1, 13),
            "like": [10.0, None] * 6,
            "share": [1.0] * 12,
            "comment": [2] * 12,
            "Lifetime Post Total Reach": [1000] * 12,
            "Lifetime Engaged Users": [50] * 12,
        }
    )


# What the posts alone can tell; their reach is not in this export.
OF_POSTS = (
    "interactions",
    "comments_count",
    "shares_count",
    "engagement_rate_impressions",
    "avg_post_engagement_rate",
    "impressions",
    "social_ctr",
)


def published(tmp_path, posts, extra=()):
    folder = tmp_path / "page"
    (folder / "tables").mkdir(parents=True)
    posts.to_parquet(folder / "tables" / "social_posts.parquet")
    (folder / "company.yaml").write_text("name: Page\nas_of: 2014-12-31\n", encoding="utf-8")
    command = [
        sys.executable, "-m", "kpilib", "report", MONTH, "--data", str(folder),
        "--out", str(tmp_path / "reports"), *extra,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done, tmp_path / "reports" / "page" / MONTH


def figures_of(place):
    rows = pd.read_csv(place / "figures.csv").query("topic == 'social'")
    return rows[rows["period"] == MONTH].drop_duplicates("kpi").set_index("kpi")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What the command said of twelve posts, and the folder of the month that it published."""
    return published(tmp_path_factory.mktemp("made_up"), posts_of(made_up()))


def test_the_social_page_is_made_and_says_which_tables_are_missing(made):
    done, place = made
    assert done.returncode == 0, done.stdout + done.stderr
    figures = figures_of(place)
    assert figures["status"].to_dict() == {
        **dict.fromkeys([each.id for each in of_topic("social")], "missing_table"),
        **dict.fromkeys(OF_POSTS, "ok"),
        "avg_reach_per_post": "missing_column",
    }
    # Six December posts: 0 likes (missing), 2 comments, 1 share each = 18; 50 engaged / 1000 seen.
    assert figures.loc["interactions", "value"] == 18
    assert figures.loc["engagement_rate_impressions", "value"] == pytest.approx(0.05, rel=1e-9)
    page = (place / "social.html").read_text(encoding="utf-8")
    assert "social_daily" in page and "interactions" in page


def test_the_other_topics_are_skipped_not_failed(made):
    _, place = made
    told = json.loads((place / "run.json").read_text(encoding="utf-8"))
    assert "FAILED" not in (place / "index.html").read_text(encoding="utf-8")
    assert not (place / "audience.html").exists()
    assert "skipped" in json.dumps(told)


@pytest.mark.skipif(not REAL.exists(), reason="the real Facebook export is not on this machine")
def test_the_real_page_gives_the_figures_of_its_publication(tmp_path):
    raw = pd.read_csv(REAL, sep=";")
    done, place = published(tmp_path, posts_of(raw), ["--topic", "social"])
    assert done.returncode == 0, done.stdout + done.stderr
    december = raw[raw["Post Month"] == 12]
    expected = december[["like", "comment", "share"]].sum().sum()
    figures = figures_of(place)
    assert figures.loc["interactions", "value"] == expected
    pooled = december["Lifetime Engaged Users"].sum() / december["Lifetime Post Total Reach"].sum()
    assert figures.loc["engagement_rate_impressions", "value"] == pytest.approx(pooled, rel=1e-9)
    assert set(figures.index) >= {each.id for each in of_topic("social")}
