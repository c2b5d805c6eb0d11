"""Names of columns that are the same to a person are the same here."""

from __future__ import annotations

import pytest

from kpilib.sources.keys import key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Día\u00a0N", "dia n"),
        ("Nom de l’événement", "nom de l'evenement"),
        ("E\u0301tat", "État"),
        (" Impr. \n", "impr."),
        ("\ufeffDate", "date"),
        ("Co\u200bst", "cost"),
        ("Coût / conv.", "COUT  /  CONV."),
    ],
)
def test_spellings_that_are_equal(one, other):
    assert key(one) == key(other)


def test_names_that_differ_stay_apart():
    assert key("Sessions") != key("Sessions avec engagement")
    assert key("#") != key("")
