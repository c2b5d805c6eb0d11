"""What a method is asked: a KPI, for which periods, by what, on which tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import narwhals as nw
import pandas as pd

from kpilib.definitions import Kpi
from kpilib.derive import CONTRACTS, base_of
from kpilib.engine import Tables
from kpilib.period import Period
from kpilib.read import in_pandas
from kpilib.slices import broken_down, days_asked, of_period


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
    """

    tables: Tables
    kpi: Kpi
    periods: list[Period]
    by: str | None
    intervals: bool = True

    @property
    def span(self) -> tuple[date, date]:
        """First and last day asked about."""
        return days_asked(self.periods)

    def reached(self, table: str) -> list[Period]:
        """Return the periods in which a table of events was kept, so that no row means none."""
        first, as_of = self.tables.extent(base_of(table)).first, self.tables.as_of
        return [
            period
            for period in self.periods
            if first is not None
            and first <= period.end_day
            and (as_of is None or period.start <= as_of)
        ]

    def rows(self, table: str, columns: str) -> pd.DataFrame:
        """Return a small table whole, with the breakdown in ``group``."""
        frame = broken_down(self.tables, table, set(columns.split()), self.by, self.span)
        return in_pandas(frame)

    def by_period(self, table: str, columns: str) -> Iterator[tuple[Period, pd.DataFrame]]:
        """Yield each period with its rows, as `rows_of`, of a small table that is read once."""
        frame = broken_down(self.tables, table, set(columns.split()), self.by, self.span)
        once, time = nw.from_native(frame.collect("pyarrow").to_native()), CONTRACTS[table].time
        once, dtype = once.lazy("polars"), once.schema[time]
        if isinstance(dtype, nw.Datetime) and not dtype.time_zone:  # a database keeps it in UTC
            once = once.with_columns(nw.col(time).dt.replace_time_zone("UTC"))
        for period in self.periods:
            yield period, in_pandas(of_period(once, time, period, self.tables))

    def rows_of(self, table: str, columns: str, period: Period) -> pd.DataFrame:
        """Return the rows of a table that belong to a period, with the breakdown in ``group``."""
        frame = broken_down(self.tables, table, set(columns.split()), self.by, self.span)
        return in_pandas(of_period(frame, CONTRACTS[table].time, period, self.tables))
