"""How engaged customers are: one score, cut at thresholds that stay where they are.

Thresholds taken anew every month would always find a third of the customers in each segment, and
no segment would ever move. They are those of the reference months, the first twelve of the orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import narwhals as nw
import numpy as np
import pandas as pd

from kpilib.engine.belonging import people_of
from kpilib.engine.outcome import NO_DENOMINATOR, TOO_FEW, Answer, Outcome, unknown
from kpilib.engine.slices import broken_down, of_period
from kpilib.errors import ParameterError
from kpilib.measure import belonging
from kpilib.methods.call import Call
from kpilib.methods.promoters import NEEDED, last_answers
from kpilib.period import EARLIEST, Period
from kpilib.saying import error_of
from kpilib.tables.buyers import is_order
from kpilib.tables.instants import edge
from kpilib.tables.read import in_pandas
from kpilib.tables.store import Tables

SEGMENTS = ("high", "moderate", "low")
GONE = "gone"
YEAR, BEGINNING = "12m", date(EARLIEST, 1, 1)
SIGNS = {"recency": -1, "frequency": 1, "interactions": 1, "nps": 1}  # long ago is less engaged
# Table, whose act it is, when, and what makes two rows one act.
ACTS = (
    ("support_tickets", "customer_id", "opened_at", ()),
    ("interactions", "actor_key", "ts", ()),
    ("survey_responses", "respondent_key", "answered_at", ("survey_id", "wave")),
)
CUSTOMERS = belonging("closing", "customer_spans", "customer_id")
NO_CUSTOMER = "There is no customer on the last day of the period."
NO_REFERENCE = "There was no customer at the end of the first twelve months of orders."


@dataclass(frozen=True)
class Reference:
    """What scores are measured against.

    Parameters
    ----------
    period : Period
    mean, spread : pandas.Series
        Of each part of the score, over the customers at the end of the period.
    low, high : float
        Terciles of their scores.
    """

    period: Period
    mean: pd.Series
    spread: pd.Series
    low: float
    high: float


def engagement_segments(call: Call) -> Answer:
    """Return the share of customers in each segment, which add up to 1.

    The score is the weighted mean of the z-scores of the days since the last order, the orders,
    the interactions (requests, surveys answered, acts in the community) and the last answer to
    the recommendation question, all of the twelve months that end with the period. What is not
    known of a customer counts as the mean. ``details`` hold the segment's own means.

    Raises
    ------
    ContractError
        Another breakdown than ``segment`` was asked.
    """
    call.only_by("segment")
    answer = {}
    if call.tables.extent("orders").first is None:  # silence, and not too few customers
        return answer
    reference = reference_of(call.tables)
    for period in call.begun:
        parts = None if reference is None else segmented(call.tables, period)
        for segment in SEGMENTS:
            answer[period, segment] = _share(call.tables, parts, segment, reference)
    return answer


def _share(
    tables: Tables, parts: pd.DataFrame | None, segment: str, reference: Reference | None
) -> Outcome:
    if reference is None or parts is None:
        return unknown(TOO_FEW, NO_REFERENCE)
    if parts.empty:
        return unknown(NO_DENOMINATOR, NO_CUSTOMER, denominator=0.0, n=0.0)
    inside = parts[parts["segment"] == segment]
    means = inside[list(SIGNS)].mean()
    outcome = Outcome(
        value=len(inside) / len(parts),
        numerator=float(len(inside)),
        denominator=float(len(parts)),
        n=float(len(parts)),
        details={f"mean_{part}": _known(means[part]) for part in SIGNS},
    )
    over = tables.as_of is None or tables.as_of >= reference.period.end_day
    return outcome if over else outcome.flagged("immature")


def segmented(tables: Tables, period: Period) -> pd.DataFrame:
    """Return each customer's segment at the end of a period, for an analyst who asks.

    Parameters
    ----------
    tables : Tables
        ``kpilib.open(...).tables``.
    period : Period

    Returns
    -------
    pandas.DataFrame
        One row a customer on its last day, by ``customer_id``: the parts of the score, ``score``
        and ``segment``; empty without reference months.
    """
    profiles = _profiles(tables, period)
    reference = reference_of(tables)
    if reference is None:
        return profiles.head(0).assign(score=[], segment=[])
    weights = tables.assumptions.engagement_weights
    score = _score(profiles, reference.mean, reference.spread, weights)
    # On a threshold that many share (all alike, say), customers are neither high nor low.
    segment = np.select(
        [score > reference.high, score < reference.low], ["high", "low"], "moderate"
    )
    return profiles.assign(score=score, segment=segment)


def migration(tables: Tables, first: Period, last: Period) -> pd.DataFrame:
    """Return where the customers of each segment are later, in shares: every row adds up to 1.

    Parameters
    ----------
    tables : Tables
    first, last : Period
        Segments at the end of the one and of the other.

    Returns
    -------
    pandas.DataFrame
        One row a segment in which somebody was, one column a segment, and ``gone`` for those who
        are no longer customers.

    Raises
    ------
    ParameterError
        The second ends before the first.
    """
    if last.end_day < first.end_day:
        raise error_of(
            ParameterError,
            "{last} ends before {first}: name the earlier period first.",
            last=last.name,
            first=first.name,
        )
    before, after = (segmented(tables, period)["segment"] for period in (first, last))
    now = after.reindex(before.index).fillna(GONE)
    counts = pd.crosstab(before, now).reindex(columns=[*SEGMENTS, GONE], fill_value=0)
    counts = counts.loc[[segment for segment in SEGMENTS if segment in counts.index]]
    shares = counts.div(counts.sum(axis=1), axis=0)
    return shares.rename_axis(index="segment", columns=None)


def reference_of(tables: Tables) -> Reference | None:
    """Return what scores are measured against; None when there was no customer then."""
    key = "engagement reference"
    if key not in tables.cache:
        first = tables.extent("orders").first
        tables.cache[key] = None if first is None else _reference(tables, first)
    return tables.cache[key]


def _reference(tables: Tables, first: date) -> Reference | None:
    start = first.replace(day=1)
    period = Period(start, start.replace(year=start.year + 1) - timedelta(days=1))
    profiles = _profiles(tables, period)
    if profiles.empty:
        return None
    mean, spread = profiles.mean(), profiles.std(ddof=0)
    score = _score(profiles, mean, spread, tables.assumptions.engagement_weights)
    low, high = np.quantile(score, [1 / 3, 2 / 3])
    return Reference(period, mean, spread, float(low), float(high))


def _score(
    profiles: pd.DataFrame, mean: pd.Series, spread: pd.Series, weights: Mapping[str, float]
) -> pd.Series:
    """Return the weighted mean of the z-scores; a part in which nobody differs says nothing."""
    standard = ((profiles - mean) / spread.where(spread > 0)).fillna(0.0)
    parts = [SIGNS[part] * weights.get(part, 0.0) * standard[part] for part in SIGNS]
    whole = sum(weights.get(part, 0.0) for part in SIGNS)
    return sum(parts) / whole


def _profiles(tables: Tables, period: Period) -> pd.DataFrame:
    """Return the parts of the score of everybody who is a customer on the last day."""
    key = ("engagement profiles", period)
    if key not in tables.cache:
        people = sorted(people_of(tables, CUSTOMERS, [period])[period])
        year, end = period.ending(YEAR), pd.Timestamp(period.bounds(tables.zone)[1])
        bought = _orders(tables, period, year)
        last = pd.to_datetime(bought["last"], utc=True)
        parts = {
            "recency": (end - last).dt.total_seconds() / (24 * 3600),
            "frequency": bought["orders"],
            "interactions": _acts(tables, year),
            "nps": _recommendation(tables, period, year),
        }
        found = pd.DataFrame({name: part.reindex(people) for name, part in parts.items()})
        found = found.astype(float).rename_axis("customer_id")
        tables.cache[key] = found.fillna({"frequency": 0.0, "interactions": 0.0})
    return tables.cache[key]


def _orders(tables: Tables, period: Period, year: Period) -> pd.DataFrame:
    """Return each customer's last order up to the end of a period, and the orders of the year."""
    columns = {"customer_id", "ordered_at", "amount_ht", "status"}
    frame = broken_down(tables, "orders", columns, None, (year.start, period.end_day))
    kept = frame.filter(
        is_order(nw.col("status"), nw.col("amount_ht")), ~nw.col("customer_id").is_null()
    )
    ever = of_period(kept, "ordered_at", Period(BEGINNING, period.end_day), tables)
    dtype = kept.collect_schema()["ordered_at"]
    start = year.start if dtype == nw.Date else edge(year.bounds(tables.zone)[0], dtype)
    lately = nw.when(nw.col("ordered_at") >= start).then(nw.lit(1)).otherwise(nw.lit(0))
    summary = (
        ever.with_columns(lately=lately)
        .group_by("customer_id")
        .agg(orders=nw.col("lately").sum(), last=nw.col("ordered_at").max())
    )
    return in_pandas(summary).set_index("customer_id")


