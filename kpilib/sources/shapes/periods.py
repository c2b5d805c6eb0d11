"""The days that an export is about: told by its first lines, in any language, or by the analyst."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

import polars as pl

from kpilib.errors import ContractError
from kpilib.sources.block import Block
from kpilib.sources.context import Context
from kpilib.sources.spans import PERIOD
from kpilib.tables import moments

Span = tuple[date, date]


EDGE = re.compile(r"#\s*[^:]+:\s*(\d{8})\s*")  # "# Start date: 20250101", in any language
RANGE = re.compile(r"#?\s*(\d{8})\s*-\s*(\d{8})\s*")
ISO_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)\s*[,/]\s*(\d{4}-\d\d-\d\d)")
WORDS = ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%Y-%m-%d")
DASH = re.compile(r"\s+[-\u2013\u2014]\s+")


def period_of(block: Block, context: Context) -> Span | None:
    """Return the first and the last day that a table is about; None when nothing says so."""
    return span_of(context.answer(PERIOD)) or _above(block)


def required_period(block: Block, context: Context, remedy: str) -> Span:
    """Return the days that a table is about.

    Raises
    ------
    ContractError
        Nothing says which days, with the remedy.
    """
    found = period_of(block, context)
    if found is None:
        raise ContractError(
            [
                f"{block.origin}: nothing says of which days these rows are. {remedy} Or say it:"
                f" --read '{PERIOD}=2026-09-01/2026-09-30'."
            ]
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
        return _days(match[1].replace("-", ""), match[2].replace("-", ""))
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


def _above(block: Block) -> Span | None:
    edges: list[str] = []
    for line in block.preamble:
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
        found = _day(first), _day(last)
    except ValueError:
        return None
    return found if found[0] <= found[1] else None


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))
