"""Hours due and hours absent, day by day; O-37 in full."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

import kpilib as kl
from tests.worked import rows, stack

MAY = (date(2025, 5, 1), date(2025, 5, 31))
FULL, PART = [7.0] * 5 + [0.0] * 2, [7.0, 7.0, 0.0, 7.0, 7.0, 0.0, 0.0]
CALENDAR = rows("date is_public_holiday", *((f"2025-05-{day}", True) for day in ("01", "08", "29")))
STAFF = rows(
    "employee_id hired_at left_at weekly_hours",
    ("F", "2020-01-01", None, FULL),
    ("P", "2020-01-01", None, PART),
)
SPELLS = rows(
    "employee_id start_date end_date kind",
    ("F", "2025-05-07", "2025-05-12", "sickness"),
    ("P", "2025-05-13", "2025-05-15", "sickness"),
    ("F", "2025-05-26", "2025-05-30", "paid_leave"),
)
SCOPES = "scheduled_hours present_hours anact_hours bilan_social_hours seed_hours".split()


def days(staff=STAFF, spells=SPELLS, span=MAY):
    tables = {"employees": staff, "absences": spells, "work_calendar": CALENDAR}
    frame = kl.open(tables).tables.frame(
        "employee_days", {"employee_id", "date", "contract_kind", *SCOPES}, span
    )
    return frame.collect("polars").to_native()


def hours(who, **changes):
    own = days(**changes).filter(pl.col("employee_id") == who)
    return len(own), *(own[name].sum() for name in SCOPES)


def test_o37_each_ones_month():
    # F: 19 days, 133 h, 28 h on leave; sick 21 h. P: 15 days, 105 h; sick 14 h.
    assert hours("F") == (19, 133, 105, 21, 21, 49)
    assert hours("P") == (15, 105, 105, 14, 14, 14)


def test_o37_the_days_of_each_spell():
    res = days().filter(pl.col("anact_hours") > 0).sort("employee_id", "date")

    assert res.select("employee_id", pl.col("date").dt.day()).rows() == [
        ("F", 7), ("F", 9), ("F", 12), ("P", 13), ("P", 15),
    ]  # fmt: skip


def test_o37_a_spell_over_two_months():
    spell = rows(
        "employee_id start_date end_date kind", ("F", "2025-04-28", "2025-05-06", "sickness")
    )

    assert hours("F", spells=spell)[3] == 21
    assert hours("F", spells=spell, span=(date(2025, 4, 1), date(2025, 4, 30)))[3] == 21


def test_o37_until_the_last_day_in_post():
    staff = STAFF.assign(left_at=["2025-05-15", None])

    assert hours("F", staff=staff)[:2] == (9, 63)


def test_from_the_first_day_in_post():
    staff = STAFF.assign(hired_at=["2025-05-19", "2020-01-01"])

    assert hours("F", staff=staff)[:2] == (9, 63)  # 19-23, 26-28, 30


def test_a_change_of_hours_takes_effect_on_its_day():
    staff = rows(
        "employee_id hired_at left_at valid_from valid_to weekly_hours",
        ("F", "2020-01-01", None, "2020-01-01", "2025-05-18", FULL),
        ("F", "2020-01-01", None, "2025-05-19", None, PART),
    )

    # to the 18th 10 days (2, 5-7, 9, 12-16), then Mon, Tue, Thu, Fri: 19, 20, 22, 23, 26, 27, 30
    assert hours("F", staff=staff)[:2] == (17, 119)


@pytest.mark.parametrize(
    ("kind", "scopes"),
    [
        ("sickness", (7, 7, 7)),
        ("work_accident", (7, 7, 7)),
        ("commuting_accident", (7, 7, 7)),
        ("occupational_disease", (7, 7, 7)),
        ("unjustified", (7, 7, 7)),
        ("maternity", (0, 7, 7)),
        ("authorised", (0, 7, 7)),
        ("paid_leave", (0, 0, 7)),
        ("training", (0, 0, 0)),
        ("strike", (0, 0, 0)),
    ],
)
def test_the_scope_of_each_kind(kind, scopes):
    spell = rows("employee_id start_date end_date kind", ("F", "2025-05-05", "2025-05-05", kind))

    assert hours("F", spells=spell)[3:] == scopes


def test_the_same_absence_twice_is_not_two():
    twice = stack(SPELLS, SPELLS)

    assert hours("F", spells=twice) == hours("F")


def test_hours_given_for_a_spell_are_spread_over_its_days():
    spell = rows(
        "employee_id start_date end_date kind hours",
        ("F", "2025-05-05", "2025-05-06", "sickness", 7.0),
    )
    res = days(spells=spell).filter(pl.col("anact_hours") > 0)

    assert res["anact_hours"].to_list() == [3.5, 3.5]


def test_a_spell_of_another_is_not_mine():
    spell = rows(
        "employee_id start_date end_date kind", ("X", "2025-05-05", "2025-05-06", "sickness")
    )

    assert hours("F", spells=spell)[3] == 0


def test_an_hour_on_leave_is_not_due():
    # 19 days, of which 26-28 and 30 on leave
    own = days().filter(pl.col("employee_id") == "F", pl.col("present_hours") == 0)

    assert own["date"].dt.day().sort().to_list() == [26, 27, 28, 30]
