"""Tables that can be asked for figures, by KPI, period and group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from kpilib.answers.asked import (
    Asked,
    By,
    breakdown_of,
    compared_with,
    day_of,
    definitions_of,
    one_of,
    periods_of,
    refuse_telling,
)
from kpilib.definitions import Kpi
from kpilib.errors import ParameterError, PeriodError
from kpilib.period import Period
from kpilib.saying import error_of
from kpilib.settings import Settings
from kpilib.tables.store import Tables

if TYPE_CHECKING:
    from kpilib.engine.question import Question

PERIODS = 13  # of a series: a year, and the same month of the year before


class Asking:
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
        self.printed = False  # whether its figures are to be printed, and so rounded

    def __repr__(self) -> str:
        return f"<{self.settings.name}: {', '.join(self.tables.given) or 'no table'}>"

    @property
    def as_of(self) -> date | None:
        """Last day the data covers, included."""
        return self.tables.as_of

    def evaluate(
        self,
        kpis: Asked,
        period: str | Sequence[str] | Period,
        by: By = None,
        compare: Sequence[str] = (),
        where: Mapping[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Return figures: one row per KPI, period and group.

        Parameters
        ----------
        kpis : str, Kpi, or list of them
            Ids of the catalogue or of kpis.yaml, or definitions such as `kpilib.ratio` makes.
        period : str or pair of days
            ``"2026-10"``, ``"2026-Q4"``, ``"2026"`` or ``("2026-01-06", "2026-01-12")``.
        by : str or list of str, optional
            Column, or several at once, to break down by; an unknown group is ``(unknown)``, so that
            parts add up. Or ``"hour"`` (0 to 23) or ``"weekday"`` (1, a Monday, to 7) of the
            company's clock, as whole numbers: each that there is in the period, with 0 where
            nothing happened.
        compare : list of str
            ``"previous"`` and ``"year_before"``.
        where : mapping of str to a value or a list of them, optional
            Only the rows of these groups: ``{"campus": "Lyon"}``.

        Returns
        -------
        pandas.DataFrame
            ``kpi, label, period, period_start, period_end, <by>, value, numerator, denominator,
            n, ci_low, ci_high, ci_method, unit, better, status, reason, flags, details``; of a
            stock ``opening, entries, exits``; per comparison the base, both changes and whether
            chance alone could explain them; ``news_...``: beyond chance and the usual moves of
            its own series, missing where fewer than twelve are known; with groups ``stands_out``,
            adjusted for their number (Holm), missing below 30 cases. Rates are fractions;
            ``value`` is missing when it cannot be known, and ``status`` says why.

        Raises
        ------
        UnknownName
            A KPI that does not exist, with the nearest.
        PeriodError
            A period that is not one.
        ContractError
            Columns that are needed and missing, all of them.

        Examples
        --------
        >>> data.evaluate(["leads", "revenue"], "2026-10", by="channel", compare=["previous"])
        """
        asked = self._only(where)
        return asked._answer(kpis, [self.period(period)], by, compare, intervals=True)

    def series(
        self,
        kpis: Asked,
        period: str | Sequence[str] | Period,
        periods: int | None = None,
        by: By = None,
        months: int | None = None,
        where: Mapping[str, Any] | None = None,
        rolling: int = 0,
    ) -> pd.DataFrame:
        """Return the same figures for a period and those before it, from one pass.

        Parameters
        ----------
        kpis, by, where
            As for `evaluate`.
        period : str or pair of days
            The last period of the series; days that are whole months step by whole months.
        periods : int
            How many, 13 unless said.
        months : int
            Another name of `periods`.
        rolling : int
            Each row is the figure over so many months that end with its period, where single
            months are noise; ``period_start`` and ``period_end`` say which.

        Returns
        -------
        pandas.DataFrame
            As `evaluate`, oldest first; intervals that resample are left out.

        Raises
        ------
        ParameterError
            `periods` or `rolling` is no such number; or several rolling figures of single groups,
            or of what people answered or how often they were absent: who subtracts one window
            from the next would learn of single persons.

        Examples
        --------
        >>> data.series("turnover_rate", "2026-10", periods=13, rolling=12)
        """
        if periods is not None and months is not None:
            raise error_of(ParameterError, "periods, months: two names of one number. Give one.")
        asked = next((each for each in (periods, months) if each is not None), PERIODS)
        spans = self.period(period).trailing(asked, rolling)
        if rolling and len(spans) > 1:
            refuse_telling(self.definitions(kpis), by)
        return self.over(kpis, spans, by, where=where)

    def over(
        self,
        kpis: Asked,
        periods: Sequence[str | Sequence[str] | Period],
        by: By = None,
        intervals: bool = False,
        where: Mapping[str, Any] | None = None,
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
        asked = [self.period(each) for each in periods_of(periods)]
        return self._only(where)._answer(kpis, asked, by, (), intervals=intervals)

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
        from kpilib.answers.explain import explain

        one = one_of(kpi, self.own_kpis)
        return explain(self._question(one, [self.period(period)], by, (compare,)))

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
        from kpilib.answers.before_after import before_after

        one = one_of(kpi, self.own_kpis)
        return before_after(self._question(one, [], by, ()), day_of(on), months)

    def _only(self, where: Mapping[str, Any] | None) -> Self:
        """Return the company with the rows of some groups only."""
        if not where:
            return self
        from kpilib.engine.slices import groups_wanted

        kept = copy(self)
        kept.tables = self.tables.restricted(groups_wanted(where))
        return kept

    def _answer(
        self,
        kpis: Asked,
        periods: list[Period],
        by: By,
        compare: Sequence[str],
        *,
        intervals: bool,
    ) -> pd.DataFrame:
        from kpilib.answers.evaluate import evaluate

        return evaluate(self._question(kpis, periods, by, compare, intervals=intervals))

    @cached_property
    def _estimated(self) -> frozenset[str]:
        """Tables that were made of exports whose tool estimates its figures."""
        from kpilib.health.origin import origins

        return frozenset(each.table for each in origins(self.folder) if each.approximate)

    def _question(
        self,
        kpis: Asked,
        periods: list[Period],
        by: By,
        compare: str | Sequence[str] | None,
        *,
        intervals: bool = True,
    ) -> Question:
        from kpilib.engine.question import Question

        return Question(
            tables=self.tables,
            kpis=self.definitions(kpis),
            periods=periods,
            by=breakdown_of(by),
            compare=compared_with(compare),
            as_of=self.as_of,
            minimum=self.settings.privacy.minimum_group,
            breakdowns=tuple(self.settings.breakdowns),
            network=self.settings.network is not None,
            printed=self.printed,
            intervals=intervals,
            forgiving=self.forgiving,
            estimated=self._estimated,
            freshness=self.settings.freshness,
        )

    def period(self, asked: Any) -> Period:
        """Read a period as an analyst writes it, by the company's fiscal year."""
        return Period.parse(asked, self.settings.fiscal_year_starts)

    def definitions(self, kpis: Asked) -> list[Kpi]:
        """Return the definitions of KPIs: ids of kpis.yaml or of the catalogue, or definitions.

        Raises
        ------
        UnknownName
            There is none of that name; the nearest are suggested.
        ParameterError
            It is neither a KPI nor a list of them.
        """
        return definitions_of(kpis, self.own_kpis)

    @cached_property
    def own_kpis(self) -> dict[str, Kpi]:
        """What the company's kpis.yaml declares, by id."""
        from kpilib.answers.own import read_kpis

        return read_kpis(self.folder)

    def last_month(self) -> str:
        """Return the last complete month in the data, as ``YYYY-MM``.

        Raises
        ------
        PeriodError
            There is no dated row at all.
        """
        if self.as_of is None:
            raise error_of(
                PeriodError, "No month can be chosen: no table has a dated row. Name a month."
            )
        month = Period.month_of(self.as_of)
        return (month if month.end_day <= self.tables.last_whole_day else month.previous()).name

    def table(
        self, table: str, period: Any = None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Return rows of a table as a pandas frame.

        Parameters
        ----------
        table : str
        period : str, pair of days or Period, optional
            Only the rows of this period, by the column that dates them; of intervals, those that
            touch it.
        columns : list of str, optional
            By default all but the personal ones, which are there only when they are named.

        Returns
        -------
        pandas.DataFrame
            Instants on the company's clock, without zone, so that a workbook can hold them.

        Raises
        ------
        UnknownName
            There is no such table or column.
        """
        from kpilib.answers.by_hand import rows

        asked = None if period is None else self.period(period)
        return rows(self.tables, table, asked, columns)

    def people(self, kpi: str, period: Any) -> pd.DataFrame:
        """Return who stands behind a figure: pseudonyms of customers or community members.

        For whoever thanks or calls them; on a page it stops the publication. Nobody of the staff is
        named (those of ``"network_hubs"`` are called otherwise each time), no respondent, and no
        trainee but who met the ``"learning_goal_attainment"`` and agreed to it (``named_ok``).

        Parameters
        ----------
        kpi : str
            ``"super_users"``, one of these two, or a KPI that counts customers or members.
        period : str, pair of days or Period

        Raises
        ------
        ParameterError
            The KPI counts nobody of those; the ones that do are listed.
        """
        from kpilib.answers.by_hand import people

        one = one_of(kpi, self.own_kpis)
        return people(self._question(one, [self.period(period)], None, ()))

    def facts(self) -> pd.DataFrame:
        """Return what the figures stand on.

        Returns
        -------
        pandas.DataFrame
            One row a table: ``table, rows, duplicates, first_date, last_date, sha256, late``.
            ``late`` is True when a table ends more days before `as_of` than company.yaml allows.
        """
        from kpilib.answers.by_hand import facts

        return facts(self.tables, self.settings.freshness, self.as_of)
