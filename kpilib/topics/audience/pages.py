"""The site's pages: which are read, and which are clicked."""

from __future__ import annotations

from kpilib.definitions import Kpi, Total
from kpilib.measure import count

KPIS = (
    Kpi(
        id="top_pages",
        label="Most visited pages",
        question="Which pages do visitors look at most?",
        formula="Views of each page, the most viewed first",
        unit="count",
        better="neutral",
        roll_up="R11",
        tier=2,
        value=Total(measure=count("page_events", lambda t: t.event_name == "page_view")),
        by="page",
        reading="One page is one line, whatever follows a question mark in its address.",
        caveat="A page seen often may be one that people have to pass through.",
        source="Google Analytics 4 help, 'Pages and screens report'.",
    ),
    Kpi(
        id="page_clicks",
        label="Clicks on product pages",
        question="Do visitors click on our offers?",
        formula="Clicks on a product, by the page they were made on",
        unit="count",
        better="higher",
        roll_up="R1",
        tier=2,
        value=Total(
            measure=count("page_events", lambda t: t.event_name == "product_click"),
            unit_of_chance="visitor_id",
        ),
        by="page",
        interval="bootstrap",
        reading="Compare with the views of the same page: a page seen twice as often is clicked"
        " more.",
        caveat="Several clicks by one person all count: it is not a number of people.",
        source="Google Analytics 4 help, 'Events': one click, one event.",
    ),
)
