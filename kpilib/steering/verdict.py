"""How far a key result is, in four verdicts, or why it cannot be judged yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpilib.catalogue import catalogue
from kpilib.compare import adds_up
from kpilib.methods.attainment import (
    LEVELS,
    MODERATE_FAILURE,
    MODERATE_SUCCESS,
    NOT_ASSESSABLE,
    SUCCESS,
    Aim,
    Reached,
    reached,
)
from kpilib.outcome import OK, SUPPRESSED, TOO_FEW, UNSURE
from kpilib.steering.goal import Goal
from kpilib.steering.horizon import judged_from, slowest

NOT_STARTED, MISSING, FEW, TOO_EARLY = "not_started", "missing", "too_few", "too_early"
PARTIAL, IMMATURE, NOT_DUE = "partial", "immature", "not_due"
REASONS = (NOT_STARTED, MISSING, FEW, TOO_EARLY, PARTIAL, IMMATURE, NOT_DUE)
ENOUGH_OF_A_MONTH = 0.5
POSSIBLE = 0.15  # from this chance of reaching the target on, no failure is proven
LOWERED = {SUCCESS: MODERATE_SUCCESS, MODERATE_SUCCESS: MODERATE_FAILURE}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A judgement on one key result, without words: `kpilib.display.standing_words` has them.

    Parameters
    ----------
    level : str
        One of `kpilib.methods.attainment.LEVELS`.
    reason : str
        Why it is not assessable: one of `REASONS`; empty when it was judged.
    day : datetime.date or None
        First day on which it can be judged, for ``too_early``; the day it starts or is due, for
        ``not_started`` and ``not_due``.
    kind : str
        Of the action that has to be waited for, for ``too_early``.
    provisional : bool
        Judged, but the figure may still move or rests on few cases; never a proven failure.
    so_far : bool
        Judged before its end, against what the path asks for by then.
    lowered_by : str
        The paired KPI that worsened and lowered the verdict by one level (M57).
    """

    level: str
    reason: str = ""
    day: date | None = None
    kind: str = ""
    provisional: bool = False
    so_far: bool = False
    lowered_by: str = ""

    @property
    def rank(self) -> int:
        """Its place from the best verdict (0) to the worst; not assessable is last."""
        return LEVELS.index(self.level)

    @property
    def assessed(self) -> bool:
        """Whether there is one."""
        return self.level != NOT_ASSESSABLE


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a verdict takes into account beside the figure of the month.

    Parameters
    ----------
    earlier : tuple of float
        The figures of the months before, of a level that is to be held.
    usual : float or None
        How far the figure usually moves: the doubt of a full count, which has no interval.
    probability : float or None
        Of reaching the target by its date.
    worsened : str
        The paired KPI, if it worsened since the baseline.
    """

    earlier: tuple[float, ...] = ()
    usual: float | None = None
    probability: float | None = None
    worsened: str = ""


ALONE = Evidence()


def aim_of(goal: Goal) -> Aim:
    """Return the numbers of a goal that its verdict needs."""
    return Aim(
        mode=goal.mode,
        baseline=goal.baseline,
        target=goal.target,
        start=goal.start,
        end=goal.end,
        better=goal.better,
        thresholds=goal.thresholds,
    )


def reached_by(
    goal: Goal, row: Mapping[str, Any], day: date, beside: Evidence = ALONE
) -> Reached | None:
    """Return where a key result is by a row of `evaluate`; None when its figure is not known.

    Parameters
    ----------
    goal : Goal
        With the target in force on that day.
    row : mapping
    day : datetime.date
        The day that the figure is of.
    beside : Evidence
    """
    if row["status"] != OK:
        return None
    unsure = (
        bool(set(UNSURE) & set(row["flags"]))
        or _too_young(goal, day)
        or _possible(beside.probability)
    )
    share = goal.share(day)
    values = [row["value"] / share]
    if goal.mode == "maintain":
        values = [*beside.earlier, *values]
    doubt = _interval(goal, row, day, beside.usual)
    doubt = doubt and (doubt[0] / share, doubt[1] / share)
    return reached(aim_of(goal), day, values, doubt, goal.expected(day) / share, unsure)


def _possible(probability: float | None) -> bool:
    """Whether the target may still be reached: then no failure is proven."""
    return probability is not None and probability >= POSSIBLE


def _interval(
    goal: Goal, row: Mapping[str, Any], day: date, usual: float | None
) -> tuple[float, float] | None:
    """Return between what a figure lies; of a full count, within its usual moves.

    At its end a full count is what it is, even where nobody knows how far it usually moves.
    """
    low, high = row.get("ci_low"), row.get("ci_high")
    if low is not None and high is not None and low == low and high == high:
        return low, high
    kpi = catalogue().get(goal.kpi)
    if kpi is None or not kpi.full_count:
        return None
    if usual is None:
        return (row["value"], row["value"]) if day >= goal.end else None
    return row["value"] - usual, row["value"] + usual


def verdict(
    goal: Goal,
    row: Mapping[str, Any],
    day: date,
    beside: Evidence = ALONE,
) -> Verdict:
    """Judge a key result by one row of `evaluate`.

    In this order:

    1. Not started, or the figure is missing or stands on too few people: not assessable. Want of
       data is never a failure.
    2. Before its end, too early: the actions have not had the time that their kind takes (M15).
       At its end it is judged all the same, provisionally.
    3. Partial: less than half of the month is there, or the figure is a total that grows with the
       days (half a month of leads says nothing of the month), unless it succeeds already.
    4. Immature: cases of the month are still within their window (leads of this month that have
       90 days to buy, requests still open): what is not ripe is neither success nor failure.
    5. Otherwise judged, by `kpilib.methods.attainment.reached`: before its end against the path.
       Provisional when the figure is partial, late, of fewer than 30 cases or hangs on one unit,
       and then no failure is proven; neither is one where the target may still be reached
       (`POSSIBLE`). A full count (followers, a position) has no interval: it is proven where the
       figure and its usual moves lie below the threshold.
    6. One level lower when the paired KPI worsened.

    Parameters
    ----------
    goal : Goal
        With the target in force on that day.
    row : mapping
        The month's, of the goal's own group.
    day : datetime.date
        The day that the figure is of: the last of the month, of the data or of the goal.
    beside : Evidence

    Returns
    -------
    Verdict
    """
    over = day >= goal.end
    if day < goal.start:
        return not_assessable(NOT_STARTED, goal.start)
    if goal.mode == "binary" and row["status"] != OK and not over:
        return not_assessable(NOT_DUE, goal.end)
    if row["status"] != OK:
        return not_assessable(FEW if row["status"] in (SUPPRESSED, TOO_FEW) else MISSING)
    if _too_young(goal, day) and not over:
        return not_assessable(TOO_EARLY, judged_from(goal), slowest(goal))
    if "immature" in row["flags"]:
        return not_assessable(IMMATURE)
    found = reached_by(goal, row, day, beside)
    assert found is not None  # its status is ok
    if found.level is None:
        return not_assessable(NOT_DUE, goal.end)
    if found.level != SUCCESS and _too_partial(goal, row):
        return not_assessable(PARTIAL)
    lowered = beside.worsened and found.level in LOWERED
    return Verdict(
        level=LOWERED[found.level] if lowered else found.level,
        provisional=bool(set(UNSURE) & set(row["flags"])) or _too_young(goal, day),
        so_far=not over and goal.mode != "binary",
        lowered_by=beside.worsened if lowered else "",
    )


def not_assessable(reason: str, day: date | None = None, kind: str = "") -> Verdict:
    """Return the verdict that there is none yet."""
    return Verdict(level=NOT_ASSESSABLE, reason=reason, day=day, kind=kind)


def _too_young(goal: Goal, day: date) -> bool:
    first = judged_from(goal)
    return first is not None and day < first


def _too_partial(goal: Goal, row: Mapping[str, Any]) -> bool:
    if "partial" not in row["flags"]:
        return False
    kpi = catalogue().get(goal.kpi)
    if kpi is not None and adds_up(kpi) and goal.mode != "count" and not goal.window:
        return True
    coverage = (row.get("details") or {}).get("coverage")
    return coverage is not None and coverage < ENOUGH_OF_A_MONTH
