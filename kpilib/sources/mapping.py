"""A preset for a company's own file: written with its headers, filled in by who knows them.

Nothing is guessed. What rows cannot do without is left open with a question mark, near names stand
beside it as comments, and an import refuses the preset until every question mark is gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from kpilib.errors import ContractError, NoRows, ParameterError, UnknownName, listed
from kpilib.files import replacing, slug
from kpilib.saying import error_of, no_such, say
from kpilib.sources.block import Block
from kpilib.sources.downloads import tables_of
from kpilib.sources.keys import key
from kpilib.sources.no_table import like_a_row, turned
from kpilib.sources.preset import OPEN, Preset, TablePreset
from kpilib.tables import TABLES, require
from kpilib.tables.contract import NUMBERS, Column, Table

NEAR, MOST_NEAR = 0.55, 3
TYPES = {
    "key": "id",
    "ts": "instant",
    "float": "number",
    "EUR": "money",
    **dict.fromkeys(("enum", "list", "hours"), "text"),
}  # of a preset, where they are called in another way


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The KPI that a table is first asked for, and the columns of the table that it reads."""

    kpi: str
    columns: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is known already of a preset that is to be written.

    Parameters
    ----------
    target : str
        The canonical table that the file's rows belong to.
    name : str
        Of the preset; by default that of the file.
    sheet : str
        The sheet, or the title of the table, where a file has several.
    columns : mapping of str to str
        Column of the target to the header it comes from.
    headline : Headline, optional
        What the first KPI of the table reads, beside what rows cannot do without.
    """

    target: str
    name: str = ""
    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    headline: Headline | None = None


def map_file(path: Path, folder: Path, draft: Draft) -> Path:
    """Write a preset for a file that no preset knows, to be filled in.

    Parameters
    ----------
    path : Path
        The file; only its headers are read.
    folder : Path
        The company's.
    draft : Draft

    Returns
    -------
    Path
        ``presets/<name>.yaml`` in the company's folder.

    Raises
    ------
    UnknownName
        There is no such table or column.
    ParameterError
        The preset exists already, or a header does not.
    ContractError
        The file has no table.
    """
    contract, block = require(draft.target), table_of(path, draft.sheet)
    chosen = _chosen(block, contract, draft.columns)
    name = slug(draft.name or path.stem, "_")
    made = folder / "presets" / f"{name}.yaml"
    if made.exists():
        raise error_of(
            ParameterError,
            "presets/{name} exists already. Edit it, delete it, or name another: --preset.",
            name=made.name,
        )
    made.parent.mkdir(exist_ok=True)
    lines = _lines(block, path, name, contract, chosen, draft.headline)
    with replacing(made) as aside:
        aside.write_text("\n".join(lines), encoding="utf-8")
    return made


def table_of(path: Path, sheet: str = "") -> Block:
    """Return the table of a file.

    Parameters
    ----------
    path : Path
    sheet : str
        The sheet, or the title of the table, where a file has several.

    Raises
    ------
    ContractError
        There is none.
    ParameterError
        There are several, and it was not said which; or none is called so.
    """
    found: list[Block] = []
    empty: list[str] = []
    for block in tables_of(path, empty):
        block.nameless = like_a_row(block)
        found.append(block)
    if not found:
        raise NoRows(empty)
    said = [turned(block.header, above=" ".join(block.preamble[-1:])) for block in found]
    if all(said):
        raise ContractError([f"{found[0].origin}:{found[0].line}: {said[0]}"])
    return _called(found, sheet, path)


def _called(found: Sequence[Block], sheet: str, path: Path) -> Block:
    """Return the table of that name; without a name, the only one."""
    names = {block.sheet or block.title or block.origin: block for block in reversed(found)}
    if sheet and not any(key(sheet) == key(name) for name in names):
        raise no_such(
            ParameterError,
            "{file} has no sheet or table {name!r}.{near} It has: {names}.",
            sheet,
            list(reversed(names)),
            file=path.name,
        )
    if len(names) > 1 and not sheet:
        raise error_of(
            ParameterError,
            "{file} has {count} tables: {names}. Say which: --sheet NAME.",
            file=path.name,
            count=len(names),
            names=listed(reversed(names)),
        )
    return next(each for name, each in names.items() if not sheet or key(sheet) == key(name))


def needed(contract: Table) -> list[str]:
    """Return the columns that rows of a table cannot do without: its key, and their time."""
    time = [contract.time] if contract.time else []
    names = dict.fromkeys([*contract.key, *time])
    return [name for name in names if contract.columns[name].absent is None]


def near(name: str, candidates: Iterator[str] | list[str]) -> list[str]:
    """Return the names that look alike, the nearest first."""

    def alike(other: str) -> float:
        one, two = (key(each).replace("_", " ") for each in (name, other))
        common = set(one.split()) & set(two.split())
        return max(SequenceMatcher(None, one, two).ratio(), 0.6 if common else 0.0)

    scored = sorted(((alike(each), each) for each in candidates), key=lambda pair: -pair[0])
    return [each for score, each in scored if score >= NEAR][:MOST_NEAR]


def open_points(preset: Preset, table: TablePreset) -> list[str]:
    """Return what is still to be filled in, as a sentence; nothing when the preset is complete."""
    names = [name for name, field in table.fields.items() if OPEN in (*field.names, *field.formats)]
    if not names:
        return []
    said = say(
        "presets/{preset}.yaml is not filled in yet: {names} of {table} still hold {sign!r}."
        " Write the header that each comes from (or the format of the date), then import the"
        " file again.",
        preset=preset.id,
        names=listed(names),
        table=table.target,
        sign=OPEN,
    )
    if given := _alike_in_all(TABLES[table.target], names):
        said += " " + say(
            "Where no column says it, delete the line and write what holds for all rows: {given}.",
            given=f"constants: {{{given}: TEXT}}",
        )
    return [said]


def _alike_in_all(contract: Table, names: Sequence[str]) -> str:
    """Return a column of a key of several that may be the same in all rows: a tool, an account."""
    parts = contract.key if len(contract.key) > 1 else ()
    free = [name for name in parts if contract.columns[name].type not in ("date", "ts")]
    return next((name for name in reversed(free) if name in names), "")


def _chosen(block: Block, contract: Table, columns: Mapping[str, str]) -> dict[str, str]:
    headers = {key(name): name for name in block.header}
    for column, header in columns.items():
        if column not in contract.columns:
            raise no_such(
                UnknownName,
                "Table {table} has no column {name!r}.{near} It has: {names}.",
                column,
                contract.columns,
                table=contract.name,
            )
        if key(header) not in headers:
            raise no_such(
                ParameterError,
                "{file} has no column {name!r}.{near} It has: {names}.",
                header,
                [*filter(None, block.header)],
                file=block.origin,
            )
    return {column: headers[key(header)] for column, header in columns.items()}


def _explained(
    headers: Sequence[str], path: Path, contract: Table, nameless: bool
) -> Iterator[str]:
    yield f"# How kpilib reads files like {_quoted(path.name)}: one line a column of the table"
    yield f"# {contract.name} ({contract.grain}), with the header of the file it comes from."
    yield f'# Replace every "{OPEN}"; take the # away from the lines you need, delete the others.'
    if nameless:
        yield "# Its first row may be one of values. If it has no names of columns, write a row of"
        yield "# them above it, and begin again."
    yield "#"
    yield f"# Headers of the file, and columns of {contract.name} with a similar name:"
    for header in headers:
        alike = near(header, list(contract.columns))
        yield f"#   {_quoted(header)}" + (f": perhaps {listed(alike)}" if alike else "")


def _lines(
    block: Block,
    path: Path,
    name: str,
    contract: Table,
    chosen: Mapping[str, str],
    headline: Headline | None,
) -> Iterator[str]:
    headers = [header for header in block.header if header]
    yield from _explained(headers, path, contract, block.nameless)
    yield f"id: {name}"
    yield f"name: {_quoted(path.stem)}"
    yield "status: documented  # written by you; verified once its figures were compared"
    yield "tables:"
    yield "  - id: rows"
    yield f"    target: {contract.name}"
    yield "    # A file is recognised by these headers; leave out those that may be missing."
    yield "    signature:"
    yield from (f"      - {_quoted(header)}" for header in dict.fromkeys(headers))
    yield "    fields:"
    must = needed(contract)
    for column in contract.columns.values():
        header = chosen.get(column.name, OPEN)
        wanted = column.name in must or column.name in chosen
        yield (
            ("      " if wanted else "      # ")
            + _field(column, header)
            + _hint(column, headers, column.name in must, headline)
        )
    if given := _alike_in_all(contract, must):
        yield "    # What holds for all rows and no column says, instead of its line above:"
        yield f"    # constants: {{{given}: TEXT}}"
    amounts = [name for name, each in contract.columns.items() if each.type in NUMBERS]
    if amounts:
        yield "    # What a row called total must repeat; without it, such a row is refused."
        yield f"    # additive: [{', '.join(amounts[:MOST_NEAR])}]"
    yield ""


def _field(column: Column, header: str) -> str:
    parts = [f"names: {_quoted(header)}", f"type: {TYPES.get(column.type, column.type)}"]
    if column.type in NUMBERS:
        parts.append("decimal: auto")
    if column.personal and column.type == "key":
        parts.append("pseudonym: true")
    if column.choices:
        parts.append("values: {}")
    return f"{column.name}: {{{', '.join(parts)}}}"


def _hint(column: Column, headers: list[str], must: bool, headline: Headline | None) -> str:
    said = ["needed"] if must else []
    if headline and column.name in headline.columns and not must:
        said.append(f"without it the KPI {headline.kpi} has no figure")
    alike = near(column.name, headers)
    if alike:
        said.append(f"perhaps {listed(map(_quoted, alike))}")
    if column.choices:
        said.append(
            f"one of {listed(column.choices)}; other texts: values: {{text: {column.choices[0]}}}"
        )
    return f"  # {'; '.join(said)}" if said else ""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
