"""How well each training's effect is isolated, and what follows of it.

The ladder of proof has six rungs; a training stands on the best that its data allow.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.numbers import known, reader
from kpilib.display.status import flags_of
from kpilib.engine.columns import counted_in
from kpilib.errors import KpilibError
from kpilib.methods.own_rows import require_columns
from kpilib.methods.parallel import DOUBTS
from kpilib.objectives.picker import ANY, Subject
from kpilib.objectives.sentence import topic_in
from kpilib.period import Period
from kpilib.training.rows import BY, beyond_chance, described, known_trainings

LEVELS = (  # figure of a level, and its column
    ("training_satisfaction", "satisfied"),
    ("knowledge_gain", "gain"),
    ("skill_application_rate", "applied"),
)
ESTIMATE, LOT = "training_effect_estimate", "assigned_by_lot"
EFFECTS = ("training_effect_did", "training_effect_trend", "training_roi")
LOOKED_BACK = 25  # months of the figure that speaks for a topic
ASKED_FOR = "24m"  # tests and answers of a training that is measured now are older than it
WAVES, COURSE = "waves", "title"  # sessions of one course that began at several times
ISOLATED = ("lot", "control")  # the rungs of which a return is worked out
RUNG_WORDS = {
    "lot": "Sure: drawn by lot",
    "control": "Good: control group",
    "waves": "Fair: staggered sessions",
    "trend": "Fair: own trend",
    "estimate": "Weak: what people say",
    "none": "No proof",
}
NEXT_WORDS = {
    "again": "Run again; measure whether it lasts",
    "stop": "Change or stop it",
    "more": "Measure more people or longer",
    "control": "Take a control group",
    "longer": "Measure longer before",
    "before": "Measure before",
}
NEXT_TIME = {"waves": "control", "trend": "control", "estimate": "control", "none": "before"}
PROOF = ("name", "satisfied", "gain", "applied", "value", "rung", "roi", "next")
COLUMNS = (BY, *PROOF, "ci_low", "ci_high", "clear", "gained", "unit", "detectable")
NUMBERS = (*(column for _, column in LEVELS), "value", "roi", "ci_low", "ci_high", "detectable")


def proofs(company: Any, period: Period) -> pd.DataFrame:
    """Return one row a training measured in the period.

    Parameters
    ----------
    company : Company
    period : Period

    Returns
    -------
    pandas.DataFrame
        ``training_id, name``; ``satisfied, gain, applied`` (levels 1 to 3); ``rung`` (``lot,
        control, waves, trend, estimate, none``), the effect that it gives with interval and unit,
        and whether it is ``clear``: beyond chance, and ``gained``: clear, and for the better;
        ``detectable``, the smallest that its control group would have shown four times in five;
        ``roi``, where the effect is isolated; ``next``, what follows of that: ``again, stop, more,
        control, longer, before``.
    """
    assumed = company.tables.assumptions.model_dump_json()  # an analyst may try others
    key = "proofs", period, company.printed, assumed, reader().lang
    if key not in company.tables.cache:  # the chain and the goals of a page ask the same two years
        company.tables.cache[key] = _proofs(company, period)
    return company.tables.cache[key].copy()


def _proofs(company: Any, period: Period) -> pd.DataFrame:
    effects = described(company.evaluate(list(EFFECTS), period, by=BY), company)
    asked = [*(kpi for kpi, _ in LEVELS), ESTIMATE]
    levels = company.over(asked, [period.ending(ASKED_FOR)], by=BY)
    known_of = by_training(pd.concat([effects, levels]), company, period)
    found = [_proof(name, rows) for name, rows in known_of.items()]
    return counted_in(pd.DataFrame(found, columns=list(COLUMNS)), *NUMBERS)


def by_training(
    rows: pd.DataFrame, company: Any, period: Period
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the rows of each training with an isolated effect, by KPI, and under ``waves`` that of
    its course: of all its sessions, which may be each other's control."""
    by_kpi = {name: own.set_index(BY) for name, own in rows.groupby("kpi")}
    told = by_kpi.get(EFFECTS[0])
    names = [] if told is None else [name for name in told.index if isinstance(name, str)]
    courses = _courses(company, period) if names else {}
    return {
        name: {
            **{kpi: own.loc[name].to_dict() for kpi, own in by_kpi.items() if name in own.index},
            WAVES: courses.get(name, {}),
        }
        for name in names
    }


def _courses(company: Any, period: Period) -> dict[str, dict[str, Any]]:
    """Return the effect of a training's course where sessions are each other's control."""
    sessions = known_trainings(company, COURSE).dropna()
    if sessions.empty:
        return {}
    rows = company.over([EFFECTS[0]], [period], by=COURSE)
    found = {
        row[COURSE]: row for row in rows.to_dict("records") if "starts" in (row["details"] or {})
    }
    return {
        name: found[title] for name, title in sessions.itertuples(index=False) if title in found
    }


