"""A company's data, ready to be asked: ``open(...).evaluate("bounce_rate", "2026-10")``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from kpilib.answers.asked import Asked, By, breakdown_of, one_of
from kpilib.answers.asking import Asking
from kpilib.errors import ParameterError, listed
from kpilib.period import Period
from kpilib.saying import error_of
from kpilib.topics.catalogue import kpi as find


class Company(Asking):
    """A company: its figures, and the verdicts on its objectives that are made of them.

    `Asking` answers for its tables; KPIs of key results are answered from objectives.yaml.
    """

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
        from kpilib.objectives.okr_answers import answered, from_plan, in_order

        question = self._question(kpis, periods, by, compare, intervals=intervals)
        steered = [kpi for kpi in question.kpis if from_plan(self, kpi)]
        if not steered:
            return evaluate(question)
        others = [kpi for kpi in question.kpis if kpi not in steered]
        parts = [evaluate(replace(question, kpis=others))] if others else []
        parts.append(answered(self, replace(question, kpis=steered)))
        return in_order(parts, [kpi.id for kpi in question.kpis], periods)

    def check(self) -> list[str]:
        """Return every fault of the company's tables, each with table, column, count and rule."""
        from kpilib.answers.check import faults

        return faults(self.tables.whole or self.tables, self.settings.currency)

    def waves(self, kpi: str, period: str | Sequence[str] | Period, most: int = 5) -> pd.DataFrame:
        """Return the last waves of a survey, each compared with the one before; persons are drawn
        again. See `kpilib.answers.waves`.

        Examples
        --------
        >>> data.waves("engagement_survey_score", "2026-10")[["period", "value", "is_clear"]]
        """
        from kpilib.answers.waves import waves

        return waves(self, one_of(kpi, self.own_kpis), self.period(period), most)

    def flow_drivers(self, period: str | Sequence[str] | Period, by: str = "team") -> pd.DataFrame:
        """Return how far time in flow goes with autonomy, challenge, feedback and what else was
        asked beside it, from person to person. What goes together need not cause.

        Parameters
        ----------
        period : str or pair of days
        by : str
            What sets people apart.

        Returns
        -------
        pandas.DataFrame
            One row a driver over everybody, then one a group that may be told of: ``by, group,
            driver, people``, the rank ``correlation`` with ``ci_low, ci_high``, ``p`` and
            ``p_holm`` (adjusted for all rows), ``state``: ``clear``, ``none``, or ``few`` where
            all answered alike. On a page it is rounded to a tenth, and never beyond 0.9.

        References
        ----------
        Spearman; interval: Bonett and Wright (2000); Holm (1979).

        Examples
        --------
        >>> data.flow_drivers("2026-10").query("state == 'clear'")
        """
        from kpilib.answers.flow_drivers import flow_drivers

        return flow_drivers(self, self.period(period), breakdown_of(by))

    def course(
        self, period: str | Sequence[str] | Period, training: str | None = None
    ) -> pd.DataFrame:
        """Return how the trained and a control group went, month by month: were they parallel?

        Parameters
        ----------
        period : str or pair of days
            In which the training was measured afterwards.
        training : str, optional
            By default the one with most people.

        Returns
        -------
        pandas.DataFrame
            One row a month and ``arm``: the mean ``value`` of those who were measured in every
            month, the same people all along, with ``n, ci_low, ci_high, status, reason, flags``.
            A group of fewer than five is hidden, and so is one of whom one to four were not.

        Raises
        ------
        UnknownName
            That training was not measured afterwards in the period; those that were are named.

        References
        ----------
        Parallel trends, as difference in differences supposes them: Angrist and Pischke (2009).

        Examples
        --------
        >>> kl.plot.lines(data.course("2026-10", "tr_2510_relance"))
        """
        from kpilib.answers.course import course

        return course(
            self._question(["training_effect_did"], [self.period(period)], None, ()), training
        )

    def cohorts(self, period: str | Sequence[str] | Period) -> pd.DataFrame:
        """Return the share of each month's new customers who ordered again, by months since.

        Returns
        -------
        pandas.DataFrame
            One row per month of a first order, one column per age in months, up to the last month
            seen to its end; missing where a cohort is not that old yet. Cohorts are of unequal
            size: their columns are never averaged.

        Examples
        --------
        >>> data.cohorts("2026-10").loc["2026-01", [0, 3, 6]]
        """
        from kpilib.engine.cohorts import triangle
        from kpilib.methods.lifetime import last_whole_month, month_of, second_orders

        asked = self.period(period)
        cases = second_orders(self.tables, asked)
        found = triangle(cases, last_whole_month(self.tables, asked))
        return found.rename(index=lambda number: month_of(number).name).rename_axis("cohort")

    def migration(self, first: str | Period, last: str | Period) -> pd.DataFrame:
        """Return where the customers of each segment of engagement are later, in shares.

        See `kpilib.methods.segments.migration`.

        Examples
        --------
        >>> data.migration("2026-01", "2026-10").loc["high"]
        """
        from kpilib.methods.segments import migration

        return migration(self.tables, self.period(first), self.period(last))

    def digest(self, period: Any, of: str = "customers") -> pd.DataFrame:
        """Return what was written in a period, without any text.

        Parameters
        ----------
        period : str, pair of days or Period
        of : str
            ``"customers"`` or ``"employees"``.

        Returns
        -------
        pandas.DataFrame
            The themes that ten texts mention, the first to work on first, then the terms that no
            theme has and texts that blame use oftener (staff: in one month): ``kind, name, texts,
            negative, negative_share, low, high, priority``; ``labelled, macro_f1`` tell how well
            our words find what is marked ``is_gold``, ``limit`` why it is no headline;
            ``labelled_twice, kappa`` whether two people agree on it, where two read it.

        Raises
        ------
        ParameterError
            Nobody of that name speaks here.
        """
        from kpilib.answers.digest import SPEAKERS, digest

        if of not in [*SPEAKERS]:
            raise error_of(
                ParameterError,
                "of is {of!r}; write one of {speakers}.",
                of=of,
                speakers=listed(SPEAKERS),
            )
        question = self._question([SPEAKERS[of]], [self.period(period)], None, ())
        return digest(question, self.evaluate(SPEAKERS[of], period), self.folder)

    def confusion(self) -> pd.DataFrame:
        """Return how our words err on the texts of the public that people read (``is_gold``).

        Returns
        -------
        pandas.DataFrame
            As `kpilib.texts.learned.confusion`. Of texts of staff, `digest` tells the macro-F1.

        Examples
        --------
        >>> data.confusion()["sensitivity"]
        """
        from kpilib.answers.digest import SPEAKERS, held_against
        from kpilib.texts.learned import confusion

        table = next(iter(find(SPEAKERS["customers"]).needs))
        return confusion(*held_against(self.tables, table, self.folder))

    def polls(self) -> pd.DataFrame:
        """Return the polls that are closed, and whether members were told the result.

        How many took part is ``evaluate("poll_participation_rate", period, by="wave")``.

        Returns
        -------
        pandas.DataFrame
            One row a poll, the oldest first: ``survey_id, wave, closed_at, results_at,
            what_changed, is_published``. Without a column ``results_at`` in ``survey_waves`` none
            is known to be published.

        Examples
        --------
        >>> data.polls().query("not is_published")
        """
        from kpilib.answers.polls import polls

        return polls(self.tables, self.as_of)

    def doubts(self, months: int = 3) -> list[str]:
        """Return what is suspect: no faults, but figures and rows to be looked at.

        Parameters
        ----------
        months : int
            How many whole months, the last ones, whose figures are looked at.
        """
        from kpilib.answers.check import doubts, overlaps
        from kpilib.answers.polls import unpublished

        last = Period.parse(self.last_month()).trailing(months) if self.as_of else []
        told = [*overlaps(self.tables), *unpublished(self.tables, self.as_of)]
        return [*(str(each) for each in doubts(self, last)), *told]
