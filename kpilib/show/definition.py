"""The card of a definition as HTML, for a notebook and for the glossary."""

from __future__ import annotations

from kpilib.definitions import Kpi
from kpilib.display.card import lines, needs
from kpilib.language import speaker
from kpilib.show.pages import fill


def card_html(kpi: Kpi, lang: str = "en", *, closed: bool = False) -> str:
    """Return the card of a KPI.

    Parameters
    ----------
    kpi : Kpi
    lang : str
        Language of the reader.
    closed : bool
        As in the glossary: the name alone is seen, an anchor, until somebody opens it; the style is
        the page's. Otherwise the card stands open and brings its style along.
    """
    said = speaker(lang)
    return fill(
        "card_closed.html.j2" if closed else "card.html.j2",
        id=kpi.id,
        lang=lang,
        label=said(kpi.label),
        question=said(kpi.question),
        lines=lines(kpi, said),
        needed_name=said("Data needed"),
        needed=needs(kpi, said),
    )
