"""The same figures of the audience as an engineer writes them by hand, in SQL and in Polars."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
MONTHS = [(2025, month) for month in (10, 11, 12)] + [(2026, month) for month in range(1, 12)]
EDGES = [datetime(year, month, 1, tzinfo=PARIS).astimezone(UTC) for year, month in MONTHS]
NAMES = [f"{year}-{month:02d}" for year, month in MONTHS[:-1]]


def with_duckdb(path: str) -> list[dict]:
    """Count with DuckDB; grouping twice takes a third of the time of three count(distinct)."""
    import duckdb

    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    edges = [f"timestamptz '{edge:%Y-%m-%d %H:%M:%S}+00'" for edge in EDGES]
    month = " + ".join(f"(started_at >= {edge})::tinyint" for edge in edges[:-1])
    engaged = (
        "coalesce(engaged_s > 10, false) or coalesce(pageviews >= 2, false)"
        " or coalesce(key_events >= 1, false)"
    )
    known = "regexp_matches(country, '^[A-Za-z]{2}$') and upper(country) not in ('XX', 'ZZ')"
    social = "channel in ('organic_social', 'paid_social')"
    return con.sql(f"""
        with sessions as (
            select {month} as month, * exclude (session_id, landing_page) from '{path}'
            where started_at >= {edges[0]} and started_at < {edges[-1]}
        ),
        visits as (
            select month, channel, count(*) as sessions, sum(pageviews)::double as pages,
                sum(least(duration_s, 14400)) as duration, median(duration_s) as median,
                sum(engaged_s) as engaged_s, count(*) filter (duration_s > 14400) as capped,
                count(*) filter ({engaged}) as engaged,
                count(*) filter (channel = 'organic_search') as organic,
                count(*) filter ({social}) as social,
                count(*) filter (channel = 'direct') as direct,
                count(*) filter ({known}) as located,
                count(*) filter ({known} and upper(country) <> 'FR') as abroad
            from sessions group by all
        ),
        each_visitor as (
            select month, channel, visitor_id, bool_or(is_new_visitor) as is_new
            from sessions group by all
        ),
        visitors as (
            select month, channel, count(*) as visitors, count(*) filter (is_new) as new_visitors,
                count(*) filter ({social}) as social_visitors
            from each_visitor group by all
        )
        select visits.*, visitors, new_visitors, social_visitors from visits join visitors
            on visits.month = visitors.month
                and visits.channel is not distinct from visitors.channel
    """).to_arrow_table().to_pylist()  # fmt: skip


def with_polars(path: str) -> list[dict]:
    """Count with Polars, streaming."""
    import polars as pl

    col = pl.col
    month = sum((col("started_at") >= edge).cast(pl.Int8) for edge in EDGES[:-1])
    engaged = (
        (col("engaged_s") > 10).fill_null(False)
        | (col("pageviews") >= 2).fill_null(False)
        | (col("key_events") >= 1).fill_null(False)
    )
    country = col("country").str.to_uppercase()
    known = country.str.contains("^[A-Z]{2}$") & ~country.is_in(["XX", "ZZ"])
    social = col("channel").is_in(["organic_social", "paid_social"])
    inside = (col("started_at") >= EDGES[0]) & (col("started_at") < EDGES[-1])
    return (
        pl.scan_parquet(path)
        .filter(inside)
        .group_by(month.alias("month"), "channel")
        .agg(
            sessions=pl.len(),
            pages=col("pageviews").sum(),
            duration=col("duration_s").clip(upper_bound=14400).sum(),
            median=col("duration_s").median(),
            engaged_s=col("engaged_s").sum(),
            capped=(col("duration_s") > 14400).sum(),
            engaged=engaged.sum(),
            organic=(col("channel") == "organic_search").sum(),
            social=social.sum(),
            direct=(col("channel") == "direct").sum(),
            located=known.sum(),
            abroad=(known & (country != "FR")).sum(),
            visitors=col("visitor_id").n_unique(),
            new_visitors=col("visitor_id").filter("is_new_visitor").n_unique(),
            social_visitors=col("visitor_id").filter(social).n_unique(),
        )
        .collect(engine="streaming")
        .to_dicts()
    )


def as_kpis(row: dict) -> dict[str, float | None]:
    """Return the KPIs, and the details that are read beside them, of one month and channel."""
    sessions = row["sessions"]
    return {
        "sessions": sessions,
        "channel_sessions": sessions,
        "unique_visitors": row["visitors"],
        "new_visitors": row["new_visitors"],
        "new_visitors.new_visitor_share": row["new_visitors"] / row["visitors"],
        "page_views": row["pages"],
        "pages_per_session": row["pages"] / sessions,
        "avg_session_duration": row["duration"] / sessions,
        "avg_session_duration.median": row["median"],
        "avg_session_duration.engaged_seconds_per_session": row["engaged_s"] / sessions,
        "avg_session_duration.capped_sessions": row["capped"],
        "engaged_session_rate": row["engaged"] / sessions,
        "bounce_rate": (sessions - row["engaged"]) / sessions,
        "organic_sessions": row["organic"],
        "social_sessions": row["social"],
        "social_sessions.visitors": row["social_visitors"],
        "direct_landing_sessions": row["direct"],
        "foreign_audience_share": row["abroad"] / row["located"] if row["located"] else None,
        "foreign_audience_share.sessions_without_country": sessions - row["located"],
    }
