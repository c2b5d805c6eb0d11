"""Where a session came from, by ordered rules on its source and medium: the first match wins.

The order and the groups follow GA4's default channel group, reduced to what a training company
reads; matching ignores case.
"""

from __future__ import annotations

import narwhals as nw

SOCIAL = (
    r"(^|\.)(linkedin|lnkd|facebook|fb|instagram|twitter|youtube|tiktok|pinterest|viadeo|threads"
    r"|mastodon|bsky|bluesky|reddit)(\.|$)|^(t\.co|x\.com|x)$"
)
SEARCH = r"(^|\.)(google|bing|duckduckgo|ecosia|qwant|yahoo|baidu|yandex|brave)(\.|$)"
PAID = r"^(.*cp.*|ppc|retargeting|paid.*|sea)$"

# (channel, pattern the source must match, pattern the medium must match)
RULES = (
    ("direct", r"^(\(direct\)|direct)$", r"^(\(none\)|none|\(not set\)|not set)$"),
    ("display", r".*", r"^(display|banner|expandable|interstitial|cpm)$"),
    ("paid_social", SOCIAL, PAID),
    ("paid_search", SEARCH, PAID),
    ("organic_social", SOCIAL, r".*"),
    ("organic_social", r".*", r"^(social|social-network|social-media|sm|social network)$"),
    ("email", r".*", r"^(email|e-mail|e_mail|e mail|newsletter)$"),
    ("email", r"^(email|e-mail|newsletter)$", r".*"),
    ("affiliate", r".*", r"^(affiliate|affiliates)$"),
    ("organic_search", r".*", r"^organic$"),
    ("referral", r".*", r"^(referral|app|link)$"),
)


def channel() -> nw.Expr:
    """Return the expression that tells a session's channel from `source` and `medium`.

    Returns
    -------
    narwhals.Expr
        One of the channels of `RULES`, or ``unassigned`` when no rule matches.
    """
    source = nw.col("source").cast(nw.String).str.to_lowercase()
    medium = nw.col("medium").cast(nw.String).str.to_lowercase()
    found = nw.lit("unassigned")
    for name, sources, media in reversed(RULES):
        match = source.str.contains(sources) & medium.str.contains(media)
        found = nw.when(match).then(nw.lit(name)).otherwise(found)
    return found
