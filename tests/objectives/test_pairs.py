"""A key result is read with its twin: a volume with the quality that must not pay for it (M57)."""

from __future__ import annotations

import pytest

from kpilib.objectives.verdict import PAIRS, twin
from kpilib.period import Period
from kpilib.topics.catalogue import catalogue
from tests.goals import goal
from tests.standings import row, standing

JUNE = Period.parse("2026-06")
LATER = {"revenue_per_employee", "on_time_project_rate", "objective_attainment_rate"}  # no data yet


def test_every_twin_of_the_catalogue_has_a_good_direction():
    for name, other in PAIRS.items():
        assert name != other
        if name not in LATER:
            assert name in catalogue()
            assert catalogue()[other].better in ("higher", "lower"), other


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("leads", "lead_qualification_rate"), ("click_rate", "unsubscribe_rate"),
        ("revenue_per_employee", "work_quality_score"), ("followers", "engagement_rate_followers"),
        ("training_roi", "training_satisfaction"),
    ],
)  # fmt: skip
def test_m57_the_pairs_of_the_articles(name, other):
    assert PAIRS[name] == other


@pytest.mark.parametrize(
    ("name", "then", "now", "worse"),
    [
        # Quality 4.0 to 3.4 is -15 %, beyond the 5 % of a figure without interval.
        ("work_quality_score", row(4.0), row(3.4), True),
        ("work_quality_score", row(4.0), row(3.9), False),  # -2.5 %
        ("work_quality_score", row(4.0), row(4.6), False),
        ("unsubscribe_rate", row(0.004), row(0.006), True),  # lower is better: +50 %
        ("unsubscribe_rate", row(0.006), row(0.004), False),
        # 50 % to 40 %: the difference is 10 points, give or take sqrt(0.04^2 + 0.04^2) = 5.7.
        ("lead_qualification_rate", row(0.5, 0.46, 0.54), row(0.4, 0.36, 0.44), True),
        # 50 % to 45 %: 5 points, give or take 5.7.
        ("lead_qualification_rate", row(0.5, 0.46, 0.54), row(0.45, 0.41, 0.49), False),
    ],
)
def test_it_worsened_beyond_noise(name, then, now, worse):
    assert twin(name, then, now, JUNE).worsened is worse


def test_a_figure_that_fills_up_has_not_worsened_yet():
    then, now = row(0.5, 0.46, 0.54), row(0.1, 0.08, 0.12)
    assert twin("lead_qualification_rate", then, now, JUNE).worsened
    assert not twin("lead_qualification_rate", then, now | {"flags": ["immature"]}, JUNE).worsened
    assert twin("lead_qualification_rate", then, now | {"flags": ["partial"]}, JUNE).worsened


def test_without_a_figure_there_is_no_twin():
    assert twin("lead_qualification_rate", row(None), row(0.4), JUNE) is None
    assert twin("lead_qualification_rate", row(0.4), row(None), JUNE) is None


def test_m57_productivity_up_quality_down_is_no_success():
    # Requests solved 10 % faster, satisfaction with support down 15 %.
    aim = goal(
        kpi="avg_resolution_time", unit="h", baseline=20, target=18, start="2026-09-01",
        end="2026-10-31",
    )  # fmt: skip
    rows = [row(20.0), row(19.0), row(18.0)]
    quality = [row(0.80), row(0.75), row(0.68)]
    alone = standing(aim, *rows)
    assert (alone.verdict.level, alone.twin) == ("success", None)
    found = standing(aim, *rows, twins=quality)
    assert found.verdict.level == "moderate_success"
    assert found.verdict.lowered_by == "support_satisfaction" == found.twin.kpi
    assert (found.twin.then, found.twin.now, found.twin.since.name) == (0.80, 0.68, "2026-08")


def test_the_twin_counts_from_the_month_of_the_baseline():
    written = {
        "kpi": "avg_resolution_time", "unit": "h", "baseline": 20, "target": 18,
        "start": "2026-09-01", "end": "2026-10-31", "baseline_period": "2026-09",
    }  # fmt: skip
    rows = [row(20.0), row(19.0), row(18.0)]
    quality = [row(0.80), row(0.68), row(0.68)]
    assert not standing(goal(**written), *rows, twins=quality).twin.worsened
    long_ago = goal(**written | {"baseline_period": "2025-01"})
    assert standing(long_ago, *rows, twins=quality).twin is None
