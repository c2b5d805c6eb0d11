"""Rows that are counted once too often: exact duplicates are dropped and counted, others refused.

Refused are rows that share a key and differ, and rows that add up others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import narwhals as nw
import polars as pl

from kpilib.errors import ContractError
from kpilib.saying import refusal, say
from kpilib.tables.contract import Table
from kpilib.tables.read import first_row, first_said, in_pandas, row_count

# Without accents, in small letters; a space stands for any sign between two words, or none.
WORDS = (
    "total", "totals", "grand total", "grand totals", "overall total", "sub total", "sub totals",
    "sum", "sum total", "total sum",
    "total general", "totaux", "totaux generaux", "sous total", "sous totaux", "somme", "cumul",
    "totales", "sub totales", "suma", "suma total",
    "gesamt", "insgesamt", "gesamt summe", "gesamt ergebnis", "summe", "zwischen summe",
    "teil ergebnis",
    "totale", "totali", "totale generale", "totale complessivo", "sub totale", "somma",
    "total geral", "totais", "sub totais", "soma",
    "totaal", "eind totaal", "sub totaal",
    # Polish, Czech, Slovak, Hungarian, Romanian, Croatian, Slovene.
    "razem", "lacznie", "ogolem", "suma koncowa", "suma calkowita", "suma czesciowa",
    "celkem", "celkovy soucet", "celkova suma", "soucet", "mezisoucet",
    "spolu", "celkom", "celkovy sucet", "sucet", "medzisucet",
    "osszesen", "mindosszesen", "vegosszeg", "reszosszeg", "total partial", "ukupno", "skupaj",
    # Swedish, Danish, Norwegian, Finnish, Estonian.
    "totalt", "summa", "summa totalt", "total summa", "slut summa", "del summa", "i alt", "ialt",
    "sum totalt", "hoved total", "del sum", "yhteensa", "kaikki yhteensa", "loppu summa",
    "kokonais summa", "vali summa", "kokku",
    "toplam", "genel toplam", "ara toplam",
    "итого", "всего", "всего итого", "итого всего", "итог", "общии итог", "сумма",
    "промежуточныи итог", "разом", "всього", "усього", "общо", "укупно",
    "συνολο", "συνολα", "γενικο συνολο", "μερικο συνολο", "αθροισμα",
    # Chinese, Japanese, Korean.
    "合计", "总计", "小计", "总和", "共计", "合計", "總計", "小計", "總和", "共計", "総計",
    "総合計", "計", "합계", "총계", "총합계", "총합", "소계",
)  # fmt: skip
# What a choice of everything is called; without brackets these are names like others.
BRACKETED = ("all", "alle", "tous", "toutes", "tout", "todos", "todas", "tutti", "tutte", "alles")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre",
    "novembre", "decembre",
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
    "octubre", "noviembre", "diciembre",
    "januar", "februar", "maerz", "marz", "juni", "juli", "oktober", "dezember",
)  # fmt: skip
# Written out, not as classes: the engines do not agree on what a letter or a space is.
SIGNS = "\\s\u00a0\u202f\u2013\u2014\u2026\u00ab\u00bb\u2019\u3000\uff1a.:;,*=#|'\"+!?_<>{}-"
MARKS = "\u0300-\u030c\u0327\u0328"  # accents that stand behind their letters
ACCENTS = {
    "a": "àáâäãåąăā", "c": "çćč", "d": "ď", "e": "éèêëęěē", "i": "íìîï", "l": "ł", "n": "ńň",
    "o": "óòôöõő", "s": "śšş", "t": "ťţ", "u": "úùûüűů", "y": "ý", "z": "źżž",
    "α": "ά", "ε": "έ", "ι": "ί", "ο": "ό", "υ": "ύ", "и": "й",
}  # fmt: skip


def _written(word: str) -> str:
    """Return the pattern of a word in any case, with its accents or without."""
    found = ""
    for sign in word:
        others = ACCENTS.get(sign, "")
        small = f"{sign}{sign.upper()}{others}{others.upper()}"
        # An accent may also stand behind its letter, as a sign of its own.
        found += f"[{small}][{MARKS}]?" if others else f"[{small}]"
    return found.replace("[  ]", f"[{SIGNS}]*")


def _pattern() -> str:
    words = "|".join(map(_written, sorted(WORDS, key=len, reverse=True)))
    chosen = "|".join(map(_written, BRACKETED))
    months = "|".join(map(_written, MONTHS))
    year = "(?:19|20)[0-9][0-9]"
    # Total 2026, Total 10/2026, Total 2026-10, Total October (2026), Total (12), Total: Campaigns
    when = f"{year}([-/. ][0-9][0-9]?)?|[0-9][0-9]?[-/. ]{year}|(?:{months})[{SIGNS}]*(?:{year})?"
    behind = f"(?:[(\\[]?(?:{when})[)\\]]?|[(\\[].*[)\\]]|:[{SIGNS}].*)"
    any_sign = f"[{SIGNS}]*"
    return (
        f"^{any_sign}(?:(?:[(\\[]?(?:{words})[)\\]]?{any_sign}{behind}?)"
        f"|[(\\[<]{any_sign}(?:{chosen}){any_sign}[)\\]>]){any_sign}$"
    )


PATTERN = _pattern()


def any_total(columns: Iterable[str]) -> Any:
    """Return an expression that is true in rows one of whose keys reads as a total.

    Parameters
    ----------
    columns : iterable of str
        Columns of text; at least one.
    """
    names = (nw.col(name).cast(nw.String) for name in columns)
    totals = (name.str.contains(PATTERN).fill_null(False) for name in names)
    return nw.any_horizontal(*totals, ignore_nulls=False)


NAMES = (nw.String, nw.Categorical, nw.Enum)


def without_duplicates(
    frame: nw.LazyFrame, contract: Table, origin: str
) -> tuple[nw.LazyFrame, int]:
    """Keep one of the rows that are the same in everything.

    Parameters
    ----------
    frame : narwhals.LazyFrame
    contract : Table
        Its key names a row; without one nothing can be said.
    origin : str
        File or table named in errors.

    Returns
    -------
    tuple of narwhals.LazyFrame and int
        The rows that stay, and how many were dropped.

    Raises
    ------
    ContractError
        Rows share a key and differ in something else, or a key reads as a total.
    """
    schema = frame.collect_schema()
    key, names = _key(contract, schema.names()), _texts(contract, schema)
    total = any_total(names) if names else nw.lit(False)
    if not key and not (names and frame.implementation.is_polars()):
        return frame, 0
    rows, keys, totals = _counted(frame, key, total)
    if totals:
        raise _added_up(frame, names, origin, totals)
    if rows == keys:
        return frame, 0
    once = frame.unique()
    rows_left, keys, _ = _counts(once, key, total)
    if rows_left > keys:
        raise _repeated(contract, key, origin, rows_left - keys)
    return once, rows - rows_left


def _repeated(contract: Table, key: Sequence[str], origin: str, count: int) -> ContractError:
    # Several contracts of one person are told apart by a column that may be left out.
    spare = [column for column in contract.key if column not in key]
    names = say(" and ").join(spare)
    remedy = say("If both are right, add {names}: it is part of the key.", names=names)
    return refusal(
        origin,
        "{count} row(s) repeat a key ({key}) with other values. A key names one row: keep the"
        " right one.{remedy}",
        count=count,
        key=", ".join(key),
        remedy=f" {remedy}" if spare else "",
    )


def _key(contract: Table, names: list[str]) -> list[str]:
    """Return the key columns that are there; none when one that is required is not."""
    present = [column for column in contract.key if column in names]
    needed = [
        column
        for column in contract.key
        if contract.columns[column].absent is None and column not in names
    ]
    return [] if needed else present


def _texts(contract: Table, schema: nw.Schema) -> list[str]:
    """Return the key columns that hold names: a choice or a text may well be called total."""
    return [
        name
        for name in contract.key
        if contract.columns[name].type == "key" and schema.get(name) in NAMES
    ]


def _counted(frame: nw.LazyFrame, key: list[str], total: nw.Expr) -> tuple[int, int, int]:
    """Return rows and keys, both 0 where all keys differ for sure, and how many rows are totals."""
    if not frame.implementation.is_polars():
        return _counts(frame, key, total)
    unique, totals = _surely_unique(frame, key, total)
    rows, keys = (0, 0) if unique else _counts(frame, key, total)[:2]
    return rows, keys, totals


def _surely_unique(frame: nw.LazyFrame, key: list[str], total: nw.Expr) -> tuple[bool, int]:
    """Return whether all keys differ, and how many rows are totals, from one pass.

    Told from eight bytes a row instead of the keys themselves: keys whose hashes differ differ;
    where two hashes are the same, the keys have to be compared.
    """
    asked = frame.with_columns(total_row=total).to_native()
    value = pl.col(key[0]) if len(key) == 1 else pl.struct(key) if key else pl.lit(0)
    found = asked.select(key=value.hash(), total=pl.col("total_row")).collect(engine="streaming")
    return not key or found["key"].n_unique() == len(found), int(found["total"].sum())


def _counts(frame: nw.LazyFrame, key: list[str], total: nw.Expr) -> tuple[int, int, int]:
    """Return the number of rows, of different keys, and of totals among these, from one query."""
    of_each = frame.group_by(*key).agg(rows_of_key=nw.len())
    of_each = of_each.with_columns(total_row=nw.when(total).then(nw.lit(1)).otherwise(nw.lit(0)))
    counts = in_pandas(
        of_each.select(
            rows=nw.col("rows_of_key").sum(), keys=nw.len(), totals=nw.col("total_row").sum()
        )
    )
    rows, keys, totals = counts.fillna(0).iloc[0]
    return int(rows), int(keys), int(totals)


def _added_up(frame: nw.LazyFrame, names: list[str], origin: str, totals: int) -> ContractError:
    """Say which rows add up others, by the key column that reads as a total."""
    found = [name for name in names if row_count(frame.filter(any_total([name])))]
    imported = ""
    if origin.endswith(".parquet"):
        imported = say(
            " (of an imported table: remove {origin} and import its files again)", origin=origin
        )
    return refusal(
        origin,
        "column {names}, {count} row(s){first}: the key reads as a total. Such a row adds up"
        " others, and would be counted as one more of them: take it out{imported}.",
        names=", ".join(found),
        count=totals,
        first=first_said(first_row(frame, any_total(found))),
        imported=imported,
    )
