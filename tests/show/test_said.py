"""What people write on a page: the first theme with its measured error, or why none is said."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.show.beforehand import for_pages
from kpilib.show.said import SAID
from kpilib.show.tables import split_title, table
from kpilib.texts.learned import HEADLINE, limit
from tests.sample_figures import SAMPLE


@pytest.fixture(autouse=True)
def _english():
    write_for("en")
    yield
    write_for("en")


def digest(labelled=200, f1=0.74, twice=200, **more):
    row = {"kind": "theme", "name": "charge", "texts": 14.0, "negative": 8.0, "low": 0.33,
           "negative_share": 0.57, "high": 0.79, "priority": 8.0, "labelled": labelled,
           "macro_f1": f1, "limit": limit(labelled, f1, twice)}  # fmt: skip
    return pd.DataFrame([row | more])


def test_the_first_theme_is_said_with_its_error():
    assert split_title(digest()) == (
        "Charge first: 57\u00a0% of 14 texts are negative (macro-F1 0.74)"
    )


@pytest.mark.parametrize(("labelled", "f1"), [(200, HEADLINE - 0.001), (199, 0.9), (0, None)])
def test_below_the_limit_nothing_is_a_headline(labelled, f1):
    """The limit is one rule, of `kpilib.texts.learned`: the page asks it and knows no number."""
    said = split_title(digest(labelled, f1))

    assert said.startswith("No headline: ") and "Charge" not in said and "57" not in said


def test_labels_of_one_person_alone_are_no_headline():
    said = split_title(digest(twice=199))

    assert said.startswith("No headline: 199 of the texts") and "Charge" not in said


def test_at_the_limit_it_is():
    assert split_title(digest(f1=HEADLINE)).startswith("Charge first")


def test_terms_alone():
    assert SAID.named(digest(kind="term", name="planning")).startswith("No theme is mentioned")


def test_a_company_that_collects_no_texts_has_its_page_all_the_same():
    """Its digest has columns and no row: page 05 stopped there."""
    none = digest().iloc[:0]

    assert SAID.belongs(none) and split_title(none) == "" and table(none).empty


def test_as_a_table():
    told = table(digest())

    assert told.iloc[0].tolist() == ["Charge", "14", "8", "57.0\u00a0%",
                                     "33.0 to 79.0\u00a0%", "8"]  # fmt: skip


def test_in_french_with_the_companys_names():
    report = kl.report("employees", period="2026-10", data=str(SAMPLE), lang="fr")
    frame = report.company.digest(report.period, of="employees")

    assert SAID.belongs(frame)
    assert split_title(frame).startswith("Charge de travail d'abord\u00a0: 60\u00a0%")


def test_no_word_that_anybody_wrote_stands_on_the_page():
    """Bodies are read and go no further: of each, no three words in a row are in the frame."""
    company = for_pages(str(SAMPLE))
    bodies = company.table("texts", "2026-10", columns=["body", "source"])
    own = bodies.loc[bodies["source"].eq("feedback_box"), "body"].dropna()
    told = table(company.digest("2026-10", of="employees")).to_csv()

    assert len(own) > 30
    for body in own:
        words = body.split()
        assert not any(" ".join(words[at : at + 3]) in told for at in range(len(words) - 2))
