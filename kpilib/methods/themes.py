"""What texts come back to: themes, ranked by how many complain and how grave it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from kpilib.errors import ContractError
from kpilib.intervals import wilson
from kpilib.methods.call import Call
from kpilib.outcome import NO_DATA, Outcome, unknown
from kpilib.period import Period

BETWEEN = re.compile(r"[;,|]")
AROUND = " \t\r\n[]\"'"  # a list that was written as text keeps its brackets and quotes
NO_SENTIMENT = "None of the texts with this theme has a sentiment."


def recurrent_themes(call: Call) -> dict[tuple[Period, str], Outcome]:
    """Return the priority of each theme: negative texts that mention it times its severity.

    A text may have several themes and counts once in each. Severities are the company's
    assumption, 1 where it says nothing. ``details`` hold how many texts mention the theme, the
    share of negative ones among those with a sentiment, and the interval of that share.

    Raises
    ------
    ContractError
        Another breakdown than ``theme`` was asked.
    """
    if call.by not in (None, "theme"):
        raise ContractError([f"{call.kpi.id} is always by theme; by={call.by!r} is not."])
    plain = replace(call, by=None)
    table = next(iter(call.kpi.value.needs))
    answer = {}
    for period in call.periods:
        rows = plain.rows_of(table, "ts sentiment themes", period)
        for theme, outcome in tally(rows, call.tables.assumptions.theme_severity).items():
            answer[period, theme] = outcome
    return answer


def themes_in(written: Any) -> set[str]:
    """Return the themes of one text, from a list or from a text with ``;``, ``,`` or ``|``.

    Capitals and repetitions make no other theme.
    """
    if isinstance(written, str):
        parts: Iterable[Any] = BETWEEN.split(written)
    elif isinstance(written, Iterable):
        parts = written
    else:  # no theme was noted
        return set()
    names = (" ".join(part.strip(AROUND).split()).casefold() for part in parts if part)
    return {name for name in names if name}


def tally(rows: pd.DataFrame, severity: Mapping[str, float]) -> dict[str, Outcome]:
    """Return one outcome a theme.

    Parameters
    ----------
    rows : pandas.DataFrame
        One text a row: ``sentiment`` and ``themes``.
    severity : mapping of str to float
        Theme to how grave it is.
    """
    weights = {name.casefold(): weight for name, weight in severity.items()}
    noted = rows.assign(theme=[sorted(themes_in(each)) for each in rows["themes"]])
    spread = noted.explode("theme").dropna(subset=["theme"])
    return {
        theme: _priority(part["sentiment"], weights.get(theme, 1.0), len(rows))
        for theme, part in spread.groupby("theme")
    }


def _priority(sentiment: pd.Series, severity: float, texts: int) -> Outcome:
    judged, negative = int(sentiment.notna().sum()), int((sentiment == "negative").sum())
    details = {"count": float(len(sentiment)), "severity": severity, "texts": float(texts)}
    if not judged:
        return unknown(NO_DATA, NO_SENTIMENT, n=float(len(sentiment)), details=details)
    low, high = wilson(negative, judged)
    details |= {
        "negative": float(negative),
        "negative_share": negative / judged,
        "negative_share_low": low,
        "negative_share_high": high,
    }
    return Outcome(
        value=negative * severity,
        n=float(len(sentiment)),
        details=details,
    )
