"""The command ``kpilib import``."""

from __future__ import annotations

from pathlib import Path

import click


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
def import_command(
    files: tuple[Path, ...],
    data: Path,
    preset: str,
    dry_run: bool,
    again: bool,
    answers: tuple[str, ...],
) -> None:
    """Bring FILES, as they were downloaded, into the tables of a company.

    Exit code 0: done. 1: a fault of a file, nothing was changed. 2: wrong usage or configuration.
    3: another import is under way.
    """
    from kpilib.sources.imports import import_files

    import_files(
        files,
        data,
        preset=preset,
        dry_run=dry_run,
        again=again,
        told=dict(map(_answer, answers)),
        say=click.echo,
    )


def _answer(written: str) -> tuple[str, str]:
    column, sign, form = written.rpartition("=")
    if not sign or not column or not form:
        raise click.UsageError(f"--read {written!r}: write COLUMN=FORMAT, such as Date=%d/%m/%Y.")
    return column, form
