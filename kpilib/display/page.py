"""What a notebook is made of: one object, one short call a cell, a result file at the end."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from kpilib.catalogue import kpi as find
from kpilib.catalogue import of_topic
from kpilib.company import Company
from kpilib.definitions import Kpi, Method
from kpilib.display import css
from kpilib.display.block import Block, text
from kpilib.display.entry import Entry
from kpilib.display.figures import Figures, write_result
from kpilib.display.freshness import freshness
from kpilib.display.headlines import headlines, states
from kpilib.display.numbers import Formatter
from kpilib.display.place import place
from kpilib.display.prose import Prose
from kpilib.display.rows import by_month, months_shown
from kpilib.display.scorecard import scorecard
from kpilib.errors import ParameterError, PeriodError
from kpilib.opening import open_company
from kpilib.period import Period
from kpilib.steering.announced import announced
from kpilib.steering.goal import Goal
from kpilib.steering.notes import notes
from kpilib.steering.plan import read_plan
from kpilib.steering.standing import Standing, standings

COMPARED = ("previous", "year_before")
PAST = 13


class Page(Prose):
    """One topic of one company in one month, for one reader.

    Parameters
    ----------
    topic : str
    month : str
        ``YYYY-MM``; the last complete month in the data when empty.
    data : str, path, mapping or Company
        A company folder (looked for above the working directory too), or anything that
        `kpilib.open` takes.
    lang : str
    out : str
        Folder of the result files; nothing is written when empty.
    """

    def __init__(self, topic: str, *, month: str = "", data: Any, lang: str = "en", out: str = ""):
        self.kpis = {each.id: each for each in of_topic(topic)}
        self.topic = topic
        self.company = copy(data if isinstance(data, Company) else open_company(place(data)))
        self.company.forgiving = True  # a page is made for the figures that there are
        self.company.printed = True
        settings = self.company.settings
        self.formatter = Formatter(lang, settings.currency, settings.privacy.minimum_group)
        self.say = self.formatter.say
        self.month = Period.parse(month or self.company.last_month())
        if self.month.kind != "month":
            raise PeriodError(f"A page is of one month; {month!r} is not. Write it as '2026-10'.")
        self.out = Path(out) if out else None
        self.figures = Figures(topic)
        self.charts = 0
        self._months: dict[tuple, pd.DataFrame] = {}
        self._series: dict[tuple, pd.DataFrame] = {}

    def __repr__(self) -> str:
        return f"<Page {self.topic} {self.month.name}>"

    # What the figures are ------------------------------------------------------------------

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The month of every KPI of the topic, compared with the month and the year before."""
        return self.company.evaluate(list(self.kpis), self.month, compare=COMPARED)

    @cached_property
    def past(self) -> pd.DataFrame:
        """The last thirteen months of the KPIs that are one figure a month."""
        single = [
            each.id
            for each in self.kpis.values()
            if each.by is None and not isinstance(each.value, Method)
        ]
        return self.company.series(single, self.month, PAST)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """Where the announced key results about KPIs of the topic stand at the month's end."""
        plan = announced(read_plan(self.company.folder, self.company.settings.currency))
        return standings(self.company, self.month, plan, kpis=self.kpis)

    @cached_property
    def running(self) -> list[Standing]:
        """Those of the key results that run in the month."""
        return [each for each in self.standings if each.goal.end >= self.month.start]

    @cached_property
    def notes(self) -> list:
        """The notes of the company."""
        return notes(self.company.folder)

    def definition(self, kpi: str) -> Kpi:
        """Return a KPI by name, of this topic or of another."""
        return self.kpis.get(kpi) or find(kpi)

    def month_rows(self, kpi: str, by: str | None = None) -> pd.DataFrame:
        """Return the rows of one KPI for the month, and keep them for the result file."""
        if (kpi, by) not in self._months:
            if by is None and kpi in self.kpis:
                rows = self.rows[self.rows["kpi"] == kpi]
                rows = rows[[c for c in rows if c == self.kpis[kpi].by or c not in self._groups]]
            else:
                rows = self.company.evaluate(kpi, self.month, by=by, compare=COMPARED)
            self.figures.add(rows)
            self._months[kpi, by] = rows
        return self._months[kpi, by]

    def rows_over(self, months: int, kpi: str, by: str = "") -> pd.DataFrame:
        """Return the rows of one KPI for the last months taken together, and keep them."""
        if months == 1:
            return self.month_rows(kpi, by if by != self.definition(kpi).by else None)
        first = self.month.trailing(months)[0].start
        rows = self.company.evaluate(kpi, (first, self.month.end_day), by=by or None)
        self.figures.add(rows)
        return rows

    def row(self, kpi: str) -> dict[str, Any]:
        """Return the one row of a KPI for the month; of a KPI by group, its first."""
        found = self.month_rows(kpi).to_dict("records")
        unit = self.definition(kpi).unit
        return found[0] if found else {"status": "no_data", "value": None, "unit": unit, "n": None}

    def series(self, kpi: str, months: int, by: str | None = None) -> pd.DataFrame:
        """Return the rows of one KPI for the last months, and keep them for the result file."""
        key = (kpi, months, by)
        if key not in self._series:
            self._series[key] = self.company.series(kpi, self.month, months, by=by)
            self.figures.add(self._series[key])
        return self._series[key]

    @property
    def _groups(self) -> set[str]:
        return {each.by for each in self.kpis.values() if each.by}

    def key(self, kind: str) -> str:
        """Return the prefix of the ids of the next chart, and count it."""
        self.charts += 1
        return f"{self.topic}-{self.charts}-{kind}"

    # What a page says ----------------------------------------------------------------------

    def freshness(self) -> Block:
        """Show what the figures stand on: tables, rows, days covered, what is late or missing."""
        kpis = list(self.kpis.values())
        return freshness(self.company, kpis, self.month, self.formatter, self.rows)

    def scorecard(self, *kpis: str) -> Block:
        """Show one card a KPI, those with a target first, and what is to be done.

        Parameters
        ----------
        *kpis : str
            Ids; every KPI of the topic by default.
        """
        return scorecard(self.entries(*kpis), self.formatter)

    def entries(self, *kpis: str) -> list[Entry]:
        """Return what the cards of a scorecard show."""
        chosen = [self.definition(each) for each in kpis] or list(self.kpis.values())
        made = [self._entry(each) for each in chosen]
        made += [
            self._slice(each)
            for each in self.running
            if each.goal.by and each.goal.kpi in {kpi.id for kpi in chosen}
        ]
        return sorted(made, key=lambda entry: entry.verdict is None)

    def _entry(self, kpi: Kpi) -> Entry:
        rows = self.named(self.month_rows(kpi.id), kpi.by or "").to_dict("records")
        past: list[float] = []
        if kpi.id in set(self.past["kpi"]):
            found = by_month(self.past[self.past["kpi"] == kpi.id])
            past = [found[month]["value"] for month in months_shown(found, PAST)]
            self.figures.add(self.past[self.past["kpi"] == kpi.id])
        return Entry(kpi, rows, kpi.by or "", past, self._whole(kpi.id) if rows else None)

    def _slice(self, standing: Standing) -> Entry:
        goal = standing.goal
        rows = self.month_rows(goal.kpi, goal.by)
        mine = rows[rows[goal.by].astype(str) == goal.group].to_dict("records")
        row = mine[0] if mine else {"status": "no_data", "reason": "", "value": None, "flags": []}
        kpi = self.definition(goal.kpi)
        group = self.label(goal.by, goal.group)
        title = self.formatter.pair(self.say(kpi.label), group)
        return Entry(kpi, [row], "", [], standing, title)

    def key_result(self, kpi: str) -> Goal | None:
        """Return the key result of a whole KPI in force in the month."""
        found = self._whole(kpi)
        return found.goal if found else None

    def _whole(self, kpi: str) -> Standing | None:
        found = (each for each in self.running if each.goal.kpi == kpi and not each.goal.by)
        return next(found, None)

    # What a page leaves --------------------------------------------------------------------

    def write(self) -> Block:
        """Write figures.csv and result.json, with every KPI of the topic, shown or not.

        Returns
        -------
        Block
            How many figures were written; nothing is written without a folder.
        """
        for each in self.kpis:
            self.month_rows(each)
        if self.out is not None:
            if not self.out.is_dir():
                raise ParameterError(
                    f"The folder for the results does not exist: {self.out.name!r}. Create it, or "
                    "leave `out` empty."
                )
            self.figures.write(self.out)
            write_result(self.out, self.result())
        done = self.say(
            "{figures} figures of {kpis} KPIs, {charts} charts.",
            figures=self.formatter.count(len(self.figures)),
            kpis=len(self.kpis),
            charts=self.charts,
        )
        return Block(f'{css.sheet()}<div class="kl"><p class="kl-quiet">{text(done)}</p></div>')

    def result(self) -> dict[str, Any]:
        """Return what the run reads: states of the KPIs, counts, and the lines of the index."""
        return {
            "topic": self.topic,
            "month": self.month.name,
            "lang": self.formatter.lang,
            "kpis": states(self.rows, self.kpis),
            "charts": self.charts,
            "figures": len(self.figures),
            "headlines": self._lines(),
        }

    def _lines(self) -> list[dict[str, str]]:
        """Return the lines that the page leaves to the month's index."""
        return headlines(self.entries(), self.formatter)


def page(topic: str, *, month: str = "", data: Any, lang: str = "en", out: str = "") -> Page:
    """Open a page; see `Page` for the parameters."""
    return Page(topic, month=month, data=data, lang=lang, out=out)
