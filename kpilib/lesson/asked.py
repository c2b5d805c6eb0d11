"""What every exercise is: an answer to check, hints one after the other, a solution.

No expected value is ever typed: it is worked out from tables, and so are the wrong values that the
usual mistakes give.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kpilib.display.numbers import Formatter, write_for
from kpilib.language import Say, speaker
from kpilib.lesson.marks import mark
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


@dataclass(frozen=True)
class Slip:
    """A mistake that a lesson expects: what it gives, and what is said of it."""

    name: str
    answer: Any
    said: str
    slots: dict[str, str] | None = None


def slip(name: str, answer: Any, said: str, **slots: str) -> Slip:
    """Declare a mistake by a short name, the answer that it gives, and what is said of it."""
    return Slip(name, answer, said, slots or None)


class Question(ABC):
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
            return Feedback(self.say(self.nothing), right=False, mistake="nothing")
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

    def _otherwise(self, given: Any) -> Feedback:
        """Return what is said of an answer that is neither right nor an expected mistake."""
        return Feedback(self.say(USE_WORDS["not_yet"]), right=False, mistake="other")

    # ---------------------------------------------------------------------------------------

    def _mistakes(self) -> Sequence[Slip]:
        return self._slips

    def _all_hints(self) -> list[str]:
        return [self.say(each) for each in self._hints]

    def _found(self, given: Any) -> Iterator[Feedback]:
        # A mistake hit exactly is one, even where the answer would round to the same digits.
        for same in self._ways():
            if same(given, self._answer):
                yield self._right(given)
            for each in self._mistakes():
                if same(given, each.answer):
                    said = self.say(each.said, **(each.slots or {}))
                    yield Feedback(said, right=False, mistake=each.name)

    def _right(self, given: Any) -> Feedback:
        return Feedback(self.say("Right: {value}.", value=self._shown()), right=True)

    @property
    def say(self) -> Say:
        return speaker(self.lang, "lessons")

    @property
    def _write(self) -> Formatter:
        return Formatter(self.lang)


def asked(
    lesson: str, questions: Sequence[Question], lang: str = "en", nickname: str = ""
) -> tuple[Question, ...]:
    """Put the questions of a lesson into a language, that of the kernel from then on.

    Parameters
    ----------
    lesson : str
        Its short name, as `kpilib marks` lists it.
    questions : sequence of Question
    lang : str
    nickname : str
        Whose answers are noted in ``marks-<nickname>.csv`` beside the notebook; empty: nobody's.

    Returns
    -------
    tuple of Question
        ``q1, q2, ... = asked("rates", [...])``
    """
    write_for(lang)
    for number, each in enumerate(questions, start=1):
        each.put(lesson, number, lang, nickname)
    return tuple(questions)
