"""Hours of an absence are spread before they are cut, and an hour is lost once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpilib as kl
from tests.worked import exactly, rows, stack

FULL, HALF = [7.0] * 5 + [0.0] * 2, [3.5] * 5 + [0.0] * 2
FOUR_DAYS = [7.0, 7.0, 0.0, 7.0, 7.0, 0.0, 0.0]
POST = "employee_id hired_at left_at valid_from valid_to weekly_hours team"
SPELL = "absence_id employee_id start_date end_date kind hours"
STAFF = rows(
    POST, *((f"e{i}", "2024-01-01", None, "2024-01-01", None, FULL, "north") for i in range(10))
)
# Christmas and New Year are the only holidays known
CALENDAR = rows("date is_public_holiday", ("2026-12-25", True), ("2027-01-01", True))


def company(*spells, posts=(), as_of="2027-06-30"):
    more = rows(POST, *posts) if posts else STAFF.iloc[:0]
    return kl.open(
        {
            "employees": stack(STAFF, more) if posts else STAFF,
            "absences": rows(SPELL, *((f"a{i}", *spell) for i, spell in enumerate(spells))),
            "work_calendar": CALENDAR,
        },
        as_of=as_of,
    )


def absent(data, period):
    return data.evaluate("absenteeism_rate", period).iloc[0]["numerator"]


def due(data, period):
    return data.evaluate("absenteeism_rate", period).iloc[0]["denominator"]


class TestSpread:
    def test_half_time_over_the_end_of_a_month_is_half_in_each(self):
        # Mon 26 October to Fri 6 November: ten days of 3.5 h
        data = company(("e0", "2026-10-26", "2026-11-06", "sickness", 35.0))

        assert absent(data, "2026-10") == absent(data, "2026-11") == exactly(17.5)
        assert absent(data, ("2026-10-01", "2026-11-30")) == absent(data, "2026-Q4") == exactly(35)
        assert absent(data, ("2026-10-28", "2026-10-28")) == exactly(3.5)

    def test_a_figure_does_not_depend_on_what_else_is_asked(self):
        data = company(("e0", "2026-10-26", "2026-11-06", "sickness", 35.0))
        alone = data.evaluate("absenteeism_rate", "2026-11").iloc[0]
        beside = data.evaluate("absenteeism_rate", "2026-11", compare=["previous"]).iloc[0]
        series = data.series("absenteeism_rate", "2026-12", months=4)
        team = data.evaluate("absenteeism_rate", "2026-11", by="team").iloc[0]

        assert beside["previous"] == data.evaluate("absenteeism_rate", "2026-10").iloc[0]["value"]
        for row in (beside, series.iloc[2], team):
            assert row["value"] == alone["value"]
        assert (beside["ci_low"], beside["ci_high"]) == (alone["ci_low"], alone["ci_high"])

    def test_over_the_end_of_a_year_holidays_are_none_of_its_days(self):
        # Mon 21 December to Fri 8 January: 13 scheduled days (25 and 1 are holidays), 26 h
        data = company(("e0", "2026-12-21", "2027-01-08", "sickness", 26.0))

        assert absent(data, "2026-12") == exactly(8 * 2)  # 21-24, 28-31
        assert absent(data, "2027-01") == exactly(5 * 2)  # 4-8
        assert absent(data, ("2026-12-01", "2027-01-31")) == exactly(26)

    def test_longer_than_the_contract_all_of_it_is_within_the_contract(self):
        # in post to Fri 30 October: five days of the ten, and 17.5 h in all
        post = ("t", "2024-01-01", "2026-10-30", "2024-01-01", None, FULL, "north")
        data = company(("t", "2026-10-26", "2026-11-06", "sickness", 17.5), posts=[post])

        assert (absent(data, "2026-10"), absent(data, "2026-11")) == (exactly(17.5), 0)

    def test_a_change_of_hours_within_it_shares_by_the_hours_due(self):
        # October full time (5 x 7 h), November half time (5 x 3.5 h): 21 h are 14 and 7
        posts = [
            ("t", "2024-01-01", None, "2024-01-01", "2026-10-31", FULL, "north"),
            ("t", "2024-01-01", None, "2026-11-01", None, HALF, "north"),
        ]
        data = company(("t", "2026-10-26", "2026-11-06", "sickness", 21.0), posts=posts)

        assert (absent(data, "2026-10"), absent(data, "2026-11")) == (exactly(14), exactly(7))

    def test_a_part_timers_day_off_has_none_of_it(self):
        # Mon, Tue, Thu, Fri of two weeks: eight days, 16 h
        post = ("t", "2024-01-01", None, "2024-01-01", None, FOUR_DAYS, "north")
        data = company(("t", "2026-10-26", "2026-11-06", "sickness", 16.0), posts=[post])

        assert absent(data, ("2026-10-28", "2026-10-28")) == 0  # a Wednesday
        assert (absent(data, "2026-10"), absent(data, "2026-11")) == (exactly(8), exactly(8))

    def test_hours_on_days_off_only_are_hours_of_nothing(self):
        data = company(("e0", "2026-10-24", "2026-10-25", "sickness", 7.0))  # a weekend

        assert absent(data, "2026-10") == 0

    def test_hours_of_a_spell_that_is_still_open_are_those_up_to_the_last_day_known(self):
        # Mon 26 October to Fri 6 November, the last day of the data
        data = company(("e0", "2026-10-26", None, "sickness", 35.0), as_of="2026-11-06")

        assert (absent(data, "2026-10"), absent(data, "2026-11")) == (exactly(17.5), exactly(17.5))

    @settings(max_examples=6, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 60), st.integers(0, 40), st.none() | st.integers(1, 60),
                st.sampled_from(["sickness", "paid_leave", "maternity", "unjustified"]),
                st.integers(0, 3),
            ),
            min_size=1, max_size=8,
        ),
        st.integers(1, 91),
    )  # fmt: skip
    def test_for_any_split_of_a_range_the_parts_add_up_to_the_whole(self, spells, cut):
        begin = date(2026, 10, 1)
        data = company(
            *(
                (f"e{who}", begin + timedelta(days=first),
                 begin + timedelta(days=first + length), kind, hours)
                for first, length, hours, kind, who in spells
            )
        )  # fmt: skip
        end, middle = date(2026, 12, 31), begin + timedelta(days=cut)
        parts = [
            data.evaluate("absenteeism_rate", (str(first), str(last))).iloc[0]
            for first, last in ((begin, middle - timedelta(days=1)), (middle, end))
        ]
        whole = data.evaluate("absenteeism_rate", "2026-Q4").iloc[0]

        for side in ("numerator", "denominator"):
            assert sum(part[side] for part in parts) == pytest.approx(whole[side], rel=1e-9)


class TestAnHourOnce:
    """October 2026 has 22 working days: ten people owe 1,540 h."""

    LEAVE = ("e0", "2026-10-05", "2026-10-16", "paid_leave", None)  # ten days, 70 h

    def test_sickness_within_leave_is_lost_and_due(self):
        data = company(self.LEAVE, ("e0", "2026-10-07", "2026-10-09", "sickness", None))

        assert (absent(data, "2026-10"), due(data, "2026-10")) == (21, 1540 - 49)

    def test_half_a_day_of_sickness_on_leave_leaves_the_other_half(self):
        data = company(self.LEAVE, ("e0", "2026-10-07", "2026-10-07", "sickness", 3.5))

        assert (absent(data, "2026-10"), due(data, "2026-10")) == (3.5, 1540 - 66.5)

    def test_half_a_day_sick_and_half_on_leave_are_both(self):
        data = company(
            ("e0", "2026-10-07", "2026-10-07", "sickness", 3.5),
            ("e0", "2026-10-07", "2026-10-07", "paid_leave", 3.5),
        )

        assert (absent(data, "2026-10"), due(data, "2026-10")) == (3.5, 1536.5)

    def test_kinds_that_overlap_count_an_hour_once_in_every_scope(self):
        data = company(
            self.LEAVE,
            ("e0", "2026-10-05", "2026-10-09", "maternity", None),
            ("e0", "2026-10-07", "2026-10-07", "sickness", None),
        )
        row = data.evaluate("absenteeism_rate", "2026-10").iloc[0]

        # 7 h sick, 28 h maternity, 35 h of leave remain: 70 h in all
        assert (row["numerator"], row["denominator"]) == (7, 1540 - 35)
        assert row["details"]["bilan_social_scope"] == exactly(35 / 1505)
        assert row["details"]["seed_scope"] == exactly(70 / 1540)


class TestTwoContracts:
    TWO = [
        ("t", "2025-01-01", None, "2025-01-01", None, HALF, "north"),
        ("t", "2025-06-01", None, "2025-06-01", None, HALF, "south"),
    ]

    @pytest.mark.parametrize(("hours", "lost"), [(3.5, 3.5), (None, 7), (1.0, 1)])
    def test_an_hour_absent_from_two_contracts_is_one_hour(self, hours, lost):
        data = company(("t", "2026-10-07", "2026-10-07", "sickness", hours), posts=self.TWO)

        assert (absent(data, "2026-10"), due(data, "2026-10")) == (lost, 11 * 154)

    def test_each_team_has_its_part(self):
        # six more in the south, so that both teams are shown
        south = [(f"s{i}", "2024-01-01", None, "2024-01-01", None, FULL, "south") for i in range(6)]
        spell = ("t", "2026-10-07", "2026-10-07", "sickness", None)
        data = company(spell, posts=[*self.TWO, *south])
        res = data.evaluate("absenteeism_rate", "2026-10", by="team")

        assert res["numerator"].tolist() == [3.5, 3.5]
        assert res["denominator"].tolist() == [10.5 * 154, 6.5 * 154]


def test_p05_hours_by_team_add_up_to_the_whole():
    spells = [("e0", "2026-10-26", "2026-11-06", "sickness", 35.0)]
    posts = [(f"s{i}", "2024-01-01", None, "2024-01-01", None, FULL, "south") for i in range(6)]
    data = company(*spells, posts=posts)
    whole = data.evaluate("absenteeism_rate", "2026-11").iloc[0]
    teams = data.evaluate("absenteeism_rate", "2026-11", by="team")

    for side in ("numerator", "denominator"):
        assert teams[side].sum() == pytest.approx(whole[side])
