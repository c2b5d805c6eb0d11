"""What is printed of people is so rounded that nobody's part can be solved for.

The attack knows more than any reader does: who was in which group in which month, and that
nobody ever changed an answer. It puts every printed figure, of every month, group and the whole,
into one system, and asks for the least and the most that each person can have answered.
"""

from __future__ import annotations

import csv
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

import kpilib as kl
from kpilib.engine.columns import Figures
from kpilib.engine.outcome import Outcome
from kpilib.engine.printed import (
    followed,
    in_print,
    people_said,
    scale_of,
    solvable,
    step,
)
from kpilib.period import Period
from kpilib.topics.catalogue import catalogue, kpi
from tests.one_figure import all_printed, columns, printed, tells
from tests.trainings import cost, experiment
from tests.worked import rows

OPEN = 0.25  # of the scale, that must remain possible for anybody
ANSWERS = {
    "enps": [-100.0, 0.0, 100.0],
    "info_awareness_rate": [0.0, 1.0],
    "engagement_survey_score": [number / 7 for number in range(7, 36)],
}


class World:
    """Three teams over six months, in which people come and go, and all that is printed of them."""

    def __init__(self, name: str, seed: int) -> None:
        self.kpi = kpi(name)
        rng = np.random.default_rng(seed)
        teams = {"A": list(range(8)), "B": list(range(20, 29)), "C": list(range(40, 52))}
        self.truth: dict[int, float] = {}
        self.bases: dict[tuple[Period, str], list[int]] = {}
        fresh = iter(range(100, 999))
        for month in Period.parse("2025-12").trailing(6):
            for team, members in teams.items():
                if rng.random() < 0.5 and len(members) > 5:
                    members.pop(rng.integers(len(members)))
                if rng.random() < 0.3:
                    members.append(next(fresh))
                for each in members:
                    self.truth.setdefault(each, float(rng.choice(ANSWERS[name])))
                self.bases[month, team] = list(members)
            self.bases[month, ""] = [each for members in teams.values() for each in members]
        self.exact = {key: self.outcome(base) for key, base in self.bases.items()}
        exact = Figures.of(self.exact)
        later = solvable(self.kpi, exact)
        self.steps = dict(zip(self.exact, step(self.kpi, exact).tolist(), strict=True))
        self.shown = {
            key: printed(self.kpi, each) for key, each in self.exact.items() if key not in later
        }
        self.people = sorted(self.truth)
        self.matrix, self.low, self.high = self.system()

    def outcome(self, base: list[int]) -> Outcome:
        value = float(np.mean([self.truth[each] for each in base]))
        return Outcome(value=value, n=float(len(base)), people=float(len(base)))

    def system(self):
        """One line a printed figure: the sum of these people lies between two numbers."""
        lines, low, high = [], [], []
        for key, each in self.shown.items():
            half, base = self.steps[key] / 2, self.bases[key]
            ends = each.interval if each.value is None else (each.value - half, each.value + half)
            lines.append([person in base for person in self.people])
            low.append(len(base) * ends[0] - 1e-6)
            high.append(len(base) * ends[1] + 1e-6)
        return np.array(lines, dtype=float), np.array(low), np.array(high)

    def bounds(self, wanted: list[int]) -> tuple[float, float]:
        """The least and the most that these people can have answered together."""
        weights = np.array([person in wanted for person in self.people], dtype=float)
        system = {
            "A_ub": np.vstack([self.matrix, -self.matrix]),
            "b_ub": np.concatenate([self.high, -self.low]),
            "bounds": [scale_of(self.kpi)] * len(self.people),
        }
        least, most = (linprog(sign * weights, **system) for sign in (1, -1))
        assert least.status == most.status == 0
        return least.fun, -most.fun

    def movers(self) -> list[list[int]]:
        """Those by whom two months of one group differ, where they are fewer than five."""
        found = []
        for group in ("A", "B", "C", ""):
            own = [base for (_, name), base in self.bases.items() if name == group]
            for one, other in pairwise(own):
                found += [sorted({*one} - {*other}), sorted({*other} - {*one})]
        return [each for each in found if 0 < len(each) < 5]


