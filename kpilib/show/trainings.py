"""Rows about trainings: titles, what each was to move; and how a table about them is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kpilib.display.numbers import known, reader
from kpilib.display.status import flags_of
from kpilib.engine.printed import ROUNDED
from kpilib.show.sentences import group_name
from kpilib.topics.catalogue import catalogue

BY = "training_id"
AROUND = 6  # months before a training begins, and after, in which both groups are looked at
RECENT = "24m"  # trainings are few: what they do is judged by two years
MEANS = ("treated_before", "treated_after", "control_before", "control_after")
PEOPLE = ("treated_people", "control_people")
TEXT = "text"  # a cell as it stands


def known_rows(company: Any, table: str, *columns: str) -> pd.DataFrame:
    """Return rows of a table that may be missing, as may columns of it."""
    held = set(company.tables.columns(table)) if table in company.tables else set()
    there = [name for name in columns if name in held]
    rows = company.table(table, columns=there) if there else pd.DataFrame()
    return rows.assign(**dict.fromkeys({*columns} - held))[list(columns)]


def known_trainings(company: Any, *columns: str) -> pd.DataFrame:
    """Return the trainings of a company with these columns, missing where the data have none."""
    return known_rows(company, "trainings", BY, *columns).dropna(subset=BY)


def described(rows: pd.DataFrame, company: Any) -> pd.DataFrame:
    """Return rows by training with its title, the figure it was to move and that figure's unit.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of ``data.evaluate``; those without trainings are returned as they are.
    company : Company

    Returns
    -------
    pandas.DataFrame
        With ``name`` and ``target``; of an isolated effect the means that it is made of.
    """
    told = known_trainings(company, "title", "target_kpi_id").drop_duplicates(BY).set_index(BY)
    if BY not in rows or told.empty:
        return with_means(rows)
    codes = rows[BY].map(told["target_kpi_id"])
    units = codes.map(lambda code: target_of(code)[1]).fillna("target")
    rows = rows.assign(
        name=rows[BY].map(told["title"]),
        target=codes.map(lambda code: target_of(code)[0]),
        unit=rows["unit"].where(rows["unit"].ne("target"), units),
    )
    return with_means(rows)


def target_of(code: Any) -> tuple[str | None, str | None]:
    """Return the name and the unit of what a training was to move."""
    if not isinstance(code, str):
        return None, None
    target = catalogue().get(code)
    if target is None:  # a figure of the company's own
        return group_name("target_kpi_id", code).replace("_", " "), None
    return reader().say(target.label), target.unit


def training_course(company: Any, period: Any, training: str | None = None) -> pd.DataFrame:
    """Return how trained and control went in the six months before a training and after it.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period
    training : str, optional
        By default the one with most people.

    Returns
    -------
    pandas.DataFrame
        As `Company.course`, to be drawn with ``kl.plot.lines``; ``date, text``, when it began, for
        its notes.

    Examples
    --------
    >>> rows = kl.training_course(data, "2026-10")
    >>> ax = kl.plot.lines(rows, notes=rows[["date", "text"]].head(1))
    """
    rows = company.course(period, training)
    known = known_trainings(company, "title", "started_at").set_index(BY)
    own = known.reindex(rows[BY].head(1))
    if own.dropna(how="all").empty or rows["value"].isna().all():
        return rows.assign(date=pd.NaT, text="")  # why there is no course, at its own period
    began = pd.Timestamp(own["started_at"].iloc[0])
    away = rows["period_start"].dt.to_period("M").astype("int64") - began.to_period("M").ordinal
    around = away.abs() <= AROUND
    return rows[around if around.any() else [True] * len(rows)].assign(  # measured late alone
        label=f"{own['title'].iloc[0]}, {target_of(rows['kpi'].iloc[0])[0]}",
        date=began,
        text=reader().say("The training begins."),
    )


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


def filled(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the columns of texts that are empty."""
    return frame.loc[:, [(frame[column] != "").any() for column in frame]]


Cell = str | Mapping[str, str] | Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class Told:
    """How a frame is told to a reader, column by column; on a page it stands closed.

    Parameters
    ----------
    marks : set of str
        Columns by which such a frame is known.
    title : str or callable
        What the closed table is called, or what says it of the frame; nothing where it stands open.
    names : mapping of str to str or float
        Title of each column; of a number, the change that it is.
    cells : mapping of str to str, mapping or callable
        A unit, the words of each code, or what writes a row's cell; by default a text.
    spare : bool
        Whether a column that the frame lacks, or that would be empty, is left out; the others
        stand in the frame's own order.
    """

    marks: frozenset[str]
    title: str | Callable[[pd.DataFrame], str]
    names: Mapping[str, str | float]
    cells: Mapping[str, Cell]
    spare: bool = False

    def belongs(self, frame: pd.DataFrame) -> bool:
        """Whether a frame is such a one."""
        return self.marks <= set(frame)

    def named(self, frame: pd.DataFrame) -> str:
        """Return the title of the closed table."""
        if callable(self.title):
            return self.title(frame)
        return reader().say(self.title) if self.title else ""

    def table(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a frame as texts for a reader, a dash where there is nothing."""
        write = reader()
        rows = frame.reset_index(drop=frame.index.name is None).to_dict("records")
        names = [name for name in frame if name in self.names] if self.spare else self.names
        titles = {name: self.names[name] for name in names}
        told = pd.DataFrame(
            {
                write.say(title) if isinstance(title, str) else write.relative(title): [
                    self._cell(row, name) for row in rows
                ]
                for name, title in titles.items()
            },
            index=None if frame.index.name else frame.index,
        )
        return filled(told) if self.spare else told

    def _cell(self, row: dict[str, Any], name: str) -> str:
        how, write = self.cells.get(name, TEXT), reader()
        if callable(how):
            return how(row)
        if pd.isna(row[name]) or row[name] == "":
            return "" if self.spare else "–"
        if isinstance(how, Mapping):
            return write.say(how[row[name]])
        return str(row[name]) if how == TEXT else write.value(row[name], how)
