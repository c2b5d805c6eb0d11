"""Every leaf reaches a KPI, every KPI an objective (catalogue, M01, M04 and M16)."""

from __future__ import annotations

import pytest

from kpilib.objectives.purpose import (
    MORE_VISITS,
    coverage,
    headlines,
    orphans,
    reasons_for,
    spoken_for,
)
from kpilib.objectives.written import Plan
from kpilib.topics.catalogue import catalogue

DAYS = {"start": "2026-01-01", "end": "2026-12-31"}


def result(name, kpi, **more):
    return {"id": name, "kpi": kpi, "mode": "from_to", "baseline": 1, "target": 2} | more


def objective(name, *key_results, **more):
    return {"id": name, "statement": name, "why": "x", **DAYS, "key_results": key_results} | more


def made(*objectives):
    return Plan.model_validate({"objectives": objectives})


def reasons(plan, kpis=(), level=None):
    return [(gap.reason, gap.about) for gap in coverage(plan, kpis) if level in (None, gap.level)]


def test_m01_one_orphan_and_one_pair_of_headlines_are_two_errors():
    # 3 objectives, 4 KPIs: nobody asked for `reach`, and b has two headlines
    plan = made(
        objective("a", result("a1", "sessions")),
        objective("b", *(result(kpi, kpi, role="headline") for kpi in ("leads", "revenue"))),
        objective("c", result("c1", "leads", by="channel", group="email")),
    )

    assert reasons(plan, ["sessions", "leads", "revenue", "reach"], "error") == [
        ("kpi_without_objective", "reach"),
        ("two_headlines", "b"),
    ]


def test_a_guard_beside_the_headline_is_no_fault():
    plan = made(
        objective("a", result("a1", "leads", role="headline"), result("a2", "cost_per_lead"))
    )

    assert reasons(plan) == []


def test_m04_a_leaf_without_kpi_and_an_action_above_the_leaves():
    action = {"id": "ads", "kind": "sea", "description": "Ads", "start": "2026-01-01"}
    plan = made(
        objective("top", actions=[action]),
        objective("empty", parent="top"),
        objective("mile", {"id": "done", "mode": "binary", "label": "Site"}, parent="top"),
        objective("full", result("kr", "leads"), parent="top", actions=[action | {"id": "more"}]),
    )

    assert reasons(plan) == [
        ("objective_without_kpi", "empty"),
        ("action_above", "ads"),
        ("only_milestones", "mile"),
    ]


def test_m04_why_is_asked_until_it_is_answered():
    plan = made(objective("a", result("a1", "revenue"), why=""))

    assert reasons(plan) == [("why", "a")]
    assert coverage(plan)[0].level == "question"


def test_m04_more_visits_are_wanted_for_something():
    # the chain of the source article: affiliation, purchase or subscription, investors
    plan = made(objective("a", result("a1", "sessions"), why=""))

    assert reasons(plan) == [("why_visits", "a")]
    assert [(each.id, each.kpi) for each in reasons_for(plan.objectives[0])] == [
        ("affiliation", "affiliate_revenue"),
        ("sales", "units_sold"),
        ("funding", "unique_visitors"),
    ]
    assert all(each.kpi in catalogue() for each in MORE_VISITS)


@pytest.mark.parametrize(("count", "found"), [(7, []), (8, [("too_many_headlines", "objectives")])])
def test_m16_eight_headlines_are_too_many(count, found):
    names = "abcdefgh"[:count]
    plan = made(*(objective(name, result(f"{name}1", "leads")) for name in names))

    assert reasons(plan, level="warning") == found


def test_m16_headlines_come_by_priority():
    plan = made(
        objective("late", result("l", "leads"), priority=2),
        objective("first", result("f", "revenue"), result("g", "leads"), priority=1),
    )

    assert [each.id for each in headlines(plan)] == ["f", "l"]


def test_m08_what_we_make_ourselves_is_no_outcome():
    plan = made(objective("a", result("a1", "pr_outputs")))

    assert reasons(plan) == [("output", "a1")]


def test_orphans_keep_their_order():
    plan = made(objective("a", result("a1", "leads")))

    assert spoken_for(plan) == {"leads"}
    assert orphans(plan, ["reach", "leads", "sessions", "reach"]) == ["reach", "sessions"]
