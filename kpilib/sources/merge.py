"""New rows into a table that is there: by the contract's key, so that nothing counts twice.

A row that is the same changes nothing; a row with a known key and other values replaces the one
before, because an export is a later state of the same thing; columns that the new rows do not have
keep what they held. Files of one import that contradict each other are refused.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from tempfile import mkdtemp
from zoneinfo import ZoneInfo

import narwhals as nw
import polars as pl
import pyarrow.parquet as pq

from kpilib.conform import conform
from kpilib.contract import Table
from kpilib.errors import ContractError, listed
from kpilib.read import native
from kpilib.sources.doubled import Doubled
from kpilib.sources.portions import Part, portions_of

AT_ONCE = 250_000  # rows held in memory; a larger table is merged in portions by its key
NUMBERS = ("int", "float", "EUR")


@dataclass(kw_only=True)
class Merged:
    """What an import did to one canonical table, in rows."""

    added: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0

    @property
    def moved(self) -> bool:
        """Whether the table is another one than before."""
        return bool(self.added or self.changed or self.removed)


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

    Returns
    -------
    Merged

    Raises
    ------
    ContractError
        Rows without a key, rows of one import that contradict each other, or a table that repeats
        keys already: all of them.
    """
    files = [_lazy(part.path) for part in parts]
    faults = [fault for part, rows in zip(parts, files, strict=True)
              for fault in _keyless(contract, rows, part.origin)]  # fmt: skip
    if faults:
        raise ContractError(list(dict.fromkeys(faults)))
    place = Path(mkdtemp(dir=made.parent, prefix="merge-"))
    old = None if before is None else _before(contract, before, zone, place)
    names = _columns(contract, [*files, *([] if old is None else [_lazy(old)])])
    keyed = [_with_key(contract, part.path, place) for part in parts]
    rows = sum(_count(path) for path in [*keyed, *([] if old is None else [old])])
    portions = 1 + rows // AT_ONCE
    merged, doubled = Merged(), Doubled(contract, parts)
    streams = [
        portions_of(path, contract.key, portions, place, f"part-{number}")
        for number, path in enumerate(keyed)
    ]
    kept = portions_of(old, contract.key, portions, place, "old") if old else repeat(None)
    writer: pq.ParquetWriter | None = None
    try:
        for _ in range(portions):
            known = next(kept)
            rows_before = pl.DataFrame(schema=names) if known is None else known
            rows_before = _once(contract, _filled(contract, names, rows_before), before)
            new = [next(stream) for stream in streams]
            doubled.look(new)
            result = _after(contract, names, rows_before, new, merged)
            table = result.to_arrow(compat_level=pl.CompatLevel.oldest())
            writer = writer or pq.ParquetWriter(made, table.schema, compression="zstd")
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()
        shutil.rmtree(place, ignore_errors=True)
    if doubled.faults():
        raise ContractError(doubled.faults())
    return merged


def _count(path: Path) -> int:
    return pq.read_metadata(path).num_rows


def _lazy(path: Path) -> pl.LazyFrame:
    return pl.scan_parquet(path)


def _before(contract: Table, path: Path, zone: ZoneInfo, place: Path) -> Path:
    """Return the table as it is, its contract's columns under their types, others as they are."""
    frame: pl.LazyFrame = native(path, path.name).to_native()
    here = frame.collect_schema()
    known = {name for name in here if name in contract.columns}
    typed: pl.LazyFrame = conform(
        nw.from_native(frame), contract, known, zone, path.name
    ).to_native()
    lacking = [name for name in contract.key if name not in here]
    as_it_should = typed.collect_schema() == {name: here[name] for name in typed.collect_schema()}
    if path.suffix == ".parquet" and as_it_should and not lacking:
        return path
    others = [frame.select(name for name in here if name not in known).collect()]
    made = place / "old.parquet"
    keys = {name: _default(contract, name, pl.String()) for name in lacking}
    pl.concat([typed.collect(), *others], how="horizontal").with_columns(**keys).write_parquet(made)
    return made


def _keyless(contract: Table, rows: pl.LazyFrame, origin: str) -> Iterator[str]:
    """Yield what keeps rows from being told apart."""
    here = rows.collect_schema().names()
    lacking = [
        name for name in contract.key if name not in here and contract.columns[name].absent is None
    ]
    if lacking:
        yield (
            f"{origin}: nothing gives {listed(lacking)}, and rows of {contract.name} are told apart"
            f" by {listed(contract.key)}. Add the column to the preset."
        )
    elif len(contract.key) == 1:
        empty = rows.select(pl.col(contract.key[0]).is_null().sum()).collect().item()
        if empty:
            yield f"{origin}: {empty} row(s) have no {contract.key[0]}. A row needs it."


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
    if column is None or not column.absent:
        return pl.lit(None, dtype=dtype)
    if column.type == "bool":
        return pl.lit(column.absent == "true")
    return pl.lit(float(column.absent) if column.type in NUMBERS else column.absent).cast(dtype)


