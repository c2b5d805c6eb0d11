"""One pass over each table: every measure, for all periods asked, by one breakdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kpilib.belonging import intervals_of_belonging
from kpilib.derive import host
from kpilib.engine import Tables
from kpilib.errors import ContractError
from kpilib.events import events, repeats
from kpilib.measure import EVENT_KINDS, INTERVAL_KINDS, REPEAT_KINDS, STOCK_KINDS, Measure
from kpilib.period import Period
from kpilib.slices import Cells
from kpilib.stocks import stocks

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

    Returns
    -------
    dict of Measure to Cells

    Raises
    ------
    ContractError
        Columns that are missing or cannot be broken down by, all of them.
    """
    queries: dict[tuple, list[Measure]] = defaultdict(list)
    for measure in dict.fromkeys(measures):
        family = FAMILIES[measure.kind]
        time = measure.time if measure.kind in (*EVENT_KINDS, *REPEAT_KINDS) else ""
        table = host(measure.table, set(measure.columns), by)
        queries[family, table, time, measure.window].append(measure)
    found: dict[Measure, Cells] = {}
    faults: list[str] = []
    for (family, table, _, window), asked in queries.items():
        spans = {period: period.ending(window) if window else period for period in periods}
        try:
            cells = family(tables, table, asked, list(dict.fromkeys(spans.values())), by)
            found |= {m: own.under(spans) if window else own for m, own in cells.items()}
        except ContractError as error:
            faults += error.faults
    if faults:
        raise ContractError(dict.fromkeys(faults))
    return found
