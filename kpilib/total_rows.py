"""Rows that add up others: known by the word in their key, in the languages of the tools.

A dated total among orders would be one order more, as large as all the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import narwhals as nw

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
SIGNS = "\\s\u00a0\u202f\u2013\u2014\u2026\u00ab\u00bb\u2019.:;,*=#|'\"+!?_<>{}-"
ACCENTS = {"a": "àáâäã", "e": "éèêë", "i": "íìîï", "o": "óòôöõ", "u": "úùûü", "c": "ç"}


def _written(word: str) -> str:
    """Return the pattern of a word in any case, with its accents or without."""
    found = ""
    for sign in word:
        others = ACCENTS.get(sign, "")
        small = f"{sign}{sign.upper()}{others}{others.upper()}"
        # An accent may also stand behind its letter, as a sign of its own.
        found += f"[{small}][\u0300-\u0308\u0327]?" if others else f"[{small}]"
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
FITS = re.compile(PATTERN).match


def is_total(text: str) -> bool:
    """Whether the key of a row reads as a total."""
    return FITS(text) is not None


def any_total(columns: Iterable[str]) -> Any:
    """Return an expression that is true in rows one of whose keys reads as a total.

    Parameters
    ----------
    columns : iterable of str
        Columns of text; at least one.
    """
    one, *others = (
        nw.col(name).cast(nw.String).str.contains(PATTERN).fill_null(False) for name in columns
    )
    for other in others:
        one = one | other
    return one
