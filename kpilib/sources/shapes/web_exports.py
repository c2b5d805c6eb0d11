"""Shapes of web exports: the days they are about, search, advertising, visits summed up."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

import polars as pl

from kpilib.saying import say
from kpilib.sources.block import known_sum
from kpilib.sources.context import Context
from kpilib.sources.keys import digest, key
from kpilib.sources.provenance import PERIOD
from kpilib.sources.shapes.ga4_events import codes, real
from kpilib.tables import moments

Span = tuple[date, date]
WEB_SEARCH = {"", "web", "recherche web", "web search"}
PARTS = ["date", "campaign_id", "channel"]
ADS_SUMS = ("impressions", "clicks", "conversions", "cost")
GROUPS = ("channel", "source", "medium", "campaign_id", "landing_page", "country")
SUMS = (
    "engaged_sessions",
    "pageviews",
    "key_events",
    "engaged_s",
    "duration_s",
    "unique_visitors",
)
EDGE = re.compile(r"#\s*[^:]+:\s*(\d{8})\s*")  # "# Start date: 20250101", in any language
RANGE = re.compile(r"#?\s*(\d{8})\s*-\s*(\d{8})\s*")
ISO_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)\s*[,/]\s*(\d{4}-\d\d-\d\d)")
WORDS = ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%Y-%m-%d")
DASH = re.compile(r"\s+[-\u2013\u2014]\s+")


def period_of(context: Context) -> Span | None:
    """Return the first and the last day that a table is about; None when nothing says so."""
    return span_of(context.answer(PERIOD)) or _above(context)


def required_period(context: Context, remedy: str) -> Span:
    """Return the days that a table is about.

    Raises
    ------
    ContractError
        Nothing says which days, with the remedy.
    """
    found = period_of(context)
    if found is None:
        raise context.refused(
            "nothing says of which days these rows are. {remedy} Or say it: --read"
            " 'Period=2026-09-01/2026-09-30'.",
            remedy=remedy,
        )
    return found


def day_of(first: date, last: date) -> date:
    """Return the day on which a sum over several days is dated: the first one.

    A sum that ends before its month does, and begins with it, is dated on its last day: on the
    first it would pass for the whole month.
    """
    whole = last.day == monthrange(last.year, last.month)[1]
    begun = (first.year, first.month, 1) == (last.year, last.month, first.day)
    return last if begun and not whole else first


def span_of(text: str, start: date | None = None) -> Span | None:
    """Return the days that one cell of a time axis stands for; None when it cannot be read.

    Parameters
    ----------
    text : str
        A day (``20260901``, ``2026-09-01``), the number of a day since `start` (``0003``), a month
        (``2026-09``, ``202609``), a year, or two days with a comma between them.
    start : datetime.date, optional
        Day number 0.
    """
    text = text.strip()
    if match := ISO_RANGE.fullmatch(text):
        return _days(match[1], match[2])
    plain = re.sub(r"T00:00:00(\.0+)?$", "", text)
    if match := re.fullmatch(r"(\d{4})-?(\d\d)-?(\d\d)", plain):
        return _days("".join(match.groups()), "".join(match.groups()))
    if start is not None and re.fullmatch(r"\d{1,4}", plain):
        try:
            number = start + timedelta(days=int(plain))
        except OverflowError:
            return None
        return number, number
    if match := re.fullmatch(r"(\d{4})-?(\d\d)", plain):
        year, month = int(match[1]), int(match[2])
        if not 1 <= month <= 12 or not year:
            return None
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    if re.fullmatch(r"[12]\d{3}", plain):
        return date(int(plain), 1, 1), date(int(plain), 12, 31)
    return None


def _above(context: Context) -> Span | None:
    edges: list[str] = []
    for line in context.block.preamble:
        text = line.strip().strip('"')
        if match := EDGE.fullmatch(text):
            edges.append(match[1])
        elif match := RANGE.fullmatch(text):
            edges = [match[1], match[2]]
        elif len(parts := DASH.split(text)) == 2 and not edges:
            first, last = moments.day(pl.Series(parts), WORDS)
            if first and last:
                return first, last
    if len(edges) > 2 and edges[:2] != edges[-2:]:  # two periods are compared
        return None
    return _days(*edges[-2:]) if len(edges) >= 2 else None


def _days(first: str, last: str) -> Span | None:
    try:
        found = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    return found if found[0] <= found[1] else None


def search_position(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Weigh an average position by its impressions, so that days can be added.

    Raises
    ------
    ContractError
        A filter, or another kind of search than the web, was set: not the whole site.
    """
    period, *others = context.table.options["filters"]
    for row in context.facts.get("filters", []):
        name, value = map(key, list(row.values())[:2])
        whole = name in map(key, period) or (name in map(key, others[0]) and value in WEB_SEARCH)
        if not whole:
            raise context.refused(
                "the report was filtered (see its table of filters), so these rows are not the"
                " whole site's. Remove the filters, choose web search, and export again.",
            )
    weighed = pl.col("position") * pl.col("impressions")
    return frame.with_columns(sum_position=weighed).drop("position")


