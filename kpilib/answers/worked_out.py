"""Figures that were worked out, kept for whoever asks again: another chart, language or page.

What a figure is in a period does not depend on what else is asked; which groups there are does.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from kpilib.definitions import Kpi
from kpilib.engine.columns import Figures
from kpilib.engine.question import Question
from kpilib.files import replacing
from kpilib.period import Period
from kpilib.tables.store import Tables
from kpilib.topics.catalogue import catalogue

Name = str | int  # of a definition
Place = tuple[Name, Period | None]  # a definition, and a period where each stands alone
Found = tuple[Kpi | None, Figures]
Batch = tuple[Sequence[Period | None], Figures]  # periods of a KPI, as they were worked out
Work = Callable[[Question], dict[int, Figures]]  # of every KPI, by its identity
SHARED = "KPILIB_FIGURES"  # names the private folder of a run, to the kernels of its notebooks
SUFFIX = ".figures"


class WorkedOut:
    """The figures of one company's tables, by all else that is asked, then by KPI and period."""

    def __init__(self) -> None:
        self._known: dict[str, dict[Place, Found]] = {}
        self._told: dict[str, dict[Name, list[Batch]]] = {}  # by other pages, not yet asked for
        self._place: Path | None = None  # with the name of this page
        self._read: set[Path] = set()

    def answer(self, question: Question, by: str | None, work: Work) -> dict[int, Figures]:
        """Return the figures of every KPI by its identity; only those not known are worked out.

        Parameters
        ----------
        question : Question
        by : str or None
            The breakdown of its KPIs.
        work : callable
            Works out all KPIs of a question in all of its periods; nothing is hidden yet.
        """
        asked, periods = _name_of(_asked(question, by)), question.every_period
        kpis, known = self._lacking(asked, question.kpis, periods)
        if kpis:
            ids = {_name(kpi) for kpi in kpis}
            lacking = [each for each in periods if any((name, each) not in known for name in ids)]
            fresh = work(replace(question, kpis=kpis, periods=lacking, compare=()))
            self._keep(asked, [(kpi, (lacking, fresh[id(kpi)])) for kpi in kpis])
        return {
            id(kpi): Figures.joined(known[name, period][1] for period in periods)
            for kpi in question.kpis
            for name in [_name(kpi)]
        }

    def shown(self, question: Question, by: str | None, work: Work) -> dict[int, Figures]:
        """Return what of the figures may be told, as `answer` does: hidden once for all who ask.

        All periods of the question stand together: what one tells depends on the others.
        """
        rule = question.minimum, question.breakdowns, question.printed
        asked = _name_of((*_asked(question, by), tuple(question.every_period), *rule))
        kpis, known = self._lacking(asked, question.kpis, [None])
        if kpis:
            fresh = work(replace(question, kpis=kpis))
            self._keep(asked, [(kpi, ([None], fresh[id(kpi)])) for kpi in kpis])
        return {id(kpi): Figures.joined([known[_name(kpi), None][1]]) for kpi in question.kpis}

    def once(self, what: str, make: Callable[[], Any]) -> Any:
        """Return what is made of the tables alone, as the page that came first made it."""
        path = self._place and self._place.with_name(f"{_name_of((what,))}{SUFFIX}")
        if path and path.exists():
            return pickle.loads(path.read_bytes())
        made = make()
        if path:
            self._write(path, made)
        return made

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

    def _lacking(
        self, asked: str, kpis: Sequence[Kpi], periods: Sequence[Period | None]
    ) -> tuple[list[Kpi], dict[Place, Found]]:
        """Return the KPIs of which not all is known, here or on other pages; and what is known."""
        known = self._known.setdefault(asked, {})

        def unknown() -> list[Kpi]:
            places = ((kpi, [(_name(kpi), each) for each in periods]) for kpi in kpis)
            return [kpi for kpi, own in places if not known.keys() >= {*own}]

        lacking = unknown()
        if lacking and self._place is not None:
            told = self._told.setdefault(asked, {})
            for path in self._unread(asked):  # other pages go on beside this one
                for name, batch in pickle.loads(path.read_bytes()).items():
                    told.setdefault(name, []).append(batch)
                self._read.add(path)
            for name in map(_name, lacking):
                for batch in told.pop(name, ()):
                    known |= _parted(name, None, batch)
            lacking = unknown()
        return lacking, known

    def _unread(self, asked: str) -> list[Path]:
        folder, begin = self._place.parent, f"{asked}."
        names = sorted(each for each in os.listdir(folder) if each.startswith(begin))
        paths = (folder / each for each in names if each.endswith(SUFFIX))
        return [path for path in paths if path not in self._read]

    def _keep(self, asked: str, fresh: Sequence[tuple[Kpi, Batch]]) -> None:
        """Keep what is new, and leave it for the other pages; own definitions stay here."""
        for kpi, batch in fresh:
            name = _name(kpi)
            # An own definition is kept too: while it lives, its identity is its own.
            self._known[asked] |= _parted(name, None if isinstance(name, str) else kpi, batch)
        told = {_name(kpi): batch for kpi, batch in fresh if isinstance(_name(kpi), str)}
        if self._place is None or not told:
            return
        path = self._place.with_name(f"{asked}.{self._place.name}.{len(self._read)}{SUFFIX}")
        self._write(path, told)
        self._read.add(path)

    @staticmethod
    def _write(path: Path, told: Any) -> None:
        with replacing(path, lasting=False) as aside:  # whose name nobody looks for
            aside.write_bytes(pickle.dumps(told))


def worked_out(tables: Tables) -> WorkedOut:
    """Return what is known of some tables."""
    return tables.cache.setdefault("worked out", WorkedOut())


def _parted(name: Name, kpi: Kpi | None, batch: Batch) -> dict[Place, Found]:
    """Return the figures of a KPI by period, where each stands alone."""
    periods, found = batch
    parts = {None: found} if None in periods else found.by_period(periods)
    return {(name, period): (kpi, own) for period, own in parts.items()}


def _name(kpi: Kpi) -> Name:
    """Return what tells a definition: its id, when it is the catalogue's; else its identity."""
    return kpi.id if catalogue().get(kpi.id) is kpi else id(kpi)


def _name_of(asked: tuple[Any, ...]) -> str:
    """Return what tells a question, to every page of a run: its files are found by it."""
    return sha256(repr(asked).encode()).hexdigest()


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
        tuple(sorted(question.estimated)),
    )
