"""Where each key result stands at the end of a month, and the tree above them."""

from __future__ import annotations

from copy import copy
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpilib as kl
from kpilib.display.numbers import Formatter
from kpilib.errors import PeriodError
from kpilib.objectives.diary import CheckIn
from kpilib.objectives.goal import goals
from kpilib.objectives.standing import standings, tree
from kpilib.objectives.verdict import POSSIBLE
from kpilib.period import Period
from kpilib.show.standing_words import chance_words, judged
from kpilib.show.verdicts import changed_rows
from tests.goals import goal, plan
from tests.standings import RATE, altered, row, standing

OCTOBER = Period.parse("2026-10")
# Leads of each month of 2026 up to October: 10, 20, ... 100.
LEADS = {f"2026-{month:02d}": 10 * month for month in range(1, 11)}
COUNTED = {
    "id": "counted", "kpi": "leads", "mode": "count", "unit": "count", "baseline": None,
    "target": 600, "start": "2026-07-01",
}  # fmt: skip
MONTHLY = {
    "id": "monthly", "kpi": "leads", "mode": "from_to", "unit": "count", "baseline": 60,
    "target": 120, "start": "2026-07-01",
}  # fmt: skip


@pytest.fixture(scope="module")
def company():
    days = [f"{month}-{1 + i % 28:02d}T10:00:00Z" for month, n in LEADS.items() for i in range(n)]
    leads = {
        "lead_id": [f"l{i}" for i in range(len(days))],
        "person_key": [f"p{i}" for i in range(len(days))],
        "created_at": pd.to_datetime(days),
    }
    return kl.open({"leads": pd.DataFrame(leads)}, as_of="2026-10-31")


def stood(company, *key_results, month=OCTOBER, **objective):
    return standings(company, month, plan(*key_results, **objective))


def test_a_figure_is_judged_at_the_months_end(company):
    (found,) = stood(company, MONTHLY)
    # From 60 on 1 July to 120 on 31 December: 123 of 184 days ask for 100.1.
    assert (found.month, found.day) == (OCTOBER, date(2026, 10, 31))
    assert found.row["value"] == 100 and found.expected == pytest.approx(60 + 60 * 123 / 184)
    assert found.past[-2:] == ((Period.parse("2026-09"), 90), (OCTOBER, 100))
    assert [month.name for month, _ in found.course] == ["2026-07", "2026-08", "2026-09", "2026-10"]
    assert found.reached.pace == pytest.approx((40 / 60) / (123 / 184))
    assert found.verdict.level == "moderate_success"  # 0.997 of the path
    assert len(found.past) == 26 and found.past[0][1] in (None, 0)


def test_what_is_counted_adds_up_from_its_first_day(company):
    (found,) = stood(company, COUNTED)
    assert found.row["value"] == 70 + 80 + 90 + 100
    assert [value for _, value in found.past[-4:]] == [70, 80, 90, 100]
    assert [value for _, value in found.course] == [70, 150, 240, 340]
    assert found.reached.score == pytest.approx(340 / 600)


SINCE_AUTUMN = COUNTED | {"start": "2025-10-01", "target": 700}  # 92 days before the first row


def test_what_came_before_the_records_is_not_nothing(company):
    # 550 since January, of 700 in 457 days: 395 days later 605 are asked for, and what the autumn
    # brought is not known. With the 60 that were asked for by January it were on its way.
    (found,) = stood(company, SINCE_AUTUMN)
    assert (found.row["value"], found.row["flags"]) == (550, ["partial"])
    assert (found.verdict.level, found.verdict.reason) == ("not_assessable", "unrecorded")
    assert found.verdict.day == date(2026, 1, 1) and found.before == found.verdict
    assert found.chance is None
    assert judged(found) == "Cannot be judged: its records begin only on 1 January 2026"
    assert tree(plan(SINCE_AUTUMN), [found])[0].score is None


def test_what_is_there_may_be_enough(company):
    # 550 of 600 are asked for by 518: whatever came before, it is reached already.
    (found,) = stood(company, SINCE_AUTUMN | {"target": 600})
    assert (found.verdict.level, found.verdict.provisional) == ("success", True)


def test_a_year_so_far_has_the_same_rule(company):
    # 550 in the 304 days of 2026; a year that begins with the records is judged.
    yearly = MONTHLY | {"baseline": 500, "baseline_period": "2025", "target": 700}
    assert stood(company, yearly)[0].verdict.reason == ""
    late = kl.open({"leads": company.tables.given["leads"].iloc[60:]}, as_of="2026-10-31")
    (found,) = stood(late, yearly)  # the 10, 20 and 30 of the first months are gone
    assert (found.verdict.reason, found.verdict.day) == ("unrecorded", date(2026, 4, 1))


