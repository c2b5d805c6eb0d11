"""From a training's measurements to its effect: gain, raw change, difference in differences.

A training belongs to a period in which one of its measurements *after* ends; everything measured
up to the end of that period counts, so a monthly report shows the return to date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from kpilib.engine.intervals import student
from kpilib.engine.outcome import NO_DATA, NOT_ADDITIVE, TOO_FEW, Outcome, unknown
from kpilib.methods.call import Call
from kpilib.methods.effects import BY_TEAM, FEWEST_TO_CONCLUDE
from kpilib.methods.parallel import before, compared, followed, mean_of_each, teams_of
from kpilib.period import Period

KNOWLEDGE = "knowledge_score"
NO_PAIR = "Nobody was measured both before and after."
NO_CONTROL = "There is no control group with measurements before and after: no effect isolated."
SEVERAL = "Several trainings with different targets do not add up: ask by='training_id'."
Answer = dict[tuple[Period, str], Outcome]


def paired_gain(call: Call) -> Answer:
    """Return the mean gain of people tested before and after, in points out of 100."""
    wanted = call.kpi.value.options["kpi_id"]
    return _each(call, _gain, lambda rows: rows["kpi_id"] == wanted)


def raw_change(call: Call) -> Answer:
    """Return the mean change of trained people: what happened, not what the training did."""
    return _each(call, _raw, business)


def difference_in_differences(call: Call) -> Answer:
    """Return the change of the trained minus the change of the control group."""
    return _each(call, lambda rows: known_effect(call, rows), business)


def business(rows: pd.DataFrame) -> pd.Series:
    return rows["kpi_id"] != KNOWLEDGE


def _each(call: Call, measure, wanted) -> Answer:
    rows = measurements(call)
    rows = rows[wanted(rows)]
    answer = {}
    for period in call.periods:
        known = known_by(rows, period)
        for group, part in known.groupby("group"):
            if part["kpi_id"].nunique() > 1:
                answer[period, group] = unknown(NOT_ADDITIVE, SEVERAL)
            else:
                about = frozenset(part["training_id"]) if measure is not _gain else frozenset()
                found = _once(call, period, group, measure, part)
                answer[period, group] = replace(found, subjects=about)
    return answer


def _once(call: Call, period: Period, group: str, measure, part: pd.DataFrame) -> Outcome:
    """Measure a group once: what is asked for with and without intervals is one figure here."""
    key = ("measured", call.kpi.id, call.by, period, group)
    if key not in call.tables.cache:
        call.tables.cache[key] = measure(part)
    return call.tables.cache[key]


def measurements(call: Call) -> pd.DataFrame:
    """Return what was measured, with ``team`` and, for an effect, ``arm`` and ``listed``.

    ``listed`` is how many people the arm of that training has, measured or not. Who was measured
    (``subject_key``), of what team, and ``person``, somebody in one training, are numbers.
    """
    needs = call.kpi.value.needs
    names = _with_team(call, "kpi_measurements", needs["kpi_measurements"])
    key = ("measurements", names, call.by, "training_participants" in needs)
    if key not in call.tables.cache:
        rows = call.rows("kpi_measurements", names)
        if "training_participants" in needs:
            rows = _with_arms(call, rows)
        call.tables.cache[key] = _numbered(rows)
    return call.tables.cache[key]


def _with_arms(call: Call, rows: pd.DataFrame) -> pd.DataFrame:
    """Give each measurement the arm of the person; who is in none is left out."""
    names = _with_team(call, "training_participants", "training_id person_key arm")
    arms = replace(call, by=None).rows("training_participants", names)
    arms = arms.drop(columns="group").drop_duplicates(["training_id", "person_key"])
    arms["listed"] = arms.groupby(["training_id", "arm"])["person_key"].transform("size")
    rows = rows.assign(team=rows.get("team")).merge(
        arms.assign(member_of=arms.get("team")).drop(columns="team", errors="ignore"),
        left_on=["training_id", "subject_key"],
        right_on=["training_id", "person_key"],
        how="inner",
        validate="many_to_one",
    )
    rows["arm"] = rows["arm"].astype("category")
    return rows.assign(team=rows["member_of"].fillna(rows["team"]))


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """Number people and teams in their order, and give texts codes: an effect reads them often."""
    subject, team = rows["subject_key"], rows.get("team", pd.Series(index=rows.index, dtype=object))
    numbers = {name: pd.factorize(each, sort=True)[0] for name, each in
               (("subject_key", subject), ("team", team))}  # fmt: skip
    known = {name: pd.Series(each, rows.index, float) for name, each in numbers.items()}
    rows = rows.assign(**{name: each.where(each >= 0) for name, each in known.items()})
    texts = ("kpi_id", "training_id", "group", "phase", "arm")
    return rows.assign(
        person=rows.groupby(["training_id", "subject_key"]).ngroup().astype(float),
        period_end=pd.to_datetime(rows["period_end"]),
        value=rows["value"].astype(float),
        **{name: rows[name].astype("category") for name in texts if name in rows},
    ).drop(columns=["person_key", "member_of"], errors="ignore")


def _with_team(call: Call, table: str, names: str) -> str:
    return f"{names} team" if "team" in call.tables.columns(table) else names


def known_by(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Return the rows up to the period's end of trainings measured after in the period."""
    ended, last = rows["period_end"], pd.Timestamp(period.end_day)
    after = (rows["phase"] == "after") & (ended >= pd.Timestamp(period.start)) & (ended <= last)
    concerned = rows["training_id"].isin(rows.loc[after, "training_id"].unique())
    return rows[concerned & (ended <= last)]


