"""Ways of training beside each other: what is expected of each, and what was observed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.numbers import known, reader
from kpilib.show.group_names import group_name
from kpilib.show.trainings import RECENT, or_dash

BY = "method"
EXPECTED_WORDS = {  # of the return, by the articles that this kit serves; never mixed with ours
    "presentiel": "Moderate to high, if well thought out",
    "en_ligne": "Moderate: depends on participation",
    "blended": "High, if well combined",
    "micro_learning": "High, if well aimed",
}
FIGURES = {
    "training_satisfaction": "satisfied",
    "knowledge_gain": "gain",
    "completion_rate": "completed",
    "method_roi": "roi",
}
COST = "cost_per_participant"
TO_RANK = 3  # trainings of which the return is known
TITLE_WORDS = {
    "name": "Way of training",
    "expected": "Expected return",
    "satisfied": "Liked",
    "gain": "Learnt",
    "completed": "Completed",
    "cost_per_hour": "Cost per hour",
    "roi": "Return",
    "trainings": "Trainings evaluated",
}


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
        ``method, name``; ``expected``, of the articles; ``satisfied, gain, completed,
        cost_per_hour, roi``, observed; ``trainings``, of which the return is known; ``ranked``,
        whether they are enough. Nobody drew lots for the way: topic, audience and trainer differ,
        too.

    Examples
    --------
    >>> kl.training_ways(data, "2026-10")
    """
    asked = [*FIGURES, COST]
    rows = company.over(asked, [company.period(period).ending(RECENT)], by=BY)
    found = {name: own.set_index(BY) for name, own in rows.groupby("kpi")}
    names = sorted({each for each in rows[BY] if isinstance(each, str)})
    order = sorted(names, key=lambda name: [*EXPECTED_WORDS, name].index(name))  # others after
    columns = [BY, *TITLE_WORDS, "ranked"]
    return pd.DataFrame([_way(name, found) for name in order], columns=columns)


def _way(way: str, found: dict[str, pd.DataFrame]) -> dict[str, Any]:
    rows = {name: own.loc[way].to_dict() if way in own.index else {} for name, own in found.items()}
    returned = rows.get("method_roi", {})
    told = returned.get("details") or {}
    single = 1.0 if known(returned.get("value")) else 0.0
    trainings = float(told.get("evaluated_trainings", single))
    return {
        BY: way,
        "name": group_name(BY, way),
        "expected": EXPECTED_WORDS.get(way, ""),
        **{to: rows.get(name, {}).get("value") for name, to in FIGURES.items()},
        "cost_per_hour": (rows.get(COST, {}).get("details") or {}).get("cost_per_hour"),
        "trainings": trainings,
        "ranked": trainings >= TO_RANK,
    }


def is_ways(frame: pd.DataFrame) -> bool:
    """Whether a frame compares ways of training."""
    return {BY, "expected", "ranked"} <= set(frame)


def ways_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return ways of training as texts for a reader."""
    write, records = reader(), frame.to_dict("records")
    units = dict.fromkeys(("satisfied", "completed", "roi"), "rate")
    units |= {"gain": "pt", "cost_per_hour": "EUR"}
    told = {name: [or_dash(row[name], unit) for row in records] for name, unit in units.items()}
    told["name"] = [row["name"] for row in records]
    told["expected"] = [write.say(row["expected"]) if row["expected"] else "–" for row in records]
    few = write.say("too few to rank")
    told["trainings"] = [
        write.count(row["trainings"]) + ("" if row["ranked"] else f" ({few})") for row in records
    ]
    return pd.DataFrame({write.say(title): told[name] for name, title in TITLE_WORDS.items()})


def ways_title() -> str:
    """Say what the closed comparison holds."""
    return reader().say("Ways of training: expected and observed")
