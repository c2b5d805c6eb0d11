"""A company's data, ready to be asked: ``open(...).evaluate("bounce_rate", "2026-10")``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kpilib.catalogue import kpi as find
from kpilib.engine import Tables
from kpilib.errors import ParameterError, PeriodError, UnknownName, listed, nearest
from kpilib.period import Period
from kpilib.read import digest, in_pandas
from kpilib.settings import Settings
from kpilib.tables import TABLES

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

    from kpilib.question import Question

PERIODS = 13  # of a series: a year, and the same month of the year before


class Company:
    """The tables of one company and the rules its figures follow.

    Parameters
    ----------
    tables : Tables
    settings : Settings
    folder : Path or None
        Where it was read from.
    forgiving : bool
        Whether a KPI beyond the first tier says which columns it misses, instead of being an error.
    """

    def __init__(
        self, tables: Tables, settings: Settings, folder: Path | None, forgiving: bool = False
    ) -> None:
        self.tables = tables
        self.settings = settings
        self.folder = folder
        self.forgiving = forgiving
        self.imported: frozenset[str] = frozenset()
        self.printed = False  # whether its figures are to be printed, and so rounded

    def __repr__(self) -> str:
        return f"<{self.settings.name}: {', '.join(self.tables.given) or 'no table'}>"

    @property
    def as_of(self) -> date | None:
        """Last day the data covers, included."""
        return self.tables.as_of

    def evaluate(
        self,
        kpis: str | Sequence[str],
        period: str | Sequence[str] | Period,
        by: str | None = None,
        compare: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Return figures: one row per KPI, period and group.

        Parameters
        ----------
        kpis : str or list of str
            Ids of the catalogue.
        period : str or pair of days
            ``"2026-10"``, ``"2026-Q4"``, ``"2026"`` or ``("2026-01-06", "2026-01-12")``.
        by : str, optional
            Column to break down by; an unknown group is ``(unknown)``, so that parts add up. Or
            ``"hour"`` (0 to 23) or ``"weekday"`` (1, a Monday, to 7) of the company's clock, as
            whole numbers: each that there is in the period, with 0 where nothing happened.
        compare : list of str
            ``"previous"`` and ``"year_before"``.

        Returns
        -------
        pandas.DataFrame
            ``kpi, period, period_start, period_end, <by>, value, numerator, denominator, n,
            ci_low, ci_high, ci_method, unit, status, reason, flags, details`` and, per
            comparison, the base, the difference, the relative change and whether it is within
            noise: chance alone. ``news_...`` says whether it is also beyond the usual moves of
            the series (missing below twelve); ``stands_out``, whether a group differs from the
            others beyond chance, adjusted for their number (missing below 30 cases).
            Rates are fractions; ``value`` is missing when it cannot be known, and ``status`` says
            why.

        Raises
        ------
        UnknownName
            A KPI that does not exist, with the nearest.
        PeriodError
            A period that is not one.
        ContractError
            Columns that are needed and missing, all of them.
        """
        return self._answer(kpis, [Period.parse(period)], by, compare, intervals=True)

    def series(
        self,
        kpis: str | Sequence[str],
        period: str | Sequence[str] | Period,
        periods: int | None = None,
        by: str | None = None,
        months: int | None = None,
    ) -> pd.DataFrame:
        """Return the same figures for a period and those before it, from one pass.

        Parameters
        ----------
        kpis, by
            As for `evaluate`.
        period : str or pair of days
            The last period of the series; days that are whole months step by whole months.
        periods : int
            How many, 13 unless said.
        months : int
            Another name of `periods`.

        Returns
        -------
        pandas.DataFrame
            As `evaluate`, oldest first; intervals that resample are left out.

        Raises
        ------
        ParameterError
            `periods` is not a whole number of 1 or more.
        """
        if periods is not None and months is not None:
            raise ParameterError("periods and months are two names of one number. Give periods.")
        asked = next((each for each in (periods, months) if each is not None), PERIODS)
        return self.over(kpis, Period.parse(period).trailing(asked), by)

    def over(
        self,
        kpis: str | Sequence[str],
        periods: Sequence[str | Sequence[str] | Period],
        by: str | None = None,
        intervals: bool = False,
    ) -> pd.DataFrame:
        """Return the same figures for any periods, from one pass.

        Parameters
        ----------
        kpis, by
            As for `evaluate`.
        periods : list of str, pair of days or Period
            They may overlap.
        intervals : bool
            Whether intervals that resample are worth their time.

        Returns
        -------
        pandas.DataFrame
            As `evaluate`, in the order of `periods`.
        """
        asked = [Period.parse(each) for each in periods]
        return self._answer(kpis, asked, by, (), intervals=intervals)

    def explain(
        self,
        kpi: str,
        period: str | Sequence[str] | Period,
        by: str,
        compare: str = "previous",
    ) -> pd.DataFrame:
        """Split the change of a figure over groups: who it is about, and how they behave.

        Parameters
        ----------
        kpi : str
            Id of a KPI whose parts add up: a rate, a mean or a net score of counts and sums, or a
            total of them.
        period : str or pair of days
            As for `evaluate`; a period under way is compared with as many days of the other.
        by : str
            Column to split by; an unknown group is ``(unknown)``, and groups of too few people are
            ``(small groups)`` together.
        compare : str
            ``previous`` or ``year_before``.

        Returns
        -------
        pandas.DataFrame
            One row per ``group``, the largest ``effect`` first; effects add up exactly to the
            change, and ``share`` is the part of it.

            Of a rate: ``weight_before, weight_after`` (shares of the denominator), ``rate_before,
            rate_after``, ``mix_effect`` (the group weighs more or less than before, and differs
            from the whole) and ``rate_effect`` (its own rate moved). A group that is absent on
            one side has a mix effect only.

            Of a total: ``before, after``, ``days_effect`` (the periods differ in days) and
            ``pace_effect`` (more or fewer a day).

            In ``attrs``: ``kpi, by, period, base, before, after, change, within_noise, flags``,
            and ``paradox``, which is True when every group went one way and the total the other;
            ``warning`` then says so.

        Raises
        ------
        UnknownName
            A KPI that does not exist, with the nearest.
        ParameterError
            Groups of this KPI do not add up; the column cannot be used (those that can are
            listed); or there is no figure on one side.
        """
        from kpilib.explain import explain

        return explain(self._question([kpi], [Period.parse(period)], by, (compare,)))

    def before_after(
        self, kpi: str, on: str | date, months: int = 6, by: str | None = None
    ) -> pd.DataFrame:
        """Compare the months before an action with as many that begin with it.

        Parameters
        ----------
        kpi : str
        on : str or datetime.date
            First day of the action, as ``YYYY-MM-DD``.
        months : int
            How many; 12 holds every season on both sides, fewer do not.
        by : str, optional
            As for `evaluate`.

        Returns
        -------
        pandas.DataFrame
            One row, or one a group: ``kpi, on, months, before_start, before_end, after_start,
            after_end, <by>, before, after, delta, change, change_per_day, within_noise, unit,
            status, reason, flags``. Only months that are complete on both sides count: ``months``
            says how many, and the flag ``partial`` that they are fewer than asked for; without
            any, ``status`` is ``too_few``. Where the months on both sides are not the same ones
            of the year, ``reason`` says so. What else happened meanwhile is not taken off.
        """
        from kpilib.before_after import before_after

        day = Period.parse((on, on)).start
        return before_after(self._question([kpi], [], by, ()), day, months)

    def _answer(
        self,
        kpis: str | Sequence[str],
        periods: list[Period],
        by: str | None,
        compare: Sequence[str],
        *,
        intervals: bool,
    ) -> pd.DataFrame:
        from kpilib.evaluate import evaluate
        from kpilib.steering.answers import answered, from_plan, in_order

        asked = [kpis] if isinstance(kpis, str) else list(kpis)
        compared = (compare,) if isinstance(compare, str) else tuple(compare)
        question = self._question(asked, periods, by, compared, intervals=intervals)
        steered = [kpi for kpi in question.kpis if from_plan(self, kpi)]
        if not steered:
            return evaluate(question)
        others = [kpi for kpi in question.kpis if kpi not in steered]
        parts = [evaluate(replace(question, kpis=others))] if others else []
        parts.append(answered(self, replace(question, kpis=steered)))
        return in_order(parts, asked, periods)

    @cached_property
    def _estimated(self) -> frozenset[str]:
        """Tables that were made of exports whose tool estimates its figures."""
        from kpilib.health.origin import origins

        return frozenset(each.table for each in origins(self.folder) if each.approximate)

    def _question(
        self,
        kpis: Sequence[str],
        periods: list[Period],
        by: str | None,
        compare: tuple[str, ...],
        *,
        intervals: bool = True,
    ) -> Question:
        from kpilib.question import Question

        return Question(
            tables=self.tables,
            kpis=[find(name) for name in kpis],
            periods=periods,
            by=by,
            compare=compare,
            as_of=self.as_of,
            minimum=self.settings.privacy.minimum_group,
            breakdowns=tuple(self.settings.breakdowns),
            printed=self.printed,
            intervals=intervals,
            forgiving=self.forgiving,
            imported=self.imported,
            estimated=self._estimated,
            freshness=self.settings.freshness,
        )

    def last_month(self) -> str:
        """Return the last complete month in the data, as ``YYYY-MM``.

        Raises
        ------
        PeriodError
            There is no dated row at all.
        """
        if self.as_of is None:
            raise PeriodError("No month can be chosen: no table has a dated row. Name a month.")
        month = Period.month_of(self.as_of)
        return (month if month.end_day <= self.tables.last_whole_day else month.previous()).name

    def frame(self, table: str) -> nw.LazyFrame:
        """Return a table lazily, under its contract, with every column of it that is there.

        Raises
        ------
        UnknownName
            There is no such table.
        """
        return self.tables.frame(table, self.tables.columns(table))

    def table(self, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a table as a pandas frame; personal columns only when they are named.

        Raises
        ------
        UnknownName
            There is no such table or column.
        """
        every = self.tables.columns(table)
        contract = TABLES[table].columns
        for name in columns or ():
            if name not in contract:
                raise UnknownName(
                    f"Table {table} has no column {name!r}. It has: {listed(contract)}."
                    f"{nearest(name, contract)}"
                )
        shown = set(columns or (name for name in every if not contract[name].personal))
        return in_pandas(self.tables.frame(table, shown))

    def facts(self) -> pd.DataFrame:
        """Return what the figures stand on.

        Returns
        -------
        pandas.DataFrame
            One row a table: ``table, rows, duplicates, first_date, last_date, sha256, late``.
            ``late`` is True when a table ends more days before `as_of` than company.yaml allows.
        """
        import pandas as pd

        rows = []
        for name in self.tables.given:
            extent = self.tables.extent(name)
            allowed = self.settings.freshness.get(name)
            late = (
                allowed is not None
                and extent.last is not None
                and self.as_of is not None
                and (self.as_of - extent.last).days > allowed
            )
            rows.append(
                {
                    "table": name,
                    "rows": extent.rows,
                    "duplicates": extent.duplicates,
                    "first_date": extent.first,
                    "last_date": extent.last,
                    "sha256": digest(self.tables.given[name]),
                    "late": late,
                }
            )
        names = ["table", "rows", "duplicates", "first_date", "last_date", "sha256", "late"]
        return pd.DataFrame(rows, columns=names)

    def check(self) -> list[str]:
        """Return every fault of the company's tables, each with table, column, count and rule."""
        from kpilib.check import faults

        return faults(self.tables, self.settings.currency)

    def doubts(self, months: int = 3) -> list[str]:
        """Return what is suspect: no faults, but figures and rows to be looked at.

        Parameters
        ----------
        months : int
            How many whole months, the last ones, whose figures are looked at.
        """
        from kpilib.check import doubts, overlaps

        last = Period.parse(self.last_month()).trailing(months) if self.as_of else []
        return [*(str(each) for each in doubts(self, last)), *overlaps(self.tables)]
