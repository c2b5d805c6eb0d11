"""Whether a period is one of which nothing is known, or one in which nothing happened."""

from __future__ import annotations

from kpilib.cohorts import before_records
from kpilib.definitions import Kpi
from kpilib.derive import CONTRACTS, alternatives, base_of, sources
from kpilib.measure import INTERVAL_KINDS, Measure
from kpilib.outcome import NO_DATA, Outcome, unknown
from kpilib.period import Period
from kpilib.question import Question
from kpilib.slices import Cells

SILENT = "There is no data for this period."
EMPTY = "The table is empty."
TOO_YOUNG = "The records do not go back far enough to tell."
NOBODY = "Nobody is known to have belonged at any time."


def silence(
    question: Question, kpi: Kpi, period: Period, roles: dict[str, Cells]
) -> Outcome | None:
    """Say why nothing is known of a period: an empty table, or one that does not reach it."""
    for role, cells in roles.items():
        if role in kpi.optional:
            continue
        measure = kpi.measures[role]
        if before_records(question.tables, measure, period):
            return unknown(NO_DATA, TOO_YOUNG)
        if cells.rows.get(period):
            continue
        spare = alternatives(measure.table)
        given = [name for name in sources(measure.table, set()) if name in question.tables]
        empty = [name for name in given if not question.tables.extent(name).rows]
        if any(name not in spare or set(given) == set(empty) for name in empty):
            return unknown(NO_DATA, EMPTY)
        contract = CONTRACTS[measure.table]
        if measure.kind in INTERVAL_KINDS:
            return unknown(NO_DATA, NOBODY)
        reaches = _reaches(question, measure, period)
        if contract.daily or not reaches:
            return unknown(NO_DATA, SILENT)
    if question.as_of is not None and period.start > question.as_of:
        return unknown(NO_DATA, SILENT)
    return None


def unheard(question: Question, measure: Measure, period: Period, cells: Cells) -> bool:
    """Whether a figure beside another is of a period when its table of events was not kept yet."""
    stays = measure.kind in INTERVAL_KINDS and not measure.at
    counted = cells.rows.get(period) and not measure.at
    return not (stays or counted or _reaches(question, measure, period))


def _reaches(question: Question, measure: Measure, period: Period) -> bool:
    """Whether a table that records events was kept during the period, so that none means 0."""
    first = question.tables.extent(base_of(measure.table)).first
    if first is None or first > period.end_day:
        return False
    return question.as_of is None or period.start <= question.as_of
