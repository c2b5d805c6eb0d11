"""A key result in numbers, in the unit of its KPI; and when it is reviewed (M11)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilib.objectives.goal import due, goals, reviews
from kpilib.objectives.quantity import in_own_unit, months_between
from kpilib.objectives.written import KeyResult
from tests.goals import goal, plan

JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
APR = date(2026, 4, 30)


def test_m11_january_and_march_were_held_and_february_is_overdue():
    assert reviews(goal(), "monthly", [JAN, MAR], MAR) == ((FEB,), APR)


def test_every_month_has_its_review_and_the_last_is_at_the_end():
    days = due(goal(start="2026-01-15", end="2026-04-10"), "monthly")
    assert days == [FEB, MAR, date(2026, 4, 10)]  # January was not whole


def test_every_quarter():
    days = due(goal(), "quarterly")
    assert days == [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)]


def test_every_week():
    days = due(goal(start="2026-01-01", end="2026-01-20"), "weekly")
    assert days == [date(2026, 1, 7), date(2026, 1, 14), date(2026, 1, 20)]


def test_its_own_days_come_on_top():
    own = goal(start="2026-01-01", end="2026-02-28", reviews=["2026-01-15", "2027-01-15"])
    assert due(own, "monthly") == [date(2026, 1, 15), JAN, FEB]


@pytest.mark.parametrize(
    ("held", "overdue"),
    [
        ([], (JAN, FEB)),
        ([date(2026, 1, 20), date(2026, 2, 5)], ()),  # once in each month
        ([date(2026, 2, 2), FEB], ()),  # January's was held on 2 February
        ([date(2026, 2, 2)], (FEB,)),  # one check-in holds one review
        ([date(2026, 2, 10)], (FEB,)),  # ten days after it is due are not too late
        ([date(2026, 2, 11)], (JAN,)),  # eleven are
        ([date(2026, 1, 5), date(2026, 1, 6)], (FEB,)),
        ([date(2026, 3, 30)], (JAN, FEB)),  # not known yet on the 15th
    ],
)
def test_which_check_in_holds_which_review(held, overdue):
    assert reviews(goal(), "monthly", held, date(2026, 3, 15)) == (overdue, MAR)


def test_a_review_is_overdue_from_the_day_after():
    assert reviews(goal(), "monthly", [], JAN) == ((), JAN)
    assert reviews(goal(), "monthly", [], date(2026, 2, 1)) == ((JAN,), FEB)
    assert reviews(goal(), "monthly", [JAN], JAN) == ((), FEB)


def test_after_the_end_nothing_is_left():
    short = goal(start="2026-01-01", end="2026-01-31")
    assert reviews(short, "monthly", [JAN], date(2026, 5, 1)) == ((), None)


FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DAYS = st.dates(FIRST, LAST)
FIGURES = st.floats(1, 1e6)


def test_o61_ten_per_cent_more_each_month():
    """2.0 % x 1.1 = 2.2 %, x 1.1 = 2.42 %, x 1.1 = 2.662 %; 31, 59 and 90 days of 90."""
    res = goal(mode="per_period_compound", unit="%", baseline=2.0, target=10, end="2026-03-31")

    assert res.target == pytest.approx(0.02662, rel=1e-9)
    assert res.expected(date(2026, 3, 31)) == pytest.approx(0.02662, rel=1e-9)
    assert res.expected(date(2026, 1, 31)) == pytest.approx(0.02 * 1.331 ** (31 / 90), rel=1e-9)


def test_o63_fifteen_per_cent_or_fifteen_points():
    relative = goal(mode="relative", unit="%", baseline=2.0, target=15)
    points = goal(mode="points", unit="pt", baseline="2 %", target=15)

    assert relative.target == pytest.approx(0.023, rel=1e-9)
    assert points.target == pytest.approx(0.17, rel=1e-9)


def test_o63_from_two_to_five_per_cent():
    """+3.0 points, +150 %."""
    by_points = goal(mode="points", unit="pt", baseline="2 %", target=3)
    by_per_cent = goal(mode="relative", unit="%", baseline="2 %", target=150)

    assert by_points.target == pytest.approx(0.05, rel=1e-9)
    assert by_per_cent.target == pytest.approx(0.05, rel=1e-9)


def test_o63_followers():
    """5 000 -> 8 000: +3 000, +60 %."""
    written = {"kpi": "followers", "baseline": 5000}

    assert goal(**written, mode="relative", unit="%", target=60).target == 8000
    assert goal(**written, mode="absolute", unit="count", target=3000).target == 8000


@pytest.mark.parametrize("mode", ["relative", "per_period_compound"])
@pytest.mark.parametrize(("baseline", "target"), [(0, 20), (-39, 20), (10, -100)])
def test_o63_per_cent_of_nothing_are_refused(mode, baseline, target):
    with pytest.raises(ValueError, match="per cent need a baseline above 0"):
        goal(kpi="nps", mode=mode, unit="%", baseline=baseline, target=target)


def test_o63_from_zero_there_is_a_difference():
    assert goal(kpi="leads", mode="absolute", unit="count", baseline=0, target=5).target == 5


def test_a_milestone_that_a_kpi_measures_is_a_level():
    res = goal(kpi="nps", mode="binary", unit="points", baseline=None, target=30)

    assert (res.baseline, res.target, res.unit) == (30, 30, "points")


def test_groups_with_targets_of_their_own_share_the_weight():
    res = goals(
        plan({
            "id": "kr", "kpi": "csat", "mode": "from_to", "unit": "%", "baseline": 80,
            "by": "customer_kind", "weight": 0.5, "segments": [
                {"group": "company", "target": 90},
                {"group": "individual", "target": "85 %", "baseline": 70},
            ],
        }),
        "EUR",
    )  # fmt: skip

    assert [(each.id, each.group, each.baseline, each.target, each.weight) for each in res] == [
        ("kr.company", "company", 0.8, 0.9, 0.25),
        ("kr.individual", "individual", pytest.approx(0.7), 0.85, 0.25),
    ]


def test_a_path_is_straight_between_its_months():
    """100 to 130 by 30 June, then to 200 by 31 December: 184 days, 92 of them by 30 September."""
    res = goal(kpi="leads", unit="count", baseline=100, target=200, path={"2026-06": 130})

    assert res.expected(date(2026, 6, 30)) == 130
    assert res.expected(date(2026, 9, 30)) == pytest.approx(165)
    assert res.expected(LAST) == res.expected(date(2027, 5, 1)) == 200
    assert res.expected(FIRST - timedelta(1)) == 100
    assert res.owed(date(2026, 9, 30)) == pytest.approx(0.65)


def test_a_target_is_the_one_in_force_on_the_day():
    res = goal(unit="%", baseline=2, target=3, revisions=[
        {"date": "2026-09-01", "was": 4, "why": "Budget cut again"},
        {"date": "2026-05-01", "was": "5 %", "why": "Budget cut"},
    ])  # fmt: skip
    days = [date(2026, 4, 30), date(2026, 5, 1), date(2026, 8, 31), date(2026, 9, 1)]

    assert [res.on(day).target for day in days] == pytest.approx([0.05, 0.04, 0.04, 0.03])
    assert [len(res.on(day).was) for day in days] == [0, 1, 1, 2]
    assert res.target == pytest.approx(0.03)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-01-01", "2026-03-31", 3),
        ("2026-01-15", "2026-04-14", 3),
        ("2024-02-01", "2024-02-29", 1),
        ("2025-11-01", "2026-10-31", 12),
        ("2026-01-01", "2026-01-15", 15 / (365.25 / 12)),
    ],
)
def test_months_between(start, end, months):
    assert months_between(date.fromisoformat(start), date.fromisoformat(end)) == pytest.approx(
        months
    )


@given(FIGURES, FIGURES, DAYS, DAYS, st.sampled_from(["from_to", "count"]))
def test_a_straight_path_stays_between_its_ends_and_never_turns(low, high, one, other, mode):
    res = goal(kpi="leads", unit="count", mode=mode, baseline=low, target=high)
    ends = sorted([res.baseline, res.target])
    first, later = (res.expected(day) for day in sorted([one, other]))
    up = 1 if res.target >= res.baseline else -1

    assert ends[0] * (1 - 1e-9) <= first <= ends[1] * (1 + 1e-9)
    assert up * (later - first) >= -1e-6


@given(FIGURES, st.floats(-50, 100), DAYS, DAYS)
def test_growth_stays_between_its_ends_and_never_turns(low, growth, one, other):
    res = goal(kpi="leads", unit="%", mode="per_period_compound", baseline=low, target=growth)
    ends = sorted([res.baseline, res.target])
    first, later = (res.expected(day) for day in sorted([one, other]))
    up = 1 if growth >= 0 else -1

    assert ends[0] * (1 - 1e-9) <= first <= ends[1] * (1 + 1e-9)
    assert up * (later - first) >= -1e-6 * ends[1]


@given(st.floats(-1e6, 1e6), st.sampled_from([("csat", "%", 100), ("csat", "fraction", 1),
                                              ("avg_resolution_time", "min", 60),
                                              ("cost_per_lead", "EUR", 1)]))  # fmt: skip
def test_into_the_unit_of_the_kpi_and_back_is_the_same(number, written):
    kpi, unit, by = written
    result = KeyResult(id="kr", kpi=kpi, mode="from_to", unit=unit)

    assert in_own_unit(result, number, "EUR") * by == pytest.approx(number, rel=1e-9, abs=1e-12)
