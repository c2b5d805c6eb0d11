"""Exercises: the answer comes from the library, and the usual mistakes are named."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.errors import ParameterError
from kpilib.lesson import exercise
from kpilib.lesson.of_row import MISTAKE_WORDS
from tests.worked import rows

DAY = "2026-10-05"
SESSIONS = rows(
    "session_id started_at channel",
    *((f"e{n}", DAY, "email") for n in range(2)),
    *((f"o{n}", DAY, "organic_search") for n in range(7)),
    ("u1", DAY, None),
)
# 3 of the 10 sessions have a lead: 1 of 2, 1 of 7, 1 of 1 (unknown channel)
LEADS = rows("lead_id session_id", ("1", "e0"), ("2", "o0"), ("3", "o0"), ("4", "u1"))
DATA = kl.open({"sessions": SESSIONS, "leads": LEADS}, as_of="2026-10-31")
RATE = DATA.evaluate("visitor_to_lead_rate", "2026-10")
BY_CHANNEL = DATA.evaluate("visitor_to_lead_rate", "2026-10", by="channel")


@pytest.fixture
def question():
    return exercise(RATE, groups=BY_CHANNEL)


class TestCheck:
    @pytest.mark.parametrize("answer", [0.3, "0.3", "0,3", "30 %", "30,0\u00a0%", "0.30"])
    def test_right_however_it_is_written(self, question, answer):
        said = question.check(answer)

        assert said.right
        assert repr(said) == "Right: 30.0\u00a0%."

    @pytest.mark.parametrize(
        ("answer", "mistake"),
        [
            (30, "percent"),
            (3, "numerator"),
            (10, "denominator"),
            (3.33, "upside_down"),
            (0.7, "complement"),
            (0.548, "mean_of_rates"),  # (1/2 + 1/7 + 1)/3
            ("22,2 %", "without_unknown"),  # 2/9
        ],
    )
    def test_the_usual_mistake_is_named(self, question, answer, mistake):
        said = question.check(answer)

        assert (said.right, said.mistake) == (False, mistake)

    def test_what_it_says_of_a_mean(self, question):
        assert repr(question.check("54.8 %")) == (
            "You took the mean of the groups' rates, so a group of 1 weighs as much as one of 7."
            " Add the numerators, add the denominators, divide once."
        )

    def test_another_wrong_answer_gets_a_direction_and_not_the_answer(self, question):
        assert repr(question.check(0.45)) == "Not yet: it is lower. q.hint() helps."
        assert repr(question.check(0.21)) == "Not yet: it is higher. q.hint() helps."

    @pytest.mark.parametrize("answer", [None, "", "a third", True, float("nan")])
    def test_no_answer_is_no_mistake(self, question, answer):
        assert question.check(answer).mistake == "nothing"

    def test_rounding_takes_two_digits(self):
        third = exercise(DATA.evaluate("visitor_to_lead_rate", "2026-10", by="channel"),
                         only={"channel": "organic_search"})  # fmt: skip
        assert third.check(0.14).right and third.check("14.3 %").right  # 1/7
        assert third.check(0.1).mistake == "rounding"

    def test_in_french(self):
        assert repr(exercise(RATE, lang="fr").check("30 %")) == "Juste\u00a0: 30,0\u00a0%."


class TestHintAndSolution:
    def test_the_formula_comes_last_and_without_figures(self, question):
        first, formula, after = (repr(question.hint()) for _ in range(3))

        assert "Formula" not in first + after
        assert "Sessions with at least one lead created / sessions" in formula
        assert not any(character.isdigit() for character in formula)

    def test_the_solution_says_what_it_is_made_of(self, question):
        assert repr(question.solution()) == "3 / 10 = 30.0\u00a0%"

    def test_of_another_figure(self):
        low = exercise(RATE, "ci_low")

        assert repr(low.solution()) == "The answer is 10.8\u00a0%."  # Wilson 3/10: 0.10779
        assert low.check(0.3).mistake == "value"


class TestExercise:
    def test_without_a_group_the_others_are_added_up(self):
        question = exercise(BY_CHANNEL, without={"channel": "email"})

        assert question.check("25 %").right  # (1 + 1)/(7 + 1)
        assert question.check(0.571).mistake == "mean_of_rates"  # (1/7 + 1)/2

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({"result": BY_CHANNEL}, "An exercise is about one row, and the result has 3."),
            ({"result": RATE, "asked": "valeu"}, "not 'valeu'. Did you mean 'value'?"),
            (
                {"result": RATE, "lang": "de"},
                "Unknown language 'de'. Reports are written in: en, fr.",
            ),
            (
                {"result": BY_CHANNEL, "only": {"channel": "emial"}},
                "No row has channel 'emial'. Did you mean 'email'?",
            ),
            (
                {"result": DATA.evaluate("visitor_to_lead_rate", "2026-11")},
                "The row has no value (no_data).",
            ),
        ],
    )
    def test_what_cannot_be_asked(self, asked, said):
        with pytest.raises(ParameterError) as error:
            exercise(asked.pop("result"), **asked)
        assert said in str(error.value)

    def test_every_mistake_has_words(self):
        assert {"mean_of_rates", "upside_down"} <= set(MISTAKE_WORDS)


class TestWhatTeachersGive:
    def test_one_row_of_several(self):
        assert exercise(BY_CHANNEL.iloc[0]).check(1).right  # of the unknown channel

    def test_every_column_chooses(self):
        visits = SESSIONS.assign(country=["FR", "BE"] * 5)
        rows = kl.open({"sessions": visits}, as_of="2026-10-31").evaluate(
            "sessions", "2026-10", by=["channel", "country"]
        )

        assert exercise(rows, only={"channel": "email", "country": "BE"}).check(1).right

    @pytest.mark.parametrize("only", [{"channel": "email"}, "email"])
    def test_a_group_alone_is_of_the_first_column(self, only):
        assert exercise(BY_CHANNEL, only=only).check("50 %").right

    @pytest.mark.parametrize("given", [None, {"value": 3}, "sessions", DATA, RATE.head(0)])
    def test_no_rows(self, given):
        with pytest.raises(ParameterError, match=r"needs rows of data\.evaluate"):
            exercise(given)

    def test_what_names_no_column_is_told(self):
        with pytest.raises(ParameterError, match=r"They are by: channel\. Did you mean 'channel'"):
            exercise(BY_CHANNEL, only={"chanel": "email"})
        with pytest.raises(ParameterError, match=r"only=\{'channel': "):
            exercise(BY_CHANNEL)

    def test_what_has_no_sides_is_not_turned_over(self):
        opened = DATA.evaluate("sessions", "2026-10").assign(
            kpi="employee_retention_rate", unit="rate", value=0.3, numerator=3.0, denominator=10.0
        )

        assert exercise(opened).check(10).mistake == "other"  # "counted above: of those employed"
