"""Shapes of social networks' exports: posts, days and advertisements."""

from __future__ import annotations

import re
from functools import reduce
from operator import add

import polars as pl

from kpilib.errors import listed
from kpilib.sources.block import completed, known_sum
from kpilib.sources.context import Context
from kpilib.sources.keys import digest, key
from kpilib.tables import moments

IN_LINK = r"urn:li:(?:activity|share|ugcPost):(\d+)|/status/(\d+)"
IN_BRACKETS = re.compile(r"\(([A-Z]{3})\)")
PERIOD = r"^(\d{4}-\d{2}-\d{2}) - (\d{4}-\d{2}-\d{2})$"
ACTS = ("reactions", "comments", "shares", "clicks")
ADDED = ("impressions", "clicks", "conversions", "cost")
PARTS = ("adset", "ad", "region", "country", "age", "gender", "placement", "device", "breakdown")
RESULTS = r"lead|purchase|offsite_conversion|complete_registration"


def posts(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Give every post an id and one name for its format.

    A post without an id gets one from its account, moment and link, the same in every export.
    Options are ``formats`` (their name to ours) and ``instead`` (a header that stands for
    impressions in newer exports, which must be said).
    """
    if "post_id" not in frame.columns and "link" in frame.columns:
        found = pl.col("link").str.extract_groups(IN_LINK).struct
        frame = frame.with_columns(post_id=pl.coalesce(found.field("1"), found.field("2")))
    frame = completed(frame, {"post_id": pl.String()})
    if nameless := frame["post_id"].null_count():
        marks = [name for name in ("account_id", "published_at", "link") if name in frame.columns]
        rows = frame.select(pl.lit(context.table.id), *marks).iter_rows()
        made = ["without-id-" + digest("\x1f".join(map(str, row)), 16) for row in rows]
        frame = frame.with_columns(pl.col("post_id").fill_null(pl.Series(made, dtype=pl.String)))
        context.note(
            "{count} post(s) have no id: one is made from account, moment and link.",
            count=nameless,
        )
    _say_views(context)
    if "format" in frame.columns:
        known = context.table.options.get("formats", {}).items()
        names = {key(theirs): ours for theirs, ours in known}
        kinds = [each and names.get(key(each), key(each)) for each in frame["format"]]
        frame = frame.with_columns(format=pl.Series(kinds, dtype=pl.String))
    lacking = [name for name in ACTS if name not in frame.columns]
    if lacking:
        context.note("No column of {names}: none are counted.", names=listed(lacking))
    return completed(frame, dict.fromkeys(ACTS, pl.Int64())).drop("link", strict=False)


def _say_views(context: Context) -> None:
    """Say that impressions are of another definition, when they are."""
    instead = context.table.options.get("instead", "")
    headers = {key(name) for name in context.block.header}
    if instead and key(instead) in headers and not headers & {"impressions"}:
        context.note(
            "Impressions are taken from {instead}, which replaced them: another definition,"
            " not to be compared with impressions from before.",
            instead=instead,
        )


def summed_engagements(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Add up a day's acts as its engagements; what a network took back stays negative."""
    acts = [name for name in context.table.options["acts"] if name in frame.columns]
    total = reduce(add, (pl.col(name).fill_null(0) for name in acts))
    known = pl.any_horizontal(pl.col(name).is_not_null() for name in acts)
    return frame.with_columns(engagements=pl.when(known).then(total)).drop(acts)


def _check_days(frame: pl.DataFrame, context: Context) -> None:
    """Refuse rows without a day, and tell which days the others span."""
    undated = frame["date"].null_count()
    if undated:
        raise context.refused(
            "{count} row(s) have no day, and are not a totals row. Export the"
            " columns 'Reporting starts' and 'Reporting ends'.",
            count=undated,
        )
    for begun, ended in frame.select("date", "until").unique(maintain_order=True).iter_rows():
        if begun is not None and ended is not None:
            context.spanning(begun, ended)


def _currency(frame: pl.DataFrame, context: Context) -> pl.Expr:
    """Return the currency of its column, of the amount's header, or of the company."""
    written = IN_BRACKETS.search(context.header("cost"))
    currency = pl.lit(written[1] if written else context.currency)
    return pl.coalesce("currency", currency) if "currency" in frame.columns else currency


def _conversions(frame: pl.DataFrame) -> pl.Expr:
    """Return the results that the report says are leads or sales."""
    if not {"results", "indicator"} <= set(frame.columns):
        return pl.lit(None, dtype=pl.Int64)
    meant = pl.col("indicator").str.contains(f"(?i){RESULTS}")
    return pl.when(meant).then(pl.col("results").cast(pl.Int64, strict=False))


def meta_advertising(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Turn rows of an advertising report into rows of a day or of a period.

    The currency stands in a column or in the header of the amount. A breakdown (region, age) goes
    into the item, so that its rows stay apart. Results count as conversions only where the report
    says that they are leads or sales.

    Raises
    ------
    ContractError
        Rows without a day.
    """
    if not {"end", "day", "month", "week"} & set(frame.columns):
        context.note("No column tells the last day of a row: each is taken as one day.")
    first, last = _period(frame)
    frame = frame.with_columns(date=first, until=last)
    _check_days(frame, context)
    names = [name for name in PARTS if name in frame.columns]
    item = pl.concat_str(names, separator=" | ", ignore_nulls=True) if names else pl.lit("")
    campaign = [name for name in ("campaign_id", "campaign") if name in frame.columns]
    rows = frame.with_columns(
        conversions=_conversions(frame),
        currency=_currency(frame, context),
        item=pl.when(item == "").then(pl.lit("(all)")).otherwise(item),
        campaign_id=pl.coalesce(*campaign, pl.lit("")) if campaign else pl.lit(""),
    )
    keys = ["date", "campaign_id", "item", "currency"]
    sums = [name for name in ADDED if name in rows.columns]
    added = rows.group_by(keys, maintain_order=True).agg(map(known_sum, sums))
    if len(added) < len(rows):
        context.note(
            "{count} row(s) differ only in a breakdown that is not used: they are added up.",
            count=len(rows) - len(added),
        )
    return added


def _period(frame: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    """Return first and last day of each row: of its day, its month or week, or of the report."""
    first, last = [pl.col("start")], [pl.col("end") if "end" in frame.columns else pl.col("start")]
    for name in ("month", "week"):
        if name in frame.columns:
            range_of = pl.col(name).str.extract_groups(PERIOD).struct
            first.insert(0, moments.plain_day(range_of.field("1")))
            last.insert(0, moments.plain_day(range_of.field("2")))
    if "day" in frame.columns:
        first.insert(0, pl.col("day"))
        last.insert(0, pl.col("day"))
    return pl.coalesce(*first), pl.coalesce(*last)
