"""What a method is asked: a KPI, for which periods, by what, on which tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import narwhals as nw
import pandas as pd

from kpilib.definitions import Kpi
from kpilib.engine.coverage import kept_in
from kpilib.engine.slices import broken_down, dated, days_asked, layers, of_period
from kpilib.errors import ContractError
from kpilib.period import Period
from kpilib.saying import error_of
from kpilib.tables.derive import CONTRACTS, base_of
from kpilib.tables.describing import FLOOR
from kpilib.tables.read import in_pandas
from kpilib.tables.store import Tables

HELD = 2_000_000  # rows of a table that a method holds while it goes through its periods


@dataclass(frozen=True, kw_only=True)
class Call:
    """One question to one method.

    Parameters
    ----------
    tables : Tables
    kpi : Kpi
    periods : list of Period
    by : str or None
    intervals : bool
        Whether intervals that resample are worth their time (not for a long series).
    definitions : mapping of str to Kpi
        The catalogue, for a method that is about other KPIs.
    minimum : int
        The fewest people of whom something may be told.
    """

    tables: Tables
    kpi: Kpi
    periods: list[Period]
    by: str | None
    intervals: bool = True
    definitions: Mapping[str, Kpi] = field(default_factory=dict)
    minimum: int = FLOOR

    @property
    def span(self) -> tuple[date, date]:
        """First and last day asked about."""
        return days_asked(self.periods)

    def only_by(self, column: str) -> None:
        """Refuse another breakdown than the one that a figure always has."""
        if self.by not in (None, column):
            raise error_of(
                ContractError,
                "{kpi} is always by {column}; by={by!r} is not. Leave `by` out.",
                kpi=self.kpi.id,
                column=column,
                by=self.by,
            )

    def only_whole(self) -> None:
        """Refuse to part a figure that is of everybody together."""
        if self.by is not None:
            raise error_of(
                ContractError,
                "{kpi} is of everybody together, and by={by!r} parts them. Leave `by` out.",
                kpi=self.kpi.id,
                by=self.by,
            )

    @property
    def begun(self) -> list[Period]:
        """The periods of which the data covers a day."""
        as_of = self.tables.as_of
        return [each for each in self.periods if as_of is None or each.start <= as_of]

    def reached(self, table: str) -> list[Period]:
        """Return the periods in which a table of events was kept, so that no row means none."""
        return [each for each in self.begun if kept_in(self.tables, base_of(table), each)]

    def rows(self, table: str, columns: str) -> pd.DataFrame:
        """Return a small table whole, with the breakdown in ``group``."""
        cache, key = self.tables.cache, ("whole", table, columns, self.by, self.span)
        if key not in cache:
            frame = broken_down(self.tables, table, set(columns.split()), self.by, self.span)
            cache[key] = in_pandas(frame)
        return cache[key].copy(deep=False)  # what a method adds to it stays its own

    def rows_of(self, table: str, columns: str, period: Period) -> pd.DataFrame:
        """Return the rows of a table that belong to a period, with the breakdown in ``group``."""
        if not self._small(table) or period not in self.periods:
            frame = self._once(table, columns)
            return in_pandas(of_period(frame, CONTRACTS[table].time, period, self.tables))
        cache, key = self.tables.cache, ("parted", table, columns, self.by, tuple(self.periods))
        if key not in cache:
            rows = self.in_cells(table, columns)
            cache[key] = rows.drop(columns="cell"), rows.groupby("cell").indices
        rows, places = cache[key]
        return rows.iloc[places.get(self.periods.index(period), [])].reset_index(drop=True)

    def in_cells(self, table: str, columns: str) -> pd.DataFrame:
        """Return the rows of all periods, each with the number of its period in ``cell``."""
        cache, key = self.tables.cache, ("cells", table, columns, self.by, tuple(self.periods))
        if key not in cache:
            read = list(self._in_layers(table, columns))
            rows = read[0] if len(read) == 1 else pd.concat(read)  # which copies every text
            cache[key] = rows.reset_index(drop=True)
        return cache[key].copy(deep=False)

    def _in_layers(self, table: str, columns: str) -> Iterator[pd.DataFrame]:
        frame, time = self._once(table, columns), CONTRACTS[table].time
        for layer in layers(self.periods):  # read together where periods do not overlap
            inside, cells = dated(frame, time, layer, self.tables)
            rows = in_pandas(inside)
            numbers = {number: self.periods.index(period) for number, period in cells.items()}
            rows = rows.assign(cell=rows["cell"].map(numbers)).dropna(subset="cell")
            yield rows.assign(cell=rows["cell"].astype(int))

    def _small(self, table: str) -> bool:
        return self.tables.extent(base_of(table)).rows <= HELD

    def _once(self, table: str, columns: str) -> nw.LazyFrame:
        """Return a table that was read once for all periods, unless it is too large to be held."""
        cache, key = self.tables.cache, ("read", table, columns, self.by, self.span)
        if key not in cache:
            frame = broken_down(self.tables, table, set(columns.split()), self.by, self.span)
            cache[key] = _held(frame, CONTRACTS[table].time) if self._small(table) else frame
        return cache[key]


def last_day(tables: Tables, period: Period) -> date:
    """Return the last day of a period that the data covers."""
    return min(period.end_day, tables.as_of or period.end_day)


def _held(frame: nw.LazyFrame, time: str) -> nw.LazyFrame:
    once = nw.from_native(frame.collect("pyarrow").to_native())
    once, dtype = once.lazy("polars"), once.schema[time]
    if isinstance(dtype, nw.Datetime) and not dtype.time_zone:  # a database keeps it in UTC
        once = once.with_columns(nw.col(time).dt.replace_time_zone("UTC"))
    return once
