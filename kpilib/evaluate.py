"""From KPIs, periods and a breakdown to one tidy table: the one place where a rate is divided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from kpilib import compare as comparing
from kpilib.aggregate import EVERYONE, Cells, gather
from kpilib.chance import interval_of
from kpilib.derive import CONTRACTS, DERIVED, sources
from kpilib.engine import Tables
from kpilib.errors import ContractError, ParameterError, listed, nearest
from kpilib.kpi import INTERVAL_KINDS, Balance, Change, Kpi, Measure, Method, Ratio, Total
from kpilib.methods import method
from kpilib.methods.call import Call
from kpilib.outcome import (
    MISSING_TABLE, NO_DATA, NO_DENOMINATOR, NOT_ADDITIVE, Outcome, unknown,
)  # fmt: skip
from kpilib.period import Period
from kpilib.privacy import FLOOR, hidden_groups, hide

COMPARISONS = ("previous", "year_before")
COLUMNS = (
    "value", "numerator", "denominator", "n", "ci_low", "ci_high", "ci_method", "unit", "status",
    "reason", "flags", "details",
)  # fmt: skip
LOW_N = 30
SILENT = "There is no data for this period."
EMPTY = "The table is empty."
RECOUNT = "Distinct people cannot be added up; the interval gives the bounds they lie between."
NOTHING_BELOW = "There is nothing to divide by."


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of a company's tables.

    Parameters
    ----------
    tables : Tables
    kpis : list of Kpi
    periods : list of Period
        The periods asked, without those they are compared with.
    by : str or None
    compare : tuple of str
        ``previous`` and ``year_before``, or neither.
    as_of : datetime.date or None
        Last day the data covers.
    minimum : int
        Smallest group of employees that may be shown.
    intervals : bool
        Whether intervals that resample are worth their time (not for a long series).
    """

    tables: Tables
    kpis: list[Kpi]
    periods: list[Period]
    by: str | None = None
    compare: tuple[str, ...] = ()
    as_of: date | None = None
    minimum: int = FLOOR
    intervals: bool = True

    def __post_init__(self) -> None:
        for name in self.compare:
            if name not in COMPARISONS:
                raise ParameterError(
                    f"Unknown comparison {name!r}. Compare with: {listed(COMPARISONS)}."
                    f"{nearest(name, COMPARISONS)}"
                )

    def base(self, period: Period, comparison: str) -> Period:
        """Return the period to compare with: as many days of it as have elapsed of this one."""
        other = period.previous() if comparison == "previous" else period.year_before()
        if self.partial(period) and self.as_of and self.as_of >= period.start:
            return other.elapsed((self.as_of - period.start).days + 1)
        return other

    def partial(self, period: Period) -> bool:
        """Whether data ends before the period does."""
        return self.as_of is not None and self.as_of < period.end_day

    @property
    def every_period(self) -> list[Period]:
        """The periods asked, and those they are compared with, each once."""
        bases = [self.base(p, name) for p in self.periods for name in self.compare]
        return list(dict.fromkeys([*self.periods, *bases]))


def evaluate(question: Question) -> pd.DataFrame:
    """Answer a question.

    Returns
    -------
    pandas.DataFrame
        One row per KPI, period and group; columns as in the design's contract.

    Raises
    ------
    ContractError
        Columns that are needed and missing, all of them.
    """
    rows, faults = [], []
    plans: dict[str | None, list[Kpi]] = {}
    for kpi in question.kpis:
        plans.setdefault(question.by or kpi.by, []).append(kpi)
    cells: dict[str | None, dict[Measure, Cells]] = {}
    for by, kpis in plans.items():
        available = [m for kpi in kpis for m in _available(question.tables, kpi)]
        try:
            cells[by] = gather(question.tables, available, question.every_period, by)
        except ContractError as error:
            faults += error.faults
    if faults:
        raise ContractError(dict.fromkeys(faults))
    for kpi in question.kpis:
        by = question.by or kpi.by
        outcomes = _outcomes(question, kpi, by, cells[by])
        rows += _rows(question, kpi, by, outcomes)
    return _table(question, rows)


