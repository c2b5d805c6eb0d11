"""A column of texts into numbers and booleans, all rows at once; `kpilib.tables.moments` into days.

Nothing is guessed: what parts decimals, and whether the day or the month comes first, is told or
seen in the whole column; what stays open is a question (`Ambiguous`).
"""

from __future__ import annotations

import re

import polars as pl

LONGEST = 64  # signs of a number or a day
SIGNS = (".", ",")
NOTHING = (
    *("", "-", "--", "n/a", "na", "null", "none", "(not set)", "nan", "\u2014"),
    *("n.a.", "n/d", "nd", "n.d.", "nc", "n.c.", "s.o.", "k.a."),  # French, German, Spanish
)
# English, French, German, Spanish, Italian, Portuguese, Dutch; and what marks a box.
TRUE = (
    *("true", "yes", "y", "1", "1.0", "x", "on", "\u2713", "\u2714", "oui", "vrai", "o"),
    *("ja", "wahr", "j", "sí", "si", "s", "verdadero", "sì", "vero", "sim", "verdadeiro", "waar"),
)
FALSE = (
    *("false", "no", "n", "0", "0.0", "off", "\u2717", "\u2718", "non", "faux"),
    *("nein", "falsch", "falso", "não", "nao", "nee", "onwaar"),
)
CURRENCY = r"[A-Za-z]{0,3}[€$£¥₹]|[A-Z]{3}"
DOLLARS = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS")
# What a sign may stand for; any other text is its own name.
CURRENCIES = {
    "€": ("EUR",),
    "£": ("GBP",),
    "₹": ("INR",),
    "¥": ("JPY", "CNY"),
    "$": DOLLARS,
    "US$": ("USD",),
    "CA$": ("CAD",),
    "C$": ("CAD",),
    "A$": ("AUD",),
    "AU$": ("AUD",),
    "NZ$": ("NZD",),
    "S$": ("SGD",),
    "HK$": ("HKD",),
    "MX$": ("MXN",),
    "R$": ("BRL",),
}
# 00:10:55, PT1H2M3.5S, 1h 2m 3s.
DURATIONS = (
    r"^(?P<sign>-?)(?P<h>[0-9]{1,4}):(?P<m>[0-5][0-9]):(?P<s>[0-5][0-9](?:[.,][0-9]+)?)$",
    r"^P(?:(?P<d>[0-9]+)D)?(?:T(?:(?P<h>[0-9]+)H)?(?:(?P<m>[0-9]+)M)?"
    r"(?:(?P<s>[0-9]+(?:\.[0-9]+)?)S)?)?$",
    r"(?i)^(?:(?P<d>[0-9]+) ?(?:d|j|t|days?|jours?|tage?|d[ií]as?|giorn[io]|dias?))?,?"
    r" ?(?:(?P<h>[0-9]+(?:[.,][0-9]+)?) ?(?:h(?:rs?|ours?|eures?|oras?)?|std\.?|stunden?|ore?))?,?"
    r" ?(?:(?P<m>[0-9]+(?:[.,][0-9]+)?) ?m(?:in(?:s|\.|ut[eio]s?|uten|uti)?)?)?,?"
    r" ?(?:(?P<s>[0-9]+(?:[.,][0-9]+)?)"
    r" ?s(?:ek\.?|ekunden?|ec(?:s|\.|ond[aei]s?|onds|undos?)?|eg(?:undos?)?)?)?$",
)
LENGTHS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}


class Ambiguous(ValueError):
    """A column can be read in two ways."""


def _tidied(texts: pl.Series) -> pl.DataFrame:
    """Return texts, `plain`: no spaces at the ends, one sign for each space and minus."""
    plain = texts.str.strip_chars().str.replace_all("[\u00a0\u202f\u2009]", " ")
    plain = plain.str.replace_all("[\u2212\u2013]", "-").str.replace_all("’", "'", literal=True)
    return pl.DataFrame({"text": texts, "plain": plain})


def _bare(tidied: pl.DataFrame, short: pl.Expr) -> pl.DataFrame:
    """Part each text into its number and what stands around it."""
    plain, bare = pl.col("plain"), pl.col("bare")
    # As accountants write what is negative, (5) or $(5), and as SAP does, 5-. The share behind a
    # count is none of it: 5 (0.5%).
    accounts = rf"(?s)^((?:{CURRENCY})?) ?\((.*)\) ?((?:%|{CURRENCY})?)$"
    rows = tidied.with_columns(
        nothing=plain.str.to_lowercase().is_in(NOTHING)
        | (plain.str.contains(r"^[<>≤≥]\s*\S") & short),
        negative=plain.str.contains(accounts),
        bare=plain.str.replace(accounts, "$1$2$3")
        .str.replace(r"(?s)^([^(]+)\(.*\)$", "$1")
        .str.replace(rf"^([^-+(][^-]*?) ?-( ?(?:%|{CURRENCY})?)$", "-$1$2")
        .str.strip_chars(),
    )
    behind = rf" ?(%|{CURRENCY}|h|s|sec|min)$"
    return rows.with_columns(
        bare.str.replace(rf"^([+-]?) ?(?:{CURRENCY}) ?([-+0-9.,(].*)$", "$1$2")
    ).with_columns(bare=bare.str.replace(behind, ""), unit=bare.str.extract(behind))