def _pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a person with the means before and after; people lacking one are dropped."""
    known = rows[rows["value"].notna()]
    person, place = np.unique(known["person"].to_numpy(), return_inverse=True)
    means = {
        phase: mean_of_each(place[own], known["value"].to_numpy()[own], len(person))
        for phase in ("before", "after")
        for own in [known["phase"].eq(phase).to_numpy()]
    }
    lowest = {name: np.full(len(person), np.nan) for name in ("team", "subject_key")}
    for name, found in lowest.items():
        np.fmin.at(found, place, known[name].to_numpy())
    change = means["after"] - means["before"]
    pairs = pd.DataFrame(lowest | means | {"change": change}, index=person)
    return pairs[~np.isnan(change)]


def _gain(rows: pd.DataFrame) -> Outcome:
    scale = pd.to_numeric(rows["max_value"], errors="coerce")
    rows = rows.assign(value=np.where(scale > 0, 100 * rows["value"] / scale, rows["value"]))
    pairs = _pairs(rows)
    if pairs.empty:
        return unknown(NO_DATA, NO_PAIR)
    room = 100 - pairs["before"]
    each = (pairs["change"] / room.where(room > 0)).dropna()
    details = {
        "before": float(pairs["before"].mean()),
        "after": float(pairs["after"].mean()),
        "normalised_gain": over(pairs["change"].mean(), room.mean()),
        "mean_individual_gain": float(each.mean()) if len(each) else None,
    }
    return _mean(pairs, details)


def _raw(rows: pd.DataFrame) -> Outcome:
    pairs = _pairs(rows[rows["arm"] == "treated"])
    if pairs.empty:
        return unknown(NO_DATA, NO_PAIR)
    details = {"before": float(pairs["before"].mean()), "after": float(pairs["after"].mean())}
    return _mean(pairs, details)


def _mean(pairs: pd.DataFrame, details: dict) -> Outcome:
    """Return the mean change; people of one team are one draw where there are teams enough."""
    values = np.sort(pairs["change"].to_numpy(dtype=float))
    teams, flags = teams_of([pairs])
    interval, method = compared([pairs], "change").interval, BY_TEAM
    persons = pairs["subject_key"].to_numpy()
    if interval is None:
        interval, method = student(pairs["change"].to_numpy(dtype=float), None, persons), "student"
    if "teams" not in teams:
        teams, flags = {}, []
    elif "warning_few_teams" in teams:  # it claims nothing that a wider interval would take back
        teams, flags = {"warning_independent": float(len(values))}, ["approximate"]
    return Outcome(
        value=float(values.mean()),
        numerator=float(values.sum()),
        denominator=float(len(values)),
        n=float(len(set(persons))),  # who took two trainings is one person
        interval=interval,
        interval_method=method,
        details=details | teams,
        people=float(len(set(persons))),
    ).flagged(*flags)


def known_effect(call: Call, rows: pd.DataFrame) -> Outcome:
    """Return `effect_of` of some measurements, worked out once: three figures are made of it."""
    people = (frozenset(rows[name].dropna().unique()) for name in ("training_id", "subject_key"))
    days = rows["period_end"].dropna()
    key = ("effect", *people, min(days, default=None), max(days, default=None), len(rows))
    if key not in call.tables.cache:
        call.tables.cache[key] = effect_of(rows)
    return call.tables.cache[key]


def effect_of(rows: pd.DataFrame) -> Outcome:
    """Return the difference in differences, with what was looked at before it may speak.

    An effect of groups that already moved apart before has no interval: chance is not what could
    explain it.
    """
    arms = {arm: _pairs(rows[rows["arm"] == arm]) for arm in ("treated", "control")}
    people = sum(len(pairs) for pairs in arms.values())
    details = _means(arms) | followed(rows, arms)
    if arms["treated"].empty:
        return unknown(NO_DATA, NO_PAIR)
    if arms["control"].empty:
        return unknown(TOO_FEW, NO_CONTROL, n=float(people), details=details, people=float(people))
    effect = compared(list(arms.values()), "change")
    looked, seen = before(rows, arms)
    teams, flags = teams_of(list(arms.values()))
    flags += seen
    if min(len(pairs) for pairs in arms.values()) < FEWEST_TO_CONCLUDE:
        flags.append("low_n")
    interval = None if "not_parallel" in flags else effect.interval
    outcome = Outcome(
        value=effect.value,
        n=float(people),
        people=float(people),
        interval=interval,
        interval_method="" if interval is None else BY_TEAM if "teams" in teams else "welch",
        details={
            **details,
            **looked,
            **teams,
            "standard_error": effect.standard_error,
            "p_value": None if "not_parallel" in flags else effect.p_value,
            "permutation_p": None if "not_parallel" in flags else effect.permutation_p,
        },
    )
    return outcome.flagged(*flags)


def _means(arms: Mapping[str, pd.DataFrame]) -> dict[str, float | None]:
    details: dict[str, float | None] = {}
    for arm, pairs in arms.items():
        details[f"{arm}_people"] = float(len(pairs))
        for moment in ("before", "after", "change"):
            details[f"{arm}_{moment}"] = float(pairs[moment].mean()) if len(pairs) else None
    return details


def over(numerator: float, denominator: float) -> float | None:
    return float(numerator / denominator) if denominator else None
