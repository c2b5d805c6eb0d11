"""An index over several items of a survey."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from kpilib.engine.intervals import RESAMPLES, SEED, finite, student
from kpilib.engine.outcome import NO_DATA, TOO_FEW, Answer, Outcome, unknown
from kpilib.engine.slices import EVERYONE
from kpilib.methods.call import Call
from kpilib.tables.derive import CONTRACTS

LEAST_ANSWERED = 0.8
LEAST_ALPHA, LEAST_WHOLE = 0.7, 5  # of items that are one figure; of people, for it to be known
OF_ONE_PERSON = ("item_id", "dimension")  # breakdowns that keep everybody in every group
Wave = tuple[pd.DataFrame, float]  # what each person adds above and below the line; its factor
NOBODY = "Nobody answered 80 % of the items."
APART_WORDS = {  # of items that are no one figure
    "unknown": "Fewer than five answered all items, so that nobody knows if these go together.",
    "unlike": "The items do not go together as one figure must (Cronbach's alpha below 0.7): see"
    " each.",
}
CELL, WAVE = ["cell", "group"], ["survey_id", "wave"]  # a period by its number, and its group
COLUMNS = "survey_id wave respondent_key item_id value scale_min scale_max answered_at survey_kind"


def survey_index(call: Call) -> Answer:
    """Return the mean over respondents of the mean of their items, on the scale of the items.

    Reversed items come recoded. A respondent counts with at least 80 % of the items of the wave
    answered. ``details`` hold the shares of favourable answers (the two highest boxes), of
    unfavourable ones (the two lowest) and of those between, the number of items and of respondents
    left out, and Cronbach's alpha of several items.

    Several items are one figure where their alpha is 0.7 or more, else the index is withheld and
    its items are there to be read. That is asked of the items, so of all who answered: a team has
    the alpha of all, a dimension its own, and a single item none.
    """
    rows = _answers(call)
    sizes, summary = _populations(_waves(call), rows), _by_person(rows)
    answered = rows.dropna(subset=["value"])
    high = answered["value"] >= answered["scale_max"] - 1
    low = ~high & (answered["value"] <= answered["scale_min"] + 1)
    boxes = answered.assign(high=high, low=low, answers=1).groupby(CELL)
    boxes = boxes[["high", "low", "answers"]].sum().to_dict("index")
    items = rows.groupby(CELL)["item_id"].nunique()
    of_all = call.by is not None and call.by not in OF_ONE_PERSON
    together = _together(rows.assign(group=EVERYONE) if of_all else rows)
    answer = {}
    for key, count in items.items():
        found = _index(summary.get(key), boxes.get(key), sizes.get(key))
        if found.details:
            alpha, doubt = together[(key[0], EVERYONE) if of_all else key]
            more = {"items": float(count), "cronbach_alpha": alpha}
            found = replace(found, details=found.details | more)
            if doubt and found.value is not None:
                found = unknown(TOO_FEW, doubt, details=found.details, people=found.people)
        answer[call.periods[key[0]], key[1]] = found
    return answer


def _together(rows: pd.DataFrame) -> dict[tuple[int, str], tuple[float | None, str]]:
    """Return the alpha of the items of each period and group, and why they are not one figure."""
    if rows["value"].isna().all():
        return {}
    by_item = rows.pivot_table(
        index=[*CELL, *WAVE, "respondent_key"], columns="item_id", values="value", aggfunc="last"
    )
    answers, places = by_item.to_numpy(), by_item.groupby(level=CELL).indices
    return {key: _alpha_and_doubt(_whole(answers[own])) for key, own in places.items()}


def _whole(answers: np.ndarray) -> np.ndarray:
    """Return the answers of those who answered every item that anybody did."""
    asked = answers[:, ~np.isnan(answers).all(axis=0)]
    return asked[~np.isnan(asked).any(axis=1)]


def _alpha_and_doubt(whole: np.ndarray) -> tuple[float | None, str]:
    """Return the alpha of items, and why they are not one figure.

    No doubt where they are one, where there is one item alone, or where all agree.
    """
    (people, items), alpha = whole.shape, cronbach_alpha(whole)
    if items < 2:
        return alpha, ""
    if people < LEAST_WHOLE:
        return alpha, APART_WORDS["unknown"]
    # Persons may not differ: in nothing at all, or in what the items cancel out.
    unlike = whole.var(axis=0).any() if alpha is None else alpha < LEAST_ALPHA
    return alpha, APART_WORDS["unlike"] if unlike else ""


def answers_in(call: Call, table: str, columns: str) -> pd.DataFrame:
    """Return the answers of all periods, numbered in ``cell``; what is off its scale is missing."""
    rows = call.in_cells(table, columns)
    value = pd.to_numeric(rows["value"], errors="coerce")
    return rows.assign(value=value.where(value.between(rows["scale_min"], rows["scale_max"])))


def _answers(call: Call) -> pd.DataFrame:
    rows = answers_in(call, "survey_answers", COLUMNS)
    return rows[rows["survey_kind"] == call.kpi.value.options["survey_kind"]]


def _complete(summary: pd.DataFrame) -> pd.Series:
    """Keep the means of those who answered enough."""
    return summary[summary["given"] >= LEAST_ANSWERED * summary["items"]]["mean"]


def changes_between(call: Call) -> list[tuple[float, float] | None]:
    """Return between which two changes chance leaves the index, from each wave to the next.

    Persons are drawn again, each with all that they said: who answered both waves is in both. Where
    it is known how many were asked, the error of each wave is that of a finite population. None
    where fewer people than may be told of answered one of them.
    """
    rows = _answers(call)
    sizes, summary = _populations(_waves(call), rows), _by_person(rows)
    waves: list[Wave | None] = []
    for cell in range(len(call.periods)):
        key = cell, EVERYONE
        kept = _complete(summary[key]) if key in summary else pd.Series(dtype=float)
        if len(kept) < call.minimum:
            waves.append(None)
            continue
        who = kept.groupby(level="respondent_key")
        sums = pd.DataFrame({"sum": who.sum(), "count": who.size()})
        waves.append((sums, finite(len(kept), sizes.get(key))))
    return [_change(first, last) if first and last else None for first, last in pairwise(waves)]


def _change(*waves: Wave) -> tuple[float, float]:
    sums, factors = zip(*waves, strict=True)
    both = pd.concat(sums, axis=1, keys=(0, 1)).fillna(0.0).sort_index()
    drawn = np.random.default_rng(SEED).multinomial(
        len(both), np.full(len(both), 1 / len(both)), size=RESAMPLES
    )
    change, point = 0.0, 0.0
    for wave, sign in ((0, -1), (1, 1)):
        up, down = both[wave, "sum"].to_numpy(), both[wave, "count"].to_numpy()
        mean = up.sum() / down.sum()
        away = (drawn @ up) / np.maximum(drawn @ down, 1) - mean
        change, point = change + sign * factors[wave] * away, point + sign * mean
    low, high = np.quantile(change, [0.025, 0.975])
    return point + float(low), point + float(high)


def cronbach_alpha(whole: np.ndarray) -> float | None:
    """Return how far several items measure one thing: Cronbach's alpha, 1 where all go together.

    Parameters
    ----------
    whole : numpy.ndarray
        One row a person who answered every item, one column an item, reversed items recoded.

    Returns
    -------
    float or None
        None of fewer than two items or five persons, and where the sums of persons do not vary.

    References
    ----------
    Cronbach (1951). From 0.7 on an index is commonly read as one figure.
    """
    people, items = whole.shape
    if items < 2 or people < LEAST_WHOLE:
        return None
    spread = float(whole.sum(axis=1).var(ddof=1))
    if spread <= 0:
        return None
    return items / (items - 1) * (1 - float(whole.var(axis=0, ddof=1).sum()) / spread)


def _by_person(rows: pd.DataFrame) -> dict[tuple[int, str], pd.DataFrame]:
    """Return the mean of each person's items in a wave, and how many of how many were answered."""
    items = rows.groupby([*CELL, *WAVE])["item_id"].transform("nunique")
    people = rows.assign(items=items).groupby([*CELL, *WAVE, "respondent_key"])
    summary = people.agg(mean=("value", "mean"), given=("value", "count"), items=("items", "max"))
    return dict(iter(summary.groupby(level=CELL)))


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


