"""What the numbers of a column are of, where a cell or the header says it: a currency, a time."""

from __future__ import annotations

import re

import polars as pl

from kpilib.errors import listed
from kpilib.saying import fault_at
from kpilib.sources.context import Context
from kpilib.sources.keys import key
from kpilib.tables.cells import CURRENCIES

CODES = {code for codes in CURRENCIES.values() for code in codes} | {
    *("AED", "BGN", "CHF", "CZK", "DKK", "HUF", "ILS", "KRW", "MAD", "NOK", "PLN", "RON"),
    *("RUB", "SEK", "THB", "TND", "TRY", "UAH", "XAF", "XOF", "ZAR"),
}
# Thousands, millions and hundredths are no amounts in the currency either: CA (k€), cost_micros.
PARTS = "|".join(
    (
        r"[ktm]\W?eur|(?:mio|tsd)\W?(?:eur|€)|(?:tausend|millionen) euro|miles de euros",
        r"(?:milliers|millions) (?:d'euros|de \w+)|(?:thousands|millions)(?: of \w+)?",
        r"cents?|centimes?|centimos|micros",
    )
)
NET = r"(?: (?:ht|ttc|net|hors taxes))?[)\]]?$"
MONEY = re.compile(
    r"(?:[(\[,]|\b(?:in|en)\b|_) ?(?:in |en )?"
    rf"(?P<unit>[a-z]{{0,3}}[€$£¥₹]|[a-z]{{3}}|{PARTS}){NET}| (?P<bare>[ktm]€){NET}"
)
COUNTED = r"^[-+0-9][0-9 .,'’\u00a0\u202f]*$"  # a number alone
LENGTHS = {
    60: ("min", "mins", "minute", "minutes", "minuten", "minutos", "minuti"),
    3600: ("h", "hr", "hrs", "hour", "hours", "heure", "heures", "stunden", "horas", "ore"),
    0.001: ("ms", "milliseconds", "millisecondes", "millisekunden", "milisegundos"),
}
SECONDS = {name: length for length, names in LENGTHS.items() for name in names}
TIME = re.compile(rf"(?:[(\[]|\b(?:in|en)\b|_) ?(?:in |en )?(?P<unit>{'|'.join(SECONDS)})[)\]]?$")
CLOCK = r"^\s*([0-9]{1,3}) ?[:hH] ?([0-5][0-9])(?: ?min)?\s*$"
DAYS = re.compile(r"(?:[(\[]|\b(?:in|en)\b|_) ?(?:in |en )?(?:jours?|days?|tagen?|dias|j)[)\]]?$")


def seconds_of(header: str, otherwise: float = 1) -> float:
    """Return how long one of a column is, in seconds: 60 where the header ends in ``(min)``."""
    found = TIME.search(key(header))
    return SECONDS[found["unit"]] if found else otherwise


def are_hours(field: str) -> bool:
    """Whether a field is a number of hours, by its name."""
    return field.startswith("hours") or field.endswith("_h")


def are_days(header: str) -> bool:
    """Whether a header says that its numbers are days, of whatever length."""
    return DAYS.search(key(header)) is not None


def hours(found: pl.DataFrame, header: str) -> pl.DataFrame:
    """Return numbers as hours, ``7h30`` and ``7:30`` among them.

    Parameters
    ----------
    found : polars.DataFrame
        `text`, `value` and `unit`.
    header : str
    """
    clock = pl.col("text").str.extract_groups(CLOCK).struct
    told = clock.field("1").cast(pl.Float64) + clock.field("2").cast(pl.Float64) / 60
    counted = pl.col("text").str.contains(COUNTED) & pl.col("unit").is_null()
    length = pl.when(counted).then(seconds_of(header, 3600) / 3600).otherwise(1)
    return found.with_columns(value=pl.coalesce(told, pl.col("value") * length))


def money_of(header: str) -> str:
    """Return the currency, or the part of it, that a header ends in; empty when it names none."""
    found = MONEY.search(key(header))
    unit = (found["unit"] or found["bare"]) if found else ""
    if len(unit) == 3 and unit.isalpha():
        return unit.upper() if unit.upper() in CODES else ""
    return unit.upper() if unit.upper() in CURRENCIES else unit


def _several(names: str, origin: str, header: str) -> str:
    return fault_at(
        origin,
        "column {header}: amounts in {names}. Export one currency at a time.",
        header=header,
        names=names,
    )


def foreign(
    read: pl.DataFrame, lines: pl.Series, origin: str, header: str, context: Context
) -> list[str]:
    """Say that amounts are in another currency than the company's, unless a column says it.

    Parameters
    ----------
    read : polars.DataFrame
        With the `value` and the `unit` of each row.
    lines : polars.Series
    origin, header : str
    context : Context
    """
    # Nothing is nothing in any currency: Matomo writes $0 where nobody bought.
    known = read.select("value", "unit", line=lines).filter(pl.col("value") != 0)
    if unit := money_of(header):
        known = known.with_columns(pl.col("unit").fill_null(unit))
    known = known.filter(pl.col("unit").is_not_null() & (pl.col("unit") != "%"))
    units = sorted(set(known["unit"]))
    mine = context.currency
    other = [each for each in units if mine not in CURRENCIES.get(each, (each,))]
    if not other:
        return []
    if len(units) > 1:
        return [_several(listed(units), origin, header)]
    if "currency" in context.table.fields and context.header("currency"):
        return []
    return [
        fault_at(
            f"{origin}:{known['line'][0]}",
            "column {header}: amounts in {unit}, and the company's currency is {currency}."
            " Convert the amounts first: two currencies are never added.",
            header=header,
            unit=other[0],
            currency=mine,
        )
    ]
