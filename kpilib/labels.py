"""labels.csv: what a company calls the codes of its tables, in both languages.

Codes stay what they are in frames and figures.csv; a label is what a reader sees instead.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kpilib.display.label import clean
from kpilib.display.words import COLUMN_WORDS, RESERVED
from kpilib.engine.privacy import ONE_PERSON, PERSONAL
from kpilib.errors import CompanyError, listed, nearest
from kpilib.settings import Settings
from kpilib.tables import TABLES

FILE = "labels.csv"
COLUMNS = ("column", "code", "label_en", "label_fr")
LANGS = ("en", "fr")
LONGEST = 60  # letters; a chart shows the first thirty or so
OF_PERSONS = PERSONAL | ONE_PERSON
NAMES = ("key", "text", "enum", "list", "bool")  # types of columns whose values are codes


@dataclass(frozen=True)
class Labels:
    """What codes are called.

    Parameters
    ----------
    words : mapping of (column, code) to {language: label}
    """

    words: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def of(self, column: str, code: str, lang: str) -> str:
        """Return the label of a code; that of the other language where it has one only, or ""."""
        found = self.words.get((column, code), {})
        return found.get(lang) or next(filter(None, found.values()), "")


def labels(folder: Path | None, settings: Settings) -> Labels:
    """Read the labels of a company folder; none where there is no labels.csv.

    Parameters
    ----------
    folder : Path or None
    settings : Settings
        Of the company: its own columns may have labels too.

    Raises
    ------
    CompanyError
        Every fault of the file, each with its line, column and remedy; no code and no label is
        repeated in it.
    """
    if folder is None or not (folder / FILE).exists():
        return Labels()
    try:
        with (folder / FILE).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            faults = list(_wrong_header(reader.fieldnames or ()))
            rows = [] if faults else [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError:
        raise CompanyError(f"{FILE}: it is not UTF-8. Save it as CSV UTF-8.") from None
    except csv.Error as error:
        raise CompanyError(f"{FILE}: it cannot be read as CSV ({error}).") from None
    found, wrong = _read(rows, _allowed(settings))
    faults += wrong
    if faults:
        raise CompanyError("\n".join(faults))
    return Labels(found)


def _allowed(settings: Settings) -> set[str]:
    """Return the columns that figures may be broken down by, and that name no single person."""
    known = {
        name
        for table in TABLES.values()
        for name in (*table.columns, *table.aliases)
        if table.column(name).type in NAMES
    }
    own = {name for names in settings.columns.values() for name in names}
    return (known | own | {*settings.breakdowns} | {*COLUMN_WORDS}) - OF_PERSONS


def _wrong_header(names: Collection[str]) -> Iterator[str]:
    has = f"It has: {listed(COLUMNS)}."
    if any(";" in (name or "") for name in names):
        yield f"{FILE}:1: the cells are separated by semicolons. Save it with commas between them."
        return
    if not {"label_en", "label_fr"} & {*names}:
        yield f"{FILE}:1: column label_en is missing, and label_fr too. {has}"
    for name in ("column", "code"):
        if name not in names:
            yield f"{FILE}:1: column {name} is missing. {has}"
    for name in names:
        if name not in COLUMNS:
            yield f"{FILE}:1: column {name!r} is unknown.{nearest(name, COLUMNS)} {has}"


def _read(
    rows: list[tuple[int, dict]], allowed: set[str]
) -> tuple[dict[tuple[str, str], dict[str, str]], list[str]]:
    """Return the labels and every fault of the lines."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    lines: dict[tuple[str, str], int] = {}  # where a code stands
    called: dict[tuple[str, str, str], int] = {}  # where a label of a column stands
    faults: list[str] = []
    for line, row in rows:
        cells = {name: clean(row.get(name) or "") for name in COLUMNS}
        wrong = list(_wrong_cells(row, cells, allowed))
        key = cells["column"], cells["code"]
        if not wrong and lines.setdefault(key, line) != line:
            wrong.append(
                f"the code has its labels in line {lines[key]} already. Keep one of the two."
            )
        words = {lang: cells[f"label_{lang}"] for lang in LANGS}
        if not wrong:
            for lang, word in words.items():
                same = called.setdefault((cells["column"], lang, word.casefold()), line)
                if word and same != line:
                    wrong.append(
                        f"column label_{lang}: line {same} has the same label for another code of "
                        f"{cells['column']}; a reader could not tell them apart. Make them differ."
                    )
        found[key] = words
        faults += [f"{FILE}:{line}: {each}" for each in wrong]
    return found, faults


def _wrong_cells(row: dict, cells: dict[str, str], allowed: set[str]) -> Iterator[str]:
    if None in row:
        yield "more cells than columns. Put a label that holds a comma between double quotes."
        return
    column = cells["column"]
    if column in OF_PERSONS:
        yield f"column column: {column} names single persons, who are never shown."
    elif column not in allowed:
        yield (
            f"column column: {column!r} is not what figures are broken down by."
            f"{nearest(column, allowed)} Such are {listed(sorted({*COLUMN_WORDS} & allowed)[:6])}."
            if column
            else "column column is empty. Write what the code is one of, such as campaign_id."
        )
    if not cells["code"]:
        yield "column code is empty. Write the code as the table has it."
    elif cells["code"] in RESERVED:
        yield "column code: this group is made by kpilib, which names it itself."
    if not cells["label_en"] and not cells["label_fr"]:
        yield "columns label_en and label_fr are both empty. Write one; it serves both languages."
    for lang in LANGS:
        if len(cells[f"label_{lang}"]) > LONGEST:
            yield f"column label_{lang}: the label is longer than {LONGEST} letters. Shorten it."
