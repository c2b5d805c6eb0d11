"""When key results are reviewed, and which reviews were not held (M11)."""

from __future__ import annotations

from datetime import date

import pytest

from kpilib.objectives.goal import due, reviews
from tests.goals import goal

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
