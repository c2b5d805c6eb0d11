"""labels.csv: what a company calls the codes of its tables, in both languages.

Codes stay what they are in frames and figures.csv; a label is what a reader sees instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kpilib.display.words import COLUMN_WORDS, RESERVED, clean
from kpilib.engine.privacy import ONE_PERSON, PERSONAL
from kpilib.errors import listed
from kpilib.saying import meant, say
from kpilib.settings import Settings
from kpilib.sheet import Cells, Sheet
from kpilib.tables import TABLES

LANGS = ("en", "fr")
LABELS = Sheet(
    file="labels.csv",
    columns=("column", "code", "label_en", "label_fr"),
    required=("column", "code", ("label_en", "label_fr")),
    closed=True,
)
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


def _alike(
    words: Mapping[str, str], column: str, line: int, called: dict[tuple[str, str, str], int]
) -> Iterator[str]:
    """Say which labels of a code another code of its column has; keep where each stands."""
    for lang, word in words.items():
        same = called.setdefault((column, lang, word.casefold()), line)
        if word and same != line:
            yield say(
                "column label_{lang}: line {line} has the same label for another code of {column};"
                " a reader could not tell them apart. Make them differ.",
                lang=lang,
                line=same,
                column=column,
            )


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
    allowed = _allowed(settings)
    lines: dict[tuple[str, str], int] = {}  # where a code stands
    called: dict[tuple[str, str, str], int] = {}  # where a label of a column stands

    def taken(cells: Cells, line: int) -> tuple[tuple[str, str], dict[str, str]]:
        cells = {name: clean(text) for name, text in cells.items()}
        key = cells["column"], cells["code"]
        if wrong := list(_wrong_cells(cells, allowed)):
            raise ValueError(*wrong)
        if (same := lines.setdefault(key, line)) != line:
            raise ValueError(
                say(
                    "the code has its labels in line {line} already. Keep one of the two.",
                    line=same,
                )
            )
        words = {lang: cells[f"label_{lang}"] for lang in LANGS}
        if wrong := list(_alike(words, cells["column"], line, called)):
            raise ValueError(*wrong)
        return key, words

    return Labels(dict(LABELS.read(folder, taken)))


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


def _wrong_cells(cells: Cells, allowed: set[str]) -> Iterator[str]:
    column = cells["column"]
    if not column:
        yield say("column column is empty. Write what the code is one of, such as campaign_id.")
    elif column in OF_PERSONS:
        yield say("column column: {name} names single persons, who are never shown.", name=column)
    elif column not in allowed:
        yield say(
            "column column: {name!r} is not what figures are broken down by.{near} Such are"
            " {known}.",
            name=column,
            near=meant(column, allowed),
            known=listed(sorted({*COLUMN_WORDS} & allowed)[:6]),
        )
    if not cells["code"]:
        yield say("column code is empty. Write the code as the table has it.")
    elif cells["code"] in RESERVED:
        yield say("column code: this group is made by kpilib, which names it itself.")
    if not cells["label_en"] and not cells["label_fr"]:
        yield say(
            "columns label_en and label_fr are both empty. Write one; it serves both languages."
        )
    for lang in LANGS:
        if len(cells[f"label_{lang}"]) > LONGEST:
            yield say(
                "column label_{lang}: the label is longer than {most} letters. Shorten it.",
                lang=lang,
                most=LONGEST,
            )
