"""How far a key result is, in four verdicts, or why it cannot be judged yet.

A verdict waits until what is done can have shown its effect, and is lowered where the KPI that is
read with a figure worsens: a volume says nothing of success when its quality gives way (M57).

In this order:

1. Not started, or the figure is missing or stands on too few people: not assessable. Want of
   data is never a failure.
2. Before its end, too early: the actions have not had the time that their kind takes (M15).
   At its end it is judged all the same, provisionally.
3. Partial: less than half of the month is there, or the figure is a total that grows with the
   days (half a month of leads says nothing of the month), unless it succeeds already. So is a
   total whose records begin well after its days do: what came before is not known, and is not
   nothing. Of a total that is to stay small a failure stands, and no success does.
4. Immature: cases of the month are still within their window (leads of this month that have
   90 days to buy, requests still open): what is not ripe is neither success nor failure.
5. Otherwise judged, by `kpilib.methods.attainment.reached`: before its end against the path.
   Provisional when the figure is partial, late, of fewer than 30 cases or hangs on one unit,
   and then no failure is proven; neither is one where the target may still be reached
   (`POSSIBLE`). A full count (followers, a position) has no interval: it is proven where the
   figure and its usual moves lie below the threshold.
6. One level lower when the paired KPI worsened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_args

from kpilib.definitions import Kpi
from kpilib.engine.compare import adds_up
from kpilib.engine.intervals import difference
from kpilib.engine.outcome import OK, SUPPRESSED, TOO_FEW, UNSURE
from kpilib.methods.attainment import (
    HELD,
    LEVELS,
    MODERATE_FAILURE,
    MODERATE_SUCCESS,
    NOT_ASSESSABLE,
    PROVEN_FAILURE,
    SUCCESS,
    Reached,
    reached,
)
from kpilib.objectives.goal import Goal
from kpilib.objectives.goal_rows import recorded
from kpilib.objectives.written import Action, ActionKind
from kpilib.topics.catalogue import catalogue

NOT_STARTED, MISSING, FEW, TOO_EARLY = "not_started", "missing", "too_few", "too_early"
PARTIAL, IMMATURE, NOT_DUE, UNRECORDED = "partial", "immature", "not_due", "unrecorded"
REASONS = (NOT_STARTED, MISSING, FEW, TOO_EARLY, PARTIAL, IMMATURE, NOT_DUE, UNRECORDED)
ENOUGH_OF_A_MONTH = 0.5
POSSIBLE = 0.15  # from this chance of reaching the target on, no failure is proven
LOWERED = {SUCCESS: MODERATE_SUCCESS, MODERATE_SUCCESS: MODERATE_FAILURE}
NOTABLE = 0.05  # of a figure without an interval: a relative change that is more than noise
# Days after its start from which an action can be judged (M15).
HORIZONS: dict[str, int] = {
    "seo": 90,
    "sea": 14,
    "campaign": 14,
    "email": 7,
    "social": 30,
    "training": 60,
    "improvement": 30,
    "event": 1,
}
# What moves a KPI where the objective does not say: by KPI, then by topic.
BY_KPI = {
    "organic_sessions": "seo",
    "avg_search_position": "seo",
    "ad_ctr": "sea",
    "ad_conversion_rate": "sea",
    "cost_per_lead": "sea",
    "event_attendance": "event",
    "event_registrations": "event",
}
BY_TOPIC = {"emailing": "email", "social": "social", "community": "social", "training": "training"}
# The KPI that a target may be on, and the one that must not worsen meanwhile. One way only: fewer
# leads in summer are no counter-effect of a better qualification.
PAIRS: dict[str, str] = {
    "sessions": "bounce_rate",
    "unique_visitors": "engaged_session_rate",
    "leads": "lead_qualification_rate",
    "visitor_to_lead_rate": "lead_qualification_rate",
    "cost_per_lead": "lead_qualification_rate",
    "qualified_leads": "lead_to_customer_rate",
    "newsletter_signups": "open_rate_trackable",
    "email_list_size": "open_rate_trackable",
    "open_rate": "unsubscribe_rate",
    "open_rate_trackable": "unsubscribe_rate",
    "click_rate": "unsubscribe_rate",
    "followers": "engagement_rate_followers",
    "new_followers": "engagement_rate_followers",
    "follower_growth": "engagement_rate_followers",
    "impressions": "engagement_rate_impressions",
    "reach": "engagement_rate_impressions",
    "avg_resolution_time": "support_satisfaction",
    "median_resolution_time": "support_satisfaction",
    "units_sold": "average_order_value",
    "community_members": "active_member_rate",
    "activity_per_member": "content_quality_score",
    "revenue_per_employee": "work_quality_score",
    "on_time_project_rate": "work_quality_score",
    "objective_attainment_rate": "work_quality_score",
    "absenteeism_rate": "engagement_survey_score",
    "training_roi": "training_satisfaction",
    "completion_rate": "training_satisfaction",
}
assert set(HORIZONS) == set(get_args(ActionKind))


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A judgement on one key result, without words: `kpilib.show.standing_words` has them.

    Parameters
    ----------
    level : str
        One of `kpilib.methods.attainment.LEVELS`.
    reason : str
        Why it is not assessable: one of `REASONS`; empty when it was judged.
    day : datetime.date or None
        First day on which it can be judged, for ``too_early``; the day it starts or is due, for
        ``not_started`` and ``not_due``; since when anything is known, for ``unrecorded``.
    kind : str
        Of the action that has to be waited for, for ``too_early``.
    provisional : bool
        Judged, but the figure may still move or rests on few cases; never a proven failure.
    lowered_by : str
        The paired KPI that worsened and lowered the verdict by one level (M57).
    """

    level: str
    reason: str = ""
    day: date | None = None
    kind: str = ""
    provisional: bool = False
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


