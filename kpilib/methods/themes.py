"""What texts come back to: themes, ranked by how many complain and how grave it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from kpilib.engine.intervals import effective, wilson
from kpilib.engine.outcome import NO_DATA, SUPPRESSED, Answer, Outcome, unknown
from kpilib.engine.slices import EVERYONE
from kpilib.methods.call import Call
from kpilib.period import Period
from kpilib.tables.describing import FLOOR
from kpilib.texts.subjects import FEWEST

BETWEEN = re.compile(r"[;,|]")
AROUND = " \t\r\n[]\"'"  # a list that was written as text keeps its brackets and quotes
BLOCKS = (1, 3, 12)  # months of a period that may be told: one holds the other, none overlap
FEW_TEXTS = "Hidden: no theme is mentioned in ten texts, and fewer could tell who wrote them."
OVERLAPPING = (
    "Hidden: what employees write is told by months, quarters and years of the calendar; other "
    "periods, taken off these, would give single texts."
)
NO_SENTIMENT = "None of the texts with this theme has a sentiment."


class Cell(NamedTuple):
    """What is written of one theme in one month: texts, those with a sentiment, and whose."""

    texts: int
    judged: int
    writers: frozenset[str]


NOTHING = Cell(0, 0, frozenset())


def recurrent_themes(call: Call) -> Answer:
    """Return the priority of each theme: negative texts that mention it times its severity.

    A text may have several themes and counts once in each. Severities are the company's
    assumption, 1 where it says nothing. ``details`` hold how many texts mention the theme, the
    share of negative ones among those with a sentiment, and the interval of that share.

    Raises
    ------
    ContractError
        Another breakdown than ``theme`` was asked.
    """
    severity = call.tables.assumptions.theme_severity
    return {
        (period, theme): outcome
        for period in call.periods
        for theme, outcome in tally(_texts(call, period), severity).items()
    }


def feedback_themes(call: Call) -> Answer:
    """Return the themes of what employees write: ten texts or more, of five people or more.

    A theme of fewer is not even named, in any period from which fewer could be worked out. Only
    months, quarters and years of the calendar are told: of two other periods that overlap, the
    difference can be one text.
    """
    told = {period: period.months() for period in call.periods if in_blocks(period)}
    every = [*dict.fromkeys([*told, *(month for months in told.values() for month in months)])]
    plain = replace(call, periods=every)
    answer = {at: each for at, each in recurrent_themes(plain).items() if at[0] in told}
    cells = {
        (month, theme): _cell(part, month)
        for month in every
        if month.whole_months == 1
        for theme, part in _by_theme(_texts(plain, month))
    }
    shown = {
        (period, theme): _with_interval(outcome)
        for (period, theme), outcome in answer.items()
        if tellable([cells.get((month, theme), NOTHING) for month in told[period]], call.minimum)
    }
    for period in call.periods:
        if period not in told:
            shown[period, EVERYONE] = unknown(SUPPRESSED, OVERLAPPING)
        elif not any(own == period for own, _ in shown) and any(own == period for own, _ in answer):
            shown[period, EVERYONE] = unknown(SUPPRESSED, FEW_TEXTS)
    return shown


def in_blocks(period: Period) -> bool:
    """Whether a period is a month, a quarter or a year of the calendar.

    Of those one holds another or they have no day in common.
    """
    length = period.whole_months
    return length in BLOCKS and (period.start.month - 1) % length == 0


def tellable(months: Sequence[Cell], fewest: int = FLOOR) -> bool:
    """Whether the texts of a period may be told beside those of its months and quarters.

    It is of ten texts with a sentiment and of the fewest writers of whom something is told, and so
    is what is left of it when all that is told of its parts is taken away, unless that is nothing.
    Of fewer with a sentiment the interval would give their number away.
    """
    blocks = [months[at : at + 3] for at in range(0, len(months), 3)]
    left = [block for block in blocks if len(blocks) == 1 or not tellable(block, fewest)]
    rest = [cell for block in left for cell in block if not _enough([cell], fewest)]
    nothing = not any(cell.texts for cell in rest)
    return _enough(months, fewest) and (nothing or _enough(rest, fewest))


def _enough(cells: Sequence[Cell], fewest: int) -> bool:
    writers = frozenset().union(*(cell.writers for cell in cells))
    return sum(cell.judged for cell in cells) >= FEWEST and len(writers) >= fewest


def _cell(mentions: pd.DataFrame, period: Period) -> Cell:
    judged = mentions[mentions["sentiment"].notna()]
    writers = writers_of(judged, f"{period.name} text")
    return Cell(len(mentions), len(judged), frozenset(writers.astype(str)))


def _texts(call: Call, period: Period) -> pd.DataFrame:
    """Return the texts of a period, with who wrote them where that is known."""
    call.only_by("theme")
    table = next(iter(call.kpi.value.needs))
    columns = "ts sentiment themes" + " author_key" * call.tables.holds(table, {"author_key"})
    return replace(call, by=None).rows_of(table, columns, period)


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
    return {
        theme: _priority(part, weights.get(theme, 1.0), len(rows))
        for theme, part in _by_theme(rows)
    }


def _by_theme(rows: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame]]:
    """Yield each theme with the texts that mention it."""
    noted = rows.assign(theme=[sorted(themes_in(each)) for each in rows["themes"]])
    return noted.explode("theme").dropna(subset=["theme"]).groupby("theme")


def _priority(mentions: pd.DataFrame, severity: float, texts: int) -> Outcome:
    sentiment = mentions["sentiment"]
    judged, negative = int(sentiment.notna().sum()), int((sentiment == "negative").sum())
    details = {"count": float(len(sentiment)), "severity": severity, "texts": float(texts)}
    people = float(writers_of(mentions).nunique())
    if not judged:
        told = {"n": float(len(sentiment)), "details": details, "people": people}
        return unknown(NO_DATA, NO_SENTIMENT, **told)
    share = negative / judged
    writer, _ = pd.factorize(writers_of(mentions[sentiment.notna()]), sort=True)
    complaints = np.bincount(writer, sentiment[sentiment.notna()] == "negative")
    worth = effective(complaints, np.bincount(writer), share * (1 - share))
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


def writers_of(texts: pd.DataFrame, nameless: str = "text") -> pd.Series:
    """Return who wrote each text; one without a name is nobody else's."""
    own = pd.Series([f"{nameless} {number}" for number in range(len(texts))], index=texts.index)
    return texts["author_key"].astype(object).fillna(own) if "author_key" in texts else own