def numbers(texts: pl.Series, decimal: str = ".") -> pl.DataFrame:
    """Return the numbers of a column, what they are of, and where there is none on purpose.

    Parameters
    ----------
    texts : polars.Series
    decimal : str
        The sign that parts decimals; the other one, a space or an apostrophe part thousands.

    Returns
    -------
    polars.DataFrame
        ``value``, null for what is no number as declared; ``unit``: ``%``, a currency, a unit of
        time; ``nothing``: whether the text says that there is none (empty, a dash, n/a, < 10 %).
    """
    bare, short = pl.col("bare"), pl.col("plain").str.len_chars() <= LONGEST
    rows = _bare(_tidied(texts), short)
    other, part = SIGNS[1 - SIGNS.index(decimal)], re.escape(decimal)
    groups = "|".join(rf"[0-9]{{1,3}}(?:{each}[0-9]{{3}})+" for each in (" ", "'", f"[{other}]"))
    indian = r"|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}" if other == "," else ""
    fits = (
        rf"^[+-]? ?(?:(?:{groups}{indian}|[0-9]+)(?:{part}[0-9]*)?|{part}[0-9]+)"
        r"(?:[eE][+-]?[0-9]{1,3})?$"
    )
    digits = bare.str.replace_all(f"[ '{other}]", "").str.replace(decimal, ".", literal=True)
    value = pl.col("value")
    return (
        rows.with_columns(value=pl.when(bare.str.contains(fits) & short).then(digits))
        .with_columns(value.cast(pl.Float64, strict=False))
        .select(
            value=pl.when(value.is_finite() & ~pl.col("nothing")).then(
                pl.when("negative").then(-value.abs()).otherwise(value)
            ),
            unit=pl.coalesce("unit", pl.col("text").str.extract(f"({CURRENCY})")),
            nothing="nothing",
        )
    )


def plain_number(text: pl.Expr) -> pl.Expr:
    """Return numbers as programs write them, digits and a point; null for any other text."""
    value = text.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def seconds(texts: pl.Series, decimal: str = ".") -> pl.DataFrame:
    """Return durations in seconds as `numbers` does: 5.5, ``00:10:55``, ``14m 59s``, ``PT1H2M``.

    ``10:55`` alone could be minutes or hours, and is none.
    """
    longer = pl.col("unit").replace_strict({"h": 3600, "min": 60}, default=1)
    rows = numbers(texts, decimal).with_columns(value=pl.col("value") * longer)
    plain = _tidied(texts)["plain"]
    for pattern in DURATIONS:
        found = plain.str.extract_groups(pattern).struct.unnest()
        parts = [
            found[name].str.replace(",", ".").cast(pl.Float64, strict=False) * length
            for name, length in LENGTHS.items()
            if name in found.columns
        ]
        known = found.select(
            pl.when(pl.any_horizontal(part.is_not_null() for part in parts)).then(
                pl.sum_horizontal(parts)
            )
        ).to_series()
        if "sign" in found.columns:
            known = known * (1 - 2 * (found["sign"] == "-").cast(pl.Int8))
        rows = rows.with_columns(value=pl.coalesce("value", known))
    return rows


def _signed(texts: pl.Series) -> pl.DataFrame:
    """Return the texts that have a point or a comma, each once, without a share behind a count."""
    text = pl.col("text")
    parted = text.str.contains("[.,]") & text.str.contains("[0-9]")  # n.c. is no number
    cells = pl.DataFrame({"text": texts}).filter(parted).unique()
    return cells.select(
        text.str.replace(r"(?s)^([^(]*[0-9][^(]*)\(.*$", "$1")
        .str.replace_all("[\u00a0\u202f\u2009]", " ")
        .str.replace_all("’", "'", literal=True)
    ).filter(text.str.contains("[.,]") & (text.str.len_chars() <= LONGEST))


def decimal_sign(texts: pl.Series) -> str:
    """Return the sign that parts decimals in a column.

    Raises
    ------
    Ambiguous
        All there is could be thousands or decimals, like ``1,234``; or both signs part decimals.
    """
    text = pl.col("text")
    cells = _signed(texts)
    parts = text.str.extract_groups(r"([+-]?[0-9 ']*)([.,])([0-9]*)").struct
    whole = parts.field("1").str.strip_chars_start("+-").str.strip_chars()
    length = whole.str.len_chars()
    points, commas = (text.str.count_matches(each, literal=True) for each in SIGNS)
    seen = cells.select(
        last=text.str.extract(r"([.,])[^.,]*$"),
        both=(points > 0) & (commas > 0),
        again=points + commas > 1,
        doubtful=(parts.field("3").str.len_chars() == 3) & length.is_between(1, 3) & (whole != "0"),
    )
    last = pl.col("last")
    votes = seen.select(
        pl.when("both").then(last)
        .when("again").then(pl.when(last == ".").then(pl.lit(",")).otherwise(pl.lit(".")))
        .when(~pl.col("doubtful")).then(last)
        .alias("sign")
    )["sign"].drop_nulls().unique().to_list()  # fmt: skip
    if len(votes) > 1:
        raise Ambiguous("points and commas both part decimals in this column.")
    if not votes and len(seen):
        raise Ambiguous(
            "every number with a sign has three digits behind it: thousands, or decimals?"
        )
    return votes[0] if votes else "."


def boolean(text: pl.Expr) -> pl.Expr:
    """Return true and false in seven languages; null for any other text."""
    low = text.str.strip_chars().str.to_lowercase()
    return pl.when(low.is_in(TRUE)).then(True).when(low.is_in(FALSE)).then(False)


def boxes(text: pl.Expr) -> pl.Expr:
    """Read a column of yes and no: an empty box is not ticked, but unknown where others say no."""
    said = boolean(text)
    return pl.when(text != "").then(said).otherwise(pl.when(~(~said).any()).then(False))
