"""An index over several items of a survey."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from kpilib.derive import CONTRACTS
from kpilib.intervals import student
from kpilib.methods.call import Call
from kpilib.outcome import NO_DATA, TOO_FEW, Outcome, unknown
from kpilib.period import Period

LEAST_ANSWERED = 0.8
OF_ONE_PERSON = ("item_id", "dimension")  # breakdowns that keep everybody in every group
COLUMNS = "survey_id wave respondent_key item_id value scale_min scale_max answered_at survey_kind"


def survey_index(call: Call) -> dict[tuple[Period, str], Outcome]:
    """Return the mean over respondents of the mean of their items, on the scale of the items.

    Reversed items come recoded. A respondent counts with at least 80 % of the items of the wave
    answered. ``details`` hold the share of favourable answers (the two highest boxes) and the
    number of respondents left out.
    """
    answer = {}
    kind = call.kpi.value.options["survey_kind"]
    waves = _waves(call)
    for period, rows in call.by_period("survey_answers", COLUMNS):
        rows = rows[rows["survey_kind"] == kind]
        for group, part in rows.groupby("group"):
            answer[period, group] = _index(part, _population(waves, part, group))
    return answer


def _waves(call: Call) -> pd.DataFrame | None:
    """Return how many people were asked in each wave, by group where waves have them.

    None where nobody knows how many of a group were asked.
    """
    within = call.by is not None and CONTRACTS["survey_waves"].column(call.by) is not None
    if call.by is not None and not within and call.by not in OF_ONE_PERSON:
        return None
    asked = replace(call, by=call.by if within else None)
    waves = asked.rows("survey_waves", "survey_id wave population_n")
    return waves if within else waves.assign(group=None)


def _population(waves: pd.DataFrame | None, rows: pd.DataFrame, group: str) -> float | None:
    """Return how many people were asked in the waves that these rows answer; None if not known."""
    if waves is None:
        return None
    waves = waves[waves["group"].isna() | (waves["group"] == group)]
    answered = rows[["survey_id", "wave"]].drop_duplicates()
    sizes = waves.merge(answered, on=["survey_id", "wave"], validate="many_to_one")["population_n"]
    return None if sizes.isna().any() or sizes.empty else float(sizes.sum())


def _index(rows: pd.DataFrame, population: float | None) -> Outcome:
    value = pd.to_numeric(rows["value"], errors="coerce")
    valid = value.where((value >= rows["scale_min"]) & (value <= rows["scale_max"]))
    rows = rows.assign(value=valid)
    items = rows.groupby(["survey_id", "wave"])["item_id"].transform("nunique")
    people = rows.assign(items=items).groupby(["survey_id", "wave", "respondent_key"])
    summary = people.agg(mean=("value", "mean"), given=("value", "count"), items=("items", "max"))
    kept = summary[summary["given"] >= LEAST_ANSWERED * summary["items"]]["mean"]
    persons = kept.index.get_level_values("respondent_key").to_numpy()
    answered = rows.dropna(subset=["value"])
    if answered.empty:
        return unknown(NO_DATA, "No valid answer in the period.")
    favourable = answered["value"] >= answered["scale_max"] - 1
    details = {
        "favourable_share": float(favourable.mean()),
        "favourable_answers": float(favourable.sum()),
        "answers": float(len(answered)),
        "left_out": float(len(summary) - len(kept)),
    }
    if not len(kept):
        return unknown(
            TOO_FEW, "Nobody answered 80 % of the items.", details=details, people=len(summary)
        )
    return Outcome(
        value=float(np.mean(kept)),
        numerator=float(np.sum(kept)),
        denominator=float(len(kept)),
        n=float(len(set(persons))),  # who answers two waves is one person
        interval=student(kept.to_numpy(), population, persons),
        interval_method="student",
        details=details,
        people=float(len(summary)),
    )
