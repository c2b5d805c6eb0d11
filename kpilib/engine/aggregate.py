"""One pass over each table: every measure, for all periods asked, by one breakdown."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from kpilib.assumptions import Assumptions
from kpilib.engine.belonging import intervals_of_belonging
from kpilib.engine.slices import Cells, broken_down, dated, days_asked, read_together, rows_by
from kpilib.errors import ContractError
from kpilib.measure import EVENT_KINDS, INTERVAL_KINDS, REPEAT_KINDS, STOCK_KINDS, Fields, Measure
from kpilib.period import Period
from kpilib.tables.allowed import counted, refuse_broken, rules_beside
from kpilib.tables.derive import CONTRACTS, base_of, host
from kpilib.tables.read import in_pandas, records
from kpilib.tables.store import Tables

SUMS = ("sum", "unsummable")


def events(
    tables: Tables, table: str, measures: list[Measure], periods: list[Period], by: str | None
) -> dict[Measure, Cells]:
    summed = tables.summed(table)
    measures_read = {
        measure: _of_sums(measure) if summed else measure
        for measure in measures
        if not (summed and (_needs_single_rows(tables, measure) or not CONTRACTS[table].summed))
    }
    columns = set().union({measures[0].time}, *(m.columns for m in measures_read.values()))
    rules = rules_beside(tables, table, columns)
    columns |= {column for column, _, _ in rules}
    days, time, wrong = days_asked(periods), measures[0].time, Counter[str]()
    frame = (rows_by if rules else broken_down)(tables, table, columns, by, days, time)
    found = {measure: Cells(lost=measure not in measures_read) for measure in measures}
    broken = {f"broken{number}": counted(rule) for number, rule in enumerate(rules)}
    asked, prepared = [nw.len().alias("rows"), *(nw.col(name).sum() for name in broken)], {**broken}
    for index, measure in enumerate(measures_read.values()):
        more, columns_made = _aggregation(measure, index, summed, tables.assumptions)
        asked += more
        prepared |= columns_made
    for part in read_together(tables, table, time, periods):
        inside, cells = dated(frame, time, part, tables)
        inside = inside.with_columns(**prepared) if prepared else inside
        keys = ["cell", "group"] if len(part) > 1 else ["group"]
        for row in records(inside.group_by(*keys).agg(*asked)):
            period = cells.get(int(row.get("cell", 1)))
            if period is None:  # a gap between two periods
                continue
            wrong.update({name: row[name] for name in broken})
            for own in found.values():
                own.rows[period] += int(row["rows"])
            for index, (measure, read) in enumerate(measures_read.items()):
                _take(found[measure], (measure, read, index), row, (period, row["group"]))
    refuse_broken(tables, table, rules, [wrong[name] for name in broken])
    return found


def _take(
    own: Cells, asked: tuple[Measure, Measure, int], row: dict[str, Any], at: tuple[Period, str]
) -> None:
    """Take what a row of sums says of a measure, as it was read, in one period and group."""
    measure, read, index = asked
    value = _value(read, index, row)
    if value is not None:
        own.values[at] = value
    if read.kind in SUMS:
        own.atoms[at] = int(row["rows"] - row[f"null{index}"])
        blank = _blank(index, row) if read.is_column or value is None else 0
        if blank:
            own.blank[at] = blank
    bounded = measure.kind == "distinct" != read.kind or read.kind == "unsummable"
    largest = row[f"largest{index}"] if bounded else None
    if None not in (value, largest):
        own.bounds[at] = float(largest), value


def _needs_single_rows(tables: Tables, measure: Measure) -> bool:
    """Whether sums do not tell what is measured, and no column of theirs says it."""
    if measure.of_sums is None:
        return measure.single
    return not _of_sums(measure).columns <= tables.columns(base_of(measure.table))


def _of_sums(measure: Measure) -> Measure:
    """Return the measure that reads the same from rows that come summed up.

    Counting rows becomes adding their counts. Distinct values cannot be added: their sum and the
    largest part are the bounds between which they lie.
    """
    if measure.of_sums is not None:
        return replace(
            measure, kind="sum", keys=(), where=None, value=measure.of_sums, of_sums=None
        )
    summed = CONTRACTS[measure.table].summed
    name = "" if measure.kind == "count" else " ".join(measure.keys)
    if measure.kind in SUMS or name not in summed:
        return measure
    return replace(measure, kind="sum", keys=(), value=lambda t: getattr(t, summed[name]))


def repeats(
    tables: Tables, table: str, measures: list[Measure], periods: list[Period], by: str | None
) -> dict[Measure, Cells]:
    """Count the keys that come back: those that enough rows of a period have, and not too many."""
    found = {measure: Cells(lost=tables.summed(table)) for measure in measures}
    columns = set().union(*(measure.columns for measure in measures))
    frame = broken_down(tables, table, columns, by, days_asked(periods), measures[0].time)
    for measure in measures:
        fields = Fields(CONTRACTS[measure.table])
        kept = frame.filter(*(~nw.col(key).is_null() for key in measure.keys))
        kept = kept.filter(measure.where(fields)) if measure.where else kept
        for part in read_together(tables, table, measure.time, periods):
            inside, cells = dated(kept, measure.time, part, tables)
            each_key = inside.group_by("cell", "group", *measure.keys).agg(rows=nw.len())
            enough = nw.col("rows") >= measure.least
            if measure.most is not None:
                enough = enough & (nw.col("rows") <= measure.most)
            often = nw.when(enough).then(nw.lit(1)).otherwise(nw.lit(0))
            counts = each_key.with_columns(often=often).group_by("cell", "group")
            counts = counts.agg(nw.col("often").sum(), nw.col("rows").sum())
            for row in records(counts):
                period = cells.get(int(row["cell"]))
                if period is not None:
                    found[measure].values[period, row["group"]] = float(row["often"])
                    found[measure].rows[period] += int(row["rows"])
    return found


def _aggregation(
    measure: Measure, index: int, summed: bool, assumed: Assumptions
) -> tuple[list[Any], dict[str, Any]]:
    """Return what to ask of a group's rows, and the columns to make for it first."""
    fields = Fields(CONTRACTS[measure.table], assumed)
    counted = measure.where(fields) if measure.where else None
    value, made = f"value{index}", f"made{index}"
    column = nw.col(made)
    if measure.kind == "count":
        if counted is None:
            return [nw.len().alias(value)], {}
        return [column.sum().alias(value)], {made: counted.cast(nw.Int32)}
    if measure.kind == "median":
        return [column.median().alias(value)], {made: _only(measure.value(fields), counted)}
    nulls = column.null_count().alias(f"null{index}")
    if measure.kind in SUMS:
        asked, columns = [column.sum().alias(value), nulls], {made: measure.amount(fields)}
        if counted is not None:
            columns[made] = _only(columns[made], counted)
            columns[f"in{index}"] = counted.cast(nw.Int32)
            asked.append(nw.col(f"in{index}").sum().alias(f"inside{index}"))
        if summed or measure.kind == "unsummable":
            asked.append(column.max().alias(f"largest{index}"))
        return asked, columns
    keys = [nw.col(name) for name in measure.keys]
    key = keys[0] if len(keys) == 1 else nw.concat_str(*keys, separator="\x1f")
    return [column.n_unique().alias(value), nulls], {made: _only(key, counted)}