class TestAttack:
    @pytest.mark.parametrize("name", ANSWERS)
    @pytest.mark.parametrize("seed", range(3))
    def test_no_combination_of_all_that_is_printed_gives_one_person_or_a_few(self, name, seed):
        world = World(name, seed)
        lowest, highest = scale_of(world.kpi)

        for wanted in [*([each] for each in world.people), *world.movers()]:
            least, most = world.bounds(wanted)
            truth = sum(world.truth[each] for each in wanted)
            assert least - 1e-4 <= truth <= most + 1e-4  # the attack is a sound one
            assert most - least >= OPEN * (highest - lowest), wanted

    def test_the_attack_finds_everybody_who_left_when_figures_are_exact(self):
        """Eight, then seven: 8 x mean - 7 x mean is the leaver's answer."""
        world = World("engagement_survey_score", 0)
        world.low = np.array([sum(world.truth[i] for i in world.bases[k]) for k in world.shown])
        world.high = world.low = world.low.astype(float)
        left = next(each for each in world.movers() if len(each) == 1)
        least, most = world.bounds(left)

        assert most - least < 1e-3

    @given(st.data())
    def test_two_bases_that_differ_by_a_few_leave_every_answer_possible(self, data):
        """By counting, without the rule's own algebra: yes and no of those who stay and leave."""
        stay, leave = data.draw(st.integers(5, 40)), data.draw(st.integers(1, 4))
        yes, gone = data.draw(st.integers(0, stay)), data.draw(st.integers(0, leave))

        self.nothing_told(stay, leave, yes, gone)

    def test_nor_where_a_share_lies_between_two_steps(self):
        """3 of 10 is half of a step of 0.2, and 0.3 / 0.2 is just below 1.5."""
        self.nothing_told(stay=8, leave=2, yes=3, gone=0)

    def nothing_told(self, stay, leave, yes, gone):
        definition = kpi("info_awareness_rate")

        def outcome(count, people):
            return Outcome(value=count / people, people=float(people), n=float(people))

        before, after = outcome(yes + gone, stay + leave), outcome(yes, stay)
        if tells(definition, before, after):
            return  # the later one is withheld

        def values(people):
            exact = [outcome(count, people) for count in range(people + 1)]
            return [each.value for each in all_printed(definition, exact)]

        first, then = values(stay + leave), values(stay)
        possible = {
            left
            for kept in range(stay + 1)
            for left in range(leave + 1)
            if (first[kept + left], then[kept]) == (first[yes + gone], then[yes])
        }
        assert gone in possible
        assert len(possible) > 1


class TestWithheld:
    def test_a_group_withheld_alone_takes_the_smallest_shown_along(self):
        month, before = Period.parse("2025-06"), Period.parse("2025-05")
        sizes = {"A": 9.0, "B": 7.0, "C": 20.0}
        answer = {
            (period, team): Outcome(value=0.0, people=size)
            for period in (before, month) for team, size in sizes.items()
        }  # fmt: skip
        found = Figures.of(answer)
        in_print(kpi("enps"), found, {(month, "A")})

        assert set(found.places[found.status == "suppressed"]) == {
            (month, "A"), (month, "B"),
        }  # fmt: skip

    def test_absences_of_two_months_are_two_things(self):
        assert followed(kpi("engagement_survey_score"))
        assert not followed(kpi("absenteeism_rate"))


class TestRounding:
    def test_everybody_alike_is_a_band(self):
        alike = Outcome(value=1.0, n=8.0, people=8.0, interval=(0.68, 1.0))
        nearly = Outcome(value=7 / 8, n=8.0, people=8.0, interval=(0.53, 0.98))
        res = printed(kpi("info_awareness_rate"), alike)

        assert (res.status, res.value, res.interval) == ("not_additive", None, (0.8, 1.0))
        assert res.interval_method == "bounds"
        assert printed(kpi("info_awareness_rate"), nearly).value == 0.8  # to a fifth: one of eight

    def test_alike_in_the_middle_has_an_interval_as_wide_as_its_step(self):
        alike = Outcome(value=4.0, n=8.0, people=8.0, interval=(4.0, 4.0))
        res = printed(kpi("engagement_survey_score"), alike)

        assert res.interval == (3.8, 4.2)

    def test_numbers_of_people_are_to_the_nearest_five(self):
        assert [people_said(n) for n in (5, 7, 8, 12, 13, 62)] == [5, 5, 10, 10, 15, 60]

    def test_nothing_beside_is_exact(self):
        details = {"favourable_share": 0.8163265, "favourable_answers": 280.0, "answers": 343.0}
        whole = Outcome(value=3.91253, numerator=191.7, denominator=49.0, n=49.0, people=49.0,
                        interval=(3.81, 4.01), details=details)  # fmt: skip
        res = printed(kpi("engagement_survey_score"), whole)

        assert (res.value, res.numerator, res.denominator, res.n) == (3.9, None, None, 50)
        assert res.interval == (3.75, 4.05)  # a tenth and half a step, to whole steps
        assert res.details == {"favourable_share": 0.8125}

    @given(st.floats(0.001, 1), st.integers(5, 400))
    def test_a_printed_rate_is_near_the_exact_one(self, value, people):
        whole = Outcome(value=value, n=1.0, people=float(people))
        for name in ("absenteeism_rate", "training_satisfaction"):
            res = printed(kpi(name), whole)
            low, high = res.interval or (res.value, res.value)
            near = step(kpi(name), columns(whole)).item() * 0.5 + 1e-9
            assert low - near <= value <= high + near

    def test_a_figure_that_is_hidden_stays_hidden(self):
        hidden = Outcome(status="suppressed", reason="Hidden.", details={"opening": 3.0})
        res = printed(kpi("enps"), hidden)

        assert (res.status, res.details, res.n) == ("suppressed", {}, None)