def _available(tables: Tables, kpi: Kpi) -> list[Measure]:
    """Return the measures whose tables are there; none when one that is required is not."""
    if _missing(tables, kpi):
        return []
    return [
        measure
        for role, measure in kpi.measures.items()
        if role not in kpi.optional or tables.holds(measure.table, set(measure.columns))
    ]


def _missing(tables: Tables, kpi: Kpi) -> list[str]:
    found = [name for table in kpi.tables for name in tables.missing(table)]
    return list(dict.fromkeys(found))


def _outcomes(
    question: Question, kpi: Kpi, by: str | None, cells: dict[Measure, Cells]
) -> dict[tuple[Period, str], Outcome]:
    """Return one outcome per period and group, complete: flagged, and hidden where it must be."""
    missing = _missing(question.tables, kpi)
    if missing:
        gone = unknown(MISSING_TABLE, f"Missing table: {listed(missing)}.")
        return {(period, EVERYONE): gone for period in question.every_period}
    if isinstance(kpi.value, Method):
        answer = method(kpi.value.name)(
            Call(tables=question.tables, kpi=kpi, periods=question.every_period, by=by)
        )
        people = cells.get(kpi.people) if kpi.people else None
        if people is not None:
            answer = {
                key: replace(outcome, people=people.values.get(key, 0.0))
                for key, outcome in answer.items()
            }
    else:
        answer = _combined(question, kpi, by, cells)
    for period in question.every_period:
        if not any(key[0] == period for key in answer):
            answer[period, EVERYONE] = _silence(question, kpi, period)
    answer = {
        (period, group): _flagged(question, kpi, period, outcome)
        for (period, group), outcome in answer.items()
    }
    return _private(question, answer) if kpi.people is not None else answer


def _combined(
    question: Question, kpi: Kpi, by: str | None, cells: dict[Measure, Cells]
) -> dict[tuple[Period, str], Outcome]:
    roles = {role: cells[m] for role, m in kpi.measures.items() if m in cells}
    groups = {
        group
        for part in roles.values()
        for (_, group), value in part.values.items()
        if value  # a group in which nothing ever counted is not a group
    }
    if by is None:
        groups = {EVERYONE}
    answer = {}
    for period in question.every_period:
        silent = _silent(question, kpi, period, roles)
        for group in sorted(groups):
            if silent is not None:
                if by is None:
                    answer[period, group] = silent
                continue
            known = {
                role: part.values.get((period, group), _absent(kpi.measures[role], part, period))
                for role, part in roles.items()
            }
            bounds = [part.bounds.get((period, group)) for part in roles.values()]
            open_bounds = [pair for pair in bounds if pair and pair[0] < pair[1]]
            if open_bounds:
                answer[period, group] = _between(kpi, open_bounds[0])
            else:
                outcome = _combine(question, kpi, by, period, group, known)
                answer[period, group] = _counted(kpi, outcome, roles, (period, group))
    return answer


def _counted(
    kpi: Kpi, outcome: Outcome, roles: dict[str, Cells], key: tuple[Period, str]
) -> Outcome:
    """Give the total of a sum its number of values: 1,000 euros are not 1,000 cases."""
    measure = kpi.measures.get("measure")
    if measure is None or measure.kind != "sum" or outcome.value is None:
        return outcome
    return replace(outcome, n=float(roles["measure"].atoms.get(key, 0)))


def _between(kpi: Kpi, bounds: tuple[float, float]) -> Outcome:
    """A distinct count from rows already summed up: only its bounds are known."""
    known = {"interval": bounds, "interval_method": "bounds"} if isinstance(kpi.value, Total) else {}
    return unknown(NOT_ADDITIVE, RECOUNT, **known)


def _absent(measure: Measure, cells: Cells, period: Period) -> float | None:
    """A group that did not count: 0 events or people; unknown for a stock or a sum of nothing."""
    if measure.kind in ("last", "before", "mean"):
        return None
    if measure.kind == "sum" and any(key[0] == period for key in cells.values):
        return 0.0
    return None if measure.kind == "sum" and cells.rows.get(period) else 0.0


