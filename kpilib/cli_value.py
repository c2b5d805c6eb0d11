"""kpilib value: figures without a notebook, as a table, CSV, JSON or a workbook."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpilib.errors import ContractError
from kpilib.files import file_in
from kpilib.language import LANGUAGES, language_of, speaking
from kpilib.saying import error_of

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = "data/sample"
FORMS = ("table", "csv", "json", "xlsx")


def _spoken(context: click.Context, _option: object, data: Path) -> Path:
    """Say what is refused in the language of the company, as long as the command runs."""
    context.with_resource(speaking(language_of(data)))
    return data


of_company = partial(
    click.option,
    "--data",
    type=click.Path(path_type=Path),
    default=SAMPLE,
    show_default=True,
    help="Folder of the company.",
)
data_option = of_company()
spoken_data_option = of_company(callback=_spoken)


def _no_file(_context: object, _option: object, out: Path) -> Path:
    """Refuse a file, and what would lie in one, before anything heavy begins."""
    if (file := file_in(out)) is not None:
        raise error_of(click.BadParameter, "{out!r} is a file; write a folder.", out=str(file))
    return out


out_option = click.option(
    "--out",
    callback=_no_file,
    type=click.Path(path_type=Path),
    default="reports",
    show_default=True,
    help="Where reports are published, in a folder a company.",
)
lang_option = click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)


def _declared(_context: object, _option: object, data: Path | None) -> dict[str, Any]:
    """Return the KPIs that a company's kpis.yaml declares."""
    from kpilib.answers.own import read_kpis
    from kpilib.settings import require_folder

    if data is not None:
        require_folder(data)
    return read_kpis(data)


own_option = click.option(
    "--data",
    "own",
    type=click.Path(path_type=Path),
    callback=_declared,
    help="Folder of a company, whose kpis.yaml declares more.",
)


def _pairs(_context: object, _option: object, given: tuple[str, ...]) -> dict[str, list[str]]:
    """Read ``channel=email`` into the groups of each column."""
    found: dict[str, list[str]] = {}
    for each in given:
        name, split, value = each.partition("=")
        if not split or not name:
            raise click.BadParameter(f"{each!r} is not COLUMN=VALUE, such as channel=email.")
        found.setdefault(name, []).append(value)
    return found


def _one_part(context: object, option: object, given: tuple[str, ...]) -> dict[str, list[str]]:
    found = _pairs(context, option, given)
    if len(found) > 1:
        raise click.BadParameter(
            f"a part has one column, such as campus=Lyon campus=Paris; found {' and '.join(found)}."
        )
    return found


part_option = click.option(
    "--where",
    multiple=True,
    callback=_one_part,
    metavar="COLUMN=VALUE",
    help="Only a part of the company, such as campus=Lyon; may be repeated with its column.",
)


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
    callback=_pairs,
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
