"""New rows into a table that is there: by the contract's key, so that nothing counts twice.

A row that is the same changes nothing; a row with a known key and other values replaces the one
before, because an export is a later state of the same thing; columns that the new rows do not have
keep what they held. Files of one import that contradict each other are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import narwhals as nw
import polars as pl

from kpilib.errors import ContractError, listed
from kpilib.saying import fault_at, refusal, say
from kpilib.tables.conform import conform
from kpilib.tables.contract import Table
from kpilib.tables.read import native


@dataclass(frozen=True, kw_only=True)
class Part:
    """Rows of a canonical table, under its contract, on disk.

    Parameters
    ----------
    path : Path
        Parquet.
    origin : str
        File they come from, as it is called in messages.
    """

    path: Path
    origin: str


@dataclass(kw_only=True)
class Merged:
    """What an import did to one canonical table, in rows."""

    added: int = 0
    changed: int = 0
    same: int = 0
    twice: int = 0  # rows of a file that say what another of its rows says

    @property
    def moved(self) -> bool:
        """Whether the table is another one than before."""
        return bool(self.added or self.changed)


def _refuse_keyless(contract: Table, parts: Sequence[Part], files: Sequence[pl.LazyFrame]) -> None:
    faults = [
        fault
        for part, rows in zip(parts, files, strict=True)
        for fault in _keyless(contract, rows, part.origin)
    ]
    if faults:
        raise ContractError(list(dict.fromkeys(faults)))


def merge(
    contract: Table, parts: Sequence[Part], before: Path | None, made: Path, zone: ZoneInfo
) -> Merged:
    """Write the table as it is after an import, and count what changed.

    Parameters
    ----------
    contract : Table
    parts : sequence of Part
    before : Path or None
        The table as it is.
    made : Path
        Where the new one is written, as Parquet.
    zone : ZoneInfo

    Raises
    ------
    ContractError
        Rows without a key, rows of one import that contradict each other, or a table that repeats
        keys already: all of them.
    """
    files = [pl.scan_parquet(part.path, glob=False) for part in parts]
    _refuse_keyless(contract, parts, files)
    new = [_with_key(contract, rows) for rows in files]
    faults = _contradictions(contract, parts, new)
    old = None if before is None else _before(contract, before, zone)
    names = _columns(contract, [*new, *([] if old is None else [old])])
    known = pl.LazyFrame(schema=names) if old is None else old
    old = _once(contract, _filled(contract, names, known), before)
    if faults:
        raise ContractError(faults)
    result = old
    for rows in _alike(list(contract.key), new):
        result = _upsert(contract, names, result, rows)
    order = [*([contract.time] if contract.time in names else []), *contract.key]
    ordered = result.sort(list(dict.fromkeys(order)), nulls_last=True, maintain_order=True)
    ordered.sink_parquet(made, compression="zstd")
    return _counted(contract, names, old, new, pl.scan_parquet(made, glob=False))


def filled_in(rows: pl.DataFrame, contract: Table) -> tuple[pl.DataFrame, int]:
    """Make one row of those of a key that only lack what another has; return how many went.

    An order of several articles stands on several lines, its amount on the first of them alone.
    A time that is empty says "not yet": rows that differ in one are two states, and stay.
    """
    key = list(contract.key)
    if not key or not set(key) <= set(rows.columns) or rows.select(key).n_unique() == len(rows):
        return rows, 0
    others = [pl.col(name) for name in rows.columns if name not in key]
    # Marks instead of values: lists cannot be counted.
    marks = [
        each.hash(0) if dtype.is_temporal() else pl.when(each.is_not_null()).then(each.hash(0))
        for each, dtype in ((each, rows.schema[each.meta.output_name()]) for each in others)
    ]
    grouped = rows.filter(pl.struct(key).is_duplicated()).group_by(key, maintain_order=True)
    found = grouped.agg(
        *(each.drop_nulls().first() for each in others),
        pl.all_horizontal(mark.drop_nulls().n_unique() <= 1 for mark in marks).alias(" agree"),
        pl.any_horizontal(mark.n_unique() > 1 for mark in marks).alias(" lack"),
    ).filter(" agree", " lack")
    kept = rows.join(found.select(key), on=key, how="anti", nulls_equal=True)
    return pl.concat([kept, found.select(rows.columns)]), len(rows) - len(kept) - len(found)


def _before(contract: Table, path: Path, zone: ZoneInfo) -> pl.LazyFrame:
    """Return the table as it is, its contract's columns under their types, others as they are."""
    frame: pl.LazyFrame = native(path, path.name).to_native()
    here = frame.collect_schema().names()
    known = {name for name in here if name in contract.columns}
    typed: pl.LazyFrame = conform(
        nw.from_native(frame), contract, known, zone, path.name
    ).to_native()
    others = [name for name in here if name not in known]
    if others:
        typed = pl.concat([typed, frame.select(others)], how="horizontal")
    return _with_key(contract, typed)


