"""Frames, charts, choices and sentences as answers; whatever is answered, nothing fails."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns

import kpilib as kl
from kpilib.display.numbers import Formatter
from kpilib.language import LANGUAGES
from kpilib.lesson import Chart, Choice, Frame, Number, Said, asked, slip
from tests.lesson.silly import silly

ROW = pd.DataFrame({"kpi": ["leads"], "value": [12.0], "n": [12.0]})  # as `evaluate` gives it
RATES = pd.Series({"email": 0.5, "search": 0.25}, name="rate")
VISITS = pd.DataFrame(
    {
        "session_id": ["a", "b", "c", "d"],
        "visitor_id": ["a", "b", "c", "d"],
        "started_at": "2026-10-05T10:00:00Z",
        "channel": ["email", "email", "direct", "direct"],
        "engaged_s": [60, 1, 60, 1],
        "key_events": 0,
        "pageviews": [2, 1, 2, 1],
    }
)
TWICE = slip("twice", pd.Series({"email": 0.5, "search": 0.375}), "A visit was counted twice.")


@pytest.fixture(autouse=True)
def no_chart_stays():
    yield
    plt.close("all")


def every():
    return [
        Number(3 / 7, slip("half", 0.5, "That is a half.")),
        Number(12, unit="count"),
        Frame(RATES, TWICE),
        Chart(RATES, TWICE),
        Choice("a", choices={"a": "The first", "b": "The second"}),
        Said("+20 % organic traffic in six months"),
    ]


class TestFrame:
    @pytest.mark.parametrize(
        "answer",
        [
            RATES,
            RATES[::-1],
            RATES.reset_index(),
            RATES.rename("whatever").reset_index(),
            RATES.to_frame().assign(n=3),
            {"email": 0.5, "search": 0.25},
        ],
    )
    def test_right_in_any_order_and_form(self, answer):
        assert Frame(RATES).check(answer).right

    def test_what_is_wrong_with_it(self):
        assert repr(Frame(RATES).check(RATES.head(1))) == (
            "The groups differ. Missing: search. Too many: none."
        )
        assert "look at search again" in repr(Frame(RATES).check({"email": 0.5, "search": 0.3}))
        assert Frame(RATES, TWICE).check(TWICE.answer).mistake == "twice"


class TestChart:
    def bars(self, series, title="E-mail converts best", **kwargs):
        _, ax = plt.subplots()
        sns.barplot(x=series.index, y=series, ax=ax, **kwargs)
        ax.set_title(title)
        return ax

    def test_the_figures_are_read_from_bars_lines_and_points(self):
        lying = plt.figure().subplots()
        lying.barh(RATES.index, RATES)
        lying.set_title("E-mail converts best")
        line = plt.figure().subplots()
        line.plot(RATES.index, RATES)
        line.set_title("E-mail converts best")
        dots = plt.figure().subplots()
        dots.scatter(RATES.index, RATES)
        dots.set_title("E-mail converts best", loc="left")
        for ax in (self.bars(RATES), lying, line, dots, self.bars(RATES).figure):
            assert Chart(RATES).check(ax).right

    def test_a_grid_of_seaborn(self):
        grid = sns.catplot(RATES.reset_index(), x="index", y="rate", kind="bar")
        grid.set(title="E-mail converts best")
        assert Chart(RATES).check(grid).right

    def test_without_title_or_with_a_cut_axis(self):
        assert Chart(RATES).check(self.bars(RATES, "")).mistake == "no_title"
        cut = self.bars(RATES)
        cut.set_ylim(0.2, 0.6)
        assert Chart(RATES).check(cut).mistake == "cut_axis"

    def test_other_figures(self):
        assert Chart(RATES, TWICE).check(self.bars(TWICE.answer)).mistake == "twice"
        assert Chart(RATES).check(self.bars(RATES * 2)).mistake == "heights"
        assert repr(Chart(RATES).check(self.bars(RATES.head(1)))) == (
            "Your chart shows 1 figures, 2 are asked for."
        )


class TestChoice:
    @pytest.mark.parametrize("answer", ["a", "A", " a) ", "a.", "The first", "the first."])
    def test_by_letter_or_text(self, answer):
        assert every()[4].check(answer).right

    def test_a_letter_that_is_none(self):
        assert repr(every()[4].check("c")) == "Choose one of a, b."


class TestSaid:
    def test_judged_by_the_ten_tests(self):
        found = every()[5].check("Améliorer notre newsletter")

        assert (found.right, found.mistake) == (False, "MLI")
        assert every()[5].check("+20 % de trafic organique en six mois").right

    def test_another_figure_than_the_one_asked(self):
        question = Said("20 % click rate in six months", about="click_rate")

        assert question.check("+20 % organic traffic in six months").mistake == "other_kpi"


class TestNumber:
    @pytest.mark.parametrize(
        "answer",
        ["1 200,50 €", 1200.5, np.float64(1200.5), "1200.5 EUR", "1,200.50 euros", "€1,200.5"],
    )
    def test_amounts(self, answer):
        assert Number(1200.5, unit="EUR").check(answer).right

    @pytest.mark.parametrize("answer", ["25 percent", "25 per cent", "25,0 pour cent"])
    def test_a_percentage_in_words(self, answer):
        assert Number(0.25).check(answer).right

    @pytest.mark.parametrize(
        ("value", "unit"),
        [(7092, "count"), (-0.2455, "ratio"), (3.43, "score"), (73.9, "seconds"), (26.87, "hours")],
    )
    @pytest.mark.parametrize("lang", ["en", "fr"])
    def test_as_it_stands_on_a_page(self, value, unit, lang):
        (question,) = asked("", [Number(value, unit=unit)], lang)

        assert question.check(Formatter(lang).value(value, unit)).right

    def test_a_comma_parts_thousands_in_english_alone(self):
        english, french = (asked("", [Number(7.092, unit="ratio")], lang)[0] for lang in LANGUAGES)

        assert french.check("7,092").right and not english.check("7,092").right

    @pytest.mark.parametrize(
        "answer", [pd.Series([12]), np.array([[12]]), [12], "12", np.int64(12), ROW, ROW.iloc[0]]
    )
    def test_one_number_in_a_box(self, answer):
        assert Number(12, unit="count").check(answer).right

    def test_a_mistake_that_cannot_be_made_is_none(self):
        question = Number(12, slip("lost", float("nan"), "Lost."), unit="count")

        assert question.check(123456).mistake == "other"


@pytest.mark.parametrize("number", range(6))
class TestWhateverIsAnswered:
    def test_nothing_fails_and_nothing_is_right(self, number):
        for answer in silly():
            found = every()[number].check(answer)
            assert not found.right and repr(found) and found._repr_html_()

    def test_printing_it_does_not_give_it_away(self, number):
        for text in ("0.42", "12", "0.25", "email", "a)  "):
            assert text not in repr(every()[number])

    def test_hints_end(self, number):
        question = every()[number]
        said = [repr(question.hint()) for _ in range(9)]
        assert said[-1] == said[-2] and "last hint" in said[-1]


def test_questions_speak_the_language_that_is_asked():
    (question,) = asked("rates", [Number(0.25)], "fr")

    assert repr(question.check("25 %")) == "Juste\u00a0: 25,0\u00a0%."


def test_charts_of_a_lesson_speak_it_too():
    asked("rates", [], "fr")
    rows = kl.open({"sessions": VISITS}, as_of="2026-10-31").evaluate(
        "bounce_rate", "2026-10", by="channel"
    )
    said = [text.get_text() for text in kl.plot.bars(rows).texts]

    assert "50,0\u00a0%" in said and not [each for each in said if each.startswith("few")]
