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


def compared(arms: Sequence[pd.DataFrame], figure: str) -> Effect:
    """Compare people by one figure (or take one group's mean), team by team where teams are known.

    Parameters
    ----------
    arms : sequence of pandas.DataFrame
        One row a person, with ``team``; someone without is a team of their own.
    figure : str
    """
    arms = [arm.sort_values(["team", figure]) for arm in arms]  # row order must not matter
    values = [arm[figure].to_numpy(dtype=float) for arm in arms]
    teams = pd.concat([arm["team"] for arm in arms])
    if teams.isna().all():
        if len(arms) == 1:
            return Effect(value=float(np.mean(values[0])))
        return difference_in_means(*(np.sort(each) for each in values))
    numbers, _ = pd.factorize(teams)
    alone = numbers < 0
    numbers[alone] = numbers.max() + 1 + np.arange(alone.sum())
    return by_team(values, np.split(numbers, np.cumsum([len(arm) for arm in arms])[:-1]))


def teams_of(arms: Sequence[pd.DataFrame]) -> tuple[dict[str, float], list[str]]:
    """Return how many teams the people are of, with a warning where that limits what can be said.

    ``approximate`` where someone's team is not known, so that people count as independent.
    """
    teams = pd.concat([arm["team"] for arm in arms])
    unknown = teams.isna()
    details, flags = {}, []
    if not unknown.all():
        details["teams"] = float(teams.nunique() + unknown.sum())
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
        ``before_periods``; ``before_trend``, by how much more the trained rose from one period to
        the next, and its p-value; ``warning_levels`` when the levels differ.
    list of str
        ``not_parallel``, or ``no_baseline`` where the time before settles nothing: two periods are
        not known of both groups, or a course too faint to be seen could make the effect.
    """
    known = rows[(rows["phase"] == "before") & rows["value"].notna()]
    details = {"before_periods": float(known["period_end"].nunique())}
    if _apart(arms["treated"]["before"], arms["control"]["before"]):
        details["warning_levels"] = 1.0
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
    mine = known[known["person"].isin(arm.index)]
    value = mine["value"].astype(float)
    time = mine.groupby("training_id")["period_end"].rank(method="dense")
    mine = mine[["person", "phase"]].assign(time=time, value=value)
    middle = mine.groupby(["person", "phase"])[["time", "value"]].transform("mean")
    away = mine[["time", "value"]] - middle
    parts = pd.DataFrame({"square": away["time"] ** 2, "product": away["time"] * away["value"]})
    sums = parts.groupby(mine["person"]).sum()
    times = middle["time"].groupby([mine["person"], mine["phase"]]).first().unstack("phase")
    times = times.reindex(columns=["before", "after"])
    return arm.assign(
        slope=sums["product"] / sums["square"].where(sums["square"] > 0),
        apart=times["after"] - times["before"],
    ).dropna(subset=["slope"])


def _apart(treated: pd.Series, control: pd.Series) -> bool:
    """Tell whether the levels before differ by a quarter of their spread or more."""
    difference = abs(float(treated.mean() - control.mean()))
    variances = [arm.var() for arm in (treated, control) if len(arm) > 1]
    if not variances:
        return False
    return difference > max(LEVELS * float(np.sqrt(np.mean(variances))), ROUNDING)


def followed(rows: pd.DataFrame, arms: Mapping[str, pd.DataFrame]) -> dict[str, float | None]:
    """Say how many of each arm were measured, until when, and in how many periods after.

    Returns
    -------
    dict
        By arm: ``_listed`` people of the training, ``_at_end`` of those compared who have a value
        in the last period after, ``_measured`` periods of people, of ``_due`` if all of them had
        been measured each time; ``warning_attrition`` when fewer were.
    """
    after = rows[(rows["phase"] == "after")]
    periods = after.groupby("training_id")["period_end"].nunique()
    last = after.groupby("training_id")["period_end"].max()
    details, missing = {}, 0.0
    for arm, pairs in arms.items():
        own = rows[rows["arm"] == arm]
        listed = own.groupby("training_id")["listed"].first()
        found = after[(after["arm"] == arm) & after["value"].notna()]
        found = found[found["person"].isin(pairs.index)]
        found = found.drop_duplicates(["person", "period_end"])
        due = float((listed * periods.reindex(listed.index).fillna(0)).sum())
        details |= {
            f"{arm}_listed": float(listed.sum()),
            f"{arm}_at_end": float((found["period_end"] == found["training_id"].map(last)).sum()),
            f"{arm}_measured": float(len(found)),
            f"{arm}_due": due,
        }
        missing += due - len(found)
    return details | ({"warning_attrition": missing} if missing else {})
