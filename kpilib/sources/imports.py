"""Files into a company's tables: recognised, converted, checked, merged; all of them or none."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from kpilib.errors import CompanyError, ContractError, ParameterError, listed
from kpilib.files import require_folder
from kpilib.saying import error_of, no_such, say
from kpilib.settings import Settings, place_of_tables, settings_of
from kpilib.sources.block import numbered
from kpilib.sources.convert import Understood
from kpilib.sources.importing import Asked, Run
from kpilib.sources.incoming import Imported
from kpilib.sources.merge import Merged
from kpilib.sources.preset import Preset, presets_of
from kpilib.sources.staging import staging
from kpilib.tables.database import SUFFIXES as DATABASES

OURS = "README.md"  # says in the folder of exports what to put there
STATUS_WORDS = {
    "verified": "verified with real files",
    "documented": "documented; not yet compared with the figures of a real file",
    "unverified": "UNVERIFIED: no real file was seen yet, so compare the figures with the tool's",
}
Say = Callable[[str], None]
PLAIN = Asked()


def import_files(
    paths: Sequence[str | Path],
    folder: str | Path,
    asked: Asked = PLAIN,
    say: Say = print,
) -> list[Imported]:
    """Import files into a company's folder: all of them, or nothing when one has a fault.

    Parameters
    ----------
    paths : sequence of path
        Files as they were downloaded; of a folder, every file in it.
    folder : path
    asked : Asked
    say : callable
        What is told, line by line.

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
    known, dry_run = _presets(folder, asked.preset), asked.dry_run
    aside = tempfile.TemporaryDirectory(prefix="kpilib-") if dry_run else staging(folder)
    with aside as place:
        run = Run(folder=folder, settings=settings, known=known, asked=asked, place=Path(place))
        done = run.files(files)
        run.merge(done)
        kept = [] if dry_run else run.put()  # before a word: who listens may stop (| head)
    of_files = [line for each in done for line in sentences(each)]
    for line in (*of_files, *run.notes, *changes(done, run.merged, dry_run, kept)):
        say(line)
    return done


def _settings(folder: Path) -> Settings:
    require_folder(folder)
    settings = settings_of(folder)
    if settings.database is not None or Path(settings.tables).suffix in DATABASES:
        raise error_of(
            CompanyError,
            "company.yaml says that the tables are in a database, which is read and never"
            " written. Import into a company that keeps its tables in a folder.",
        )
    place_of_tables(folder, settings)
    return settings


def _presets(folder: Path, asked: str) -> dict[str, Preset]:
    known = presets_of(folder)
    if asked and asked not in known:
        raise no_such(
            ParameterError,
            "There is no preset {name!r}.{near} There is: {names}.",
            asked,
            known,
        )
    return known


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
        raise ContractError(
            [say("There is no file to import. Name files, or a folder with files.")]
        )
    return list(dict.fromkeys(found))


def sentences(done: Imported) -> Iterator[str]:
    """Yield the lines about one file."""
    yield done.file
    for each in done.understood:
        yield from _table(each)
    for reason in done.refused:
        yield "  " + (reason if done.already else say("Not used: {reason}", reason=reason))


def changes(
    done: Sequence[Imported], tables: Mapping[str, Merged], dry_run: bool, kept: Sequence[str]
) -> Iterator[str]:
    """Yield the lines about the tables, and about where those before are."""
    for name, rows in tables.items():
        twice = say("; {rows.twice} came twice, counted once", rows=rows) if rows.twice else ""
        yield say(
            "Table {name}: {rows.added} row(s) would be added, {rows.changed} would be changed,"
            " {rows.same} the same as before{twice}"
            if dry_run
            else "Table {name}: {rows.added} row(s) added, {rows.changed} changed, {rows.same} the"
            " same as before{twice}",
            name=name,
            rows=rows,
            twice=twice,
        )
    if dry_run:
        yield say("Nothing was written (--dry-run).")
    elif kept:
        yield say("The table(s) before are kept: {names}", names=listed(kept))
    if not tables and not any(each.already for each in done):
        yield say("Nothing was imported: none of the tables is one that is used.")


def _table(understood: Understood) -> Iterator[str]:
    status = say(STATUS_WORDS[understood.preset.status])
    yield "  " + say(
        "{it.block.origin}: {it.preset.name}, table {it.table.id} ({status})",
        it=understood,
        status=status,
    )
    for line in _lines(understood) if understood.table.target else _unused(understood):
        yield f"    {line}"


def _unused(understood: Understood) -> Iterator[str]:
    table = understood.table
    use = say("read for what it says about the other tables" if table.facts else "not used")
    yield say("{use}: {why}", use=use, why=say(table.unused)) if table.unused else use
    for name, summed in understood.sums.items():
        header = understood.used[name]
        yield say(
            "{it.rows} row(s), {header}: {summed}", it=understood, header=header, summed=summed
        )


def _lines(understood: Understood) -> Iterator[str]:
    days = say(", {it.first} to {it.last}", it=understood) if understood.first else ""
    yield say(
        "{it.rows} row(s) read, {it.kept} kept for {it.table.target}{days}",
        it=understood,
        days=days,
    )
    for reason, count, rows in understood.left_out.reasons():
        where = numbered(count, rows)
        yield say(
            "{count} row(s) left out: {reason} ({where})", count=count, reason=reason, where=where
        )
    yield say("columns used: {names}", names=listed(dict.fromkeys(understood.used.values())))
    if understood.ignored:
        yield say("columns ignored: {names}", names=listed(understood.ignored))
    for name, (total, summed) in understood.totals.items():
        header = understood.used[name]
        yield say(
            "total checked: {header} {total} (rows: {summed})",
            header=header,
            total=total,
            summed=summed,
        )
    if understood.never_summed:
        yield say("not additive, never summed: {names}", names=listed(understood.never_summed))
    if understood.preset.approximate:
        yield say("the tool estimates these figures: they are approximate")
    if understood.block.encoding:
        yield say("encoding {it.block.encoding}", it=understood)
    yield from understood.block.notes
