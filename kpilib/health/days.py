"""How much came on each day of a table, cut in the company's time zone; read once a table."""

from __future__ import annotations

from datetime import UTC, date, datetime

import narwhals as nw
import pandas as pd

from kpilib.tables import TABLES
from kpilib.tables.read import in_pandas
from kpilib.tables.store import Tables

WHOLE = ""  # what is counted when no feed is named
ROWS = "rows"
# What a feed tells apart, beside who feeds it: of several ways to cut the same days, the whole.
ONLY = {"social_daily": ("dimension", "total")}
# Small numbers, which may be below 0.
LEFT_OUT = {"social_daily": ("new_followers", "lost_followers", "profile_contacts")}
SUMMER_AND_WINTER = ((2026, 1), (2026, 7))

Series = dict[date, float]


def by_day(tables: Tables, name: str) -> dict[tuple[str, str], Series]:
    """Return what a table adds up to on each local day.

    Parameters
    ----------
    tables : Tables
    name : str
        A canonical table that is there.

    Returns
    -------
    dict of (str, str) to dict of date to float
        By who feeds the table (empty when nobody is named) and column; ``rows`` counts rows, or
        adds up what stands for them where they come summed up. Empty when nothing dates the rows,
        or when they are intervals or plans rather than events.
    """
    key = ("by day", name)
    if key not in tables.cache:
        tables.cache[key] = _read(tables, name)
    return tables.cache[key]


def _read(tables: Tables, name: str) -> dict[tuple[str, str], Series]:
    contract, present = TABLES[name], tables.columns(name)
    if contract.time not in present or contract.planned or contract.span:
        return {}
    time, feed = contract.time, [each for each in contract.feed[:1] if each in present]
    counted = contract.summed.get("") if tables.summed(name) else None
    amounts = _amounts(name, present) if feed else []
    only = ONLY.get(name) if ONLY.get(name, ("",))[0] in present else None
    columns = {time, *feed, *amounts, *([counted] if counted else ()), *(only[:1] if only else ())}
    frame = tables.frame(name, columns)
    if only:
        frame = frame.filter(nw.col(only[0]) == only[1])
    rows = nw.len() if counted is None else nw.col(counted).sum()
    frame = frame.filter(~nw.col(time).is_null()).with_columns(slot=_slot(frame, time, tables))
    sums = {f"sum {each}": nw.col(each).sum() for each in amounts}
    found = in_pandas(frame.group_by("slot", *feed).agg(counted_rows=rows, **sums))
    found["slot"] = _local(found["slot"], tables)
    found["feed"] = found[feed[0]].fillna("").astype(str) if feed else WHOLE
    measured = {"counted_rows": ROWS, **{f"sum {each}": each for each in amounts}}
    days = found.groupby(["feed", "slot"], sort=True)[list(measured)].sum(min_count=1)
    return {
        (str(who), label): {day: float(value) for day, value in part[column].dropna().items()}
        for who, part in ((who, days.xs(who)) for who in dict.fromkeys(found["feed"]))
        for column, label in measured.items()
        if len(part[column].dropna())
    }


def _amounts(name: str, present: set[str]) -> list[str]:
    contract = TABLES[name].columns
    return sorted(
        each
        for each in present
        if contract[each].type in ("int", "EUR") and each not in LEFT_OUT.get(name, ())
    )


def _slot(frame: nw.LazyFrame, time: str, tables: Tables) -> nw.Expr:
    """Return the local day; of a database, which cannot convert, a part of it that lies in one."""
    value = nw.col(time)
    if frame.collect_schema()[time] == nw.Date:
        return value
    if frame.implementation.is_polars():
        return value.dt.convert_time_zone(tables.zone.key).dt.date()
    whole = all(_offset(tables, *each) % 3600 == 0 for each in SUMMER_AND_WINTER)
    return value.dt.truncate("1h" if whole else "1m")


def _offset(tables: Tables, year: int, month: int) -> float:
    return datetime(year, month, 1, tzinfo=UTC).astimezone(tables.zone).utcoffset().total_seconds()


def _local(slots: pd.Series, tables: Tables) -> pd.Series:
    instants = pd.to_datetime(slots)
    if (instants == instants.dt.normalize()).all() and instants.dt.tz is None:
        return instants.dt.date
    aware = instants.dt.tz_localize("UTC") if instants.dt.tz is None else instants
    return aware.dt.tz_convert(tables.zone.key).dt.date
