"""Opens tables wherever they are and hands them out lazily, checked, without duplicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw

from kpilib.assumptions import Assumptions
from kpilib.errors import ContractError, UnknownName, listed
from kpilib.period import Period
from kpilib.saying import error_of, refusal
from kpilib.tables import NO_TABLE, TABLES, require
from kpilib.tables.conform import conform, type_of
from kpilib.tables.contract import Column
from kpilib.tables.derivation import Setting
from kpilib.tables.derive import DERIVED, alternatives, base_of, makers, refinements, sources
from kpilib.tables.duplicates import without_duplicates
from kpilib.tables.instants import edge, local_day
from kpilib.tables.plausible import last_day
from kpilib.tables.read import Extent, extent, in_pandas, measured, native, row_count
from kpilib.tables.visits import channel, sessions_from_events
from kpilib.tables.voice import with_read

MARK = "is_aggregate"
HELD = 500_000  # rows of a table that is read once and held; a larger one is read where it lies


class Tables:
    """The tables of one company, by canonical name.

    Parameters
    ----------
    given : mapping of str to table
        Paths, pandas, Polars, Arrow or Spark frames, DuckDB relations.
    zone : ZoneInfo
        The company's time zone.
    currency : str
        The one its amounts are in.
    as_of : datetime.date or datetime.datetime, optional
        Last day the data covers, or the instant in UTC up to which it does; by default the last
        day on which anything happened.
    assumptions : Assumptions, optional

    Raises
    ------
    UnknownName
        A name is not one of a canonical table.
    """

    def __init__(
        self,
        given: Mapping[str, Any],
        zone: ZoneInfo,
        currency: str = "EUR",
        as_of: date | datetime | None = None,
        assumptions: Assumptions | None = None,
    ) -> None:
        for name in given:
            require(name)
        self.zone = zone
        self.currency = currency
        self.assumptions = assumptions or Assumptions()
        self.stated = as_of  # by somebody, and then later rows are not read
        self._as_of = local_day(as_of, zone)
        self._instant = as_of if isinstance(as_of, datetime) else None
        self.given = dict(given)
        self.where: dict[str, tuple[str, ...]] = {}  # the groups that figures are restricted to
        self.whole: Tables | None = None  # of a part, those of the company
        self.part: tuple[str, frozenset[str]] = ("", frozenset())  # column, groups
        self.allowed: Mapping[str, Sequence[str]] | None = None  # own columns; None: every one
        self.folder: Path | None = None  # the company's, with words and themes of its own
        self._opened: dict[str, nw.LazyFrame] = {}
        self._dropped: dict[str, int] = {}
        self._held: dict[str, nw.DataFrame] = {}
        self._extents: dict[str, Extent] = {}
        self.cache: dict[object, Any] = {}  # small results that several figures share

    def __contains__(self, name: str) -> bool:
        return name in self.given or (name == "sessions" and "web_events" in self.given)

    def restricted(self, where: Mapping[str, Sequence[str]]) -> Tables:
        """Return the same tables, whose figures are of some groups only."""
        kept = copy(self)
        kept.where = {name: tuple(map(str, values)) for name, values in where.items()}
        kept.cache = {}  # what was found of all rows is not true of some
        return kept

    def own(self, name: str) -> set[str]:
        """Return the columns of a table that are not of its contract and may cut its figures.

        Those of frames given by hand; of a company folder those that company.yaml lists. A table
        that is worked out of others has none.
        """
        if name not in TABLES or name not in self:
            return set()
        key = ("own", name)
        if key not in self.cache:
            there = set(self._open(name).collect_schema().names()) - set(TABLES[name].columns)
            listed_ = there if self.allowed is None else set(self.allowed.get(name, ()))
            self.cache[key] = there & listed_ - set(TABLES[name].aliases)
        return self.cache[key]

    def origin(self, name: str) -> str:
        """What a table is called in an error: its file when it has one."""
        given = self.given.get(name)
        return Path(given).name if isinstance(given, (str, Path)) else f"table {name}"

    def missing(self, name: str) -> list[str]:
        """Return the canonical tables that a (derived) table would need and are not there."""
        spare = alternatives(name)
        absent = [source for source in sources(name, set()) if source not in self]
        one = any(source in self for source in spare)
        return [source for source in absent if not (one and source in spare)]

    def holds(self, name: str, columns: set[str]) -> bool:
        """Whether a (derived) table and these columns of it can be had."""
        return not self.missing(name) and not self.lacking(name, columns)

    def lacking(self, name: str, columns: set[str]) -> list[str]:
        """Return the columns that these need and that the tables which are there do not have."""
        return [
            f"{source}.{column}"
            for source, needed in self._sources(name, columns).items()
            for column in sorted(needed)
            if source in self and not self._has(source, column)
        ]

    def _sources(self, name: str, columns: set[str]) -> dict[str, set[str]]:
        """Return the sources of a table, without the alternatives that are not there."""
        spare, given = alternatives(name), sources(name, columns)
        return {
            source: needed
            for source, needed in given.items()
            if source in self or source not in spare
        }

    def _has(self, name: str, column: str) -> bool:
        present = self.columns(name)
        told = name == "sessions" and column == "channel" and {"source", "medium"} <= present
        if column in present or told or TABLES[name].columns[column].absent is not None:
            return True
        instead = TABLES[name].summed.get(column)  # rows summed up have it in the place of one
        return instead is not None and instead in present and self.summed(name)

    def summed(self, name: str) -> bool:
        """Whether the rows of a table come summed up instead of one by one.

        Raises
        ------
        ContractError
            Some do and some do not.
        """
        name = base_of(name)  # what is worked out of sums is summed up too
        known = name in self.given and TABLES[name].summed
        if not known or MARK not in self.columns(name):
            return False
        rows, marked = self._marked(name)
        if 0 < marked < rows:
            raise refusal(
                self.origin(name),
                "{mark} is true in {marked} row(s) and not in {others}. A table holds single rows"
                " or sums: part them.",
                mark=MARK,
                marked=marked,
                others=rows - marked,
            )
        return bool(marked)

    def _marked(self, name: str) -> tuple[int, int]:
        """Return the number of rows, and of those that are sums."""
        key = ("marked", name)
        if key not in self.cache:
            ones = nw.when(nw.col(MARK)).then(nw.lit(1)).otherwise(nw.lit(0))
            frame = self._canonical(name, {MARK}).with_columns(marked=ones)
            counts = frame.select(rows=nw.len(), marked=nw.col("marked").sum())
            self.cache[key] = tuple(in_pandas(counts).fillna(0).iloc[0].astype(int).tolist())
        return self.cache[key]

    def columns(self, name: str) -> set[str]:
        """Return the columns of a table's contract that are there."""
        require(name)
        if name not in self:
            raise error_of(UnknownName, NO_TABLE, name=name, given=listed(self.given))
        key = ("columns", name)
        if key not in self.cache:
            present = self._open(name).collect_schema().names()
            self.cache[key] = {column for column in present if column in TABLES[name].columns}
        return set(self.cache[key])

    def assumed(self, needs: Mapping[str, set[str]]) -> list[str]:
        """Return the missing columns and tables without which a figure is approximate."""
        absent = [each for table in needs for each in refinements(table) if each not in self]
        return absent + [
            column
            for table, columns in needs.items()
            for source, names in sources(table, columns).items()
            if source in self.given
            for column in names
            if TABLES[source].columns[column].approximates and column not in self.columns(source)
        ]

    def frame(
        self, name: str, columns: set[str], span: tuple[date, date] | None = None
    ) -> nw.LazyFrame:
        """Return a lazy frame of a canonical or derived table with the columns asked for.

        Parameters
        ----------
        name : str
        columns : set of str
        span : pair of datetime.date, optional
            The days asked about; only a calendar of employees needs them.

        Returns
        -------
        narwhals.LazyFrame

        Raises
        ------
        ContractError
            A column is missing or of the wrong type, or two rows with one key differ.
        """
        if name not in DERIVED:
            frame = self._canonical(name, self.read_for(name, columns)[name])
            for each in makers(name, columns):
                frame = each.build({name: frame}, self._setting(span))
            return frame
        if lacking := self.missing(name):
            raise error_of(UnknownName, NO_TABLE, name=listed(lacking), given=listed(self.given))
        frames, faults = {}, []
        for source, needed in self.read_for(name, columns).items():
            try:
                frames[source] = self._canonical(source, needed)
            except ContractError as error:
                faults += error.faults
        if faults:
            raise ContractError(faults)
        return DERIVED[name].build(frames, self._setting(span))

    def read_for(self, name: str, columns: set[str]) -> dict[str, set[str]]:
        """Return what is read for columns of a (derived) table: the columns of canonical tables."""
        if name not in DERIVED:  # with what its columns that are worked out of its rows are made of
            made = (set(each.needs[name].split()) for each in makers(name, columns))
            return {name: columns.union(*made)}
        refining = {n: needed for n, needed in refinements(name).items() if n in self}
        read = self._sources(name, columns) | refining
        wanted = {source: set(DERIVED[name].wants.get(source, "").split()) for source in read}
        return {
            source: needed | (wanted[source] & self.columns(source) if wanted[source] else set())
            for source, needed in read.items()
        }

    def _setting(self, span: tuple[date, date] | None) -> Setting:
        return Setting(span=span, until=self.until, assumptions=self.assumptions, zone=self.zone)

    def _canonical(self, name: str, columns: set[str]) -> nw.LazyFrame:
        """Return columns of a canonical table, without what is later than `as_of`.

        Its rows, and what came of the others: a lead that is qualified next week is not yet.
        """
        time = TABLES[name].time if self._goes_on(name) else None
        learnt = TABLES[name].learnt if self.stated else {}
        later = {column: day for column, day in learnt.items() if column in columns}
        if time is None and not later:
            return self.typed(name, columns)
        kept = self.typed(name, columns.union(later.values(), [time] if time else []))
        schema = kept.collect_schema()
        if time is not None:
            kept = kept.filter(nw.col(time).is_null() | self.known(time, schema[time]))
        kept = kept.with_columns(
            nw.when(nw.col(day).is_null() | self.known(day, schema[day]))
            .then(nw.col(column))
            .alias(column)
            for column, day in later.items()
        )
        return kept.select(*sorted(set(schema.names()) & columns))

    def known(self, column: str, dtype: Any) -> nw.Expr:
        """Tell of each row whether a date of it lies within what the data covers."""
        when = nw.col(column)
        return when <= self.as_of if dtype == nw.Date else when < edge(self.until, dtype)

    def typed(self, name: str, columns: set[str]) -> nw.LazyFrame:
        """Return columns of a table under the types of its contract; a small one is read once."""
        if not self.small(name):
            return self._conformed(name, columns)
        wanted = columns & {*TABLES[name].columns, *self.own(name)}
        held = self._held.get(name)
        known = set(held.columns) if held is not None else set()
        if held is None or not wanted <= known:
            # With the columns of before, so that all of them are rows of one reading.
            held = self._held[name] = self._conformed(name, wanted | known).collect()
        return held.lazy().select(*sorted(wanted))

    def small(self, name: str) -> bool:
        """Whether a table can be held; what is lazy itself, as a database is, keeps its own."""
        key, given = ("small", name), self.given.get(name, self.given.get("web_events"))
        if key not in self.cache:
            opened = self._open(name)
            held = opened.implementation.is_polars() and not hasattr(given, "collect")
            self.cache[key] = held and row_count(opened) <= HELD
        return self.cache[key]

    def every_row(self, name: str, columns: set[str]) -> nw.LazyFrame:
        """Return columns of a table with all rows of its file in their order: so are they numbered.

        Exact duplicates among them, and what is later than `as_of`.
        """
        frame = native(self.given[name], self.origin(name))
        frame = with_read(frame, self.folder) if name == "texts" else frame
        return self._of_contract(frame, name, columns)

    def _conformed(self, name: str, columns: set[str]) -> nw.LazyFrame:
        opened = self._open(name)
        try:
            return self._of_contract(opened, name, columns)
        except ContractError:
            if not self._dropped[name]:
                raise
            return self.every_row(name, columns)  # says the same, by the rows of the file

    def _of_contract(self, opened: nw.LazyFrame, name: str, columns: set[str]) -> nw.LazyFrame:
        contract, origin = TABLES[name], self.origin(name)
        names = opened.collect_schema().names()
        wanted = {column for column in columns if column in contract.columns}
        own = columns & self.own(name) if columns - wanted else set()
        if own:
            schema = opened.collect_schema()
            made = {each: Column(name=each, type=type_of(schema[each])) for each in own}
            contract, wanted = replace(contract, columns=contract.columns | made), wanted | own
        if name == "sessions" and "channel" in wanted and "channel" not in names:
            # Names the columns that would tell the channel, when they are missing too.
            conform(opened, contract, {"source", "medium"}, self.zone, origin)
            opened = opened.with_columns(channel=channel())
        return conform(opened, contract, wanted, self.zone, origin)

    def _goes_on(self, name: str) -> bool:
        """Whether a table has rows that are later than the data is said to be known.

        What is planned lies in the future, and whoever belongs has a first day and a last one.
        """
        contract = TABLES[name]
        if self._as_of is None or contract.planned or contract.span or contract.time is None:
            return False
        last = self.extent(name).last
        on_that_day = self._instant is not None and last == self._as_of
        return last is not None and (last > self._as_of or on_that_day)

    def _open(self, name: str) -> nw.LazyFrame:
        """Open a table once: read it, and drop exact duplicate rows by its key."""
        if name not in self._opened:
            if name not in self.given and name == "sessions":
                events = self._canonical("web_events", {"visitor_id", "ts", "event_name"})
                self._opened[name], self._dropped[name] = sessions_from_events(events), 0
            elif name not in self.given:
                raise error_of(UnknownName, NO_TABLE, name=name, given=listed(self.given))
            else:
                frame, origin = native(self.given[name], self.origin(name)), self.origin(name)
                opened, self._dropped[name] = without_duplicates(frame, TABLES[name], origin)
                self._opened[name] = with_read(opened, self.folder) if name == "texts" else opened
        return self._opened[name]

    def extent(self, name: str) -> Extent:
        """Return how far a table goes, in local days; read once."""
        if name not in self._extents:
            self._extents[name] = self._measure(name)
        return self._extents[name]

    def _measure(self, name: str) -> Extent:
        opened, duplicates = self._open(name), self._dropped[name]
        time = TABLES[name].time
        if time is None or time not in opened.collect_schema().names():
            return Extent(row_count(opened), duplicates, None, None)
        if not duplicates and (told := self._told(name)):
            return told
        return measured(self.typed(name, {time}), time, duplicates, self.zone)

    def _told(self, name: str) -> Extent | None:
        """Return how far a file says that a table goes; None where only its rows would tell."""
        time = TABLES[name].columns.get(TABLES[name].time)
        return extent(self.given.get(name), time, self.zone) if time else None

    @cached_property
    def as_of(self) -> date | None:
        """Last day the data covers, included."""
        return self._as_of or self.last_day

    @cached_property
    def until(self) -> datetime | None:
        """The instant, in UTC, up to which the data is known."""
        if self._instant is not None or self.as_of is None:
            return self._instant
        return Period(self.as_of, self.as_of).bounds(self.zone)[1]

    @property
    def last_whole_day(self) -> date | None:
        """The last day that the data covers to its end."""
        return self.as_of if self._instant is None else self.as_of - timedelta(days=1)

    @cached_property
    def last_day(self) -> date | None:
        """The last day on which anything happened, over the tables that record what happened."""
        dated = [n for n in self.given if not TABLES[n].planned and not TABLES[n].span]
        known = {n: self._told(n) or (None if self.faults(n) else self.extent(n)) for n in dated}
        ends = [
            (last, -each.rows, name)
            for name, each in known.items()
            if each and each.last and (last := self._last(name, each))
        ]
        for last, _, name in sorted(ends, reverse=True):  # of files, one of the latest is looked at
            if not self.faults(name):
                return last
        if all(map(self.faults, dated)) and self.unreadable:
            raise ContractError([fault for found in self.unreadable.values() for fault in found])
        return None

    def _last(self, name: str, known: Extent) -> date | None:
        """Return the last day of a table, without those that nobody means: the year 9999."""
        time, far = TABLES[name].time, known.last > datetime.now(UTC).date()
        return last_day(self.typed(name, {time}), time, self.zone) if far else known.last

    @cached_property
    def unreadable(self) -> dict[str, list[str]]:
        """Why a table cannot be read, by its name: it costs its own figures, not the others'."""
        return {name: faults for name in self.given if (faults := self.faults(name))}

    def faults(self, name: str) -> list[str]:
        """Return why a table cannot be read; looked at once, and not before it is asked for."""
        if ("faults", name) not in self.cache:
            self.cache["faults", name] = []
            try:
                self.extent(name)
            except ContractError as error:
                self.cache["faults", name] = error.faults
        return self.cache["faults", name]

    def readable(self) -> Tables:
        """Return the tables that can be read, and none that would stand in for one that cannot."""
        kept = self.restricted(self.where) if self.unreadable else self
        lost = {*self.unreadable, *(["web_events"] if "sessions" in self.unreadable else [])}
        kept.given = {name: given for name, given in self.given.items() if name not in lost}
        return kept
