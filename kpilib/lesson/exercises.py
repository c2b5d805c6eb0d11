"""Exercises: an answer to check, hints one after the other, a solution.

Numbers, choices, frames, charts and sentences are asked. No expected value is ever typed: it is
worked out from tables, and so are the wrong values that the usual mistakes give.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from kpilib.display.lint_words import check_words
from kpilib.display.numbers import Formatter, write_for
from kpilib.language import Say, speaker
from kpilib.lesson.given import alike, axes_of, drawn, exact, near, number_of, series_of
from kpilib.lesson.marks import mark
from kpilib.objectives.ten_tests import lint_sentence
from kpilib.show.pages import fill

USE_WORDS = {
    "use": "q.check(your answer) checks it, q.hint() leads on, q.solution() shows the answer.",
    "no_more": "That was the last hint. Compare with your neighbour, then q.solution().",
    "not_yet": "Not yet. q.hint() helps.",
}


class Feedback:
    """What is said of an answer; `right` tells whether it was the one expected."""

    def __init__(self, said: str, *, right: bool, mistake: str = "") -> None:
        self.said, self.right, self.mistake = said, right, mistake

    def _repr_html_(self) -> str:
        return fill("feedback.html.j2", said=self.said, right=self.right)

    def __repr__(self) -> str:
        return self.said


class Slip:
    """A mistake that a lesson expects, by a short name: the answer that it gives, and what is said.

    Numbers among the slots are counts, written in the language of whoever answers.
    """

    def __init__(self, name: str, answer: Any, said: str, **slots: Any) -> None:
        self.name, self.answer, self.said, self.slots = name, answer, said, slots


slip = Slip  # as lessons declare it


class Exercise(ABC):
    """A question with its answer, the mistakes it expects and hints.

    Parameters
    ----------
    answer : object
        What is right.
    slips : Slip
        The mistakes that are recognised; one that would give the right answer is none.
    hints : sequence of str
        One after the other; the last may say the formula, none its figures.
    """

    nothing = ""  # what is said where no answer was given that could be read

    def __init__(self, answer: Any, *slips: Slip, hints: Sequence[str] = ()) -> None:
        self._answer, self._slips, self._hints = answer, slips, tuple(hints)
        self._place, self._shown_hints = ("", 0, ""), 0
        self.lang = "en"

    def put(self, lesson: str, number: int, lang: str, nickname: str = "") -> None:
        """Give it its place in a lesson, and a language."""
        self._place, self.lang = (lesson, number, nickname), lang

    def check(self, answer: object = None) -> Feedback:
        """Say whether an answer is right, or which mistake it looks like; nothing makes it fail."""
        given = self._read(answer)
        if given is None:
            return Feedback(self._asked_for(), right=False, mistake="nothing")
        found = next(self._found(given), None) or self._otherwise(given)
        mark(*self._place, right=found.right, mistake=found.mistake)
        return found

    def hint(self) -> Feedback:
        """Show the next hint."""
        every = self._all_hints()
        said = every[self._shown_hints] if self._shown_hints < len(every) else None
        self._shown_hints += 1
        return Feedback(said or self.say(USE_WORDS["no_more"]), right=False, mistake="hint")

    def solution(self) -> Feedback:
        """Show the answer."""
        return Feedback(self.say("The answer is {value}.", value=self._shown()), right=True)

    def __repr__(self) -> str:
        return self.say(USE_WORDS["use"])

    # What a kind says for itself -----------------------------------------------------------

    @abstractmethod
    def _read(self, answer: object) -> Any:
        """Return an answer as it is compared; None where it is none."""

    @abstractmethod
    def _ways(self) -> Sequence[Any]:
        """Return how answers are compared, the strictest first."""

    @abstractmethod
    def _shown(self) -> str:
        """Return the right answer as a student reads it."""

    def _asked_for(self) -> str:
        """Say which kind of answer is asked for."""
        return self.say(self.nothing)

    def _otherwise(self, given: Any) -> Feedback:
        """Return what is said of an answer that is neither right nor an expected mistake."""
        return self._wrong("other", USE_WORDS["not_yet"])

    def _wrong(self, mistake: str, words: str, **slots: Any) -> Feedback:
        return Feedback(self.say(words, **slots), right=False, mistake=mistake)

    def _all_hints(self) -> list[str]:
        return [self.say(each) for each in self._hints]

    def _found(self, given: Any) -> Iterator[Feedback]:
        # A mistake hit exactly is one, even where the answer would round to the same digits.
        for same in self._ways():
            if same(given, self._answer):
                yield self._right(given)
            for each in self._slips:
                if same(given, each.answer):
                    yield self._wrong(each.name, each.said, **self._filled(each.slots))

    def _filled(self, slots: Mapping[str, Any]) -> dict[str, Any]:
        """Return what fills the sentence of a mistake."""
        count = self._write.count
        return {
            name: each if isinstance(each, str) else count(each) for name, each in slots.items()
        }

    def _right(self, given: Any) -> Feedback:
        return Feedback(self.say("Right: {value}.", value=self._shown()), right=True)

    @property
    def say(self) -> Say:
        return speaker(self.lang, "lessons")

    @property
    def _write(self) -> Formatter:
        return Formatter(self.lang)


def asked(
    lesson: str, questions: Sequence[Exercise], lang: str = "en", nickname: str = ""
) -> tuple[Exercise, ...]:
    """Put the questions of a lesson into a language, that of the kernel from then on.

    Parameters
    ----------
    lesson : str
        Its short name, as `kpilib marks` lists it.
    questions : sequence of Exercise
    lang : str
    nickname : str
        Whose answers are noted in ``marks-<nickname>.csv`` beside the notebook; empty: nobody's.

    Returns
    -------
    tuple of Exercise
        ``q1, q2, ... = asked("rates", [...])``
    """
    write_for(lang)
    for number, each in enumerate(questions, start=1):
        each.put(lesson, number, lang, nickname)
    return tuple(questions)


LEAST_DIGITS = 2
NOTHING_WORDS = {
    "number": "Write your answer first: a number, such as 0.25, '25 %' or '1/4'.",
    "choice": "Choose one of {letters}.",
    "frame": "Give a frame or a series: one figure for each group.",
    "chart": "Give the chart that you drew: ax = sns.barplot(...), then q.check(ax).",
    "sentence": "Write a sentence between quotation marks.",
}
NUMBER_WORDS = {
    "percent": "You wrote percent as a number. Rates here are fractions: 0.25, or '25 %'.",
    "rounding": "Nearly. Give one more digit.",
    "lower": "Not yet: it is lower.",
    "higher": "Not yet: it is higher.",
    "helps": "q.hint() helps.",
}
SHAPE_WORDS = {
    "groups": "The groups differ. Missing: {missing}. Too many: {surplus}.",
    "value": "Not yet: look at {group} again.",
    "count": "Your chart shows {given} figures, {asked} are asked for.",
    "heights": "As many figures as asked for, but other ones. What is drawn, and by what divided?",
    "cut_axis": "The figures are right, but the bars do not begin at zero: lengths deceive.",
    "no_title": "The figures are right. Now a title that says what they show: ax.set_title(...).",
    "nothing": "none",
}


class Number(Exercise):
    """A number is asked.

    Parameters
    ----------
    answer : float
    slips : Slip
    unit : str
        As KPIs have them: ``rate``, ``count``, ``EUR``, ``points``, ...
    hints : sequence of str
    formula : str
        Said as the last hint; its two sides are the slots ``above`` and ``below`` of slips.
    parts : pair of float, optional
        Numerator and denominator, which the solution shows.
    """

    nothing = NOTHING_WORDS["number"]

    def __init__(
        self,
        answer: float,
        *slips: Slip,
        unit: str = "rate",
        hints: Sequence[str] = (),
        formula: str = "",
        parts: tuple[float, float] | None = None,
    ) -> None:
        percent = slip("percent", 100 * float(answer), NUMBER_WORDS["percent"])
        every = [percent, *slips] if unit == "rate" else slips
        made = (each for each in every if each.answer == each.answer)  # NaN: it cannot be made
        super().__init__(float(answer), *made, hints=hints)
        self._unit, self._formula, self._parts = unit, formula, parts

    def solution(self) -> Feedback:
        """Show the answer, with what it is made of where that is known."""
        if self._parts is None:
            return super().solution()
        above, below = map(self._write.count, self._parts)
        slots = {"numerator": above, "denominator": below, "value": self._shown()}
        return Feedback(self.say("{numerator} / {denominator} = {value}", **slots), right=True)

    def _all_hints(self) -> list[str]:
        formula = self.say("Formula: {formula}.", formula=self.say(self._formula))
        return [*super()._all_hints(), *([formula] if self._formula else [])]

    def _filled(self, slots: Mapping[str, Any]) -> dict[str, Any]:
        above, _, below = self.say(self._formula).partition(" / ")
        return super()._filled(slots) | {"above": above, "below": below}

    def _read(self, answer: object) -> Decimal | None:
        shown = isinstance(answer, str) and "".join(answer.split()) == "".join(
            self._shown().split()
        )
        # As a page writes it, with its unit and as rounded: 3.4 / 5, 01:14, 26.9 h.
        return Decimal(str(self._answer)) if shown else number_of(answer, self.lang)

    def _ways(self) -> Sequence[Any]:
        return exact, _rounded

    def _shown(self) -> str:
        return self._write.value(self._answer, self._unit)

    def _otherwise(self, given: Decimal) -> Feedback:
        if near(given, self._answer):
            return self._wrong("rounding", NUMBER_WORDS["rounding"])
        way = "lower" if float(given) > self._answer else "higher"
        said = f"{self.say(NUMBER_WORDS[way])} {self.say(NUMBER_WORDS['helps'])}"
        return Feedback(said, right=False, mistake="other")


def _rounded(given: Decimal, expected: float) -> bool:
    """Whether an answer is the figure, rounded to the digits it is given with."""
    return len(given.as_tuple().digits) >= LEAST_DIGITS and near(given, expected)


class Choice(Exercise):
    """One of several answers is asked, by its letter or its text.

    Parameters
    ----------
    answer : str
        Letter of the right one.
    slips : Slip
        What is said of the others.
    choices : mapping
        Letter to text.
    hints : sequence of str
    """

    def __init__(
        self, answer: str, *slips: Slip, choices: Mapping[str, str], hints: Sequence[str] = ()
    ) -> None:
        super().__init__(answer, *slips, hints=hints)
        self._choices = dict(choices)

    def _read(self, answer: object) -> str | None:
        written = answer.strip().casefold().rstrip(").") if isinstance(answer, str) else ""
        texts = {self.say(text).casefold().rstrip("."): key for key, text in self._choices.items()}
        return written if written in self._choices else texts.get(written)

    def _asked_for(self) -> str:
        return self.say(NOTHING_WORDS["choice"], letters=", ".join(self._choices))

    def _ways(self) -> Sequence[Any]:
        return (str.__eq__,)

    def _shown(self) -> str:
        return f"{self._answer}) {self.say(self._choices[self._answer])}".rstrip(".")

    def __repr__(self) -> str:
        lines = (f"{key}) {self.say(text)}" for key, text in self._choices.items())
        return "\n".join([*lines, "", super().__repr__()])


class Frame(Exercise):
    """A frame or a series is asked: one figure a group.

    Parameters
    ----------
    answer : pandas.Series
        Figures by group; its name is that of the column where a frame has several.
    slips : Slip
        With a series each.
    hints : sequence of str
    """

    nothing = NOTHING_WORDS["frame"]

    def _read(self, answer: object) -> pd.Series | None:
        return series_of(answer, str(self._answer.name))

    def _ways(self) -> Sequence[Any]:
        return (_same_groups,)

    def _shown(self) -> str:
        figures = self._answer.items()
        return self._write.listed(self._write.pair(key, f"{value:.4g}") for key, value in figures)

    def _otherwise(self, given: pd.Series) -> Feedback:
        want = self._answer.set_axis(self._answer.index.astype(str))
        missing, surplus = (
            [key for key in one.index if key not in other.index]
            for one, other in ((want, given), (given, want))
        )
        if missing or surplus:
            none = self.say(SHAPE_WORDS["nothing"])
            slots = {"missing": ", ".join(missing) or none, "surplus": ", ".join(surplus) or none}
            return self._wrong("groups", SHAPE_WORDS["groups"], **slots)
        wrong = [key for key in want.index if not alike(given[[key]], want[[key]])]
        return self._wrong("other", SHAPE_WORDS["value"], group=", ".join(wrong))


def _same_groups(given: pd.Series, expected: pd.Series) -> bool:
    want = expected.set_axis(expected.index.astype(str))
    if given.index.has_duplicates or set(given.index) != set(want.index):
        return False
    return alike(given[want.index], want)


class Chart(Exercise):
    """A chart is asked: what it shows is read from its bars, lines or points.

    Parameters
    ----------
    answer : pandas.Series
        The figures that it must show.
    slips : Slip
        With a series each.
    hints : sequence of str
    """

    nothing = NOTHING_WORDS["chart"]

    def _read(self, answer: object) -> tuple[list[float], bool, str] | None:
        every = axes_of(answer)
        if not every:
            return None
        shown = [drawn(axes) for axes in every]
        figures = [value for values, _ in shown for value in values]
        title = "".join(axes.get_title() + axes.get_title("left") for axes in every)
        return (figures, any(cut for _, cut in shown), title) if figures else None

    def _ways(self) -> Sequence[Any]:
        return (lambda given, want: alike(sorted(given[0]), sorted(want)),)

    def _right(self, given: tuple[list[float], bool, str]) -> Feedback:
        """Take the right figures from zero and under a title only."""
        name = "cut_axis" if given[1] else "no_title" if not given[2].strip() else ""
        return self._wrong(name, SHAPE_WORDS[name]) if name else super()._right(given)

    def _shown(self) -> str:
        return self._write.listed(f"{value:.4g}" for value in self._answer)

    def _otherwise(self, given: Any) -> Feedback:
        if len(given[0]) != len(self._answer):
            slots = {"given": len(given[0]), "asked": len(self._answer)}
            return self._wrong("count", SHAPE_WORDS["count"], **slots)
        return self._wrong("heights", SHAPE_WORDS["heights"])


class Said(Exercise):
    """A sentence is asked, and judged by the ten tests.

    Parameters
    ----------
    answer : str
        A sentence that passes, for the solution.
    about : str
        Id of the KPI that it must be about; empty: any.
    hints : sequence of str
    """

    nothing = NOTHING_WORDS["sentence"]

    def __init__(self, answer: str, *, about: str = "", hints: Sequence[str] = ()) -> None:
        super().__init__(answer, hints=hints)
        self._about = about

    def _read(self, answer: object) -> Any:
        written = isinstance(answer, str) and len(answer.split()) > 1
        return lint_sentence(answer) if written else None

    def _ways(self) -> Sequence[Any]:
        return ()

    def _shown(self) -> str:
        return self.say(self._answer).rstrip(".")

    def _otherwise(self, given: Any) -> Feedback:
        failed = [each for each in given.malin if each.passed is False]
        if failed:
            said = " ".join(check_words(each, self._write) for each in failed)
            return Feedback(said, right=False, mistake=given.failed())
        if not given.kpi or (self._about and given.kpi != self._about):
            said = self.say("It says enough, but of another figure than the one that is asked.")
            return Feedback(said, right=False, mistake="other_kpi")
        return Feedback(self.say("Right: no test fails."), right=True)
