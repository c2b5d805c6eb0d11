"""A key result as far as it can be read: what its rules are asked of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from kpilib.definitions import Kpi
from kpilib.objectives.quantity import PERIODIC, own_unit, read, shown
from kpilib.objectives.written import KeyResult
from kpilib.topics.catalogue import catalogue
from kpilib.yaml_file import Place

# A rule that a part breaks: the key, or the keys in it, and what is wrong and to be done.
Broken = tuple[str | Place, str]
Days = tuple[date | None, date | None]


class Figure(NamedTuple):
    """A number of a key result: a target or a level, with the keys that lead to it."""

    keys: Place
    value: float | str | None
    is_target: bool


@dataclass(frozen=True)
class Case:
    """A key result as far as it can be read, and what it is held against.

    Parameters
    ----------
    written : KeyResult
    given : mapping
        What was written of it.
    unread, unread_above : frozenset of str
        Keys in which a fault was found already, of it and of its objective.
    days : tuple of datetime.date or None
        Its first and last day, as far as they are known.
    currency : str
    breakdowns : collection of str or None
        Columns describing a person that the company allows; None when that is asked elsewhere.
    own : collection of str
        KPIs of kpis.yaml, which have no targets.
    """

    written: KeyResult
    given: Mapping[str, Any]
    unread: frozenset[str]
    unread_above: frozenset[str]
    days: Days
    currency: str
    breakdowns: Collection[str] | None
    own: Collection[str] = ()

    def known(self, *keys: str) -> bool:
        """Whether some of its keys could be read (or were left out)."""
        return not self.unread.intersection(keys)

    @cached_property
    def kpi(self) -> Kpi | None:
        """The KPI that measures it."""
        return catalogue().get(self.written.kpi)

    @property
    def whole(self) -> bool:
        """Whether its days are known, and in order."""
        start, end = self.days
        return start is not None and end is not None and start <= end

    @cached_property
    def figures(self) -> list[Figure]:
        """Every number that is written, targets first."""
        k = self.written
        segments, revisions = [*enumerate(k.segments)], enumerate(k.revisions)
        found = [
            Figure(("target",), k.target, True),
            *(Figure(("segments", n, "target"), each.target, True) for n, each in segments),
            *(Figure(("revisions", n, "was"), each.was, True) for n, each in revisions),
            Figure(("baseline",), k.baseline, False),
            *(Figure(("segments", n, "baseline"), each.baseline, False) for n, each in segments),
            *(Figure(("path", month), level, False) for month, level in k.path.items()),
        ]
        return [each for each in found if each.value is not None]

    @property
    def readable(self) -> list[Figure]:
        """Those that are one number with its unit."""
        return [each for each in self.figures if not unreadable(each.value)]

    def said(self, figure: float) -> str:
        """Return a figure as it would be written in the file."""
        k = self.written
        return shown(figure, own_unit(k), self.currency, k.unit)


def unreadable(value: float | str) -> str:
    """Say why a figure is not one number with its unit; nothing when it is."""
    try:
        read(PERIODIC.sub("", value) if isinstance(value, str) else value)
    except ValueError as error:
        return str(error)
    return ""
