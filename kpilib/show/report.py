"""What a notebook opens: one topic of one company in one period, as frames of figures.

``report = kl.report("emailing", period="2026-10", data="data/sample")`` answers with pandas frames;
`lead`, `limits` and `sources` are the only calls that give HTML.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import HTML

from kpilib.answers.asked import Asked
from kpilib.answers.journey import journey
from kpilib.answers.own import declared_for
from kpilib.answers.worked_out import SHARED, worked_out
from kpilib.definitions import Kpi
from kpilib.display.card import formula
from kpilib.display.figures import Figures, states, write_result
from kpilib.display.numbers import Formatter, write_for
from kpilib.display.words import column_words
from kpilib.errors import ContractError, NoChange, ParameterError, UnknownName
from kpilib.labels import labels
from kpilib.objectives.diary import SAID, Decision, decisions, notes
from kpilib.objectives.goal import Goal, goals
from kpilib.objectives.plan import read_plan
from kpilib.objectives.standing import Standing
from kpilib.objectives.written import Plan, announced
from kpilib.period import Period
from kpilib.saying import error_of
from kpilib.show import beforehand, figure, theme
from kpilib.show.findings import ONE_STORY, Finding, driven_by, is_true, since_when
from kpilib.show.in_steps import in_steps
from kpilib.show.lead import Top, decided, lead, shown_first
from kpilib.show.leaving import leaving
from kpilib.show.pages import fill
from kpilib.show.sources import told_sources
from kpilib.show.tables import table
from kpilib.show.verdicts import asked
from kpilib.topics.catalogue import of_topic
from kpilib.training.collecting import collection
from kpilib.training.paid import COST, left
from kpilib.training.proof import proofs
from kpilib.training.rows import described


class Report:
    """One topic of one company in one period, for one reader; made by `kl.report`."""

    def __init__(
        self,
        topic: str,
        period: str | Sequence[str] | Period,
        data: Any,
        lang: str,
        out: str,
        kpis: Asked,
    ) -> None:
        self.topic = topic
        self.company = beforehand.for_pages(data)
        own = [] if kpis else declared_for(topic, self.company.own_kpis)
        self.kpis = [*self.company.definitions(kpis or of_topic(topic)), *own]
        named = {each.id: each for each in self.kpis}  # of one's own too, asked for by id from here
        self.company.own_kpis = self.company.own_kpis | named
        settings = self.company.settings
        self.formatter: Formatter = write_for(
            lang,
            settings.currency,
            settings.privacy.minimum_group,
            labels(self.company.folder, settings),
        )
        self.period = self.company.period(period or self.company.last_month())
        self.out = Path(out) if out else None
        run = os.environ.get(SHARED) if self.out is not None else None
        if run:
            worked_out(self.company.tables).share(Path(run), self.out.parent.name)
        self._kept = Figures(topic)
        theme.use()
        figure.activate()
        if self.out is not None:
            figure.publish(self.out.parent if run else None)

    def __repr__(self) -> str:
        return f"<Report {self.topic} {self.period.name}>"

    # Frames ---------------------------------------------------------------------------------

    def figures(self, *kpis: Asked, by: Any = None, where: Any = None) -> pd.DataFrame:
        """Return figures of the period, beside the period before and the year before.

        Parameters
        ----------
        *kpis : str or Kpi
            Or one list of them; those of the topic by default.
        by : str, optional
            Column to break down by.
        where : mapping of str to value, optional
            Only the rows of these groups.

        Returns
        -------
        pandas.DataFrame
            As ``data.evaluate`` with both comparisons.

        Examples
        --------
        >>> report.figures("click_rate", by="campaign_id")
        """
        asked = (kpis[0] if len(kpis) == 1 else kpis) or self.kpis
        found = beforehand.figures(self.company, asked, self.period, by=by, where=where)
        return described(self._keep(found), self.company)

    def series(
        self,
        kpi: str | Kpi | Sequence[str | Kpi],
        periods: int = 25,
        by: Any = None,
        rolling: int = 0,
    ) -> pd.DataFrame:
        """Return figures of the period and of those before it, oldest first.

        Parameters
        ----------
        kpi : str, Kpi or list of them
        periods : int
            How many: 25 months hold the year before those that a chart shows.
        by : str, optional
        rolling : int, optional
            Each row is the figure over so many months that end with its period; as
            ``data.series``, which also says of which figures there are none.

        Examples
        --------
        >>> report.series("turnover_rate", periods=13, rolling=12)
        """
        asked = [kpi] if isinstance(kpi, (str, Kpi)) else list(kpi)
        found = self._keep(self.company.series(asked, self.period, periods, by=by, rolling=rolling))
        if by is not None or rolling:
            return found
        return beforehand.judged(self.company, asked, self.period, found)

    def explain(self, kpi: str, by: str, compare: str = "year_before") -> pd.DataFrame:
        """Split the change of a figure over groups; see ``data.explain``.

        Where there is no figure on one side (a first month), or the data lacks a cut that the KPI
        declares, the frame has one row that says so.

        Examples
        --------
        >>> report.explain("open_rate_trackable", by="joined_year")
        """
        say = self.formatter.say
        try:
            return self.company.explain(kpi, self.period, by=by, compare=compare)
        except NoChange:
            said = say("No change to explain: there is no figure on one of its sides.")
        except (ContractError, ParameterError):
            if by not in self._defined(kpi).cuts:
                raise
            said = say("The data does not tell: {by}.", by=column_words(by, say).lower())
        return pd.DataFrame({say(self._defined(kpi).label): [said]})

    def net(self, kpi: str = "training_roi", by: str = "training_id") -> pd.DataFrame:
        """Return what is left of a return: each benefit, then the costs by kind, in euros.

        Together the rows are benefit - cost of the figure as a whole.
        """
        there = "costs" in self.company.tables
        costs = self.company.table("costs") if there else pd.DataFrame(columns=list(COST))
        return left(self.figures(kpi), self.figures(kpi, by=by), costs)

    def proofs(self) -> pd.DataFrame:
        """Return each training's chain from liking to return, how its effect is isolated, and what
        follows; on a page it stands closed.

        Examples
        --------
        >>> report.proofs().query("rung == 'control'")
        """
        return proofs(self.company, self.period)

    def collection(self) -> pd.DataFrame:
        """Return what is to be measured of trainings with a figure to move, when, and its state."""
        return collection(self.company, self.period)

    def funnel(self) -> pd.DataFrame:
        """Follow the visitors of the period from visit to customer, as `kpilib.answers.journey`.

        Returns
        -------
        pandas.DataFrame
            One rate a row, each counted among those whom the row above leads to: ``step_before,
            step, value, numerator, denominator``, as ``kl.plot.funnel`` draws them.
        """
        return in_steps(journey(self.company.tables, self.period), self.period)

    def target(self, kpi: str | Kpi) -> pd.DataFrame | None:
        """Return what the plan asks of a KPI, to be drawn; nothing is judged.

        Returns
        -------
        pandas.DataFrame or None
            One row a period, up to the end of the key result; see `aims.asked`. None without a key
            result.

        Raises
        ------
        UnknownName
            There is no such KPI: its chart would stand without target, and nobody would know.

        Examples
        --------
        >>> kl.plot.trend(rows, target=report.target("click_rate"))
        """
        goal = self._goals.get(self._id(kpi))
        return None if goal is None else asked(goal, self.period, beforehand.PAST)

    def notes(self, kpi: str | Kpi) -> pd.DataFrame:
        """Return the events noted for a KPI or for all: ``date, text, kind``."""
        of = ("", self._id(kpi))
        found = [
            {"date": each.date, "text": each.text(self.formatter.lang), "kind": each.kind}
            for each in self._notes
            if each.kpi in of and each.kind not in SAID
        ]
        return pd.DataFrame(found, columns=["date", "text", "kind"])

    # Pages ----------------------------------------------------------------------------------

    def lead(self) -> HTML:
        """Show the finding, what it stands on, what was decided, and the key figures."""
        return HTML(lead(self.told, linked=self._linked))

    def limits(self) -> HTML:
        """Show how sure the figures are, all of them, and how each misleads."""
        rows = described(self.rows, self.company)
        rows = rows.sort_values("kpi", key=lambda ids: ids.map(self._order), kind="stable")
        meanings = list(rows["kpi"]) if self._linked else []
        told = {"kpis": self.kpis, "meanings": meanings, "formula": formula}
        return HTML(fill("limits.html.j2", rows=table(rows), **told))

    @property
    def _linked(self) -> bool:
        """Whether the page stands beside a glossary: a published one does, a notebook does not."""
        return self.out is not None

    def sources(self) -> HTML:
        """Show what the figures stand on: tables, rows, days, what is doubtful."""
        return HTML(told_sources(self.company, self.kpis, self.period, self.rows))

    def write(self) -> HTML:
        """Write figures.csv and result.json for the run, with every KPI of the topic.

        A notebook says how many; a page does not.

        Raises
        ------
        ParameterError
            The folder does not exist. Nothing is written without one.
        """
        self._keep(self.rows)
        if self.out is not None:
            if not self.out.is_dir():
                raise error_of(
                    ParameterError,
                    "The folder for the results does not exist: {name!r}. Create it, or"
                    " leave `out` empty.",
                    name=self.out.name,
                )
            self._kept.write(self.out)
            write_result(self.out, self.result())
            return HTML("")
        say, count = self.formatter.say, self.formatter.count
        done = say(
            "Figures: {figures}. KPIs: {kpis}.",
            figures=count(len(self._kept)),
            kpis=len(self.kpis),
        )
        return HTML(fill("done.html.j2", done=done))

    def result(self) -> dict[str, Any]:
        """Return what the run reads: states of the KPIs, and what the page says first."""
        return {
            "month": self.period.name,
            "kpis": states(self.rows, [each.id for each in self.kpis]),
            "late": self.rows.loc[self.rows["flags"].map(lambda flags: "late" in flags), "kpi"]
            .drop_duplicates()
            .tolist(),
            "finding": self.finding,
            "decisions": list(decided(self.told)),
            **self._first(),
        }

    @property
    def finding(self) -> str:
        """The title of the page."""
        return self.told.headline

    def _first(self) -> dict[str, Any]:
        """Return the key figure of the page as others say it: ``label, value, points, change``."""
        found = sorted(self.told.strip, key=lambda each: bool(each["missing"]))  # stable
        key = {name: found[0][name] for name in ("label", "value", "points")} if found else {}
        return {"key": key | {"change": found[0]["in_a_year"]} if found else {}}

    # What they stand on ---------------------------------------------------------------------

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Every KPI of the topic in the period, with both comparisons."""
        return self._keep(beforehand.figures(self.company, self.kpis, self.period))

    @cached_property
    def told(self) -> Top:
        """What the top of the page is made of."""
        here = self.topic, self.period.name
        page = [n for n in self._notes if n.kind in SAID and (n.topic, n.period) == here]
        words = {
            kind: [n.text(self.formatter.lang) for n in page if n.kind == kind] for kind in SAID
        }
        told = Top(
            period=self.period,
            kpis=self.kpis,
            rows=self.rows,
            past=beforehand.past(self.company, shown_first(self.kpis), self.period),
            standings=self._standings,
            decided=self._decisions,
            written=next(iter(words["headline"]), ""),
            comments=words["comment"],
            aimed=frozenset(self._goals),
            leaving=leaving(self.company, self.kpis, self.period),
        )
        explained = {each.kpi.id: self._explained(each, told.past) for each in told.findings}
        return replace(told, explained=explained, by_group=self._by_group)

    @cached_property
    def _by_group(self) -> dict[str, pd.DataFrame]:
        """Headline figures by the cut that several of them declare."""
        cuts: dict[str, list[Kpi]] = {}
        for each in shown_first(self.kpis):
            for by in each.cuts[:1]:
                cuts.setdefault(by, []).append(each)
        several = {by: kpis for by, kpis in cuts.items() if len(kpis) >= ONE_STORY}
        found = {}
        for by, kpis in several.items():
            with suppress(ContractError, ParameterError, UnknownName):  # no such column here
                found[by] = self.company.evaluate(kpis, self.period, by=by)
        return found

    def _explained(self, finding: Finding, past: pd.DataFrame) -> str:
        """Say since when, and which group a finding is about."""
        when = since_when(past[past["kpi"] == finding.kpi.id]) if finding.base else ""
        return " ".join(each for each in (when, self._driver(finding)) if each)

    def _driver(self, finding: Finding) -> str:
        """Say which group moved a figure, over the first cut of its KPI that there is."""
        kpi, base = finding.kpi, finding.base
        of_whole = base and not finding.of_group
        if not of_whole or not (finding.standing or is_true(finding.row.get(f"news_{base}"))):
            return ""
        for by in kpi.cuts:
            try:
                parts = self.company.explain(kpi, self.period, by=by, compare=base)
            except (ContractError, NoChange, ParameterError, UnknownName):
                continue  # no such column here, or no figure on one side
            said = driven_by(parts, by)
            if said:
                return said
        return ""

    @cached_property
    def _standings(self) -> tuple[Standing, ...]:
        """Where the announced key results about KPIs of the page stand at the period's end."""
        found = beforehand.followed(self.company, self.kpis, self.period, self._plan)
        return tuple(each for each in found if each.goal.end >= self.period.start)

    @cached_property
    def _whole(self) -> Plan:  # with what is pursued without being announced
        return read_plan(self.company.folder, self.company.settings.currency)

    @cached_property
    def _plan(self) -> Plan:
        return announced(self._whole)

    def _defined(self, kpi: str | Kpi) -> Kpi:
        """Return the definition of one KPI."""
        return self.company.definitions(kpi)[0]

    def _id(self, kpi: str | Kpi) -> str:
        """Return the id of a KPI that there is; nothing where a board has no key result."""
        return self._defined(kpi).id if kpi != "" else ""

    @cached_property
    def _goals(self) -> dict[str, Goal]:
        """The key results of whole KPIs in force in the period, as the plan has them."""
        found = (
            each.on(self.period.end_day)
            for each in goals(self._plan, self.company.settings.currency)
            if each.start <= self.period.end_day and each.end >= self.period.start and not each.by
        )
        return {each.kpi: each for each in reversed(list(found))}

    @cached_property
    def _notes(self) -> list:
        return notes(self.company.folder)

    @cached_property
    def _order(self) -> dict[str, int]:
        return {each.id: place for place, each in enumerate(self.kpis)}

    @cached_property
    def _decisions(self) -> list[Decision]:
        """What was decided for the page and is still open, or was decided in the period."""
        return [
            each
            for each in decisions(self.company.folder)
            if self._concerns(each)
            and each.date <= self.period.end_day
            and max(each.date, each.due or each.date) >= self.period.start
        ]

    def _concerns(self, decision: Decision) -> bool:
        return decision.topic == self.topic or decision.kpi in self._order

    def _keep(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Keep figures for figures.csv, and return them."""
        self._kept.add(rows)
        return rows