def ads_costs(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Add up a campaign's rows by day; without days, over the period named above the table.

    Raises
    ------
    ContractError
        Amounts in another currency than the company's, or no day and no period.
    """
    if "currency" in frame.columns:
        other = frame.filter(pl.col("currency") != context.currency)
        if len(other):
            raise context.refused(
                "column {column}: {count} row(s) are not in {currency}, the company's currency."
                " Convert the amounts first: two currencies are never added.",
                column=context.header("currency"),
                count=len(other),
                currency=context.currency,
            )
    else:
        context.note(
            "no column of currencies: amounts are taken as {currency}",
            currency=context.currency,
        )
    if "date" not in frame.columns:
        first, last = required_period(context, say("Add the segment Day and export again."))
        context.spanning(first, last)
        frame = frame.with_columns(date=pl.lit(day_of(first, last)))
    if "channel" not in frame.columns:
        frame = frame.with_columns(channel=pl.lit(context.table.options["channel"]))
    known = [name for name in ADS_SUMS if name in frame.columns]
    frame = frame.group_by(PARTS, maintain_order=True).agg(map(known_sum, known))
    once = frame.group_by("date", "campaign_id").len().filter(pl.col("len") > 1)
    if len(once):  # one campaign of two types: the key has no place for both
        raise context.refused(
            "{count} campaign(s) with two types on one day. Rename them.",
            count=len(once),
        )
    return frame


def summed_visits(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return one row a group of visits, with the sums that its averages and rates stand for.

    What the file does not tell is left out, so that figures that need it are withheld, not 0.

    Raises
    ------
    ContractError
        No days, or more engaged sessions than sessions.
    """
    frame = _dated(frame, context)
    frame = _measured(frame, context)
    frame = _named(frame, context)
    kept = ["session_id", *(name for name in (*GROUPS, "sessions", *SUMS) if name in frame.columns)]
    return frame.select(*kept, "started_at", is_aggregate=pl.lit(True))


def _dated(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Add the first and the last day of each row."""
    remedy = context.table.options["days"]
    if "date" not in frame.columns:
        span = required_period(context, remedy)
        spans = [span] * len(frame)
    else:
        period = period_of(context)
        start = period[0] if period else None
        spans = [span_of(text or "", start) for text in frame["date"].to_list()]
        wrong = sum(1 for each in spans if each is None)
        if wrong:
            raise context.refused(
                "column {column}: {count} row(s) without a day that can be read. {remedy}",
                column=context.header("date"),
                count=wrong,
                remedy=remedy,
            )
    for first, last in dict.fromkeys(spans):
        context.spanning(first, last)
    firsts, lasts = [each[0] for each in spans], [each[1] for each in spans]
    return frame.with_columns(
        first=pl.Series(firsts, dtype=pl.Date),
        last=pl.Series(lasts, dtype=pl.Date),
        started_at=pl.Series([day_of(*each) for each in spans], dtype=pl.Date),
    )


def _measured(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Bring rates and averages back to the sums they were made of."""
    rounded = {
        "engagement_rate": pl.col("sessions") * pl.col("engagement_rate"),
        "bounce_rate": pl.col("sessions") * (1 - pl.col("bounce_rate")),
        "bounces": pl.col("sessions") - pl.col("bounces"),
    }
    for name, engaged in rounded.items():
        if name in frame.columns and "engaged_sessions" not in frame.columns:
            whole = engaged.round().cast(pl.Int64, strict=False)
            frame = frame.with_columns(engaged_sessions=whole)
    for name, made in (("avg_engaged_s", "engaged_s"), ("avg_duration_s", "duration_s")):
        if name in frame.columns and made not in frame.columns:
            frame = frame.with_columns((pl.col(name) * pl.col("sessions")).alias(made))
    if "pageviews" not in frame.columns and "actions" in frame.columns:
        frame = frame.with_columns(pageviews=pl.col("actions"))
        context.note("page views are the tool's actions: downloads and links out are in them")
    for name in ("sessions", *SUMS):  # -1: not yet known
        if name in frame.columns:
            known = pl.when(pl.col(name) >= 0).then(pl.col(name))
            frame = frame.with_columns(known.alias(name))
    frame = context.left_out.keep(frame, pl.col("sessions") > 0, "no visit in it")
    if "engaged_sessions" not in frame.columns:
        return frame
    if frame["engaged_sessions"].null_count():
        return frame.drop("engaged_sessions")
    if len(frame.filter(pl.col("engaged_sessions") > pl.col("sessions"))):
        raise context.refused("more engaged sessions than sessions. Export it again.")
    return frame


def _named(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Add a name of each row that stays the same in the next export, and tidy dimensions."""
    dimensions = [name for name in context.table.options["dimensions"] if name in frame.columns]
    written = frame.select(dimensions).rows() if dimensions else [()] * len(frame)
    seen: dict[str, int] = {}
    amounts = frame.select("sessions", *(name for name in SUMS if name in frame.columns)).rows()
    order = sorted(range(len(frame)), key=lambda row: tuple(str(each) for each in amounts[row]))
    found = [""] * len(frame)
    for row in order:
        days = f"{frame['first'][row]:%Y%m%d}:{frame['last'][row]:%Y%m%d}"
        parts = [
            f"{name}={value}"
            for name, value in zip(dimensions, written[row], strict=True)
            if name != "date"
        ]
        mark = digest("\x1f".join(parts), 16)
        name = f"{context.table.options['tool']}:{days}:{mark}"
        seen[name] = seen.get(name, 0) + 1
        found[row] = name if seen[name] == 1 else f"{name}:{seen[name]}"
    frame = frame.with_columns(session_id=pl.Series(found, dtype=pl.String))
    if "source_medium" in frame.columns:
        both = pl.col("source_medium").str.splitn(" / ", 2).struct
        frame = frame.with_columns(source=both.field("field_0"), medium=both.field("field_1"))
    if "channel" in frame.columns:
        groups = {key(name): made for name, made in context.table.options["channels"].items()}
        made = [groups.get(key(text or ""), "unassigned") for text in frame["channel"]]
        frame = frame.with_columns(channel=pl.Series(made, dtype=pl.String))
    for name in ("campaign_id", "landing_page"):
        if name in frame.columns:
            frame = frame.with_columns(real(pl.col(name)).alias(name))
    if "country" in frame.columns:
        frame = frame.with_columns(country=codes(frame["country"]))
    return frame