def _proof(training: str, rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    rung, effect = rung_of(rows)
    levels = {to: rows.get(name, {}).get("value") for name, to in LEVELS}
    found = {name: effect.get(name) for name in ("value", "ci_low", "ci_high", "unit")}
    found["clear"] = clear = beyond_chance(effect)
    found["gained"] = clear and _for_the_better(effect)
    isolated, doubted = rung in ISOLATED, known(rows[EFFECTS[0]].get("value"))
    returned = rows.get("training_roi", {}) if isolated else {}
    following = "longer" if doubted else NEXT_TIME.get(rung)
    if isolated:
        following = _next(clear, found["gained"], returned)
    name = rows[EFFECTS[0]].get("name")
    return {
        BY: training,
        "name": name if isinstance(name, str) else training,
        **levels,
        "rung": rung,
        **found,
        "roi": returned.get("value"),
        "next": following,
        "detectable": effect["details"].get("minimum_detectable") if isolated else None,
    }


def rung_of(rows: dict[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """Return the best rung that a training's rows reach, with the row that stands on it."""
    group, line = (rows.get(name, {}) for name in EFFECTS[:2])
    if known(group.get("value")) and not DOUBTS & set(flags_of(group)):
        return ("lot" if group["details"].get(LOT) else "control"), group
    if known(rows.get(WAVES, {}).get("value")):
        return WAVES, rows[WAVES] | {name: group.get(name) for name in ("unit", "better")}
    if known(line.get("value")):
        return "trend", line
    if known(rows.get(ESTIMATE, {}).get("value")):
        return "estimate", rows[ESTIMATE]
    return "none", {}


def _for_the_better(effect: dict[str, Any]) -> bool:
    """Whether an effect is where it was to be: of some figures less is better."""
    return effect["value"] < 0 if effect.get("better") == "lower" else effect["value"] > 0


def _next(clear: bool | None, gained: bool | None, returned: dict[str, Any]) -> str:
    """Say what follows of an isolated effect: a loss that chance explains is no reason to stop."""
    value = returned.get("value")
    if known(value) and value < 0:
        return "stop" if beyond_chance(returned) else "more"
    if not clear:
        return "more"
    return "again" if gained or known(value) else "stop"  # what pays is worth it


def what_next(told: pd.DataFrame) -> pd.DataFrame:
    """Return what follows for trainings, those of one answer together.

    Parameters
    ----------
    told : pandas.DataFrame
        As ``report.proofs()`` returns it.

    Returns
    -------
    pandas.DataFrame
        ``next``, the most urgent first; ``trainings``, their names, with the return where it is
        isolated; ``proofs``, the rungs that they stand on, the surest first.

    Examples
    --------
    >>> kl.what_next(report.proofs())
    """
    require_columns(told, ["next", "rung", "name", "roi"], "report.proofs()")
    rows = []
    for following in NEXT_WORDS:
        own = told[told["next"].eq(following)]
        if own.empty:
            continue
        rungs = [rung for rung in RUNG_WORDS if rung in set(own["rung"])]
        returns = zip(own["name"], own["roi"], strict=True)
        names = [name if not known(roi) else (name, float(roi)) for name, roi in returns]
        rows.append((following, names, rungs))
    return pd.DataFrame(rows, columns=["next", "trainings", "proofs"])


def months_known(kpi: str, company: Company) -> int:
    """Count the months of the last two years of which a figure is known."""
    if company.as_of is None:
        return 0
    try:
        rows = company.series(kpi, company.last_month(), LOOKED_BACK)
    except KpilibError:  # data that is not there
        return 0
    return int(rows["value"].notna().sum())


def rungs_reached(topic: Subject, company: Company) -> pd.Series:
    """Return the rung of each training on a topic that was measured in the last two years."""
    if company.as_of is None or "kpi_measurements" not in company.tables:
        return pd.Series(dtype=object)
    period: Period = company.period(company.last_month()).ending(ASKED_FOR)
    try:
        rows = company.over([*EFFECTS[:2], ESTIMATE], [period], by=BY)
    except KpilibError:
        return pd.Series(dtype=object)
    found = by_training(rows, company, period)
    own = found.keys() if topic.id == ANY else found.keys() & _about(topic, company)
    return pd.Series({name: rung_of(found[name])[0] for name in own}, dtype=object)


def _about(topic: Subject, company: Company) -> set[str]:
    """Return the trainings whose title or topic is about a topic."""
    rows = known_trainings(company, "title", "topic").dropna(subset=BY).fillna("")
    texts = rows["title"].astype(str) + " " + rows["topic"].astype(str)
    return set(rows.loc[[topic_in(text).id == topic.id for text in texts], BY])
