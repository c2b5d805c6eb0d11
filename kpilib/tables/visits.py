"""Visits, pages and events as their KPIs read them."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from kpilib.tables.derivation import Derivation, Frames, Setting, extended
from kpilib.tables.instants import edge

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
