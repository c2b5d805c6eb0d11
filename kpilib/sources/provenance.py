"""imports.csv: which files a company's tables were made of. Names and counts, nothing personal."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from kpilib.errors import ContractError
from kpilib.files import harmless, rearmed

FILE = "imports.csv"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One table of one file that was imported; all of it text, as it stands in the file.

    Parameters
    ----------
    file, sha256, imported_on : str
        Name without a path, digest of the bytes, instant in UTC.
    preset, version, status : str
        Preset, a digest of it and of what the analyst answered, and how sure it is.
    source, table : str
        Table of the preset, canonical table.
    added, changed, same, removed : str
        Rows of the canonical table, over all files of the import.
    first_day, last_day : str
    spans : str
        ``yes`` when each row is about all these days.
    encoding : str
    key_check : str
        By which the key of the pseudonyms is known again; empty when there are none.
    """

    file: str
    sha256: str
    imported_on: str
    preset: str
    version: str
    status: str
    source: str
    table: str
    added: str
    changed: str
    same: str
    removed: str
    first_day: str
    last_day: str
    spans: str
    encoding: str
    key_check: str


NAMES = tuple(each.name for each in fields(Entry))


def read(folder: Path) -> list[Entry]:
    """Return what was imported so far.

    Raises
    ------
    ContractError
        The file was changed by hand into something else.
    """
    path = folder / FILE
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return [Entry(**{name: rearmed(row[name] or "") for name in NAMES}) for row in rows]
    except (KeyError, csv.Error, UnicodeDecodeError):
        raise ContractError(
            [
                f"{FILE}: not the list of imports any more: its columns are {', '.join(NAMES)}."
                " Put back a copy, or move it away to begin a new one."
            ]
        ) from None


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Write all entries into a file; the names of files must not become formulas."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(NAMES)
        writer.writerows([harmless(str(cell)) for cell in astuple(each)] for each in entries)
