"""What trainings brought that is listed and never priced: declared in company.yaml."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.numbers import reader
from kpilib.show.trainings import BY, ROI, declared, described

TITLE_WORDS = {"name": "Training", "what": "Brought too", "seen": "Seen by"}


def intangibles(company: Company, period: Any) -> pd.DataFrame:
    """Return what trainings measured in a period brought beside their return, never priced.

    It is written in company.yaml under ``intangibles``, by training or by title; an amount there
    is refused. No figure is made of it.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period

    Returns
    -------
    pandas.DataFrame
        ``training_id, name, what, seen``; one row a benefit, and one without ``what`` for a
        training that was measured and has none declared.

    References
    ----------
    Phillips and Phillips (2016), level 5.

    Examples
    --------
    >>> kl.intangibles(data, "2026-10")
    """
    rows = described(company.evaluate(ROI, period, by=BY), company)
    found = []
    for row in rows[rows[BY].notna()].to_dict("records"):
        name = row.get("name")
        head = (row[BY], name if isinstance(name, str) else row[BY])
        told = declared(company, *head)
        found += [(*head, each.what, each.seen) for each in told] or [(*head, None, "")]
    return pd.DataFrame(found, columns=[BY, *TITLE_WORDS])


def is_unpriced(frame: pd.DataFrame) -> bool:
    """Whether a frame lists what was never priced."""
    return {BY, "what", "seen"} <= set(frame)


def unpriced_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return it as texts for a reader."""
    say = reader().say
    told = frame.assign(what=frame["what"].fillna(say("none declared")))
    told = told.assign(seen=told["seen"].replace("", "–"))
    return pd.DataFrame({say(title): told[name] for name, title in TITLE_WORDS.items()})


def unpriced_title() -> str:
    """Say what the closed list holds."""
    return reader().say("Brought too, and never priced")
