"""X: the account by day, and posts."""

from __future__ import annotations

from datetime import date

from tests.sources.twins_social import X_CONTENT, X_OVERVIEW, real, taken
from tests.worked import value

ASKED = {"timezone": "Europe/Paris", "as_of": "2025-03-31"}


def test_days_of_the_account(tmp_path):
    daily = taken(tmp_path, X_OVERVIEW)["social_daily"]

    assert daily.select("date", "impressions", "engagements", "new_followers", "lost_followers",
                        "profile_visits").rows() == [
        (date(2025, 2, 4), 444, 29, 3, 1, 4),
        (date(2025, 2, 3), 8893, 164, 5, 0, 104),
    ]  # fmt: skip
    assert value({"social_daily": daily}, "new_followers", "2025-02", **ASKED) == 8


def test_posts_keep_all_digits_and_no_text(tmp_path):
    posts = taken(tmp_path, X_CONTENT)["social_posts"]

    assert posts["post_id"].to_list() == ["1960320052859139001", "1960320052859139002"]
    assert "deux" not in posts.write_csv()
    # replies 6 + 0; reposts 2 + 1
    assert value({"social_posts": posts}, "comments_count", "2025-02", **ASKED) == 6
    assert value({"social_posts": posts}, "shares_count", "2025-02", **ASKED) == 3


def test_the_real_file(tmp_path):
    daily = taken(tmp_path, real("x/account_overview_analytics.csv"))["social_daily"]

    assert len(daily) == 7
    assert (daily["impressions"].sum(), daily["engagements"].sum()) == (24_749, 448)
