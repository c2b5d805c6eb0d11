"""Exercises of the lessons: an answer is checked against the library, and mistakes are named.

No expected value is ever typed: it comes from a row of `Company.evaluate`, and so do the wrong
values that the usual mistakes give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd

from kpilib.definitions import Ratio
from kpilib.display.numbers import Formatter
from kpilib.engine.catalogue import kpi as find
from kpilib.errors import ParameterError, listed, nearest
from kpilib.language import LANGUAGES
from kpilib.show.pages import fill

FIGURES = ("value", "numerator", "denominator", "n", "ci_low", "ci_high")
LEAST_DIGITS = 2
NOT_WRITTEN = "Write your answer first: a number, such as 0.25 or '25 %'."
MISTAKE_WORDS = {
    "percent": "You wrote percent as a number. Rates here are fractions: 0.25, or '25 %'.",
    "numerator": "That is the numerator alone. A rate divides it by its denominator: {below}.",
    "denominator": "That is the denominator alone. What is counted above it: {above}.",
    "upside_down": "You divided the wrong way round: what is counted stands above, and those who"
    " could have stand below.",
    "complement": "That is the share of the others: one minus the answer.",
    "mean_of_rates": "You took the mean of the groups' rates, so a group of {smallest} weighs as"
    " much as one of {largest}. Add the numerators, add the denominators, divide once.",
    "without_unknown": "You left out the unknown group. It belongs to the whole.",
    "value": "That is the figure itself, not what is asked of it.",
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
class Exercise:
    """One question about one figure.

    Parameters
    ----------
    row : dict
        The row of the answer, as `Company.evaluate` gives it.
    asked : str
        Which of its figures is asked, one of `FIGURES`.
    groups : pandas.DataFrame or None
        The same figure by group, from which the mean of rates would be taken by mistake.
    lang : str
        Language of the feedback.
    """

    row: dict[str, Any]
    asked: str = "value"
    groups: pd.DataFrame | None = None
    lang: str = "en"

    def check(self, answer: object = None) -> Feedback:
        """Say whether an answer is right, or which usual mistake it looks like.

        Parameters
        ----------
        answer : number or str
            ``0.25``, ``"25 %"`` or ``"25,0 %"``; rounded answers need two digits.

        Returns
        -------
        Feedback
        """
        say = self._write.say
        given = _number(answer)
        if given is None:
            return Feedback(say(NOT_WRITTEN), right=False, mistake="nothing")
        # A mistake hit exactly is one, even where the answer would round to the same digits.
        for same in (_exact, _rounded):
            if same(given, self._expected):
                return Feedback(say("Right: {value}.", value=self._shown), right=True)
            for mistake, wrong in self._mistakes():
                if same(given, wrong):
                    said = say(MISTAKE_WORDS[mistake], **self._slots)
                    return Feedback(said, right=False, mistake=mistake)
        if _near(given, self._expected):
            said = say("Nearly. Give one more digit.")
            return Feedback(said, right=False, mistake="rounding")
        higher = float(given) > self._expected
        said = say("Not yet: it is lower.") if higher else say("Not yet: it is higher.")
        return Feedback(f"{said} {say('q.hint() helps.')}", right=False)

    def hint(self) -> Feedback:
        """Show the formula in words, without its figures."""
        said = self._write.say("Formula: {formula}.", formula=self._write.say(self._kpi.formula))
        return Feedback(said, right=False, mistake="hint")

    def solution(self) -> Feedback:
        """Show the answer with what it is made of."""
        write = self._write
        divided = isinstance(self._kpi.value, Ratio) and self.asked == "value"
        if divided:
            said = write.say(
                "{numerator} / {denominator} = {value}",
                numerator=write.count(self.row["numerator"]),
                denominator=write.count(self.row["denominator"]),
                value=self._shown,
            )
        else:
            said = write.say("The answer is {value}.", value=self._shown)
        return Feedback(said, right=True)

    @property
    def _kpi(self) -> Any:
        return find(self.row["kpi"])

    @property
    def _write(self) -> Formatter:
        return Formatter(self.lang)

    @property
    def _expected(self) -> float:
        return float(self.row[self.asked])

    @property
    def _shown(self) -> str:
        if self.asked in ("numerator", "denominator", "n"):
            return self._write.count(self._expected)
        return self._write.value(self._expected, self._kpi.unit)

    @property
    def _slots(self) -> dict[str, str]:
        above, _, below = self._write.say(self._kpi.formula).partition(" / ")
        slots = {"above": above, "below": below}
        if self.groups is not None:
            sizes = self.groups["denominator"]
            slots["smallest"] = self._write.count(sizes.min())
            slots["largest"] = self._write.count(sizes.max())
        return slots

    def _mistakes(self) -> Iterator[tuple[str, float]]:
        """Yield what the usual mistakes would have given, all of it from the library."""
        row, rate = self.row, self._kpi.unit == "rate"
        if rate and self.asked in ("value", "ci_low", "ci_high"):
            yield "percent", 100 * self._expected
        if self.asked != "value":
            yield "value", float(row["value"])
            return
        if self.groups is not None:
            known = self.groups[self.groups["status"] == "ok"]
            yield "mean_of_rates", float(known["value"].mean())
            named = known[known[self._by].astype(str) != "(unknown)"]
            if 0 < len(named) < len(known):
                up, down = named["numerator"].sum(), named["denominator"].sum()
                yield "without_unknown", float(up / down)
        if row["numerator"]:
            yield "upside_down", float(row["denominator"] / row["numerator"])
        if rate:
            yield "complement", 1 - self._expected
        yield "numerator", float(row["numerator"])
        yield "denominator", float(row["denominator"])

    @property
    def _by(self) -> str:
        place = list(self.groups.columns).index("period_end")
        return self.groups.columns[place + 1]


def exercise(
    result: pd.DataFrame,
    asked: str = "value",
    *,
    only: Mapping[str, str] | None = None,
    without: Mapping[str, str] | None = None,
    groups: pd.DataFrame | None = None,
    lang: str = "en",
) -> Exercise:
    """Make an exercise of a figure: ``q = exercise(data.evaluate("bounce_rate", "2026-10"))``.

    Parameters
    ----------
    result : pandas.DataFrame
        Rows of `Company.evaluate`: one, or the groups of a breakdown with `only` or `without`.
    asked : str
        Which figure of the row is asked: ``value``, ``numerator``, ``denominator``, ``n``,
        ``ci_low`` or ``ci_high``.
    only : mapping, optional
        The group that is asked about: ``{"channel": "email"}``.
    without : mapping, optional
        The group that is left out; the others are added up, numerators and denominators.
    groups : pandas.DataFrame, optional
        The same KPI and period by group, so that a mean of rates is recognised.
    lang : str
        Language of the feedback.

    Returns
    -------
    Exercise

    Raises
    ------
    ParameterError
        There is not exactly one row, or it has no such figure.
    """
    if asked not in FIGURES:
        raise ParameterError(
            f"An exercise asks for {listed(FIGURES)}, not {asked!r}.{nearest(asked, FIGURES)}"
        )
    if lang not in LANGUAGES:
        raise ParameterError(f"Unknown language {lang!r}. Languages are: {listed(LANGUAGES)}.")
    if only is not None:
        result = result[_is(result, only)]
    if without is not None:
        groups = result[~_is(result, without)]
        result = _together(groups, asked)
    if len(result) != 1:
        raise ParameterError(
            f"An exercise is about one row, and the result has {len(result)}. Choose one group, "
            "or evaluate without `by`."
        )
    row = result.iloc[0].to_dict()
    if pd.isna(row[asked]):
        raise ParameterError(
            f"The row has no {asked} ({row['status']}). Choose a month in which it is known."
        )
    return Exercise(row, asked, groups, lang)


def _is(result: pd.DataFrame, chosen: Mapping[str, str]) -> pd.Series:
    """Find the rows of a group, which must be there."""
    (column, group), *_ = chosen.items()
    found = result[column].astype(str) == group
    if not found.any():
        raise ParameterError(
            f"No row has {column} {group!r}.{nearest(group, result[column].astype(str))}"
        )
    return found


def _together(groups: pd.DataFrame, asked: str) -> pd.DataFrame:
    """Add up groups of a rate: numerators, denominators, and one division."""
    if asked != "value" or groups[["numerator", "denominator"]].isna().any(axis=None):
        raise ParameterError("Only the value of a rate can be asked without one of its groups.")
    up, down = groups["numerator"].sum(), groups["denominator"].sum()
    whole = {"kpi": groups["kpi"].iloc[0], "value": up / down, "numerator": up}
    return pd.DataFrame([whole | {"denominator": down, "n": down, "status": "ok"}])


def _number(answer: object) -> Decimal | None:
    """Read an answer as a student writes it; a percentage becomes a fraction."""
    if isinstance(answer, bool) or answer is None:
        return None
    written = str(answer).replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    percent = written.endswith("%")
    try:
        number = Decimal(written.removesuffix("%").replace(",", "."))
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    return number.scaleb(-2) if percent else number


def _exact(given: Decimal, expected: float) -> bool:
    return abs(float(given) - expected) <= 1e-9 * max(1.0, abs(expected))


def _rounded(given: Decimal, expected: float) -> bool:
    """Whether an answer is the figure, rounded to the digits it is given with."""
    return len(given.as_tuple().digits) >= LEAST_DIGITS and _near(given, expected)


def _near(given: Decimal, expected: float) -> bool:
    half = Decimal(1).scaleb(given.as_tuple().exponent) / 2
    return abs(given - Decimal(repr(expected))) <= half and bool(given)
