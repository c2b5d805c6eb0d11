"""Reads what an analyst asks for: KPIs, one KPI, a breakdown, the first day of an action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from kpilib.definitions import Kpi
from kpilib.engine.slices import several
from kpilib.errors import ParameterError, PeriodError, listed
from kpilib.period import Period
from kpilib.saying import error_of
from kpilib.topics.catalogue import kpi as find

Asked = str | Kpi | Sequence[str | Kpi]
By = str | Sequence[str] | None


def definitions_of(kpis: Asked, own: Mapping[str, Kpi]) -> list[Kpi]:
    """Return the definitions of KPIs: see `kpilib.answers.asking.Asking.definitions`."""
    asked = [kpis] if isinstance(kpis, (str, Kpi)) else kpis
    if not isinstance(asked, Iterable):
        raise error_of(
            ParameterError,
            "Found {kpis!r} where KPIs are wanted. Write an id, such as 'sessions', or a list of"
            " them.",
            kpis=kpis,
        )
    return [find(each, own) for each in asked]


def one_of(kpi: Asked, own: Mapping[str, Kpi]) -> Kpi:
    """Return the definition of the one KPI that is asked for."""
    found = definitions_of(kpi, own)
    if len(found) != 1:
        raise error_of(
            ParameterError,
            "One KPI is wanted here, and these are {count}: {kpis}. Ask for one at a time.",
            count=len(found),
            kpis=listed(each.id for each in found),
        )
    return found[0]


def breakdown_of(by: By) -> str | None:
    """Return the one name of a breakdown by a column, by several or by none."""
    if isinstance(by, str) or by is None:
        return by
    if not isinstance(by, Iterable) or not all(isinstance(each, str) for each in by):
        raise error_of(
            ParameterError,
            "by is {by!r}. Write a column, such as by='channel', or a list of them.",
            by=by,
        )
    return several(by)


def compared_with(compare: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of comparisons."""
    return (compare,) if isinstance(compare, str) else tuple(compare or ())


def periods_of(periods: Any) -> list[Any]:
    """Return what is written for several periods, one by one."""
    if not isinstance(periods, Iterable) and not isinstance(periods, Period):
        raise error_of(
            ParameterError,
            "Found {periods!r} where periods are wanted. Write a list of them: ['2026-09',"
            " '2026-10'].",
            periods=periods,
        )
    return [periods] if isinstance(periods, (str, Period)) else list(periods)


def day_of(on: str | date) -> date:
    """Return the first day of an action."""
    try:
        found = Period.parse((on, on))
    except PeriodError:
        found = None
    if found is None or found.start != found.end_day:
        raise error_of(
            PeriodError,
            "on is {on!r}. Write the first day of the action, as YYYY-MM-DD.",
            on=on,
        )
    return found.start


def refuse_telling(kpis: Sequence[Kpi], by: By) -> None:
    """Refuse windows that overlap where their difference would be of few people."""
    telling = [each.id for each in kpis if each.protects or (by and each.people is not None)]
    if telling:
        raise error_of(
            ParameterError,
            "Rolling figures of {kpis} would tell of single persons: one window less the next"
            " leaves one month. Ask for quarters ({quarter}), or for one window: periods=1.",
            kpis=listed(telling),
            quarter="period='2026-Q3'",
        )
