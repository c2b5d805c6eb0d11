"""From a training's measurements to its effect: marks, gain, raw change, isolated change.

A training belongs to a period in which one of its measurements *after* ends; everything measured
up to the end of that period counts, so a monthly report shows the return to date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pandas as pd

from kpilib.engine.intervals import student
from kpilib.engine.outcome import NO_DATA, NOT_ADDITIVE, TOO_FEW, Answer, Key, Outcome, unknown
from kpilib.engine.outstanding import holm
from kpilib.methods.call import Call
from kpilib.methods.effects import BY_TEAM, FEWEST_TO_CONCLUDE, hedges_g
from kpilib.methods.measured import Measured
from kpilib.methods.panel import staggered
from kpilib.methods.parallel import before, compared, followed, teams_of
from kpilib.period import Period

KNOWLEDGE, SKILL = "knowledge_score", "skill_score"  # a test; what an observer marks at work
OF_LEARNERS = [KNOWLEDGE, SKILL]  # all else that is measured is a business figure
NO_PAIR = "Nobody was measured both before and after."
NO_CONTROL = "There is no control group with measurements before and after: no effect isolated."
SEVERAL = "Several trainings with different targets do not add up: ask by='training_id'."
OWN_COURSE = "Each training has its own course in time: ask by='training_id'."
Measure = Callable[[pd.DataFrame], Outcome]
Wanted = Callable[[pd.DataFrame], pd.Series]
# Read whenever they are there, so that one frame serves every figure of trainings.
ALSO = {
    "kpi_measurements": "team unit_value_eur max_value",
    "training_participants": "team hours_attended",
}


def paired_gain(call: Call) -> Answer:
    """Return the mean gain of people tested before and after, in points out of 100."""
    return by_group(call, _gain, of_knowledge)


def paired_scores(call: Call) -> Answer:
    """Return the mean mark over the highest one in each phase, of people tested before and after.

    Raises
    ------
    ContractError
        Another breakdown than ``phase`` was asked.
    """
    call.only_by("phase")
    answer = {}
    for period in call.periods:
        known = known_by(replace(call, by=None), of_knowledge, period)
        for phase, outcome in _by_phase(known.assign(value=out_of_100(known) / 100)).items():
            answer[period, phase] = outcome
    return answer


def raw_change(call: Call) -> Answer:
    """Return the mean change of trained people: what happened, not what the training did."""
    return by_group(call, _raw, business)


def difference_in_differences(call: Call) -> Answer:
    """Return the change of the trained minus the change of the control group.

    Where several trainings are looked at in one period, ``p_holm`` is adjusted for their number.
    """
    answer = by_group(call, lambda rows: known_effect(call, Measured.of(rows)), business)
    return answer if call.by is None else _adjusted(answer)


def _adjusted(answer: Answer) -> Answer:
    """Add to each effect the p-value that allows for all those of its period (Holm)."""
    chances = {key: each.details.get("p_value") for key, each in answer.items()}
    periods: dict[Period, list[Key]] = {}
    for key, chance in chances.items():
        if chance is not None:
            periods.setdefault(key[0], []).append(key)
    found = {}
    for keys in periods.values():
        adjusted = holm(np.array([chances[key] for key in keys]))
        found |= dict(zip(keys, map(float, adjusted), strict=True))
    return {
        key: replace(each, details=each.details | {"p_holm": found[key]}) if key in found else each
        for key, each in answer.items()
    }


def business(rows: pd.DataFrame) -> pd.Series:
    return ~rows["kpi_id"].isin(OF_LEARNERS)


def of_knowledge(rows: pd.DataFrame) -> pd.Series:
    return rows["kpi_id"] == KNOWLEDGE


def by_group(call: Call, measure: Measure, wanted: Wanted) -> Answer:
    """Measure each group of a period by the rows wanted of the trainings measured in it."""
    answer = {}
    for period in call.periods:
        known = known_by(call, wanted, period)
        for group, part in known.groupby("group"):
            if part["kpi_id"].nunique() > 1:
                answer[period, group] = unknown(NOT_ADDITIVE, SEVERAL)
            else:
                about = frozenset(part["training_id"]) if measure is not _gain else frozenset()
                found = _once(call, period, group, measure, part)
                answer[period, group] = replace(found, subjects=about)
    return answer


def _once(call: Call, period: Period, group: str, measure: Measure, part: pd.DataFrame) -> Outcome:
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
    in_arms = "training_participants" in call.kpi.value.needs
    key = ("measurements", call.by, in_arms)
    if key not in call.tables.cache:
        rows = call.rows("kpi_measurements", _names(call, "kpi_measurements"))
        rows = _numbered(_with_arms(call, rows) if in_arms else rows)
        call.tables.cache[key] = rows.assign(by_lot=rows["training_id"].isin(_drawn_by_lot(call)))
    return call.tables.cache[key]


def _drawn_by_lot(call: Call) -> set[str]:
    """Return the trainings of which a lot decided who takes part, as far as it is known."""
    told = call.tables.columns("trainings") if "trainings" in call.tables else set()
    if not {"training_id", "assignment"} <= set(told):
        return set()
    plan = replace(call, by=None).rows("trainings", "training_id assignment")
    return set(plan.loc[plan["assignment"].eq("random"), "training_id"])


def _with_arms(call: Call, rows: pd.DataFrame) -> pd.DataFrame:
    """Give each measurement the arm of the person; who is in none is left out."""
    names = _names(call, "training_participants")
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
    numbers = {
        name: pd.factorize(each, sort=True)[0]
        for name, each in (("subject_key", subject), ("team", team))
    }
    known = {name: pd.Series(each, rows.index, float) for name, each in numbers.items()}
    rows = rows.assign(**{name: each.where(each >= 0) for name, each in known.items()})
    texts = ("kpi_id", "training_id", "group", "phase", "arm")
    return rows.assign(
        person=rows.groupby(["training_id", "subject_key"]).ngroup().astype(float),
        period_end=pd.to_datetime(rows["period_end"]),
        value=rows["value"].astype(float),
        **{name: rows[name].astype("category") for name in texts if name in rows},
    ).drop(columns=["person_key", "member_of"], errors="ignore")


def _names(call: Call, table: str) -> str:
    """Return the columns of a table that are read: those needed, and what else is there."""
    there = set(ALSO[table].split()) & call.tables.columns(table)
    return " ".join(sorted({*call.kpi.value.needs[table].split(), *there}))


def known_by(call: Call, wanted: Wanted, period: Period) -> pd.DataFrame:
    """Return the rows up to the period's end of trainings measured after in the period."""
    rows, key = all_known(call, wanted), ("known", wanted, call.by, period)
    if key not in call.tables.cache:
        ended, last = rows["period_end"], pd.Timestamp(period.end_day)
        after = (rows["phase"] == "after") & (ended >= pd.Timestamp(period.start)) & (ended <= last)
        concerned = rows["training_id"].isin(rows.loc[after, "training_id"].unique())
        call.tables.cache[key] = rows[concerned & (ended <= last)]
    return call.tables.cache[key]


