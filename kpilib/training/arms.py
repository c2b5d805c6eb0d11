"""Whether trained and control were alike before a training, and how many of each are known."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.numbers import known
from kpilib.engine.columns import counted_in
from kpilib.methods.measured import ARMS
from kpilib.methods.parallel import LEVELS
from kpilib.training.collecting import TARGET, paired
from kpilib.training.rows import BY, described

DID = "training_effect_did"
BEFORE = ("before_difference", "before_trend")  # of the trained against the others
COLUMNS = (
    BY,
    "name",
    "who",
    "people",
    "pairable",
    "before",
    "difference",
    "trend",
    "alike",
    "unit",
)
NUMBERS = ("people", "pairable", "before", "difference", "trend")


def training_arms(company: Company, period: Any) -> pd.DataFrame:
    """Return the groups of each training beside each other, as they were before it.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period
        Trainings measured in it.

    Returns
    -------
    pandas.DataFrame
        One row a training and group (``who``: ``treated`` or ``control``): ``training_id, name``;
        ``people`` compared; ``pairable``, the share of those listed who were measured before and
        after; ``before``, their mean in ``unit``; of the trained, ``difference`` from the others
        in standard deviations, ``alike`` where it is below a quarter, and ``trend``, by how much
        more they rose from one period before to the next.

    References
    ----------
    What Works Clearinghouse (2022), baseline equivalence: 0.25 standard deviations.

    Examples
    --------
    >>> kl.training_arms(data, "2026-10").query("who == 'treated' and not alike")
    """
    asked = company.period(period)
    rows = described(company.evaluate(DID, asked, by=BY), company)
    rows = rows[rows[BY].notna() & rows["value"].notna()]
    shares = paired(company, asked.end_day)
    shares = shares[shares["what"].eq(TARGET)].set_index([BY, "who"])["share"]
    found = [
        _arm(row, who, shares.get((row[BY], who)))
        for row in rows.to_dict("records")
        for who in ARMS
    ]
    return counted_in(pd.DataFrame(found, columns=list(COLUMNS)), *NUMBERS)


def _arm(row: dict[str, Any], who: str, pairable: float | None) -> dict[str, Any]:
    details, first = row["details"], who == "treated"
    difference, trend = (details.get(name) if first else None for name in BEFORE)
    return {
        BY: row[BY],
        "name": row["name"] if isinstance(row.get("name"), str) else row[BY],
        "who": who,
        "people": details[f"{who}_people"],
        "pairable": pairable,
        "before": None if details.get("assigned_by_lot") else details[f"{who}_before"],
        "difference": difference,
        "trend": trend,
        "alike": abs(difference) < LEVELS if known(difference) else None,
        "unit": row["unit"],
    }
