"""The tables of one file: told by their headers, brought under their contracts, kept on disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import tee
from pathlib import Path
from tempfile import mkstemp
from zoneinfo import ZoneInfo

import narwhals as nw
import polars as pl

from kpilib.errors import ContractError, NoRows, listed
from kpilib.saying import and_more, fault_at, refusal, say
from kpilib.sources.block import Block, Row
from kpilib.sources.context import Context
from kpilib.sources.convert import Understood, convert, source_of
from kpilib.sources.downloads import tables_of
from kpilib.sources.keys import key
from kpilib.sources.letters import ENCODING, encoding_told
from kpilib.sources.mapping import open_points
from kpilib.sources.merge import Merged, Part, filled_in
from kpilib.sources.no_table import like_a_row, turned, unparted
from kpilib.sources.preset import Preset, TablePreset
from kpilib.sources.provenance import PERIOD, WHOLE, across_months
from kpilib.tables import TABLES
from kpilib.tables.conform import conform
from kpilib.tables.contract import Table

LARGE = 64 << 20  # a file above this is read once: facts below its tables come too late
MOST_NAMED = 30
MOST_FACTS = 500
Match = tuple[Preset, TablePreset]
NEAR, LEAST = 0.6, 2  # share and number of a signature's headers that are worth a mention


@dataclass(kw_only=True)
class Imported:
    """What one file brings, and what an import makes of it.

    Parameters
    ----------
    file, sha256 : str
    understood : list of Understood
        One for each table of the file that a preset knows.
    made : list of (Understood, str, Part)
        Rows that it has for a canonical table: those of which of its tables, for which, and where.
    refused : list of str
        Tables of the file that are not used, and why.
    answered : set of str
        What the analyst may have told about, by `keys.key`: its columns, and what is asked of it.
    tables : dict of str to Merged
        Canonical table to what happened to it, over all files of the import.
    already : bool
        The same bytes were imported before, with the same preset: nothing is done.
    """

    file: str
    sha256: str = ""
    understood: list[Understood] = field(default_factory=list)
    made: list[tuple[Understood, str, Part]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    tables: dict[str, Merged] = field(default_factory=dict)
    already: bool = False


def take(
    path: Path, known: Mapping[str, Preset], asked: str, context: Context, place: Path
) -> Imported:
    """Read a file and convert the tables in it that a preset knows.

    Parameters
    ----------
    path : Path
    known : mapping of str to Preset
    asked : str
        The preset that the analyst named; else each table is recognised.
    context : Context
    place : Path
        Folder for the converted rows.

    Raises
    ------
    ContractError
        No table is known, or what is known is not as it should be: every fault.
    """
    encoding = encoding_told(context.answer(ENCODING))
    file = _File(path, [known[asked]] if asked else list(known.values()), place, encoding)
    context = replace(context, facts=file.facts())
    incoming = Imported(file=path.name, answered={key(ENCODING)})
    empty: list[str] = []
    headers, faults = file.take_all(context, incoming, empty)
    incoming.refused += [_below(block) for block in headers if block.below]
    if faults:
        raise ContractError(faults)
    if empty and not headers:
        raise NoRows(empty)
    incoming.refused += empty
    if not incoming.understood:
        raise ContractError([unknown(headers, known, asked)])
    return incoming


@dataclass(frozen=True)
class _File:
    """A file, the presets that its tables may be of, and where its rows are kept."""

    path: Path
    presets: Sequence[Preset]
    place: Path
    encoding: str

    def tables(self, empty: list[str]) -> Iterator[Block]:
        """Yield the tables of the file; what says that it has no rows goes to `empty`."""
        for block in tables_of(self.path, empty, self.encoding):
            yield from apart(block, self.presets)

    def facts(self) -> dict[str, list[dict[str, str]]]:
        """Return the rows of the tables that only say something about the others."""
        if self.path.stat().st_size > LARGE or not any(
            table.facts for preset in self.presets for table in preset.tables
        ):
            return {}
        found: dict[str, list[dict[str, str]]] = {}
        for block in self.tables([]):
            try:
                match = recognise(block, self.presets)
            except ContractError:  # said when the table is taken
                continue
            if match and match[1].facts:
                rows = [dict(zip(block.header, cells, strict=False)) for _, cells in block.rows]
                found.setdefault(match[1].id, []).extend(rows[:MOST_FACTS])
        return found

    def take_all(
        self, context: Context, incoming: Imported, empty: list[str]
    ) -> tuple[list[Block], list[str]]:
        """Convert every table; return them all, and what is wrong with any."""
        headers: list[Block] = []
        faults: list[str] = []
        for block in self.tables(empty):
            headers.append(block)
            try:
                self.take(block, context, incoming)
            except ContractError as error:
                faults += error.faults
        return headers, faults

    def take(self, block: Block, context: Context, incoming: Imported) -> None:
        """Convert a table, or say why it is not used."""
        incoming.answered.update(map(key, block.header))
        match = recognise(block, self.presets)
        if match is None:
            block.nameless = like_a_row(block)
            said = fault_at(named(block), "no preset knows this table.")
            incoming.refused.append(f"{said} {_unlike(block, self.presets)}")
        elif _told_elsewhere(incoming, block, match[1]):
            incoming.refused.append(
                fault_at(named(block), "the same visits stand in another table of this file.")
            )
        else:
            preset, table = match
            if still := open_points(preset, table):
                raise ContractError(still)
            _take(block, preset, table, context, incoming, self.place)
            for other in (each for each in preset.tables if each.id in table.also):
                again = next(each for each in self.tables([]) if _same(each, block))
                _take(again, preset, other, context, incoming, self.place)


def _same(one: Block, other: Block) -> bool:
    """Whether two readings are of the same table of a file."""
    return (one.origin, one.line, one.first) == (other.origin, other.line, other.first)


def _below(block: Block) -> str:
    return fault_at(
        named(block),
        "{count} line(s) below the table, from line {line}, belong to no table.",
        count=len(block.below),
        line=str(block.below[0]),
    )


def apart(block: Block, presets: Sequence[Preset]) -> Iterator[Block]:
    """Yield the two tables that stand side by side on a sheet; else the table as it is.

    They are parted by a column without a name, and known as two: a preset fits each of them, and
    none needs columns of both.
    """
    whole = _fitting(block, presets)
    for place in (place for place, name in enumerate(block.header) if not name):
        left, right = block.header[:place], block.header[place + 1 :]
        fits, others = (_fitting(replace(block, header=each), presets) for each in (left, right))
        if fits and others and all(each in fits or each in others for each in whole):
            rows = tee(block.rows)
            alone = replace(block, many=lambda: None, behind=tuple)
            yield replace(alone, header=left, rows=_cut(rows[0], 0, place))
            yield replace(
                alone,
                header=right,
                rows=_cut(rows[1], place + 1, len(block.header)),
                first=place + 1,
                notes=[],
                below=[],
            )
            return
    yield block


def _cut(rows: Iterator[Row], first: int, last: int) -> Iterator[Row]:
    """Yield the part of each row between two columns; the shorter table has none at its end."""
    for line, cells in rows:
        if any(map(str.strip, cells[first:last])):
            yield line, cells[first:last]


def _told_elsewhere(incoming: Imported, block: Block, table: TablePreset) -> bool:
    """Whether a table before it, parted by something else, already told of the same visits."""
    headers = {key(name) for name in block.header}
    used = [name for name, each in table.fields.items() if headers & set(map(key, each.names))]
    mine = source_of(table, used, block.header)
    return table.target in WHOLE and any(
        each.table.target == table.target and each.source != mine for each in incoming.understood
    )


def named(block: Block) -> str:
    """Return what to call a table where a file has several."""
    return f"{block.origin}:{block.line}" + (f" ({block.title})" if block.title else "")


def unknown(headers: list[Block], known: Mapping[str, Preset], asked: str = "") -> str:
    """Say that no preset knows a file, which one comes nearest, and what to do."""
    block = max(headers, key=lambda each: len(each.header))
    beside = (*block.header, *block.preamble[-1:])
    if said := turned(block.header, above=" ".join(block.preamble[-1:])) or unparted(
        beside, block.delimiter
    ):
        return f"{block.origin}:{block.line}: {said}"
    if asked:
        text = fault_at(block.origin, "this is no table of {preset.name}.", preset=known[asked])
    else:
        text = fault_at(block.origin, "no preset knows this file.")
    presets = [known[asked]] if asked else list(known.values())
    if block.nameless and not nearest_preset(block, presets)[0]:
        text += " " + say(
            "Row {line}, where the names of the columns should be, may be a row of values like"
            " those below. If the file has no names, write a row of them above it and import it"
            " again. If these are the names:",
            line=str(block.line),
        )
    else:
        text += f" {_unlike(block, presets)}"
    return f"{text} " + say("Map its columns once: kpilib import FILE --map --target TABLE.")


def _unlike(block: Block, presets: Iterable[Preset]) -> str:
    """Say what columns a table has, and which the nearest preset wants beside them."""
    names = [name for name in block.header if name]
    shown = listed(names[:MOST_NAMED]) + and_more(len(names) - MOST_NAMED)
    text = say("Found the columns {names}.", names=shown)
    near, lacking = nearest_preset(block, presets)
    if near and lacking:
        text += " " + say(
            "The nearest is {near}, which also has {names}.", near=near, names=listed(lacking)
        )
    elif near:
        text += " " + say("The nearest is {near}, but other columns say that it is not.", near=near)
    named = [bool(name) for name in block.header]
    beside = (place for place, name in enumerate(named) if not name)
    if any(sum(named[:place]) > 1 and sum(named[place:]) > 1 for place in beside):
        text += " " + say(
            "If two tables stand side by side here, parted by an empty column, put each on a sheet"
            " of its own."
        )
    return text


def _take(
    block: Block,
    preset: Preset,
    table: TablePreset,
    context: Context,
    incoming: Imported,
    place: Path,
) -> None:
    context = replace(context, spans=[], beside={})
    rows, understood = convert(block, preset, table, context)
    if understood.unfit:
        raise ContractError(understood.unfit)
    if table.form:  # its questions have other names now
        incoming.answered.update(map(key, block.header))
    incoming.understood.append(understood)
    contract = TABLES.get(table.target)
    days: list[tuple[date, date]] = []
    if contract is not None:
        typed, count = filled_in(under_contract(rows, contract, context, block.origin), contract)
        if count:
            block.note(
                "{count} row(s) add nothing to another row of the same {names}: taken as one",
                count=count,
                names=listed(contract.key),
            )
        days = _days(typed, contract, context.zone)
        incoming.made.append((understood, contract.name, _part(typed, block, place)))
    understood.spans = list(context.spans)
    if cut := across_months(understood.spans, context.answer(PERIOD), block.origin):
        raise ContractError(cut)
    incoming.answered.update(map(key, table.options.get("answers", ())))
    if understood.spans:
        incoming.answered.add(key(PERIOD))
    days = understood.spans or days
    if days:
        understood.first = min(first for first, _ in days)
        understood.last = max(last for _, last in days)
    for name, rows in context.beside.items():
        other = under_contract(rows, TABLES[name], context, block.origin)
        incoming.made.append((understood, name, _part(other, block, place)))


def _part(rows: pl.DataFrame, block: Block, place: Path) -> Part:
    """Keep rows on disk until those of all files are there."""
    descriptor, name = mkstemp(suffix=".parquet", prefix="part-", dir=place)
    os.close(descriptor)
    rows.write_parquet(name, compression="lz4")
    return Part(path=Path(name), origin=block.origin)


def under_contract(
    frame: pl.DataFrame, contract: Table, context: Context, origin: str
) -> pl.DataFrame:
    """Return the columns of the contract that are there, under its types."""
    here = {name for name in frame.columns if name in contract.columns}
    typed = conform(nw.from_native(frame.lazy()), contract, here, context.zone, origin)
    return typed.to_native().collect()


def _days(frame: pl.DataFrame, contract: Table, where: ZoneInfo) -> list[tuple[date, date]]:
    """Return the first and the last local day of rows, when they have any."""
    if contract.time not in frame.columns or not frame[contract.time].count():
        return []
    time = frame[contract.time]
    if isinstance(time.dtype, pl.Datetime):
        time = time.dt.convert_time_zone(where.key).dt.date()
    return [(time.min(), time.max())]


def recognise(block: Block, presets: Sequence[Preset]) -> Match | None:
    """Return the preset of a table; None when there is none.

    Parameters
    ----------
    block : Block
    presets : sequence of Preset
        Those whose tables are tried.

    Raises
    ------
    ContractError
        Two presets fit equally well.
    """
    fits = _fitting(block, presets)
    if not fits:
        return None
    best = max(_weight(table) for _, table in fits)
    first, *others = [match for match in fits if _weight(match[1]) == best]
    rivals = {preset.id for preset, _ in others} - {first[0].id}
    if rivals:
        names = listed([first[0].id, *sorted(rivals)])
        raise refusal(
            block.origin, "its columns are those of {names}. Say which: --preset NAME.", names=names
        )
    return first


def _fitting(block: Block, presets: Iterable[Preset]) -> list[Match]:
    """Return the tables of presets that a table of a file may be."""
    headers = {key(name) for name in block.header}
    return [
        (preset, table)
        for preset in presets
        for table in preset.tables
        if _fits(table, block, headers)
    ]


def _weight(table: TablePreset) -> tuple[int, int, int]:
    hints = bool(table.title) + bool(table.above) + bool(table.headers)
    return len(table.signature), len(table.absent), hints


def _fits(table: TablePreset, block: Block, headers: set[str]) -> bool:
    if not all(headers & set(map(key, names)) for names in table.signature):
        return False
    if headers & set(map(key, table.absent)):
        return False
    if table.above and not re.search(table.above, "\n".join(block.preamble), re.I | re.M):
        return False
    if table.headers and not re.search(table.headers, "\t".join(map(key, block.header))):
        return False
    return not table.title or re.search(table.title, block.title, re.I) is not None


def nearest_preset(block: Block, known: Iterable[Preset]) -> tuple[str, list[str]]:
    """Return the preset that a table comes closest to, and the headers it lacks for it."""
    headers = {key(name) for name in block.header}
    best: tuple[float, str, list[str]] = (0.0, "", [])
    for preset in known:
        for table in preset.tables:
            lacking = [names[0] for names in table.signature if not headers & set(map(key, names))]
            share = 1 - len(lacking) / len(table.signature) if table.signature else 0
            there = len(table.signature) - len(lacking)
            if share >= NEAR and there >= LEAST and share > best[0]:
                best = share, preset.name, lacking
    return best[1], best[2]