def _only(value: Any, counted: Any) -> Any:
    return value if counted is None else nw.when(counted).then(value)


def _value(measure: Measure, index: int, row: dict[str, Any]) -> float | None:
    value = row[f"value{index}"]
    if value is None or value != value:  # the median of nothing
        return None
    value = float(value)
    if measure.kind == "distinct":
        return value - (row[f"null{index}"] > 0)  # null is not a person
    if measure.kind in SUMS:
        counted = row.get(f"inside{index}", row["rows"])
        if counted and row[f"null{index}"] == row["rows"]:
            return None  # rows there are, and not one value: unknown, not 0
    return value


def _blank(index: int, row: dict[str, Any]) -> int:
    """Return how many rows that a sum counts have nothing to be added."""
    counted = row.get(f"inside{index}", row["rows"])
    return int(counted or 0) - int(row["rows"] - row[f"null{index}"])


def stocks(
    tables: Tables, table: str, measures: list[Measure], periods: list[Period], by: str | None
) -> dict[Measure, Cells]:
    columns = set().union(*(measure.columns for measure in measures))
    contract = CONTRACTS[table]
    span = days_asked(periods)
    frame = broken_down(tables, table, columns, by, span)
    day = contract.time
    frame = frame.filter(nw.col(day) <= span[1])
    found = {}
    for measure in measures:
        fields = Fields(contract)
        kept = frame.filter(measure.where(fields)) if measure.where else frame
        values = kept.select(
            nw.col(day).alias("day"), "group", *measure.per, measure.value(fields).alias("value")
        )
        data = in_pandas(values).dropna(subset=["value"])
        data["day"] = pd.to_datetime(data["day"]).to_numpy().astype("datetime64[D]")
        found[measure] = _stock(measure, data.sort_values("day", kind="stable"), periods)
    return found


