"""What must be looked at before an effect speaks: teams, the time before, levels, who is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kpilib.methods.effects import FEWEST_TEAMS, Effect, by_team, difference_in_means
from kpilib.methods.measured import AFTER, BEFORE, Measured, mean_of_each

ALIKE = 0.10  # p below which both groups moved differently; a trend that is missed costs more
COURSE = 3  # periods before from which a person's own course can be told from chance
KEPT = 0.10  # two-sided p up to which an effect outlives the groups' own courses: 95 %, one-sided
LEVELS = 0.25  # standard deviations: beyond, groups differ at the start (What Works Clearinghouse)
ROUNDING = 1e-9
DOUBTS = frozenset({"not_parallel", "no_baseline"})  # flags of an effect that proves nothing
DAYS = 10_000_000  # more than there are after 1970


def compared(arms: Sequence[Mapping[str, Any] | Measured], figure: str) -> Effect:
    """Compare people by one figure (or take one group's mean), team by team where teams are known.

    Parameters
    ----------
    arms : sequence of Measured or pandas.DataFrame
        One row a person, with ``team``; someone without is a team of their own.
    figure : str
    """
    values, teams = [], []
    for arm in arms:
        figures, own = (np.asarray(arm[name], dtype=float) for name in (figure, "team"))
        order = np.lexsort((figures, own))  # row order must not matter
        values.append(figures[order])
        teams.append(own[order])
    every = np.concatenate(teams)
    alone = np.isnan(every)
    if alone.all():
        if len(arms) == 1:
            return Effect(value=float(np.mean(values[0])))
        return difference_in_means(*(np.sort(each) for each in values))
    numbers = np.zeros(len(every), dtype=int)
    known, numbers[~alone] = np.unique(every[~alone], return_inverse=True)
    numbers[alone] = len(known) + np.arange(alone.sum())
    return by_team(values, np.split(numbers, np.cumsum([len(arm) for arm in arms])[:-1]))


def teams_of(arms: Sequence[Mapping[str, Any] | Measured]) -> tuple[dict[str, float], list[str]]:
    """Return how many teams the people are of, with a warning where that limits what can be said.

    ``approximate`` where someone's team is not known, so that people count as independent.
    """
    teams = np.concatenate([np.asarray(arm["team"], dtype=float) for arm in arms])
    unknown = np.isnan(teams)
    details, flags = {}, []
    if not unknown.all():
        details["teams"] = float(len(np.unique(teams[~unknown])) + unknown.sum())
        if details["teams"] < FEWEST_TEAMS:
            details["warning_few_teams"] = details["teams"]
    if unknown.any():
        details["warning_independent"] = float(unknown.sum())
        flags.append("approximate")
    return details, flags


def before(rows: Measured, arms: Mapping[str, Measured]) -> tuple[dict, list[str]]:
    """Say whether both groups moved alike before the training, and began at one level.

    Each person's slope over the periods before is one figure, and both groups are compared by it
    as by the effect. With too few teams for that people count as independent, which finds a
    difference too soon rather than too late.

    Returns
    -------
    dict
        ``before_periods``; ``before_difference`` of the levels in standard deviations, with
        ``warning_levels`` when it is large; ``before_trend``, by how much more the trained rose
        from one period to the next, and its p-value.
    list of str
        ``not_parallel``, or ``no_baseline`` where the time before settles nothing: two periods are
        not known of both groups, or a course too faint to be seen could make the effect.
    """
    known = rows.where((rows["phase"] == BEFORE) & rows.known)
    details = {"before_periods": float(len(np.unique(known["period_end"])))}
    details |= _levels(arms["treated"]["before"], arms["control"]["before"])
    slopes = [_slopes(known, arm) for arm in arms.values()]
    if min(len(each) for each in slopes) < 2:
        return details, ["no_baseline"]
    found = compared(slopes, "slope")
    if found.standard_error is None:
        found = difference_in_means(*(each["slope"] for each in slopes))
    details |= {"before_trend": found.value, "before_trend_p": found.p_value}
    steady = abs(found.value) <= ROUNDING * max(1.0, np.abs(known["value"]).max())
    differs = found.p_value < ALIKE if found.p_value is not None else True
    if differs and not steady:
        return details, ["not_parallel"]
    if details["before_periods"] < COURSE or _outlives(rows, arms):
        return details, []
    return details, ["no_baseline"]


def _outlives(rows: Measured, arms: Mapping[str, Measured]) -> bool:
    """Tell whether an effect is still there once everybody's own course is taken out.

    A course of a tenth of a standard deviation a month is seldom seen in six months before, and
    makes an effect that is none in two of five trainings. So the course is taken from all that was
    measured, within the periods before and within those after, and what it would have brought from
    one to the other is taken from each person's change. An effect that chance explains anyway has
    nothing to outlive.
    """
    effect = compared(list(arms.values()), "change")
    if effect.interval is None or effect.interval[0] <= 0 <= effect.interval[1]:
        return True
    known = rows.where(rows.known)
    slopes = [_slopes(known, arm) for arm in arms.values()]
    left = [own.assign(left=own["change"] - own["slope"] * own["apart"]) for own in slopes]
    found = compared(left, "left")
    kept = found.p_value < KEPT if found.p_value is not None else True
    return kept and found.value * effect.value > 0


def _slopes(known: Measured, arm: Measured) -> Measured:
    """Return the slope of each person of an arm within the phases known, per period.

    ``apart`` is how many periods the middle of those after lies behind the middle of those before.
    """
    own, size = known.where(np.isin(known["person"], arm["person"])), len(arm)
    time = _periods_of_each(own["training"], own["period_end"])
    place, value, phase = np.searchsorted(arm["person"], own["person"]), own["value"], own["phase"]
    one = place * (1 + phase.max(initial=0)) + phase
    count = 1 + one.max(initial=-1)
    middle, level = (mean_of_each(one, each, count)[one] for each in (time, value))
    away = time - middle
    squares, products = (
        np.bincount(place, each, minlength=size) for each in (away**2, away * (value - level))
    )
    early, late = (
        mean_of_each(place[phase == each], middle[phase == each], size) for each in (BEFORE, AFTER)
    )
    moved = squares > 0
    slopes = np.divide(products, squares, where=moved, out=np.full(size, np.nan))
    return arm.assign(slope=slopes, apart=late - early).where(moved)


def _periods_of_each(training: np.ndarray, ended: np.ndarray) -> np.ndarray:
    """Number the periods that each training was measured in, from 1 on."""
    days = ended.astype("datetime64[D]").astype(np.int64)
    pairs, place = np.unique(training * DAYS + days, return_inverse=True)
    _, first = np.unique(pairs // DAYS, return_index=True)
    return place - first[np.searchsorted(pairs[first] // DAYS, pairs[place] // DAYS)] + 1.0


def _levels(treated: np.ndarray, control: np.ndarray) -> dict[str, float]:
    """Say by how many standard deviations the trained began above the others, and warn of many.

    Both spreads count alike, whatever the number of people (Cohen's d as balance tables have it).
    """
    difference = float(treated.mean() - control.mean())
    variances = [arm.var(ddof=1) for arm in (treated, control) if len(arm) > 1]
    spread = float(np.sqrt(np.mean(variances))) if variances else np.nan
    told = {"before_difference": difference / spread} if spread > ROUNDING else {}
    apart = variances and abs(difference) > max(LEVELS * spread, ROUNDING)
    return told | ({"warning_levels": 1.0} if apart else {})


def followed(rows: Measured, arms: Mapping[str, Measured]) -> dict[str, float | None]:
    """Say how many of each arm were measured, until when, and in how many periods after.

    Returns
    -------
    dict
        By arm: ``_listed`` people of the training, ``_at_end`` of those compared who have a value
        in the last period after, ``_measured`` periods of people, of ``_due`` if all of them had
        been measured each time; ``warning_attrition`` when fewer were.
    """
    training, ended, person, listed = (
        rows[name] for name in ("training", "period_end", "person", "listed")
    )
    after, known = rows["phase"] == AFTER, rows.known
    periods = {each: np.unique(ended[after & (training == each)]) for each in np.unique(training)}
    trainings = np.array(list(periods))
    never = np.datetime64("NaT")
    last = np.array([days[-1] if len(days) else never for days in periods.values()])
    at_end = ended == last[np.searchsorted(trainings, training)]
    details, missing = {}, 0.0
    for number, (arm, pairs) in enumerate(arms.items()):
        own = rows["arm"] == number
        of_each, first = np.unique(training[own], return_index=True)
        people = listed[own][first]
        found = np.flatnonzero(own & after & known & np.isin(person, pairs["person"]))
        when = np.column_stack([person[found], ended[found].astype(np.int64)])
        once = found[np.unique(when, axis=0, return_index=True)[1]]
        due = sum(
            float(number * len(periods[each])) for each, number in zip(of_each, people, strict=True)
        )
        measured = float(len(once))
        details |= {
            f"{arm}_listed": float(people.sum()),
            f"{arm}_at_end": float(at_end[once].sum()),
            f"{arm}_measured": measured,
            f"{arm}_due": due,
        }
        missing += due - measured
    return details | ({"warning_attrition": missing} if missing else {})
