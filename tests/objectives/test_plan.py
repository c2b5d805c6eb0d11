"""objectives.yaml that is right: what was written becomes objectives, key results and goals."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpilib.monthly.basis import faults_of_company
from kpilib.objectives import plan
from kpilib.objectives.diary import decisions
from kpilib.objectives.plan import goals_of, read_plan
from kpilib.objectives.written import Plan
from kpilib.yaml_file import load_yaml

SAMPLE = Path(__file__).parents[2] / "data" / "sample"

EVERY_MODE = """\
cadence: weekly
objectives:
  - id: growth
    statement: {en: Grow, fr: Grandir}
    start: 2026-01-01
    end: 2026-03-31
    actions:
      - {id: guides, kind: seo, description: Rewrite the guides, start: 2026-01-05}
    key_results:
      - {id: kr_from_to, kpi: organic_sessions, mode: from_to, unit: count, baseline: 1512,
         target: 1950, actions: [guides], weight: 0.4}
      - {id: kr_relative, kpi: visitor_to_lead_rate, mode: relative, baseline: "2.0 %",
         target: "+15 %", weight: 0.3}
      - {id: kr_points, kpi: csat, mode: points, unit: pt, baseline: 85, target: +5, weight: 0.2}
      - {id: kr_absolute, kpi: followers, mode: absolute, unit: count, baseline: 5000,
         target: +3 000, weight: 0.1}
  - id: sales
    parent: growth
    statement: Sell
    start: 2026-01-01
    end: 2026-03-31
    key_results:
      - {id: kr_count, kpi: leads, mode: count, unit: count, target: 300, actions: [guides]}
      - {id: kr_maintain, kpi: ad_ctr, mode: maintain, target: 10 %}
      - {id: kr_compound, kpi: click_rate, mode: per_period_compound, unit: "%", baseline: 2.0,
         target: 10}
      - {id: kr_binary, mode: binary, label: The new site is online, role: headline}
"""


@pytest.fixture
def folder(tmp_path):
    def write(text):
        (tmp_path / "objectives.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_no_file_is_an_empty_plan(tmp_path):
    assert read_plan(tmp_path) == read_plan(None) == Plan()


def test_an_empty_file_is_an_empty_plan(folder):
    assert read_plan(folder("# nothing yet\n")) == Plan()


def test_every_mode_in_the_unit_of_its_kpi(folder):
    found = {each.id: each for each in goals_of(folder(EVERY_MODE))}

    assert {key: (goal.baseline, pytest.approx(goal.target)) for key, goal in found.items()} == {
        "kr_from_to": (1512, 1950),
        "kr_relative": (0.02, 0.023),  # 2 % and 15 per cent of it
        "kr_points": (0.85, 0.90),  # 85 % and 5 points
        "kr_absolute": (5000, 8000),
        "kr_count": (0, 300),
        "kr_maintain": (0.10, 0.10),
        "kr_compound": (0.02, 0.02662),  # O-61: 2 % x 1.1 x 1.1 x 1.1
        "kr_binary": (0, 1),
    }
    assert [key for key, goal in found.items() if goal.headline] == ["kr_from_to", "kr_binary"]
    assert found["kr_binary"].unit == "done"
    assert found["kr_count"].objective.parent == "growth"


def test_texts_may_be_in_one_language_or_in_both(folder):
    growth, sales = read_plan(folder(EVERY_MODE)).objectives

    assert [growth.statement.in_language(lang) for lang in ("en", "fr")] == ["Grow", "Grandir"]
    assert [sales.statement.in_language(lang) for lang in ("en", "fr")] == ["Sell", "Sell"]


def test_yaml_takes_no_word_for_a_truth(folder):
    """In YAML 1.1 the group NO (Norway) would be false."""
    text = EVERY_MODE + (
        "      - {id: kr_no, kpi: nps, mode: maintain, unit: points, target: 30,\n"
        "         by: country, group: NO}\n"
    )
    text = text.replace("  - id: sales", "  - {id: other, statement: Other}\n  - id: sales")
    text = text.replace("      - {id: kr_count, kpi: leads, mode: count, unit: count, target: 300, "
                        "actions: [guides]}\n", "")  # fmt: skip

    assert goals_of(folder(text))[-1].group == "NO"


def test_consecutive_targets_of_one_figure_are_two_key_results(folder):
    text = """\