def test_the_month_in_which_the_records_begin_is_no_month(company):
    leads = company.tables.given["leads"]
    late = kl.open({"leads": leads[leads["created_at"] >= "2026-04-11"]}, as_of="2026-10-31")
    asked = MONTHLY | {"start": "2026-03-01", "baseline": 20, "target": 60}
    (found,) = stood(late, asked, month=Period.parse("2026-04"))
    assert (found.row["value"], found.past[-1][1]) == (40 - 10 - 10, None)
    assert (found.verdict.reason, found.verdict.day) == ("unrecorded", date(2026, 4, 11))
    (found,) = stood(late, asked, month=Period.parse("2026-05"))
    assert found.verdict.reason == ""


def test_the_month_before_has_its_own_verdict(company):
    # Of 600 in 184 days, 92 days ask for 300 by 30 September (there: 240, 0.80), and 31 days for
    # 101 by 31 July (there: 70, 0.69).
    (found,) = stood(company, COUNTED, month=Period.parse("2026-09"))
    assert (found.verdict.level, found.before.level) == ("moderate_success", "moderate_success")
    (found,) = stood(company, COUNTED, month=Period.parse("2026-08"))
    assert (found.verdict.level, found.before.level) == ("moderate_success", "moderate_failure")
    assert stood(company, COUNTED, month=Period.parse("2026-07"))[0].before is None


def test_those_that_ended_are_shown_for_three_months_with_their_last_verdict(company):
    ended = MONTHLY | {"start": "2026-04-01", "end": "2026-07-31", "baseline": 30, "target": 70}
    (found,) = stood(company, ended)
    assert (found.month.name, found.day, found.row["value"]) == ("2026-07", date(2026, 7, 31), 70)
    assert found.over and found.verdict.level == "success" == found.before.level
    assert found.chance is None
    assert stood(company, ended | {"end": "2026-06-30"}) == ()
    assert stood(company, MONTHLY | {"start": "2026-11-01"}) == ()


def test_one_that_ended_long_ago_counts_while_its_objective_runs(company):
    spring = MONTHLY | {"id": "spring", "baseline": 10, "target": 30, "start": "2026-01-01",
                        "end": "2026-03-31"}  # fmt: skip
    both = plan(spring, MONTHLY)
    found = standings(company, OCTOBER, both)

    # Spring ended at its target of 30; the other is at (100 - 60) / (120 - 60) = 2/3.
    assert [each.goal.id for each in found] == ["spring", "monthly"]
    assert (found[0].month.name, found[0].verdict.level) == ("2026-03", "success")
    assert tree(both, found)[0].score == pytest.approx((1 + 2 / 3) / 2)
    assert stood(company, spring) == ()  # its objective is over, for more than three months


def test_a_past_month_is_judged_by_the_target_of_then(company):
    # 60 in June; 65 was the target until 15 August, and is 120 since.
    changed = MONTHLY | {
        "revisions": [{"date": "2026-08-15", "was": 65, "why": "Too easy", "by": "The board"}]
    }
    (july,) = stood(company, changed, month=Period.parse("2026-07"))
    assert (july.goal.target, july.goal.was) == (65, ())
    (august,) = stood(company, changed, month=Period.parse("2026-08"))
    assert (august.goal.target, august.goal.was) == (120, ((date(2026, 8, 15), 65),))
    assert august.expected == pytest.approx(60 + 60 * 62 / 184)
    # 70 and 80 are the days' figures: far above 60 + 5 x 31/184, and on the path to 120 or not.
    assert (july.verdict.reason, july.reached.attainment) == ("", 2.0)
    assert august.before == july.verdict


def test_a_milestone_is_what_the_last_check_in_says():
    done = goal(kpi="", mode="binary", unit="", baseline=None, target=None)
    nothing = row(None)
    assert standing(done, nothing).verdict.reason == "not_due"
    said = (
        CheckIn(date=date(2026, 9, 30), key_result="kr", value=0.0),
        CheckIn(date=date(2026, 10, 30), key_result="kr", value=1.0),
    )
    found = standing(done, nothing, said=said)
    assert (found.verdict.level, found.reached.score, found.expected) == ("success", 1.0, None)
    assert found.chance is None
    assert standing(done, nothing, said=said[:1]).verdict.reason == "not_due"