def _silent(
    question: Question, kpi: Kpi, period: Period, roles: dict[str, Cells]
) -> Outcome | None:
    """Say why nothing is known of a period: an empty table, or one that does not reach it."""
    for role, cells in roles.items():
        if role in kpi.optional:
            continue
        measure = kpi.measures[role]
        if cells.rows.get(period):
            continue
        for source in sources(measure.table, set()):
            extent = question.tables.extent(source)
            if not extent.rows:
                return unknown(NO_DATA, EMPTY)
        contract = CONTRACTS[measure.table]
        if measure.kind in INTERVAL_KINDS:
            continue
        reaches = _reaches(question, measure, period)
        if contract.daily or not reaches:
            return unknown(NO_DATA, SILENT)
    if question.as_of is not None and period.start > question.as_of:
        return unknown(NO_DATA, SILENT)
    return None


def _reaches(question: Question, measure: Measure, period: Period) -> bool:
    """Whether a table that records events was kept during the period, so that none means 0."""
    first = question.tables.extent(_base(measure)).first
    if first is None or first > period.end_day:
        return False
    return question.as_of is None or period.start <= question.as_of


def _silence(question: Question, kpi: Kpi, period: Period) -> Outcome:
    roles: dict[str, Cells] = {}
    return _silent(question, kpi, period, roles) or unknown(NO_DATA, SILENT)


def _combine(
    question: Question,
    kpi: Kpi,
    by: str | None,
    period: Period,
    group: str,
    known: dict[str, float | None],
) -> Outcome:
    """Turn the measures of one cell into a value with its interval."""
    outcome = _value(kpi, known)
    details = dict(outcome.details)
    for name, part in kpi.beside.items():
        own = {
            role.rpartition(".")[2]: value
            for role, value in known.items()
            if role.startswith(f"beside.{name}.")
        }
        if isinstance(part, Measure) and own:
            details[name] = own[""]
        elif len(own) == 2:
            details[name] = _ratio(own["numerator"], own["denominator"]).value
    outcome = replace(outcome, details=details, people=known.get("people"))
    if outcome.value is None:
        return outcome
    found = interval_of(question, kpi, by, period, group, known, outcome)
    if found is not None:
        outcome = replace(outcome, interval=found[0], interval_method=found[1])
    return outcome


def _value(kpi: Kpi, known: dict[str, float | None]) -> Outcome:
    definition = kpi.value
    if isinstance(definition, Total):
        value, more = known["measure"], known.get("plus")
        if value is None:
            return unknown(NO_DATA, SILENT)
        details = {} if more is None else {"added": more}
        return Outcome(value=value + (more or 0), n=value + (more or 0), details=details)
    if isinstance(definition, Ratio):
        up, down = known["numerator"], known["denominator"]
        return _ratio(up, down)
    if isinstance(definition, Change):
        up, down = known["closing"], known["opening"]
        if up is None or down is None:
            return unknown(NO_DATA, SILENT)
        details = {"closing": up, "rate": (up - down) / down if down else None}
        return Outcome(
            value=up - down, numerator=up - down, denominator=down, n=down, details=details
        )
    if isinstance(definition, Balance):
        up, down, answers = (known[r] or 0.0 for r in ("favourable", "unfavourable", "answers"))
        net = _ratio(up - down, answers)
        value = None if net.value is None else 100 * net.value
        details = {
            "favourable": up, "unfavourable": down, "neutral": answers - up - down,
        }  # fmt: skip
        return replace(net, value=value, details=details)
    raise TypeError(type(definition).__name__)  # a definition this room does not know


def _ratio(up: float | None, down: float | None) -> Outcome:
    if up is None or down is None:
        return unknown(NO_DATA, SILENT, numerator=up, denominator=down)
    if down == 0:
        return unknown(NO_DENOMINATOR, NOTHING_BELOW, numerator=up, denominator=down, n=0.0)
    return Outcome(value=up / down, numerator=up, denominator=down, n=down)


