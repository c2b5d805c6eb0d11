"""The commands that fill a company's folder: ``kpilib init`` once, then ``kpilib import``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpilib.errors import ContractError, listed
from kpilib.language import LANGUAGES, language_of, speaking
from kpilib.memory import give_back
from kpilib.saying import error_of, say

if TYPE_CHECKING:
    from kpilib.sources.mapping import Draft, Headline


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
@click.option("--lang", type=click.Choice(LANGUAGES), help="By default the company's language.")
def import_command(
    files: tuple[Path, ...], data: Path, mapping: bool, lang: str | None, **asked: Any
) -> None:
    """Bring FILES, as they were downloaded, into the tables of a company.

    Exit code 0: done. 1: a fault of a file, nothing was changed. 2: wrong usage or configuration.
    3: another import is under way.
    """
    give_back()  # before the settings, which load Polars
    from kpilib.files import require_folder

    require_folder(data)
    with speaking(lang or language_of(data)):
        if mapping:
            from kpilib.sources.mapping import Draft

            told = dict(map(_pair, asked["columns"]))
            named = {"target": asked["target"] or "", "name": asked["preset"]}
            _map(files, data, Draft(**named, sheet=asked["sheet"], columns=told))
            return
        if asked["target"] or asked["columns"] or asked["sheet"]:
            raise error_of(click.UsageError, "--target, --sheet and --column go with --map.")
        from kpilib.sources.imports import Asked, import_files

        told = dict(map(_answer, asked["answers"]))
        how = {name: asked[name] for name in ("preset", "dry_run", "again")}
        try:
            import_files(files, data, Asked(**how, told=told), say=click.echo)
        except ContractError as error:
            remedy = f"\n{error.remedy}" if error.remedy else ""
            click.echo(f"kpilib: {error}{remedy}", err=True)
            sys.exit(1)


def _answer(written: str) -> tuple[str, str]:
    column, sign, form = written.rpartition("=")
    if not sign or not column or not form:
        raise error_of(
            click.UsageError,
            "--read {answer!r}: write COLUMN=FORMAT, such as Date=%d/%m/%Y.",
            answer=written,
        )
    return column, form


def _pair(written: str) -> tuple[str, str]:
    column, sign, header = written.partition("=")
    if not sign or not column or not header:
        raise error_of(click.UsageError, "--column {pair!r}: write COLUMN=HEADER.", pair=written)
    return column, header


def _map(files: tuple[Path, ...], data: Path, draft: Draft) -> None:
    """Write a preset; ask for what is not said only where somebody can answer."""
    from kpilib.sources.mapping import map_file, needed
    from kpilib.tables import TABLES

    if len(files) != 1:
        raise error_of(click.UsageError, "--map takes one file at a time.")
    asks = sys.stdin.isatty() and sys.stdout.isatty()
    if not draft.target and not asks:
        raise error_of(
            click.UsageError,
            "--map needs --target TABLE, one of: {names}. kpilib asks only in a terminal.",
            names=listed(TABLES),
        )
    if not draft.target:
        tables = click.Choice(list(TABLES))
        draft = replace(
            draft, target=click.prompt(say("Table that its rows belong to"), type=tables)
        )
    if asks and draft.target in TABLES:
        draft = replace(draft, columns=_asked(files[0], draft))
    draft = replace(draft, headline=_headline(draft.target))
    click.echo(map_file(files[0], data, draft))
    click.echo(say('Fill in what still says "?", then import the file again.'))
    told = {*needed(TABLES[draft.target]), *draft.columns}
    if draft.headline and (lacking := sorted(draft.headline.columns - told)):
        click.echo(
            say(
                "The KPI {headline.kpi} also reads {names}: without it, it has no figure.",
                headline=draft.headline,
                names=listed(lacking),
            )
        )


def _asked(file: Path, draft: Draft) -> dict[str, str]:
    """Ask which header each column comes from that rows cannot do without."""
    from kpilib.sources.mapping import near, needed, table_of
    from kpilib.tables import TABLES

    columns = dict(draft.columns)
    headers = [header for header in table_of(file, draft.sheet).header if header]
    click.echo(say("Headers of the file: {names}", names=listed(headers)))
    for column in (each for each in needed(TABLES[draft.target]) if each not in columns):
        alike = near(column, headers)
        question = say(
            "Header of {column} (perhaps {names}), or nothing"
            if alike
            else "Header of {column}, or nothing",
            column=column,
            names=listed(alike),
        )
        said = click.prompt(question, default="", show_default=False)
        columns |= {column: said} if said else {}
    return columns


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
