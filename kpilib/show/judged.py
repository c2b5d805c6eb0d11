"""``kl.judge``: a sentence put to the ten tests, and a better one proposed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from textwrap import wrap
from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.card import COLUMNS
from kpilib.display.lint_words import check_words, letter_words
from kpilib.display.numbers import Formatter
from kpilib.errors import ParameterError
from kpilib.objectives.past import propose
from kpilib.objectives.quantity import units_of
from kpilib.objectives.sentence import about
from kpilib.objectives.ten_tests import MALIN, lint_sentence
from kpilib.opening import opened
from kpilib.saying import error_of
from kpilib.show.pages import fill
from kpilib.topics.catalogue import catalogue

BLANK = "…"
STANDING_WORDS = {True: "passes", False: "fails", None: "cannot be told"}
# What answers a test that a sentence does not pass; a blank is for its author to fill in.
ADDED_WORDS = {
    "M": "bring “{kpi}” from {baseline} to {target}",
    "L": "by {end}",
    "R": "in order to {blank}",
    "N": "the target is reviewed on {review}",
}


def judge(sentence: str, data: Any = None, lang: str = "en") -> Judged:
    """Put a sentence to the ten tests of M.A.L.I.N and SMART.

    Parameters
    ----------
    sentence : str
        An objective as it is said, in French or English.
    data : path, mapping or Company, optional
        What `kpilib.open` takes: gives the baseline and the target of the better sentence.
    lang : str
        Language of the answer.

    Returns
    -------
    Judged
        ``.failed`` (letters), ``.table`` (one row a test) and ``.better``, a sentence that says
        what this one leaves out.

    Examples
    --------
    >>> kl.judge("Improve our newsletter").failed
    'MLI'
    """
    if not isinstance(sentence, str) or not sentence.strip():
        raise error_of(
            ParameterError, 'There is no sentence. Write one, such as "Improve our newsletter".'
        )
    return Judged(sentence, None if data is None else opened(data), lang)


class Judged:
    """What the ten tests say of a sentence.

    Parameters
    ----------
    sentence : str
    company : Company or None
    lang : str
    """

    def __init__(self, sentence: str, company: Company | None, lang: str) -> None:
        self.sentence = " ".join(sentence.split())
        self.lint = lint_sentence(sentence)
        self.company = company
        self.write = Formatter(lang, company.settings.currency if company else "EUR")

    @property
    def failed(self) -> str:
        """Letters of M.A.L.I.N that failed, such as ``"MLI"``."""
        return self.lint.failed()

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a test: ``method, letter, test, passed, said``; passed is missing if unknown."""
        both = (("M.A.L.I.N", self.lint.malin), ("SMART", self.lint.smart))
        rows = [
            (
                method,
                each.letter,
                letter_words(each.letter, self.write),
                each.passed,
                check_words(each, self.write),
            )
            for method, checks in both
            for each in checks
        ]
        table = pd.DataFrame(rows, columns=["method", "letter", "test", "passed", "said"])
        return table.astype({"passed": "boolean"})

    @cached_property
    def better(self) -> str:
        """The sentence with what it leaves out; figures stand in it where data was given."""
        say, kpi = self.write.say, about(self.sentence)
        plan = propose(kpi, self.company) if kpi else propose("sessions")
        unit = catalogue()[kpi].unit if kpi else ""
        factor = next(iter(units_of(unit, self.write.currency).values())) if kpi else 1.0

        def figure(value: float | None) -> str:
            return BLANK if value is None else self.write.value(value * factor, unit)

        slots = {
            "kpi": say(catalogue()[kpi].label) if kpi else BLANK,
            "baseline": figure(plan.baseline) if kpi else BLANK,
            "target": figure(plan.target) if kpi else BLANK,
            "end": self.write.day(plan.end),
            "review": self.write.day(plan.reviews[1]),
            "blank": BLANK,
        }
        passed = {each.letter for each in (*self.lint.malin, *self.lint.smart) if each.passed}
        if "L" in passed:  # a review lies before its own end, which only its author knows
            slots["review"] = BLANK
        added = [
            say(words, **slots) for letter, words in ADDED_WORDS.items() if letter not in passed
        ]
        owned = say("{blank} answers for it", blank=BLANK)
        text = self.write.pair(self.sentence.rstrip(".!?; "), ", ".join(added))
        return f"{text}, {owned}."

    def _lines(self) -> Iterator[tuple[str, str]]:
        """Yield each test once, M.A.L.I.N's five and R, with what it found."""
        write = self.write
        alone = [each for each in self.lint.smart if each.letter == "R"]
        for each in (*self.lint.malin, *alone):
            standing = write.say(STANDING_WORDS[each.passed])
            named = write.pair(letter_words(each.letter, write), standing)
            yield f"{each.letter} {named}", check_words(each, write)

    def _title(self) -> str:
        say, letters = self.write.say, self.failed
        if not letters:
            return say("No test failed; what cannot be told is for you to answer.")
        listed = ".".join(letters)
        return say("Failed of {method}: {letters}", method=".".join(MALIN), letters=listed)

    def __repr__(self) -> str:
        found = [self.sentence, self._title(), ""]
        for name, said in self._lines():
            found += [name, *wrap(said, COLUMNS, initial_indent="   ", subsequent_indent="   ")]
        return "\n".join([*found, "", self.write.say("Better:"), *wrap(self.better, COLUMNS)])

    def _repr_html_(self) -> str:
        return fill(
            "judged.html.j2",
            self.write,
            sentence=self.sentence,
            title=self._title(),
            lines=self._lines(),
            better=self.better,
        )
