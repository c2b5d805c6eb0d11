"""Files into a company's tables: recognised, converted, checked, merged; all of them or none."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kpilib.errors import CompanyError, ContractError, ParameterError, listed, nearest
from kpilib.settings import Settings, place_of_tables, require_folder, settings_of
from kpilib.sources.block import numbered
from kpilib.sources.convert import Understood
from kpilib.sources.importing import Imported, Run
from kpilib.sources.preset import presets_of
from kpilib.sources.staging import staging
from kpilib.tables.database import SUFFIXES as DATABASES

OURS = "README.md"  # says in the folder of exports what to put there
UNUSED = "Nothing was imported: none of the tables is one that is used."
STATUS = {
    "verified": "verified with real files",
    "documented": "documented; not yet compared with the figures of a real file",
    "unverified": "UNVERIFIED: no real file was seen yet, so compare the figures with the tool's",
}
Say = Callable[[str], None]


def import_files(
    paths: Sequence[str | Path],
    folder: str | Path,
    *,
    preset: str = "",
    dry_run: bool = False,
    again: bool = False,
    told: Mapping[str, str] | None = None,
    say: Say = print,
) -> list[Imported]:
    """Import files into a company's folder: all of them, or nothing when one has a fault.

    Parameters
    ----------
    paths : sequence of path
        Files as they were downloaded; of a folder, every file in it.
    folder : path
        The company's.
    preset : str
        Which preset the files are of; by default each table is recognised from its columns.
    dry_run : bool
        Everything is read, checked and shown; nothing is written.
    again : bool
        Whether a file that was imported before is read once more.
    told : mapping of str to str
        Column to its date format or decimal sign, where a file is ambiguous.
    say : callable
        What is told, line by line.

    Returns
    -------
    list of Imported

    Raises
    ------
    ContractError
        Faults of the files: all of them. The folder is as it was.
    CompanyError
        The folder is no company's, or its key of pseudonyms is not the one used before.
    LockedError
        Another import holds the folder.
    """
    folder = Path(folder)
    settings = _settings(folder)
    files = _files(paths)
    known = presets_of(folder)
    if preset and preset not in known:
        raise ParameterError(
            f"There is no preset {preset!r}.{nearest(preset, known)} There is: {listed(known)}."
        )
    with _place(folder, dry_run) as place:
        run = Run(folder, settings, known, preset, dict(told or {}), place, dry_run)
        done = run.files(files, again)
        run.merge(done)
        kept = [] if dry_run else run.put()  # before a word: who listens may stop (| head)
    for each in done:
        for line in sentences(each):
            say(line)
    used = run.merged or any(each.already for each in done)
    for line in (*run.notes, *changes(run.merged, dry_run, kept), *([] if used else [UNUSED])):
        say(line)
    return done


def _settings(folder: Path) -> Settings:
    require_folder(folder)
    settings = settings_of(folder)
    if settings.database is not None or Path(settings.tables).suffix in DATABASES:
        raise CompanyError(
            "company.yaml says that the tables are in a database, which is read and never written."
            " Import into a company that keeps its tables in a folder."
        )
    place_of_tables(folder, settings)
    return settings


def _files(paths: Iterable[str | Path]) -> list[Path]:
    found: list[Path] = []
    for path in map(Path, paths):
        inner = path.rglob("*") if path.is_dir() else (path,)
        found += sorted(
            each
            for each in inner
            if not each.is_dir() and not each.name.startswith(".") and each.name != OURS
        )
    if not found:
        raise ContractError(["There is no file to import. Name files, or a folder with files."])
    return list(dict.fromkeys(found))


@contextmanager
def _place(folder: Path, dry_run: bool) -> Iterator[Path]:
    if not dry_run:
        with staging(folder) as place:
            yield place
        return
    with tempfile.TemporaryDirectory(prefix="kpilib-") as place:
        yield Path(place)


if TYPE_CHECKING:
    from kpilib.sources.importing import Imported
    from kpilib.sources.merge import Merged


def sentences(done: Imported) -> Iterator[str]:
    """Yield the lines about one file."""
    yield done.file
    for each in done.understood:
        yield from _table(each)
    for reason in done.refused:
        yield f"  {reason}" if done.already else f"  Not used: {reason}"


def changes(tables: Mapping[str, Merged], dry_run: bool, kept: Sequence[str]) -> Iterator[str]:
    """Yield the lines about the tables, and about where those before are."""
    would = "would be " if dry_run else ""
    for name, merged in tables.items():
        yield (
            f"Table {name}: {merged.added:,} row(s) {would}added, {merged.changed:,}"
            f" {would}changed, {merged.same:,} the same as before"
            + (f", {merged.removed:,} {would}removed" if merged.removed else "")
        )
    if dry_run:
        yield "Nothing was written (--dry-run)."
    elif kept:
        yield f"The table(s) before are kept: {listed(kept)}"


def _table(understood: Understood) -> Iterator[str]:
    preset, table = understood.preset, understood.table
    yield f"  {understood.origin}: {preset.name}, table {table.id} ({STATUS[preset.status]})"
    if not table.target:
        use = "read for what it says about the other tables" if table.facts else "not used"
        yield f"    {use}" + (f": {table.unused}" if table.unused else "")
        for name, summed in understood.sums.items():
            yield f"    {understood.rows:,} row(s), {understood.used[name]}: {summed:,.10g}"
        return
    days = f", {understood.first} to {understood.last}" if understood.first else ""
    yield f"    {understood.rows:,} row(s) read, {understood.kept:,} kept for {table.target}{days}"
    for reason, count, rows in understood.left_out.iter_rows():
        yield f"    {count:,} row(s) left out: {reason} ({numbered(count, rows)})"
    yield "    columns used: " + listed(dict.fromkeys(understood.used.values()))
    if understood.ignored:
        yield f"    columns ignored: {listed(understood.ignored)}"
    for name, (said, summed) in understood.totals.items():
        yield f"    total checked: {understood.used[name]} {said:,.10g} (rows: {summed:,.10g})"
    if understood.never_summed:
        yield f"    not additive, never summed: {listed(understood.never_summed)}"
    if preset.approximate:
        yield "    the tool estimates these figures: they are approximate"
    if understood.encoding:
        yield f"    encoding {understood.encoding}"
    for note in understood.notes:
        yield f"    {note}"
