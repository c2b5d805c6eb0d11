"""M.A.L.I.N and SMART side by side (catalogue, M02 and M03; oracle O-72)."""

from __future__ import annotations

from pathlib import Path

import pytest

import kpilib as kl
from kpilib.objectives.past import histories
from kpilib.objectives.ten_tests import MALIN, SMART, attainable, lacking, lint, malin
from kpilib.objectives.written import Plan
from kpilib.period import Period
from kpilib.topics.catalogue import catalogue
from tests.goals import goal, plan

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
OPENS = {
    "kpi": "open_rate_trackable", "unit": "%", "baseline": 24, "target": 27, "owner": "Léa",
    "start": "2026-01-01", "end": "2026-06-30", "reviews": ["2026-03-31"],
}  # fmt: skip


def failed(res):
    return "".join(each.letter for each in res.failed)


def letters(**written):
    return failed(lint(plan({"id": "kr", "mode": "from_to", **written}, why="Why not"))[0])


def months(*values, last="2025-12"):
    return list(zip(Period.parse(last).trailing(len(values)), values, strict=True))


class TestO72:
    """The five objectives of the oracle."""

    def test_o72_1_a_vague_sentence_fails_three(self):
        written = {"id": "news", "statement": "Améliorer notre newsletter", "why": "To be read"}
        res = lint(Plan.model_validate({"objectives": [written]}))

        assert [(each.id, failed(each)) for each in res] == [("news", "MLI")]

    def test_o72_2_sixty_per_cent_of_opens_is_out_of_reach(self):
        # the benchmark is 10 to 30 %
        res = lint(plan({"id": "kr", "mode": "from_to"} | OPENS | {"target": 60}, why="Why not"))

        assert failed(res[0]) == "A"
        assert res[0].failed[0].reason == "beyond_benchmark"
        assert res[0].failed[0].slots["high"].value == 0.30

    def test_o72_3_three_weeks_are_too_short_for_search_engines(self):
        # 21 days, of the 90 that search engines take
        written = {
            "kpi": "organic_sessions", "mode": "relative", "unit": "%", "baseline": 1500,
            "target": "+20 %", "owner": "Léa", "start": "2026-03-01", "end": "2026-03-21",
            "reviews": ["2026-03-10"],
        }  # fmt: skip
        res = lint(plan({"id": "kr"} | written, why="Why not"))[0]

        assert failed(res) == "L"
        assert (res.failed[0].slots["days"], res.failed[0].slots["needed"]) == (21, 90)

    def test_o72_4_passes_five(self):
        res = lint(plan({"id": "kr", "mode": "from_to"} | OPENS, why="Why not"))[0]

        assert [each.passed for each in res.malin] == [True] * 5
        assert [each.passed for each in res.smart] == [True] * 5

    def test_o72_5_without_review_date_it_is_not_negotiable(self):
        assert letters(**OPENS | {"reviews": []}) == "N"


class TestTwins:
    """Four tests have two letters; N and R stand alone."""

    def test_ten_tests_in_the_order_of_their_letters(self):
        res = lint(plan({"id": "kr", "mode": "from_to"} | OPENS))[0]

        assert tuple(each.letter for each in res.malin) == MALIN
        assert tuple(each.letter for each in res.smart) == SMART

    @pytest.mark.parametrize(
        ("change", "malin_letter", "smart_letter"),
        [
            ({"target": 60}, "A", "A"),
            ({"start": "2026-06-28"}, "LN", "T"),  # three days, and the review before them
            ({"owner": ""}, "I", "S"),
            ({"reviews": []}, "N", ""),
        ],
    )
    def test_m03_a_twin_fails_with_its_twin(self, change, malin_letter, smart_letter):
        res = lint(plan({"id": "kr", "mode": "from_to"} | OPENS | change, why="Why not"))[0]

        assert "".join(each.letter for each in res.malin if not each.passed) == malin_letter
        assert "".join(each.letter for each in res.smart if not each.passed) == smart_letter

    def test_m03_relevant_is_to_serve_another_or_to_say_why(self):
        top = {"id": "top", "statement": "Top", "why": "To live"}
        below = {"id": "below", "parent": "top", "statement": "Below", "key_results": []}
        alone = {"id": "alone", "statement": "Alone"}
        res = lint(Plan.model_validate({"objectives": [top, below, alone]}))

        found = {each.id: [c.passed for c in each.smart if c.letter == "R"] for each in res}
        assert found == {"below": [True], "alone": [False]}


class TestIdentifiable:
    @pytest.mark.parametrize("owner", ["Léa et Paul", "Léa, Paul", "Sales & marketing", "A/B"])
    def test_two_owners_are_none(self, owner):
        res = malin(goal(owner=owner))[3]

        assert (res.passed, res.reason) == (False, "several_owners")

    def test_the_owner_of_the_objective_counts(self):
        assert (
            lint(plan({"id": "kr", "mode": "binary", "label": "Site"}, owner="Léa"))[0]
            .malin[3]
            .passed
        )

    def test_a_milestone_says_what_it_is_about(self):
        res = lint(plan({"id": "kr", "mode": "binary"}, statement="Improve it", owner="Léa"))[0]

        assert [each.passed for each in res.malin] == [False, None, True, False, False]
        assert res.malin[3].slots["word"] == "Improve"


