"""CSV files that people write: read whole, every fault with its line and the remedy."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kpilib.errors import CompanyError, listed, nearest

Cells = dict[str, str]
Row = TypeVar("Row")
OVERFULL = "more cells than columns. Put a text that holds a comma between double quotes."


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A file of rows that people write.

    Parameters
    ----------
    file : str
    row : str
        What one row is, in words.
    columns : tuple of str
        In the order of the file.
    required : tuple of str or of tuple of str
        Those that must be there; of several together, one.
    closed : bool
        Whether a column of another name is a fault.
    """

    file: str
    row: str
    columns: tuple[str, ...]
    required: tuple[str | tuple[str, ...], ...]
    closed: bool = False

    def read(self, folder: Path | None, taken: Callable[[Cells, int], Row]) -> list[Row]:
        """Return what `taken` makes of the cells and the line of each row; nothing without a file.

        `taken` raises ValueError with the faults of a row.

        Raises
        ------
        CompanyError
            Every fault of the file.
        """
        path = None if folder is None else folder / self.file
        if path is None or not path.exists():
            return []
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                faults = [f"1: {fault}" for fault in self._wrong(reader.fieldnames or ())]
                rows = [] if faults else [(reader.line_num, row) for row in reader]
        except UnicodeDecodeError:
            raise CompanyError(f"{self.file}: it is not UTF-8. Save it as CSV UTF-8.") from None
        except csv.Error as error:
            raise CompanyError(f"{self.file}: it cannot be read as CSV ({error}).") from None
        found: list[Row] = []
        for line, row in rows:
            try:
                if None in row:
                    raise ValueError(OVERFULL)
                cells = {name: (row.get(name) or "").strip() for name in self.columns}
                found.append(taken(cells, line))
            except ValueError as error:
                faults += [f"{line}: {fault}" for fault in error.args]
        if faults:
            raise CompanyError("\n".join(f"{self.file}:{fault}" for fault in faults))
        return found

    def _wrong(self, names: Sequence[str]) -> Iterator[str]:
        has = f"{self.row} has: {listed(self.columns)}."
        if any(";" in name for name in names):
            yield "the cells are separated by semicolons. Save it with commas between them."
            return
        for each in self.required:
            one_of = (each,) if isinstance(each, str) else each
            if not {*one_of} & {*names}:
                yield f"column {' or '.join(one_of)} is missing. {has}"
        for name in names if self.closed else ():
            if name not in self.columns:
                yield f"column {name!r} is unknown.{nearest(name, self.columns)} {has}"
