"""How much of their time people are in flow: what they said of single moments, or of a stretch.

Only what people say of themselves: never a keystroke, never a message.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpilib.engine.outcome import NO_DATA, NO_DENOMINATOR, TOO_FEW, Answer, Outcome, unknown
from kpilib.methods.call import Call
from kpilib.methods.survey import answers_in

COLUMNS = "respondent_key item_id about sample value scale_min scale_max answered_at"
CHALLENGE, SKILL = "challenge", "skill"
ONE = ["group", "respondent_key"]
# Items of the Flow Short Scale by their number (Rheinberg, Vollmeyer and Engeser 2003).
SHORT_SCALE = {"absorption": (1, 3, 6, 10), "fluency": (2, 4, 5, 7, 8, 9)}
# What an item of it may be said to be about: another dimension is none of its items.
OF_THE_SCALE = ("", "flow", "short_scale", *SHORT_SCALE)
NOBODY = "Nobody gave enough experience samples, or theirs are all alike."
NO_SAMPLES = "No experience samples in the period; a questionnaire stands beside."


def flow_share(call: Call) -> Answer:
    """Return the share of moments in flow: challenge and skill both at one's own mean or above.

    Each person is measured by their own means, and counts once however many samples they gave,
    but for those who gave too few (`flow_samples` of the assumptions) or always said the same.
    ``details`` hold the means of the Flow Short Scale where it was asked, and who was left out.
    """
    least = call.tables.assumptions.flow_samples
    rows = told_of(call)
    places = dict.fromkeys(zip(rows["cell"], rows["group"], strict=True))
    cells = rows.groupby(["cell", "group"], sort=False, dropna=False).ngroup()
    rows = rows.assign(group=cells)
    people, asked = shares(rows), short_scale(rows)
    return {
        (call.periods[cell], group): _outcome(
            people[people["group"] == number], asked[asked["group"] == number], least
        )
        for number, (cell, group) in enumerate(places)
    }


def told_of(call: Call) -> pd.DataFrame:
    """Return what people told of flow, of every period asked; ``about`` says of what."""
    rows = answers_in(call, "flow_answers", COLUMNS).dropna(subset=["value"])
    return rows.assign(about=rows["about"].str.lower())


def with_drivers(rows: pd.DataFrame, least: int) -> pd.DataFrame:
    """Return each person's flow beside the mean of what they said of each thing that may drive it.

    Parameters
    ----------
    rows : pandas.DataFrame
        As for `shares`, with ``item_id``.
    least : int
        Moments that a person has to tell of.

    Returns
    -------
    pandas.DataFrame
        One row a person and ``driver``: ``group, respondent_key, flow, said``. Drivers are the
        dimensions beside the questions of flow itself, and how hard the moments were; flow is the
        share of moments or, where nobody told of any, the mean of the Flow Short Scale.
    """
    people, scale = shares(rows), short_scale(rows)
    enough = people[people["samples"] >= least].rename(columns={"share": "flow"})
    asked = scale.rename(columns={"short_scale": "flow"})
    flow = (enough if len(people) else asked)[[*ONE, "flow"]].dropna()
    beside = rows[rows["about"].ne(SKILL) & ~_numbers(rows).notna()]
    said = beside.rename(columns={"about": "driver"}).groupby([*ONE, "driver"])["value"].mean()
    return flow.merge(said.rename("said").reset_index(), on=ONE)


def shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how many moments each person told of, and which share of them was in flow.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``group``, ``respondent_key``, ``about`` (challenge or skill), ``sample`` and
        ``answered_at``, by which the two answers of a moment belong together, ``value``.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``respondent_key``, ``samples``, ``share``: missing where nothing varies, as
        nothing is then above a person's own mean.
    """
    rows = rows[rows["about"].isin([CHALLENGE, SKILL]) & rows["respondent_key"].notna()]
    moment = rows["sample"].astype("string").fillna(rows["answered_at"].astype("string"))
    pairs = rows.assign(moment=moment).pivot_table(
        index=[*ONE, "moment"], columns="about", values="value", aggfunc="last"
    )
    pairs = pairs.reindex(columns=[CHALLENGE, SKILL]).dropna()
    means = pairs.groupby(level=ONE).transform("mean")
    flows = (pairs >= means - 1e-9).all(axis=1)
    varies = (pairs.groupby(level=ONE).transform("std").fillna(0.0) > 0).any(axis=1)
    told = pd.DataFrame({"flows": flows.astype(float), "varies": varies}, index=pairs.index)
    each = told.groupby(level=ONE).agg(
        samples=("flows", "size"), share=("flows", "mean"), varies=("varies", "any")
    )
    return (
        each.assign(share=each["share"].where(each["varies"])).drop(columns="varies").reset_index()
    )


def short_scale(rows: pd.DataFrame) -> pd.DataFrame:
    """Return each person's means of the Flow Short Scale: all ten items, and its two parts."""
    rows = rows.assign(number=_numbers(rows))
    parts = {part: rows["number"].isin(items) for part, items in SHORT_SCALE.items()}
    asked = rows[parts["absorption"] | parts["fluency"]]
    means = {"short_scale": asked} | {part: rows[mine] for part, mine in parts.items()}
    found = {name: own.groupby(ONE)["value"].mean() for name, own in means.items()}
    return pd.DataFrame(found).rename_axis(ONE).reset_index()


def _numbers(rows: pd.DataFrame) -> pd.Series:
    """Return which item of the Flow Short Scale an answer is to; missing where it is to none."""
    number = pd.to_numeric(rows["item_id"].str.extract(r"(\d+)$")[0], errors="coerce")
    itself = rows["about"].eq(rows["item_id"].str.lower()) | rows["about"].isin(OF_THE_SCALE)
    return number.where(itself & number.between(1, 10))


def _outcome(people: pd.DataFrame, asked: pd.DataFrame, least: int) -> Outcome:
    kept = people[(people["samples"] >= least) & people["share"].notna()]
    details: dict[str, float | None] = {"left_out": float(len(people) - len(kept))}
    if len(asked):
        details |= asked[["short_scale", *SHORT_SCALE]].mean().to_dict()
    sizes = [float(len(each)) for each in (kept, asked) if len(each)]
    described = min(sizes, default=float(len(people)))  # the smaller group decides
    told = {"details": details, "people": described}
    if not len(people):  # the means of a questionnaire are of people too: few are to be hidden
        return unknown(NO_DENOMINATOR if len(asked) else NO_DATA, NO_SAMPLES, **told)
    if not len(kept):
        return unknown(TOO_FEW, NOBODY, **told)
    found = kept["share"].to_numpy(float)
    outcome = Outcome(
        value=float(found.mean()),
        numerator=float(found.sum()),
        denominator=float(len(found)),
        n=float(len(found)),
        details=details | {"samples": float(kept["samples"].sum())},
        people=described,
    )
    return outcome.drawn(found, np.ones(len(found)), (0.0, 1.0))
