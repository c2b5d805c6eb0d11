"""What texts come back to: themes, ranked by how many complain and how grave it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from kpilib.engine.intervals import effective, wilson
from kpilib.engine.outcome import NO_DATA, SUPPRESSED, Outcome, unknown
from kpilib.engine.slices import EVERYONE
from kpilib.errors import ContractError
from kpilib.methods.call import Call
from kpilib.period import Period
from kpilib.texts.subjects import FEWEST

BETWEEN = re.compile(r"[;,|]")
AROUND = " \t\r\n[]\"'"  # a list that was written as text keeps its brackets and quotes
FEW_TEXTS = "Hidden: no theme is mentioned in ten texts, and fewer could tell who wrote them."
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
    known = call.tables.holds(table, {"author_key"})
    for period in call.periods:
        columns = "ts sentiment themes" + " author_key" * known
        rows = plain.rows_of(table, columns, period)
        for theme, outcome in tally(rows, call.tables.assumptions.theme_severity).items():
            answer[period, theme] = outcome
    return answer


def feedback_themes(call: Call) -> dict[tuple[Period, str], Outcome]:
    """Return the themes of what employees write, of those that ten texts mention.

    A theme of fewer is not even named, in any period from which fewer could be worked out.
    """
    months = {period: period.months() or [period] for period in call.periods}
    parts = [month for inside in months.values() for month in inside]
    told = recurrent_themes(replace(call, periods=[*dict.fromkeys([*call.periods, *parts])]))
    sizes = {at: outcome.details["count"] for at, outcome in told.items()}
    answer = {
        (period, theme): _with_interval(outcome)
        for (period, theme), outcome in told.items()
        if period in months
        and sizes[period, theme] >= FEWEST
        and tellable([sizes.get((month, theme), 0.0) for month in months[period]])
    }
    for period in {period for period, _ in told} & set(months):
        if not any(own == period for own, _ in answer):
            answer[period, EVERYONE] = unknown(SUPPRESSED, FEW_TEXTS)
    return answer


def tellable(counts: list[float]) -> bool:
    """Whether the texts of a period may be told beside those of its months and quarters.

    What is left of it, when all that is told of its parts is taken away, is ten texts or none.
    """
    blocks = [counts[at : at + 3] for at in range(0, len(counts), 3)]
    left = [block for block in blocks if len(blocks) == 1 or not tellable(block)]
    rest = sum(count for block in left for count in block if count < FEWEST)
    return sum(counts) >= FEWEST and not 0 < rest < FEWEST


def _with_interval(outcome: Outcome) -> Outcome:
    """Give a priority the interval that the share of negative texts lends it."""
    known = outcome.details
    if outcome.value is None:
        return outcome
    worth = known["judged"] * known["severity"]
    ends = (known["negative_share_low"] * worth, known["negative_share_high"] * worth)
    return replace(outcome, interval=ends, interval_method="wilson")


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
        One text a row: ``sentiment`` and ``themes``, and ``author_key`` where it is known.
    severity : mapping of str to float
        Theme to how grave it is.
    """
    weights = {name.casefold(): weight for name, weight in severity.items()}
    noted = rows.assign(theme=[sorted(themes_in(each)) for each in rows["themes"]])
    spread = noted.explode("theme").dropna(subset=["theme"])
    return {
        theme: _priority(part, weights.get(theme, 1.0), len(rows))
        for theme, part in spread.groupby("theme")
    }


def _priority(mentions: pd.DataFrame, severity: float, texts: int) -> Outcome:
    sentiment = mentions["sentiment"]
    judged, negative = int(sentiment.notna().sum()), int((sentiment == "negative").sum())
    details = {"count": float(len(sentiment)), "severity": severity, "texts": float(texts)}
    people = float(_writers(mentions).nunique())
    if not judged:
        told = {"n": float(len(sentiment)), "details": details, "people": people}
        return unknown(NO_DATA, NO_SENTIMENT, **told)
    share = negative / judged
    writers = _writers(mentions[sentiment.notna()])
    by_writer = mentions[sentiment.notna()].groupby(writers)["sentiment"]
    complaints = by_writer.apply(lambda each: float((each == "negative").sum()))
    worth = effective(complaints.to_numpy(), by_writer.size().to_numpy(), share * (1 - share))
    low, high = wilson(negative * worth / judged, worth)
    details |= {
        "judged": float(judged),
        "negative": float(negative),
        "negative_share": share,
        "negative_share_low": low,
        "negative_share_high": high,
    }
    return Outcome(
        value=negative * severity,
        n=float(len(sentiment)),
        details=details,
        people=people,
    )


def _writers(texts: pd.DataFrame) -> pd.Series:
    """Return who wrote each text; one without a name is nobody else's."""
    own = pd.Series([f"text {number}" for number in range(len(texts))], index=texts.index)
    return texts["author_key"].astype(object).fillna(own) if "author_key" in texts else own
