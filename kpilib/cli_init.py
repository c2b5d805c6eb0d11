"""The command ``kpilib init``."""

from __future__ import annotations

from pathlib import Path

import click

from kpilib.language import LANGUAGES


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
