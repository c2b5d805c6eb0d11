"""What stands in a file instead of a table: notices, names that are periods, rows in one cell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import islice

from kpilib.errors import ContractError, NoRows
from kpilib.saying import fault_at, refusal, say
from kpilib.sources.block import Block, Cells, Row, filled, trimmed, values
from kpilib.sources.keys import key
from kpilib.tables import moments

LONGEST_NOTICE = 120
FIRST_ROWS = 25  # by which names are told from values
MOST_NOTICES = 3  # rows with one text, below a header and instead of rows
# What such a text says where it could also be a row with empty cells.
NOTHING = re.compile(
    r"(?:.*\W)?(?:no|not|none|nothing|0|aucune?|pas d[e']|sans|rien|keine?|nichts|sin|ning[uú]na?"
    r"|nessun[oa]?|non|nenhuma?|sem|geen)\b.*",
    re.I | re.S,
)
UNPARTED = re.compile(r"\S[;,|\t](?=\S)")  # between the names of columns that stand in one cell
YEAR = r"(?:19|20)\d\d"
SHORT = rf"(?:FY ?)?'?(?:{YEAR}|\d\d)"
PART = (  # of a year
    r"(?:Q|T|S|H|W|M|KW|CW|FY|quarter|half|trim(?:estre)?|sem(?:estre|aine|ana)?|week|woche|quartal"
    r"|halbjahr)\.?"
)
# What a column is called that stands for a day, a week, a month, a quarter, half a year or a year.
PERIODS = (
    rf"{YEAR}[-/.](?:0?[1-9]|1[0-2])(?:[-/.]\d\d?)?(?:[T ]00:00(?::00)?Z?)?",
    rf"\d\d?[-/.]\d\d?[-/.](?:{YEAR}|\d\d)|(?:0?[1-9]|1[0-2])[-/.]{YEAR}|\d\d?/\d\d?",
    rf"{YEAR}(?:(?:0[1-9]|1[0-2])(?:[0-3]\d)?)?|FY ?'?(?:{YEAR}|\d\d)(?:[- ]?[QTSH]\d)?",
    rf"{YEAR}[- ]?{PART} ?\d\d?|{PART}[ -]?\d\d?(?: ?[ /-] ?{SHORT}|{YEAR})",
    rf"\d(?:er|e|[èe]me|st|nd|rd|th|º|\.)? ?{PART}[ /-]?{SHORT}",
    r"(?:KW|CW|week|woche|semaine|semana) ?\d\d?",
    rf"(?:\d\d? )?MONTH\.?(?:[- /]*'?(?:{YEAR}|\d\d?)|[- ]\d\d?(?:, ?| ){YEAR})?|{YEAR} MONTH",
)


@cache
def _period() -> re.Pattern[str]:
    months = "|".join(sorted(moments.names()[1], key=len, reverse=True))
    return re.compile("|".join(PERIODS).replace("MONTH", f"(?:{months})"), re.I)


def is_period(name: str) -> bool:
    """Whether a column is called by a period, or by the first and the last day of one."""
    ends = re.split(" [-–] ", name.strip())
    return len(ends) < 3 and all(_period().fullmatch(each) for each in ends)


def instead(seen: list[Row], ahead: list[Row], origin: str) -> NoRows | None:
    """Say what a tool wrote below its header instead of rows; None when it wrote nothing.

    Parameters
    ----------
    seen : list of (int, tuple of str)
        Those that are of no table so far; the last one may be the header.
    ahead : list of (int, tuple of str)
        Those below, one more than there may be notices.
    origin : str
    """
    if len(ahead) > MOST_NOTICES:
        return None
    for line, cells in seen:
        below = [under for at, under in (*seen, *ahead) if at > line and filled(under)]
        if (
            filled(cells) > 1
            and not values(cells)
            and 0 < len(below) <= MOST_NOTICES
            and all(_says(under, filled(cells)) for under in below)
        ):
            said = " ".join(" ".join(map(str.strip, filter(None, under))) for under in below)
            said += "" if said[-1] in ".!?" else "."
            return NoRows(
                [
                    fault_at(
                        f"{origin}:{line}",
                        "the tool says: {said} There is nothing to import for this period.",
                        said=said,
                    )
                ]
            )
    return None


def _says(cells: Cells, width: int) -> bool:
    """Whether a row below that many names is a text, not values."""
    text = ", ".join(cell.strip() for cell in trimmed(cells) if cell.strip())
    if len(text) > LONGEST_NOTICE or "@" in text or any(map(values, [(text,), cells])):
        return False
    if len(cells) == 1:
        return True
    return 2 * filled(cells) < width + 1 and NOTHING.fullmatch(text) is not None


def turned(names: Cells, above: str = "") -> str:
    """Say that columns are called by periods, and what to export; empty when they are not.

    Parameters
    ----------
    names : tuple of str
    above : str
        The line above them, whose periods may each stand over several measures.
    """
    found = [name.strip() for name in names if is_period(name)]
    if not 1 < len(found) < len(names):
        found = _measured(names)
    if not found and len(set(map(key, filter(None, names)))) < sum(map(bool, names)):
        found = [match[0] for match in _parts()[2].finditer(above)]
    if len(found) < 2:
        return ""
    return say(
        "its columns are periods ({first} ... {last}), and a table has one row a period:"
        " export it with a column of dates, or turn the columns into rows (in Excel:"
        " Power Query, Unpivot Other Columns).",
        first=found[0],
        last=found[-1],
    )


@cache
def _parts() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of a measure before its period, behind it, and of a period in a line."""
    period, sign = rf"(?P<when>{_period().pattern})", r"[\s:|/_.()\[\]–-]+"
    shapes = (
        rf"(?P<what>.*?[^\W\d].*?){sign}{period}[)\]]?",
        rf"[(\[]?{period}{sign}(?P<what>.*[^\W\d].*)",
        rf"(?<!\w){period}(?!\w)",
    )
    return tuple(re.compile(shape, re.I) for shape in shapes)