def _keyless(contract: Table, rows: pl.LazyFrame, origin: str) -> Iterator[str]:
    """Yield what keeps rows from being told apart."""
    here = rows.collect_schema().names()
    lacking = [
        name for name in contract.key if name not in here and contract.columns[name].absent is None
    ]
    if lacking:
        yield (
            fault_at(
                origin,
                "nothing gives {names}, and rows of {table} are told apart by {key}. Add the"
                " column to the preset.",
                names=listed(lacking),
                table=contract.name,
                key=listed(contract.key),
            )
        )
    elif len(contract.key) == 1:
        empty = rows.select(pl.col(contract.key[0]).is_null().sum()).collect().item()
        if empty:
            yield fault_at(
                origin,
                "{count} row(s) have no {key}. A row needs it.",
                count=empty,
                key=contract.key[0],
            )


def _columns(contract: Table, frames: Sequence[pl.LazyFrame]) -> dict[str, pl.DataType]:
    """Return the columns of the new table, those of the contract first, with their types."""
    found: dict[str, pl.DataType] = {}
    for frame in frames:
        for name, dtype in frame.collect_schema().items():
            if name not in found or found[name] == pl.Null:
                found[name] = dtype
    first = [name for name in contract.columns if name in found or name in contract.key]
    return {name: found.get(name, pl.String()) for name in first} | {
        name: dtype for name, dtype in found.items() if name not in contract.columns
    }


def _default(contract: Table, name: str, dtype: pl.DataType) -> pl.Expr:
    """Return what a column holds in rows that came without it: what its contract assumes."""
    column = contract.columns.get(name)
    return pl.lit(column and column.assumed).cast(dtype)


