"""GA4's events in BigQuery into sessions, and into the events that the site is read by.

Countries are told by their names in English, French or Spanish.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import polars as pl

from kpilib.sources.block import completed
from kpilib.sources.context import Context
from kpilib.sources.keys import digest, key
from kpilib.sources.weblog import path_of

VALUES = ("string_value", "int_value", "double_value", "float_value")
TAKEN = (
    "ga_session_id",
    "session_engaged",
    "engagement_time_msec",
    "page_location",
    "source",
    "medium",
    "campaign",
    "ga_session_number",
    "form_id",
    "file_name",
    "cta_id",
)
LONG_ENOUGH = 10
NO_SESSION = "event without a session: consent was denied, or it comes from a server"
PLAUSIBLE = (1_262_304_000_000_000, 4_102_444_800_000_000)  # the years 2010 to 2099
KEY_EVENTS = "Key events"  # --read 'Key events=form_submit|file_download'
# Where a visit came from: the session's own last click first, then what its first event tells.
ORIGINS = (("last_click", "cross_channel"), ("collected", "params"), ("first_touch",))
READ = (
    "page_view",
    "cta_view",
    "cta_click",
    "download",
    "form_start",
    "form_submit",
    "newsletter_signup",
    "product_click",
)
OTHER_NAMES = {"turkey": "TR", "hong kong": "HK", "macao": "MO", "palestine": "PS"}


def _note(columns: Sequence[str], told: str, context: Context) -> None:
    if "first_touch_source" in columns and not _tells(columns):
        context.note("an old export: sources are those of a visitor's first visit")
    if not told:
        context.note(
            "the export does not say which events are key: only purchases count, and what"
            " makes GA4 call a session engaged that neither time nor pages explain. Name"
            " yours: --read 'Key events=form_submit|file_download'",
        )


def sessions_of_events(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return one row a session: a visitor and the second at which their session began.

    Events without consent have no visitor and belong to no session; they are counted.
    """
    known = context.left_out.keep(
        _events(frame, context), pl.col("session_id").is_not_null(), NO_SESSION
    )
    view = pl.col("event_name").is_in(["page_view", "screen_view"])
    told = context.answer(KEY_EVENTS)
    keys = [name.strip() for name in (told or "purchase").split("|")]
    found = (
        known.sort("ts", "event_id")
        .group_by("session_id", maintain_order=True)
        .agg(
            pl.col("visitor_id").first(),
            started_at=pl.col("ts").min(),
            duration_s=(pl.col("ts").max() - pl.col("ts").min()).dt.total_microseconds() / 1e6,
            engaged_s=pl.col("engagement_time_msec").cast(pl.Float64, strict=False).sum() / 1e3,
            pageviews=view.sum().cast(pl.Int64),
            engaged=(pl.col("session_engaged") == "1").any(),
            key_events=pl.col("event_name").is_in(keys).sum().cast(pl.Int64),
            landing_page=pl.col("page").filter(view & pl.col("page").is_not_null()).first(),
            country=pl.col("country").drop_nulls().first(),
            is_new_visitor=(
                (pl.col("event_name") == "first_visit") | (pl.col("ga_session_number") == "1")
            ).any(),
            **_origin(known.columns),
        )
    )
    _note(known.columns, told, context)
    shown = (pl.col("engaged_s") > LONG_ENOUGH) | (pl.col("pageviews") >= 2)
    hidden = pl.col("engaged").fill_null(False) & ~shown & (pl.col("key_events") == 0)
    return found.with_columns(
        key_events=pl.when(hidden).then(1).otherwise(pl.col("key_events")),
        country=codes(found["country"]),
        is_aggregate=pl.lit(False),
    ).drop("engaged")


