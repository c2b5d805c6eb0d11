"""Rows about trainings: their titles, what each was to move, and whether that is beyond chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kpilib.display.numbers import known, reader
from kpilib.display.status import flags_of
from kpilib.engine.printed import ROUNDED
from kpilib.period import Period
from kpilib.topics.catalogue import catalogue

BY = "training_id"
RECENT = "24m"  # trainings are few: what they do is judged by two years
MEANS = ("treated_before", "treated_after", "control_before", "control_after")
PEOPLE = ("treated_people", "control_people")


def known_rows(company: Any, table: str, *columns: str) -> pd.DataFrame:
    """Return rows of a table that may be missing, as may columns of it."""
    held = set(company.tables.columns(table)) if table in company.tables else set()
    there = [name for name in columns if name in held]
    rows = company.table(table, columns=there) if there else pd.DataFrame()
    return rows.assign(**dict.fromkeys({*columns} - held))[list(columns)]


def known_trainings(company: Any, *columns: str) -> pd.DataFrame:
    """Return the trainings of a company with these columns, missing where the data have none."""
    return known_rows(company, "trainings", BY, *columns).dropna(subset=BY)


def titles(plan: pd.DataFrame, asked: pd.Series) -> pd.Series:
    """Return the title of each training asked; where several of them bear it, when each began.

    Parameters
    ----------
    plan : pandas.DataFrame
        Trainings: their codes, ``title`` and ``started_at``.
    asked : pandas.Series
        Codes, which may come again.
    """
    told = plan.drop_duplicates(BY).set_index(BY).reindex(asked.dropna().unique())
    began = pd.to_datetime(told["started_at"])
    again = told["title"].notna() & told["title"].duplicated(keep=False) & began.notna()
    months = [reader().month(Period.month_of(day.date())) for day in began[again]]
    told.loc[again, "title"] += [f", {month}" for month in months]
    return asked.map(told["title"])


def described(rows: pd.DataFrame, company: Any) -> pd.DataFrame:
    """Return rows by training with its title, the figure it was to move, its unit and direction.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of ``data.evaluate``; those without trainings are returned as they are.
    company : Company

    Returns
    -------
    pandas.DataFrame
        With ``name`` and ``target``; of an isolated effect the means that it is made of. A figure
        of a target has the unit and the direction of that KPI, where the catalogue knows it.
    """
    plan = known_trainings(company, "title", "started_at", "target_kpi_id")
    if BY not in rows or plan.empty:
        return with_means(rows)
    codes = rows[BY].map(plan.drop_duplicates(BY).set_index(BY)["target_kpi_id"])
    units = codes.map(lambda code: target_of(code)[1]).fillna("target")
    ways = codes.map(lambda code: getattr(catalogue().get(code), "better", None))
    of_target = rows["unit"].eq("target")
    rows = rows.assign(
        name=titles(plan, rows[BY]),
        target=codes.map(lambda code: target_of(code)[0]),
        unit=rows["unit"].mask(of_target, units),
        better=rows["better"].mask(of_target & ways.notna(), ways),
    )
    return with_means(rows)


def target_of(code: Any) -> tuple[str | None, str | None]:
    """Return the name and the unit of what a training was to move."""
    if not isinstance(code, str):
        return None, None
    target = catalogue().get(code)
    if target is None:  # a figure of the company's own
        return reader().group("target_kpi_id", code).replace("_", " "), None
    return reader().say(target.label), target.unit


def beyond_chance(row: Mapping[str, Any]) -> bool | None:
    """Tell whether an estimate is more than chance; None where nobody can tell.

    A printed interval is judged as it stands: whether the exact one holds 0 would tell where in
    its step the figure lies. It is widened, and what ends at 0 is the exact one's less than that.
    """
    low, high = row.get("ci_low"), row.get("ci_high")
    if not known(low):
        return None
    return not (low < 0 < high if ROUNDED in flags_of(row) else low <= 0 <= high)


def with_means(rows: pd.DataFrame) -> pd.DataFrame:
    """Return isolated effects with the means they are made of in columns of their own."""
    if "details" not in rows or not rows["kpi"].eq("training_effect_did").any():
        return rows
    lost = [name for name in (*MEANS, *PEOPLE) if name not in rows]
    told = pd.DataFrame([each or {} for each in rows["details"]], rows.index)
    return rows.assign(**told.reindex(columns=lost).apply(pd.to_numeric, errors="coerce"))