def _stock(measure: Measure, data: pd.DataFrame, periods: list[Period]) -> Cells:
    """Take the last value of each account (or the mean of the days) out of rows in order of days.

    Each period is a slice of them.
    """
    cells = Cells()
    days, values = data["day"].to_numpy().astype("datetime64[D]"), data["value"].to_numpy(float)
    groups, names = pd.factorize(data["group"])
    averaged = measure.kind == "mean"
    one = ["group", "day"] if averaged else ["group", *measure.per]
    accounts = data.groupby(one, dropna=False).ngroup().to_numpy()
    group_of = np.zeros(accounts.max(initial=-1) + 1, dtype=int)
    group_of[accounts] = groups
    for period in periods:
        first = np.searchsorted(days, np.datetime64(period.start), side="left")
        after = np.searchsorted(days, np.datetime64(period.end_day), side="right")
        inside = slice(0, first) if measure.kind == "before" else slice(first, after)
        own = accounts[inside]
        cells.rows[period] = len(own)
        there, place = np.unique(own, return_inverse=True)
        if averaged:
            parts = np.bincount(place, values[inside], minlength=len(there))
        else:
            last = np.zeros(len(there), dtype=int)
            np.maximum.at(last, place, np.arange(len(own)))
            parts = values[inside][last]
        sums = np.bincount(group_of[there], parts, minlength=len(names))
        counts = np.bincount(group_of[there], minlength=len(names))
        for group in np.flatnonzero(counts):
            value = sums[group] / counts[group] if averaged else sums[group]
            cells.values[period, str(names[group])] = float(value)
    return cells


FAMILIES = {
    **dict.fromkeys(EVENT_KINDS, events),
    **dict.fromkeys(REPEAT_KINDS, repeats),
    **dict.fromkeys(INTERVAL_KINDS, intervals_of_belonging),
    **dict.fromkeys(STOCK_KINDS, stocks),
}


def gather(
    tables: Tables, measures: Iterable[Measure], periods: list[Period], by: str | None
) -> dict[Measure, Cells]:
    """Aggregate measures, one query per table, date column and set of disjoint periods.

    Parameters
    ----------
    tables : Tables
    measures : iterable of Measure
    periods : list of Period
    by : str or None
        Column to break down by; looked up in a linked table when the measure's has none.

    Raises
    ------
    ContractError
        Columns that are missing or cannot be broken down by, all of them.
    """
    queries: dict[tuple, list[Measure]] = defaultdict(list)
    for measure in dict.fromkeys(measures):
        family = FAMILIES[measure.kind]
        time = measure.time if measure.kind in (*EVENT_KINDS, *REPEAT_KINDS) else ""
        own = None if measure.whole else by
        table = host(measure.table, set(measure.columns), own)
        queries[family, table, time, measure.window, own].append(measure)
    found: dict[Measure, Cells] = {}
    faults: list[str] = []
    for (family, table, _, window, own), asked in queries.items():
        spans = {period: period.ending(window) if window else period for period in periods}
        try:
            cells = family(tables, table, asked, list(dict.fromkeys(spans.values())), own)
            found |= {m: each.under(spans) if window else each for m, each in cells.items()}
        except ContractError as error:
            faults += error.faults
    if faults:
        raise ContractError(dict.fromkeys(faults))
    return found


def of_the_whole(
    tables: Tables,
    measures: list[Measure],
    asked: Iterable[Period],
    ahead: Iterable[Period] = (),
) -> dict[Measure, Cells]:
    """Aggregate without breakdown, once: periods asked together with those that are asked next.

    Parameters
    ----------
    tables : Tables
    measures : list of Measure
    asked, ahead : iterable of Period

    Returns
    -------
    dict of Measure to Cells
        Of the periods asked, and of others.
    """
    asked, key = set(asked), ("cells", tables.assumptions.model_dump_json())
    known: dict[Measure, tuple[set[Period], Cells]] = tables.cache.setdefault(key, {})
    lacking = [each for each in measures if each not in known or not asked <= known[each][0]]
    windows = [each for each in lacking if each.window]  # they share days: each is read alone
    others = [each for each in lacking if not each.window]
    for own, periods in ((windows, asked), (others, asked.union(ahead))):
        found = gather(tables, own, sorted(periods), None)
        known |= {measure: (periods, cells) for measure, cells in found.items()}
    return {measure: known[measure][1] for measure in measures}
