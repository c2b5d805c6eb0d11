"""What one table of an export is read with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import polars as pl

from kpilib.errors import ContractError
from kpilib.saying import fault_at, refusal
from kpilib.sources.block import Block, LeftOut
from kpilib.sources.keys import key, place_of
from kpilib.sources.preset import TablePreset
from kpilib.sources.secret import pseudonym
from kpilib.sources.survey_file import Questionnaire, Survey


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a table is read with.

    Parameters
    ----------
    zone : ZoneInfo
        The company's.
    currency : str
    block : Block or None
    table : TablePreset or None
        The table that is read, once it is known.
    secret : callable
        Gives the key of the pseudonyms, where one is made; never written anywhere near the tables.
    told : dict of str to str
        What the analyst answered: column to format or decimal sign.
    facts : dict of str to list of dict
        Rows of the file's small tables that only say something about the others (filters, period),
        by the id of their table in the preset: header to text.
    spans : list of (date, date)
        Filled by a shape whose rows are each about several days: see `spanning`.
    surveys : dict of str to Survey
        What the company says of its surveys, by their ids.
    beside : dict of str to DataFrame
        Filled by a shape that has rows for other canonical tables too, by their names.
    forms : dict of str to Questionnaire
        What the columns of a form are, by the id of its table in the preset.
    left_out : LeftOut
        Filled by whoever leaves out rows of the file.
    """

    zone: ZoneInfo
    currency: str
    block: Block | None = None
    table: TablePreset | None = None
    secret: Callable[[], bytes]
    told: dict[str, str] = field(default_factory=dict)
    facts: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    spans: list[tuple[date, date]] = field(default_factory=list)
    surveys: Mapping[str, Survey] = field(default_factory=dict)
    beside: dict[str, pl.DataFrame] = field(default_factory=dict)
    forms: dict[str, Questionnaire] = field(default_factory=dict)
    left_out: LeftOut = field(default_factory=LeftOut)

    def answer(self, name: str) -> str:
        """Return what the analyst told of a column, however it is spelt; empty when nothing."""
        return {key(each): answer for each, answer in self.told.items()}.get(key(name), "")

    def header(self, name: str) -> str:
        """Return the header that a field comes from, as it stands in the file; empty if none."""
        keys = [key(each) for each in self.block.header]
        place = place_of(self.table.fields[name].names, keys, ())
        return "" if place is None else self.block.header[place]

    def note(self, text: str, /, **slots: object) -> None:
        """Add to what the analyst must know of the table."""
        self.block.note(text, **slots)

    def fault(self, text: str, /, **slots: object) -> str:
        """Say what is wrong with the table."""
        return fault_at(self.block.origin, text, **slots)

    def refused(self, text: str, /, **slots: object) -> ContractError:
        """Return the error of the one fault of the table."""
        return refusal(self.block.origin, text, **slots)

    def pseudonym(self, text: str) -> str:
        """Return what stands for a person in the tables."""
        return pseudonym(text, self.secret())

    def pseudonyms(self, texts: Iterable[str | None]) -> pl.Series:
        """Return what stands for each of these people; nobody stays nobody."""
        return pl.Series([each and self.pseudonym(each) for each in texts], dtype=pl.String)

    def local_day(self, name: str) -> pl.Expr:
        """Return the days that a column of instants has where the company is."""
        return pl.col(name).dt.convert_time_zone(self.zone.key).dt.date()

    def pairs(self, facts: str) -> Iterator[tuple[str, str]]:
        """Yield the names and values of a small table of the file, its header among them."""
        for row in self.facts.get(facts, ()):
            for name, value, *_ in (row, row.values()) if len(row) > 1 else ():
                yield name, value

    def spanning(self, first: date, last: date) -> None:
        """Say that rows are sums over these days, so that no other import may overlap them.

        Parameters
        ----------
        first, last : datetime.date
            Both included. A single day is none of this: its rows have their own key.
        """
        if first < last:
            self.spans.append((first, last))
