"""How stories change finished tables: for what is not drawn, or is drawn and taken away again."""

from __future__ import annotations

import polars as pl

from .business_calendar import ZONE
from .story import Story, Tables
from .tables import labels


def _day(column: str) -> pl.Expr:
    return pl.col(column).dt.convert_time_zone(ZONE).dt.date()


def without_campaign(tables: Tables, story: Story) -> Tables:
    """Take away a campaign that won no customer: reports, costs, visits with all that happened.

    The few who subscribed to the newsletter in one of its visits stay on the list.
    """
    named = {
        "acquisition_daily": "campaign_id",
        "sessions": "campaign_id",
        "leads": "campaign_id",
        "costs": "scope_id",
        "actions": "action_id",
    }
    kept = {
        name: tables[name].filter(pl.col(column).ne_missing(story.whom))
        for name, column in named.items()
    }
    events = tables["web_events"].join(
        kept["sessions"], on="session_id", how="semi", maintain_order="left"
    )
    return tables | kept | {"web_events": events}


def lose_leads(tables: Tables, story: Story) -> Tables:
    """Lose the leads of a campaign's adverts that sales has not won; begun forms stay."""
    sessions, events, leads = (tables[name] for name in ("sessions", "web_events", "leads"))
    paid = sessions.filter(
        pl.col("campaign_id") == story.whom,
        pl.col("medium") != "email",
        _day("started_at") >= story.since,
    )
    lost = leads.filter(pl.col("customer_id").is_null()).join(paid, on="session_id", how="semi")
    after_form = (pl.col("event_name") == "form_submit") | (
        pl.col("asset_id").fill_null("").str.contains("^(guide|livre)_")
    )
    gone = events.filter(after_form).join(lost, on="session_id", how="semi")
    fewer = gone.group_by("session_id").agg(gone=pl.len().cast(pl.Int32))
    claimed = (pl.col("campaign_id").eq_missing(story.whom)) & (pl.col("date") >= story.since)
    return tables | {
        "leads": leads.join(lost, on="lead_id", how="anti", maintain_order="left"),
        "web_events": events.join(gone, on="event_id", how="anti", maintain_order="left"),
        "sessions": sessions.join(fewer, on="session_id", how="left", maintain_order="left")
        .with_columns(pl.col("key_events") - pl.col("gone").fill_null(0))
        .drop("gone"),
        "acquisition_daily": tables["acquisition_daily"].with_columns(
            conversions=pl.when(claimed).then(0.0).otherwise("conversions")
        ),
    }


def people_leave(tables: Tables, story: Story) -> Tables:
    """Let the longest in post of a team resign, except its head."""
    staff, absences, day = tables["employees"], tables["absences"], pl.lit(story.since)
    leavers = (
        staff.filter(
            pl.col("valid_to").is_null(), pl.col("contract_kind") == "CDI", team=story.whom
        )
        .filter(~pl.col("employee_id").is_in(staff["manager_id"].drop_nulls().implode()))
        .sort("hired_at", "employee_id")
        .head(story.by["people"])["employee_id"]
    )
    leaves = pl.col("employee_id").is_in(leavers.implode())
    return tables | {
        "employees": staff.with_columns(
            valid_to=pl.when(leaves).then(pl.col("valid_to").fill_null(day)).otherwise("valid_to"),
            left_at=pl.when(leaves).then(day).otherwise("left_at"),
            leave_reason=pl.when(leaves).then(pl.lit("resignation")).otherwise("leave_reason"),
        ),
        "absences": absences.filter(~leaves | (pl.col("start_date") <= day)).with_columns(
            end_date=pl.when(leaves).then(pl.min_horizontal("end_date", day)).otherwise("end_date")
        ),
    }


def stop_counting(tables: Tables, story: Story) -> Tables:
    """Count no visit and no event any more; leads come in without the visit they came from."""
    seen = _day("created_at") < story.since
    return tables | {
        "sessions": tables["sessions"].filter(_day("started_at") < story.since),
        "web_events": tables["web_events"].filter(_day("ts") < story.since),
        "leads": tables["leads"].with_columns(
            pl.when(seen).then(pl.col("session_id", "visitor_id"))
        ),
    }


def import_twice(tables: Tables, story: Story) -> Tables:
    """Repeat the rows of some days of a table under new keys."""
    table, last = tables[story.whom], story.by["until"]
    twice = table.filter(_day(story.by["time"]).is_between(story.since, last))
    again = labels(story.whom, range(table.height + 1, table.height + 1 + twice.height))
    twice = twice.with_columns(again.alias(table.columns[0]))
    return tables | {story.whom: pl.concat([table, twice])}
