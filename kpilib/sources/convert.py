"""One table of an export into rows of a canonical table, by its preset; every fault at once."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl
from tqdm import tqdm

from kpilib.errors import ContractError, listed
from kpilib.saying import fault_at, meant, refusal, say
from kpilib.sources.block import LINE, Block, LeftOut, more_rows
from kpilib.sources.body import MOST_FAULTS, Body
from kpilib.sources.column import Column
from kpilib.sources.context import Context
from kpilib.sources.keys import key, place_of
from kpilib.sources.once import ONE, Parted, parted_by
from kpilib.sources.preset import Preset, TablePreset
from kpilib.sources.questionnaire import opened
from kpilib.sources.shapes import shape
from kpilib.tables import TABLES

UNFIT_WORDS = {
    "empty": "column {header}: empty, and a row of {table} needs it{more}. A row that is a total or"
    " a note has to be taken out.",
    "choice": "column {header}: none of {names}{more}. Say in the preset what each of its texts"
    " means: {values}.",
}
MANY = 200_000  # rows above which a terminal shows how far an import is


def with_many(block: Block, table: TablePreset) -> TablePreset:
    """Return a table whose `many` are fields: ``NAME HEADER`` for each header that fits.

    Parameters
    ----------
    block : Block
    table : TablePreset
        The names of its `many` are patterns of whole headers, as `keys.key` spells them.
    """
    fields = dict(table.fields)
    for name, written in table.many.items():
        patterns = [re.compile(each, re.I) for each in written.names]
        for header in block.header:
            if any(pattern.fullmatch(key(header)) for pattern in patterns):
                fields[f"{name} {header}"] = written.model_copy(update={"names": (header,)})
    return table.model_copy(update={"fields": fields})


@dataclass(kw_only=True)
class Understood:
    """What was understood of one table of a file, to be shown to the analyst.

    Parameters
    ----------
    used : dict of str to str
        Field to the header it comes from.
    rows, kept : int
        Rows of the file, rows of the target.
    left_out : LeftOut
        Why rows of the file are none of the target.
    totals : dict of str to (float, float)
        Additive field to what the totals row says and what the rows add up to.
    sums : dict of str to float
        What the rows of each additive field add up to.
    first, last : datetime.date or None
        Local days that the rows are about, both included.
    spans : list of (date, date)
        Periods that rows are sums over: see `Context.spanning`.
    unfit : list of str
        What keeps rows out of the table that they go into as they are.
    """

    block: Block
    preset: Preset
    table: TablePreset
    used: dict[str, str]
    rows: int = 0
    kept: int = 0
    left_out: LeftOut = field(default_factory=LeftOut)
    totals: dict[str, tuple[float, float]] = field(default_factory=dict)
    sums: dict[str, float] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None
    spans: list[tuple[date, date]] = field(default_factory=list)
    unfit: list[str] = field(default_factory=list)

    @property
    def source(self) -> str:
        """The table of the preset, and by what its rows are parted, where that may differ."""
        return source_of(self.table, self.used, self.block.header)

    @property
    def never_summed(self) -> list[str]:
        """The headers whose values do not add up."""
        kinds = set(map(key, self.table.non_additive))
        return [name for name in self.block.header if key(name) in kinds]

    @property
    def ignored(self) -> list[str]:
        """The headers that nothing uses, and that are not left out on purpose."""
        known = {*self.used.values(), *self.never_summed, ""}
        meant = set(map(key, self.table.ignored))
        return [name for name in self.block.header if name not in known and key(name) not in meant]


def source_of(table: TablePreset, used: Container[str], headers: Iterable[str]) -> str:
    """Return the table of a preset, and by which dimensions its rows are parted."""
    parted = [name for name in table.options.get("dimensions", ()) if name in used]
    return "/".join([table.id, *parted, *parted_by(table, headers)])


def convert(
    block: Block, preset: Preset, table: TablePreset, context: Context
) -> tuple[pl.DataFrame, Understood]:
    """Return the rows of a table's target, and what was understood.

    Raises
    ------
    ContractError
        Missing columns, cells that cannot be read, totals that do not add up: all, never a value.
    """
    table = _whole(block, table, context)
    places, understood = _places(block, preset, table)
    if not table.target and not table.fields:
        understood.rows = sum(1 for _ in block.rows)
        return pl.DataFrame(), understood
    context = replace(context, left_out=understood.left_out, block=block, table=table)
    parted = Parted(places, context)
    read_places = places | parted.extra
    body = Body(block=block, table=table, places=read_places, left_out=context.left_out).read()
    understood.rows = body.rows
    several = parted.faults(body.texts)
    columns = {
        name: Column(name, block.header[place], context, preset) for name, place in places.items()
    }
    typed, unread = _typed(body, columns, table)
    faults = [*body.faults(), *several, *unread]
    block.notes += [each.doubt for each in columns.values() if each.doubt]
    block.notes += _unused(understood, context)
    understood.sums = {name: typed[name].sum() or 0.0 for name in table.additive if name in places}
    understood.unfit = _unfit(typed, columns, table, block.origin)
    if not several:  # where rows cannot be added at all, a sum that differs says nothing more
        faults += body.untrue(understood.sums, columns)
    understood.totals = body.compared
    if body.counted:
        block.note("the file says that it has {count} rows: checked", count=body.counted[0])
    if faults:
        raise _first(faults, block.origin, body.odd - len(body.first_odd))
    return _shaped(typed, context, understood), understood


def _unused(understood: Understood, context: Context) -> list[str]:
    """Say which answers are about columns that nothing reads."""
    return [
        say("--read {name}: no figure reads this column, so that it changes nothing", name=name)
        for name in understood.ignored
        if key(context.answer(name)) not in ("", ONE)
        # Moodle has two columns an activity, and what is told of it is told of both.
        and not any(key(each).startswith(f"{key(name)} - ") for each in understood.used.values())
    ]


def _whole(block: Block, table: TablePreset, context: Context) -> TablePreset:
    """Return what a preset says of a table, with the fields that only its header tells."""
    if table.refused:
        raise refusal(f"{block.origin}:{block.line}", table.refused)
    if table.second_header:
        block.second = next(block.rows, (0, ()))[1]
    if table.form:
        table = opened(replace(context, block=block, table=table))
    return with_many(block, table) if table.many else table


def _first(faults: Sequence[str], origin: str, beside: int) -> ContractError:
    """Return the error of the first faults, which says how many others there are."""
    more = len(faults) + beside - MOST_FAULTS
    shown = [fault_at(origin, "{count} more fault(s).", count=more)] if more > 0 else []
    return ContractError([*faults[:MOST_FAULTS], *shown])


def _typed(
    body: Body, columns: dict[str, Column], table: TablePreset
) -> tuple[pl.DataFrame, list[str]]:
    """Return the columns under their types, the `LINE` of each row, every question and fault."""
    origin, lines = body.block.origin, body.texts[LINE]
    suspicious = {name: column.decide(body.texts, origin) for name, column in columns.items()}
    _ordered_alike(columns)
    faults, found = [], []
    quiet = None if len(lines) > MANY else True
    for name, column in tqdm(columns.items(), origin, unit=" columns", leave=False, disable=quiet):
        values, wrong = column.read(body.texts, origin)
        body.texts = body.texts.drop(name)  # a long column is not held twice
        faults += [each for each in (column.question, *suspicious[name], *wrong) if each]
        found.append(values)
    given = {  # the file does not have them, and they have a value all the same
        name: pl.lit(written.default)
        for name, written in table.fields.items()
        if name not in columns and written.default is not None
    }
    return pl.DataFrame([*found, lines]).with_columns(**given), faults


def _ordered_alike(columns: Mapping[str, Column]) -> None:
    """Read days and months as another column of the same export shows: a tool writes one order."""
    free = [
        each
        for each in columns.values()
        if each.order and not each.told and not each.written.formats
    ]
    known = {each.order.seen for each in free if each.order.found and not each.question}
    for each in free:
        if len(known) == 1 and each.question and each.order.undecided:
            each.question, each.formats = "", each.order.told(*known)


def _unfit(
    typed: pl.DataFrame, columns: dict[str, Column], table: TablePreset, origin: str
) -> list[str]:
    """Say what keeps rows out of the table that they go into as they are, by their lines."""
    contract = TABLES.get(table.target)
    if contract is None or table.shape:
        return []
    needed = [*contract.key, contract.time]
    found = []
    for name, column in columns.items():
        of, value = contract.columns[name], typed[name]
        odd, text = value.is_null() & (name in needed and of.absent is None), UNFIT_WORDS["empty"]
        if of.choices and not column.values:
            odd = odd | (value.is_not_null() & ~value.is_in(of.choices))
            text = UNFIT_WORDS["choice"]
        if odd.any():
            found.append(
                fault_at(
                    f"{origin}:{typed.filter(odd)[LINE][0]}",
                    text,
                    header=column.header,
                    table=contract.name,
                    more=more_rows(odd.sum()),
                    names=listed(of.choices),
                    values=f"values: {{TEXT: {next(iter(of.choices), '')}}}",
                )
            )
    return found


def _shaped(frame: pl.DataFrame, context: Context, understood: Understood) -> pl.DataFrame:
    table = context.table
    frame = shape(table.shape)(frame, context) if table.shape else frame
    frame = frame.drop(LINE, strict=False)
    frame = frame.with_columns(**{name: pl.lit(value) for name, value in table.constants.items()})
    understood.kept = len(frame)
    return frame


def _places(block: Block, preset: Preset, table: TablePreset) -> tuple[dict[str, int], Understood]:
    headers = [key(name) for name in block.header]
    places: dict[str, int] = {}
    faults: list[str] = []
    for name, written in table.fields.items():
        found = place_of(written.names, headers, places.values())
        if found is not None:
            places[name] = found
            if headers.count(headers[found]) > 1:
                faults.append(
                    fault_at(
                        f"{block.origin}:{block.line}",
                        "two columns are called {column!r}, and {preset.name} needs one. Rename or"
                        " remove the other.",
                        column=block.header[found],
                        preset=preset,
                    )
                )
        elif written.required:
            faults.append(
                fault_at(
                    f"{block.origin}:{block.line}",
                    "expected a column {names}, found {headers}.{near}",
                    names=say(" or ").join(written.names),
                    headers=listed(filter(None, block.header)),
                    near=meant(written.names[0], block.header),
                )
            )
    if faults:
        raise ContractError(list(dict.fromkeys(faults)))
    used = {name: block.header[place] for name, place in places.items()}
    return places, Understood(block=block, preset=preset, table=table, used=used)