def verdict(goal: Goal, row: Mapping[str, Any], day: date, beside: Evidence = ALONE) -> Verdict:
    """Judge a key result by one row of `evaluate`, in the order that the head of this file tells.

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
    if row["status"] != OK:
        return _without_figure(goal, row, over)
    if _too_young(goal, day) and not over:
        return not_assessable(TOO_EARLY, judged_from(goal), slowest(goal))
    if "immature" in row["flags"]:
        return not_assessable(IMMATURE)
    found = reached_by(goal, row, day, beside)
    assert found is not None  # its status is ok
    if found.level is None:
        return not_assessable(NOT_DUE, goal.end)
    if _too_partial(goal, row) and not _settled(goal, found.level):
        first = recorded(row)
        return not_assessable(PARTIAL if first is None else UNRECORDED, first)
    lowered = beside.worsened and found.level in LOWERED
    return Verdict(
        level=LOWERED[found.level] if lowered else found.level,
        provisional=_provisional(goal, row, day),
        lowered_by=beside.worsened if lowered else "",
    )


def _without_figure(goal: Goal, row: Mapping[str, Any], over: bool) -> Verdict:
    """Say what a key result waits for, or why nobody knows where it is."""
    if goal.mode == "binary" and not over:
        return not_assessable(NOT_DUE, goal.end)
    return not_assessable(FEW if row["status"] in (SUPPRESSED, TOO_FEW) else MISSING)


def not_assessable(reason: str, day: date | None = None, kind: str = "") -> Verdict:
    """Return the verdict that there is none yet."""
    return Verdict(level=NOT_ASSESSABLE, reason=reason, day=day, kind=kind)


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
    possible = beside.probability is not None and beside.probability >= POSSIBLE
    unsure = _provisional(goal, row, day) or possible  # then no failure is proven
    share = goal.share(day)
    values = [row["value"] / share]
    if goal.mode == "maintain":
        values = [*beside.earlier, *values]
    doubt = _doubt(goal, row, day, beside.usual)
    doubt = doubt and (doubt[0] / share, doubt[1] / share)
    return reached(goal, day, values, doubt, goal.expected(day) / share, unsure)


def _doubt(
    goal: Goal, row: Mapping[str, Any], day: date, usual: float | None
) -> tuple[float, float] | None:
    """Return between what a figure lies; of a full count, within its usual moves.

    At its end a full count is what it is, even where nobody knows how far it usually moves.
    """
    if (own := interval_of(row)) is not None:
        return own
    kpi = catalogue().get(goal.kpi)
    if kpi is None or not kpi.full_count:
        return None
    if usual is None:
        return (row["value"], row["value"]) if day >= goal.end else None
    return row["value"] - usual, row["value"] + usual


def _provisional(goal: Goal, row: Mapping[str, Any], day: date) -> bool:
    return bool(set(UNSURE) & set(row["flags"])) or _too_young(goal, day)


def _too_young(goal: Goal, day: date) -> bool:
    first = judged_from(goal)
    return first is not None and day < first


def _too_partial(goal: Goal, row: Mapping[str, Any]) -> bool:
    if "partial" not in row["flags"]:
        return False
    kpi = catalogue().get(goal.kpi)
    filling = kpi is not None and adds_up(kpi) and not goal.adds_months
    if filling or recorded(row) is not None:
        return True
    coverage = (row.get("details") or {}).get("coverage")
    return coverage is not None and coverage < ENOUGH_OF_A_MONTH


def _settled(goal: Goal, level: str) -> bool:
    """Whether what is not known cannot change a verdict: a total can but be more than its part."""
    kpi = catalogue().get(goal.kpi)
    if kpi is not None and kpi.fills_up and not goal.upward:
        return level in (MODERATE_FAILURE, PROVEN_FAILURE)
    return level == SUCCESS


def judged_from(goal: Goal) -> date | None:
    """Return the first day on which the actions of a key result can have shown their effect.

    The latest of the days on which its actions can be judged; an action that begins when those
    before it can already be judged does not take the verdict back. Without actions, the kind that
    usually moves the KPI counts, from the first day of the key result.

    Returns
    -------
    datetime.date or None
        None for a milestone and for a level to be held: there is no effect to wait for.
    """
    return _awaited(goal)[0]


def slowest(goal: Goal) -> str:
    """Return the kind of action that a key result has to wait for; empty if for none."""
    return _awaited(goal)[1]


def _awaited(goal: Goal) -> tuple[date | None, str]:
    """Return the first day on which what is done can be judged, and the kind that takes longest."""
    found: list[tuple[date, str]] = []
    kpi = catalogue().get(goal.kpi)
    if goal.mode in HELD:
        return None, ""
    for action in sorted(actions_of(goal), key=lambda each: each.start):
        if not found or action.start < max(found)[0]:
            found.append((_earliest(action.start, action.kind), action.kind))
    if not found and kpi is not None:
        found.append((_earliest(goal.start, usual_kind(kpi)), usual_kind(kpi)))
    return max(found, default=(None, ""))


def _earliest(start: date, kind: str) -> date:
    return start + timedelta(days=HORIZONS[kind])


def usual_kind(kpi: Kpi) -> str:
    """Return the kind of action that usually moves a KPI."""
    return BY_KPI.get(kpi.id) or BY_TOPIC.get(kpi.topic, "improvement")


def actions_of(goal: Goal) -> tuple[Action, ...]:
    """Return what is done for a key result: the actions it names, or all of its objective's."""
    every, named = goal.objective.actions, goal.key_result.actions
    return tuple(each for each in every if each.id in named) if named else every


