"""Courses beside each other: the figures they are to move, their ways, their versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.numbers import known, reader
from kpilib.display.status import flags_of
from kpilib.objectives.picker import TRAINING_TOPICS
from kpilib.objectives.sentence import topic_in
from kpilib.show.proof import ISOLATED, proofs
from kpilib.show.sentences import group_name
from kpilib.show.trainings import (
    BY,
    RECENT,
    Told,
    beyond_chance,
    known_rows,
    known_trainings,
    target_of,
)

RAW = "business_kpi_change"
UP, DOWN, STILL = "↑", "↓", "→"
PLAN = ("title", "topic", "target_kpi_id", "started_at")
GOALS = ("goal", "kpi", "label", "declared", "change", "arrow", "state")
DATA_WORDS = {
    "proven": "proven",
    "nothing": "within chance",
    "raw": "not isolated",
    "site": "of the whole company",
    "missing": "no data",
    "none": "no figure chosen",
}
GOAL_WORDS = {"goal": "Course"}
Rows = Mapping[str, dict[str, Any]]
WAY, LENGTH = "way", "duration_h"
CUTS = ("method", LENGTH, "is_gamified", "is_tutored")  # how trainings are given, column by column
TAG_WORDS = {
    ("is_gamified", "true"): "With games",
    ("is_gamified", "false"): "Without games",
    ("is_tutored", "true"): "With a tutor",
    ("is_tutored", "false"): "Without a tutor",
}
EXPECTED_WORDS = {  # by the articles that this kit serves, never mixed with ours: return, pro, con
    "presentiel": (
        "Moderate to high, if well thought out",
        "direct contact, network, immersion",
        "costs, logistics, hard to adapt",
    ),
    "en_ligne": (
        "Moderate: depends on participation",
        "flexible, cheaper, open to all",
        "less contact, needs autonomy",
    ),
    "blended": ("High, if well combined", "strengths of both", "needs careful planning"),
    "micro_learning": (
        "High, if well aimed",
        "quick, precise, fits into a day",
        "thin for complex subjects",
    ),
}
PRIOR = ("expected", "advantages", "drawbacks")
FIGURES = {
    "training_satisfaction": "satisfied",
    "knowledge_gain": "gain",
    "skill_application_rate": "applied",
    "completion_rate": "completed",
    "method_roi": "roi",
}
COST = "cost_per_participant"
TO_RANK = 3  # trainings of which the return is known
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
EFFECT, LEARNT, KIND = "improvement_effect", "knowledge_gain", "improvement"
COMPARED_WORDS = {EFFECT: "Return", LEARNT: "Learnt"}
VERSIONS = ("figure", "unit", "before", "after", "value")
LOGGED = (BY, "version", "started_at", "description", "reason", "expected_effect")
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


def training_goals(company: Company, period: Any) -> pd.DataFrame:
    """Return what each course is to move: learning goals against marketing figures.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period
        Courses of the two years that end with it.

    Returns
    -------
    pandas.DataFrame
        One row a course and figure: ``goal, kpi, label``; ``declared``, whether its trainings name
        the figure (``target_kpi_id``) or it is what `kl.pick` proposes for such a topic; ``change``
        and ``arrow``, which way it moved; ``state``: ``proven`` or ``nothing`` (isolated, beyond
        chance or within it), ``raw`` (not isolated), ``site`` (a figure of the whole company
        against a year before), ``missing``. A course without figure has one row, with ``none``.

    Examples
    --------
    >>> kl.training_goals(data, "2026-10").query("state == 'proven'")
    """
    asked = company.period(period)
    plan = _plan(company, asked)
    if plan.empty:
        return pd.DataFrame(columns=list(GOALS))
    window = asked.ending(RECENT)
    told: Rows = {row[BY]: row for row in proofs(company, window).to_dict("records")}
    raw = company.over([RAW], [window], by=BY)
    changes = dict(zip(raw[BY], raw["value"], strict=True))
    proposed = {goal: _proposed(own) for goal, own in plan.groupby("goal")}
    site = _of_company(company, asked, proposed.values())
    rows = []
    for goal, own in plan.groupby("goal"):
        declared = own.dropna(subset="target_kpi_id").groupby("target_kpi_id")[BY]
        cells = [(kpi, True, *_judged(ids, told, changes)) for kpi, ids in declared]
        if not cells:
            kpi = proposed[goal]
            cells = [(kpi, False, *site.get(kpi, (None, "", "missing" if kpi else "none")))]
        rows += [(goal, kpi, target_of(kpi)[0], *rest) for kpi, *rest in cells]
    return pd.DataFrame(rows, columns=list(GOALS))


def _plan(company: Any, period: Any) -> pd.DataFrame:
    """Return the trainings of the two years before, each with its course as ``goal``."""
    plan = known_trainings(company, *PLAN).sort_values("started_at", kind="stable")
    began = pd.to_datetime(plan["started_at"])
    first, last = period.ending(RECENT).start, period.end_day
    plan = plan[(began >= pd.Timestamp(first)) & (began <= pd.Timestamp(last))]
    return plan.assign(goal=plan["title"].fillna(plan[BY]))


def _proposed(own: pd.DataFrame) -> str | None:
    """Return the figure that `kl.pick` puts first for the topic of a course, if it knows one."""
    heard = topic_in(" ".join(own[["goal", "topic"]].iloc[-1].fillna("")))
    return TRAINING_TOPICS[heard.id].kpis[0] if heard.id else None


def _judged(
    ids: pd.Series, told: Rows, changes: Mapping[str, Any]
) -> tuple[float | None, str, str]:
    """Return change, arrow and state of the last session that was measured."""
    for training in reversed(list(ids)):
        proof = told.get(training, {})
        if proof.get("rung") in ISOLATED:
            clear = bool(proof["clear"])
            arrow = _arrow(proof["value"]) if clear else STILL
            return proof["value"], arrow, "proven" if clear else "nothing"
        if known(changes.get(training)):
            return changes[training], _arrow(changes[training]), "raw"
    return None, "", "missing"


def _of_company(company: Any, period: Any, kpis: Any) -> dict[str, tuple[float, str, str]]:
    """Return how figures of the whole company stand against a year before, where both are known."""
    wanted = sorted({each for each in kpis if each})
    if not wanted:
        return {}
    rows = company.evaluate(wanted, period, compare=["year_before"])
    told = {}
    for row in rows[rows["value"].notna()].to_dict("records"):
        change, chance = row["delta_year_before"], row["within_noise_year_before"]
        arrow = "" if not known(change) else STILL if chance is True else _arrow(change)
        told[row["kpi"]] = (change if known(change) else None, arrow, "site")
    return told


def _arrow(change: float) -> str:
    return UP if change > 0 else DOWN if change < 0 else STILL


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


def training_ways(company: Company, period: Any) -> pd.DataFrame:
    """Return each way of training over the two years that end with a period.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period

    Returns
    -------
    pandas.DataFrame
        One row a way: ``by``, what sets it apart (``method``, ``duration_h``, ``is_gamified``,
        ``is_tutored``, where trainings differ in it), ``way, name``; of a method ``expected,
        advantages, drawbacks``, by the articles; ``satisfied, gain, applied, completed,
        cost_per_hour, roi, ci_low, ci_high``, observed; ``trainings``, of which the return is
        known; ``ranked``, whether they are enough.
        Nobody drew lots for the way: topic, audience and trainer differ, too.

    Examples
    --------
    >>> kl.training_ways(data, "2026-10").query("by == 'method'")
    """
    window, found = company.period(period).ending(RECENT), []
    plan = known_trainings(company, *CUTS)
    for by in (each for each in CUTS if plan[each].notna().any()):
        rows = company.over([*FIGURES, COST], [window], by=by, intervals=True)
        ways = sorted({each for each in rows[by] if isinstance(each, str)}, key=_in_order)
        by_kpi = {name: own.set_index(by) for name, own in rows.groupby("kpi")}
        found += [_way(by, way, by_kpi) for way in ways if by == CUTS[0] or len(ways) > 1]
    columns = ["by", WAY, *WAY_WORDS, *PRIOR[1:], "ci_low", "ci_high", "ranked"]
    return pd.DataFrame(found, columns=columns)


def _in_order(way: str) -> tuple[float, str]:
    """Put methods as the articles do, others after, lengths by their hours."""
    told = list(EXPECTED_WORDS)
    if way in told:
        return float(told.index(way)), way
    hours = pd.to_numeric(way, errors="coerce")
    return (float(len(told)) if pd.isna(hours) else float(hours)), way


def _way(by: str, way: str, found: dict[str, pd.DataFrame]) -> dict[str, Any]:
    rows = {name: own.loc[way].to_dict() if way in own.index else {} for name, own in found.items()}
    returned = rows.get("method_roi", {})
    told = returned.get("details") or {}
    single = 1.0 if known(returned.get("value")) else 0.0
    trainings = float(told.get("evaluated_trainings", single))
    return {
        "by": by,
        WAY: way,
        "name": way_name(by, way),
        **dict(zip(PRIOR, EXPECTED_WORDS.get(way, ("", "", "")), strict=True)),
        **{to: rows.get(name, {}).get("value") for name, to in FIGURES.items()},
        "cost_per_hour": (rows.get(COST, {}).get("details") or {}).get("cost_per_hour"),
        "trainings": trainings,
        **{end: returned.get(end) for end in ("ci_low", "ci_high")},
        "ranked": trainings >= TO_RANK,
    }


def way_name(by: str, way: str) -> str:
    write = reader()
    if by == LENGTH and known(hours := pd.to_numeric(way, errors="coerce")):
        return write.value(hours, "hours")
    return write.say(TAG_WORDS[by, way]) if (by, way) in TAG_WORDS else group_name(by, way)


def _expected(row: dict[str, Any]) -> str:
    if not row["expected"]:
        return "–"
    prior, pro, con = (reader().say(row[name]) for name in PRIOR)
    return f"{prior} (+ {pro}; − {con})"


def _returned(row: dict[str, Any]) -> str:
    write = reader()
    if not known(row["roi"]):
        return "–"
    interval = write.interval(row["ci_low"], row["ci_high"], "rate")
    return write.value(row["roi"], "rate") + (f" ({interval})" if interval else "")


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


def improvements(company: Company, period: Any) -> pd.DataFrame:
    """Return what was improved in courses up to the end of a period, and what it changed.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period

    Returns
    -------
    pandas.DataFrame
        One row an improvement of ``actions`` that names a training, the last first: ``training_id,
        name, version, started_at, description, reason, expected_effect``; ``figure``, by which
        the versions are compared: their return, or what people learnt where no return is known;
        ``before, after`` in ``unit``; ``value, ci_low, ci_high``, the points between; ``state``:
        ``clear``, ``none`` (no measurable effect), ``few`` or ``unknown``.

    Examples
    --------
    >>> kl.improvements(data, "2026-10")
    """
    asked = company.period(period)
    log = _log(company, pd.Timestamp(asked.end_day))
    columns = [BY, "name", *LOGGED[1:], *VERSIONS, "ci_low", "ci_high", "state"]
    if log.empty:
        return pd.DataFrame(columns=columns)
    rows = company.over([EFFECT], [asked.ending(RECENT)], by=BY, intervals=True)
    effects = {row[BY]: row for row in rows.to_dict("records")}
    plan = known_trainings(company, "title", "started_at").dropna()
    names = plan.set_index(BY)["title"].to_dict()
    found = []
    for line in log.to_dict("records"):
        name = names.get(line[BY], line[BY])
        told = _of_returns(effects.get(line[BY], {}))
        if told["state"] == "unknown":
            began = pd.to_datetime(plan.loc[plan["title"].eq(name), "started_at"])
            told = _of_learning(company, asked, name, line["started_at"], began) or told
        found.append(line | {"name": name} | told)
    return pd.DataFrame(found, columns=columns)


def _of_returns(effect: dict[str, Any]) -> dict[str, Any]:
    """Compare the versions of a course by the return of their sessions."""
    few = "low_n" in flags_of(effect) or not known(effect.get("ci_low"))
    details = effect.get("details") or {}
    told = {name: effect.get(name) for name in ("value", "ci_low", "ci_high")}
    told |= {"figure": EFFECT, "unit": "rate"}
    told |= {side: details.get(f"return_{side}") for side in ("before", "after")}
    return told | {"state": _state(told | {"flags": flags_of(effect)}, few)}


def _of_learning(
    company: Any, period: Any, title: str, day: pd.Timestamp, began: pd.Series
) -> dict[str, Any] | None:
    """Compare them by what people learnt, where no return is known; None without either."""
    first, last = pd.Timestamp(period.ending(RECENT).start), pd.Timestamp(period.end_day)
    if not first < day <= last:
        return None
    spans = [(first, day - pd.Timedelta(days=1)), (day, last)]
    spans = [tuple(str(each.date()) for each in span) for span in spans]
    rows = company.over([LEARNT], spans, by="title")
    sides = rows[rows["title"].eq(title)].to_dict("records")
    if len(sides) < 2 or not all(known(each["value"]) for each in sides):
        return None
    before, after = (each["value"] for each in sides)
    told = {"figure": LEARNT, "unit": "pt", "before": before, "after": after}
    told |= {"value": after - before, "ci_low": None, "ci_high": None}
    ends = [each[end] for each in sides for end in ("ci_low", "ci_high")]
    if all(map(known, ends)):  # people of two versions are others: their chances add in squares
        half = sum(((each["ci_high"] - each["ci_low"]) / 2) ** 2 for each in sides) ** 0.5
        told |= {"ci_low": told["value"] - half, "ci_high": told["value"] + half}
    sessions = [int(began.between(*map(pd.Timestamp, span)).sum()) for span in spans]
    return told | {"state": _state(told, min(sessions) < 2)}


def _log(company: Any, until: pd.Timestamp) -> pd.DataFrame:
    log = known_rows(company, "actions", "kind", *LOGGED)
    log = log.assign(started_at=pd.to_datetime(log["started_at"]))
    log = log[log["kind"].eq(KIND) & log[BY].notna() & (log["started_at"] <= until)]
    return log[[*LOGGED]].sort_values(
        "started_at", ascending=False, kind="stable", ignore_index=True
    )


def _state(told: dict[str, Any], few: bool) -> str:
    if not known(told["value"]):
        return "unknown"
    if few or not known(told["ci_low"]):
        return "few"
    return "clear" if beyond_chance(told) else "none"


def _versions(row: dict[str, Any]) -> str:
    """Write the figure of the sessions before and after, and what that is in points."""
    write = reader()
    if not known(row["value"]):
        return "–"
    moved = write.difference(row["value"], "pt")
    sides = [write.value(row[side], row["unit"]) for side in ("before", "after")]
    said = f"{write.say(COMPARED_WORDS[row['figure']])} {moved}"
    return (
        said
        if not all(known(row[side]) for side in ("before", "after"))
        else (f"{said} ({sides[0]} → {sides[1]})")
    )


IMPROVED = Told(
    frozenset({BY, "expected_effect", "state"}),
    "Improvements: expected, measured",
    IMPROVED_WORDS,
    {
        "value": _versions,
        "state": EFFECT_WORDS,
    },
)
