"""Every figure and reason that a reader sees, written in the reader's language.

Rule of rounding: half away from zero, on the decimal digits of the value. A rate is never rounded
to 0 % or 100 % when it is neither, and a change that is not zero never reads "0".
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    get_decimal_symbol,
)

from kpilib.definitions import COUNTED
from kpilib.display import rounding
from kpilib.display.dates import Dates
from kpilib.display.rounding import MINUS, MONEY, NO_BREAK, WHOLE
from kpilib.display.status import MISSING_WORDS, STATUS_WORDS, flags_of, lacking
from kpilib.display.words import as_name, clean, group_words
from kpilib.errors import listed
from kpilib.language import speak
from kpilib.topics.catalogue import catalogue, kpi

if TYPE_CHECKING:
    from kpilib.labels import Labels

NARROW = "\u202f"
SUMMED = (*COUNTED, "EUR")  # units of parts that add up
LARGE = 1_000_000  # of them, from where an axis has little room
STOCKS = ("R4", "R5")
MOST_DECIMALS = 4  # of a change that is nearly none
SECONDS_A_MINUTE, MINUTES_AN_HOUR = 60, 60


def known(value: object) -> bool:
    """Tell whether a figure exists: not missing, not infinite."""
    return isinstance(value, Real) and math.isfinite(value)


def bounded(row: Any) -> bool:
    """Tell whether of a figure only the bounds between which it lies are known."""
    ends = row.get("ci_low"), row.get("ci_high")
    return row.get("status") == "not_additive" and all(map(known, ends))


# A unit that is said after its number.
AFTER_WORDS = {
    "pt": "{number} pt",
    "minutes": "{number} min",
    "hours": "{number} h",
    "days": "{number} d",
    "months": "{number} months",
}
# A change of what has no unit of its own: a number alone would not say what it counts.
IN_WORDS = {
    "rank": "{number} places",
    "points": "{number} points",
    "score": "{number} points",
    "stars": "{number} points",
}
ONE_WORDS = {
    "{number} months": "{number} month",
    "{number} points": "{number} point",
    "{number} places": "{number} place",
}
ONE = {"en": r"1", "fr": r"[01](?:,\d+)?"}  # what takes the singular: in French, all below two


class Formatter(Dates):
    """Writes figures for one reader.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"fr"``.
    currency : str
        ISO code of the company's currency.
    minimum_group : int
        Fewest people a figure about people may describe.
    labels : Labels, optional
        What the company calls its codes, as `kpilib.labels` reads them.
    """

    def __init__(
        self,
        lang: str = "en",
        currency: str = "EUR",
        minimum_group: int = 5,
        labels: Labels | None = None,
    ) -> None:
        super().__init__(lang)
        self.currency = currency
        self.minimum_group = minimum_group
        self.labels = labels

    def group(self, column: str | None, group: Any) -> str:
        """Return what a group of a breakdown is called: the company's label, or known words.

        Parameters
        ----------
        column : str or None
            The breakdown.
        group : str or missing
            The code, as the table has it.
        """
        label = self.labels.of(column, clean(group), self.lang) if self.labels and column else ""
        return as_name(label) if label else group_words(group, self.say)

    # Figures ------------------------------------------------------------------------------

    def figure(self, row: Any, name: str = "value", *, against: object = None) -> str:
        """Write a figure of a row: one that was rounded for people has no decimal it does not need.

        Parameters
        ----------
        row : mapping
            As `evaluate` gives it.
        name : str
            The column: ``previous`` and ``year_before`` are rounded as the value is.
        against : number, optional
            As for `value`.
        """
        value, unit = row[name], row["unit"]
        if unit == "rate" and known(value) and "rounded" in flags_of(row):
            decimals = rounding.needed(value, unit)
            if decimals < rounding.precision(value, unit):
                return self._write(value, unit, decimals, signed=False)
        return self.value(value, unit, against=against)

    def value(self, value: object, unit: str, *, against: object = None) -> str:
        """Write a figure with its unit.

        Parameters
        ----------
        value : number or missing
        unit : str
            One of `kpilib.definitions.UNITS`.
        against : number, optional
            Another figure it will be compared with: decimals are added until both read apart.
        """
        if not known(value):
            return self.say("n/a")
        decimals = rounding.precision(value, unit)
        if known(against) and against != value:
            while decimals < 4 and rounding.as_read(value, unit, decimals) == rounding.as_read(
                against, unit, decimals
            ):
                decimals += 1
        return self._write(value, unit, decimals, signed=unit == "points")

    def interval(self, low: object, high: object, unit: str) -> str:
        """Write an interval, the unit once: ``10.1 to 14.2 %``; empty when a bound is missing."""
        if not (known(low) and known(high)):
            return ""
        decimals = max(rounding.precision(low, unit), rounding.precision(high, unit))
        if 0 in (low, high) or unit == "rate":
            decimals = min(decimals, 2)
        if unit in COUNTED and high >= 10:
            decimals = 0
        signed = unit == "points"
        first, last = (self._write(bound, unit, decimals, signed=signed) for bound in (low, high))
        unit_said = rounding.suffix(last)
        if unit_said and first.endswith(unit_said):
            first = first[: -len(unit_said)]
        return self.say("{low} to {high}", low=first, high=last)

    def difference(
        self, delta: object, unit: str, *, of: tuple[object, object] | None = None
    ) -> str:
        """Write an absolute change with its sign: rates in points, durations in seconds.

        Parameters
        ----------
        delta : number or missing
        unit : str
        of : pair of number, optional
            The figures now and then that stand beside it: it is then what a reader gets who takes
            one from the other, as both are printed.
        """
        if not known(delta):
            return self.say("n/a")
        if delta == 0:
            return self.say("no change")
        read = rounding.step(*of, unit) if of else None
        fewest = 0
        if read is not None:
            delta, fewest = read, rounding.decimals_of(read * 100 if unit == "rate" else read)
        if unit == "rate":
            delta, unit = delta * 100, "pt"
        if not rounding.quantize(rounding.exact(delta), MOST_DECIMALS):
            return self.say("no change")  # what remains of sums that cancel out
        if unit == "seconds":
            return self._apart_from_zero(delta, 0) + f"{NO_BREAK}s"
        if unit in MONEY:
            decimals = fewest if abs(delta) >= 100 else 2
            return self._money(delta, decimals, signed=True)
        decimals = 0 if unit in WHOLE else rounding.precision(delta, unit)
        number = self._apart_from_zero(delta, max(fewest, decimals))
        return self._joined(AFTER_WORDS[unit], number) if unit in AFTER_WORDS else number

    def relative(self, change: object) -> str:
        """Write a relative change: ``+12 %``, with a decimal below 10 %."""
        if not known(change):
            return self.say("n/a")
        if change == 0:
            return self.say("no change")
        percent = rounding.exact(change) * 100
        return self._apart_from_zero(percent, 0 if abs(percent) >= 10 else 1) + f"{NO_BREAK}%"

    def change(self, delta: object, relative: object, unit: str, *, roll_up: str = "R1") -> str:
        """Write a change the way its unit is compared.

        Rates and scores move in points or in their own unit, stocks by their net flow, everything
        else in percent (or absolutely when it started from zero).
        """
        if not known(delta):
            return self.say("n/a")
        if unit in IN_WORDS and delta:
            return self._joined(IN_WORDS[unit], self.difference(delta, unit))
        if unit in ("rate", "pt", "points", "rank", "score", "seconds", "ratio", "target", "stars"):
            return self.difference(delta, unit)
        if roll_up in STOCKS:
            change = self.difference(delta, unit)
            return self.say("{change} net", change=change) if delta else change
        return self.relative(relative) if known(relative) else self.difference(delta, unit)

    def size(self, delta: object, relative: object, unit: str, *, roll_up: str = "R1") -> str:
        """Write how large a change is, without its sign, for a sentence that says rose or fell."""
        if unit in ("rate", "pt") and known(delta):
            points = self.difference(abs(delta), unit).replace(NO_BREAK, " ").split(" ")[0]
            return self.say("{number} points", number=points.lstrip("+"))
        if roll_up in STOCKS and unit in COUNTED:
            return self.count(abs(delta))
        grown = abs(relative) if known(relative) else None
        return self.change(delta and abs(delta), grown, unit, roll_up=roll_up).lstrip("+")

    def count(self, value: object) -> str:
        """Write a number of things."""
        return self.value(value, "count")

    def share(self, value: float, of: float) -> str:
        """Write a share of so many: of fewer than a hundred a decimal says nothing."""
        digits = float(rounding.quantize(rounding.exact(value), 2)) if of < 100 else value
        return self.figure({"value": digits, "unit": "rate", "flags": ["rounded"]})

    def base(self, row: Mapping[str, Any]) -> str:
        """Write what a figure rests on: ``35 people`` where persons are its cases, else a number.

        Parameters
        ----------
        row : mapping
            One row of ``evaluate``.
        """
        cases = row.get("n")
        if not known(cases):
            return ""
        number = self.count(cases)
        if row.get("kpi") not in catalogue() or kpi(row["kpi"]).base != "people":
            return number
        said = self.say("1 person") if cases == 1 else self.say("{count} people", count=number)
        return said.replace(" ", NO_BREAK)

    def compact(self, value: float, unit: str = "count") -> str:
        """Write a large number in little room: ``1.2M``, ``€1.2M``."""
        digits = (2 if unit == "EUR" else 1) if abs(value) >= 1000 else 0
        how = {"locale": self.locale, "fraction_digits": digits}
        written = (
            format_compact_currency(value, self.currency, **how)
            if unit == "EUR"
            else format_compact_decimal(value, **how)
        )
        return self._typeset(written).replace(NO_BREAK, NARROW)

    def ticks(self, values: Sequence[float], unit: str) -> list[str]:
        """Write the labels of an axis, all with the same number of decimals and no more."""
        if unit in SUMMED and max(map(abs, values), default=0) >= LARGE:
            return [self.compact(value, unit) for value in values]
        decimals = max([rounding.needed(value, unit) for value in values], default=0)
        return [
            self._write(value, unit, decimals, signed=unit == "points" and value != 0)
            for value in values
        ]

    def decimal(self, text: str) -> str:
        """Write a number that somebody else wrote with a point with the language's own sign."""
        return text.replace(".", get_decimal_symbol(self.locale))

    # Reasons ------------------------------------------------------------------------------

    def missing(self, row: Any) -> str:
        """Say that a figure is missing and why: ``n/a: no data in this period``.

        People who cannot be added up have two bounds: ``between 2,410 and 61,230``.
        """
        if bounded(row):
            told = {"unit": "count", **row}
            bounds = {side: self.figure(told, f"ci_{side}") for side in ("low", "high")}
            return self.say("between {low} and {high}", **bounds)
        return self.say("n/a: {reason}", reason=self.explanation(row))

    def reason(self, row: Any) -> str:
        """Say why a figure is missing, in a short clause."""
        status, given = row.get("status"), row.get("reason")
        names = lacking(row)
        if names:
            return self.say(MISSING_WORDS[status], names=listed(names))
        if status in STATUS_WORDS or not (isinstance(given, str) and given):
            return self.say(STATUS_WORDS.get(status, "the figure could not be worked out"))
        return _clause(self.say(given))

    def explanation(self, row: Any) -> str:
        """Say why a figure is missing, in the sentence that came with it, or in a clause."""
        given = row.get("reason")
        if not (isinstance(given, str) and given) or row.get("status") in MISSING_WORDS:
            return self.reason(row)
        slots = {"minimum": self.minimum_group} if "{minimum}" in given else {}
        return _clause(self.say(given, **slots))

    def row_value(self, row: Any) -> str:
        """Write the value of a row of `evaluate`, or why there is none."""
        if row.get("status", "ok") != "ok" or not known(row["value"]):
            return self.missing(row)
        return self.figure(row)

    # How it is written --------------------------------------------------------------------

    def _write(self, value: float, unit: str, decimals: int, *, signed: bool) -> str:
        if unit == "rate":
            percent = rounding.exact(value) * 100
            floor = Decimal(1).scaleb(-decimals)
            if 0 < abs(percent) < floor / 2:
                minus = MINUS if percent < 0 else ""
                return f"<{NO_BREAK}{minus}{self._number(floor, decimals)}{NO_BREAK}%"
            return self._number(percent, decimals, signed=signed) + f"{NO_BREAK}%"
        if unit == "seconds":
            return self._duration(value)
        if unit in MONEY:
            return self._money(value, decimals)
        text = self._number(value, decimals, signed=signed)
        if unit in ("score", "stars"):
            return f"{text}{NO_BREAK}/{NO_BREAK}5"
        return self._joined(AFTER_WORDS[unit], text) if unit in AFTER_WORDS else text

    def _joined(self, words: str, number: str) -> str:
        """Say a number with what it counts, never on two lines."""
        if re.fullmatch(ONE[self.lang], number.lstrip(f"+{MINUS}")):
            words = ONE_WORDS.get(words, words)
        return self.say(words, number=number).replace(" ", NO_BREAK)

    def _number(self, value: Any, decimals: int, *, signed: bool = False) -> str:
        rounded = rounding.quantize(rounding.exact(value), decimals)
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        text = self._typeset(format_decimal(abs(rounded), format=pattern, locale=self.locale))
        return rounding.sign(rounded, signed) + text

    def _money(self, value: Any, decimals: int, *, signed: bool = False) -> str:
        rounded = rounding.quantize(rounding.exact(value), decimals)
        pattern = self.locale.currency_formats["standard"].pattern.replace(
            ".00", "." + "0" * decimals if decimals else ""
        )
        text = format_currency(
            abs(rounded), self.currency, format=pattern, locale=self.locale, currency_digits=False
        )
        return rounding.sign(rounded, signed) + self._typeset(text)

    def _duration(self, value: float) -> str:
        seconds = int(rounding.quantize(abs(rounding.exact(value)), 0))
        minutes, seconds = divmod(seconds, SECONDS_A_MINUTE)
        hours, minutes = divmod(minutes, MINUTES_AN_HOUR)
        text = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"
        return MINUS + text if value <= -0.5 else text

    def _apart_from_zero(self, value: Any, decimals: int) -> str:
        while decimals < MOST_DECIMALS and rounding.quantize(rounding.exact(value), decimals) == 0:
            decimals += 1
        return self._number(value, decimals, signed=True)

    @staticmethod
    def _typeset(text: str) -> str:
        return text.replace("-", MINUS)


def _clause(sentence: str) -> str:
    """Return a sentence as the end of another one: no capital, no full stop."""
    text = sentence.rstrip(".")
    begins = text[1:2].islower() or text[1:2].isspace()  # a word, of one letter too: no code
    return text[:1].lower() + text[1:] if begins else text


# Who reads what this kernel shows: one language, currency and company's labels, set together by
# `kl.report`, so that no label of a company stays for the next.
_ALONE = [Formatter("en")]


def reader() -> Formatter:
    """Return how figures and texts are written for the reader."""
    return _ALONE[0]


def write_for(
    lang: str, currency: str = "EUR", minimum_group: int = 5, labels: Labels | None = None
) -> Formatter:
    """Write for another reader from now on, sentences included, and return how."""
    speak(lang)
    _ALONE[0] = Formatter(lang, currency, minimum_group, labels)
    return _ALONE[0]