def test_check_ins_and_reviews_are_those_up_to_the_month(company, tmp_path):
    opened = copy(company)
    opened.folder = tmp_path
    (tmp_path / "objectives.yaml").write_text(
        "objectives:\n- id: growth\n  statement: Grow\n  start: 2026-07-01\n  end: 2026-12-31\n"
        "  key_results:\n"
        "  - {id: counted, kpi: leads, mode: count, unit: count, target: 600}\n",
        encoding="utf-8",
    )
    (tmp_path / "checkins.csv").write_text(
        "date,key_result,comment_en\n2026-07-31,counted,First\n2026-09-30,counted,Second\n"
        "2026-11-30,counted,Later\n",
        encoding="utf-8",
    )
    (found,) = standings(opened, OCTOBER)
    assert [each.comment.en for each in found.checkins] == ["Second", "First"]
    assert found.overdue == (date(2026, 8, 31),)
    assert found.next_review == date(2026, 10, 31)
    # Key results that are not asked for may have check-ins too.
    assert standings(opened, OCTOBER, plan()) == ()


def test_in_the_middle_of_a_month_no_review_of_its_end_is_overdue():
    aim = goal(start="2026-09-01", reviews=["2026-10-10", "2026-10-20"])
    found = standing(aim, row(0.03), row(0.03), as_of=date(2026, 10, 15))
    assert found.day == date(2026, 10, 15)
    assert found.overdue == (date(2026, 9, 30), date(2026, 10, 10))
    assert found.next_review == date(2026, 10, 20)


def test_only_those_of_some_kpis(company):
    given = plan(MONTHLY, RATE | {"id": "rate"})
    assert [each.goal.id for each in standings(company, OCTOBER, given, kpis=["leads"])] == [
        "monthly"
    ]


def test_a_twin_whose_columns_are_missing_takes_nothing_along(company):
    # Leads are read with their qualification, which needs a column that is not there.
    (found,) = stood(company, MONTHLY)
    assert (found.evidence.worsened, found.row["status"]) == ("", "ok")


def test_missing_data_is_said_and_never_a_failure(company):
    (found,) = stood(company, RATE | {"kpi": "bounce_rate"})
    assert (found.verdict.reason, found.row["status"]) == ("missing", "missing_table")
    assert (found.reached, found.chance) == (None, None)


def test_it_is_of_a_month(company):
    with pytest.raises(PeriodError, match="one month"):
        standings(company, Period.parse("2026-Q4"), plan(MONTHLY))


def test_beyond_its_target_nothing_comes_closer():
    """Visits of twice and of three times their target stood as "closer to its target"."""
    (aim,) = goals(plan({**ONE, "id": "kr", "start": "2026-09-01", "end": "2027-12-31"}), "EUR")
    found = []
    for then, now in ((0.5, 0.9), (1.2, 1.9)):
        here = standing(aim, row(then), row(now))
        alike = altered(here, before=here.verdict)
        found.append(changed_rows([alike])["change"].tolist())
    assert found == [["towards"], []]


