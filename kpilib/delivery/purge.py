"""Forgetting: what is older than a company keeps, and a person who asked to be erased."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from kpilib.delivery.audiences import FIGURES, FOLDER, publish_audiences
from kpilib.delivery.message import FILE as MESSAGE
from kpilib.errors import CompanyError
from kpilib.files import csv_text, replacing, require_folder
from kpilib.monthly import index
from kpilib.monthly.owner import roots_of
from kpilib.monthly.publish import index_anew
from kpilib.period import Period
from kpilib.saying import error_of, refusal
from kpilib.settings import place_of_tables, settings_of
from kpilib.sources import provenance
from kpilib.sources.staging import PREVIOUS, staging
from kpilib.tables import TABLES

EXPORTS = "exports"
OURS = "README.md"  # `kpilib init` writes it among the exports
ERASED, ERASED_COLUMNS = "erased.csv", ("erased_on", "file", "rows")
SUFFIXES = (".parquet", ".csv")
NAMING = ("manager_id", "referred_by", "target_author_key")  # in rows that are about somebody else
COPY = re.compile(r"\.\d+$")  # orders.3.parquet is what the table orders was


@dataclass(frozen=True)
class Old:
    """What is older than a day, and what nobody knows the age of."""

    files: tuple[Path, ...]
    unknown: tuple[Path, ...]


def old(data: Path, out: Path, before: date) -> Old:
    """Find what a company need not keep from before a day; the ledger and the pages stay.

    Parameters
    ----------
    data, out : Path
        Its folder, and that of all reports.
    before : date

    Returns
    -------
    Old
        Exports whose last day imports.csv knows, tables that others replaced before that day, and
        of periods that ended before it the detailed figures, PDFs and messages.
    """
    require_folder(data)
    last: dict[str, str] = {}
    for each in provenance.read(data):
        last[each.file] = max(last.get(each.file, ""), each.last_day or "9999")
    exports = [
        path
        for path in sorted((data / EXPORTS).rglob("*"))
        if path.is_file() and path.name != OURS and not path.name.startswith(".")
    ]
    files = [path for path in exports if last.get(path.name, "9999") < before.isoformat()]
    for path in sorted((data / PREVIOUS).glob("*")):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC).date() < before:
            files.append(path)
    months = [root / month for root in roots_of(out, data) for month in index.manifests(root)]
    for folder in months:
        if Period.parse(folder.name).end_day < before:
            found = [folder / FIGURES, *folder.rglob("*.pdf"), *folder.rglob(MESSAGE)]
            files += [path for path in found if path.exists()]
    unknown = (path for path in exports if path.name not in last)
    return Old(tuple(files), tuple(unknown))


def purge(data: Path, out: Path, before: date) -> Old:
    """Remove what is `old`, and make the indexes anew, which lead to figures that are gone."""
    require_folder(data)
    with staging(data):
        found = old(data, out, before)
        for path in found.files:
            path.unlink()
    for root in roots_of(out, data) if found.files else ():
        if root.is_dir():
            index_anew(root)
        if (root / FOLDER).is_dir():  # what audiences were given of it goes too
            publish_audiences(root, settings_of(data).delivery.audiences)
    return found


def erase(data: Path, person: str) -> list[tuple[str, int]]:
    """Remove a person from the tables and from the copies of what they were.

    Parameters
    ----------
    data : Path
        The company's folder.
    person : str
        As the tables name them: the pseudonym or number in a column of a person.

    Returns
    -------
    list of tuple of str and int
        Each file, and in how many rows they were; ``erased.csv`` says it too.

    Raises
    ------
    CompanyError
        Nobody of that name is in any table: a slip would look like an erasure.
    """
    require_folder(data)
    tables = place_of_tables(data, settings_of(data))
    done: list[tuple[str, int]] = []
    with staging(data):
        for path in sorted((*tables.glob("*"), *(data / PREVIOUS).glob("*"))):
            if path.suffix in SUFFIXES and (gone := _without(path, person)):
                done.append((path.relative_to(data).as_posix(), gone))
        if not done:
            raise error_of(
                CompanyError,
                "Nobody of that key is in any table. Give it as the tables name them, such as the"
                " pseudonym in customer_id; the tables hold no names and addresses.",
            )
        _note(data / ERASED, done)
    return done


def _without(path: Path, person: str) -> int:
    """Write a table without a person, and return in how many rows they were.

    Rows about somebody else stay, and only no longer say that this person leads or referred them.
    """
    name = COPY.sub("", path.stem)
    known = TABLES[name].columns if name in TABLES else {}
    rows = _rows(path)
    columns = [each for each in rows.columns if each in known and known[each].personal]
    theirs = {
        each: (pl.col(each).cast(pl.String) == person).fill_null(value=False) for each in columns
    }
    own = [theirs[each] for each in columns if each not in NAMING]
    named = [pl.when(~theirs[each]).then(each).alias(each) for each in columns if each in NAMING]
    touched = rows.filter(pl.any_horizontal(theirs.values())).height if theirs else 0
    if touched:
        changed = path.stat()
        kept = (rows.filter(~pl.any_horizontal(own)) if own else rows).with_columns(named)
        with replacing(path) as aside:
            kept.write_csv(aside) if path.suffix == ".csv" else kept.write_parquet(aside)
        if path.parent.name == PREVIOUS:  # by which its age is told
            os.utime(path, ns=(changed.st_atime_ns, changed.st_mtime_ns))
    return touched


def _rows(path: Path) -> pl.DataFrame:
    """Read a table as it is written: of a CSV, every cell as text."""
    try:
        if path.suffix == ".csv":
            return pl.read_csv(path, glob=False, infer_schema=False)
        return pl.read_parquet(path, glob=False)
    except pl.exceptions.PolarsError:
        raise refusal(
            path.name, "it cannot be read, so nobody can be erased from it. Mend or remove it."
        ) from None


def _note(path: Path, done: list[tuple[str, int]]) -> None:
    before: list[dict[str, str]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            before = list(csv.DictReader(file))
    today = datetime.now(UTC).date().isoformat()
    rows = [{"erased_on": today, "file": name, "rows": str(count)} for name, count in done]
    with replacing(path) as aside:
        aside.write_text(csv_text(ERASED_COLUMNS, [*before, *rows]), encoding="utf-8")
