"""The card of a definition says all that a reader needs, in both languages, and nothing unsafe."""

from __future__ import annotations

import re
from dataclasses import replace

import html5lib
import pytest
from IPython.core.formatters import DisplayFormatter

import kpilib as kl
from kpilib.definitions import BETTER, ROLL_UPS, UNITS
from kpilib.display.card import (
    BETTER_WORDS,
    COLUMNS,
    ROLL_UP_WORDS,
    UNIT_WORDS,
    card_text,
)
from kpilib.errors import ParameterError
from kpilib.language import LANGUAGES, speaker
from kpilib.show.pages import card_html
from kpilib.topics.catalogue import catalogue, kpi
from tests.display import frames

EVERY = [(name, lang) for name in catalogue() for lang in LANGUAGES]


def lines(card: str) -> dict[str, str]:
    """Return what a card of HTML says, by term."""
    page = html5lib.parse(card, namespaceHTMLElements=False)
    terms, texts = page.iter("dt"), page.iter("dd")
    return {
        "".join(term.itertext()): "".join(text.itertext())
        for term, text in zip(terms, texts, strict=True)
    }


class TestWords:
    def test_every_unit(self):
        assert set(UNIT_WORDS) == set(UNITS)

    def test_every_direction(self):
        assert set(BETTER_WORDS) == set(BETTER)

    def test_every_roll_up(self):
        assert set(ROLL_UP_WORDS) == set(ROLL_UPS)


class TestHtml:
    @pytest.mark.parametrize(("name", "lang"), EVERY)
    def test_every_card_is_well_formed(self, name, lang):
        card = card_html(kpi(name), lang)
        html5lib.HTMLParser(strict=True).parseFragment(card)
        assert speaker(lang)(kpi(name).label).replace("'", "&#39;") in card

    @pytest.mark.parametrize(("name", "lang"), EVERY)
    def test_every_card_stands_alone(self, name, lang):
        card = card_html(kpi(name), lang)
        assert not re.search(r"<script|https?:|url\(|@import|\bon\w+=|\bid=", card)
        assert f'lang="{lang}"' in card
        assert 'role="group"' in card and "aria-label=" in card

    def test_what_it_says(self):
        said = lines(card_html(kpi("open_rate_trackable")))
        definition = kpi("open_rate_trackable")
        assert said["Formula"] == definition.formula
        assert said["Unit"] == "percentage"
        assert said["Direction"] == "Higher is better"
        assert said["How to read it"] == definition.reading
        assert said["How it misleads"] == definition.caveat
        assert said["Adding up"].startswith("Never average")
        assert said["Final"] == "7 days after the period ends"
        assert said["Source"] == definition.source
        assert definition.question in card_html(definition)

    def test_final_when_a_day_of_the_row_has_passed(self):
        said = lines(card_html(kpi("completion_rate")))
        assert said["Final"] == "once every ended_at has passed"

    def test_a_benchmark_is_a_quotation(self):
        card = card_html(kpi("turnover_rate"))
        assert f"<blockquote>{kpi('turnover_rate').benchmark.text}</blockquote>" in card
        assert lines(card)["Benchmark"].endswith(
            "Quoted by: the articles that this kit serves; never a target."
        )

    def test_what_does_not_apply_is_left_out(self):
        said = lines(card_html(kpi("sessions")))
        assert not {"Benchmark", "Final", "Privacy", "Always read by"} & set(said)

    def test_a_derived_table_is_told_by_its_sources(self):
        said = lines(card_html(kpi("visitor_to_lead_rate")))["Data needed"]
        assert "sessions: session_id, started_at" in said
        assert "leads: session_id" in said
        assert "lead_sessions" not in said

    def test_columns_that_may_be_left_out(self):
        said = lines(card_html(kpi("turnover_rate")))["Data needed"]
        required, _, spared = said.partition("(may be left out: ")
        assert "left_at" in required
        assert "contract_kind" in spared

    def test_what_makes_a_figure_exact_and_what_is_read_if_it_is_there(self):
        said = lines(card_html(kpi("community_conversion_rate")))["Data needed"]
        assert "end_at (without it, the figure is approximate)" in said
        assert "orders: customer_id, ordered_at, status (if it is there)" in said
        members = lines(card_html(kpi("active_member_rate")))["Data needed"]
        assert "approximate" not in members  # memberships are needed there, not only welcome

    def test_a_figure_about_people_tells_its_floor(self):
        assert "fewer than 5 people" in lines(card_html(kpi("enps")))["Privacy"]

    def test_a_breakdown_is_told(self):
        assert lines(card_html(kpi("channel_sessions")))["Always read by"] == "Channel"

    def test_texts_are_escaped(self):
        bad = '<img src=x onerror="alert(1)"> & more'
        card = card_html(replace(frames.kpi(), label=bad, question=bad, formula=bad, source=bad))
        assert "<img" not in card
        html5lib.HTMLParser(strict=True).parseFragment(card)

    @pytest.mark.parametrize(("asked", "lang"), [({}, "en"), ({"lang": "fr"}, "fr")])
    def test_a_notebook_shows_it(self, asked, lang):
        shown = DisplayFormatter().format(kl.kpi("sessions", **asked))[0]

        assert shown["text/html"] == card_html(kpi("sessions"), lang)
        assert f'lang="{lang}"' in shown["text/html"]

    def test_a_definition_of_ones_own_shows_it_too(self):
        own = kl.ratio("leads_per_session", "leads", "sessions")

        assert DisplayFormatter().format(own)[0]["text/html"] == card_html(own, "en")

    def test_in_a_language_that_reports_are_written_in(self):
        with pytest.raises(ParameterError, match="Unknown language 'de'. Reports are written in"):
            kl.kpi("sessions", lang="de")


class TestText:
    @pytest.mark.parametrize(("name", "lang"), EVERY)
    def test_every_card_is_wrapped(self, name, lang):
        long = [line for line in card_text(kpi(name), lang).splitlines() if len(line) > COLUMNS]
        assert not long

    @pytest.mark.parametrize(("name", "lang"), EVERY)
    def test_it_says_what_the_html_says(self, name, lang):
        written = " ".join(card_text(kpi(name), lang).split())
        for term, said in lines(card_html(kpi(name), lang)).items():
            if term != speaker(lang)("Data needed"):
                assert f"{term} {' '.join(said.split()).split('.')[0]}" in written

    def test_it_begins_with_name_and_question(self):
        first, second, blank = card_text(kpi("bounce_rate")).splitlines()[:3]
        assert (first, blank) == ("Bounce rate (bounce_rate)", "")
        assert second == kpi("bounce_rate").question

    def test_lines_hang_below_their_text(self):
        card = card_text(kpi("bounce_rate")).splitlines()[3:]
        begin = card[0].index(kpi("bounce_rate").formula)
        assert all(line[begin - 1] == " " and line[begin] != " " for line in card)

    def test_french(self):
        card = card_text(kpi("bounce_rate"), "fr")
        assert card.startswith("Taux de rebond (bounce_rate)\n")
        assert "Formule" in card and "Formula" not in card
