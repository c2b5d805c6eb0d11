"""KPIs of the topic ``okr`` for a company that has objectives.yaml, and no table of key results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from kpilib.engine import Tables
from kpilib.evaluate import evaluate
from kpilib.kpi import Kpi
from kpilib.methods.attainment import NOT_ASSESSABLE
from kpilib.methods.key_results import rank
from kpilib.outcome import NO_DATA
from kpilib.period import Period
from kpilib.question import Question
from kpilib.steering.checkins import checkins
from kpilib.steering.frames import TOPIC, as_tables, monthly_rows
from kpilib.steering.goal import Goal, goals
from kpilib.steering.objectives import Plan
from kpilib.steering.plan import FILE, read_plan
from kpilib.steering.standing import standings

if TYPE_CHECKING:
    from kpilib.company import Company

MOST_MONTHS = 36  # of check-ins
VERDICT = "verdict"
WAITING_WORDS = {
    "not_started": "The key result had not started.",
    "missing": "The figure that it is judged by is missing.",
    "too_few": "The figure that it is judged by rests on too few people to be shown.",
    "too_early": "Too early: its actions have not had the time that their kind takes.",
    "partial": "The month is not over.",
    "immature": "The cases of the month have not run their course.",
    "not_due": "The milestone is not due yet.",
}


def from_plan(company: Company, kpi: Kpi) -> bool:
    """Whether a KPI is of key results, and they are to be made from objectives.yaml."""
    if kpi.topic != TOPIC or company.folder is None or "key_results" in company.tables:
        return False
    return (company.folder / FILE).exists()


def answered(company: Company, question: Question) -> pd.DataFrame:
    """Answer a question on key results from objectives.yaml and the company's own figures.

    Parameters
    ----------
    company : Company
    question : Question
        Its tables are replaced by those of the plan, with the targets in force at the end of each
        period.

    Returns
    -------
    pandas.DataFrame
        As `kpilib.evaluate.evaluate`.
    """
    plan = _plan(company)
    every = goals(plan, company.settings.currency)
    months = _months(every, question.every_period)
    first = min(period.start for period in question.every_period)
    sure = any(kpi.interval != "none" or kpi.unit == "verdict" for kpi in question.kpis)
    judged = sum(month.end_day >= first for month in months) if sure else 0
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
    if VERDICT in set(answers["kpi"]) and "kr_id" in answers:
        answers = _judged(company, plan, answers, question.periods)
    return answers


def _judged(
    company: Company, plan: Plan, answers: pd.DataFrame, periods: Sequence[Period]
) -> pd.DataFrame:
    """Return answers with the verdicts of the scoreboard.

    Tables of key results and check-ins do not know of actions that need time, of immature cases
    and of paired KPIs; a company's folder does, and then there is one verdict, not two.
    """
    rows = answers.to_dict("records")
    given = {
        (period.name, each.goal.id): each.verdict
        for period in periods
        for each in standings(company, Period.month_of(period.end_day), plan)
    }
    for row in rows:
        found = given.get((row["period"], row["kr_id"])) if row["kpi"] == VERDICT else None
        if found is None:
            continue
        assessed = found.level != NOT_ASSESSABLE
        row["details"] = row["details"] | {
            "verdict": found.level,
            **({"why": found.reason} if found.reason else {}),
            **({"lowered_by": found.lowered_by} if found.lowered_by else {}),
        }
        row["value"] = rank(found.level) if assessed else None
        if not assessed:
            row["status"], row["reason"] = NO_DATA, WAITING_WORDS[found.reason]
    return pd.DataFrame(rows, columns=answers.columns).astype(answers.dtypes)


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
    place = {name: number for number, name in enumerate(kpis)}
    time = {period.name: number for number, period in enumerate(periods)}
    found = pd.concat(every, ignore_index=True)[[*columns[:start], *groups, *after]]
    order = pd.DataFrame({"kpi": found["kpi"].map(place), "period": found["period"].map(time)})
    return found.loc[order.sort_values(["kpi", "period"], kind="stable").index].reset_index(
        drop=True
    )


def _plan(company: Company) -> Plan:
    """Read the plan again only when the file was written again."""
    key = ("plan", (company.folder / FILE).stat().st_mtime_ns)
    return _kept(company, key, lambda: read_plan(company.folder, company.settings.currency))


def _kept(company: Company, key: tuple, make: Any) -> Any:
    if key not in company.tables.cache:
        company.tables.cache[key] = make()
    return company.tables.cache[key]


def _months(every: Sequence[Goal], periods: Sequence[Period]) -> list[Period]:
    """Return the months from the start of the first goal to the end of the last period."""
    last = Period.month_of(max(period.end_day for period in periods))
    first = min((goal.start for goal in every), default=last.start)
    months = [last]
    while months[0].start > first and len(months) < MOST_MONTHS:
        months.insert(0, months[0].previous())
    return months