def staff(*waves):
    """A survey of employees: one answer a person, in waves of their own."""
    answers = [
        (f"{wave}-{key}", "enps", wave, key, "q", value, f"{wave}-10", "Z", 0, 10)
        for wave, given in waves
        for key, value in given.items()
    ]
    return {
        "survey_responses": rows(
            "response_id survey_id wave respondent_key item_id value answered_at group_key"
            " scale_min scale_max",
            *answers,
        ),
        "survey_waves": rows(
            "survey_id wave survey_kind group_key invited_n population_n closed_at",
            *(("enps", wave, "enps", "Z", 20, 20, f"{wave}-20") for wave, _ in waves),
        ),
    }


class TestPages:
    EIGHT = dict(zip("abcdefgh", (10, 9, 9, 8, 7, 6, 3, 0), strict=True))

    def company(self):
        """Eight answer; then h, who gave 0, has left, and the seven say the same again."""
        seven = {key: value for key, value in self.EIGHT.items() if key != "h"}
        return kl.open(staff(("2025-05", self.EIGHT), ("2025-06", seven)), as_of="2025-06-30")

    def test_the_analyst_has_exact_figures_and_could_solve_for_the_leaver(self):
        res = self.company().series("enps", "2025-06", 2)

        assert list(res["n"]) == [8, 7]
        assert 8 * res["value"][0] - 7 * res["value"][1] == pytest.approx(-100)

    def test_the_page_and_its_file_do_not_say_it(self, tmp_path):
        report = kl.report("employees", period="2025-06", data=self.company(), out=str(tmp_path))
        report.series("enps", 2)
        report.series("enps", 2, by="team")
        report.write()
        with (tmp_path / "figures.csv").open(encoding="utf-8") as file:
            own = [row for row in csv.DictReader(file) if row["kpi"] == "enps"]

        assert {row["period"] for row in own} >= {"2025-05", "2025-06"}
        assert not any(row["numerator"] or row["denominator"] for row in own)
        assert {row["n"] for row in own} <= {"", "5", "10"}
        known = {row["period"]: row for row in own if row["value"]}
        for row in known.values():
            assert float(row["value"]) % 20 == 0  # 200 points over ten people, two at a time

    def test_a_page_leaves_the_analysts_figures_as_they_are(self):
        company = self.company()
        kl.report("employees", period="2025-06", data=company).figures("enps")

        assert company.evaluate("enps", "2025-06")["n"][0] == 7

    def test_anonymous_answers_to_seven_items_are_not_seven_people(self):
        tables = staff(("2025-05", {"a": 5, "b": 4}))
        one = tables["survey_responses"].assign(respondent_key=None, scale_min=1, scale_max=5)
        tables["survey_responses"] = one.loc[one.index.repeat(4)].assign(
            item_id=[*"1234"] * 2, response_id=[*"abcdefgh"]
        )
        tables["survey_waves"]["survey_kind"] = "training_reaction"
        res = kl.open(tables, as_of="2025-05-31").evaluate("training_satisfaction", "2025-05")

        assert list(res["status"]) == ["suppressed"]


class TestDissolved:
    def test_a_team_of_three_that_dissolves_is_hidden_with_its_complement(self):
        """B opens with three and closes with nobody: 13 - 10 would show it."""
        left = {"B": "2025-06-15"}
        table = rows(
            "employee_id hired_at left_at team",
            *((f"{team}{i}", "2020-01-01", left.get(team), team)
              for team, size in (("A", 10), ("B", 3), ("C", 20)) for i in range(size)),
        )  # fmt: skip
        company = kl.open({"employees": table}, as_of="2025-06-30")
        res = company.evaluate("headcount", "2025-06", by="team").set_index("team")

        assert dict(res["status"]) == {"A": "suppressed", "B": "suppressed", "C": "ok"}


def test_the_sample_stays_readable():
    """At least 22 of 26 months of each protected figure: those known are printed, or as a band."""
    company = kl.open("data/sample")
    own = [each.id for each in catalogue().values() if each.protects and each.topic == "employees"]
    known = company.series(own, "2026-10", 26)
    company.printed = True
    res = company.series(own, "2026-10", 26)
    shown = res["status"].isin(["ok", "not_additive"]) | known["status"].ne("ok")

    assert (shown.groupby(res["kpi"]).sum() >= 22).all()
    assert (res[res["kpi"] == "absenteeism_rate"]["status"] == "ok").all()
    both = res["value"].notna() & known["value"].notna()
    assert not (res[both]["value"] == known[both]["value"]).all()


@pytest.mark.parametrize(
    ("trained", "others", "shown"), [(5, 5, True), (4, 9, False), (9, 4, False)]
)
def test_an_effect_against_fewer_than_five_would_give_their_mean(trained, others, shown):
    """With what the others changed by, the effect is the mean change of those few."""
    tables = experiment([(10.0, 13.0 + i % 2) for i in range(trained)],
                        [(10.0, 11.0 + i % 3) for i in range(others)], price=100.0)  # fmt: skip
    tables["costs"] = cost("T1", ("venue", 500))
    report = kl.report("training", "2025-03", kl.open(tables, as_of="2025-03-31"))

    for name in ("training_effect_did", "training_benefit", "training_roi"):
        row = report.figures(name).iloc[0]
        assert (row["status"] == "ok") is shown
        assert row["details"] or not shown
