"""The effect of a training period by period: when it shows, and whether it stays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kpilib.engine.outcome import NO_DATA, NOT_ADDITIVE, TOO_FEW, Outcome, unknown
from kpilib.errors import ParameterError
from kpilib.methods.call import Call
from kpilib.methods.effects import Effect
from kpilib.methods.measured import AFTER, Measured, mean_of_each
from kpilib.methods.measurements import (
    NO_CONTROL,
    NO_PAIR,
    OWN_COURSE,
    Answer,
    business,
    by_group,
    known_effect,
)
from kpilib.methods.own_rows import require_columns, require_numbers
from kpilib.methods.parallel import compared
from kpilib.period import how_many
from kpilib.saying import error_of

FEWEST_PERIODS = 3  # of which a correlation can be told at all
APART = "Both groups already moved apart before: what shows after may be their own course."
NOT_BEYOND = "No effect was beyond chance in two periods in a row."


def first_lasting_effect(call: Call) -> Answer:
    """Return the first period after whose effect is beyond chance, the next one's alike.

    Of groups that moved apart before, none: they would have been apart in any later period.
    """
    return by_group(call, lambda rows: _first(call, Measured.of(rows)), business)


def _first(call: Call, rows: Measured) -> Outcome:
    if len(np.unique(rows["training"])) > 1:
        return unknown(NOT_ADDITIVE, OWN_COURSE)
    arms = rows.arms()
    people = float(sum(len(pairs) for pairs in arms.values()))
    if not len(arms["treated"]):
        return unknown(NO_DATA, NO_PAIR)
    if not len(arms["control"]):
        return unknown(TOO_FEW, NO_CONTROL, n=people, people=people)
    course = effects_by_period(call, rows, arms)
    details, whole = {"periods": float(len(course))}, known_effect(call, rows)
    if "not_parallel" in whole.flags:
        return unknown(TOO_FEW, APART, n=people, people=people, details=details)
    side = [_side(effect) for effect in course.values()]
    lasting = [now and now == then for now, then in zip(side, side[1:], strict=False)]
    if True not in map(bool, lasting):
        return unknown(TOO_FEW, NOT_BEYOND, n=people, people=people, details=details)
    found = Outcome(
        value=float(1 + next(place for place, each in enumerate(lasting) if each)),
        n=people,
        people=people,
        details=details,
    )
    return found.flagged(*whole.flags)


def _side(effect: Effect) -> int:
    """Return 1 or -1 where the interval lies on one side of 0, otherwise 0."""
    if effect.interval is None:
        return 0
    low, high = effect.interval
    return int(low > 0) - int(high < 0)


def effects_by_period(
    call: Call, rows: Measured, arms: Mapping[str, Measured]
) -> dict[pd.Timestamp, Effect]:
    """Return the difference in differences of each period after, against the whole time before.

    That of a period does not change while later ones are measured, and is worked out once.

    Parameters
    ----------
    call : Call
    rows : Measured
        Of a training.
    arms : mapping of str to Measured
        People of each arm with ``before`` and ``team``.
    """
    after = rows.where((rows["phase"] == AFTER) & rows.known)
    ends, number = np.unique(after["period_end"], return_inverse=True)
    found = {}
    for place, end in enumerate(map(pd.Timestamp, ends)):
        own = after.where(number == place)
        people, at = np.unique(own["person"], return_inverse=True)
        key = ("effect of a period", people.tobytes(), end)
        if key in call.tables.cache:
            found[end] = call.tables.cache[key]
            continue
        level = mean_of_each(at, own["value"], len(people))
        moved = [_moved(pairs, people, level) for pairs in arms.values()]
        if all(len(arm) for arm in moved):
            found[end] = call.tables.cache[key] = compared(moved, "moved")
    return found


def _moved(pairs: Measured, people: np.ndarray, level: np.ndarray) -> Measured:
    """Return who of an arm was measured, with what they moved by since before."""
    there = pairs.where(np.isin(pairs["person"], people))
    now = level[np.searchsorted(people, there["person"])]
    return there.assign(moved=now - there["before"])


def lags(rows: pd.DataFrame, cause: str, result: str, time: str, most: int = 6) -> pd.DataFrame:
    """Return how a result goes with what was done so many periods before, the closest lag first.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a period, without gaps: hours of training, and how a figure changed.
    cause, result, time : str
        Columns.
    most : int
        The longest lag that is tried: say it before looking, for the best of many is found by
        chance.

    Returns
    -------
    pandas.DataFrame
        ``lag, correlation, n``: Pearson's, over the periods that overlap; a lag of fewer than
        three, or at which nothing varies, is not in it.

    Raises
    ------
    ParameterError
        A column is not there, or a period stands twice.

    Examples
    --------
    >>> kl.lags(months, "hours", "change", "month").head(1)
    """
    how_many("most", most, least=0)
    ordered = _one_a_period(rows, (cause, result, time)).sort_values(time)
    found = []
    for lag in range(most + 1):
        pairs = pd.DataFrame({"cause": ordered[cause].shift(lag), "result": ordered[result]})
        pairs = pairs.dropna().astype(float)
        if len(pairs) >= FEWEST_PERIODS and (pairs.nunique() > 1).all():
            found.append((lag, float(pairs["cause"].corr(pairs["result"])), len(pairs)))
    frame = pd.DataFrame(found, columns=["lag", "correlation", "n"])
    return frame.sort_values("correlation", key=abs, ascending=False, ignore_index=True)


def _one_a_period(rows: pd.DataFrame, names: tuple[str, str, str]) -> pd.DataFrame:
    """Refuse rows that lack a column, or have two of one period: the last one's name."""
    require_columns(rows, names)
    require_numbers(rows, names[:2])
    if rows[names[-1]].duplicated().any():
        raise error_of(
            ParameterError,
            "A {time} stands twice: one row a {time}, summed or averaged first.",
            time=names[-1],
        )
    return rows
