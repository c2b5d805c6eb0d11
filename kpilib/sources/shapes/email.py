"""Shapes of e-mailing exports: a campaign's totals as weighted rows, a list as memberships."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from kpilib.errors import ContractError
from kpilib.sources.block import LINE
from kpilib.sources.context import Context
from kpilib.sources.saying import say
from kpilib.tables import cells, moments

BOUNCES = ("hard", "soft", None)
TRACKABLE = ("trackable_delivered", "trackable_opened", "trackable_clicked")
COUNTED = ("opened", "clicked", "unsubscribed")
SENDS = {
    "send_id": pl.String,
    "campaign_id": pl.String,
    "sent_at": pl.Datetime("us", "UTC"),
    "delivered": pl.Boolean,
    "bounce_kind": pl.String,
    "is_privacy_proxied": pl.Boolean,
    "human_open": pl.Boolean,
    "machine_open": pl.Boolean,
    "human_click": pl.Boolean,
    "unsubscribed_at": pl.Datetime("us", "UTC"),
    "complained": pl.Boolean,
    "is_aggregate": pl.Boolean,
    "sends": pl.Int64,
}


def nested_recipients(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn each campaign's totals into thirteen weighted rows, some of them of no message.

    Who clicked is put among those who opened, and they among those who received it; those who
    unsubscribed or complained are counted from the clickers on. Whether it was the same people is
    not known, and no figure asks. The rows always bear the same thirteen names, so that a later
    export of a campaign replaces all of them.

    Raises
    ------
    ContractError
        A campaign's figures contradict each other.
    """
    rows: list[dict[str, Any]] = []
    faults: list[str] = []
    for place, campaign in enumerate(frame.iter_rows(named=True), 1):
        if campaign.get("medium") and campaign["medium"].casefold() != "email":
            context.left_out.leave("campaign that is not an e-mail", campaign[LINE])
            continue
        if campaign["sent_at"] is None:
            context.left_out.leave("campaign without a date of sending", campaign[LINE])
            continue
        why = _named(campaign, context) or _contradiction(campaign)
        if why:
            faults.append(
                context.fault("campaign {place} of the table: {why}", place=place, why=why)
            )
        else:
            rows += _rows(campaign)
    if faults:
        raise ContractError(faults)
    if rows:
        context.note(
            "Opens and clicks are totals up to the export, not of seven days: rates from them"
            " are approximate."
        )
    if rows and not any(name in frame.columns for name in TRACKABLE):
        context.note(
            "Opens by people are not told from those by machines (Apple's proxy): the"
            " trackable open rate cannot be known from this file."
        )
    return pl.DataFrame(rows, schema=SENDS)


def _named(campaign: dict[str, Any], context: Context) -> str:
    """Say what to call a campaign; without an id, by title and minute, for titles come again."""
    name = campaign.get("campaign_id")
    if not name and campaign.get("name"):
        try:
            sent = campaign["sent_at"].astimezone(context.zone)
        except OverflowError:  # the year 9999
            return say("its day of sending is out of range.")
        name = f"{campaign['name']} ({sent:%Y-%m-%d %H:%M})"
    campaign["id"] = name
    return "" if name else say("it has neither an id nor a name.")


def _contradiction(campaign: dict[str, Any]) -> str:
    """Complete the figures of a campaign; return what is wrong with them."""
    bounces = [campaign.get(name) for name in ("hard", "soft")]
    bounced = campaign.get("bounced")
    if bounced is None and bounces != [None, None]:
        bounced = sum(each or 0 for each in bounces)
    sent, delivered = campaign.get("sent"), campaign.get("delivered")
    if delivered is None and sent is not None and bounced is not None:
        delivered = sent - bounced
    if sent is None and delivered is not None:
        sent = delivered + (bounced or 0)
    if delivered is None or any(campaign[name] is None for name in COUNTED):
        return say("a figure is missing: deliveries, opens, clicks or unsubscriptions.")
    if not 0 <= delivered <= sent:
        return say("more messages delivered than sent.")
    if any(not 0 <= campaign[name] <= delivered for name in COUNTED):
        return say("more opens, clicks or unsubscriptions than messages delivered.")
    campaign |= {"sent": sent, "delivered": delivered}
    known = [campaign.get(name) for name in TRACKABLE]
    if None in known:  # half of them say nothing
        known = [0, 0, 0]
    campaign |= dict(zip(TRACKABLE, known, strict=True))
    for name, part in zip(("delivered", "opened", "clicked"), known, strict=True):
        if not 0 <= part <= min(campaign[name], known[0]):
            return say("more trackable opens or clicks than there are.")
        campaign[f"other_{name}"] = campaign[name] - part
        if campaign[f"other_{name}"] > delivered - known[0]:
            return say("more opens or clicks that cannot be tracked than such readers.")
    return ""


