"""From KPIs, periods and a breakdown to one tidy table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from itertools import compress

import numpy as np
import pandas as pd

from kpilib.answers.news import Part, history, judge, looked_back
from kpilib.answers.of_people import telling_of_nobody
from kpilib.answers.worked_out import worked_out
from kpilib.definitions import Kpi, Method
from kpilib.engine import compare as comparing
from kpilib.engine.aggregate import gather, of_the_whole
from kpilib.engine.beginning import BEGUN, recorded_from
from kpilib.engine.clock import CLOCK, HOUR, WEEKDAY, without
from kpilib.engine.columns import Figures, ranking
from kpilib.engine.combine import combined, tell_beside
from kpilib.engine.known import SILENT, TOO_YOUNG, fed_until, flag, silence
from kpilib.engine.outcome import (
    FLAGS,
    MISSING_COLUMN,
    MISSING_TABLE,
    NO_DATA,
    NOT_ADDITIVE,
    OK,
    SUPPRESSED,
    Outcome,
    unknown,
)
from kpilib.engine.outstanding import standing_out
from kpilib.engine.privacy import (
    MESSAGES,
    UNSTATED,
    own_refused,
    refused,
    unstated,
)
from kpilib.engine.question import COMPARISONS, OneKpi, Question, by_event
from kpilib.engine.slices import EVERYONE, Cells, columns_of, divided_here, divisible, groups_of
from kpilib.errors import ContractError, listed
from kpilib.language import spoken
from kpilib.measure import Measure
from kpilib.methods.call import Call
from kpilib.period import Period
from kpilib.saying import say
from kpilib.tables.contract import UNKNOWN
from kpilib.tables.derive import DERIVED, base_of
from kpilib.tables.store import Tables
from kpilib.topics.catalogue import catalogue

COLUMNS = (
    "value",
    "numerator",
    "denominator",
    "n",
    "ci_low",
    "ci_high",
    "ci_method",
    "unit",
    "better",
    "status",
    "reason",
    "flags",
    "details",
)
AS_A_WHOLE = "It is worked out as a whole, and not hour by hour or day by day."
OUTSTANDING = "stands_out"
MOVES = ("opening", "entries", "exits")  # of a stock
FIGURES = ("value", "numerator", "denominator", "n", "ci_low", "ci_high", *MOVES)
TAKEN = ("kpi", "label", "period", "period_start", "period_end", *COLUMNS, *MOVES, OUTSTANDING)


def evaluate(question: Question) -> pd.DataFrame:
    """Answer a question; where periods are compared, also with what is news in its own history.

    Returns
    -------
    pandas.DataFrame
        One row per KPI, period and group; columns as in the design's contract.

    Raises
    ------
    ContractError
        Columns that are needed and missing, all of them; or a breakdown by a column named as one
        of the answer's, or by one that would tell of single persons.
    """
    parts = [_laid(one, found) for one, found in _answered(question)]
    past = history(question, parts)
    before = {} if past is None else {one.kpi.id: found for one, found in _answered(past)}
    for part in parts:
        judge(part, before.get(part[0].kpi.id))
    return _table(question, parts)


def _answered(question: Question) -> list[tuple[OneKpi, Figures]]:
    """Return the figures of each KPI, in the periods asked and those they are compared with."""
    told = [by_event(kpi, question.by or kpi.by) for kpi in question.kpis]
    question = replace(question, kpis=told)
    faults = list(_refused(question))
    if faults:
        raise ContractError(faults)
    every = [OneKpi(question, kpi, question.by or kpi.by) for kpi in question.kpis]
    if not question.forgiving:  # one that lacks a column does not silence the others
        lacking = [bool(_lacking(each)) for each in every]
        question = replace(question, forgiving=any(lacking) and not all(lacking))
    # KPIs whose feeds end on the same day are compared with the same periods: read together.
    plans: dict[tuple, Question] = {}
    place: dict[int, tuple] = {}
    for number, (_, kpi, by) in enumerate(every):
        ends = fed_until(question, kpi, by)
        place[number] = by, tuple(sorted(ends.items()))
        plan = plans.get(place[number]) or replace(question, kpis=[], fed_until=ends)
        plans[place[number]] = replace(plan, kpis=[*plan.kpis, kpi])
    found: dict[tuple, dict[int, Figures]] = {}
    for at, plan in plans.items():
        try:
            found[at] = worked_out(plan.tables).shown(plan, at[0], partial(_told, by=at[0]))
        except ContractError as error:
            faults += error.faults
    if faults:
        raise ContractError(dict.fromkeys(faults))
    return [
        (OneKpi(plans[place[number]], kpi, by), found[place[number]][id(kpi)])
        for number, (_, kpi, by) in enumerate(every)
    ]


def _refused(question: Question) -> Iterable[str]:
    """Yield why a breakdown or a restriction cannot be had, for each KPI that it is asked of."""
    columns = columns_of(question.by)
    closed = [kpi.id for kpi in question.kpis if _unstated(question, kpi)]
    if closed and len(closed) == len(question.kpis) and not question.forgiving:
        yield unstated(closed)  # beside others they are withheld, and do not silence these
    for by in columns:
        if by in TAKEN:
            yield say(
                "No breakdown by {by!r}: the answer has a column of that name. Give the"
                " column another name in the table.",
                by=by,
            )
    for kpi in question.kpis:
        own = set().union(*(question.tables.own(table) for table in kpi.tables))
        for by in (*columns, *question.tables.where):
            asked = own_refused if by in own else refused
            fault = asked(kpi, by, question.breakdowns)
            if fault:
                yield fault
        if kpi.people is not None and (len(columns) > 1 or question.tables.where):
            yield say(
                "{kpi} is about people: it is broken down by one column at a time and never"
                " restricted, so that no small group can be worked out. Ask by='team', and keep"
                " the row of the group.",
                kpi=kpi.id,
            )
        if isinstance(kpi.value, Method) and (len(columns) > 1 or question.tables.where):
            yield say(
                "{kpi} is worked out as a whole: it takes one breakdown and no restriction."
                " Ask by=..., and keep the row of the group.",
                kpi=kpi.id,
            )


def _unstated(question: Question, kpi: Kpi) -> bool:
    """Whether a KPI looks at who writes to whom, and the company did not say what for."""
    return MESSAGES in kpi.tables and MESSAGES in question.tables and not question.network


def _gathered(question: Question, by: str | None, ahead: Set[Period]) -> dict[Measure, Cells]:
    """Aggregate what the KPIs need; what is added from a table without the breakdown is unknown."""
    tables, kpis = question.tables, question.kpis
    needed = dict.fromkeys(m for kpi in kpis for m in _available(OneKpi(question, kpi, by)))
    roles = [(kpi, role, measure) for kpi in kpis for role, measure in kpi.measures.items()]
    required = {measure for kpi, role, measure in roles if role not in kpi.optional}
    spare = {measure for _, _, measure in roles} - required
    # A method that has groups of its own says itself how many people each of them describes.
    spare |= {kpi.people for kpi in kpis if isinstance(kpi.value, Method) and by == kpi.by}
    whole = [m for m in needed if by and m in spare and not divisible(tables, m.table, by)]
    divided = [measure for measure in needed if measure not in whole]
    periods = question.every_period
    if by is None:
        return of_the_whole(tables, divided, periods, ahead)
    undivided = of_the_whole(tables, whole, periods)
    return gather(tables, divided, periods, by) | {
        measure: part.in_group(UNKNOWN) for measure, part in undivided.items()
    }


def _available(one: OneKpi) -> list[Measure]:
    """Return the measures whose tables are there; none when one that is required is not."""
    question, kpi, by = one
    if _missing(one) is not None:
        return []
    return [
        measure
        for role, measure in kpi.measures.items()
        if role not in kpi.optional or _to_be_had(question.tables, role, measure, by)
    ]


def _to_be_had(tables: Tables, role: str, measure: Measure, by: str | None) -> bool:
    """Whether an optional figure can be had; one that is read beside a group, by group too."""
    there = tables.holds(measure.table, set(measure.columns))
    if not there or _unsaid(tables, measure.table, measure.known):
        return False
    clock = [each for each in columns_of(by) if each in CLOCK]
    if any(without(tables, measure, each) for each in clock):
        return False
    return by is None or not role.startswith("beside.") or divided_here(tables, measure.table, by)


def _missing(one: OneKpi) -> Outcome | None:
    """Say what is not there and needed: tables; columns, where those are forgiven; an hour."""
    question, kpi, by = one
    tables = question.tables
    absent = dict.fromkeys(name for table in kpi.tables for name in tables.missing(table))
    if absent:
        return unknown(MISSING_TABLE, f"Missing table: {listed(absent)}.")
    if _unstated(question, kpi):
        return unknown(SUPPRESSED, UNSTATED)
    required = [each for role, each in kpi.measures.items() if role not in kpi.optional]
    parts = [*((each.table, each.known) for each in required), *((each, ()) for each in kpi.tables)]
    unsaid = sorted(set().union(*(_unsaid(tables, *part) for part in parts)))
    if unsaid:
        return unknown(MISSING_COLUMN, f"Missing column: {listed(unsaid)}.")
    lacking = _lacking(one) if question.forgiving else ""
    if lacking:
        return unknown(MISSING_COLUMN, lacking)
    clock = [each for each in columns_of(by) if each in CLOCK]
    return next((why for each in clock if (why := _off_the_clock(tables, kpi, each))), None)


def _unsaid(tables: Tables, table: str, known: Iterable[str]) -> set[str]:
    """Return which columns are not there of those in whose place nothing may be assumed."""
    base, own = base_of(table), DERIVED[table].known.split() if table in DERIVED else ()
    needed = {*known, *own}
    there = tables.columns(base) if needed and base in tables else needed
    return {f"{base}.{column}" for column in needed - there}


def _off_the_clock(tables: Tables, kpi: Kpi, by: str) -> Outcome | None:
    """Say why a KPI has no hour or day of the week, where one of its parts has none."""
    if isinstance(kpi.value, Method):
        return unknown(NOT_ADDITIVE, AS_A_WHOLE)
    parts = (
        measure
        for role, measure in kpi.measures.items()
        if not role.startswith("beside.") and tables.holds(measure.table, set(measure.columns))
    )
    return next((why for each in parts if (why := without(tables, each, by))), None)


def _lacking(one: OneKpi) -> str:
    """Say which columns are needed and not there."""
    _, kpi, by = one
    tables = one.question.tables
    lacking = dict.fromkeys(
        column for table, needed in kpi.needs.items() for column in tables.lacking(table, needed)
    )
    cut = [] if by is None or isinstance(kpi.value, Method) else kpi.tables
    uncut = [table for table in cut if divisible(tables, table, by)]
    if not lacking and not all(divided_here(tables, table, by) for table in uncut):
        lacking = {by: None}
    return f"Missing column: {listed(lacking)}." if lacking else ""


def _worked_out(question: Question, by: str | None) -> dict[int, Figures]:
    """Return the figures of every KPI by its identity; what was worked out before, as it was."""

    def work(asked: Question) -> dict[int, Figures]:
        cells = _gathered(asked, by, looked_back(question))
        return {id(kpi): _figures(OneKpi(asked, kpi, by), cells) for kpi in asked.kpis}

    return worked_out(question.tables).answer(question, by, work)


def _figures(one: OneKpi, cells: Mapping[Measure, Cells]) -> Figures:
    """Return one figure per period and group, complete and flagged."""
    question, kpi, _ = one
    gone = _missing(one)
    if gone is not None:
        return Figures.of({(period, EVERYONE): gone for period in question.every_period})
    found = _by_method(one, cells) if isinstance(kpi.value, Method) else combined(one, cells)
    answered = {period for period, _ in found.places}
    silent = {
        (period, EVERYONE): silence(one, period, {}) or unknown(NO_DATA, SILENT)
        for period in question.every_period
        if period not in answered
    }
    found = Figures.joined([found, Figures.of(silent)])
    flag(one, found)
    return found


def _by_method(one: OneKpi, cells: Mapping[Measure, Cells]) -> Figures:
    """Return what the method of a KPI answers, with the people that its measure counts."""
    question, kpi, by = one
    answer = kpi.value.function(
        Call(
            tables=question.tables,
            kpi=kpi,
            periods=question.every_period,
            by=by,
            intervals=question.intervals,
            definitions=catalogue(),
            minimum=question.minimum,
        )
    )
    found = Figures.of(answer)
    tell_beside(found, one, cells)
    counted = cells.get(kpi.people) if kpi.people else None
    if counted is not None:
        people = np.array([counted.values.get(at, 0.0) for at in found.places], dtype=float)
        found.people = np.where(np.isnan(found.people), people, found.people)
    return found


def _told(question: Question, by: str | None) -> dict[int, Figures]:
    """Return the figures of every KPI without what tells of too few people, rounded where they are
    printed."""
    found = _worked_out(question, by)
    about = [OneKpi(question, kpi, by) for kpi in question.kpis if kpi.people is not None]
    telling_of_nobody([one for one in about if _missing(one) is None], found, _worked_out)
    return found


def _laid(one: OneKpi, found: Figures) -> Part:
    """Return the figures of the periods asked, and the columns of their rows; `found` has those
    that they are compared with, too."""
    question, kpi, by = one
    every = found.by_period(question.every_period)
    asked = [_ordered(kpi, by, every[period]) for period in question.periods]
    shown = Figures.joined(asked)
    periods, size = [period for period, _ in shown.places], len(shown.places)
    groups = [groups_of(by, group) for _, group in shown.places]
    begun = {each: recorded_from(question.tables, kpi, each) for each in {*periods}}
    laid = {
        "kpi": [kpi.id] * size,
        "label": [spoken()(kpi.label)] * size,
        "period": [period.name for period in periods],
        "period_start": [pd.Timestamp(period.start) for period in periods],
        "period_end": [pd.Timestamp(period.end_day) for period in periods],
        **{name: [each[name] for each in groups] for name in columns_of(by)},
        "value": shown.value,
        "numerator": shown.numerator,
        "denominator": shown.denominator,
        "n": shown.n,
        "ci_low": shown.low,
        "ci_high": shown.high,
        "ci_method": shown.method,
        "unit": [kpi.unit] * size,
        "better": [kpi.better] * size,
        "status": shown.status,
        "reason": shown.reason,
        "flags": [[*compress(FLAGS, held)] for held in shown.flags.tolist()],
        "details": [
            {**own, **({BEGUN: str(begun[each])} if begun[each] and status == OK else {})}
            for each, own, status in zip(periods, shown.details, shown.status, strict=True)
        ],
        **{name: shown.told(name) for name in MOVES},
    }
    if by:
        laid[OUTSTANDING] = [each for own in asked for each in standing_out(one, own)]
    for name in question.compare:
        laid |= _compared(one, name, shown, found)
    return one, shown, laid


def _ordered(kpi: Kpi, by: str | None, found: Figures) -> Figures:
    """Return the groups of a period in their order: of a ranking, the highest first."""
    least = kpi.ranked_from if by == kpi.by else 0  # hours keep their order
    if kpi.roll_up != "R11" and not least:
        return found
    few, ranks = ranking(found.value, found.low, found.n, least)
    places = [(few[at], -rank, found.places[at][1]) for at, rank in enumerate(np.nan_to_num(ranks))]
    return found.at(sorted(range(len(places)), key=places.__getitem__))


def _compared(one: OneKpi, name: str, shown: Figures, found: Figures) -> dict[str, Sequence]:
    """Return the columns of a comparison of figures with those of other periods."""
    question = one.question
    number = {place: at for at, place in enumerate(found.places)}
    bases = [question.base(period, name, group) for period, group in shown.places]
    others = [(base, group) for base, (_, group) in zip(bases, shown.places, strict=True)]
    at = np.array([number.get(place, -1) for place in others], dtype=int)
    base = found.at(at)
    base.forget(at < 0, NO_DATA, SILENT)
    if name in COMPARISONS:  # a part of a total is not what it was
        partly = {each for each in {*bases} if recorded_from(question.tables, one.kpi, each)}
        base.forget(np.array([each in partly for each in bases], dtype=bool), NO_DATA, TOO_YOUNG)
    told = zip(shown.places, shown.details, strict=True)
    so_far = [question.lasted(*place, own) for place, own in told]
    return comparing.compared(one.kpi, name, (shown, base), (so_far, bases))


def _table(question: Question, parts: Sequence[Part]) -> pd.DataFrame:
    """Return the rows of all KPIs as one frame."""
    bys = dict.fromkeys(name for one, _, _ in parts for name in columns_of(one.by))
    moves = MOVES if any(MOVES[1] in one.kpi.beside for one, _, _ in parts) else ()
    names = [
        *TAKEN[:5],
        *bys,
        *COLUMNS,
        *moves,
        *([OUTSTANDING] if bys else []),
        *(name for each in question.compare for name in comparing.columns(each)),
    ]
    laid = {
        name: [each for _, _, own in parts for each in own.get(name, [None] * len(own["kpi"]))]
        for name in names
    }
    for name in names:
        if name in FIGURES or name.startswith(("previous", "year_before", "delta_", "change_")):
            laid[name] = np.array(laid[name], dtype=float)
        elif name == OUTSTANDING or name.startswith("news_"):  # None where it was not tested
            laid[name] = pd.Series(laid[name], dtype=object)
    frame = pd.DataFrame(laid, columns=names)
    numbers = [by for by in bys if by in (HOUR, WEEKDAY)]  # 9 comes before 10
    return frame.assign(**{by: pd.to_numeric(frame[by]).astype("Int64") for by in numbers})
