"""Forty situations of a page, each with its headline in both languages, read one by one."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from kpilib.display.numbers import write_for
from kpilib.show.findings import Finding, findings, headline
from kpilib.show.lead import _with_figures
from kpilib.topics.catalogue import of_topic

KPIS = of_topic("emailing")
LIST, CHURN, OPEN, CLICK = (
    "email_list_size", "list_churn_rate", "open_rate_trackable", "click_rate",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _english_afterwards():
    yield
    write_for("en")


def row(kpi, delta, news=None, base="year_before", **more):
    """A row of evaluate: the figure moved by `delta`; `news` as the engine judged it."""
    return {
        "kpi": kpi, "label": kpi, "value": 1.0, "status": "ok", "flags": [], "unit": "rate",
        f"delta_{base}": delta, f"news_{base}": news, **more,
    }  # fmt: skip


def missed(kpi, level="proven_failure"):
    goal = SimpleNamespace(kpi=kpi, by=None)
    return SimpleNamespace(goal=goal, verdict=SimpleNamespace(level=level))


UP, DOWN = 0.1, -0.1
# What moved, what is missed, what an author wrote; English; French.
SITUATIONS = [
    ([], [], "", "No clear change", "Pas d'évolution nette"),
    # one figure is news
    ([row(LIST, UP, True)], [], "", "The list grows", "La liste s'allonge"),
    ([row(LIST, DOWN, True)], [], "", "The list shrinks", "La liste raccourcit"),
    ([row(OPEN, UP, True)], [], "", "More readers open", "Davantage de lecteurs ouvrent"),
    ([row(OPEN, DOWN, True)], [], "", "Fewer readers open", "Moins de lecteurs ouvrent"),
    ([row(CLICK, UP, True)], [], "", "More readers click", "Davantage de lecteurs cliquent"),
    ([row(CLICK, DOWN, True)], [], "", "Fewer readers click", "Moins de lecteurs cliquent"),
    ([row(CHURN, UP, True)], [], "", "More subscribers leave", "Davantage d'abonnés partent"),
    ([row(CHURN, DOWN, True)], [], "", "Fewer subscribers leave", "Moins d'abonnés partent"),
    # one figure moved, and it is no news
    ([row(LIST, UP, False)], [], "", "No clear change", "Pas d'évolution nette"),
    ([row(OPEN, DOWN, None)], [], "", "No clear change", "Pas d'évolution nette"),
    ([row(OPEN, DOWN, pd.NA)], [], "", "No clear change", "Pas d'évolution nette"),
    # news on the period before only
    ([row(OPEN, DOWN, True, "previous")], [], "", "Fewer readers open",
     "Moins de lecteurs ouvrent"),
    # two are news: both good, both bad, and either after the other
    ([row(LIST, UP, True), row(OPEN, UP, True)], [], "",
     "The list grows, and more readers open",
     "La liste s'allonge, et davantage de lecteurs ouvrent"),
    ([row(LIST, DOWN, True), row(OPEN, DOWN, True)], [], "",
     "The list shrinks, and fewer readers open",
     "La liste raccourcit, et moins de lecteurs ouvrent"),
    ([row(LIST, UP, True), row(OPEN, DOWN, True)], [], "",
     "The list grows, but fewer readers open",
     "La liste s'allonge, mais moins de lecteurs ouvrent"),
    ([row(LIST, DOWN, True), row(OPEN, UP, True)], [], "",
     "The list shrinks, although more readers open",
     "La liste raccourcit, alors que davantage de lecteurs ouvrent"),
    ([row(LIST, UP, True), row(CHURN, UP, True)], [], "",
     "The list grows, but more subscribers leave",
     "La liste s'allonge, mais davantage d'abonnés partent"),
    ([row(LIST, UP, True), row(CHURN, DOWN, True)], [], "",
     "The list grows, and fewer subscribers leave",
     "La liste s'allonge, et moins d'abonnés partent"),
    ([row(CHURN, UP, True), row(CLICK, DOWN, True)], [], "",
     "More subscribers leave, and fewer readers click",
     "Davantage d'abonnés partent, et moins de lecteurs cliquent"),
    ([row(OPEN, UP, True), row(CLICK, DOWN, True)], [], "",
     "More readers open, but fewer readers click",
     "Davantage de lecteurs ouvrent, mais moins de lecteurs cliquent"),
    ([row(OPEN, DOWN, True), row(CLICK, UP, True)], [], "",
     "Fewer readers open, although more readers click",
     "Moins de lecteurs ouvrent, alors que davantage de lecteurs cliquent"),
    # three are news: the first two in the order of the page
    ([row(LIST, UP, True), row(OPEN, DOWN, True), row(CLICK, DOWN, True)], [], "",
     "The list grows, but fewer readers open",
     "La liste s'allonge, mais moins de lecteurs ouvrent"),
    # a target is missed: it comes first, news or not, and is said once
    ([row(OPEN, DOWN)], [missed(OPEN)], "", "Fewer readers open", "Moins de lecteurs ouvrent"),
    ([row(OPEN, DOWN, True)], [missed(OPEN)], "", "Fewer readers open",
     "Moins de lecteurs ouvrent"),
    # more readers open, and not enough of them
    ([row(OPEN, UP)], [missed(OPEN)], "", "Open rate (trackable) misses its target",
     "Taux d'ouverture fiable (hors Apple MPP)\u00a0: hors de sa trajectoire"),
    ([row(OPEN, 0.0)], [missed(OPEN)], "", "Open rate (trackable) misses its target",
     "Taux d'ouverture fiable (hors Apple MPP)\u00a0: hors de sa trajectoire"),
    ([row(OPEN, None)], [missed(OPEN)], "", "Open rate (trackable) misses its target",
     "Taux d'ouverture fiable (hors Apple MPP)\u00a0: hors de sa trajectoire"),
    ([row(LIST, UP, True), row(OPEN, DOWN)], [missed(OPEN)], "",
     "Fewer readers open, although the list grows",
     "Moins de lecteurs ouvrent, alors que la liste s'allonge"),
    ([row(LIST, DOWN, True), row(OPEN, DOWN)], [missed(OPEN)], "",
     "Fewer readers open, and the list shrinks",
     "Moins de lecteurs ouvrent, et la liste raccourcit"),
    ([row(LIST, UP), row(OPEN, DOWN)], [missed(LIST, "moderate_failure"), missed(OPEN)], "",
     "Fewer readers open, and E-mail list size misses its target",
     "Moins de lecteurs ouvrent, et taille de la liste e-mail\u00a0: hors de sa trajectoire"),
    ([row(CHURN, UP), row(OPEN, DOWN)], [missed(CHURN), missed(OPEN)], "",
     "More subscribers leave, and fewer readers open",
     "Davantage d'abonnés partent, et moins de lecteurs ouvrent"),
    # a target that is reached, nearly reached or not judged is no finding
    ([row(OPEN, UP)], [missed(OPEN, "success")], "", "No clear change", "Pas d'évolution nette"),
    ([row(OPEN, UP)], [missed(OPEN, "moderate_success")], "", "No clear change",
     "Pas d'évolution nette"),
    ([row(OPEN, UP)], [missed(OPEN, "not_assessable")], "", "No clear change",
     "Pas d'évolution nette"),
    # what is not ripe is no news; what has no figure is none
    ([row(OPEN, DOWN, True, flags=["immature"])], [], "", "No clear change",
     "Pas d'évolution nette"),
    ([row(OPEN, DOWN, True, status="no_data")], [], "", "No clear change",
     "Pas d'évolution nette"),
    ([row(OPEN, DOWN, True, status="suppressed")], [missed(OPEN)], "", "No clear change",
     "Pas d'évolution nette"),
    # a figure that is no headline is none on its own
    ([row("delivery_rate", DOWN, True)], [], "", "No clear change", "Pas d'évolution nette"),
    # but its missed target is
    ([row("delivery_rate", DOWN)], [missed("delivery_rate")], "", "Fewer messages arrive",
     "Moins de messages arrivent"),
    # an author's words come before all
    ([row(OPEN, DOWN, True)], [missed(OPEN)], "The fair's contacts do not read us",
     "The fair's contacts do not read us", "The fair's contacts do not read us"),
    ([], [], "A quiet month", "A quiet month", "A quiet month"),
]  # fmt: skip


def test_there_are_forty():
    assert len(SITUATIONS) >= 40


@pytest.mark.parametrize("rows, standings, written, english, french", SITUATIONS)
def test_headline(rows, standings, written, english, french):
    # The order of the rows must not matter: the page's order of KPIs does.
    frame = pd.DataFrame(rows[::-1], columns=["kpi", "status", "flags", *_others(rows)])
    found = findings(KPIS, frame, standings)

    write_for("en")
    assert headline(found, written) == english
    write_for("fr")
    assert headline(found, written).replace("’", "'") == french


def _others(rows):
    names = dict.fromkeys(name for row in rows for name in row)
    return [name for name in names if name not in ("kpi", "status", "flags")]


def test_at_most_three_and_each_once():
    rows = pd.DataFrame(row(each, DOWN, True) for each in (LIST, CHURN, OPEN, CLICK))

    found = findings(KPIS, rows, [missed(OPEN), missed(LIST)])

    assert [each.kpi.id for each in found] == [OPEN, LIST, CHURN]


def test_every_headline_figure_has_both_clauses():
    assert all(each.rises and each.falls for each in KPIS if each.headline)


def test_a_missed_target_of_one_group_is_said_of_that_group():
    result = SimpleNamespace(
        label=SimpleNamespace(in_language=lambda lang: "Opens of the fair's contacts"), segments=()
    )
    goal = SimpleNamespace(kpi=OPEN, by="joined_before", group="2026", key_result=result)
    group = {"value": 0.4, "unit": "rate", "status": "ok", "kpi": OPEN}
    standing = SimpleNamespace(
        goal=goal, verdict=SimpleNamespace(level="proven_failure"), row=group
    )

    (found,) = findings(KPIS, pd.DataFrame([row(OPEN, UP)]), [standing])

    assert found.row["value"] == 0.4 and found.base == ""
    assert headline([found]) == "Opens of the fair's contacts misses its target"


def test_what_a_target_asks_of_all_since_a_day_is_held_against_no_month():
    goal = SimpleNamespace(
        mode="count", by=None, kpi="sessions", start=date(2026, 7, 1), whole=round,
        span=lambda day: None,
    )  # fmt: skip
    standing = SimpleNamespace(goal=goal, day=None, expected=160.0, row={"value": 90.0})
    row = {"label": "Visits", "unit": "count", "period": "2026-10", "flags": [], "value": 40.0}
    finding = SimpleNamespace(row=row, base=None, standing=standing)

    assert _with_figures(finding, SimpleNamespace(kpis=KPIS)) == (
        "Visits: 40. Since 1 July 2026: 90; expected by now: 160."
    )


@pytest.mark.parametrize(
    ("before", "said"),
    [(33.0, "Sessions: 34, against 33 in September 2026."),
     (34.0, "Sessions: 34, as in September 2026.")],
)  # fmt: skip
def test_what_did_not_change_is_held_against_nothing(before, said):
    row = {"label": "Sessions", "unit": "count", "period": "2026-10", "flags": []}
    finding = SimpleNamespace(
        row=row | {"value": 34.0, "previous": before}, base="previous", standing=None
    )
    assert _with_figures(finding, None) == said


def test_of_a_month_under_way_a_sentence_holds_the_same_days_against_it():
    """The chart below it holds the whole month of a year before, which is another figure."""
    [kpi] = [each for each in of_topic("audience") if each.id == "sessions"]
    row = {"kpi": "sessions", "label": "Sessions", "period": "2026-10", "value": 3869.0,
           "unit": "count", "year_before": 2139.0, "delta_year_before": 1730.0,
           "flags": ["partial"], "details": {}, "status": "ok"}  # fmt: skip
    told = [_with_figures(Finding(kpi, row | {"flags": each}), None) for each in ([], ["partial"])]
    assert told == [
        "Sessions: 3,869, against 2,139 in October 2025.",
        "Sessions: 3,869, against 2,139 on the same days (October 2025).",
    ]
