"""kpilib value: figures without a notebook, as a table, CSV, JSON or a workbook."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpilib.cli_options import data_option, pairs
from kpilib.errors import ContractError

if TYPE_CHECKING:
    import pandas as pd

FORMS = ("table", "csv", "json", "xlsx")


@click.command("value")
@click.argument("kpis", nargs=-1, required=True)
@click.option(
    "--period",
    "--month",
    "period",
    required=True,
    help="2026-10, 2026-Q4, 2026, 2026-W44, FY2026 or FY2026-Q1.",
)
@click.option("--by", multiple=True, help="Column to cut by, such as channel; may be repeated.")
@click.option(
    "--where",
    multiple=True,
    callback=pairs,
    metavar="COLUMN=VALUE",
    help="Only these groups; may be repeated.",
)
@data_option
@click.option("--format", "form", type=click.Choice(FORMS), default="table", show_default=True)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; a workbook needs one on a terminal.",
)
def value_command(
    kpis: tuple[str, ...],
    period: str,
    data: Path,
    form: str,
    out: Path | None,
    **cut: Any,
) -> None:
    """Work out KPIs without a notebook.

    A figure that cannot be known is a row with its status. Exit code 1: none of them can, for want
    of a column; the row stands all the same, and what to do is said beside it.
    """
    from kpilib import open as open_company

    if form == "xlsx" and out is None and sys.stdout.isatty():
        raise click.UsageError("A workbook is no text: name a file with --out figures.xlsx.")
    company, lacking = open_company(data), None
    by, where = list(cut["by"]) or None, cut["where"]
    asked = partial(company.evaluate, list(kpis), period, by=by, where=where)
    try:
        found = asked()
    except ContractError as error:
        lacking, company.forgiving = error, True
        found = asked()  # what else is wrong with the data has no row, and is said again
    written = {"table": _table, "csv": _csv, "json": _json, "xlsx": _workbook}[form](found)
    if out is not None:
        out.write_bytes(written)
    else:
        click.echo(written, nl=False)
    if lacking is not None:
        raise lacking


def _json(found: pd.DataFrame) -> bytes:
    days = ["period_start", "period_end"]
    found[days] = found[days].astype(str)
    text = found.to_json(orient="records", date_format="iso", force_ascii=False, indent=2)
    return f"{text}\n".encode()


def _csv(found: pd.DataFrame) -> bytes:
    from kpilib.display.figures import as_cell

    days = ["period_start", "period_end"]
    found[days] = found[days].astype(str)
    return found.map(as_cell).to_csv(index=False, lineterminator="\n").encode()


def _workbook(found: pd.DataFrame) -> bytes:
    """Write a workbook; a text of the data is never a formula in it."""
    from kpilib.display.figures import as_cell

    texts = found.columns[~found.dtypes.map(lambda kind: kind.kind in "fiMb")]
    found[texts] = found[texts].map(as_cell)
    file = BytesIO()
    found.to_excel(file, index=False, sheet_name="figures")
    return file.getvalue()


def _table(found: pd.DataFrame) -> bytes:
    from kpilib.display.numbers import Formatter

    write, names = Formatter("en"), list(found)
    groups = names[names.index("period_end") + 1 : names.index("value")]  # some are always by one
    found[groups] = found[groups].astype(object).fillna("")
    rows = [
        (
            row["kpi"],
            *(row[group] for group in groups),
            write.value(row["value"], row["unit"]),
            write.count(row["n"]),
            row["status"] + (f": {row['reason']}" if row["reason"] else ""),
            " ".join(row["flags"]),
        )
        for row in found.to_dict("records")
    ]
    return f"{columns(['kpi', *groups, 'value', 'n', 'status', 'flags'], rows)}\n".encode()


def columns(names: Sequence[str], rows: Sequence[tuple]) -> str:
    """Align rows of text under their names."""
    texts = [list(names), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[place]) for row in texts) for place in range(len(names))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in texts
    )
    return "\n".join(lines)
