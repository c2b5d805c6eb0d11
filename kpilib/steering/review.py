"""When a key result is to be looked at, and which of these reviews were not held (M11)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from kpilib.period import Period
from kpilib.steering.goal import Goal

# Days after a review is due in which it still counts as held: figures take a while to come.
GRACE = {"weekly": 3, "monthly": 10, "quarterly": 15}
A_DAY = timedelta(days=1)


def due(goal: Goal, cadence: str) -> list[date]:
    """Return the days on which a key result is to be reviewed, the last one at its end.

    The last day of each month or quarter, from its first whole month on, or every seventh day from
    its start; its own review dates come on top.

    Parameters
    ----------
    goal : Goal
    cadence : str
        ``weekly``, ``monthly`` or ``quarterly``.
    """
    days = {day for day in goal.key_result.reviews if goal.start <= day <= goal.end}
    return sorted({*days, *_regular(goal, cadence), goal.end})


def reviews(
    goal: Goal, cadence: str, held: Iterable[date], day: date
) -> tuple[tuple[date, ...], date | None]:
    """Return the reviews that were not held, and the next one.

    A review is held by a check-in after the review before it, up to some days (`GRACE`) after it
    is due; one check-in holds one review. It is overdue from the day after it is due.

    Parameters
    ----------
    goal : Goal
    cadence : str
    held : iterable of datetime.date
        The days of the check-ins.
    day : datetime.date
        Today.

    Returns
    -------
    tuple of (tuple of datetime.date, datetime.date or None)
        None when nothing is left to be reviewed.
    """
    days = due(goal, cadence)
    open_days = _not_held(days, sorted(each for each in held if each <= day), GRACE[cadence])
    overdue = tuple(each for each in open_days if each < day)
    return overdue, next((each for each in open_days if each >= day), None)


def _not_held(days: Sequence[date], held: list[date], grace: int) -> list[date]:
    missed, before = [], date.min
    for each in days:
        late = each + timedelta(days=grace)
        found = next((one for one in held if before < one <= late), None)
        if found is None:
            missed.append(each)
        else:
            held.remove(found)
        before = each
    return missed


def _regular(goal: Goal, cadence: str) -> list[date]:
    if cadence == "weekly":
        weeks = range(((goal.end - goal.start).days + 1) // 7)
        return [goal.start + timedelta(days=7 * week + 6) for week in weeks]
    ends = [month.end_day for month in Period(goal.start, goal.end).months()]
    return [end for end in ends if end.month % 3 == 0] if cadence == "quarterly" else ends
