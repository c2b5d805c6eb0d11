"""How frames about trainings are told: titles, words and cells of each."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from kpilib.display.numbers import known, reader
from kpilib.show.measuring import WHO_WORDS
from kpilib.show.standing_words import chances
from kpilib.show.telling import OWN_UNIT, Told, with_interval
from kpilib.training.paid import CHANGES, PAYS
from kpilib.training.proof import NEXT_WORDS, RUNG_WORDS
from kpilib.training.rows import BY
from kpilib.training.versions import EFFECT, LEARNT
from kpilib.training.ways import PRIOR, WAY, way_name

PROOF_WORDS = {
    "name": "Training",
    "satisfied": "Liked",
    "gain": "Learnt",
    "applied": "Applied",
    "value": "Effect",
    "rung": "Proof",
    "roi": "Return",
    "next": "What next",
}
FOLLOWING_WORDS = {"next": "What next", "trainings": "Training (return)", "proofs": "Proof"}
DATA_WORDS = {
    "proven": "proven",
    "nothing": "within chance",
    "raw": "not isolated",
    "site": "of the whole company",
    "missing": "no data",
    "none": "no figure chosen",
}
GOAL_WORDS = {"goal": "Course"}
WAY_WORDS = {
    "name": "Way of training",
    "expected": "Expected return",
    "satisfied": "Liked",
    "gain": "Learnt",
    "applied": "Applied",
    "completed": "Completed",
    "cost_per_hour": "Cost per hour",
    "roi": "Return",
    "trainings": "Trainings evaluated",
}
COMPARED_WORDS = {EFFECT: "Return", LEARNT: "Learnt"}
EFFECT_WORDS = {
    "clear": "beyond chance",
    "none": "no measurable effect",
    "few": "too few sessions: proves nothing",
    "unknown": "not measured yet",
}
IMPROVED_WORDS = {
    "name": "Training",
    "version": "Version",
    "description": "What was changed",
    "reason": "Why",
    "expected_effect": "Expected",
    "value": "Versions",
    "state": "What is known",
}
ARM_WORDS = {
    "name": "Training",
    "who": "Group",
    "people": "People",
    "pairable": "Measured before and after",
    "before": "Before",
    "difference": "Apart by",
    "trend": "Gained more a month",
}
APART_WORDS = {"clear": "beyond chance", "none": "no clear difference", "few": "too few sessions"}
DIFFERENCE_WORDS = {
    "label": "Figure",
    "group": "Group",
    "against": "Against the largest",
    "difference": "Difference",
    "state": "What is known",
}
BUDGET_WORDS = {"name": "Training", "cost": "Cost", "share": "Share of the budget"}
RETURN_WORDS = {"as_found": "As found", "break_even": "Pays from", "chance": "Chance that it pays"}
PAYING_WORDS = {
    "hardly": "less than 1 chance in 20",
    "nearly": "more than 19 chances in 20",
    "one": "about 1 chance in {of}",
    "some": "about {some} chances in {of}",
}
UNPRICED_WORDS = {"name": "Training", "what": "Brought too", "seen": "Seen by"}


def _named(training: Any) -> str:
    if isinstance(training, str):
        return training
    return f"{training[0]} ({reader().relative(training[1])})"


NEXT = Told(
    frozenset({"next", "trainings", "proofs"}),
    "",  # what follows stands open
    FOLLOWING_WORDS,
    {
        "next": NEXT_WORDS,
        "trainings": lambda row: ", ".join(map(_named, row["trainings"])),
        "proofs": lambda row: reader().listed(
            reader().say(RUNG_WORDS[each]) for each in row["proofs"]
        ),
    },
)


def _gap(difference: float, unit: str) -> str:
    """Write what two groups are apart by; where that is nothing, nothing stayed unchanged."""
    return reader().difference(difference, unit) if difference else reader().say("no difference")


def _effect(row: dict[str, Any]) -> str:
    return with_interval(_gap(row["value"], row["unit"]), row, row["unit"])


PROOF = Told(
    frozenset({BY, "rung", "next"}),
    "Each training: chain and proof",
    PROOF_WORDS,
    {
        **dict.fromkeys(("satisfied", "applied", "roi"), "rate"),
        "gain": "pt",
        "value": _effect,
        "rung": RUNG_WORDS,
        "next": NEXT_WORDS,
    },
)


class Matrix(Told):
    """Courses against figures: one row a course, one column a figure."""

    def table(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the matrix for a reader."""
        say = reader().say
        goals = frame["goal"].drop_duplicates()
        told = {say(GOAL_WORDS["goal"]): goals.tolist()}
        named = frame.dropna(subset="kpi").sort_values("declared", ascending=False, kind="stable")
        for _, own in named.groupby("kpi", sort=False):
            said = (own["arrow"] + " " + own["state"].map(DATA_WORDS).map(say)).str.strip()
            cells = dict(zip(own["goal"], said, strict=True))
            told[own["label"].iloc[0]] = [cells.get(goal, "") for goal in goals]
        without = set(frame.loc[frame["state"].eq("none"), "goal"])
        if without:
            said = say(DATA_WORDS["none"]).capitalize()
            told[said] = ["×" if goal in without else "" for goal in goals]
        return pd.DataFrame(told)


