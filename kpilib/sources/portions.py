"""Rows on disk, brought into memory a portion at a time, each key always in the same portion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

BATCH = 100_000


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


def portions_of(
    path: Path, key: tuple[str, ...], portions: int, place: Path, name: str
) -> Iterator[pl.DataFrame]:
    """Yield the rows of a file in portions: those whose keys have the same hash, modulo.

    Parameters
    ----------
    path : Path
        Parquet; the columns of the key are in it.
    key : tuple of str
    portions : int
    place : Path
        Folder for what is parted.
    name : str
        Of the file, among others in that folder.
    """
    if portions == 1:
        yield pl.read_parquet(path)
        return
    number = (pl.struct(key) if len(key) > 1 else pl.col(key[0])).hash(0) % portions
    parted = [place / f"{name}-{each}.arrow" for each in range(portions)]
    with pq.ParquetFile(path) as source:
        writers = [pa.ipc.new_file(each, source.schema_arrow) for each in parted]
        try:
            for batch in source.iter_batches(BATCH):
                rows = pl.DataFrame(batch).with_columns(number.alias(" portion"))
                for (mine,), some in rows.partition_by(" portion", as_dict=True).items():
                    table = some.drop(" portion").to_arrow(compat_level=pl.CompatLevel.oldest())
                    writers[mine].write_table(table.cast(source.schema_arrow))
        finally:
            for writer in writers:
                writer.close()
    for each in parted:
        yield pl.read_ipc(each)
        each.unlink()
