"""Themes, promoters and segments on a page: no customer is named, and nothing crashes empty."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import kpilib as kl
from kpilib.language import LANGUAGES
from tests.worked import rows

PAYLOAD = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def company():
    """Thirty customers over two years, each with an answer, and texts about two themes."""
    customers = [f"secret{number}" for number in range(30)]
    months = pd.date_range("2024-11-10 09:00", periods=24, freq="MS", tz="UTC")
    orders = [
        (f"o{number}-{place}", who, at, 100.0 * (1 + number), "paid")
        for number, who in enumerate(customers)
        for place, at in enumerate(months)
        if place % (1 + number % 5) == 0 and not (number % 7 == 0 and place > 12)
    ]
    answers = [
        (f"r{number}", "nps", "w", who, "2026-09-10T09:00:00Z", 10 if number % 3 else 4)
        for number, who in enumerate(customers)
    ]
    texts = [
        (f"t{number}", "2026-10-05T09:00:00Z", "comment", tone, themes)
        for number, (tone, themes) in enumerate(
            [("negative", "lenteur")] * 3 + [("neutral", f"lenteur;{PAYLOAD}"), (None, "prix")]
        )
    ]
    return kl.open(
        {
            "orders": rows("order_id customer_id ordered_at amount_ht status", *orders).assign(
                product_kind="inter", units=1, margin_ht=10.0, currency="EUR"
            ),
            "survey_responses": rows(
                "response_id survey_id wave respondent_key answered_at value", *answers
            ),
            "survey_waves": rows("survey_id wave survey_kind", ("nps", "w", "nps")),
            "texts": rows("text_id ts source sentiment themes", *texts).assign(rating=4.0),
        },
        as_of="2026-10-31",
    )


def page(company, lang="en"):
    return kl.page("customers", month="2026-10", data=company, lang=lang)


def words(block):
    html = re.sub(r"<style.*?</style>", "", block._repr_html_(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["themes", "promoters", "migration"])
def test_no_customer_is_named_and_no_script_runs(company, lang, name):
    html = getattr(page(company, lang), name)()._repr_html_()

    assert "secret" not in html
    assert PAYLOAD not in html


def test_themes_by_priority_with_their_share(company):
    said = words(page(company).themes())

    assert "Recurrent themes, October 2026" in said
    assert "lenteur 3 4 75.0 % (30.1 to 95.4 %)" in said.replace("\u00a0", " ")
    assert "prix" not in said  # nobody has read that text: it has no priority


def test_promoters_two_by_two(company):
    # CLTV grows with the number; every third customer answers 4
    said = words(page(company).promoters())

    assert "Highest quarter of values" in said
    assert "Other customers" in said
    assert "chance could explain" in said
    assert "Rank correlation of answers with values" in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_line_of_the_migration_adds_up(company, lang):
    html = page(company, lang).migration()._repr_html_()
    lines = re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", html, re.DOTALL)
    shares = [
        [float(cell.replace(",", ".")) for cell in re.findall(r"<td[^>]*>([\d.,]+)", line)]
        for line in lines
    ]

    assert [len(line) for line in shares] == [4, 4, 4]
    assert [sum(line) for line in shares] == pytest.approx([100] * 3, abs=0.2)


@pytest.mark.parametrize("name", ["themes", "promoters", "migration"])
def test_what_is_not_there_is_said(name):
    empty = kl.page("customers", month="2026-10", data=kl.open({}, as_of="2026-10-31"))

    assert "missing table" in words(getattr(empty, name)())


def test_a_figure_beside_has_its_interval(company):
    said = words(page(company).beside("net_sentiment"))

    assert re.search(r"Share of negative texts 75.0.% \(30.1 to 95.4.%\)", said)
