"""Where every key result stands at the end of a month, and the tree of objectives above them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from kpilib.errors import ContractError, PeriodError
from kpilib.methods.attainment import AMBER_FROM, CLOSE, GREEN_FROM, Reached, weighted
from kpilib.objectives.diary import CheckIn, checkins
from kpilib.objectives.frames import monthly_rows, rows_where_possible
from kpilib.objectives.goal import Goal, goals
from kpilib.objectives.history import MONTHLY, TWIN, History, Past, Row, monthly_of, twins_of
from kpilib.objectives.pairs import Twin
from kpilib.objectives.plan import read_plan
from kpilib.objectives.probability import Chance
from kpilib.objectives.verdict import Verdict, actions_of
from kpilib.objectives.written import Action, Objective, Plan
from kpilib.period import Period

if TYPE_CHECKING:
    from kpilib.answers.asking import Asking

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


SHOWN_AFTER = 3  # months after its end in which a key result is still shown, with its last verdict


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One goal at the end of one month.

    Parameters
    ----------
    goal : Goal
        With the target in force on that day.
    month : Period
        Of the figure; the month of its end when the goal is over.
    row : mapping
        The month's row of `evaluate`, of the goal's own group.
    past : tuple of (Period, float or None)
        The figure month by month up to this one, oldest first; None where it is not known. Of a
        count, what came in each month.
    course : tuple of (Period, float or None)
        The months since its start as the path asks for them: of a count, all that came till then.
    day : datetime.date
        The day that the figure is of: the last of the month, of the data or of the goal.
    reached : Reached or None
        None when the figure is not known.
    expected : float or None
        What the path asks for by that day, in the KPI's unit; None where there is no path.
    chance : Chance or None
        Of reaching the target by its date; without one, `chance_reason` says why.
    chance_reason : str
    verdict : Verdict
    before : Verdict or None
        Of the month before; None when the key result had not started.
    twin : Twin or None
        The KPI that is read with this one, where there is one.
    checkins : tuple of CheckIn
        Newest first, up to the month's end.
    overdue : tuple of datetime.date
        Reviews that were due by then and not held.
    next_review : datetime.date or None
    actions : tuple of Action
    rows : tuple of mapping
        The rows of `evaluate` that it stands on, one a month, the last one of `month`.
    """

    goal: Goal
    month: Period
    row: Row
    past: Past
    course: Past
    day: date
    reached: Reached | None
    expected: float | None
    chance: Chance | None
    chance_reason: str
    verdict: Verdict
    before: Verdict | None
    twin: Twin | None
    checkins: tuple[CheckIn, ...] = ()
    overdue: tuple[date, ...] = ()
    next_review: date | None = None
    actions: tuple[Action, ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def over(self) -> bool:
        """Whether the key result has come to its end."""
        return self.day >= self.goal.end


@dataclass(frozen=True, kw_only=True)
class ObjectiveStanding:
    """One objective with where its key results stand, and the objectives below it.

    Parameters
    ----------
    objective : Objective
    standings : tuple of Standing
        Of its own key results.
    score : float or None
        Weighted mean of the scores of those that can be judged, from 0 to 1; None without any.
    without_data : int
        How many of them cannot be judged, and are in no score.
    done : bool or None
        Whether all have reached their target; None before the end of the last one, and where the
        figure of one is not known and all others have.
    children : tuple of ObjectiveStanding
    """

    objective: Objective
    standings: tuple[Standing, ...]
    score: float | None
    without_data: int
    done: bool | None
    children: tuple[ObjectiveStanding, ...] = ()

    @property
    def red(self) -> bool:
        """Whether its score is red."""
        return self.score is not None and self.score < AMBER_FROM

    @property
    def red_below(self) -> tuple[ObjectiveStanding, ...]:
        """The objectives below it that are red, which its own score does not say."""
        return tuple(each for each in flat(self.children) if each.red)

    @property
    def red_results(self) -> tuple[Standing, ...]:
        """The key results that are red under a green score: their mean does not say it."""
        if self.score is None or self.score < GREEN_FROM:
            return ()
        return tuple(
            each
            for each in self.standings
            if each.verdict.assessed and each.reached and each.reached.score < AMBER_FROM
        )


def standings(
    company: Asking,
    month: Period,
    plan: Plan | None = None,
    past: int = 26,
    kpis: Collection[str] | None = None,
) -> tuple[Standing, ...]:
    """Return where the key results of a company stand at the end of a month.

    Those that run in the month; with their last verdict those that ended in the three months
    before it, and those that ended earlier for an objective that still runs: its score is theirs
    too.

    Parameters
    ----------
    company : Asking
    month : Period
        One month.
    plan : Plan, optional
        By default the company's own.
    past : int
        How many months are looked at.
    kpis : collection of str, optional
        Only the key results of these KPIs.

    Returns
    -------
    tuple of Standing
        In the order of the plan.
    """
    if month.kind != "month":
        raise PeriodError(f"A standing is of one month; {month.name!r} is not. Write '2026-10'.")
    currency = company.settings.currency
    written = read_plan(company.folder, currency)  # all of it: check-ins are on any of it
    plan = written if plan is None else plan
    shown = _shown(goals(plan, currency), month, past)
    chosen = [goal for goal in shown if kpis is None or goal.kpi in kpis]
    if not chosen:
        return ()
    past = max(past, SHOWN_AFTER + 2)
    # Verdicts are given on this month and the one before, and on the last of those that ended.
    judged = 2 + max(_months_since(goal.end, month) for goal in shown)
    rows = _rows(company, chosen, month, past, month.trailing(judged))
    said = checkins(company.folder, written, currency)
    histories = (
        History(
            goal,
            month.trailing(past),
            rows[goal.id],
            rows.get(goal.id + TWIN),
            rows.get(goal.id + MONTHLY),
            [each for each in said if each.key_result == goal.id and each.date <= month.end_day],
            company.as_of,
        )
        for goal in chosen
    )
    return tuple(standing_of(each, plan.cadence) for each in histories)


def _shown(every: Sequence[Goal], month: Period, past: int) -> list[Goal]:
    first, oldest = (month.trailing(count)[0].start for count in (SHOWN_AFTER + 1, past))
    started = [goal for goal in every if goal.start <= month.end_day and goal.end >= oldest]
    running = {goal.objective.id for goal in started if goal.end >= month.start}
    return [goal for goal in started if goal.end >= first or goal.objective.id in running]


def _rows(
    company: Asking, chosen: Sequence[Goal], month: Period, past: int, judged: Sequence[Period]
) -> dict[str, list[Row]]:
    """Return the figures of goals and of what is read beside them, from one pass where it can be.

    A paired KPI may lack its columns: then it is left out, and takes no other figure along.
    """
    singles, twins = [*chosen, *monthly_of(chosen)], twins_of(chosen)
    try:
        return monthly_rows(company, [*singles, *twins], month, past, judged)
    except ContractError:
        beside = rows_where_possible(company, twins, month, past, judged)
        return beside | monthly_rows(company, singles, month, past, judged)


def _months_since(day: date, month: Period) -> int:
    return max(0, 12 * (month.start.year - day.year) + month.start.month - day.month)


def tree(plan: Plan, standings: Sequence[Standing]) -> tuple[ObjectiveStanding, ...]:
    """Return the objectives as a tree, those of the highest priority first.

    Objectives without a key result in the month are there too. One whose parent is not in the
    plan stands at the top.
    """
    known = {each.id for each in plan.objectives}
    order = sorted(plan.objectives, key=lambda each: each.priority)

    def below(parent: str | None) -> tuple[ObjectiveStanding, ...]:
        return tuple(
            _objective(each, standings, below(each.id))
            for each in order
            if (each.parent if each.parent in known else None) == parent
        )

    return below(None)


def flat(roots: Sequence[ObjectiveStanding]) -> list[ObjectiveStanding]:
    """Return the objectives of a tree one after the other, each before those below it."""
    return [one for each in roots for one in (each, *flat(each.children))]


def _objective(
    objective: Objective, every: Sequence[Standing], children: tuple[ObjectiveStanding, ...]
) -> ObjectiveStanding:
    own = tuple(each for each in every if each.goal.objective.id == objective.id)
    scores = [
        each.reached.score if each.reached and each.verdict.assessed else None for each in own
    ]
    return ObjectiveStanding(
        objective=objective,
        standings=own,
        score=weighted(scores, [each.goal.weight for each in own]),
        without_data=scores.count(None),
        done=_done(own, scores),
        children=children,
    )


def _done(own: Sequence[Standing], scores: Sequence[float | None]) -> bool | None:
    """Whether every key result has reached its target; None while nobody can say."""
    if not own or not all(each.over for each in own):
        return None
    if any(score is not None and score < 1 - CLOSE for score in scores):
        return False
    return None if None in scores else True


def standing_of(history: History, cadence: str) -> Standing:
    """Return where one goal stands at the end of the last month of what is known of it."""
    month, goal, shown = history.month, history.goal, history.ended()
    probability, reason = shown.chance
    today = min(month.end_day, history.as_of or month.end_day)
    overdue, upcoming = reviews(goal, cadence, [each.date for each in history.said], today)
    return Standing(
        goal=shown.then,
        month=shown.month,
        row=shown.row,
        past=shown.past,
        course=shown.course,
        day=shown.day,
        reached=shown.reached(),
        expected=None if goal.mode == "binary" else shown.then.expected(shown.day),
        chance=probability,
        chance_reason=reason,
        verdict=shown.verdict(),
        before=_before(history),
        twin=shown.twin,
        checkins=tuple(reversed(history.said)),
        overdue=overdue,
        next_review=upcoming,
        actions=actions_of(goal),
        rows=tuple(shown.rows),
    )


def _before(history: History) -> Verdict | None:
    previous = history.month.previous()
    if len(history.months) < 2 or history.goal.start > previous.end_day:
        return None
    return history.upto(previous).ended().verdict()
