"""Groups of participants compared: which way of training gives more, as far as chance allows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.answers.groups_apart import groups_apart
from kpilib.company import Company
from kpilib.display.numbers import known, reader
from kpilib.training.rows import RECENT, known_trainings, target_of
from kpilib.training.ways import CUTS


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
    asked = company.period(period)
    plan = known_trainings(company, *CUTS)
    cuts = [by] if by else [each for each in CUTS if plan[each].notna().any()]
    rows = groups_apart(company, asked.ending(RECENT), cuts)
    told = _targets(rows["target"])
    return rows.assign(
        label=told["label"].fillna(rows["label"].map(reader().say)),
        unit=told["unit"].fillna(rows["unit"]),
    )


def _targets(codes: pd.Series) -> pd.DataFrame:
    """Return label and unit of each figure that a training was to move."""
    told = [target_of(code) if known(code) else (None, None) for code in codes]
    return pd.DataFrame(told, codes.index, ["label", "unit"], dtype=object)
