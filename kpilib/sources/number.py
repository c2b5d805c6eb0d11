"""One parser of numbers, told which sign parts decimals; what is ambiguous is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite
from typing import NamedTuple

LONGEST = 64  # signs of a number, with its unit
SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'"})
MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})
NOTHING = {"", "-", "--", "n/a", "na", "null", "none", "(not set)", "nan", "\u2014"}
BOUND = re.compile(r"[<>≤≥]\s*\S")
CURRENCY = r"[A-Za-z]{0,3}[€$£¥₹]|[A-Z]{3}"
BEFORE = re.compile(rf"^([+-]?)\s?(?:{CURRENCY})\s?(?=[-+\d.,(])")
BEHIND = re.compile(rf"\s?(%|{CURRENCY}|h|s|sec|min)$")
SIGNS = (".", ",")
SIGNED = re.compile(r"([+-]?[\d ']*)([.,])(\d*)")


class Ambiguous(ValueError):
    """A number, a day, or a column of them, can be read in two ways."""


class Reading(NamedTuple):
    """What a cell says.

    Parameters
    ----------
    value : float or None
    unit : str
        ``%``, a currency, a unit of time, or nothing.
    flag : str
        Why there is no value: ``empty``, or ``bound`` for texts like ``< 10%``.
    """

    value: float | None
    unit: str = ""
    flag: str = ""


def _pattern(decimal: str) -> re.Pattern[str]:
    other = _other(decimal)
    thousands = rf"\d{{1,3}}(?:(?P<sign>[ '{other}])\d{{3}}(?:(?P=sign)\d{{3}})*)"
    indian = r"|\d{1,2}(?:,\d{2})+,\d{3}" if other == "," else ""
    part = re.escape(decimal)
    return re.compile(
        rf"(?P<minus>[+-]?)\s?(?P<whole>{thousands}{indian}|\d+|(?={part}\d))"
        rf"(?:{part}(?P<part>\d*))?(?P<power>[eE][+-]?\d{{1,3}})?",
        re.ASCII,
    )


def _other(sign: str) -> str:
    return SIGNS[1 - SIGNS.index(sign)]


PATTERNS = {sign: _pattern(sign) for sign in SIGNS}


class DecimalSign:
    """Learns from the cells of a column, seen in any number of batches, what parts decimals."""

    def __init__(self) -> None:
        self._votes: set[str] = set()
        self._doubtful = False

    def see(self, cells: Iterable[str]) -> None:
        """Look at more cells of the column."""
        for cell in cells:
            if len(self._votes) == 2 or ("." not in cell and "," not in cell):
                continue
            text = cell.partition("(")[0] if cell[:1] != "(" else cell
            found = [sign for sign in text if sign in SIGNS]
            if not found or len(text) > LONGEST:
                continue
            if len(set(found)) == 2:
                self._votes.add(found[-1])
            elif len(found) > 1:  # 1.234.567: thousands
                self._votes.add(_other(found[0]))
            elif match := SIGNED.search(text.translate(SPACES)):
                whole = match[1].lstrip("+-").strip()
                if len(match[3]) == 3 and 1 <= len(whole) <= 3 and whole != "0":
                    self._doubtful = True
                else:
                    self._votes.add(found[0])

    def sign(self) -> str:
        """Return the sign.

        Raises
        ------
        Ambiguous
            All there is could be thousands or decimals, like ``1,234``; or both signs part
            decimals.
        """
        if len(self._votes) > 1:
            raise Ambiguous("points and commas both part decimals in this column.")
        if self._votes:
            return next(iter(self._votes))
        if self._doubtful:
            raise Ambiguous(
                "every number with a sign has three digits behind it: thousands, or decimals?"
            )
        return "."


def decimal_sign(cells: Iterable[str]) -> str:
    """Return the sign that parts decimals in a column; see `DecimalSign`."""
    column = DecimalSign()
    column.see(cells)
    return column.sign()


def number(cell: str, decimal: str = ".") -> Reading:
    """Return the number in a cell, its unit, or why there is none.

    ``< 10%`` is not 10 %, nor 0: it is not known.

    Raises
    ------
    ValueError
        The text is not a number, or its thousands are not parted by threes.
    """
    text = cell.strip().translate(MINUS).translate(SPACES)
    if text.casefold() in NOTHING:
        return Reading(None, "", "empty")
    if len(text) > LONGEST:
        raise ValueError("not a number")
    if BOUND.match(text):
        return Reading(None, "%" if "%" in text else "", "bound")
    negative = text.startswith("(") and text.endswith(")")  # as accountants write it
    text = text[1:-1].strip() if negative else text
    if not negative and text.endswith(")"):  # 5 (0.5%)
        text = text.partition("(")[0].rstrip()
    text = BEFORE.sub(r"\1", text, count=1)
    behind = BEHIND.search(text)
    found = PATTERNS[decimal].fullmatch(text[: behind.start()] if behind else text)
    if found is None:
        raise ValueError("not a number")
    whole = re.sub(r"\D", "", found["whole"])
    value = float(f"{whole or 0}.{found['part'] or 0}{found['power'] or ''}")
    if not isfinite(value):
        raise ValueError("not a number")
    value = -value if negative or found["minus"] == "-" else value
    unit = behind[1] if behind else _currency(cell)
    return Reading(value, unit)


def _currency(cell: str) -> str:
    found = re.search(CURRENCY, cell)
    return found[0] if found else ""


CLOCK = re.compile(r"(-?)(\d{1,4}):([0-5]\d)(?::([0-5]\d(?:[.,]\d+)?))?", re.ASCII)
ISO_DURATION = re.compile(
    r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)
WORDS = re.compile(
    r"(?:(\d+)\s?(?:d|j|days?|jours?))?\s?(?:(\d+)\s?h(?:ours?|eures?)?)?"
    r"\s?(?:(\d+)\s?m(?:in(?:utes?)?)?)?\s?(?:(\d+(?:[.,]\d+)?)\s?s(?:ec(?:ondes?|onds?)?)?)?",
    re.ASCII | re.I,
)


def seconds(cell: str, decimal: str = ".") -> float | None:
    """Return a duration in seconds: a number, ``00:10:55``, ``14m 59s`` or ``PT1H2M``.

    Raises
    ------
    ValueError
        It is none of these; ``10:55`` alone could be minutes or hours.
    """
    text = cell.strip().translate(SPACES)
    if clock := CLOCK.fullmatch(text):
        if clock[4] is None:
            raise ValueError("not a duration: hours and minutes, or minutes and seconds?")
        parts = int(clock[2]) * 3600 + int(clock[3]) * 60 + float(clock[4].replace(",", "."))
        return -parts if clock[1] else parts
    for pattern in (ISO_DURATION, WORDS):
        found = pattern.fullmatch(text)
        if found and any(found.groups()):
            days, hours, minutes, rest = (
                float((part or "0").replace(",", ".")) for part in found.groups()
            )
            return days * 86_400 + hours * 3600 + minutes * 60 + rest
    return number(cell, decimal).value
