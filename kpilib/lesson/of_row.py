"""An exercise made of one row of `Company.evaluate`, with the mistakes that every rate invites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from kpilib.definitions import Ratio
from kpilib.errors import ParameterError, listed, nearest
from kpilib.language import LANGUAGES
from kpilib.lesson.exercises import Feedback, Number, Slip
from kpilib.topics.catalogue import kpi as find

FIGURES = ("value", "numerator", "denominator", "n", "ci_low", "ci_high")
COUNTS = ("numerator", "denominator", "n")
MISTAKE_WORDS = {
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


class OfRow(Number):
    """One question about one figure of a row.

    Parameters
    ----------
    row : dict
        The row of the answer, as `Company.evaluate` gives it.
    asked : str
        Which of its figures is asked, one of `FIGURES`.
    groups : pandas.DataFrame or None
        The same figure by group, from which the mean of rates would be taken by mistake.
    hints : sequence of str
        Those before the last, which is the formula in words.
    """

    def __init__(
        self, row: dict[str, Any], asked: str, groups: pd.DataFrame | None, hints: Sequence[str]
    ) -> None:
        self._kpi = find(row["kpi"])
        unit = "count" if asked in COUNTS else self._kpi.unit
        super().__init__(row[asked], unit=unit, hints=hints)
        self._row, self._asked, self._groups = row, asked, groups

    def solution(self) -> Feedback:
        """Show the answer with what it is made of."""
        if not isinstance(self._kpi.value, Ratio) or self._asked != "value":
            return super().solution()
        said = self.say(
            "{numerator} / {denominator} = {value}",
            numerator=self._write.count(self._row["numerator"]),
            denominator=self._write.count(self._row["denominator"]),
            value=self._shown(),
        )
        return Feedback(said, right=True)

    def _all_hints(self) -> list[str]:
        formula = self.say("Formula: {formula}.", formula=self.say(self._kpi.formula))
        which = self.say("Read again what is counted, and who could have been.")
        return [*super()._all_hints(), which, formula]

    def _mistakes(self) -> list[Slip]:
        above, _, below = self.say(self._kpi.formula).partition(" / ")
        slots = {"above": above, "below": below}
        if self._groups is not None:
            sizes = self._groups["denominator"]
            slots["smallest"] = self._write.count(sizes.min())
            slots["largest"] = self._write.count(sizes.max())
        own = [Slip(name, wrong, MISTAKE_WORDS[name], slots) for name, wrong in self._usual()]
        return [each for each in (*super()._mistakes(), *own) if each.answer == each.answer]

    def _usual(self) -> Iterator[tuple[str, float]]:
        """Yield what the usual mistakes would have given, all of it from the library."""
        row = self._row
        if self._asked != "value":
            yield "value", float(row["value"])
            return
        if self._groups is not None:
            known = self._groups[self._groups["status"] == "ok"]
            yield "mean_of_rates", float(known["value"].mean())
            named = known[known[self._by].astype(str) != "(unknown)"]
            if 0 < len(named) < len(known):
                up, down = named["numerator"].sum(), named["denominator"].sum()
                yield "without_unknown", float(up / down)
        if row["numerator"]:
            yield "upside_down", float(row["denominator"] / row["numerator"])
        if self._unit == "rate":
            yield "complement", 1 - self._answer
        yield "numerator", float(row["numerator"])
        yield "denominator", float(row["denominator"])

    @property
    def _by(self) -> str:
        place = list(self._groups.columns).index("period_end")
        return self._groups.columns[place + 1]


def exercise(
    result: pd.DataFrame,
    asked: str = "value",
    *,
    only: Mapping[str, str] | None = None,
    without: Mapping[str, str] | None = None,
    groups: pd.DataFrame | None = None,
    hints: Sequence[str] = (),
    lang: str = "en",
) -> OfRow:
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
    hints : sequence of str
        What leads on before the formula is said.
    lang : str
        Language of the feedback.

    Returns
    -------
    Question

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
    question = OfRow(row, asked, groups, hints)
    question.put("", 0, lang)
    return question


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
