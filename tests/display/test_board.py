"""The scoreboard: verdicts first, all that a reader looks for, nothing hidden on it."""

from __future__ import annotations

import json
import re
from datetime import date

import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.diary import events
from kpilib.display.key_result import in_order, limits_of
from kpilib.display.numbers import Formatter
from kpilib.display.objective_tree import objective_tree, reds_below
from kpilib.errors import ParameterError, UnknownName
from kpilib.language import LANGUAGES
from kpilib.methods.attainment import reached
from kpilib.monthly.checks import faults_of
from kpilib.steering.announced import announced
from kpilib.steering.goal import goals
from kpilib.steering.notes import Note
from kpilib.steering.objectives import Plan
from kpilib.steering.standing import tree
from kpilib.steering.verdict import aim_of
from tests.goals import goal, plan
from tests.standings import RATE, row, standing

PAYLOAD = "<script>alert(1)</script>"
CELLS = ("freshness", "verdicts", "changed", "tree", "details", "reviews", "diary", "lint",
         "limits", "write")  # fmt: skip
# Leads of each month of 2026 up to October: 10, 20, ... 100.
LEADS = {f"2026-{month:02d}": 10 * month for month in range(1, 11)}
OBJECTIVES = f"""
objectives:
  - id: growth
    kind: okr
    statement: {{en: "More requests {PAYLOAD}", fr: "Davantage de demandes"}}
    why: {{en: "Courses are half empty", fr: "Les sessions sont à moitié vides"}}
    owner: {{en: "Head of sales", fr: "Responsable commercial"}}
    start: 2026-07-01
    end: 2026-12-31
    key_results:
      - id: kr_leads
        kpi: leads
        label: {{en: "Requests a month", fr: "Demandes par mois"}}
        mode: from_to
        unit: count
        baseline: 60
        target: 300
        next_action: {{en: "Call back within a day.", fr: "Rappeler sous un jour."}}
        revisions:
          - {{date: 2026-09-01, was: 120, why: "Too easy", by: "The board"}}
      - id: kr_all
        kpi: sessions
        label: {{en: "Visits in all", fr: "Visites en tout"}}
        mode: count
        unit: count
        target: 480
        next_action: {{en: "Go on.", fr: "Continuer."}}
  - id: handbook
    kind: okr
    parent: growth
    status: secondary
    statement: {{en: "Answer alike", fr: "Répondre d'une même voix"}}
    owner: {{en: "Sales", fr: "Commerce"}}
    start: 2026-07-01
    end: 2026-12-31
    key_results:
      - id: kr_handbook
        label: {{en: "Handbook written", fr: "Guide rédigé"}}
        mode: binary
  - id: takeover
    kind: okr
    status: hidden
    statement: {{en: "Be bought by a rival", fr: "Être rachetés par un rival"}}
    owner: {{en: "The founder", fr: "Le fondateur"}}
    start: 2026-07-01
    end: 2026-12-31
    key_results:
      - id: kr_takeover
        kpi: unique_visitors
        label: {{en: "Shine for the rival", fr: "Briller pour le rival"}}
        mode: from_to
        unit: count
        baseline: 60
        target: 500
  - id: shop_window
    kind: okr
    parent: takeover
    statement: {{en: "Look tidy", fr: "Être présentables"}}
    owner: {{en: "Sales", fr: "Commerce"}}
    start: 2026-07-01
    end: 2026-12-31
    key_results:
      - id: kr_window
        label: {{en: "Window dressed", fr: "Vitrine faite"}}
        mode: binary
"""
SECRETS = ("rival", "Shine", "takeover", "founder", "Briller", "fondateur")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("data") / "small"
    (place / "tables").mkdir(parents=True)
    (place / "company.yaml").write_text("name: Small\nlang: [en, fr]\n", encoding="utf-8")
    days = [f"{month}-{1 + i % 28:02d}T10:00:00Z" for month, n in LEADS.items() for i in range(n)]
    days[-1] = "2026-10-31T10:00:00Z"
    leads = pd.DataFrame(
        {
            "lead_id": [f"l{i}" for i in range(len(days))],
            "person_key": [f"p{i}" for i in range(len(days))],
            "created_at": days,
        }
    )
    more = dict.fromkeys(("session_id", "form_id", "qualified_at", "won_at"), "")
    leads.assign(**more).to_csv(place / "tables/leads.csv", index=False)
    names = {"lead_id": "session_id", "person_key": "visitor_id", "created_at": "started_at"}
    leads.rename(columns=names).to_csv(place / "tables/sessions.csv", index=False)
    (place / "objectives.yaml").write_text(OBJECTIVES, encoding="utf-8")
    (place / "notes.csv").write_text(
        "date,kpi,kind,author,text_en,text_fr\n"
        f"2026-09-14,leads,action,Sales,Fair {PAYLOAD},Salon\n"
        "2026-03-01,leads,event,Sales,Long ago,Jadis\n",
        encoding="utf-8",
    )
    (place / "checkins.csv").write_text(
        "date,key_result,confidence,author,comment_en,comment_fr,blocker_en\n"
        f"2026-09-30,kr_leads,0.4,Sales,Slow {PAYLOAD},Lent,No budget\n",
        encoding="utf-8",
    )
    return place


