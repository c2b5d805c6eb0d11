"""Outcomes that were worked out, kept for whoever asks again: another chart, language or page.

What a figure is in a period does not depend on what else is asked; which groups there are does.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kpilib.catalogue import catalogue
from kpilib.definitions import Kpi
from kpilib.engine import Tables
from kpilib.outcome import Outcome
from kpilib.period import Period
from kpilib.question import Question

Outcomes = dict[tuple[Period, str], Outcome]
SHARED = "KPILIB_FIGURES"  # names the private folder of a run, to the kernels of its notebooks
SUFFIX = ".figures"


class WorkedOut:
    """The outcomes of one company's tables, by KPI, breakdown and period; nothing is hidden yet."""

    def __init__(self) -> None:
        self._known: dict[tuple, tuple[Kpi | None, Outcomes]] = {}
        self._read: set[tuple] = set()

    def lacking(self, question: Question, by: str | None) -> tuple[list[Kpi], list[Period]]:
        """Return the KPIs and the periods of a question of which something is not known."""
        asked = _asked(question, by)
        pairs = [
            (kpi, period)
            for kpi in question.kpis
            for period in question.every_period
            if (_name(kpi), period, asked) not in self._known
        ]
        kpis = {id(kpi): kpi for kpi, _ in pairs}
        return list(kpis.values()), list(dict.fromkeys(period for _, period in pairs))

    def learn(
        self,
        question: Question,
        by: str | None,
        kpi: Kpi,
        periods: Sequence[Period],
        found: Outcomes,
    ) -> None:
        """Take note of the outcomes of a KPI in some periods of a question."""
        # An own definition is kept beside its outcomes: while it lives, its identity is its own.
        own = None if isinstance(_name(kpi), str) else kpi
        asked, inside = _asked(question, by), {period: {} for period in periods}
        for at, each in found.items():
            inside[at[0]][at] = each
        for period in periods:
            self._known[_name(kpi), period, asked] = own, inside[period]

    def of(self, question: Question, by: str | None, kpi: Kpi) -> Outcomes:
        """Return what is known of a KPI in every period of a question."""
        name, asked = _name(kpi), _asked(question, by)
        return {
            at: each
            for period in question.every_period
            for at, each in self._known[name, period, asked][1].items()
        }

    def read(self, folder: Path) -> None:
        """Learn what other pages of a run left in its private folder."""
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            self._known |= pickle.loads(path.read_bytes())
        self._read = set(self._known)

    def write(self, folder: Path, name: str) -> None:
        """Leave what was worked out here for the pages to come; own definitions stay here."""
        fresh = {
            key: found
            for key, found in self._known.items()
            if key not in self._read and isinstance(key[0], str)
        }
        aside = folder / f".{name}"
        aside.write_bytes(pickle.dumps(fresh))
        os.replace(aside, folder / f"{name}{SUFFIX}")


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
        question.as_of,
        question.tables.assumptions.model_dump_json(),  # an analyst may try another
        tuple(sorted(question.freshness.items())),
        question.estimated,
    )
