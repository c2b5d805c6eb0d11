"""The commands that fill a company's folder: ``kpilib init`` once, then ``kpilib import``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpilib.language import LANGUAGES
from kpilib.memory import give_back

if TYPE_CHECKING:
    from kpilib.sources.mapping import Headline


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", default="", help="The company's name; by default that of the folder.")
@click.option(
    "--lang",
    "langs",
    multiple=True,
    type=click.Choice(LANGUAGES),
    default=("en",),
    show_default=True,
    help="Language of the reports, repeatable; the comments are in the first.",
)
def init_command(folder: Path, name: str, langs: tuple[str, ...]) -> None:
    """Make a new company's folder DIR, with comments that say what to put where."""
    from kpilib.starting import start

    for path in start(folder, name, langs):
        click.echo(path)
    exports = folder / "exports"
    click.echo(
        f"\nNext: download the exports that {exports / 'README.md'} lists, as they are, into"
        f" {exports}, then\n  kpilib import {exports}/* --data {folder}\n"
        f"  kpilib check --data {folder}\n  kpilib report --data {folder}"
    )


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of the company.",
)
@click.option("--preset", default="", help="Which preset the files are of; by default recognised.")
@click.option("--dry-run", is_flag=True, help="Read, check and show everything; write nothing.")
@click.option("--again", is_flag=True, help="Also files that were imported before.")
@click.option(
    "--read",
    "answers",
    multiple=True,
    metavar="COLUMN=FORMAT",
    help="How an ambiguous column is read: %d/%m/%Y, or the sign of its decimals. Repeatable.",
)
@click.option(
    "--map",
    "mapping",
    is_flag=True,
    help="Write a preset for a file of your own, to be filled in; --preset names it.",
)
@click.option("--target", metavar="TABLE", help="With --map: the table that its rows belong to.")
@click.option("--sheet", default="", help="With --map: the sheet, where a file has several.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="COLUMN=HEADER",
    help="With --map: the header that a column of the table comes from. Repeatable.",
)
def import_command(
    files: tuple[Path, ...],
    data: Path,
    preset: str,
    dry_run: bool,
    again: bool,
    answers: tuple[str, ...],
    mapping: bool,
    target: str | None,
    sheet: str,
    columns: tuple[str, ...],
) -> None:
    """Bring FILES, as they were downloaded, into the tables of a company.

    Exit code 0: done. 1: a fault of a file, nothing was changed. 2: wrong usage or configuration.
    3: another import is under way.
    """
    if mapping:
        said = dict(_pair(each, "--column") for each in columns)
        _map(files, data, preset, target, sheet, said)
        return
    if target or columns or sheet:
        raise click.UsageError("--target, --sheet and --column go with --map.")
    give_back()
    from kpilib.sources.importing import NothingImported
    from kpilib.sources.imports import import_files

    try:
        import_files(
            files,
            data,
            preset=preset,
            dry_run=dry_run,
            again=again,
            told=dict(map(_answer, answers)),
            say=click.echo,
        )
    except NothingImported as error:
        click.echo(f"kpilib: {error}\n{error.remedy()}", err=True)
        sys.exit(1)


def _answer(written: str) -> tuple[str, str]:
    column, sign, form = written.rpartition("=")
    if not sign or not column or not form:
        raise click.UsageError(f"--read {written!r}: write COLUMN=FORMAT, such as Date=%d/%m/%Y.")
    return column, form


def _pair(written: str, option: str) -> tuple[str, str]:
    column, sign, header = written.partition("=")
    if not sign or not column or not header:
        raise click.UsageError(f"{option} {written!r}: write COLUMN=HEADER.")
    return column, header


def _map(
    files: tuple[Path, ...],
    data: Path,
    name: str,
    target: str | None,
    sheet: str,
    columns: dict[str, str],
) -> None:
    """Write a preset; ask for what is not said only where somebody can answer."""
    from kpilib.settings import require_folder
    from kpilib.sources.mapping import map_file, near, needed, table_of
    from kpilib.tables import TABLES

    if len(files) != 1:
        raise click.UsageError("--map takes one file at a time.")
    require_folder(data)
    asks = sys.stdin.isatty() and sys.stdout.isatty()
    if not target and not asks:
        raise click.UsageError(
            f"--map needs --target TABLE, one of: {', '.join(TABLES)}. kpilib asks only in a"
            " terminal."
        )
    if not target:
        target = click.prompt("Table that its rows belong to", type=click.Choice(list(TABLES)))
    if asks and target in TABLES:
        headers = [header for header in table_of(files[0], sheet).header if header]
        click.echo(f"Headers of the file: {', '.join(headers)}")
        for column in (each for each in needed(TABLES[target]) if each not in columns):
            alike = near(column, headers)
            hint = f" (perhaps {', '.join(alike)})" if alike else ""
            said = click.prompt(
                f"Header of {column}{hint}, or nothing", default="", show_default=False
            )
            columns |= {column: said} if said else {}
    headline = _headline(target)
    made = map_file(
        files[0], data, target=target, name=name, columns=columns, headline=headline, sheet=sheet
    )
    click.echo(made)
    click.echo('Fill in what still says "?", then import the file again.')
    lacking = sorted(headline.columns - {*needed(TABLES[target]), *columns}) if headline else []
    if lacking:
        click.echo(
            f"The KPI {headline.kpi} also reads {', '.join(lacking)}: without it, it has no figure."
        )


def _headline(target: str) -> Headline | None:
    """Return the KPI of a table's name, or the first one that reads this table and no other."""
    from kpilib.sources.mapping import Headline
    from kpilib.tables import TABLES
    from kpilib.tables.derive import sources
    from kpilib.topics.catalogue import catalogue

    kpis = catalogue()
    for kpi in filter(None, (kpis.get(target), *kpis.values())):
        read: dict[str, set[str]] = {}
        for table, columns in kpi.needs.items():
            for name, needed in sources(table, columns).items():
                read.setdefault(name, set()).update(needed)
        if set(read) == {target} and target in TABLES:
            return Headline(kpi=kpi.id, columns=frozenset(read[target]))
    return None
