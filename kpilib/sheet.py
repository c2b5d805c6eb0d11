"""CSV files that people write: read whole, every fault with its line and the remedy."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kpilib.errors import CompanyError, listed
from kpilib.saying import fault_at, meant, say

Cells = dict[str, str]
Row = TypeVar("Row")
OVERFULL = "more cells than columns. Put a text that holds {sign!r} between double quotes."
SIGNS = ",;\t"  # between cells: a spreadsheet that writes decimals with a comma saves semicolons


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A file of rows that people write.

    Parameters
    ----------
    file : str
    columns : tuple of str
        In the order of the file.
    required : tuple of str or of tuple of str
        Those that must be there; of several together, one.
    closed : bool
        Whether a column of any other name is a fault; else one that is nearly a known name is.
    """

    file: str
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
                head = file.readline()
                sign = max(SIGNS, key=head.count)
                file.seek(0)
                reader = csv.DictReader(file, delimiter=sign)
                faults = [f"1: {fault}" for fault in self._wrong(reader.fieldnames or ())]
                rows = [] if faults else [(reader.line_num, row) for row in reader]
        except UnicodeDecodeError:
            told = fault_at(self.file, "it is not UTF-8. Save it as CSV UTF-8.")
            raise CompanyError(told) from None
        except csv.Error as error:
            told = fault_at(self.file, "it cannot be read as CSV ({error}).", error=error)
            raise CompanyError(told) from None
        found: list[Row] = []
        for line, row in rows:
            try:
                if None in row:
                    raise ValueError(say(OVERFULL, sign=sign))
                cells = {name: (row.get(name) or "").strip() for name in self.columns}
                found.append(taken(cells, line))
            except ValueError as error:
                faults += [f"{line}: {fault}" for fault in error.args]
        if faults:
            raise CompanyError("\n".join(f"{self.file}:{fault}" for fault in faults))
        return found

    def _wrong(self, names: Sequence[str]) -> Iterator[str]:
        columns = listed(self.columns)
        if not names:
            yield say("it is empty. Its first line names the columns: {columns}.", columns=columns)
            return
        for each in self.required:
            one_of = (each,) if isinstance(each, str) else each
            if not {*one_of} & {*names}:
                yield say(
                    "column {column} is missing. The columns are: {columns}.",
                    column="/".join(one_of),
                    columns=columns,
                )
        for name in dict.fromkeys(each for each in names if names.count(each) > 1):
            if name in self.columns:
                yield say("column {column} stands twice. Leave one out.", column=name)
        for name in names:
            if name not in self.columns and (self.closed or meant(name, self.columns)):
                yield say(
                    "column {column!r} is unknown.{near} The columns are: {columns}.",
                    column=name,
                    near=meant(name, self.columns),
                    columns=columns,
                )
