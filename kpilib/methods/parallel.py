"""What must be looked at before an effect speaks: teams, the time before, levels, who is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kpilib.methods.effects import FEWEST_TEAMS, Effect, by_team, difference_in_means

ALIKE = 0.10  # p below which both groups moved differently; a trend that is missed costs more
COURSE = 3  # periods before from which a person's own course can be told from chance
KEPT = 0.10  # two-sided p up to which an effect outlives the groups' own courses: 95 %, one-sided
LEVELS = 0.25  # standard deviations: beyond, groups differ at the start (What Works Clearinghouse)
ROUNDING = 1e-9
DOUBTS = frozenset({"not_parallel", "no_baseline"})  # flags of an effect that proves nothing
DAYS = 10_000_000  # more than there are after 1970


def compared(arms: Sequence[pd.DataFrame], figure: str) -> Effect:
    """Compare people by one figure (or take one group's mean), team by team where teams are known.

    Parameters
    ----------
    arms : sequence of pandas.DataFrame
        One row a person, with ``team``; someone without is a team of their own.
    figure : str
    """
    values, teams = [], []
    for arm in arms:
        figures, own = (arm[name].to_numpy(dtype=float) for name in (figure, "team"))
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


def teams_of(arms: Sequence[pd.DataFrame]) -> tuple[dict[str, float], list[str]]:
    """Return how many teams the people are of, with a warning where that limits what can be said.

    ``approximate`` where someone's team is not known, so that people count as independent.
    """
    teams = np.concatenate([arm["team"].to_numpy(dtype=float) for arm in arms])
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


def before(rows: pd.DataFrame, arms: Mapping[str, pd.DataFrame]) -> tuple[dict, list[str]]:
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
    known = rows[(rows["phase"] == "before") & rows["value"].notna()]
    details = {"before_periods": float(known["period_end"].nunique())}
    details |= _levels(arms["treated"]["before"], arms["control"]["before"])
    slopes = [_slopes(known, arm) for arm in arms.values()]
    if min(len(each) for each in slopes) < 2:
        return details, ["no_baseline"]
    found = compared(slopes, "slope")
    if found.standard_error is None:
        found = difference_in_means(*(each["slope"].to_numpy() for each in slopes))
    details |= {"before_trend": found.value, "before_trend_p": found.p_value}
    steady = abs(found.value) <= ROUNDING * max(1.0, known["value"].abs().max())
    differs = found.p_value < ALIKE if found.p_value is not None else True
    if differs and not steady:
        return details, ["not_parallel"]
    if details["before_periods"] < COURSE or _outlives(rows, arms):
        return details, []
    return details, ["no_baseline"]


def _outlives(rows: pd.DataFrame, arms: Mapping[str, pd.DataFrame]) -> bool:
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
    known = rows[rows["value"].notna()]
    slopes = [_slopes(known, arm) for arm in arms.values()]
    left = [own.assign(left=own["change"] - own["slope"] * own["apart"]) for own in slopes]
    found = compared(left, "left")
    kept = found.p_value < KEPT if found.p_value is not None else True
    return kept and found.value * effect.value > 0


def _slopes(known: pd.DataFrame, arm: pd.DataFrame) -> pd.DataFrame:
    """Return the slope of each person of an arm within the phases known, per period.

    ``apart`` is how many periods the middle of those after lies behind the middle of those before.
    """
    every = arm.index.get_indexer(known["person"])
    mine = every >= 0
    place, value = every[mine], known["value"].to_numpy()[mine]
    codes, phases = known["phase"].cat.codes.to_numpy()[mine], known["phase"].cat.categories
    numbers = {name: code for code, name in enumerate(phases)}
    training, ended = known["training_id"].cat.codes.to_numpy(), known["period_end"].to_numpy()
    time = _periods_of_each(training[mine], ended[mine])
    one = place * len(numbers) + codes
    middle = mean_of_each(one, time, one.max(initial=-1) + 1)[one]
    away, from_mean = time - middle, value - mean_of_each(one, value, one.max(initial=-1) + 1)[one]
    squares, products = (
        np.bincount(place, each, minlength=len(arm)) for each in (away**2, away * from_mean)
    )
    early, late = (
        mean_of_each(place[own], middle[own], len(arm))
        for own in (codes == numbers.get(each, -1) for each in ("before", "after"))
    )
    moved = squares > 0
    slopes = np.divide(products, squares, where=moved, out=np.full(len(arm), np.nan))
    return arm.assign(slope=slopes, apart=late - early)[moved]


def _periods_of_each(training: np.ndarray, ended: np.ndarray) -> np.ndarray:
    """Number the periods that each training was measured in, from 1 on."""
    days = ended.astype("datetime64[D]").astype(np.int64)
    pairs, place = np.unique(training.astype(np.int64) * DAYS + days, return_inverse=True)
    _, first = np.unique(pairs // DAYS, return_index=True)
    return place - first[np.searchsorted(pairs[first] // DAYS, pairs[place] // DAYS)] + 1.0


def mean_of_each(place: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Return the mean of each of `count` places; not a number where there is none."""
    sums, cases = (np.bincount(place, each, minlength=count) for each in (values, None))
    return np.divide(sums, cases, where=cases > 0, out=np.full(count, np.nan))


def _levels(treated: pd.Series, control: pd.Series) -> dict[str, float]:
    """Say by how many standard deviations the trained began above the others, and warn of many.

    Both spreads count alike, whatever the number of people (Cohen's d as balance tables have it).
    """
    difference = float(treated.mean() - control.mean())
    variances = [arm.var() for arm in (treated, control) if len(arm) > 1]
    spread = float(np.sqrt(np.mean(variances))) if variances else np.nan
    told = {"before_difference": difference / spread} if spread > ROUNDING else {}
    apart = variances and abs(difference) > max(LEVELS * spread, ROUNDING)
    return told | ({"warning_levels": 1.0} if apart else {})


def followed(rows: pd.DataFrame, arms: Mapping[str, pd.DataFrame]) -> dict[str, float | None]:
    """Say how many of each arm were measured, until when, and in how many periods after.

    Returns
    -------
    dict
        By arm: ``_listed`` people of the training, ``_at_end`` of those compared who have a value
        in the last period after, ``_measured`` periods of people, of ``_due`` if all of them had
        been measured each time; ``warning_attrition`` when fewer were.
    """
    training = rows["training_id"].cat.codes.to_numpy()
    ended, person, listed = (rows[name].to_numpy() for name in ("period_end", "person", "listed"))
    after, known = rows["phase"].eq("after").to_numpy(), rows["value"].notna().to_numpy()
    periods = {each: np.unique(ended[after & (training == each)]) for each in np.unique(training)}
    trainings = np.array(list(periods))
    never = np.datetime64("NaT")
    last = np.array([days[-1] if len(days) else never for days in periods.values()])
    at_end = ended == last[np.searchsorted(trainings, training)]
    details, missing = {}, 0.0
    for arm, pairs in arms.items():
        own = rows["arm"].eq(arm).to_numpy()
        of_each, first = np.unique(training[own], return_index=True)
        people = listed[own][first]
        found = np.flatnonzero(own & after & known & np.isin(person, pairs.index))
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
