"""Files into a company's tables: recognised, converted, checked, merged; all of them or none."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from kpilib.errors import CompanyError, ContractError, ParameterError, listed, nearest
from kpilib.settings import Settings, place_of_tables, require_folder, settings_of
from kpilib.sources.importing import Imported, Run
from kpilib.sources.preset import presets_of
from kpilib.sources.staging import staging
from kpilib.tables.database import SUFFIXES as DATABASES

Say = Callable[[str], None]

OURS = "README.md"  # says in the folder of exports what to put there

UNUSED = "Nothing was imported: none of the tables is one that is used."


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
    from kpilib.sources.account import changes, sentences

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
