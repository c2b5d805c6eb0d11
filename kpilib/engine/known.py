"""What is known of a period: where feeds begin, end and lack days, silence, and every flag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import narwhals as nw
import numpy as np

from kpilib.definitions import Kpi, Method
from kpilib.engine.aggregate import gather
from kpilib.engine.clock import local_days, recorded_days
from kpilib.engine.columns import Figures
from kpilib.engine.coverage import all_lost, days_of, feed_of, kept_in
from kpilib.engine.outcome import NO_DATA, Outcome, unknown
from kpilib.engine.question import OneKpi, Question
from kpilib.engine.slices import EVERYONE, Cells, broken_down, divided_here
from kpilib.errors import listed, nearest_names
from kpilib.measure import INTERVAL_KINDS, Measure, count, distinct
from kpilib.period import Period
from kpilib.tables.buyers import contractual
from kpilib.tables.derive import CONTRACTS, alternatives, base_of, records, sources
from kpilib.tables.instants import days_after
from kpilib.tables.read import in_pandas, native
from kpilib.tables.store import Tables
from kpilib.tables.voice import unread

USUAL = 0.9  # of the gaps between two days with rows: a longer silence is an end
LOW_N = 30
MOST_NAMED = 8  # groups that a reason names
SNAPSHOT = "snapshot_at"  # when the figures of a row were read, where a table says it
SILENT = "There is no data for this period."
EMPTY = "The table is empty."
TOO_YOUNG = "The records do not go back far enough to tell."
NOBODY = "Nobody is known to have belonged at any time."


def fed_until(question: Question, kpi: Kpi, by: str | None) -> dict[str, date]:
    """Return the last day of the feeds of a KPI that end before the data does, by group.

    Parameters
    ----------
    question : Question
    kpi : Kpi
    by : str or None
        Where it is a column that names who feeds a table, each of those ends on a day of its own.

    Returns
    -------
    dict of str to datetime.date
        The whole under an empty name; nothing of feeds that go as far as the data.
    """
    cache, key = question.tables.cache, ("fed until", id(kpi), by, question.as_of)
    if key not in cache:
        cache[key] = kpi, _fed_until(question, kpi, by)  # the KPI too, or its id were reused
    return cache[key][1]


def _fed_until(question: Question, kpi: Kpi, by: str | None) -> dict[str, date]:
    found: dict[str, date] = {}
    for feed in _feeds(question, kpi):
        last = question.tables.extent(base_of(feed.table)).last
        own = by if _names_feeds(question.tables, kpi, feed.table, by) else None
        if last is None or (last >= question.as_of and own is None and feed.where is None):
            continue
        for group, days in days_of(question.tables, feed, own).items():
            end = _end(question, days)
            if end is not None:
                found[group] = min(end, found.get(group, end))
    given = question.freshness.keys() & question.tables.given.keys()
    for name in given.intersection(_behind(question.tables, kpi)):
        last = question.tables.extent(name).last
        if last is not None and _overdue(question, name, last, question.as_of):
            found[EVERYONE] = min(last, found.get(EVERYONE, last))
    return found


def _names_feeds(tables: Tables, kpi: Kpi, table: str, by: str | None) -> bool:
    """Whether a column names who feeds a table; a platform on which ads pause goes on feeding."""
    return by in CONTRACTS[table].feed and not kpi.pauses and divided_here(tables, table, by)


def late(one: OneKpi, period: Period, group: str) -> bool:
    """Whether the feed of a figure, or one of those that it adds up, ends in a period."""
    question, kpi, by = one
    part = question.elapsed(period)
    if question.fed(period, group) != part:
        return True
    columns = {each for table in kpi.tables for each in CONTRACTS[base_of(table)].feed}
    if by in columns:
        return False
    ends = (end for each in columns for end in fed_until(question, kpi, each).values())
    return any(period.start <= end < part.end_day for end in ends)


def _feeds(question: Question, kpi: Kpi) -> Iterator[Measure]:
    """Yield what tells the days of each daily table that a KPI reads."""
    tables = question.tables
    if question.as_of is None or isinstance(kpi.value, Method):
        return
    told = feed_of(tables, kpi)
    if told is not None and tables.holds(told.table, set(told.columns)):
        yield told
    for name in dict.fromkeys(base_of(table) for table in kpi.tables):
        if CONTRACTS[name].daily and name in tables and (told is None or told.table != name):
            yield distinct(name, CONTRACTS[name].time)


def _end(question: Question, days: set[date]) -> date | None:
    """Return the last day, where it is not the last of the data and none was to be expected."""
    known = sorted(day for day in days if day <= question.as_of)
    gaps = [(after - day).days for day, after in zip(known, known[1:], strict=False)]
    if not gaps or min(gaps) > 1:  # sums of weeks or months, or hardly any day
        return None
    silent = (question.as_of - known[-1]).days
    return known[-1] if silent and silent >= np.quantile(gaps, USUAL) else None


def _behind(tables: Tables, kpi: Kpi) -> list[str]:
    """Return the canonical tables that a KPI reads, as far as they are there."""
    names = dict.fromkeys(name for table in kpi.tables for name in sources(table, set()))
    return [name for name in names if name in tables]


def silence(one: OneKpi, period: Period, roles: Mapping[str, Cells]) -> Outcome | None:
    """Say why nothing is known of a period: an empty table, or one that does not reach it."""
    question, kpi, _ = one
    strange = [_strange(question.tables, measure) for measure in kpi.measures.values()]
    if strange and all(strange):
        return unknown(NO_DATA, strange[0])
    for role, cells in roles.items():
        if role in kpi.optional:
            continue
        measure = kpi.measures[role]
        if _before_records(question.tables, measure, period):
            return unknown(NO_DATA, TOO_YOUNG)
        if cells.rows.get(period) and _recorded(question, measure, period):
            continue
        spare = alternatives(measure.table)
        given = [name for name in sources(measure.table, set()) if name in question.tables]
        empty = [name for name in given if not question.tables.extent(name).rows]
        if any(name not in spare or set(given) == set(empty) for name in empty):
            return unknown(NO_DATA, EMPTY)
        contract = CONTRACTS[measure.table]
        if measure.kind in INTERVAL_KINDS:
            return unknown(NO_DATA, NOBODY)
        if contract.daily or not _reaches(question, measure, period):
            return unknown(NO_DATA, SILENT)
    if question.as_of is not None and period.start > question.as_of:
        return unknown(NO_DATA, SILENT)
    return None


def _strange(tables: Tables, measure: Measure) -> str:
    """Say which group that figures are restricted to is in no row at all; empty where one is.

    A word that is misspelt would else read as a month without data.
    """
    everyone = tables.restricted({})
    for name, wanted in tables.where.items():
        key = ("groups", measure.table, name, measure.time)
        if key not in tables.cache:
            day = tables.as_of or date.min
            rows = broken_down(everyone, measure.table, set(measure.columns), name, (day, day))
            tables.cache[key] = sorted(in_pandas(rows.select("group").unique())["group"])
        there = tables.cache[key]
        if not set(wanted) & set(there):
            near = nearest_names(wanted[0], there)
            named = (
                f"Nearest: {listed(near)}" if near else f"There is: {listed(there[:MOST_NAMED])}"
            )
            return f"No row has {name} {wanted[0]!r}. {named}."
    return ""


def unheard(question: Question, measure: Measure, period: Period, cells: Cells) -> bool:
    """Whether a figure beside another is of a period when its table of events was not kept yet."""
    stays = measure.kind in INTERVAL_KINDS and not measure.at
    counted = cells.rows.get(period) and not measure.at
    reaches = stays or counted or _reaches(question, measure, period)
    return not (reaches and _recorded(question, measure, period))


def _recorded(question: Question, measure: Measure, period: Period) -> bool:
    """Whether what happens to rows of a table was recorded: else none of them is none known."""
    tables, names = question.tables, records(measure.table)
    kept = [tables.extent(name) for name in names]
    begun = all(each.rows and (each.first or period.end_day) <= period.end_day for each in kept)
    return begun and not any(all_lost(tables, name, period) for name in names)


def _reaches(question: Question, measure: Measure, period: Period) -> bool:
    """Whether a table that records events was kept during the period, so that none means 0."""
    if not kept_in(question.tables, base_of(measure.table), period):
        return False
    return question.as_of is None or period.start <= question.as_of


def flag(one: OneKpi, found: Figures) -> None:
    """Give figures every flag that their period, group and cases give."""
    question, kpi, _ = one
    if kpi.interval != "none":
        found.flag("low_n", found.n < LOW_N)
    fed = [(p, group if group in question.fed_until else EVERYONE) for p, group in found.places]
    ends = {place: late(one, *place) for place in dict.fromkeys(fed)}
    found.flag("late", np.array([ends[place] for place in fed], dtype=bool))
    for period in dict.fromkeys(period for period, _ in found.places):
        for name in _flags(question, kpi, period):
            found.flag(name, found.inside([period]))


def _flags(question: Question, kpi: Kpi, period: Period) -> tuple[str, ...]:
    """Return the flags that every figure of a period has."""
    tables, flags, names = question.tables, [*kpi.bears], _behind(question.tables, kpi)
    if question.partial(period) and period.start <= question.as_of:
        flags.append("partial")
    if _immature(question, kpi, period) or _read_early(tables, kpi, period):
        flags.append("immature")
    for name in names:
        extent = tables.extent(name)
        if extent.duplicates:
            flags.append("excluded_rows")
        last, until = extent.last, min(period.end_day, question.as_of or period.end_day)
        ends = last is not None and period.start <= last < until
        if CONTRACTS[name].daily and ends and not _by_month(tables, name):
            flags.append("late")
        if last is not None and _overdue(question, name, last, until):
            flags.append("late")
    estimated = bool(question.estimated.intersection(names))
    if (
        estimated
        or tables.assumed(kpi.needs)
        or _cut_short(question, kpi, period)
        or _windowless(tables, kpi)
        or _read_in_texts(tables, kpi)
    ):
        flags.append("approximate")
    return tuple(flags)


def _overdue(question: Question, name: str, last: date, until: date | None) -> bool:
    """Whether a table ends earlier than company.yaml allows: then no row may not mean none."""
    allowed = question.freshness.get(name)
    return allowed is not None and until is not None and (until - last).days > allowed


def _by_month(tables: Tables, name: str) -> bool:
    """Whether the rows of a table are sums of months, dated on the first day."""
    return tables.summed(name) and all(day.day == 1 for day in recorded_days(tables, name))


def _windowless(tables: Tables, kpi: Kpi) -> bool:
    """Whether the days that a figure waits for are not told: totals count what came later, too."""
    return bool(kpi.maturity_days) and tables.summed(kpi.tables[0])


def _read_in_texts(tables: Tables, kpi: Kpi) -> bool:
    """Whether nobody noted what a figure counts of texts: it was read in them, with mistakes."""
    if "texts" not in tables:
        return False
    key = ("unread", "texts")
    if key not in tables.cache:
        frame = native(tables.given["texts"], tables.origin("texts"))
        tables.cache[key] = set(unread(frame))
    read = tables.cache[key]  # asked of every figure: most read no text at all
    return bool(read) and any(
        read & sources(name, columns).get("texts", set()) for name, columns in kpi.needs.items()
    )


def _read_early(tables: Tables, kpi: Kpi, period: Period) -> bool:
    """Whether a row of the period was read off its platform before it had run its course."""
    table = kpi.tables[0]
    if not kpi.maturity_days or table not in tables or SNAPSHOT not in tables.columns(table):
        return False
    key = ("read early", table, kpi.maturity_days)
    if key not in tables.cache:
        time = CONTRACTS[table].time
        rows = tables.frame(table, {time, SNAPSHOT})
        early = rows.filter(nw.col(SNAPSHOT) < days_after(nw.col(time), kpi.maturity_days))
        tables.cache[key] = set(local_days(tables, table, early.select(time), time)["day"])
    return any(period.start <= day <= period.end_day for day in tables.cache[key])


def _immature(question: Question, kpi: Kpi, period: Period) -> bool:
    """Whether the youngest cause (a message sent, a lead created) may still have effects."""
    if question.as_of is None or not (kpi.maturity_days or kpi.matures_at):
        return False
    table = next((measure.table for measure in kpi.measures.values()), kpi.tables[0])
    if kpi.matures_at:
        running = count(table, lambda t: getattr(t, kpi.matures_at) > question.as_of)
        cells = gather(question.tables, [running], [period], None)[running]
        return any(cells.values.values())
    if "is_due" in CONTRACTS[table].columns:  # the table says itself of each cause
        return bool(_waiting(question, table).values.get((period, EVERYONE)))
    last = question.tables.extent(base_of(table)).last
    youngest = min(period.end_day, last or period.end_day)
    return youngest + timedelta(days=kpi.maturity_days) > question.last_whole_day


def _waiting(question: Question, table: str) -> Cells:
    """Count the causes that have not had their time, for all periods of the question at once."""
    key = ("waiting", table, tuple(question.every_period))
    if key not in question.tables.cache:
        waiting = count(table, lambda t: ~t.is_due)
        found = gather(question.tables, [waiting], question.every_period, None)
        question.tables.cache[key] = found[waiting]
    return question.tables.cache[key]


def _cut_short(question: Question, kpi: Kpi, period: Period) -> bool:
    """Whether a figure looks further back than its records go: customers of before are missing."""
    required = (part for role, part in kpi.measures.items() if role not in kpi.optional)
    for measure in required:
        since = _looks_back(question.tables, measure, period)
        if since is None:
            continue
        first = question.tables.extent(base_of(measure.table)).first
        if first is not None and since < first <= period.end_day:
            return True
    return False


def _looks_back(tables: Tables, measure: Measure, period: Period) -> date | None:
    """Return the first day whose rows may count, when it lies before the period."""
    if measure.window:
        return period.ending(measure.window).start
    if measure.table != "customer_spans" or by_contract(tables):
        return None
    of_the_opening = measure.kind in ("opening", "stayed", "lost")
    day = period.start if of_the_opening else period.end_day
    return day - timedelta(days=tables.assumptions.customer_days)


def _before_records(tables: Tables, measure: Measure, period: Period) -> bool:
    """Whether customers are known by their orders, and a period ends before it can be told.

    Nobody can be lost in the first 365 days of the records: a rate of 0 would say nothing.
    """
    if measure.table != "customer_spans" or by_contract(tables):
        return False
    first = tables.extent("orders").first
    waits = tables.assumptions.customer_days if measure.kind in ("stayed", "lost") else 0
    return first is not None and period.end_day < first + timedelta(days=waits)


def by_contract(tables: Tables) -> bool:
    """Whether customers are known by their subscriptions, or only by what they order."""
    if "memberships" not in tables:
        return False
    if "orders" not in tables:
        return True
    if "by contract" not in tables.cache:
        tables.cache["by contract"] = contractual(tables.frame("memberships", {"kind"}))
    return tables.cache["by contract"]
