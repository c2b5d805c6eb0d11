"""From visit to customer: the visitors of one month, followed step by step, each of the one before.

The rates of a page have each their own base (sessions, people, lead records), so that they cannot
be chained. Here one cohort is followed, and the rates multiply to the whole.
"""

from __future__ import annotations

from datetime import timedelta

import narwhals as nw
import pandas as pd

from kpilib.engine.columns import counted_in
from kpilib.engine.intervals import wilson
from kpilib.engine.outcome import MISSING_COLUMN, MISSING_TABLE, NO_DENOMINATOR, OK
from kpilib.engine.slices import of_period
from kpilib.methods.scoring import WON_WITHIN_DAYS
from kpilib.period import Period
from kpilib.tables.read import in_pandas
from kpilib.tables.store import Tables
from kpilib.topics.leads import QUALIFIED_WITHIN_DAYS

# Each step: its name, the column that dates it, and how many days after the lead it may come.
STEPS = (
    ("qualified_of_leads", "qualified_at", QUALIFIED_WITHIN_DAYS),
    ("customers_of_qualified", "won_at", WON_WITHIN_DAYS),
)


def journey(tables: Tables, period: Period) -> pd.DataFrame:
    """Follow the visitors of a period, or its new leads where visitors are not known.

    A step counts those of the step before: customers are counted among the qualified. Leads that
    no visit of the period is known for (from a fair, an import) are not of the cohort.

    Parameters
    ----------
    tables : Tables
        ``kpilib.open(...).tables``.
    period : Period

    Returns
    -------
    pandas.DataFrame
        One row a step, in order: ``kpi`` (its name), ``numerator``, ``denominator``, ``value``,
        ``ci_low`` and ``ci_high`` (Wilson), ``status``, ``flags``.
    """
    if not tables.holds("leads", {"created_at"}):
        return _steps_of([_row("leads_of_visitors") | {"status": MISSING_TABLE}])
    visitors = _visitors(tables, period)
    whom = "visitor_id" if visitors is not None else "person_key"
    whom = whom if tables.holds("leads", {whom}) else "lead_id"
    leads = _leads(tables, period, whom)
    rows, reached = [], set(leads["whom"])
    if visitors is not None and whom == "visitor_id":
        reached &= visitors
        rows.append(_row("leads_of_visitors", len(reached), len(visitors), immature=False))
    leads = leads[leads["whom"].isin(reached)]
    for name, column, days in STEPS:
        if column not in leads:
            break
        within = leads[column] <= leads["created_at"] + pd.Timedelta(days=days)
        leads, base = leads[within.fillna(False)], leads["whom"].nunique()
        waits = tables.as_of is not None and tables.as_of < period.end_day + timedelta(days=days)
        rows.append(_row(name, leads["whom"].nunique(), base, immature=waits))
    return _steps_of(rows or [_row("leads_of_visitors") | {"status": MISSING_COLUMN}])


def _steps_of(rows: list[dict[str, object]]) -> pd.DataFrame:
    return counted_in(pd.DataFrame(rows), "value", "ci_low", "ci_high")


def _visitors(tables: Tables, period: Period) -> set[str] | None:
    """Return who visited; None where visits come summed up, or name nobody."""
    if not tables.holds("sessions", {"visitor_id"}) or tables.summed("sessions"):
        return None
    frame = tables.frame("sessions", {"visitor_id", "started_at"})
    inside = of_period(frame, "started_at", period, tables).select("visitor_id").unique()
    return set(in_pandas(inside)["visitor_id"].dropna()) or None


def _leads(tables: Tables, period: Period, whom: str) -> pd.DataFrame:
    dates = [name for _, name, _ in STEPS if tables.holds("leads", {name})]
    frame = tables.frame("leads", {whom, "created_at", *dates})
    inside = of_period(frame, "created_at", period, tables)
    leads = in_pandas(inside.select(nw.col(whom).alias("whom"), "created_at", *dates))
    instants = {name: pd.to_datetime(leads[name], utc=True) for name in ("created_at", *dates)}
    return leads.assign(**instants).dropna(subset=["whom"])


def _row(
    name: str, reached: int = 0, base: int = 0, *, immature: bool = False
) -> dict[str, object]:
    low, high = wilson(reached, base) or (None, None)
    return {
        "kpi": name,
        "numerator": float(reached),
        "denominator": float(base),
        "value": reached / base if base else None,
        "n": float(base),
        "ci_low": low,
        "ci_high": high,
        "unit": "rate",
        "status": OK if base else NO_DENOMINATOR,
        "reason": "",
        "flags": ["immature"] if immature else [],
        "details": {},
    }