def _acts(tables: Tables, period: Period) -> pd.Series:
    """Return how often each person asked for help, answered a survey or took part."""
    held = [each for each in ACTS if tables.holds(each[0], {*each[1:3], *each[3]})]
    counts = [_counted(tables, *each, period) for each in held]
    if not counts:
        return pd.Series(dtype=float)
    return pd.concat(counts).groupby(level=0).sum()


def _counted(
    tables: Tables, table: str, who: str, when: str, one: tuple[str, ...], period: Period
) -> pd.Series:
    frame = broken_down(tables, table, {who, when, *one}, None, (period.start, period.end_day))
    rows = of_period(frame, when, period, tables).filter(~nw.col(who).is_null())
    rows = rows.select(who, *one).unique() if one else rows
    counts = in_pandas(rows.group_by(who).agg(acts=nw.len()))
    return counts.set_index(who)["acts"]


def _recommendation(tables: Tables, period: Period, year: Period) -> pd.Series:
    if not all(tables.holds(name, columns) for name, columns in NEEDED.items()):
        return pd.Series(dtype=float)
    answers = last_answers(tables, period)
    fresh = answers["answered_at"] >= pd.Timestamp(year.bounds(tables.zone)[0])
    return answers.loc[fresh, "answer"]


def _known(value: float) -> float | None:
    return None if value != value else float(value)
