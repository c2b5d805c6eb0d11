"""What is asked of a company's tables: which KPIs, when, by what, compared with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import NamedTuple

from kpilib.definitions import Kpi
from kpilib.errors import ParameterError
from kpilib.period import Period
from kpilib.saying import no_such
from kpilib.tables.describing import BREAKDOWNS, FLOOR
from kpilib.tables.store import Tables

COMPARISONS = ("previous", "year_before")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of a company's tables.

    Parameters
    ----------
    tables : Tables
    kpis : list of Kpi
    periods : list of Period
        The periods asked, without those they are compared with.
    by : str or None
    compare : tuple of str
        ``previous`` and ``year_before``, or neither, or a name of `against`.
    against : mapping of str to Period
        Further periods to compare with, by name.
    as_of : datetime.date or None
        Last day the data covers.
    minimum : int
        Smallest group of people that may be shown.
    breakdowns : tuple of str
        Columns that describe a person by which figures about people may be cut.
    network : bool
        Whether the company has stated on which conditions it looks at who writes to whom.
    printed : bool
        Whether the answer is to be printed: then figures that protect people are rounded.
    intervals : bool
        Whether intervals that resample are worth their time (not for a long series).
    forgiving : bool
        Whether a KPI beyond the first tier says which columns it misses, instead of being an error
        (a page is made for the figures that there are).
    estimated : frozenset of str
        Tables whose tool estimates its figures.
    freshness : mapping of str to int
        Table to the days that it may end before a period without being late.
    fed_until : mapping of str to datetime.date
        Last day of the feeds that end before the data does, by group; of all under an empty name.
    """

    tables: Tables
    kpis: list[Kpi]
    periods: list[Period]
    by: str | None = None
    compare: tuple[str, ...] = ()
    against: Mapping[str, Period] = field(default_factory=dict)
    as_of: date | None = None
    minimum: int = FLOOR
    breakdowns: tuple[str, ...] = BREAKDOWNS
    network: bool = False
    printed: bool = False
    intervals: bool = True
    forgiving: bool = False
    estimated: frozenset[str] = frozenset()
    freshness: Mapping[str, int] = field(default_factory=dict)
    fed_until: Mapping[str, date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.compare:
            if name not in (*COMPARISONS, *self.against):
                raise no_such(
                    ParameterError,
                    "Unknown comparison {name!r}. Compare with: {names}.{near}",
                    name,
                    COMPARISONS,
                )

    def base(self, period: Period, comparison: str, group: str = "") -> Period:
        """Return the period to compare with: as much of it as is known of this one."""
        if comparison in self.against:
            return self.against[comparison]
        other = period.previous() if comparison == "previous" else period.year_before()
        return self.cut(other, period, group)

    def cut(self, other: Period, period: Period, group: str = "") -> Period:
        """Return as much of another period as is known of this one."""
        known = self.fed(period, group)
        if known == period and not self.partial(period):
            return other
        return other.as_far_as(period, known.days)

    def fed(self, period: Period, group: str = "") -> Period:
        """Return the part of a period that has elapsed, and in which the group's feed goes on."""
        so_far, last = self.elapsed(period), self.fed_until.get(group, self.fed_until.get(""))
        if last is None or not period.start <= last < so_far.end_day:
            return so_far
        return period.elapsed((last - period.start).days + 1)

    def lasted(self, period: Period, group: str, details: Mapping[str, object]) -> Period:
        """Return the part of a period that a figure is spread over, days that lack included."""
        return self.elapsed(period) if "coverage" in details else self.fed(period, group)

    def elapsed(self, period: Period) -> Period:
        """Return the part of a period that the data covers; all of it when it covers none."""
        if self.as_of is None or self.as_of < period.start:
            return period
        return period.elapsed((self.as_of - period.start).days + 1)

    def partial(self, period: Period) -> bool:
        """Whether data ends before the period does."""
        return self.last_whole_day is not None and self.last_whole_day < period.end_day

    @property
    def last_whole_day(self) -> date | None:
        """The last day that the data covers to its end."""
        return self.tables.last_whole_day if self.as_of == self.tables.as_of else self.as_of

    def to_come(self, period: Period) -> float:
        """Return the part of the last day that is still to come, where that day is cut."""
        if self.last_whole_day == self.as_of or not period.start <= self.as_of <= period.end_day:
            return 0.0
        begins, ends = Period(self.as_of, self.as_of).bounds(self.tables.zone)
        return (ends - self.tables.until) / (ends - begins)

    @property
    def every_period(self) -> list[Period]:
        """The periods asked, and those they are compared with, each once."""
        groups = dict.fromkeys(("", *self.fed_until))
        bases = [
            self.base(p, name, g) for p in self.periods for name in self.compare for g in groups
        ]
        return list(dict.fromkeys([*self.periods, *bases]))


class OneKpi(NamedTuple):
    """One KPI of a question, with the breakdown that it is answered by."""

    question: Question
    kpi: Kpi
    by: str | None


def by_event(kpi: Kpi, by: str | None) -> Kpi:
    """Return what a KPI is by a column: another than itself where that says what happened.

    Nobody belongs to a reason, so that all of the staff stands below the line of each, and those to
    whom it happened are the people who may not be fewer than five.
    """
    return _by_event(kpi, by) if by in kpi.happened else kpi


@cache  # each asking gets the same one: what is worked out is kept by it
def _by_event(kpi: Kpi, by: str) -> Kpi:
    below = replace(kpi.value.denominator, whole=True)
    value = replace(kpi.value, denominator=below)
    return replace(kpi, people=kpi.happened[by], value=value, beside={}, happened={})