def _measured(names: Cells) -> list[str]:
    """Return the names that are a measure and its period, where a measure has several periods."""
    said: dict[str, dict[str, str]] = {}
    for name in map(str.strip, names):
        match = next(filter(None, (shape.fullmatch(name) for shape in _parts()[:2])), None)
        if match is not None:
            said.setdefault(key(match["what"]), {})[key(match["when"])] = name
    return [name for periods in said.values() if len(periods) > 1 for name in periods.values()]


def unparted(texts: Iterable[str], sign: str = "") -> str:
    """Say that a cell holds the names of several columns; empty when none does.

    Parameters
    ----------
    texts : iterable of str
    sign : str
        What parts the cells of the file, and may stand in one between quotes.
    """
    if all(len(UNPARTED.findall(each.replace(sign or " ", " "))) < 2 for each in texts):
        return ""
    return say(
        "several cells stand in one: the file was opened with another separator and saved."
        " Import it as it was downloaded."
    )


def like_a_row(block: Block) -> bool:
    """Whether the names of columns may be values: nothing tells them from the first rows below."""
    names, rows = block.header, [cells for _, cells in islice(block.rows, FIRST_ROWS)]
    if not block.line or names in rows:  # records bear names; only names come again on each page
        return False
    again = any(
        name.strip() and key(name) in map(key, column)
        for name, *column in zip(names, *rows, strict=False)
    )
    return values(names) > 0 or again or (bool(rows) and not any(map(values, rows)))


def no_names(rows: list[Row], origin: str) -> ContractError | None:
    """Say why rows hold no table, as far as they show it; None when they do not."""
    for (line, cells), (_, under) in zip(rows, rows[1:], strict=False):
        names = trimmed(cells)
        if len(trimmed(under)) <= len(names) and (said := turned(names)):
            return ContractError([f"{origin}:{line}: {said}"])
    line, first = rows[0] if rows else (0, ())
    if said := unparted(first):
        return ContractError([f"{origin}:{line}: {said}"])
    if len(rows) > 1 and all(len(cells) == len(first) and values(cells) for _, cells in rows):
        return refusal(
            f"{origin}:{line}",
            "this row holds values like those below, and none above it holds the names of the"
            " columns. Write a row of names above it, and import the file again.",
        )
    return None
