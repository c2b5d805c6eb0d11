"""Ways of training beside each other: what is expected, what was found, what is beyond chance."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.answers.groups_apart import groups_apart
from kpilib.company import Company
from kpilib.display.numbers import known, reader
from kpilib.engine.columns import counted_in
from kpilib.errors import ParameterError
from kpilib.opening import opened
from kpilib.saying import error_of
from kpilib.training.rows import RECENT, known_trainings, target_of

WAY, LENGTH = "way", "duration_h"
CUTS = ("method", LENGTH, "is_gamified", "is_tutored")  # how trainings are given, column by column
TAG_WORDS = {
    ("is_gamified", "true"): "With games",
    ("is_gamified", "false"): "Without games",
    ("is_tutored", "true"): "With a tutor",
    ("is_tutored", "false"): "Without a tutor",
}
EXPECTED_WORDS = {  # by the articles that this kit serves, never mixed with ours: return, pro, con
    "presentiel": (
        "Moderate to high, if well thought out",
        "direct contact, network, immersion",
        "costs, logistics, hard to adapt",
    ),
    "en_ligne": (
        "Moderate: depends on participation",
        "flexible, cheaper, open to all",
        "less contact, needs autonomy",
    ),
    "blended": ("High, if well combined", "strengths of both", "needs careful planning"),
    "micro_learning": (
        "High, if well aimed",
        "quick, precise, fits into a day",
        "thin for complex subjects",
    ),
}
PRIOR = ("expected", "advantages", "drawbacks")
OBSERVED = {
    "training_satisfaction": "satisfied",
    "knowledge_gain": "gain",
    "skill_application_rate": "applied",
    "completion_rate": "completed",
}
RETURN = "method_roi"
FIGURES = {**OBSERVED, RETURN: "roi"}
COST = "cost_per_participant"
TO_RANK = 3  # trainings of which the return is known
COLUMNS = (
    *("by", WAY, "name", "expected", "satisfied", "gain", "applied", "completed"),
    *("cost_per_hour", "roi", "trainings", *PRIOR[1:], "ci_low", "ci_high", "ranked"),
)
NUMBERS = (*FIGURES.values(), "cost_per_hour", "trainings", "ci_low", "ci_high")


def training_ways(company: Company, period: Any) -> pd.DataFrame:
    """Return each way of training over the two years that end with a period.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period

    Returns
    -------
    pandas.DataFrame
        One row a way: ``by``, what sets it apart (``method``, ``duration_h``, ``is_gamified``,
        ``is_tutored``, where trainings differ in it), ``way, name``; of a method ``expected,
        advantages, drawbacks``, by the articles; ``satisfied, gain, applied, completed,
        cost_per_hour, roi, ci_low, ci_high``, observed; ``trainings``, of which the return is
        known; ``ranked``, whether they are enough.
        Nobody drew lots for the way: topic, audience and trainer differ, too.

    Examples
    --------
    >>> kl.training_ways(data, "2026-10").query("by == 'method'")
    """
    company = opened(company)
    window, found = company.period(period).ending(RECENT), []
    plan = known_trainings(company, *CUTS)
    for by in (each for each in CUTS if plan[each].notna().any()):
        rows = company.over([*OBSERVED, COST], [window], by=by)
        rows = pd.concat([rows, company.over([RETURN], [window], by=by, intervals=True)])
        ways = sorted({each for each in rows[by] if isinstance(each, str)}, key=_in_order)
        by_kpi = {name: own.set_index(by) for name, own in rows.groupby("kpi")}
        found += [_way(by, way, by_kpi) for way in ways if by == CUTS[0] or len(ways) > 1]
    return counted_in(pd.DataFrame(found, columns=list(COLUMNS)), *NUMBERS)


def _in_order(way: str) -> tuple[float, str]:
    """Put methods as the articles do, others after, lengths by their hours."""
    told = list(EXPECTED_WORDS)
    if way in told:
        return float(told.index(way)), way
    hours = pd.to_numeric(way, errors="coerce")
    return (float(len(told)) if pd.isna(hours) else float(hours)), way


def _way(by: str, way: str, found: dict[str, pd.DataFrame]) -> dict[str, Any]:
    rows = {name: own.loc[way].to_dict() if way in own.index else {} for name, own in found.items()}
    returned = rows.get(RETURN, {})
    told = returned.get("details") or {}
    single = 1.0 if known(returned.get("value")) else 0.0
    trainings = float(told.get("evaluated_trainings", single))
    return {
        "by": by,
        WAY: way,
        "name": way_name(by, way),
        **dict(zip(PRIOR, EXPECTED_WORDS.get(way, ("", "", "")), strict=True)),
        **{to: rows.get(name, {}).get("value") for name, to in FIGURES.items()},
        "cost_per_hour": (rows.get(COST, {}).get("details") or {}).get("cost_per_hour"),
        "trainings": trainings,
        **{end: returned.get(end) for end in ("ci_low", "ci_high")},
        "ranked": trainings >= TO_RANK,
    }


def way_name(by: str, way: str) -> str:
    write = reader()
    if by == LENGTH and known(hours := pd.to_numeric(way, errors="coerce")):
        return write.value(hours, "hours")
    return write.say(TAG_WORDS[by, way]) if (by, way) in TAG_WORDS else write.group(by, way)


def _cuts(company: Company, by: str | None) -> list[str]:
    """Return what sets groups apart: one column, or each way of giving a training that is known."""
    if by is not None and not isinstance(by, str):
        raise error_of(
            ParameterError, "by is {by!r}. Name one column as a text, such as by='team'.", by=by
        )
    plan = known_trainings(company, *CUTS)
    return [by] if by else [each for each in CUTS if plan[each].notna().any()]


def training_differences(company: Company, period: Any, by: str | None = None) -> pd.DataFrame:
    """Compare groups of participants, each with the largest, over two years that end with a period.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period
    by : str, optional
        What sets them apart, such as ``topic``, ``title`` or ``team``; by default how trainings
        are given: ``method``, ``duration_h``, ``is_gamified``, ``is_tutored``.

    Returns
    -------
    pandas.DataFrame
        One row a figure and group that is shown: ``by, kpi, label``; ``target``, of the change of
        a target figure which one; ``group, against, people, people_against, value,
        value_against``; ``difference`` in ``unit`` (rates: 0.1 is 10 points) with ``ci_low,
        ci_high``; ``p`` and ``p_holm``, adjusted for all comparisons of the call; ``hedges_g``, the
        difference in standard deviations; ``state``: ``clear``, ``none`` or ``few``. The training
        is what is drawn: below ten sessions in both groups, or two in one, there is no interval.
        On a page p-values and g are left out, and the interval holds for all comparisons together.

    References
    ----------
    Welch (1947) and Bell and McCaffrey (2002); Holm (1979); Hedges (1981).

    Examples
    --------
    >>> kl.training_differences(data, "2026-10").query("state == 'clear'")
    """
    company = opened(company)
    cuts = _cuts(company, by)
    rows = groups_apart(company, company.period(period).ending(RECENT), cuts)
    told = _targets(rows["target"])
    return rows.assign(
        label=told["label"].fillna(rows["label"].map(reader().say)),
        unit=told["unit"].fillna(rows["unit"]),
    )


def _targets(codes: pd.Series) -> pd.DataFrame:
    """Return label and unit of each figure that a training was to move."""
    told = [target_of(code) if known(code) else (None, None) for code in codes]
    return pd.DataFrame(told, codes.index, ["label", "unit"], dtype=object)