def board(folder, lang="en", out=""):
    return kl.scoreboard(month="2026-10", data=folder, lang=lang, out=out)


def page_of(*blocks, lang="en") -> str:
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
    body = "".join(block._repr_html_() for block in blocks)
    return f"<!doctype html><html lang={lang}>{policy}<title>t</title><body>{body}</body></html>"


def plain(html: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"<[^>]+>", " ", html))


def words(block) -> str:
    html = re.sub(r"<style.*?</style>", "", block._repr_html_(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture(scope="module")
def english(folder):
    made = board(folder)
    return made, {cell: getattr(made, cell)() for cell in CELLS}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_cell_of_the_notebook_gives_a_sound_block(folder, tmp_path, lang):
    made = board(folder, lang, str(tmp_path))
    blocks = [getattr(made, cell)() for cell in CELLS]
    html = page_of(*blocks, lang=lang)
    assert faults_of(html, made.charts) == []
    assert PAYLOAD not in html


def test_it_counts_verdicts_and_puts_what_needs_a_decision_first(english):
    said = words(english[1]["verdicts"])
    # By 31 October 123 of 184 days: 60 + 240 x 123/184 = 220 requests a month are due, there are
    # 100: (100 - 60) / 160 = 0.25 of the path. In all 321 of 480 are due, and there are 340.
    assert "Proven failures: 1" in said and "Successes: 1" in said
    assert "Not assessable yet: 2" in said
    order = [said.index(each) for each in ("Requests a month", "Handbook written",
                                           "Visits in all")]  # fmt: skip
    assert order == sorted(order)
    assert "Stop or pivot. Call back within a day." in said and "Head of sales" in said
    assert "target 300 by 31 Dec" in said


@pytest.mark.parametrize(
    ("lang", "said", "left"),
    [
        ("en", "Red all the same, below this score: “Below”; “Deeper”.", "left out: 1."),
        ("fr", "En rouge malgré tout, sous cette note : « Below » ; « Deeper ».", "de côté : 1."),
    ],
)
def test_a_green_objective_says_what_is_red_below_it(lang, said, left):
    """In the tree and in the list of verdicts: 0.9 above 0.1, and 0.1 below that."""
    levels = (("top", None, 0.9), ("below", "top", 0.1), ("deeper", "below", 0.2))
    written = {"kpi": "bounce_rate", "mode": "from_to", "unit": "fraction", "baseline": 0,
               "target": 1}  # fmt: skip
    whole, found = [], []
    for name, parent, value in levels:
        two = plan({**written, "id": f"kr{name}"}, {**written, "id": f"un{name}"}, id=name,
                   parent=parent, statement=name.title())  # fmt: skip
        told, untold = goals(two, "EUR")
        whole += two.objectives
        found += [standing(told, row(value)), standing(untold, row(None))]
    roots = tree(plan().model_copy(update={"objectives": tuple(whole)}), found)
    formatter = Formatter(lang)
    for shown in (objective_tree(roots, formatter), reds_below(roots, formatter)):
        assert plain(shown).count(said) == 1
    assert left in plain(objective_tree(roots, formatter))


def test_what_changed_is_said_with_before_and_after(english):
    said = words(english[1]["changed"])
    # Requests a month: by 30 September 180 are due, there are 90, with 111 at best: 51 of 120 is
    # 0.43 of the path, so no failure is proven. By 31 October 122 at best: 62 of 160 is 0.39.
    assert "Worse than the month before Requests a month Moderate failure → Proven failure" in said
    assert "Better than" not in said
    assert "Visits in all: from 240 to 340, towards its target." in said


def test_the_tree_shows_scores_and_what_serves_what(english):
    html = english[1]["tree"]._repr_html_()
    said = words(english[1]["tree"])
    # The mean of 40 of 240 and 340 of 480: (0.1667 + 0.7083) / 2 = 0.4375.
    assert ">0.44</text>" in html
    assert "Amber: part of the way" in said and "secondary objective" in said
    # What is due: the mean of 123/184 twice.
    assert "due by now 0.67" in said
    assert html.index("More requests") < html.index("Answer alike")
    assert html.count('class="kl-tree"') == 2  # one below the other


def test_the_details_tell_all_that_a_reader_looks_for(english):
    said = words(english[1]["details"])
    for each in ("Target", "Pace", "Chances", "Next action", "Owner", "Next review"):
        assert each in said
    assert "Last check-in, 30 September 2026, Sales, confidence 40 %" in said
    assert "No budget" in said
    assert "Until 31 August 2026 the target was 120." in said
    assert "14 September 2026: Fair" in said  # drawn, and listed below
    html = english[1]["details"]._repr_html_()
    assert html.count("<details class=") == 4
    assert html.count(" open>") == 1  # the failure


def test_reviews_not_held_are_named_with_their_owner(english):
    said = words(english[1]["reviews"])
    assert "Visits in all (Head of sales): 3 reviews" in said
    assert "Requests a month (Head of sales): 31 July 2026; 31 August 2026" in said


def test_notes_of_the_last_three_months_are_listed(english):
    said = words(english[1]["diary"])
    assert "14 September 2026" in said and "Long ago" not in said


def test_an_action_that_is_also_a_note_is_told_once():
    done = [{"id": "fair", "kind": "event", "description": "The fair", "start": "2026-09-14"}]
    aim = goals(plan(RATE, actions=done), "EUR")[0]
    shared = {"kpi": RATE["kpi"], "author": "Sales", "text_fr": ""}
    notes = [
        Note(date=date(2026, 9, 14), kind="action", text_en="A fair", **shared),
        Note(date=date(2026, 9, 14), kind="incident", text_en="Rain", **shared),
    ]
    day = date(2026, 9, 14)
    found = events(standing(aim, row(0.03)), notes, Formatter("en"))
    assert found == [(day, "Rain"), (day, "The fair")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hidden_objectives_are_nowhere(folder, tmp_path, lang):
    made = board(folder, lang, str(tmp_path))
    html = page_of(*(getattr(made, cell)() for cell in CELLS))
    left = html + "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert [each for each in SECRETS if each in left] == []
    assert ("Look tidy" if lang == "en" else "Être présentables") in html
    assert "kr_leads" in (tmp_path / "figures.csv").read_text(encoding="utf-8")
    other = kl.page("leads", month="2026-10", data=folder, lang=lang)
    assert not [each for each in SECRETS if each in page_of(other.scorecard())]


def test_hidden_objectives_are_shown_in_a_notebook_that_asks_and_on_no_page(folder, tmp_path):
    said = words(board(folder).tree(hidden=True))
    assert "Be bought by a rival" in said and "never on a published page" in said
    with pytest.raises(ParameterError, match="no published page shows them"):
        board(folder, out=str(tmp_path)).tree(hidden=True)


def test_what_serves_a_hidden_objective_serves_the_next_one_above():
    written = [
        {"id": "top", "statement": "s"},
        {"id": "middle", "statement": "s", "parent": "top", "status": "hidden"},
        {"id": "leaf", "statement": "s", "parent": "middle"},
        {"id": "secret", "statement": "s", "status": "hidden"},
        {"id": "shown", "statement": "s", "parent": "secret"},
    ]
    left = announced(Plan.model_validate({"objectives": written}))
    assert [(each.id, each.parent) for each in left.objectives] == [
        ("top", None), ("leaf", "top"), ("shown", None),
    ]  # fmt: skip


def test_one_objective_by_name(folder):
    made = board(folder)
    assert "Handbook written" in words(made.objective("handbook"))
    with pytest.raises(UnknownName, match="Unknown objective 'handbok'.*'handbook'"):
        made.objective("handbok")
    with pytest.raises(UnknownName, match="Unknown objective 'takeover'"):
        made.objective("takeover")


def test_it_leaves_every_kpi_of_objectives_behind(folder, tmp_path):
    made = board(folder, out=str(tmp_path))
    made.write()
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert result["topic"] == "scoreboard" and set(result["kpis"]) == set(made.kpis)
    figures = pd.read_csv(tmp_path / "figures.csv")
    assert set(figures["kpi"]) == set(made.kpis)
    scores = figures[figures["kpi"] == "kr_score"].set_index("kr_id")["value"]
    assert scores["kr_leads"] == pytest.approx(40 / 240)
    first = result["headlines"][0]
    assert (first["label"], first["level"]) == ("Requests a month", "proven_failure")
    assert first["objective"].startswith("More requests")


@pytest.mark.parametrize(("lang", "said"), [("en", "No objectives yet"), ("fr", "Pas encore")])
def test_a_company_without_objectives_learns_how_to_begin(folder, tmp_path, lang, said):
    place = tmp_path / "fresh"
    (place / "tables").mkdir(parents=True)
    (place / "company.yaml").write_text("name: Fresh\n", encoding="utf-8")
    (place / "tables/leads.csv").write_bytes((folder / "tables/leads.csv").read_bytes())
    out = tmp_path / "out"
    out.mkdir()
    made = board(place, lang, str(out))
    html = page_of(*(getattr(made, cell)() for cell in CELLS))
    assert faults_of(html, made.charts) == []
    assert html.count(said) == 1 and html.count("kpilib pick") == 1
    assert json.loads((out / "result.json").read_text(encoding="utf-8"))["headlines"] == []


@pytest.mark.parametrize("day", [date(2026, 4, 30), date(2026, 10, 31), date(2026, 12, 31)])
@pytest.mark.parametrize("numbers", [{"baseline": 0.02, "target": 0.04},
                                     {"baseline": 0.04, "target": 0.02}])  # fmt: skip
def test_the_limits_of_a_gauge_are_the_thresholds_of_the_verdict(numbers, day):
    aim = goal(**numbers)
    limits, better = limits_of(aim, day)
    assert better == ("higher" if aim.target > aim.baseline else "lower")
    amber, green = limits if better == "higher" else limits[::-1]
    measured = [reached(aim_of(aim), day, [each], None, aim.expected(day)).measured
                for each in (amber, green)]  # fmt: skip
    assert measured == pytest.approx([0.4, 0.7])


def test_the_furthest_off_comes_first():
    made = [standing(goal(id=name), row(value)) for name, value in
            (("on", 0.04), ("near", 0.034), ("far", 0.021), ("farther", 0.02))]  # fmt: skip
    assert [each.goal.id for each in in_order(made)] == ["farther", "far", "near", "on"]