def _flagged(question: Question, kpi: Kpi, period: Period, outcome: Outcome) -> Outcome:
    tables, flags = question.tables, []
    names = [name for table in kpi.tables for name in sources(table, set()) if name in tables]
    if question.partial(period) and period.start <= question.as_of:
        flags.append("partial")
    if _immature(question, kpi, period):
        flags.append("immature")
    if kpi.interval != "none" and outcome.n is not None and outcome.n < LOW_N:
        flags.append("low_n")
    for name in dict.fromkeys(names):
        extent = tables.extent(name)
        if extent.duplicates:
            flags.append("excluded_rows")
        last, until = extent.last, min(period.end_day, question.as_of or period.end_day)
        if CONTRACTS[name].daily and last is not None and period.start <= last < until:
            flags.append("late")
    if tables.assumed(kpi.needs):
        flags.append("approximate")
    return outcome.flagged(*flags)


def _immature(question: Question, kpi: Kpi, period: Period) -> bool:
    """Whether the period's youngest cause (a message sent, a lead created) may still have effects."""
    if not kpi.maturity_days or question.as_of is None:
        return False
    last = question.tables.extent(_base(next(iter(kpi.measures.values())))).last
    youngest = min(period.end_day, last or period.end_day)
    return youngest + timedelta(days=kpi.maturity_days) > question.as_of


def _base(measure: Measure) -> str:
    return DERIVED[measure.table].base if measure.table in DERIVED else measure.table


def _private(
    question: Question, answer: dict[tuple[Period, str], Outcome]
) -> dict[tuple[Period, str], Outcome]:
    """Hide groups of employees, period by period, and sums that would reveal a hidden month."""
    hidden: set[tuple[Period, str]] = set()
    for period in question.every_period:
        sizes = {
            group: outcome.people or 0.0
            for (own, group), outcome in answer.items()
            if own == period and outcome.status != NO_DATA
        }
        hidden |= {(period, group) for group in hidden_groups(sizes, question.minimum)}
    for period, group in answer:
        inside = [part for part in question.every_period if _within(part, period)]
        if any((part, group) in hidden for part in inside):
            hidden.add((period, group))
    return {key: hide(outcome) if key in hidden else outcome for key, outcome in answer.items()}


def _within(part: Period, whole: Period) -> bool:
    return part != whole and whole.start <= part.start and part.end_day <= whole.end_day


def _rows(
    question: Question, kpi: Kpi, by: str | None, outcomes: dict[tuple[Period, str], Outcome]
) -> Iterable[dict]:
    for period in question.periods:
        for (own, group), outcome in outcomes.items():
            if own != period:
                continue
            row = {
                "kpi": kpi.id,
                "period": period.name,
                "period_start": pd.Timestamp(period.start),
                "period_end": pd.Timestamp(period.end_day),
                **({by: group or None} if by else {}),
                **_figures(kpi, outcome),
            }
            for name in question.compare:
                base = question.base(period, name)
                other = outcomes.get((base, group)) or unknown(NO_DATA, SILENT)
                row |= comparing.compared(kpi, name, outcome, other, period, base)
            yield row


def _figures(kpi: Kpi, outcome: Outcome) -> dict:
    low, high = outcome.interval or (None, None)
    return {
        "value": outcome.value,
        "numerator": outcome.numerator,
        "denominator": outcome.denominator,
        "n": outcome.n,
        "ci_low": low,
        "ci_high": high,
        "ci_method": outcome.interval_method,
        "unit": kpi.unit,
        "status": outcome.status,
        "reason": outcome.reason,
        "flags": list(outcome.flags),
        "details": dict(outcome.details),
    }


def _table(question: Question, rows: Sequence[dict]) -> pd.DataFrame:
    bys = dict.fromkeys(question.by or kpi.by for kpi in question.kpis)
    names = [
        "kpi", "period", "period_start", "period_end", *(by for by in bys if by), *COLUMNS,
        *(name for each in question.compare for name in comparing.columns(each)),
    ]  # fmt: skip
    frame = pd.DataFrame(list(rows), columns=names)
    numeric = [
        name for name in names if name in ("value", "numerator", "denominator", "n")
        or name.startswith(("ci_low", "ci_high", "previous", "year_before", "delta_", "change_"))
    ]  # fmt: skip
    return frame.astype(dict.fromkeys(numeric, float))
