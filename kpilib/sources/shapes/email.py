"""Shapes of e-mailing exports: a campaign's totals as weighted rows, a list as memberships."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from kpilib.errors import ContractError
from kpilib.saying import say
from kpilib.sources.block import LINE, completed
from kpilib.sources.context import Context
from kpilib.tables import cells, moments

INSTANT = pl.Datetime("us", "UTC")
TRACKABLE = ("trackable_delivered", "trackable_opened", "trackable_clicked")
COUNTED = ("opened", "clicked", "unsubscribed")
FIELDS = {
    **dict.fromkeys(("campaign_id", "name", "medium"), pl.String()),
    **dict.fromkeys(("sent", "delivered", "bounced", "hard", "soft", "complained"), pl.Int64()),
    **dict.fromkeys((*COUNTED, *TRACKABLE), pl.Int64()),
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
    rows = completed(frame, {LINE: pl.UInt32(), **FIELDS}).with_row_index("place", 1)
    rows = rows.with_columns(pl.col(name).cast(dtype) for name, dtype in FIELDS.items())
    medium = pl.col("medium").fill_null("")
    mail = (medium == "") | (medium.str.to_lowercase() == "email")
    rows = context.left_out.keep(rows, mail, "campaign that is not an e-mail")
    dated = pl.col("sent_at").is_not_null()
    rows = context.left_out.keep(rows, dated, "campaign without a date of sending")
    rows = _counted(_named(rows, context))
    why = pl.coalesce(pl.when(wrong).then(pl.lit(text)) for wrong, text in _contradictions())
    faults = rows.select("place", why=why).drop_nulls().iter_rows(named=True)
    if said := [context.fault("campaign {place} of the table: {why}", **each) for each in faults]:
        raise ContractError(said)
    if len(rows):
        context.note(
            "Opens and clicks are totals up to the export, not of seven days: rates from them"
            " are approximate."
        )
    if len(rows) and not any(name in frame.columns for name in TRACKABLE):
        context.note(
            "Opens by people are not told from those by machines (Apple's proxy): the"
            " trackable open rate cannot be known from this file."
        )
    return _parts(rows)


def _named(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Say what to call campaigns; without an id, by title and minute, for titles come again."""
    sent = pl.col("sent_at").dt.convert_time_zone(context.zone.key)
    titled = pl.format("{} ({})", "name", sent.dt.to_string("%Y-%m-%d %H:%M"))
    return rows.with_columns(
        known=pl.col("campaign_id").fill_null("") != "",
        titled=pl.col("name").fill_null("") != "",
        beyond=sent.dt.year() > 9999,
    ).with_columns(campaign_id=pl.when("known").then("campaign_id").otherwise(titled))


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    """Complete the figures of campaigns by those that say the same in another way."""
    sent, delivered, bounced = map(pl.col, ("sent", "delivered", "bounced"))
    parted = pl.any_horizontal(pl.col("hard", "soft").is_not_null())
    by_kind = pl.when(parted).then(pl.sum_horizontal("hard", "soft"))
    whole = pl.all_horizontal(pl.col(TRACKABLE).is_not_null())  # half of them say nothing
    return (
        rows.with_columns(bounced=pl.coalesce(bounced, by_kind))
        .with_columns(delivered=pl.coalesce(delivered, sent - bounced))
        .with_columns(sent=pl.coalesce(sent, delivered + bounced.fill_null(0)))
        .with_columns(pl.when(whole).then(name).otherwise(0).alias(name) for name in TRACKABLE)
        .with_columns(
            (pl.col(name) - pl.col(f"trackable_{name}")).alias(f"other_{name}")
            for name in ("delivered", "opened", "clicked")
        )
    )


def _contradictions() -> Iterator[tuple[pl.Expr, str]]:
    """Yield what a campaign may not be, and how that is said; the first that is true counts."""
    delivered, trackable = pl.col("delivered"), pl.col("trackable_delivered")
    named = pl.col("known") | pl.col("titled")
    counted = pl.all_horizontal(pl.col("delivered", *COUNTED).is_not_null())
    within = pl.all_horizontal(pl.col(COUNTED).is_between(0, delivered))
    yield ~named, say("it has neither an id nor a name.")
    yield ~pl.col("known") & pl.col("beyond"), say("its day of sending is out of range.")
    yield ~counted, say("a figure is missing: deliveries, opens, clicks or unsubscriptions.")
    yield ~delivered.is_between(0, pl.col("sent")), say("more messages delivered than sent.")
    yield ~within, say("more opens, clicks or unsubscriptions than messages delivered.")
    for name in ("delivered", "opened", "clicked"):
        part, whole = pl.col(f"trackable_{name}"), pl.min_horizontal(name, trackable)
        yield ~part.is_between(0, whole), say("more trackable opens or clicks than there are.")
        yield (
            pl.col(f"other_{name}") > delivered - trackable,
            say("more opens or clicks that cannot be tracked than such readers."),
        )