def all_known(call: Call, wanted: Wanted) -> pd.DataFrame:
    """Return the rows wanted of all trainings."""
    key = ("wanted", wanted, call.by)
    if key not in call.tables.cache:
        rows = measurements(call)
        call.tables.cache[key] = rows[wanted(rows)]
    return call.tables.cache[key]


def pairs_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a person with the means before and after; people lacking one are dropped."""
    return Measured.of(rows).pairs().frame("person")


def out_of_100(rows: pd.DataFrame) -> np.ndarray:
    scale = pd.to_numeric(rows["max_value"], errors="coerce")
    return np.where(scale > 0, 100 * rows["value"] / scale, rows["value"])


def _by_phase(rows: pd.DataFrame) -> dict[str, Outcome]:
    """Return the mean mark of each phase, always of the people known before and after."""
    paired = rows[rows["value"].notna() & rows["person"].isin(pairs_of(rows).index)]
    marks = paired.groupby(["phase", "person"], observed=True).agg(
        value=("value", "mean"), subject_key=("subject_key", "first")
    )
    found = {}
    for phase, own in marks.groupby("phase", observed=True):
        values, persons = np.sort(own["value"].to_numpy()), own["subject_key"].to_numpy()
        found[phase] = Outcome(
            value=float(values.mean()),
            n=float(len(values)),
            people=float(len(set(persons))),
            interval=student(own["value"].to_numpy(), None, persons),
            interval_method="student",
        )
    return found


def _gain(rows: pd.DataFrame) -> Outcome:
    pairs = pairs_of(rows.assign(value=out_of_100(rows)))
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
    pairs = pairs_of(rows[rows["arm"] == "treated"])
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


def known_effect(call: Call, rows: Measured) -> Outcome:
    """Return `effect_of` of some measurements, worked out once: three figures are made of it."""
    key = ("effect", sha256(rows.content).digest())
    if key not in call.tables.cache:
        call.tables.cache[key] = effect_of(rows)
    return call.tables.cache[key]


def effect_of(rows: Measured) -> Outcome:
    """Return the difference in differences, with what was looked at before it may speak.

    Without other people, sessions that began at several times are each other's control. An effect
    of groups that moved apart before has no interval: chance is not what could explain it.
    """
    arms, drawn = rows.arms(), rows.only_after
    people = sum(len(pairs) for pairs in arms.values())
    details = _means(arms) | followed(rows, arms) | ({"assigned_by_lot": 1.0} if drawn else {})
    if not len(arms["treated"]):
        return unknown(NO_DATA, NO_PAIR)
    if not len(arms["control"]):
        return staggered(rows) or unknown(
            TOO_FEW, NO_CONTROL, n=float(people), details=details, people=float(people)
        )
    effect = compared(list(arms.values()), "change")
    looked, seen = ({}, []) if drawn else before(rows, arms)
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
            "hedges_g": hedges_g(*(pairs["change"] for pairs in arms.values())),
            "standard_error": effect.standard_error,
            "minimum_detectable": effect.detectable,
            "p_value": None if "not_parallel" in flags else effect.p_value,
            "permutation_p": None if "not_parallel" in flags else effect.permutation_p,
        },
    )
    return outcome.flagged(*flags)


def _means(arms: Mapping[str, Measured]) -> dict[str, float | None]:
    details: dict[str, float | None] = {}
    for arm, pairs in arms.items():
        details[f"{arm}_people"] = float(len(pairs))
        for moment in ("before", "after", "change"):
            details[f"{arm}_{moment}"] = float(pairs[moment].mean()) if len(pairs) else None
    return details


def over(numerator: float, denominator: float) -> float | None:
    return float(numerator / denominator) if denominator else None