def _rows(campaign: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the parts of a campaign: trackable readers, the others, and what bounced."""
    left, complaints = campaign["unsubscribed"], campaign.get("complained")
    for group, proxied in (("trackable", False), ("other", True)):
        size = campaign[f"{group}_delivered"]
        opened, clicked = campaign[f"{group}_opened"], campaign[f"{group}_clicked"]
        leaving, complaining = min(left, size), min(complaints or 0, size)
        left, complaints = left - leaving, complaints and complaints - complaining
        below = 0
        for step, edge in enumerate(sorted((clicked, opened, leaving, complaining, size)), 1):
            yield _row(
                campaign,
                f"{group}-{step}",
                edge - below,
                delivered=True,
                is_privacy_proxied=proxied,
                human_open=None if proxied else edge <= opened,
                machine_open=edge <= opened if proxied else False,
                human_click=edge <= clicked,
                # When they left is not told, only that it was through this campaign.
                unsubscribed_at=campaign["sent_at"] if edge <= leaving else None,
                complained=None if complaints is None else edge <= complaining,
            )
            below = edge
    lost = campaign["sent"] - campaign["delivered"]
    for kind in BOUNCES:
        size = lost if kind is None else min(campaign.get(kind) or 0, lost)
        lost -= size
        yield _row(campaign, f"bounced-{kind or 'other'}", size, delivered=False, bounce_kind=kind)


def _row(campaign: dict[str, Any], part: str, size: int, **values: Any) -> dict[str, Any]:
    name = campaign["id"]
    own = {"send_id": f"{name}:{part}", "campaign_id": name, "sent_at": campaign["sent_at"]}
    return {**dict.fromkeys(SENDS), **own, "is_aggregate": True, "sends": size, **values}


def campaign_report(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn a report of names and values into the row of one campaign, and that into its parts.

    The first name and value of such a file stand where others have their header. The title and
    the day of sending come from the table above, by way of ``context.facts``.

    Raises
    ------
    ContractError
        A value that is wanted is not there, or is neither a number nor a date.
    """
    facts = [
        pair
        for row in context.facts.get(context.table.options["facts"], ())
        for pair in _pairs(row)
    ]
    own = [context.block.header[:2], *frame.select("name", "value").iter_rows()]
    said = {str(name).strip(): str(value or "") for name, value in (*facts, *own)}
    campaign: dict[str, Any] = {"name": said.get(context.table.options["title"])}
    sent = said.get(context.table.options["sent_at"], "")
    faults = []
    campaign["sent_at"] = moments.instant(
        pl.Series([sent]), context.table.options["formats"], context.zone
    ).item()
    if sent.strip() and campaign["sent_at"] is None:
        faults.append(
            context.fault("{label} is not a date.", label=context.table.options["sent_at"])
        )
    for name, label in context.table.options["figures"].items():
        # Behind many a count stands its share in brackets.
        written = said.get(label, "").split("(")[0]
        value, _, nothing = cells.numbers(pl.Series([written])).row(0)
        campaign[name] = None if value is None else int(value)
        if value != campaign[name] or (value is None and not nothing):
            faults.append(context.fault("{label} is not a number.", label=label))
    if not faults and (not campaign["name"] or campaign["sent_at"] is None):
        faults.append(context.fault("the report has no title or no date of sending."))
    if faults:
        raise ContractError(faults)
    if context.table.options.get(
        "combination"
    ):  # the versions of a test are campaigns of their own
        campaign["name"] += f", {context.block.title}"
    row = pl.DataFrame([campaign], infer_schema_length=None)
    return nested_recipients(row, context)


def _pairs(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what a table of names and values said in its first row, and in this one."""
    names, values = list(row), list(row.values())
    yield from [(names[0], names[1]), (values[0], values[1])] if len(names) > 1 else []


def newsletter_members(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn the contacts of a list into memberships of the newsletter.

    Fields are ``person_key``, ``start_at`` (``asked_at`` where that is empty) and, of those who
    left, ``end_at``; with ``left`` (a bool), the others' `end_at` is only the date of some change.
    Who left on a day that is not told is left out, and said.
    """
    start, asked, end = (_days(frame, name, context) for name in ("start_at", "asked_at", "end_at"))
    start = pl.coalesce(start, asked)
    if "left" in frame.columns:
        end = pl.when(pl.col("left").fill_null(False)).then(end)
        gone = pl.col("left").fill_null(False)
    else:
        gone = pl.lit(bool(context.table.options.get("left")))
    rows = frame.select(LINE, "person_key", start_at=start, end_at=end, gone=gone)
    usable = (
        pl.col("person_key").is_not_null()
        & pl.col("start_at").is_not_null()
        & ~(pl.col("gone") & pl.col("end_at").is_null())
    )
    kept = context.left_out.keep(
        rows, usable, "contact without an address, or a day on which they came or left"
    )
    reason = context.table.options.get("reason", "unsubscribed")
    return kept.select(
        "person_key",
        "start_at",
        "end_at",
        membership_id=pl.lit(context.table.options["list"] + ":") + pl.col("person_key"),
        kind=pl.lit("newsletter"),
        end_reason=pl.when(pl.col("gone")).then(pl.lit(reason)),
    )


def _days(frame: pl.DataFrame, name: str, context: Context) -> pl.Expr:
    """Return the local days of a column of instants; none where the file has no such column."""
    if name not in frame.columns:
        return pl.lit(None, dtype=pl.Date)
    return pl.col(name).dt.convert_time_zone(context.zone.key).dt.date()
