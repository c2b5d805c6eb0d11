"""The glossary of a month: what every figure means, how to read it and how it misleads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from unicodedata import normalize

from markupsafe import Markup

from kpilib.answers.own import declared_for, read_kpis
from kpilib.definitions import Kpi
from kpilib.language import speaker
from kpilib.monthly.basis import Basis
from kpilib.monthly.layout import fill, place, twins
from kpilib.show.pages import card_html, style
from kpilib.topics.catalogue import TOPICS, of_topic

NAME = "glossary.html"
TOPIC_WORDS = {
    "audience": "Audience",
    "leads": "Leads",
    "emailing": "E-mailing",
    "social": "Social networks",
    "customers": "Customers",
    "community": "Community",
    "employees": "Employees",
    "training": "Training",
    "okr": "Objectives",
}


def glossaries(basis: Basis) -> dict[str, bytes]:
    """Return the glossary of a month in each of its languages, by path below the company's."""
    own = read_kpis(basis.folder)
    return {
        f"{basis.month}/{place(lang, basis.languages, NAME)}": glossary(
            basis.settings.name, basis.month, lang, own, twins(lang, basis.languages, NAME)
        ).encode()
        for lang in basis.languages
    }


def _topic(topic: str, lang: str, kpis: Sequence[Kpi]) -> dict[str, Any]:
    """Return the cards of a topic's KPIs, closed, under its name."""
    say = speaker(lang)
    cards = [
        {
            "id": each.id,
            "label": say(each.label),
            "card": Markup(card_html(each, lang, closed=True)),
        }
        for each in kpis
    ]
    return {"id": f"topic-{topic}", "title": say(TOPIC_WORDS[topic]), "kpis": cards}


def glossary(
    company: str, month: str, lang: str, own: Mapping[str, Kpi], twins: list[tuple[str, str]]
) -> str:
    """Make the glossary in one language, from the same definitions as the figures.

    Parameters
    ----------
    company, month, lang : str
    own : mapping of str to Kpi
        What the company declares itself.
    twins : list of (language, link)
        The same page in the other languages.

    Returns
    -------
    str
        A complete document: every KPI of the catalogue under its topic, and those of the company's
        own that name the topic, with an anchor of its id.
    """
    topics = [
        _topic(topic, lang, [*of_topic(topic), *declared_for(topic, own)]) for topic in TOPICS
    ]
    return fill(
        "glossary.html.j2",
        lang,
        company=company,
        month=month,
        twins=twins,
        topics=topics,
        letters=_by_letter([each for topic in topics for each in topic["kpis"]]),
        card_style=Markup(style("card.css")),
    )


def _by_letter(kpis: list[dict]) -> list[tuple[str, list[dict]]]:
    """Return all KPIs from A to Z, under the letter that their name begins with, once each."""

    def plain(kpi: dict) -> str:
        return normalize("NFKD", kpi["label"]).encode("ascii", "ignore").decode().upper()

    ordered = sorted({each["id"]: each for each in kpis}.values(), key=plain)
    return [(letter, list(found)) for letter, found in groupby(ordered, key=lambda k: plain(k)[0])]