objectives:
  - id: service
    statement: Serve
    key_results:
      - {id: kr_spring, kpi: csat, mode: maintain, unit: "%", target: 85, start: 2026-01-01,
         end: 2026-06-30}
      - {id: kr_autumn, kpi: csat, mode: maintain, unit: "%", target: 90, start: 2026-07-01,
         end: 2026-12-31}
"""
    assert [goal.start for goal in goals_of(folder(text))] == [date(2026, 1, 1), date(2026, 7, 1)]


def test_m08_fifteen_per_cent_more_engagement_on_instagram(folder):
    """The figure, the number, the unit and the date of the source: a key result as it should be."""
    text = """\
objectives:
  - id: engagement
    kind: okr
    statement: Être la marque dont on parle
    key_results:
      - {id: kr, kpi: engagement_rate_impressions, by: network, group: instagram, mode: relative,
         baseline: 4 %, target: +15 %, start: 2024-01-01, end: 2024-06-30}
"""
    (found,) = goals_of(folder(text))

    assert (found.by, found.group, found.end) == ("network", "instagram", date(2024, 6, 30))
    assert found.target == pytest.approx(0.046, rel=1e-9)


def test_the_sample_company_has_no_fault():
    plan = read_plan(SAMPLE)

    assert plan == Plan.model_validate(load_yaml(SAMPLE / "objectives.yaml"))
    assert goals_of(SAMPLE)


def test_a_check_lists_the_faults_of_every_file(tmp_path):
    """Targets are in the company's currency; a fault in one file hides none in another."""
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "sessions.csv").write_text("session_id,started_at\ns1,soon\n")
    (tmp_path / "company.yaml").write_text("currency: CHF\n")
    (tmp_path / "notes.csv").write_text("date,kpi,kind,author,text_en\n")
    (tmp_path / "objectives.yaml").write_text("""\
objectives:
  - id: cost
    statement: Spend less
    start: 2026-01-01
    end: 2026-12-31
    key_results:
      - {id: kr_1, kpi: cost_per_lead, mode: from_to, unit: EUR, baseline: 30, target: 20}
      - {id: kr_2, kpi: cost_per_lead, mode: from_to, unit: CHF, baseline: 20, target: 20}
""")
    configuration, tables = faults_of_company(tmp_path)

    places = [":".join(each.split(":")[:2]) for each in configuration]
    assert places == [
        "objectives.yaml:7",  # EUR
        "objectives.yaml:8",  # the same figure on the same days
        "objectives.yaml:8",  # no way from 20 to 20
        "notes.csv:1",
    ]
    assert len(tables) == 1


@pytest.mark.parametrize("columns", ["date,text_en,owner", "date,texte_en", "\xff"])
def test_check_says_the_faults_of_the_decisions_too(tmp_path, columns):
    """Only the page did, which failed; a decision of `owner` was nobody's, without a word."""
    (tmp_path / "decisions.csv").write_bytes(columns.encode("latin-1") + b"\n")
    configuration, _ = faults_of_company(tmp_path)
    assert "decisions.csv" in [each.partition(":")[0] for each in configuration]


def test_a_column_of_ones_own_is_left_alone(tmp_path):
    (tmp_path / "decisions.csv").write_text("date,text_en,Réunion,\n2026-10-30,Go on,CODIR,\n")
    assert [each.text.en for each in decisions(tmp_path)] == ["Go on"]


def test_the_plan_of_a_company_with_a_faulty_company_yaml_is_read_all_the_same(tmp_path):
    (tmp_path / "company.yaml").write_text("currency: euro\n")
    (tmp_path / "objectives.yaml").write_text("cadense: weekly\n")

    configuration, _ = faults_of_company(tmp_path)

    assert [each.split(": ")[0] for each in configuration] == [
        "company.yaml:1",
        "objectives.yaml:1",
    ]


def test_what_a_run_has_read_its_pages_know_until_the_file_changes(folder, tmp_path, monkeypatch):
    """Read with the cuts that the run allows; pages ask without any."""
    company = folder(EVERY_MODE)
    read = read_plan(company, "EUR", ["team"])
    plan.hand_on(tmp_path / "plan")
    plan._known.clear()
    plan.take(tmp_path / "nothing")
    plan.take(tmp_path / "plan")
    with monkeypatch.context() as patch:
        patch.setattr(plan, "load_yaml", lambda _: pytest.fail("read again"))
        assert read_plan(company) == read
    (company / plan.FILE).write_text("# nothing yet\n")
    assert read_plan(company) == Plan()