class TestTree:
    def test_o62_the_score_is_the_mean_and_not_all_are_reached(self):
        # At the end: 0.6, 1 and 0.25 of the way from 0 to 1.
        aims = goals(plan(*({**ONE, "id": f"kr{i}"} for i in range(3)), end="2026-10-31"), "EUR")
        found = [standing(aim, row(v)) for aim, v in zip(aims, (0.6, 1.0, 0.25), strict=True)]
        (objective,) = tree(plan_of(found), found)
        assert objective.score == pytest.approx(1.85 / 3)
        assert objective.without_data == 0
        (objective,) = tree(plan_of(found), found[1:2])
        assert objective.score == 1.0

    @pytest.mark.parametrize("untold", [row(None), row(0.0, flags=["immature"])])
    def test_what_cannot_be_judged_is_left_out_and_told_never_a_0(self, untold):
        aims = goals(plan(*({**ONE, "id": f"kr{i}"} for i in range(2))), "EUR")
        found = [standing(aims[0], row(0.8)), standing(aims[1], untold)]
        (objective,) = tree(plan_of(found), found)
        assert (objective.score, objective.without_data) == (0.8, 1)
        (objective,) = tree(plan_of(found), found[1:])
        assert (objective.score, objective.without_data) == (None, 1)

    def test_red_objectives_below_one_that_is_not_are_named_at_any_depth(self):
        names = (("top", None), ("middle", "top"), ("leaf", "middle"), ("fine", "top"))
        given = [
            goals(plan({**ONE, "id": f"kr_{name}"}, id=name, parent=parent), "EUR")[0]
            for name, parent in names
        ]
        values = {"top": 0.9, "middle": 0.5, "leaf": 0.1, "fine": 0.8}
        found = [standing(each, row(values[each.objective.id])) for each in given]
        whole = plan().model_copy(update={"objectives": tuple(each.objective for each in given)})
        (top,) = tree(whole, found)
        assert [each.objective.id for each in top.red_below] == ["leaf"]
        assert [each.objective.id for each in top.children[0].red_below] == ["leaf"]
        assert not top.red and top.children[0].children[0].red

    def test_a_green_mean_over_a_red_key_result_names_it(self):
        aims = goals(plan(*({**ONE, "id": f"kr{i}"} for i in range(4))), "EUR")
        found = [standing(aim, row(v)) for aim, v in zip(aims, (1, 1, 1, 0), strict=True)]
        (objective,) = tree(plan_of(found), found)
        assert objective.score == 0.75
        assert [each.goal.id for each in objective.red_results] == ["kr3"]

    def test_a_key_result_where_it_should_be_by_now_is_not_red(self):
        """A quarter that has just begun stood as red beside "Nearly on its path"."""
        begun = {**ONE, "id": "kr3", "start": "2026-10-01", "end": "2027-12-31"}
        aims = goals(plan(*({**ONE, "id": f"kr{i}"} for i in range(3)), begun), "EUR")
        found = [standing(aim, row(v)) for aim, v in zip(aims, (1, 1, 1, 0.1), strict=True)]
        (objective,) = tree(plan_of(found), found)
        assert objective.score > 0.75 and found[-1].verdict.level == "success"
        assert not objective.red_results

    def test_children_stand_below_their_parents_by_priority(self):
        given = plan().model_copy(
            update={
                "objectives": tuple(
                    plan(id=name, parent=parent, priority=place).objectives[0]
                    for name, parent, place in (
                        ("second", None, 2), ("first", None, 1), ("below", "second", 1),
                        ("lost", "unknown", 3),
                    )
                )
            }
        )  # fmt: skip
        roots = tree(given, ())
        assert [each.objective.id for each in roots] == ["first", "second", "lost"]
        assert [each.objective.id for each in roots[1].children] == ["below"]
        assert (roots[0].score, roots[0].standings) == (None, ())


ONE = {"kpi": "bounce_rate", "mode": "from_to", "unit": "fraction", "baseline": 0, "target": 1}


def plan_of(found):
    """Return a plan of the objective that standings belong to."""
    return plan().model_copy(update={"objectives": (found[0].goal.objective,)})


