"""Figures that were worked out, kept for whoever asks again: another chart, language or page.

What a figure is in a period does not depend on what else is asked; which groups there are does.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kpilib.definitions import Kpi
from kpilib.engine.columns import Figures
from kpilib.engine.question import Question
from kpilib.files import replacing
from kpilib.period import Period
from kpilib.tables.store import Tables
from kpilib.topics.catalogue import catalogue

Place = tuple[str | int, Period]  # a definition and a period
Found = tuple[Kpi | None, Figures]
SHARED = "KPILIB_FIGURES"  # names the private folder of a run, to the kernels of its notebooks
SUFFIX = ".figures"


class WorkedOut:
    """The figures of one company's tables, by KPI, breakdown and period; nothing is hidden yet."""

    def __init__(self) -> None:
        # First by all else that is asked: that is long, and looked up once for all figures.
        self._known: dict[tuple, dict[Place, Found]] = {}
        self._place: Path | None = None  # with the name of this page
        self._read: set[Path] = set()

    def answer(
        self, question: Question, by: str | None, work: Callable[[Question], dict[int, Figures]]
    ) -> dict[int, Figures]:
        """Return the figures of every KPI by its identity; only those not known are worked out.

        Parameters
        ----------
        question : Question
        by : str or None
            The breakdown of its KPIs.
        work : callable
            Works out all KPIs of a question in all of its periods.
        """
        asked, periods = _asked(question, by), question.every_period
        names = {id(kpi): _name(kpi) for kpi in question.kpis}
        known = self._known.setdefault(asked, {})

        def unknown() -> list[Kpi]:
            return [
                kpi
                for kpi in question.kpis
                if any((names[id(kpi)], each) not in known for each in periods)
            ]

        kpis = unknown()
        if kpis and self._place is not None:
            self._learn()  # other pages go on beside this one
            kpis = unknown()
        if kpis:
            ids = {names[id(kpi)] for kpi in kpis}
            lacking = [each for each in periods if any((name, each) not in known for name in ids)]
            fresh = work(replace(question, kpis=kpis, periods=lacking, compare=()))
            new: dict[Place, Found] = {}
            for kpi in kpis:
                # An own definition is kept too: while it lives, its identity is its own.
                own = None if isinstance(names[id(kpi)], str) else kpi
                for period, found in fresh[id(kpi)].by_period(lacking).items():
                    new[names[id(kpi)], period] = own, found
            known |= new
            if self._place is not None:
                self._leave(asked, new)
        return {
            id(kpi): Figures.joined(known[names[id(kpi)], period][1] for period in periods)
            for kpi in question.kpis
        }

    def share(self, folder: Path, name: str) -> None:
        """Tell the other pages of a run what is worked out here, and take what they know.

        Parameters
        ----------
        folder : Path
            The private folder of the run.
        name : str
            Of this page.
        """
        self._place = folder / name

    def _learn(self) -> None:
        for path in sorted(self._place.parent.glob(f"*{SUFFIX}")):
            if path not in self._read:
                asked, found = pickle.loads(path.read_bytes())
                self._known.setdefault(asked, {}).update(found)
                self._read.add(path)

    def _leave(self, asked: tuple, new: dict[Place, Found]) -> None:
        """Leave what is new for the other pages; own definitions stay here."""
        told = {place: found for place, found in new.items() if isinstance(place[0], str)}
        if not told:
            return
        path = self._place.with_name(f"{self._place.name}.{len(self._read)}{SUFFIX}")
        with replacing(path, lasting=False) as aside:  # whose name nobody looks for
            aside.write_bytes(pickle.dumps((asked, told)))
        self._read.add(path)


def worked_out(tables: Tables) -> WorkedOut:
    """Return what is known of some tables."""
    return tables.cache.setdefault("worked out", WorkedOut())


def _name(kpi: Kpi) -> str | int:
    """Return what tells a definition: its id, when it is the catalogue's; else its identity."""
    return kpi.id if catalogue().get(kpi.id) is kpi else id(kpi)


def _asked(question: Question, by: str | None) -> tuple[Any, ...]:
    """Return all that an outcome depends on, beside the KPI and the period."""
    return (
        by,
        tuple(question.every_period) if by else (),  # which groups there are
        question.intervals,
        question.forgiving,
        question.network,
        question.as_of,
        question.tables.assumptions.model_dump_json(),  # an analyst may try another
        tuple(sorted(question.freshness.items())),
        question.estimated,
    )
