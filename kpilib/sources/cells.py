"""Reads the cells of one column: numbers, dates, choices; says what is wrong, never the value."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kpilib.errors import listed
from kpilib.sources.block import Broken, Number
from kpilib.sources.dates import DayOrder, day, instant, read
from kpilib.sources.keys import key
from kpilib.sources.number import Ambiguous, DecimalSign, number, seconds
from kpilib.sources.preset import Field_, Preset

if TYPE_CHECKING:
    from kpilib.sources.context import Context

NUMBERS = ("int", "number", "rate", "money", "seconds")
DATES = ("date", "instant")
TRUE = {"true", "yes", "oui", "vrai", "1", "y", "o", "x"}
FALSE = {"false", "no", "non", "faux", "0", "n", ""}
EXPECTED = {
    **dict.fromkeys(NUMBERS, "a number"),
    "int": "a whole number",
    "seconds": "a duration",
    "date": "a date",
    "instant": "a date and time",
    "bool": "yes or no",
}
EXACT = 2**53
SHORTENED = re.compile(r"\d[.,]\d+E\+\d+", re.I)
CUT = (
    "a number that Excel has shortened, so that its last digits are lost: import the file as it"
    " was downloaded"
)
ORDERS = "'{0}=%d/%m/%Y' (day first) or --read '{0}=%m/%d/%Y' (month first)"
SIGNS = "'{0}=.' (decimal point) or --read '{0}=,' (decimal comma)"
OPEN = "?"  # the sign or format of a column about which a question was asked
SHOWN = 5


class Unreadable(ValueError):
    """A cell that cannot be used, with the reason, which names no value."""


class Reader:
    """Reads one column by its field of a preset.

    A large column is shown to `observe` in batches first, then read by `all` in batches.

    Parameters
    ----------
    name : str
        Of the field.
    written : Field_
    header : str
        As it stands in the file.
    context : Context
    preset : Preset
    serials : date or None
        Day zero of serial numbers, where the block is of a workbook.
    """

    def __init__(
        self,
        name: str,
        written: Field_,
        header: str,
        context: Context,
        preset: Preset,
        serials: date | None = None,
    ) -> None:
        self.name, self.written, self.header, self.context = name, written, header, context
        self.zone = context.zone if preset.timezone == "company" else ZoneInfo(preset.timezone)
        self.serials = serials
        told = {key(column): answer for column, answer in context.told.items()}
        answer = told.get(key(header), "")
        self.decimal = answer if answer in (".", ",") else written.decimal
        said = tuple(filter(None, answer.split("|"))) if written.type in DATES else ()
        self.formats = said or written.formats
        self._said = bool(said)
        self.values = {key(text): value for text, value in written.values.items()}
        self._signs, self._order = DecimalSign(), DayOrder()
        self._real_days: set[int] = set()  # days of the month of real dates in a workbook
        self._texts: list[int] = []  # rows that hold a date as text in a workbook
        self._currencies: set[str] = set()
        self._settled = False

    @property
    def observes(self) -> bool:
        """Whether the whole column must be seen before any of it can be read."""
        kind = self.written.type
        return (kind in NUMBERS and self.decimal == "auto") or (
            kind in DATES and (not self.formats or self.serials is not None)
        )

    def observe(self, cells: Sequence[str], lines: Sequence[int] = ()) -> None:
        """Look at more cells of the column."""
        if self.written.type in NUMBERS:
            self._signs.see(cell for cell in cells if not isinstance(cell, (Number, Broken)))
        elif self.written.type in DATES:
            for place, cell in enumerate(cells):
                if self._order.see((cell,)):
                    self._texts += [lines[place]] if lines else []
                elif self.serials is not None:
                    self._see_real(cell)

    def _see_real(self, cell: str) -> None:
        try:
            found = read(cell, (), self.serials)
        except ValueError:  # said when it is read
            return
        if found is not None:
            self._real_days.add(found.day)

    def settle(self, origin: str, faults: list[str]) -> None:
        """Decide how the column is read, from what was observed; add the question if it is open."""
        self._settled = True
        kind = self.written.type
        try:
            if kind in NUMBERS and self.decimal == "auto":
                self.decimal = self._signs.sign()
            if kind in DATES and not self.formats:
                self.formats = self._order.formats()
        except Ambiguous as error:
            ways = (SIGNS if kind in NUMBERS else ORDERS).format(self.header)
            faults.append(f"{origin}: column {self.header}: {error} Say which: --read {ways}.")
            self.decimal, self.formats = OPEN, (OPEN,)
            return
        if self._order.slashed and self._real_days and max(self._real_days) <= 12:
            more = f" and {len(self._texts) - SHOWN} more" if len(self._texts) > SHOWN else ""
            rows = listed(map(str, self._texts[:SHOWN]))
            faults.append(
                f"{origin}: column {self.header}: row(s) {rows}{more} hold dates as text among"
                " real dates, none of which is later than a 12th: Excel has probably taken months"
                " for days when the file was opened. Import the file as it was downloaded."
            )

    @property
    def days(self) -> DayOrder | None:
        """What the column shows of the order of day and month; None when it was told."""
        told = self.written.type not in DATES or self.written.formats or self._said
        return None if told else self._order

    def all(
        self, cells: Sequence[str], lines: Sequence[int], origin: str, faults: list[str]
    ) -> list[Any]:
        """Return the values of a column, or of a batch of it; add its faults, one a reason."""
        if not self._settled:
            self.observe(cells, lines)
            self.settle(origin, faults)
        if OPEN in (self.decimal, *self.formats):
            return [None] * len(cells)
        found: list[Any] = []
        wrong: dict[str, list[int]] = defaultdict(list)
        for cell, line in zip(cells, lines, strict=True):
            try:
                found.append(self.one(cell))
            except (ValueError, OverflowError) as error:
                found.append(None)
                said = isinstance(error, Unreadable)
                wrong[str(error) if said else f"not {self._expected()}"].append(line)
        for reason, where in wrong.items():
            more = f", and in {len(where) - 1:,} more row(s)" if len(where) > 1 else ""
            faults.append(f"{origin}:{where[0]}: column {self.header}: {reason}{more}.")
        if len(self._currencies) > 1:
            faults.append(
                f"{origin}: column {self.header}: amounts in {listed(sorted(self._currencies))}."
                " Export one currency at a time."
            )
        return found

    def _expected(self) -> str:
        if self.values:
            return f"one of {listed(self.written.values)}"
        if self.written.type in DATES and self.formats:
            formats = ["YYYY-MM-DD" if each == "iso" else each for each in self.formats]
            return f"{EXPECTED[self.written.type]} written {' or '.join(formats[:3])}"
        if self.written.type in NUMBERS and self.decimal == ",":
            return f"{EXPECTED[self.written.type]} with a decimal comma"
        return EXPECTED.get(self.written.type, "a text")

    def one(self, cell: str) -> Any:
        """Return the value of one cell.

        Raises
        ------
        ValueError
            It cannot be read.
        """
        kind, text = self.written.type, cell.strip()
        if isinstance(cell, Broken) and not (cell.as_number and kind in NUMBERS):
            raise Unreadable(cell.why)
        if self.values:
            return self._chosen(text)
        if kind in NUMBERS:
            return self._number(cell)
        if kind == "date":
            return day(text, self.formats, self.serials)
        if kind == "instant":
            return instant(text, self.formats, self.zone, self.serials)
        if kind == "bool":
            if key(text) in TRUE | FALSE:
                return key(text) in TRUE
            raise ValueError("not yes or no")
        if kind == "id" and SHORTENED.fullmatch(text):
            raise Unreadable(CUT)
        if self.written.pseudonym and text:
            return pseudonym(text, self.context.secret)
        return text or None

    def _number(self, cell: str) -> float | int | None:
        kind = self.written.type
        decimal = "." if isinstance(cell, Number) or self.decimal == "auto" else self.decimal
        if kind == "seconds":
            return seconds(cell, decimal)
        value, unit, _ = number(cell, decimal)
        if value is None:
            return None
        if kind == "int":
            if value != int(value) or abs(value) > EXACT:
                raise ValueError("not a whole number")
            return int(value)
        if kind == "money" and unit and unit != "%":
            self._currencies.add(unit)
        return value / 100 if unit == "%" and kind == "rate" else value

    def _chosen(self, text: str) -> str | None:
        if key(text) in self.values:
            return self.values[key(text)] or None
        if self.written.otherwise is not None:
            return self.written.otherwise or None
        if not text:
            return None
        raise ValueError("not one of the values")


def pseudonym(text: str, secret: bytes) -> str:
    """Return the keyed hash that stands for a person: the same for the same, and no way back."""
    whose = unicodedata.normalize("NFKC", text).strip().casefold().encode()
    return hmac.new(secret, whose, hashlib.sha256).hexdigest()[:20]