def events_of_site(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return the events that kpilib reads; others of the site's are left out and counted."""
    events = _events(frame, context)
    named = pl.col("event_name").replace("file_download", "download")
    known = events.with_columns(event_name=named)
    kept = context.left_out.keep(known, pl.col("event_name").is_in(READ), "event of another name")
    return kept.select(
        "event_id",
        "session_id",
        "visitor_id",
        "ts",
        "event_name",
        "page",
        "form_id",
        "cta_id",
        asset_id=pl.col("file_name"),
    )


def _opened(texts: pl.Series, context: Context) -> list[dict[str, str]]:
    """Return the parameters of each event, unless a text has none."""
    wrong, opened = 0, []
    for text in texts.to_list():
        try:
            opened.append(_parameters(text))
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            wrong += 1
    if wrong:
        raise context.refused(
            "column event_params: {wrong} row(s) are not lists of keys and values."
            " Export the table as it is, as Parquet or JSON lines.",
            wrong=wrong,
        )
    return opened


def _events(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Open the parameters, name sessions and events, and take each event once."""
    frame = _one_table_a_day(frame, context)
    odd = frame.filter(~pl.col("ts").is_between(*PLAUSIBLE).fill_null(False))
    if len(odd):
        raise context.refused(
            "column event_timestamp: {count} row(s) are no microseconds since 1970."
            " Export the table as it is, as Parquet or JSON lines.",
            count=len(odd),
        )
    opened = _opened(frame["event_params"], context)
    columns = {name: [each.get(name) for each in opened] for name in TAKEN}
    spread = frame.drop("event_params").with_columns(
        pl.Series(name, values, dtype=pl.String) for name, values in columns.items()
    )
    spread = spread.rename({name: f"params_{name}" for name in ("source", "medium", "campaign")})
    batch = [name for name in ("bundle", "batch", "order") if name in spread.columns]
    named = frame.select("visitor_id", "ts", "event_name", "event_params", *batch).rows()
    visit = pl.concat_str("visitor_id", "ga_session_id", separator=".")
    spread = spread.with_columns(
        session_id=visit,
        ts=pl.from_epoch(pl.col("ts"), time_unit="us").dt.replace_time_zone("UTC"),
        page=pl.col("page_location").map_elements(path_of, return_dtype=pl.String),
        event_id=pl.Series(
            [digest("\x1f".join(map(str, row)), 24) for row in named],
            dtype=pl.String,
        ),
    )
    spread = completed(spread, {"country": pl.String()})
    first = pl.col("event_id").is_first_distinct()
    return context.left_out.keep(spread, first, "event that is there twice")


def _one_table_a_day(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Leave out what was exported during a day that the final table of the day holds too."""
    if not {"suffix", "event_date"} <= set(frame.columns):
        return frame
    intraday = pl.col("suffix").str.contains("intraday").fill_null(False)
    final = frame.filter(~intraday)["event_date"].unique().to_list()
    doubled = intraday & pl.col("event_date").is_in(final)
    return context.left_out.keep(
        frame, ~doubled, "event of an intraday table: the day's table is there"
    )


def _parameters(text: str | None) -> dict[str, str]:
    found = {}
    for each in json.loads(text or "[]"):
        if each["key"] in TAKEN:
            value = each.get("value") or {}
            given = next((value[name] for name in VALUES if value.get(name) is not None), None)
            if given is not None:
                found[each["key"]] = _plain(given)
    return found


def _plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _tells(columns: list[str]) -> bool:
    """Whether an export is recent enough to say where a session came from."""
    return any(name.startswith(("last_click", "cross_channel", "collected")) for name in columns)


def _origin(columns: list[str]) -> dict[str, pl.Expr]:
    """Return source, medium and campaign of a session, all three from the same place."""
    places = [place for group in ORIGINS[: 2 if _tells(columns) else 3] for place in group]
    places = [place for place in places if f"{place}_source" in columns]
    made: dict[str, pl.Expr] = {}
    for name, part in (("source", "source"), ("medium", "medium"), ("campaign_id", "campaign")):
        chosen: pl.Expr = pl.lit(None, pl.String)
        for place in reversed(places):
            there = pl.col(f"{place}_source").is_not_null()
            own = f"{place}_{part}"
            value = pl.col(own) if own in columns else pl.lit(None, pl.String)
            chosen = pl.when(there.any()).then(value.filter(there).first()).otherwise(chosen)
        if name == "campaign_id":
            chosen = real(chosen)
        made[name] = chosen
    return made


def real(value: pl.Expr) -> pl.Expr:
    """Return names, without those in brackets: (not set), (direct)."""
    return pl.when(~value.str.contains(r"^\(.*\)$")).then(value)


def codes(names: pl.Series) -> pl.Series:
    """Return the ISO 3166 codes of countries; null for one that is not known."""
    return pl.Series([_codes().get(key(name or "")) for name in names], dtype=pl.String)


@cache
def _codes() -> dict[str, str]:
    from babel import Locale

    codes: dict[str, str] = {}
    for language in ("en", "fr", "es"):
        for letters, name in Locale(language).territories.items():
            if len(letters) == 2 and letters.isalpha() and letters != "ZZ":
                codes[key(name)] = letters
                codes[key(letters)] = letters
    return codes | OTHER_NAMES