@given(
    st.lists(st.floats(1, 1000), min_size=12, max_size=26),
    st.floats(1, 3000),
    st.sampled_from(["leads", "followers", "revenue"]),
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_a_proven_failure_never_stands_beside_a_chance(figures, target, kpi, total):
    """Whatever the past: who reads "1 chance in 5" does not read "proven failure" before it."""
    unit = "EUR" if kpi == "revenue" else "count"
    written = {"kpi": kpi, "unit": unit, "baseline": figures[0], "target": target}
    if total and kpi != "followers":
        written |= {"mode": "count", "baseline": None}
    margin = 0.0 if kpi == "followers" else 0.02
    given = [
        row(v, *((v * (1 - margin), v * (1 + margin)) if margin else ()), n=100.0) for v in figures
    ]
    found = standing(goal(**written), *given, monthly=given if total else None)
    if found.verdict.level == "proven_failure" and found.chance is not None:
        assert found.chance < POSSIBLE
        assert chance_words(found, Formatter("en")).startswith(
            ("less than 1 chance in 20", "about 1 chance in 10")
        )
    assert found.reached.level == found.verdict.level or not found.verdict.assessed


def test_followers_that_lose_where_they_should_double_have_failed_for_certain():
    """Ten a month lost, give or take two, where 1,000 should become 2,000."""
    wobble = (0, 2, -2, 1, -1, 2)
    months = [row(1200 - 10 * i + wobble[i % 6]) for i in range(26)]
    written = {"kpi": "followers", "unit": "count", "baseline": 1000, "target": 2000}
    assert standing(goal(**written), *months).verdict.level == "proven_failure"
    # The same figure in a series that moves by hundreds every month proves nothing.
    jumps = [*np.random.default_rng(18).normal(0, 400, 25), 0]
    jumpy = [row(months[-1]["value"] + jump) for jump in jumps]
    assert standing(goal(**written), *jumpy).verdict.level == "moderate_failure"


class TestTargetsOfAQuarterOrAYear:
    """Judged against what came so far, never one month: 10, 20, ... 100 leads from January on."""

    YEAR = {
        "id": "year", "kpi": "leads", "mode": "from_to", "unit": "count", "baseline": 500,
        "baseline_period": "2025", "target": 660, "start": "2026-01-01", "end": "2026-12-31",
    }  # fmt: skip
    QUARTER = YEAR | {
        "id": "quarter", "baseline": 200, "baseline_period": "2025-Q4", "target": 300,
        "start": "2026-10-01",
    }  # fmt: skip

    def test_of_a_year_the_running_total_against_its_part_of_the_year(self, company):
        (found,) = stood(company, self.YEAR)
        # 550 in 304 of 365 days: 660.4 a year. One month of 100 is a failure beside 660.
        assert (found.row["value"], found.row["period_start"]) == (550, pd.Timestamp("2026-01-01"))
        assert found.expected == pytest.approx(660 * 304 / 365)
        assert found.reached.attainment == pytest.approx((550 * 365 / 304 - 500) / 160)
        assert found.verdict.level == "success"

    def test_of_a_quarter(self, company):
        (found,) = stood(company, self.QUARTER | {"target": 290})
        # 100 in 31 of 92 days: 296.8 a quarter, where the path asks for 290 at its end.
        assert found.row["value"] == 100
        assert found.expected == pytest.approx(290 * 31 / 92)
        assert found.verdict.level == "success"
        (found,) = stood(company, self.QUARTER | {"target": 310})
        assert found.reached.attainment == pytest.approx((100 * 92 / 31 - 200) / 110)
        assert found.verdict.level == "moderate_success"  # 0.880 of the way

    @pytest.mark.parametrize("mode", ["absolute", "relative"])
    def test_however_it_is_written(self, company, mode):
        asked = {"absolute": (160, "count"), "relative": (32, "%")}[mode]
        written = self.YEAR | {"mode": mode, "target": asked[0], "unit": asked[1]}
        (found,) = stood(company, written)
        (plain,) = stood(company, self.YEAR)
        assert (found.verdict, found.expected) == (plain.verdict, plain.expected)

    def test_what_is_of_months_before_the_data_has_no_chance(self, company):
        (later,) = stood(
            company, self.QUARTER | {"start": "2026-01-01"}, month=Period.parse("2026-09")
        )
        assert later.chance is None

    def test_a_rate_is_that_of_the_quarter_so_far(self):
        """July 1 of 10, August 9 of 30: the quarter has 10 of 40, and not August's 30 %."""
        days = ["2026-07-10"] * 10 + ["2026-08-10"] * 30
        quick = [i in (0, *range(10, 19)) for i in range(40)]
        sessions = pd.DataFrame(
            {
                "session_id": [f"s{i}" for i in range(40)], "started_at": days,
                "pageviews": [1 if each else 3 for each in quick], "engaged_s": 0.0,
                "key_events": 0,
            }
        )  # fmt: skip
        data = kl.open({"sessions": sessions}, as_of="2026-08-31")
        written = {
            "id": "rate", "kpi": "bounce_rate", "mode": "from_to", "unit": "fraction",
            "baseline": 0.4, "baseline_period": "2026-Q2", "target": 0.2, "start": "2026-07-01",
            "end": "2026-09-30",
        }  # fmt: skip
        (found,) = stood(data, written, month=Period.parse("2026-08"))
        assert found.row["value"] == pytest.approx(0.25)

    def test_the_score_in_a_table_is_the_same(self, tmp_path, company):
        (found,) = stood(company, self.YEAR)
        (tmp_path / "tables").mkdir()
        company.tables.given["leads"].to_csv(tmp_path / "tables" / "leads.csv", index=False)
        lines = "".join(f", {k}: {v!r}" for k, v in self.YEAR.items() if k != "id")
        (tmp_path / "objectives.yaml").write_text(
            "objectives:\n  - id: o\n    statement: More\n    key_results:\n"
            f"      - {{id: year{lines}}}\n",
            encoding="utf-8",
        )
        row = kl.open(tmp_path, as_of="2026-10-31").evaluate("kr_score", "2026-10").iloc[0]
        assert row["value"] == pytest.approx(found.reached.score)