def _parts(campaigns: pl.DataFrame) -> pl.DataFrame:
    """Return the parts of campaigns: trackable readers, the others, and what bounced."""
    left, complaints = pl.col("unsubscribed"), pl.col("complained")
    found = []
    for group, proxied in (("trackable", False), ("other", True)):
        size = pl.col(f"{group}_delivered")
        leaving, complaining = (
            pl.min_horizontal(each.fill_null(0), size) for each in (left, complaints)
        )
        left, complaints = left - leaving, complaints - complaining
        edges = {
            "clicked": pl.col(f"{group}_clicked"),
            "opened": pl.col(f"{group}_opened"),
            "leaving": leaving,
            "complaining": pl.when(complaints.is_not_null()).then(complaining),
        }
        every = pl.concat_list(*(each.fill_null(0) for each in edges.values()), size).list.sort()
        steps = campaigns.select(
            "place", "campaign_id", "sent_at", **edges, edge=every, sends=every.list.diff()
        ).with_columns(step=pl.lit([*range(1, len(edges) + 2)]))
        found.append(_readers(steps.explode("edge", "sends", "step"), group, proxied))
    parts = pl.concat([*found, _bounced(campaigns)], how="diagonal_relaxed")
    return parts.sort("place", maintain_order=True).select(
        pl.exclude("place", "part"),
        send_id=pl.format("{}:{}", "campaign_id", "part"),
        is_aggregate=True,
    )


def _readers(steps: pl.DataFrame, group: str, proxied: bool) -> pl.DataFrame:
    """Return those who received it: behind each edge stand those who did no more than that."""
    edge, opened = pl.col("edge"), pl.col("edge") <= pl.col("opened")
    return steps.select(
        "place",
        "campaign_id",
        "sent_at",
        part=pl.format(f"{group}-{{}}", "step"),
        sends=pl.coalesce("sends", edge),
        delivered=True,
        is_privacy_proxied=proxied,
        human_open=None if proxied else opened,
        machine_open=opened if proxied else False,
        human_click=edge <= pl.col("clicked"),
        # When they left is not told, only that it was through this campaign.
        unsubscribed_at=pl.when(edge <= pl.col("leaving")).then("sent_at"),
        complained=edge <= pl.col("complaining"),
    )


def _bounced(campaigns: pl.DataFrame) -> pl.DataFrame:
    """Return the messages that did not arrive: hard, soft, and those of which no kind is told."""
    lost = pl.col("sent") - pl.col("delivered")
    hard = pl.min_horizontal(pl.col("hard").fill_null(0), lost)
    soft = pl.min_horizontal(pl.col("soft").fill_null(0), lost - hard)
    kinds = (("hard", hard), ("soft", soft), ("other", lost - hard - soft))
    return pl.concat(
        campaigns.select(
            "place",
            "campaign_id",
            "sent_at",
            part=pl.lit(f"bounced-{kind}"),
            sends=sends,
            delivered=False,
            bounce_kind=pl.lit(None if kind == "other" else kind, dtype=pl.String),
        )
        for kind, sends in kinds
    )


def _said(frame: pl.DataFrame, context: Context) -> dict[str, str]:
    """Return what a report says, by name: the table above it, then its own."""
    facts = context.pairs(context.table.options["facts"])
    own = [context.block.header[:2], *frame.select("name", "value").iter_rows()]
    return {str(name).strip(): str(value or "") for name, value in (*facts, *own)}


def campaign_report(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn a report of names and values into the row of one campaign, and that into its parts.

    The first name and value of such a file stand where others have their header. The title and
    the day of sending come from the table above, by way of ``context.facts``.

    Raises
    ------
    ContractError
        A value that is wanted is not there, or is neither a number nor a date.
    """
    said = _said(frame, context)
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
    if context.table.options.get("combination"):  # versions of a test are campaigns of their own
        campaign["name"] += f", {context.block.title}"
    row = pl.DataFrame([campaign], infer_schema_length=None)
    return nested_recipients(row, context)


def newsletter_members(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn the contacts of a list into memberships of the newsletter.

    Fields are ``person_key``, ``start_at`` (``asked_at`` where that is empty) and, of those who
    left, ``end_at``; with ``left`` (a bool), the others' `end_at` is only the date of some change.
    Who left on a day that is not told is left out, and said.
    """
    frame = completed(frame, dict.fromkeys(("start_at", "asked_at", "end_at"), INSTANT))
    start, asked, end = map(context.local_day, ("start_at", "asked_at", "end_at"))
    start = pl.coalesce(start, asked)
    if "left" in frame.columns:
        gone = pl.col("left").fill_null(False)
        end = pl.when(gone).then(end)
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
