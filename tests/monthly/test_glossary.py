"""The glossary: every KPI, in both languages, from the one definition."""

from __future__ import annotations

import re

import pytest

import kpilib as kl
from kpilib.language import LANGUAGES, speaker
from kpilib.monthly.checks import faults_of
from kpilib.monthly.glossary import TOPIC_WORDS, glossary
from kpilib.show.typography import typeset
from kpilib.topics.catalogue import TOPICS, catalogue


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request):
    mine = kl.ratio("leads_a_visit", "leads", "sessions", topic="leads")
    own = {each.id: each for each in (mine, kl.total("of_no_topic", "leads"))}
    return request.param, glossary("Tavelune", "2026-10", request.param, own, [("fr", "x.html")])


def test_it_may_be_published(page):
    _, html = page

    assert faults_of(html) == []
    assert len(html) < 400_000


def test_every_kpi_has_an_anchor_and_says_how_it_misleads(page):
    lang, html = page
    say = speaker(lang)
    plain = html.replace("&#x27;", "'").replace("&#39;", "'").replace("&quot;", '"')
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    missing = [
        each.id
        for each in catalogue().values()
        if f'id="{each.id}"' not in html or typeset(say(each.caveat), lang) not in plain
    ]

    assert missing == []


def test_every_kpi_stands_once_in_the_list_from_a_to_z(page):
    _, html = page
    letters = html[html.index('<dl class="letters">') :].partition("</dl>")[0]

    assert sorted(re.findall('href="#(.+?)"', letters)) == sorted([*catalogue(), "leads_a_visit"])


def test_every_topic_has_a_name():
    assert list(TOPIC_WORDS) == list(TOPICS)