def _with_key(contract: Table, path: Path, place: Path) -> Path:
    """Return rows whose whole key is written down, also what its contract assumes."""
    rows = _lazy(path)
    lacking = [name for name in contract.key if name not in rows.collect_schema()]
    if not lacking:
        return path
    made = place / f"keyed-{path.name}"
    keys = {name: _default(contract, name, pl.String()) for name in lacking}
    rows.with_columns(**keys).sink_parquet(made)
    return made


def _filled(contract: Table, names: dict[str, pl.DataType], rows: pl.DataFrame) -> pl.DataFrame:
    """Add the columns that rows lack, and order all of them."""
    return rows.select(
        pl.col(name).cast(dtype) if name in rows.columns
        else _default(contract, name, dtype).alias(name)
        for name, dtype in names.items()
    )  # fmt: skip


def _once(contract: Table, rows: pl.DataFrame, before: Path | None) -> pl.DataFrame:
    """Drop rows of the table before that are the same in everything."""
    key = list(contract.key)
    if rows.select(pl.struct(key).n_unique()).item() == len(rows):
        return rows
    rows = rows.unique(maintain_order=True)
    twice = len(rows) - rows.select(pl.struct(key).n_unique()).item()
    if twice:
        name = before.name if before else contract.name
        raise ContractError(
            [
                f"{name}: {twice} row(s) repeat a key ({listed(key)}) with other values, already"
                " before this import. Correct the table first: kpilib check."
            ]
        )
    return rows


def _after(
    contract: Table,
    names: dict[str, pl.DataType],
    before: pl.DataFrame,
    new: list[pl.DataFrame],
    merged: Merged,
) -> pl.DataFrame:
    """Return the rows of a portion after the import, in the order of time and key."""
    key = list(contract.key)
    result = before
    for rows in _alike(key, new):
        result = _upsert(contract, names, result, rows)
    touched = pl.concat([rows.select(key) for rows in new]).unique() if new else before.head(0)
    now = result.join(touched, on=key, how="semi", nulls_equal=True)
    known = before.join(touched, on=key, how="semi", nulls_equal=True)
    both = now.join(known, on=key, how="inner", nulls_equal=True, suffix=" before")
    others = [name for name in names if name not in key]
    differs = pl.any_horizontal(
        [pl.lit(False), *(pl.col(name).ne_missing(pl.col(f"{name} before")) for name in others)]
    )
    changed = both.select(differs.sum()).item() if len(both) else 0
    merged.added += len(now) - len(both)
    merged.changed += changed
    merged.same += len(both) - changed
    order = [*([contract.time] if contract.time in names else []), *key]
    return result.sort(list(dict.fromkeys(order)), nulls_last=True, maintain_order=True)


def _alike(key: list[str], frames: list[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield rows that have the same columns together, one a key; what is empty gives way."""
    kinds: dict[tuple[str, ...], list[pl.DataFrame]] = {}
    for rows in frames:
        kinds.setdefault(tuple(sorted(rows.columns)), []).append(rows)
    for names, alike in sorted(kinds.items()):
        rows = pl.concat([each.select(names) for each in alike], how="vertical_relaxed")
        if rows.select(pl.struct(key).n_unique()).item() < len(rows):
            others = [name for name in names if name not in key]
            rows = rows.group_by(key, maintain_order=True).agg(
                pl.col(name).drop_nulls().first() for name in others
            )
        yield rows


def _upsert(
    contract: Table, names: dict[str, pl.DataType], before: pl.DataFrame, rows: pl.DataFrame
) -> pl.DataFrame:
    """Replace the rows whose key is known, add the others."""
    key = list(contract.key)
    given = [name for name in names if name in rows.columns]
    kept = [name for name in names if name not in rows.columns]
    rows = rows.select(pl.col(name).cast(names[name]) for name in given)
    known = rows.join(before.select(*key, *kept), on=key, how="inner", nulls_equal=True)
    added = _filled(
        contract, names, rows.join(before.select(key), on=key, how="anti", nulls_equal=True)
    )
    untouched = before.join(rows.select(key), on=key, how="anti", nulls_equal=True)
    return pl.concat([untouched, known.select(list(names)), added])