COURSES = Matrix(
    frozenset({"goal", "declared", "arrow", "state"}), "Courses and their figures", GOAL_WORDS, {}
)


def _expected(row: dict[str, Any]) -> str:
    prior, pro, con = (reader().say(row[name]) for name in PRIOR)
    return f"{prior} ({reader().listed([f'+ {pro}', f'− {con}'])})"


def _returned(row: dict[str, Any]) -> str:
    return with_interval(reader().value(row["roi"], "rate"), row, "rate")


def _evaluated(row: dict[str, Any]) -> str:
    write = reader()
    few = "" if row["ranked"] else f" ({write.say('too few to rank')})"
    return write.count(row["trainings"]) + few


WAYS = Told(
    frozenset({WAY, "expected", "ranked"}),
    "Ways of training compared",
    WAY_WORDS,
    {
        **dict.fromkeys(("satisfied", "applied", "completed"), "rate"),
        "gain": "pt",
        "cost_per_hour": "EUR",
        "roi": _returned,
        "expected": _expected,
        "trainings": _evaluated,
    },
)


def _versions(row: dict[str, Any]) -> str:
    """Write the figure of the sessions before and after, and what that is in points."""
    write = reader()
    moved = write.difference(row["value"], "pt")
    said = f"{write.say(COMPARED_WORDS[row['figure']])} {moved}"
    if not (known(row["before"]) and known(row["after"])):
        return said
    before, after = (write.value(row[side], row["unit"]) for side in ("before", "after"))
    return f"{said} ({before} → {after})"


IMPROVED = Told(
    frozenset({BY, "expected_effect", "state"}),
    "Improvements: expected, measured",
    IMPROVED_WORDS,
    {
        "value": _versions,
        "state": EFFECT_WORDS,
    },
)


def _uneven(row: dict[str, Any]) -> str:
    """Say by how many standard deviations the trained began above the others, and if it is many."""
    write = reader()
    if not row["difference"]:
        return _gap(0, "ratio")
    far = write.say("standard deviations") + ("" if row["alike"] else write.say(", not alike"))
    return f"{write.difference(row['difference'], 'ratio')} {far}"


ARMS = Told(
    frozenset({BY, "who", "pairable", "alike"}),
    "Groups compared",
    ARM_WORDS,
    {
        "who": WHO_WORDS,
        "people": "count",
        "pairable": "rate",
        **dict.fromkeys(("before", "trend"), OWN_UNIT),
        "difference": _uneven,
    },
)


def _group(group: str, value: str, row: dict[str, Any]) -> str:
    return reader().pair(way_name(row["by"], row[group]), reader().value(row[value], row["unit"]))


def _apart(row: dict[str, Any]) -> str:
    """Write a difference and its interval, in points where the figure is a rate."""
    said, unit = _gap(row["difference"], row["unit"]), row["unit"]
    if unit == "rate":
        row, unit = row | {end: 100 * row[end] for end in ("ci_low", "ci_high")}, "pt"
    return with_interval(said, row, unit)


DIFFERENCES = Told(
    frozenset({"against", "difference", "p_holm", "state"}),
    "Ways tested",
    DIFFERENCE_WORDS,
    {
        "group": partial(_group, "group", "value"),
        "against": partial(_group, "against", "value_against"),
        "difference": _apart,
        "state": APART_WORDS,
    },
)


def _paying(row: dict[str, Any]) -> str:
    return chances(row["chance"], reader(), PAYING_WORDS)


SENSITIVITY = Told(
    frozenset({BY, PAYS, *CHANGES}),
    "Budget, return, sensitivity",
    {**BUDGET_WORDS, **CHANGES, **RETURN_WORDS},
    dict.fromkeys((*CHANGES, PAYS, "share"), "rate") | {"cost": "EUR", "chance": _paying},
)
UNPRICED = Told(
    frozenset({BY, "what", "seen"}),
    "Brought too, and never priced",
    UNPRICED_WORDS,
    {"what": lambda row: reader().say("none declared") if pd.isna(row["what"]) else row["what"]},
    always=frozenset({"what"}),
)
OF_TRAININGS = (PROOF, NEXT, ARMS, WAYS, DIFFERENCES, SENSITIVITY, UNPRICED, COURSES, IMPROVED)
