"""How long requests take to be settled, those still open included where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpilib.engine.cohorts import median_interval, median_survival
from kpilib.engine.outcome import NO_DENOMINATOR, TOO_FEW, Answer, Outcome, unknown
from kpilib.methods.call import Call

NONE_RESOLVED = "None of the requests opened in the period has been resolved yet."
HALF_OPEN = "Fewer than half of the requests are resolved: their median time is not known yet."


def resolution_time(call: Call) -> Answer:
    """Return the mean hours from opening to resolution, over requests opened in the period.

    A request counts for the period in which it was opened, resolved by the last day of the data.
    The mean knows resolved requests only, so ``details`` hold the share resolved, how many are
    still open, and the median by Kaplan and Meier, in which an open request lasts longer than it
    has been seen to. While some are open, the figure can still change: it is ``immature``.
    """
    return _each(call, _mean_time)


def median_resolution_time(call: Call) -> Answer:
    """Return by when half of the requests opened in the period are resolved, open ones included.

    By Kaplan and Meier: a request that is open lasts longer than it has been seen to. There is no
    median while fewer than half are resolved. It is ``approximate`` where a request has been open
    for less than that time: then it is estimated, and else counted.
    """
    return _each(call, _median_time)


@dataclass(frozen=True)
class Times:
    """How long requests took or have waited so far, and which of them are resolved."""

    hours: np.ndarray
    done: np.ndarray
    backwards: int

    def details(self) -> dict[str, float | None]:
        """Return what is told beside a time."""
        return {
            "resolution_rate": float(self.done.mean()) if len(self.done) else None,
            "open_tickets": float((~self.done).sum()),
            "excluded_tickets": float(self.backwards),
        }


def _each(call: Call, figure: Callable[[Times], Outcome]) -> Answer:
    tickets = call.in_cells("support_tickets", "opened_at resolved_at")
    opened, resolved = (
        pd.to_datetime(tickets[name], utc=True) for name in ("opened_at", "resolved_at")
    )
    backwards = resolved < opened  # a fault of the data, which is neither open nor resolved
    until = None if call.tables.until is None else pd.Timestamp(call.tables.until)
    done = (resolved.notna() if until is None else resolved < until).to_numpy(dtype=bool)
    hours = _hours(resolved - opened)
    if until is not None:
        hours = hours.where(done, _hours(until - opened).clip(lower=0))
    hours, valid = hours.to_numpy(dtype=float), ~backwards.to_numpy(dtype=bool)
    answer = {}
    for (cell, group), own in tickets.groupby(["cell", "group"]).indices.items():
        kept = own[valid[own]]
        times = Times(hours[kept], done[kept], len(own) - len(kept))
        outcome = figure(times)
        at = call.periods[cell], group
        answer[at] = outcome.flagged(*["excluded_rows"] * bool(times.backwards))
    return answer


def _mean_time(times: Times) -> Outcome:
    taken = np.sort(times.hours[times.done])  # row order must not matter
    median = median_survival(times.hours, times.done)
    details = {"median_hours": median, **times.details()}
    if not len(taken):
        outcome = unknown(NO_DENOMINATOR, NONE_RESOLVED, denominator=0.0, n=0.0, details=details)
    else:
        outcome = Outcome(
            value=float(taken.mean()),
            numerator=float(taken.sum()),
            denominator=float(len(taken)),
            n=float(len(taken)),
            details=details,
        ).drawn(taken, np.ones(len(taken)))
    return outcome.flagged(*["immature"] * bool(details["open_tickets"]))


def _median_time(times: Times) -> Outcome:
    known, details = float(len(times.hours)), times.details()
    if not known:
        return unknown(NO_DENOMINATOR, NONE_RESOLVED, n=0.0, details=details)
    median = median_survival(times.hours, times.done)
    if median is None:
        return unknown(TOO_FEW, HALF_OPEN, n=known, details=details)
    interval = median_interval(times.hours, times.done)
    outcome = Outcome(
        value=median,
        n=known,
        interval=interval,
        interval_method="kaplan_meier" if interval else "",
        details=details,
    )
    estimated = bool((times.hours[~times.done] < median).any())
    return outcome.flagged(*["approximate"] * estimated)


def _hours(spans: pd.Series) -> pd.Series:
    return spans.dt.total_seconds() / 3600
