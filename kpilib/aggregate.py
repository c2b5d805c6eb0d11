"""One pass over each table: every measure, for all periods asked, by one breakdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kpilib.belonging import intervals_of_belonging
from kpilib.engine import Tables
from kpilib.errors import ContractError
from kpilib.events import events
from kpilib.measure import EVENT_KINDS, INTERVAL_KINDS, STOCK_KINDS, Measure
from kpilib.period import Period
from kpilib.slices import Cells
from kpilib.stocks import stocks

FAMILIES = {
    **dict.fromkeys(EVENT_KINDS, events),
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
        queries[family, measure.table, measure.time if family is events else ""].append(measure)
    found: dict[Measure, Cells] = {}
    faults: list[str] = []
    for (family, table, _), asked in queries.items():
        try:
            found |= family(tables, table, asked, periods, by)
        except ContractError as error:
            faults += error.faults
    if faults:
        raise ContractError(dict.fromkeys(faults))
    return found
