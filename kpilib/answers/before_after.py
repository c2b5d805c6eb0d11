"""An action, and a figure before and after it: as many whole months on both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from kpilib.answers.evaluate import evaluate
from kpilib.engine.outcome import FLAGS, NO_DATA, OK, TOO_FEW, unknown
from kpilib.engine.question import Question
from kpilib.engine.slices import columns_of
from kpilib.period import Period, how_many
from kpilib.tables.derive import CONTRACTS, sources

TOO_EARLY = "Not one whole month of data lies on each side of that day: it is too early to say."
NOT_BEFORE = "There is no data for the months before."
OTHER_SEASON = "The months before and after are not of the same season."
RENAMED = {
    "before": "before",
    "value": "after",
    "delta_before": "delta",
    "change_before": "change",
    "change_per_day_before": "change_per_day",
    "within_noise_before": "within_noise",
}
NUMBERS = ("before", "after", "delta", "change", "change_per_day")
LAST = ("unit", "status", "reason", "flags")


def before_after(question: Question, on: date, months: int) -> pd.DataFrame:
    """Compare the months before a day with those that begin with it.

    Parameters
    ----------
    question : Question
        One KPI, without period; see `kpilib.company.Company.before_after`.
    on : datetime.date
    months : int
    """
    how_many("months", months)
    kpi = question.kpis[0]
    by = question.by or kpi.by
    whole = _whole_months(question, on, months)
    before, after = Period.around(on, max(whole, 1))
    asked = replace(question, periods=[after], compare=("before",), against={"before": before})
    rows = evaluate(asked).rename(columns=RENAMED)
    if not whole:
        rows = rows.head(1).assign(status=TOO_FEW, reason=TOO_EARLY, within_noise=None)
        rows[[*NUMBERS]] = float("nan")
    gone = unknown(NO_DATA, NOT_BEFORE)
    lost = rows["status"].eq(OK) & rows["before"].isna()
    rows.loc[lost, ["status", "reason"]] = gone.status, gone.reason
    if whole % 12:  # what the season does is in the difference
        rows.loc[rows["status"].eq(OK), "reason"] = OTHER_SEASON
    rows["flags"] = [_flags(flags, whole < months) for flags in rows["flags"]]
    rows = rows.assign(
        on=pd.Timestamp(on),
        months=whole,
        before_start=pd.Timestamp(before.start),
        before_end=pd.Timestamp(before.end_day),
        after_start=pd.Timestamp(after.start),
        after_end=pd.Timestamp(after.end_day),
    )
    days = ("before_start", "before_end", "after_start", "after_end")
    names = ["kpi", "on", "months", *days, *columns_of(by), *NUMBERS, "within_noise", *LAST]
    return rows[names].astype(dict.fromkeys(NUMBERS, float)).reset_index(drop=True)


def _flags(flags: list[str], shortened: bool) -> list[str]:
    """Say ``partial`` of a comparison over fewer months than were asked for."""
    known = {*flags, *(["partial"] if shortened else [])}
    return [flag for flag in FLAGS if flag in known]


def _whole_months(question: Question, on: date, months: int) -> int:
    """Return over how many months, at most, data and effects are complete on both sides."""
    kpi, as_of = question.kpis[0], question.last_whole_day
    first = _first_day(question)
    settled = None if as_of is None else as_of - timedelta(days=kpi.maturity_days)
    for count in range(months, 0, -1):
        before, after = Period.around(on, count)
        begun = first is None or before.start >= first
        if begun and (settled is None or after.end_day <= settled):
            return count
    return 0


def _first_day(question: Question) -> date | None:
    """Return the day from which the KPI is known: the latest on which one of its tables begins.

    A register begins with its first entry, and the month of that entry counts as known.
    """
    begun = []
    for table in question.kpis[0].tables:
        for name in sources(table, set()):
            contract = CONTRACTS[name]
            if name not in question.tables or contract.span or contract.planned:
                continue
            first = question.tables.extent(name).first
            if first is not None:
                begun.append(first if contract.daily else first.replace(day=1))
    return max(begun, default=None)
