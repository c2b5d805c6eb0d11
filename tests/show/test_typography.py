"""Pages set as a printer of their language would: one function, every rule with a case."""

from __future__ import annotations

import pytest

from kpilib.show.typography import typeset, typeset_page

CASES = [
    ("en", "16.8 %", "16.8%"),
    ("en", "16.8\u00a0%", "16.8%"),
    ("en", "10.1 to 14.2\u00a0%", "10.1 to 14.2%"),
    ("en", "the company's list", "the company\u2019s list"),
    ("en", "-7.3 points", "\u22127.3 points"),
    ("en", "up 85 % on a year earlier", "up 85% on a year earlier"),
    ("en", "2026-10-31", "2026-10-31"),
    ("en", "well-known 3-4 days", "well-known 3-4 days"),
    ("en", "12 000 people", "12\u202f000 people"),
    ("en", "40 m2", "40 m\u00b2"),
    ("fr", "l'année", "l\u2019année"),
    ("fr", "16,8 %", "16,8\u00a0%"),
    ("fr", "16,8%", "16,8\u00a0%"),
    ("fr", "Chiffre : 3", "Chiffre\u00a0: 3"),
    ("fr", "Qui ? Quoi ; non !", "Qui\u202f? Quoi\u202f; non\u202f!"),
    ("fr", "« oui »", "«\u00a0oui\u00a0»"),
    ("fr", "le 1er octobre", "le 1\u1d49\u02b3 octobre"),
    ("fr", "à 10:30", "à 10:30"),
    ("fr", "la liste e-mail", "la liste e\u2011mail"),
]


@pytest.mark.parametrize("lang, written, printed", CASES)
def test_one_case_a_rule(lang, written, printed):
    assert typeset(written, lang) == printed


@pytest.mark.parametrize("lang, written, printed", CASES)
def test_what_is_set_stays_as_it_is(lang, written, printed):
    assert typeset(printed, lang) == printed


def test_tags_styles_and_code_are_left_alone():
    page = (
        "<style>a{width:50 %}</style><p title=\"it's 5 %\">it&#39;s 5 %</p><code>x = 'a' 5 %</code>"
    )
    assert typeset_page(page, "en") == (
        "<style>a{width:50 %}</style><p title=\"it's 5 %\">it\u2019s 5%</p><code>x = 'a' 5 %</code>"
    )
