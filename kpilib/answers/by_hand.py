"""What is asked for by hand, beside figures: rows of a table, who stands behind a figure, facts.

People are pseudonyms of customers and community members; of employees, trainees and respondents
nobody is ever named, but who agreed to be for a learning goal that was met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import narwhals as nw
import pandas as pd

from kpilib.definitions import Kpi
from kpilib.engine.belonging import people_of
from kpilib.engine.privacy import PERSONAL, unstated
from kpilib.engine.question import Question
from kpilib.engine.slices import broken_down, days_asked, of_period, touching
from kpilib.errors import ContractError, ParameterError, PeriodError, UnknownName, listed
from kpilib.measure import INTERVAL_KINDS, Fields, Measure
from kpilib.methods.call import Call
from kpilib.methods.network import hub_list
from kpilib.methods.super_users import super_user_list
from kpilib.period import Period
from kpilib.saying import error_of, meant, no_such
from kpilib.tables import NO_TABLE, TABLES
from kpilib.tables.derive import CONTRACTS
from kpilib.tables.read import digest, in_pandas
from kpilib.tables.store import Tables
from kpilib.topics.catalogue import catalogue

TOPICS = ("customers", "community")
KEYS = ("customer_id", "person_key", "actor_key")
GOAL = "learning_goal_attainment"
LISTED = ("super_users", "network_hubs", GOAL)  # each in its own way
AGREED = "named_ok"  # a participant's own yes

# Who was named in this kernel: a page that shows one of them is refused, however it does.
NAMED: set[str] = set()
WRITTEN, LONG = "body", 30  # a text of so many letters is somebody's own

FACTS = ("table", "rows", "duplicates", "first_date", "last_date", "sha256", "late")


def rows(
    tables: Tables, table: str, period: Period | None, columns: Sequence[str] | None
) -> pd.DataFrame:
    """Return rows of a table; see `kpilib.company.Company.table`."""
    every, contract, own = tables.columns(table), TABLES[table].columns, tables.own(table)
    for name in columns or ():
        if name not in contract and name not in own:
            raise no_such(
                UnknownName,
                "Table {table} has no column {name!r}. It has: {names}.{near}",
                name,
                [*contract, *own],
                table=table,
            )
    free = sorted(name for name in every if not contract[name].personal)
    shown = list(columns or free)
    frame = in_pandas(_dated(tables, table, set(shown), period).select(*shown))
    instants = [name for name in shown if isinstance(frame[name].dtype, pd.DatetimeTZDtype)]
    local = {name: frame[name].dt.tz_convert(tables.zone).dt.tz_localize(None) for name in instants}
    return _named(frame.assign(**local))


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """Remember who is named and what they wrote, but for numbers and words that any page has."""
    for name in PERSONAL & {*frame}:
        texts = frame[name].dropna().astype(str)
        common = texts.str.len().lt(LONG) if name == WRITTEN else texts.str.fullmatch(r"[\d.,]*")
        NAMED.update(texts[~common.astype(bool)])
    return frame


def _dated(tables: Tables, table: str, columns: set[str], period: Period | None) -> nw.LazyFrame:
    """Return the rows of a period, or all."""
    contract = TABLES[table]
    if period is None:
        return tables.frame(table, columns)
    if contract.span:
        frame = tables.frame(table, columns | set(contract.span))
        return touching(frame, contract.span, period, tables)
    if contract.time is None:
        raise error_of(
            PeriodError,
            "Table {table} has no column that dates its rows: leave period out.",
            table=table,
        )
    frame = tables.frame(table, columns | {contract.time})
    return of_period(frame, contract.time, period, tables)


def facts(
    tables: Tables,
    freshness: Mapping[str, int],
    as_of: date | None,
    names: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Return what the figures stand on; see `kpilib.company.Company.facts`.

    Of some tables only, where they are named: the others are not looked at.
    """
    found = []
    for name in tables.given if names is None else names:
        if name not in tables.given or tables.faults(name):
            continue
        extent, allowed = tables.extent(name), freshness.get(name)
        known = allowed is not None and extent.last is not None and as_of is not None
        found.append(
            {
                "table": name,
                "rows": extent.rows,
                "duplicates": extent.duplicates,
                "first_date": extent.first,
                "last_date": extent.last,
                "sha256": digest(tables.given[name]),
                "late": known and (as_of - extent.last).days > allowed,
            }
        )
    return pd.DataFrame(found, columns=list(FACTS))