class TestNegotiable:
    def test_a_review_after_the_end_is_none(self):
        res = malin(goal(reviews=["2027-01-15"]))[4]

        assert (res.passed, res.reason) == (False, "review_outside")

    def test_revisions_keep_the_old_target_in_sight(self):
        revised = [{"date": "2026-04-01", "was": 0.05, "why": "Too easy"}]
        res = malin(goal(reviews=["2026-06-30"], revisions=revised))[4]

        assert (res.passed, res.reason, res.slots["count"]) == (True, "revised", 1)


class TestAttainable:
    """The company's own past, before the first day of the goal."""

    def test_more_than_the_past_ever_gave(self):
        # six months; the mean is 100.5, the spread sqrt(3 / 11): 100.5 + 3 x 0.522 = 102.07
        aim = goal(
            kpi="sessions", unit="count", baseline=100, target=150, end="2026-06-30",
        )  # fmt: skip
        res = attainable(aim, months(*[100, 101] * 6))

        assert (res.passed, res.reason) == (False, "beyond_past")
        assert res.slots["bound"].value == pytest.approx(100.5 + 3 * (3 / 11) ** 0.5)
        assert res.slots["asked"].value == pytest.approx(0.5)
        assert res.slots["best"].value == 0  # six months later it was the same, each time

    def test_as_much_as_the_best_months_gave(self):
        # 100 to 112 within six months: +12 %; 112 is asked for again
        values = [100] * 6 + [112] * 6
        aim = goal(kpi="sessions", unit="count", baseline=112, target=125, end="2026-06-30")
        res = attainable(aim, months(*values))

        assert res.slots["best"].value == pytest.approx(0.12)
        assert res.slots["asked"].value == pytest.approx(125 / 112 - 1)
        assert (res.passed, res.reason) == (True, "within_past")

    def test_rates_are_compared_in_points(self):
        aim = goal(baseline=0.02, target=0.04, end="2026-06-30")
        res = attainable(aim, months(*[0.02, 0.021] * 6))

        assert res.slots["asked"].value == pytest.approx(0.02)
        assert not res.slots["asked"].relative
        assert res.passed is False

    def test_lower_is_better(self):
        # from 40 % to 30 %; the past fell by 12 points within six months
        aim = goal(kpi="bounce_rate", baseline=0.40, target=0.30, end="2026-06-30")
        res = attainable(aim, months(*[0.52] * 6, *[0.40] * 6))

        assert res.slots["asked"].value == pytest.approx(-0.10)
        assert res.slots["best"].value == pytest.approx(-0.12)
        assert res.passed is True

    def test_what_comes_after_the_start_is_not_looked_at(self):
        aim = goal(kpi="sessions", unit="count", baseline=100, target=150)
        before = months(*[100, 101] * 6)
        after = months(*[150] * 12, last="2026-12")

        assert attainable(aim, before + after) == attainable(aim, before)

    def test_so_many_in_all_is_so_many_a_month(self):
        # 600 in 12 months are 50 a month
        aim = goal(kpi="leads", mode="count", unit="count", baseline=None, target=600)

        assert attainable(aim, months(*[49, 51] * 6)).passed is True
        assert attainable(aim, months(*[29, 31] * 6)).passed is False

    def test_nothing_is_known_without_past_and_benchmark(self):
        res = attainable(goal(kpi="sessions", unit="count"), months(1, None, 2, 3, 4, 5, None))

        assert (res.passed, res.reason) == (None, "no_history")

    def test_a_text_justifies_what_the_past_does_not(self):
        aim = goal(**OPENS | {"target": 60, "justification": "A list of 30 fans"})

        assert attainable(aim).reason == "justified"

    def test_a_text_is_not_needed_within_the_benchmark(self):
        assert attainable(goal(**OPENS | {"justification": "Sure"})).reason == "within_benchmark"

    def test_m17_a_quotation_is_never_a_threshold(self):
        ranged = {
            each.id for each in catalogue().values() if each.benchmark and each.benchmark.high
        }

        assert ranged == {"open_rate_trackable"}  # the only one that M02 compares a target with


@pytest.fixture(scope="module")
def company():
    return kl.open(SAMPLE)


class TestWithData:
    """What the sample company has behind it."""

    def test_the_past_of_each_goal(self, company):
        aim = goal(kpi="sessions", unit="count", start="2026-07-01")
        cut = goal(id="cut", kpi="sessions", unit="count", by="channel", group="email")
        res = histories([aim, cut], company)

        # The last 26 months, to October 2026; `attainable` leaves out those since the start.
        expected = company.series("sessions", "2026-10", 26)["value"].tolist()
        assert [value for _, value in res["kr"]] == [None if v != v else v for v in expected]
        assert [str(period.name) for period, _ in res["cut"]][-1] == "2026-10"
        assert attainable(aim, res["kr"]) == attainable(aim, res["kr"][:22])  # to June

    def test_sixty_per_cent_of_opens_is_beyond_past_and_benchmark(self, company):
        aim = goal(**OPENS | {"target": 60, "start": "2026-07-01", "end": "2026-12-31"})
        res = attainable(aim, histories([aim], company)["kr"])

        assert (res.passed, res.reason) == (False, "beyond_both")

    def test_a_source_that_is_not_there(self):
        company = kl.open({"sessions": company_sessions()})
        res = malin(goal(kpi="leads", unit="count"), company=company)[0]

        assert (res.passed, res.reason) == (False, "no_source")
        assert lacking("leads", company) == ["leads"]


def company_sessions():
    import pandas as pd

    return pd.DataFrame({"session_id": ["a"], "started_at": pd.to_datetime(["2026-01-01T10:00Z"])})
