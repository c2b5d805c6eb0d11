"""KPIs of the topic ``okr`` for a company that has objectives.yaml, and no table of key results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from kpilib.answers.evaluate import evaluate
from kpilib.definitions import Kpi
from kpilib.engine.outcome import NO_DATA, OK, UNSURE
from kpilib.engine.question import Question
from kpilib.methods.key_results import rank
from kpilib.methods.progress import CHECKIN
from kpilib.objectives.diary import CheckIn, checkins
from kpilib.objectives.goal import Goal, goals
from kpilib.objectives.goal_rows import TOPIC, Row, breakdown, monthly_rows
from kpilib.objectives.plan import FILE, read_plan
from kpilib.objectives.standing import (
    ObjectiveStanding,
    Standing,
    flat,
    month_judged,
    standings,
    tree,
)
from kpilib.objectives.verdict import Verdict
from kpilib.objectives.written import Objective, Plan
from kpilib.period import Period
from kpilib.tables import TABLES
from kpilib.tables.store import Tables

if TYPE_CHECKING:
    from kpilib.answers.asking import Asking

MOST_MONTHS = 36  # of check-ins
PANDAS = {"float": "float64", "date": "datetime64[us]", "bool": "bool"}  # else texts
VERDICT, SCORE = "verdict", "objective_score"
WAITING_WORDS = {
    "not_started": "The key result had not started.",
    "missing": "The figure that it is judged by is missing.",
    "too_few": "The figure that it is judged by rests on too few people to be shown.",
    "too_early": "Too early: its actions have not had the time that their kind takes.",
    "partial": "The month is not over.",
    "immature": "The cases of the month have not run their course.",
    "not_due": "The milestone is not due yet.",
    "unrecorded": "The records of its figure begin later than it does.",
    "nothing": "None of its key results can be judged yet.",
}


def from_plan(company: Asking, kpi: Kpi) -> bool:
    """Whether a KPI is of key results, and they are to be made from objectives.yaml."""
    if kpi.topic != TOPIC or company.folder is None or "key_results" in company.tables:
        return False
    return (company.folder / FILE).exists()


def answered(company: Asking, question: Question) -> pd.DataFrame:
    """Answer a question on key results from objectives.yaml and the company's own figures.

    Parameters
    ----------
    company : Asking
    question : Question
        Its tables are replaced by those of the plan, with the targets in force at the end of each
        period.

    Returns
    -------
    pandas.DataFrame
        As `kpilib.answers.evaluate.evaluate`.
    """
    plan = read_plan(company.folder, company.settings.currency)
    every = goals(plan, company.settings.currency)
    standing = {}
    if {VERDICT, SCORE} & {kpi.id for kpi in question.kpis}:
        # First: they look back furthest, and what follows is read out of it.
        ends = {period: month_judged(period, company.as_of) for period in question.periods}
        standing = {each: standings(company, month, plan) for each, month in ends.items()}
    months = _months(every, question.every_period)
    rows = monthly_rows(company, every, months[-1], len(months))
    if any(kpi.interval != "none" or kpi.unit == "verdict" for kpi in question.kpis):
        judged = _judged_in(every, rows, months, question.every_period, company.as_of)
        rows = monthly_rows(company, every, months[-1], len(months), judged)
    said = checkins(company.folder, plan, company.settings.currency)
    alike: dict[tuple[float, ...], list[Period]] = defaultdict(list)
    for period in question.periods:
        alike[tuple(goal.on(period.end_day).target for goal in every)].append(period)
    found = []
    for periods in alike.values():
        then = [goal.on(periods[-1].end_day) for goal in every]
        frames = as_tables(plan, then, rows, months, company.as_of, said)
        tables = Tables(frames, company.tables.zone, company.settings.currency, company.as_of)
        found.append(evaluate(replace(question, tables=tables, periods=periods)))
    answers = in_order(found, [kpi.id for kpi in question.kpis], question.periods)
    return _judged(plan, answers, standing) if standing else answers


def _judged(
    plan: Plan, answers: pd.DataFrame, standing: Mapping[Period, Sequence[Standing]]
) -> pd.DataFrame:
    """Return answers with the verdicts and the scores of the scoreboard.

    Tables of key results and check-ins do not know of actions that need time, of immature cases
    and of paired KPIs; a company's folder does, and then there is one verdict, not two.
    """
    rows = answers.to_dict("records")
    verdicts: dict[tuple[str, str], Verdict] = {}
    scores: dict[tuple[str, str], ObjectiveStanding] = {}
    for period, found in standing.items():
        verdicts |= {(period.name, each.goal.id): each.verdict for each in found}
        scores |= {
            (period.name, each.objective.id): each
            for _, each in flat(tree(plan, found))
            if each.standings
        }
    for row in rows:
        if row["kpi"] == VERDICT and "kr_id" in row:
            _verdict(row, verdicts.get((row["period"], row["kr_id"])))
        elif row["kpi"] == SCORE and "objective_id" in row:
            _score(row, scores.get((row["period"], row["objective_id"])))
    return pd.DataFrame(rows, columns=answers.columns).astype(answers.dtypes)


def _verdict(row: dict[str, Any], found: Verdict | None) -> None:
    """Put the verdict of the scoreboard into a row, where it has one."""
    if found is None:
        return
    row["details"] = row["details"] | {
        "verdict": found.level,
        **({"why": found.reason} if found.reason else {}),
        **({"lowered_by": found.lowered_by} if found.lowered_by else {}),
    }
    row["value"] = rank(found.level) if found.assessed else None
    if not found.assessed:
        row["status"], row["reason"] = NO_DATA, WAITING_WORDS[found.reason]


def _score(row: dict[str, Any], found: ObjectiveStanding | None) -> None:
    """Put the score of the scoreboard into a row of a score, or that nothing can be judged."""
    if found is None or row["status"] != OK:
        return
    told = [each for each in found.standings if each.verdict.assessed]
    whole = sum(each.goal.weight for each in told if each.reached)
    red = {"red_below": float(len(found.red_below))} if found.red_below and not found.red else {}
    row["details"] = {
        "key_results": float(len(found.standings)),
        "without_data": float(found.without_data),
        **red,
    }
    row["value"], row["denominator"] = found.score, whole
    row["numerator"] = None if found.score is None else found.score * whole
    unsure = found.without_data or any(each.verdict.provisional for each in told)
    row["flags"] = [each for each in row["flags"] if each != "approximate"]
    row["flags"] += ["approximate"] if unsure else []
    if found.score is None:
        row["status"], row["reason"], row["denominator"] = NO_DATA, WAITING_WORDS["nothing"], None


def in_order(
    frames: Iterable[pd.DataFrame], kpis: Sequence[str], periods: Sequence[Period]
) -> pd.DataFrame:
    """Return answers as one table, in the order of the KPIs and periods that were asked."""
    every = [frame for frame in frames if len(frame)]
    if len(every) == 1:
        return every[0]
    columns = list(dict.fromkeys(name for frame in every for name in frame))
    start = columns.index("period_end") + 1
    values = every[0].columns.get_loc("value")
    after = list(every[0].columns[values:])
    groups = [name for name in columns if name not in (*columns[:start], *after)]
    asked = {"kpi": [*kpis], "period": [period.name for period in periods]}
    return pd.concat(every)[[*columns[:start], *groups, *after]].sort_values(
        [*asked],
        key=lambda column: column.map(asked[column.name].index),
        kind="stable",
        ignore_index=True,
    )


def _judged_in(
    every: Sequence[Goal],
    rows: Mapping[str, Sequence[Row]],
    months: Sequence[Period],
    periods: Iterable[Period],
    as_of: date | None,
) -> set[Period]:
    """Return the months of the last figures known at the end of each period: those are judged."""
    found = set()
    for goal in every:
        known = [
            (said["date"], month)
            for month, row in zip(months, rows[goal.id], strict=True)
            if (said := checkin_of(goal, month, row, as_of))
        ]
        for period in periods:
            found |= set([month for day, month in known if day <= period.end_day][-1:])
    return found


def _months(every: Sequence[Goal], periods: Sequence[Period]) -> list[Period]:
    """Return the months from the start of the first goal to the end of the last period."""
    last = Period.month_of(max(period.end_day for period in periods))
    first = min((goal.start for goal in every), default=last.start)
    return [month for month in last.trailing(MOST_MONTHS) if month.end_day >= first] or [last]


def as_tables(
    plan: Plan,
    goals: Sequence[Goal],
    rows: Mapping[str, Sequence[Row]],
    months: Sequence[Period],
    as_of: date | None,
    said: Sequence[CheckIn] = (),
) -> dict[str, pd.DataFrame]:
    """Return the three tables from figures and check-ins that were fetched before."""
    now = [goal.on(months[-1].end_day) for goal in goals]
    unmeasured = {goal.id for goal in goals if not goal.kpi}
    figures = [
        found
        for goal in now
        for month, row in zip(months, rows[goal.id], strict=True)
        if (found := checkin_of(goal, month, row, as_of))
    ]
    answers = [each for each in said if each.key_result in unmeasured and each.value is not None]
    return {
        "objectives": _table("objectives", map(_objective, plan.objectives)),
        "key_results": _table("key_results", map(_key_result, now)),
        "checkins": _table("checkins", [*figures, *map(_said, answers)]),
    }


def _table(name: str, rows: Iterable[Row]) -> pd.DataFrame:
    """Return rows as a table, with the columns of its contract."""
    types = {each: PANDAS.get(of.type, "string") for each, of in TABLES[name].columns.items()}
    return pd.DataFrame(list(rows), columns=list(types)).astype(types)


def _objective(each: Objective) -> Row:
    return {
        "objective_id": each.id,
        "parent_id": each.parent,
        "type": each.type,
        "kind": each.kind,
        "status": each.status,
        "statement": each.statement.in_language("en"),
        "owner": each.owner.in_language("en"),
        "start": each.start,
        "end": each.end,
    }


def _key_result(goal: Goal) -> Row:
    return {
        "kr_id": goal.id,
        "objective_id": goal.objective.id,
        "kpi_id": goal.kpi,
        "slice": f"{breakdown(goal)}={goal.group}" if goal.group and goal.kpi else None,
        "mode": goal.mode,
        "baseline": goal.baseline,
        "target": goal.target,
        "unit": goal.unit,
        "direction": goal.better if goal.better in ("higher", "lower") else None,
        "weight": goal.weight,
        "is_headline": goal.headline,
        "thresholds": "; ".join(str(each) for each in goal.thresholds),
        "start": goal.start,
        "end": goal.end,
    }


def checkin_of(goal: Goal, month: Period, row: Row, as_of: date | None) -> Row | None:
    """Return what a month's figure says of a goal; None outside its days or without a figure."""
    day = min(month.end_day, goal.end, as_of or goal.end)
    if row["status"] != OK or not max(month.start, goal.start) <= day:
        return None
    share = goal.share(day)  # what fills up counts as the whole that it makes at this pace
    return {
        "kr_id": goal.id,
        "date": day,
        "value": row["value"] / share,
        "value_low": _over(row["ci_low"], share),
        "value_high": _over(row["ci_high"], share),
        "expected": None if goal.mode == "binary" else goal.expected(day) / share,
        "is_provisional": any(flag in row["flags"] for flag in UNSURE),
        "kind": CHECKIN,
    }


def _over(bound: float | None, share: float) -> float | None:
    return None if bound is None else bound / share


def _said(each: CheckIn) -> Row:
    return {
        "kr_id": each.key_result,
        "date": each.date,
        "value": each.value,
        "is_provisional": False,
        "confidence": each.confidence,
        "kind": CHECKIN,
    }
