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


def robots_come(tables: Tables, story: Story) -> Tables:
    """Add visits of a robot: one page, no second, one country, a visit every minute."""
    sessions, events, count = tables["sessions"], tables["web_events"], story.by["visits"]
    place = pl.int_range(count)
    ids = labels("sessions", range(sessions.height + 1, sessions.height + 1 + count))
    seen = labels("web_events", range(events.height + 1, events.height + 1 + count))
    robot = pl.concat([sessions.head(1)] * count).with_columns(
        ids.alias("session_id"),
        visitor_id=pl.format("r{}", place),
        started_at=pl.lit(story.since).cast(pl.Datetime("us", "UTC")) + pl.duration(minutes=place),
        duration_s=pl.lit(0.0),
        engaged_s=pl.lit(0.0),
        pageviews=pl.lit(1, pl.Int32),
        key_events=pl.lit(0, pl.Int32),
        source=pl.lit("direct"),
        medium=pl.lit("none"),
        campaign_id=pl.lit(None, pl.String),
        channel=pl.lit("direct"),
        landing_page=pl.lit("/"),
        country=pl.lit(story.whom),
        is_new_visitor=pl.lit(True),
    )
    views = robot.select(
        seen.alias("event_id"), "session_id", "visitor_id", ts="started_at",
        event_name=pl.lit("page_view"), page=pl.lit("/"),
    )  # fmt: skip
    return tables | {
        "sessions": pl.concat([sessions, robot]),
        "web_events": pl.concat([events, views], how="diagonal"),
    }


def lose_the_comma(tables: Tables, story: Story) -> Tables:
    """Read the amounts of some days of orders without their decimal comma."""
    days = _day("ordered_at").is_between(story.since, story.by["until"])
    wrong = {
        name: pl.when(days).then(100 * pl.col(name)).otherwise(name)
        for name in ("amount_ht", "margin_ht")
    }
    return tables | {"orders": tables["orders"].with_columns(**wrong)}


def send_again(tables: Tables, story: Story) -> Tables:
    """Send a mailing a second time two hours later; nobody opens it twice."""
    sends = tables["email_sends"]
    again = sends.filter(pl.col("campaign_id") == story.whom)
    ids = labels("email_sends", range(sends.height + 1, sends.height + 1 + again.height))
    never = pl.lit(None, pl.Datetime("us", "UTC"))
    again = again.with_columns(
        ids.alias("send_id"),
        pl.lit(False).alias("human_open"),
        pl.lit(False).alias("machine_open"),
        pl.lit(False).alias("human_click"),
        pl.lit(False).alias("complained"),
        pl.col("sent_at").dt.offset_by("2h"),
        first_open_at=never,
        first_click_at=never,
        unsubscribed_at=never,
        click_count=pl.lit(0, pl.Int32),
    )
    return tables | {"email_sends": pl.concat([sends, again])}


def close_all(tables: Tables, story: Story) -> Tables:
    """Close every open request in one evening, answered or not."""
    evening = pl.lit(story.since).cast(pl.Datetime("us", "UTC")) + pl.duration(hours=17)
    waiting = pl.col("resolved_at").is_null() & (_day("opened_at") < story.since)
    return tables | {
        "support_tickets": tables["support_tickets"].with_columns(
            resolved_at=pl.when(waiting).then(evening).otherwise("resolved_at"),
            first_response_at=pl.when(waiting)
            .then(pl.col("first_response_at").fill_null(evening))
            .otherwise("first_response_at"),
        )
    }


def lose_critics(tables: Tables, story: Story) -> Tables:
    """Lose the answers of a wave that are below its neutral marks."""
    answers = tables["survey_responses"]
    of_wave = (pl.col("survey_id") == story.whom) & (_day("answered_at") >= story.since)
    return tables | {
        "survey_responses": answers.filter(~of_wave | (pl.col("value") >= story.by["least"]))
    }