def _with_key(contract: Table, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return rows whose whole key is written down, also what its contract assumes."""
    lacking = [name for name in contract.key if name not in rows.collect_schema()]
    return rows.with_columns(**{name: _default(contract, name, pl.String()) for name in lacking})


def _filled(contract: Table, names: dict[str, pl.DataType], rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add the columns that rows lack, and order all of them."""
    here = rows.collect_schema()
    return rows.select(
        pl.col(name).cast(dtype) if name in here else _default(contract, name, dtype).alias(name)
        for name, dtype in names.items()
    )


def _different(rows: pl.LazyFrame, key: Sequence[str]) -> tuple[int, int]:
    """Return how many rows there are, and how many different keys."""
    mark = pl.col(key[0]) if len(key) == 1 else pl.struct(key)
    return rows.select(rows=pl.len(), keys=mark.n_unique()).collect(engine="streaming").row(0)


def _once(contract: Table, rows: pl.LazyFrame, before: Path | None) -> pl.LazyFrame:
    """Drop rows of the table before that are the same in everything."""
    count, keys = _different(rows, contract.key)
    if count == keys:
        return rows
    rows = rows.unique(maintain_order=True)
    count, keys = _different(rows, contract.key)
    if count > keys:
        name = before.name if before else contract.name
        raise refusal(
            name,
            "{count} row(s) repeat a key ({names}) with other values, already before"
            " this import. Correct the table first: kpilib check.",
            count=count - keys,
            names=listed(contract.key),
        )
    return rows


def _counted(
    contract: Table,
    names: dict[str, pl.DataType],
    before: pl.LazyFrame,
    new: list[pl.LazyFrame],
    after: pl.LazyFrame,
) -> Merged:
    """Count what became of the rows that came."""
    key = list(contract.key)
    others = [name for name in names if name not in key]
    rows = [each.select(pl.col(name).cast(names[name]) for name in key) for each in new]
    touched = pl.concat([each.select(_mark(key).alias("row")) for each in rows]).unique()
    now, then = (
        each.select(_mark(key).alias("row"), _mark(others).alias("rest"))
        for each in (after, before)
    )
    now = now.join(touched, on="row", how="semi")
    both = now.join(then, on="row", how="inner", suffix=" before")
    found, (known, changed) = (
        now.select(pl.len()).collect(engine="streaming").item(),
        both.select(pl.len(), changed=(pl.col("rest") != pl.col("rest before")).sum())
        .collect(engine="streaming")
        .row(0),
    )
    twice = sum(rows - keys for rows, keys in (_different(each, key) for each in new))
    return Merged(added=found - known, changed=changed, same=known - changed, twice=twice)


def _mark(names: Sequence[str]) -> pl.Expr:
    """Return one number for some values of a row: eight bytes are enough to differ."""
    marks = (pl.col(name).hash(place) for place, name in enumerate(names))
    return pl.fold(pl.lit(0, dtype=pl.UInt64), lambda one, other: one ^ other, marks)


def _alike(key: list[str], frames: list[pl.LazyFrame]) -> Iterator[pl.LazyFrame]:
    """Yield rows that have the same columns together, one a key; what is empty gives way."""
    kinds: dict[tuple[str, ...], list[pl.LazyFrame]] = {}
    for rows in frames:
        kinds.setdefault(tuple(sorted(rows.collect_schema().names())), []).append(rows)
    for names, alike in sorted(kinds.items()):
        rows = pl.concat([each.select(names) for each in alike], how="vertical_relaxed")
        count, keys = _different(rows, key)
        if keys < count:
            others = [name for name in names if name not in key]
            rows = rows.group_by(key, maintain_order=True).agg(
                pl.col(name).drop_nulls().first() for name in others
            )
        yield rows


def _upsert(
    contract: Table, names: dict[str, pl.DataType], before: pl.LazyFrame, rows: pl.LazyFrame
) -> pl.LazyFrame:
    """Replace the rows whose key is known, add the others."""
    key = list(contract.key)
    here = rows.collect_schema()
    kept = [name for name in names if name not in here]
    rows = rows.select(pl.col(name).cast(names[name]) for name in names if name in here)
    untouched = before.join(rows.select(key), on=key, how="anti", nulls_equal=True)
    if kept:
        held = before.select(*key, *kept, pl.lit(True).alias(" known"))
        rows = rows.join(held, on=key, how="left", nulls_equal=True)
        given = {name: _default(contract, name, names[name]) for name in kept}
        rows = rows.with_columns(
            **{name: pl.when(" known").then(name).otherwise(each) for name, each in given.items()}
        )
    return pl.concat([untouched, rows.select(list(names))])


def _contradictions(
    contract: Table, parts: Sequence[Part], new: Sequence[pl.LazyFrame]
) -> list[str]:
    """Return a sentence for the keys that come twice in one import with other values."""
    key = list(contract.key)
    rows = pl.concat([each.select(key) for each in new], how="vertical_relaxed")
    count, keys = _different(rows, key)
    if count == keys:
        return []
    wrong, values = _differing(key, new)
    found: dict[tuple[str, ...], tuple[int, set[str]]] = {}
    for *marks, places in wrong.select(*values, "part").iter_rows():
        files = tuple(dict.fromkeys(parts[place].origin for place in places))
        number, columns = found.get(files, (0, set()))
        columns |= {name[1:] for name, mark in zip(values, marks, strict=True) if mark}
        found[files] = number + 1, columns
    return [
        _contradiction(files, number, contract, listed(sorted(columns)))
        for files, (number, columns) in found.items()
    ]


def _differing(key: list[str], new: Sequence[pl.LazyFrame]) -> tuple[pl.DataFrame, list[str]]:
    """Return the keys that come with several values, marked by column, and the marks' names."""
    # One mark for each value: lists cannot be counted, and eight bytes are enough to differ.
    marked = [
        each.select(
            *key,
            *(
                pl.when(pl.col(name).is_not_null()).then(pl.col(name).hash(0)).alias(f" {name}")
                for name in each.collect_schema().names()
                if name not in key
            ),
            part=pl.lit(place, dtype=pl.UInt32),
        )
        for place, each in enumerate(new)
    ]
    every = pl.concat(marked, how="diagonal_relaxed")
    values = [name for name in every.collect_schema().names() if name.startswith(" ")]
    wrong = (
        every.group_by(key)
        .agg(
            *(pl.col(name).drop_nulls().n_unique() > 1 for name in values),
            part=pl.col("part").unique().sort(),
        )
        .filter(pl.any_horizontal([pl.lit(False), *values]))
        .collect(engine="streaming")
    )
    return wrong, values


def _contradiction(files: tuple[str, ...], count: int, contract: Table, other: str) -> str:
    slots = {"count": count, "table": contract.name, "named": listed(contract.key), "other": other}
    if len(files) == 1:
        return fault_at(
            files[0],
            "{count} key(s) of {table} ({named}) come twice with other values ({other})."
            " A key names one row: keep the right one.",
            **slots,
        )
    return say(
        "{files} contradict each other: {count} row(s) of {table} with the same {named}"
        " have other values ({other}). One is an older copy: import the later one alone.",
        files=say(" and ").join(files),
        **slots,
    )
