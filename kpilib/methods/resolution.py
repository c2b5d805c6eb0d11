"""How long requests take to be settled, those still open included where that is possible."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpilib.cohorts import median_survival
from kpilib.intervals import resampled
from kpilib.methods.call import Call
from kpilib.outcome import NO_DENOMINATOR, Outcome, unknown
from kpilib.period import Period

NONE_RESOLVED = "None of the requests opened in the period has been resolved yet."


def resolution_time(call: Call) -> dict[tuple[Period, str], Outcome]:
    """Return the mean hours from opening to resolution, over requests opened in the period.

    A request counts for the period in which it was opened, resolved by the last day of the data.
    The mean knows resolved requests only, so ``details`` hold the share resolved, how many are
    still open, and the median by Kaplan and Meier, in which an open request lasts longer than it
    has been seen to. While some are open, the figure can still change: it is ``immature``.
    """
    answer = {}
    until = _end_of_data(call)
    for period in call.periods:
        rows = call.rows_of("support_tickets", "opened_at resolved_at", period)
        for group, part in rows.groupby("group"):
            answer[period, group] = _mean_time(part, until)
    return answer


def _end_of_data(call: Call) -> pd.Timestamp | None:
    last = call.tables.as_of
    return None if last is None else pd.Timestamp(Period(last, last).bounds(call.tables.zone)[1])


def _mean_time(tickets: pd.DataFrame, until: pd.Timestamp | None) -> Outcome:
    opened, resolved = (
        pd.to_datetime(tickets[name], utc=True) for name in ("opened_at", "resolved_at")
    )
    backwards = resolved < opened  # a fault of the data, which is neither open nor resolved
    opened, resolved = opened[~backwards], resolved[~backwards]
    done = resolved.notna() if until is None else resolved.notna() & (resolved < until)
    hours = _hours(resolved - opened)
    waited = hours if until is None else hours.where(done, _hours(until - opened).clip(lower=0))
    taken = np.sort(hours[done].to_numpy(dtype=float))  # row order must not matter
    details = {
        "median_hours": median_survival(waited.tolist(), done.tolist()),
        "resolution_rate": float(done.mean()) if len(done) else None,
        "open_tickets": float((~done).sum()),
        "excluded_tickets": float(backwards.sum()),
    }
    if not len(taken):
        outcome = unknown(NO_DENOMINATOR, NONE_RESOLVED, denominator=0.0, n=0.0, details=details)
    else:
        found = resampled(taken, np.ones(len(taken)))
        outcome = Outcome(
            value=float(taken.mean()),
            numerator=float(taken.sum()),
            denominator=float(len(taken)),
            n=float(len(taken)),
            interval=found and found[0],
            interval_method=found[1] if found else "",
            details=details,
        )
    flags = (["immature"] if details["open_tickets"] else []) + (
        ["excluded_rows"] if details["excluded_tickets"] else []
    )
    return outcome.flagged(*flags)


def _hours(spans: pd.Series) -> pd.Series:
    return spans.dt.total_seconds() / 3600
