"""What rows may be added over: dimensions in one group of which a visit is, and in no other.

A visit that looks at three pages stands in three rows of a table by page, so the sum of its rows
is no number of visits. Only what is known to be safe is added up; the rest is refused or asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

import polars as pl

from kpilib.saying import fault_at, say
from kpilib.sources.context import Context
from kpilib.sources.keys import key, place_of
from kpilib.sources.preset import Once, TablePreset, presets
from kpilib.tables import TABLES

ONE = "once"  # --read 'Device=once'
PARTING = ("key", "text", "enum", "list", "bool", "ts", "date")
# A figure as tools write it: 12, 1,204.5, 12 %, 3 €, EUR 3, 1m 20s, 00:01:20; or nothing.
MONEY = r"(?:[A-Z]{3}|[$€£¥₹])"
FIGURE = re.compile(
    rf"[-+~<>(]*\s*{MONEY}?\s*\d[\d.,:\s'\u2019]*(?:%|{MONEY}|(?:(?:h|min|m|s|sec|d)[\d\s]*)+)?\)?"
    r"|[-\u2013\u2014]*|n/a|\(not set\)"
)


def once_of(table: TablePreset) -> Once | None:
    """Return what is known of a table's dimensions; None where its rows are no sums.

    A preset of a company's own for rows that come summed up knows what those of kpilib know of
    the same canonical table, and what its own ``once`` adds.
    """
    contract = TABLES.get(table.target)
    if table.shape or contract is None or contract.summed.get("") not in table.fields:
        return table.once
    known = [
        each.once.model_copy(update={"groups": _groups(each)})
        for preset in presets().values()
        for each in preset.tables
        if each.target == table.target and each.once is not None
    ]
    known += [table.once] if table.once else []
    said = table.once or (known[0] if known else Once(unit=say("a unit"), field=""))
    columns = {name: contract.columns[name].type for name in table.fields}
    return Once(
        unit=said.unit,
        field=contract.summed[""],
        instead=said.instead,
        fields=[
            name for name, type in columns.items() if type in PARTING and name not in contract.key
        ],
        groups=chain.from_iterable(each.groups for each in known),
        measures=chain.from_iterable(each.measures for each in known),
        several={
            what: [name for each in known for name in each.several.get(what, ())]
            for what in chain.from_iterable(each.several for each in known)
        },
    )


def _groups(table: TablePreset) -> list[str]:
    """Return the headers of the safe dimensions of a table, those of its fields among them."""
    once, fields = table.once, table.fields
    own = (name for name in once.fields if name not in once.only)
    return [*once.groups, *chain.from_iterable(fields[name].names for name in own)]


def parted_by(table: TablePreset, headers: Iterable[str]) -> list[str]:
    """Return the headers that part the rows of a table beside its fields."""
    once = once_of(table)
    used = {key(name) for each in table.fields.values() for name in each.names}
    found = dict.fromkeys(map(key, headers)) if once is not None else {}
    return [name for name in found if name not in used and _is_one(name, once.groups)]


def _is_one(name: str, names: Iterable[str]) -> bool:
    return place_of(names, [name], ()) is not None


class Parted:
    """The columns that part the rows of a table.

    Parameters
    ----------
    places : dict of str to int
        Field to the number of its column.
    context : Context
        What the analyst told: ``once`` of a column says that a unit is in one of its groups.
    """

    def __init__(self, places: dict[str, int], context: Context) -> None:
        self.block, self.table, self.places = context.block, context.table, places
        self.once = once_of(self.table)
        self.told = {key(name) for name, answer in context.told.items() if key(answer) == ONE}
        self.known: list[str] = []  # columns of the texts that part rows as they may
        self.unknown: dict[str, int] = {}
        self.extra: dict[str, int] = {}  # columns that no field holds
        self.wrong: list[str] = []
        if self.once is not None and self.once.field in places:
            for place, header in enumerate(self.block.header):
                if header:
                    self._sort(place, header)
        else:
            self.once = None

    def _sort(self, place: int, header: str) -> None:
        """Tell what a column is: known to part rows once, or several times; a figure; unknown."""
        once, table, said = self.once, self.table, key(header)
        name = next((name for name, other in self.places.items() if other == place), "")
        column = name or f" column {place}"  # no field is called so
        names_rows = not table.shape and name in TABLES[table.target].key
        figures = (*table.ignored, *table.non_additive, *once.measures)
        if _is_one(said, figures) or (name and not names_rows and name not in once.fields):
            return
        what = next((what for what, names in once.several.items() if _is_one(said, names)), "")
        if what:
            self.wrong.append(self._several(header, what))
        elif said in self.told or name in once.fields or _is_one(said, once.groups):
            self.known.append(column)
            self.extra |= {} if name else {column: place}
        else:
            self.unknown[column] = place
            self.extra |= {column: place} if once.strict and not name else {}

    def faults(self, texts: pl.DataFrame) -> list[str]:
        """Return a sentence for each column over which nothing may be added, or that is unknown.

        Parameters
        ----------
        texts : polars.DataFrame
            The rows, with the columns of `places` and `extra`.
        """
        if self.once is None or not len(texts):
            return self.wrong
        for column, place in list(self.unknown.items()) if self.once.strict else ():
            # What names the rows of a company's own preset parts them, whatever it looks like.
            if column in self.places or not all(map(FIGURE.fullmatch, _different(texts, column))):
                self._ask(column, place)
        for name, allowed in self.once.only.items():
            said = key(self.block.header[self.places[name]]) if name in self.places else ""
            if said and said not in self.told and not _is_one(said, self.once.groups):
                if not set(map(key, _different(texts, name))) <= set(map(key, allowed)):
                    self._ask(name, self.places[name])
        if self.wrong:
            return self.wrong
        rows = texts.select(pl.col(self.known).str.strip_chars())
        again = len(texts) - (rows.n_unique() if self.known else 1)
        if not again:
            return []
        if self.unknown:
            return [self._question(self.block.header[place]) for place in self.unknown.values()]
        return [
            fault_at(
                self.block.origin,
                "{again} row(s) are the same in every column that parts them: a column was"
                " removed, or rows come twice, and {unit} would be counted several times. Export"
                " it again{instead}.",
                again=again,
                unit=say(self.once.unit),
                instead=self._instead,
            )
        ]

    def _ask(self, column: str, place: int) -> None:
        self.unknown.pop(column, None)
        question = self._question(self.block.header[place])
        self.wrong += [question] if question not in self.wrong else []

    def _several(self, header: str, what: str) -> str:
        return self.fault(
            "{unit} is counted once in each {what}: {figure} cannot be added over {header}."
            " Export it again{instead}.",
            what=say(what),
            header=header,
        )

    def _question(self, header: str) -> str:
        return self.fault(
            "column {header}: nothing says whether {unit} is in one of its groups only. If it"
            " can be in several, it is counted once in each, and {figure} cannot be added"
            " over {header}: export it again{instead}. If it is in one only, say so: --read"
            " '{header}=once'.",
            header=header,
        )

    def fault(self, text: str, /, **slots: str) -> str:
        """Say at the header what may not be added up."""
        return fault_at(
            f"{self.block.origin}:{self.block.line}",
            text,
            unit=say(self.once.unit),
            figure=self.block.header[self.places[self.once.field]],
            instead=self._instead,
            **slots,
        )

    @property
    def _instead(self) -> str:
        return say(" with {instead}", instead=say(self.once.instead)) if self.once.instead else ""


def _different(texts: pl.DataFrame, column: str) -> list[str]:
    return texts[column].str.strip_chars().unique(maintain_order=True).to_list()