def people(question: Question) -> pd.DataFrame:
    """Return the pseudonyms behind a KPI; see `kpilib.company.Company.people`."""
    return _named(_people(question))


def _people(question: Question) -> pd.DataFrame:
    tables, [kpi], [period] = question.tables, question.kpis, question.periods
    measure = _counted(kpi)
    if measure is not None or kpi.id in LISTED:
        _have(tables, kpi)
    if kpi.id == "super_users":
        return super_user_list(tables, kpi, period)
    if kpi.id == "network_hubs":
        if not question.network:
            raise ContractError([unstated([kpi.id])])
        call = Call(tables=tables, kpi=kpi, periods=[period], by=None, minimum=question.minimum)
        return hub_list(call)
    if kpi.id == GOAL:
        return _recognised(tables, kpi, period)
    if measure is None:
        able = [each.id for each in catalogue().values() if _counted(each)] + [*LISTED]
        raise error_of(
            ParameterError,
            "{kpi} counts no customers or community members, and of employees, trainees"
            " and respondents nobody is ever named who did not agree to it. Those that"
            " do: {able}.{near}",
            kpi=kpi.id,
            able=listed(sorted(able)),
            near=meant(kpi.id, able),
        )
    key = measure.keys[0]
    return pd.DataFrame({key: sorted(_keys(tables, measure, period))})


def _have(tables: Tables, kpi: Kpi) -> None:
    """Refuse a list of people of tables that are not there."""
    for name in (name for table in kpi.tables for name in tables.missing(table)):
        raise error_of(UnknownName, NO_TABLE, name=name, given=listed(tables.given))


def _recognised(tables: Tables, kpi: Kpi, period: Period) -> pd.DataFrame:
    """Return who met the learning goal, of those who agreed to be named: of others, nothing."""
    if AGREED not in tables.columns("training_participants"):
        raise error_of(
            ContractError,
            "Of participants nobody is named who did not agree to it, and who did"
            " is not known: training_participants has no column {agreed}. Ask"
            " them, and add it: true for those who want to be named when they"
            " meet their goal.",
            agreed=AGREED,
        )
    met = kpi.value.numerator
    columns = {*met.columns, "training_id", "person_key", "objective_exceeded", AGREED}
    held = {*tables.columns("training_participants"), *met.columns}
    frame = broken_down(tables, met.table, columns & held, None, days_asked([period]))
    inside = of_period(frame, met.time, period, tables)
    inside = inside.filter(met.where(Fields(CONTRACTS[met.table])) & nw.col(AGREED))
    rows = in_pandas(inside).reindex(columns=["training_id", "person_key", "objective_exceeded"])
    exceeded = rows.pop("objective_exceeded").eq(True)
    rows = rows.assign(exceeded=exceeded.astype(bool))
    return rows.sort_values(["training_id", "person_key"], ignore_index=True)


def _counted(kpi: Kpi) -> Measure | None:
    """Return the measure of a KPI that counts customers or members; none where it has none."""
    if kpi.topic not in TOPICS or kpi.people is not None:
        return None
    parts: dict[str, Any] = kpi.value.measures()
    found = (parts.get(role) for role in ("measure", "numerator", "closing"))
    return next((each for each in found if each and each.keys and each.keys[0] in KEYS), None)


def _keys(tables: Tables, measure: Measure, period: Period) -> set[str]:
    if measure.kind in INTERVAL_KINDS:
        return people_of(tables, measure, [period])[period]
    key = measure.keys[0]
    frame = broken_down(tables, measure.table, set(measure.columns), None, days_asked([period]))
    inside = of_period(frame, measure.time, period, tables)
    if measure.where is not None:
        inside = inside.filter(measure.where(Fields(CONTRACTS[measure.table])))
    return set(in_pandas(inside.select(nw.col(key)).unique())[key].dropna())
