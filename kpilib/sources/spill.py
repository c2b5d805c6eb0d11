"""Batches of text that are read twice: in memory while they are few, then in a file without a name.

Whether a comma parts decimals or thousands is known only at the end of a column, so the text is
kept until then. The file is deleted the moment it is made: whatever happens, nothing of it stays.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO

import polars as pl
import pyarrow as pa

from kpilib.sources.body import Texts

IN_MEMORY = 2  # batches


class Spill:
    """Frames of one schema, in the order in which they came."""

    def __init__(self) -> None:
        self._held: list[pl.DataFrame | Texts] = []
        self._file: IO[bytes] | None = None
        self._writer: pa.ipc.RecordBatchStreamWriter | None = None

    def add(self, frame: pl.DataFrame | Texts) -> None:
        """Keep a frame."""
        if isinstance(frame, Texts) or (self._writer is None and len(self._held) < IN_MEMORY):
            self._held.append(frame)
            return
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._file = tempfile.TemporaryFile(prefix="kpilib-")
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            self._writer = pa.ipc.new_stream(self._file, table.schema, options=options)
        self._writer.write_table(table)

    def frames(self) -> Iterator[pl.DataFrame | Texts]:
        """Yield the frames; may be asked again and again once all are there."""
        yield from self._held
        if self._file is None:
            return
        if self._writer is not None:
            self._writer.close()
        self._file.seek(0)
        with pa.ipc.open_stream(self._file) as reader:
            for batch in reader:
                yield pl.from_arrow(pa.Table.from_batches([batch]))

    def close(self) -> None:
        """Forget everything."""
        self._held.clear()
        if self._file is not None:
            self._file.close()
            self._file = None