def _populations(
    waves: pd.DataFrame | None, rows: pd.DataFrame
) -> dict[tuple[int, str], float | None]:
    """Return how many people were asked in the waves that were answered, where that is known."""
    if waves is None:
        return {}
    answered = rows[[*CELL, *WAVE]].drop_duplicates()
    found = answered.merge(waves.rename(columns={"group": "of"}), on=WAVE)
    found = found[found["of"].isna() | (found["of"] == found["group"])]
    sizes = found.groupby(CELL)["population_n"].agg(["sum", "size", "count"])
    return sizes.loc[sizes["size"] == sizes["count"], "sum"].astype(float).to_dict()


def _index(
    summary: pd.DataFrame | None, boxes: dict[str, float] | None, population: float | None
) -> Outcome:
    if boxes is None:
        return unknown(NO_DATA, "No valid answer in the period.")
    people = 0 if summary is None else len(summary)
    kept = _complete(summary) if people else []
    given = float(boxes["answers"])
    details = {
        "favourable_share": boxes["high"] / given,
        "neutral_share": (given - boxes["high"] - boxes["low"]) / given,
        "unfavourable_share": boxes["low"] / given,
        "favourable_answers": float(boxes["high"]),
        "answers": given,
        "left_out": float(people - len(kept)),
    }
    if not len(kept):
        return unknown(TOO_FEW, NOBODY, details=details, people=people)
    persons = kept.index.get_level_values("respondent_key").to_numpy()
    return Outcome(
        value=float(np.mean(kept)),
        numerator=float(np.sum(kept)),
        denominator=float(len(kept)),
        n=float(len(set(persons))),  # who answers two waves is one person
        interval=student(kept.to_numpy(), population, persons),
        interval_method="student",
        details=details,
        people=float(people),
    )
