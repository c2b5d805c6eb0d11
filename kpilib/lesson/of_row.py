"""An exercise made of one row of `Company.evaluate`, with the mistakes that every rate invites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from kpilib.definitions import Kpi, Ratio
from kpilib.errors import ParameterError, listed
from kpilib.language import speaker
from kpilib.lesson.exercises import Number, Slip, slip
from kpilib.saying import error_of, meant, no_such
from kpilib.show.sentences import breakdowns
from kpilib.tables.contract import UNKNOWN
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


def exercise(
    result: pd.DataFrame,
    asked: str = "value",
    *,
    only: Mapping[str, str] | None = None,
    without: Mapping[str, str] | None = None,
    groups: pd.DataFrame | None = None,
    hints: Sequence[str] = (),
    lang: str = "en",
) -> Number:
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
    Number

    Raises
    ------
    ParameterError
        There is not exactly one row, or it has no such figure.
    """
    if asked not in FIGURES:
        raise error_of(
            ParameterError,
            "An exercise asks for {figures}, not {asked!r}.{near}",
            figures=listed(FIGURES),
            asked=asked,
            near=meant(asked, FIGURES),
        )
    speaker(lang)  # one that is unknown is refused
    row, groups = _chosen(result, asked, only, without, groups)
    kpi = find(row["kpi"])
    whole = isinstance(kpi.value, Ratio) and asked == "value"
    question = Number(
        row[asked],
        *_usual(row, asked, groups, kpi),
        unit="count" if asked in COUNTS else kpi.unit,
        hints=[*hints, "Read again what is counted, and who could have been."],
        formula=kpi.formula,
        parts=(row["numerator"], row["denominator"]) if whole else None,
    )
    question.put("", 0, lang)
    return question


def _chosen(
    result: pd.DataFrame,
    asked: str,
    only: Mapping[str, str] | None,
    without: Mapping[str, str] | None,
    groups: pd.DataFrame | None,
) -> tuple[dict[str, Any], pd.DataFrame | None]:
    """Return the row that is asked about, and the groups that a mean of rates would be of."""
    if isinstance(result, pd.Series):  # one row of several: rows.iloc[0]
        result = result.to_frame().T
    if not isinstance(result, pd.DataFrame) or not {"kpi", "value"} <= {*result} or result.empty:
        raise error_of(
            ParameterError,
            "An exercise needs rows of data.evaluate(...); this {found} has none.",
            found=type(result).__name__,
        )
    if only:
        result = result[_is(result, only)]
    if without:
        groups = result[~_is(result, without)]
        result = _together(groups, asked)
    if len(result) != 1:
        raise error_of(
            ParameterError,
            "An exercise is about one row, and the result has {count}. Choose one, such as"
            " exercise(rows, only={example}).",
            count=len(result),
            example=_first(result),
        )
    row = result.iloc[0].to_dict()
    if pd.isna(row[asked]):
        raise error_of(
            ParameterError,
            "The row has no {asked} ({status}). Choose a month in which it is known.",
            asked=asked,
            status=row["status"],
        )
    return row, groups


def _first(result: pd.DataFrame) -> dict[str, str]:
    """Return what tells the first of several rows from the others."""
    told = ["kpi", "period", *breakdowns(result)]
    return {name: str(result[name].iloc[0]) for name in told if result[name].nunique() > 1}


def _usual(
    row: dict[str, Any], asked: str, groups: pd.DataFrame | None, kpi: Kpi
) -> Iterator[Slip]:
    """Yield the usual mistakes with what they would have given, all of it from the library."""
    # Whose formula has no two sides is no rate that could be turned over, or left half done.
    sides = " / " in kpi.formula.partition(";")[0]
    if asked != "value":
        yield slip("value", float(row["value"]), MISTAKE_WORDS["value"])
        return
    if groups is not None:
        yield from _of_groups(groups)
    if not sides:
        return
    wrong = {"numerator": row["numerator"], "denominator": row["denominator"]}
    if kpi.unit == "rate":
        wrong = {"complement": 1 - row["value"]} | wrong
    if row["numerator"]:
        wrong = {"upside_down": row["denominator"] / row["numerator"]} | wrong
    for name, answer in wrong.items():
        yield slip(name, float(answer), MISTAKE_WORDS[name])


def _of_groups(groups: pd.DataFrame) -> Iterator[Slip]:
    """Yield the mistakes of whoever adds up groups: the mean of their rates, the unknown left out.

    The unknown group belongs to the whole.
    """
    known, sizes = groups[groups["status"] == "ok"], groups["denominator"]
    mean, ends = float(known["value"].mean()), {"smallest": sizes.min(), "largest": sizes.max()}
    yield slip("mean_of_rates", mean, MISTAKE_WORDS["mean_of_rates"], **ends)
    named = known[known[breakdowns(groups)[0]].astype(str) != UNKNOWN]
    if 0 < len(named) < len(known):
        rate = float(named["numerator"].sum() / named["denominator"].sum())
        yield slip("without_unknown", rate, MISTAKE_WORDS["without_unknown"])


def _is(result: pd.DataFrame, chosen: Mapping[str, str]) -> pd.Series:
    """Find the rows of a group, which must be there."""
    found = pd.Series(data=True, index=result.index)
    if not isinstance(chosen, Mapping):
        chosen = {next(iter(breakdowns(result)), "channel"): chosen}
    for column, group in chosen.items():
        if column not in result:
            raise no_such(
                ParameterError,
                "The rows have no column {name!r}. They are by: {names}.{near}",
                column,
                breakdowns(result),
            )
        groups = result[column].astype(str)
        found &= groups == str(group)
        if not found.any():
            raise error_of(
                ParameterError,
                "No row has {column} {group!r}.{near}",
                column=column,
                group=group,
                near=meant(str(group), groups),
            )
    return found


def _together(groups: pd.DataFrame, asked: str) -> pd.DataFrame:
    """Add up groups of a rate: numerators, denominators, and one division."""
    known = groups[["numerator", "denominator"]].notna().all(axis=None)
    if asked != "value" or groups.empty or not known:
        raise error_of(
            ParameterError, "Only the value of a rate can be asked without one of its groups."
        )
    up, down = groups["numerator"].sum(), groups["denominator"].sum()
    whole = {"kpi": groups["kpi"].iloc[0], "value": up / down, "numerator": up}
    return pd.DataFrame([whole | {"denominator": down, "n": down, "status": "ok"}])