def worsened(kpi: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether a paired KPI became worse beyond noise; not where either figure is missing.

    It worsened when the 95 % interval of the difference (from the two figures' intervals) lies
    wholly on the worse side; without intervals, when it is more than 5 % worse. A figure that is
    still filling up has not worsened yet.

    Parameters
    ----------
    kpi : str
        The paired KPI.
    then, now : mapping
        Its rows of `evaluate`, of the baseline's month and of this one.
    """
    known, flags = catalogue()[kpi], now["flags"]
    if then["status"] != OK or now["status"] != OK or known.better == "neutral":
        return False
    if "immature" in flags or ("partial" in flags and adds_up(known)):
        return False
    sign = 1 if known.better == "lower" else -1
    worse_by = sign * (now["value"] - then["value"])
    if worse_by <= 0:
        return False
    intervals = interval_of(now), interval_of(then)
    if None in intervals:
        return then["value"] == 0 or worse_by / abs(then["value"]) > NOTABLE
    apart = difference(now["value"], intervals[0], then["value"], intervals[1])
    low, high = map(float, apart)
    return low > 0 if known.better == "lower" else high < 0


def interval_of(row: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return the interval of a row of `evaluate`; None where it has none."""
    low, high = row.get("ci_low"), row.get("ci_high")
    known = low is not None and high is not None and low == low and high == high
    return (low, high) if known else None
