"""Visits, pages and events as their KPIs read them.

Sessions are worked out of page views where there are none: who pauses for more than 30 minutes
starts anew. Where one came from is told by ordered rules on its source and medium, the first that
matches: order and groups follow GA4's default channel group, reduced to what a training company
reads; matching ignores case.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from kpilib.tables.derivation import Derivation, Frames, Setting, extended
from kpilib.tables.instants import edge, seconds_between

PAUSE_SECONDS = 1800


def sessions_from_events(events: nw.LazyFrame) -> nw.LazyFrame:
    """Return one row per session from one row per event.

    Parameters
    ----------
    events : narwhals.LazyFrame
        ``visitor_id``, ``ts``, ``event_name``.

    Returns
    -------
    narwhals.LazyFrame
        ``visitor_id``, ``started_at``, ``duration_s``, ``pageviews``; no id, since no other table
        knows one of them. Midnight does not cut a session, nor does a new campaign (GA4's rule);
        a pause of exactly 30 minutes does not either.
    """
    before = nw.col("ts").shift(1).over("visitor_id", order_by="ts")
    pause = seconds_between(before, nw.col("ts"))
    starts = nw.when(pause <= PAUSE_SECONDS).then(nw.lit(0)).otherwise(nw.lit(1))
    view = nw.when(nw.col("event_name") == "page_view").then(nw.lit(1)).otherwise(nw.lit(0))
    return (
        events.with_columns(starts=starts, view=view)
        .with_columns(number=nw.col("starts").cum_sum().over("visitor_id", order_by="ts"))
        .group_by("visitor_id", "number")
        .agg(
            started_at=nw.col("ts").min(),
            ended_at=nw.col("ts").max(),
            pageviews=nw.col("view").sum(),
        )
        .with_columns(duration_s=seconds_between(nw.col("started_at"), nw.col("ended_at")))
    )


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


COUNTRY_CODE = "^[A-Za-z]{2}$"
NOWHERE = ("XX", "ZZ")  # codes that exports write for a country they do not know


def page_name(column: str) -> Any:
    """Name a page once, whatever its query string, its anchor or a slash at its end."""
    given = nw.col(column)
    # No back-reference: every engine writes those in its own way.
    bare = given.str.replace_all(r"[?#].*$", "").str.replace_all(r"/+$", "")
    return nw.when((bare == "") & (given != "")).then(nw.lit("/")).otherwise(bare)


def _page_events(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    return frames["web_events"].with_columns(page=page_name("page"))


def _cta_events(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Keep views and clicks of calls to action; of one that is never seen, views of its pages.

    Nobody records where a call to action stands, so that its pages are those on which it was ever
    clicked. A call to action with one recorded view has the views that were recorded, and no other.
    """
    events = frames["web_events"]
    clicks = events.filter(nw.col("event_name") == "cta_click")
    views = events.filter(nw.col("event_name") == "cta_view")
    told = events.filter(nw.col("event_name").is_in(["cta_view", "cta_click"]))
    every = [told.with_columns(is_on_page=nw.lit(False))]
    if "page" in events.collect_schema().names():
        seen = views.select("cta_id").unique()
        carried = (
            clicks.select("cta_id", page=page_name("page"))
            .filter(~nw.col("cta_id").is_null(), ~nw.col("page").is_null())
            .unique()
            .join(seen, on="cta_id", how="anti")
        )
        pages = events.filter(nw.col("event_name") == "page_view").drop("cta_id")
        on_page = (
            pages.with_columns(page=page_name("page"))
            .join(carried, on="page", how="inner")
            .with_columns(event_name=nw.lit("cta_view"), is_on_page=nw.lit(True))
        )
        every.append(on_page.select(every[0].collect_schema().names()))
    return nw.concat(every, how="vertical")


def _landings(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    return frames["sessions"].with_columns(landing_page=page_name("landing_page"))


def _located_sessions(frames: Frames, setting: Setting) -> nw.LazyFrame:
    """Say of each session whether it came from abroad; unknown where the country is."""
    code = nw.col("country").str.to_uppercase()
    known = code.str.contains(COUNTRY_CODE) & ~code.is_in(NOWHERE)
    abroad = nw.when(known).then(code != setting.assumptions.home_country)
    return frames["sessions"].with_columns(is_foreign=abroad)


def held_activities(frames: Frames, setting: Setting) -> nw.LazyFrame:
    """Keep the activities that have taken place by the last day of the data."""
    rows = frames["participations"]
    if setting.until is None:
        return rows
    dtype = rows.collect_schema()["activity_at"]
    return rows.filter(nw.col("activity_at") < edge(setting.until, dtype))


def _attendance_lists(frames: Frames, setting: Setting) -> nw.LazyFrame:
    """Say of each held activity whether anybody noted who came: a blank list is not an absence."""
    rows = held_activities(frames, setting)
    taken = (
        rows.filter(~nw.col("attended").is_null(), ~nw.col("activity_id").is_null())
        .select("activity_id")
        .unique()
        .with_columns(is_taken=nw.lit(True))
    )
    return rows.join(taken, on="activity_id", how="left").with_columns(
        nw.col("is_taken").fill_null(False)
    )


DERIVATIONS = (
    Derivation(
        contract=extended("page_events", "web_events", "", key=("event_id",)),
        base="web_events",
        needs={"web_events": "page ts"},
        makes="page",
        build=_page_events,
    ),
    Derivation(
        contract=extended("cta_events", "web_events", "is_on_page bool"),
        base="web_events",
        needs={"web_events": "session_id ts event_name cta_id"},
        wants={"web_events": "page"},
        build=_cta_events,
    ),
    Derivation(
        contract=extended("landings", "sessions", ""),
        base="sessions",
        needs={"sessions": "landing_page started_at"},
        makes="landing_page",
        build=_landings,
    ),
    Derivation(
        contract=extended("located_sessions", "sessions", "is_foreign bool"),
        base="sessions",
        needs={"sessions": "country started_at"},
        makes="is_foreign",
        build=_located_sessions,
    ),
    Derivation(
        contract=extended("held_activities", "participations", "", key=("participation_id",)),
        base="participations",
        needs={"participations": "activity_at"},
        build=held_activities,
    ),
    Derivation(
        contract=extended("attendance_lists", "participations", "is_taken bool"),
        base="participations",
        needs={"participations": "activity_at activity_id attended"},
        build=_attendance_lists,
    ),
)
