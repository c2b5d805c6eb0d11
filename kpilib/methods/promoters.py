"""Who recommends the company, beside what they have brought: answers joined to orders."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpilib.engine.intervals import correlated, difference, wilson
from kpilib.engine.outcome import NO_DATA, Answer, Outcome, unknown
from kpilib.engine.slices import EVERYONE
from kpilib.methods.call import Call
from kpilib.methods.lifetime import lifetime_values
from kpilib.period import Period
from kpilib.tables.allowed import only_allowed
from kpilib.tables.read import in_pandas
from kpilib.tables.store import Tables

STILL_TRUE = "12m"  # an older answer says what the customer thought, not what they think
HIGH_VALUE, PROMOTER = 0.75, 9
LEAST_FOR_CORRELATION = 10
SPEARMAN = 1.06  # variance of a rank correlation against Pearson's (Fieller, Hartley, Pearson)
NOBODY_BOUGHT = "No customer has a paid order up to the end of the period."
NOBODY_NAMED = "No customer has answered the recommendation question under their name in a year."
NEEDED = {
    "survey_responses": {"survey_id", "wave", "respondent_key", "value", "answered_at"},
    "survey_waves": {"survey_id", "wave", "survey_kind"},
}


def high_potential_promoters(call: Call) -> Answer:
    """Count the customers of high value whose last answer, a year old at most, is 9 or 10.

    High is the highest quarter of what all customers have brought. ``details`` hold that
    threshold, the promoters whose answer is too old (``stale``), the share of promoters among
    high values and among the rest with the interval of their difference, and the rank correlation
    of answers with values. Who they are is told by `joined`, and by no figure.

    Raises
    ------
    ContractError
        A breakdown was asked: the threshold is of all customers together.
    """
    call.only_whole()
    return {(period, EVERYONE): _counted(joined(call.tables, period)) for period in call.begun}


def joined(tables: Tables, period: Period) -> pd.DataFrame:
    """Return what customers have brought beside their last answer, for an analyst who asks.

    Parameters
    ----------
    tables : Tables
        ``kpilib.open(...).tables``.
    period : Period
        Orders and answers up to its end.

    Returns
    -------
    pandas.DataFrame
        One row a customer with an order, by ``customer_id``: ``value``, ``answer`` (missing
        without one), ``fresh``, ``high`` and ``chosen``.
    """
    values = lifetime_values(tables, period).rename("value")
    found = values.to_frame().join(last_answers(tables, period))
    threshold = np.quantile(values, HIGH_VALUE) if len(values) else np.nan
    first = pd.Timestamp(period.ending(STILL_TRUE).bounds(tables.zone)[0])
    fresh = found["answered_at"] >= first
    high = found["value"] >= threshold
    return found.assign(fresh=fresh, high=high, chosen=fresh & high & (found["answer"] >= PROMOTER))


def last_answers(tables: Tables, period: Period) -> pd.DataFrame:
    """Return each respondent's last valid answer to the recommendation question.

    The raw answers are read: one that was given later, or that is no answer, does not replace
    what a customer had said by the end of the period.

    Parameters
    ----------
    tables : Tables
    period : Period
        Answers after its end are not known yet.

    Returns
    -------
    pandas.DataFrame
        One row a respondent who gave a name, by ``customer_id``: ``answer`` and ``answered_at``.
    """
    answers = _named_answers(tables)
    known = answers[answers["answered_at"] < pd.Timestamp(period.bounds(tables.zone)[1])]
    last = known.drop_duplicates("respondent_key").set_index("respondent_key")
    return last[["answer", "answered_at"]].rename_axis("customer_id")


def _named_answers(tables: Tables) -> pd.DataFrame:
    """Return the valid answers to the recommendation question that bear a name, latest first.

    Of two at one instant, the lower one comes first: in doubt, nobody is a promoter.
    """
    if "named answers" not in tables.cache:
        for name, columns in NEEDED.items():
            only_allowed(tables, name, columns)
        rows, waves = (in_pandas(tables.frame(name, columns)) for name, columns in NEEDED.items())
        asked = waves.loc[waves["survey_kind"] == "nps", ["survey_id", "wave"]].drop_duplicates()
        rows = rows[rows["respondent_key"].notna()].merge(asked, on=["survey_id", "wave"])
        answer = pd.to_numeric(rows["value"])
        at = pd.to_datetime(rows["answered_at"], utc=True)
        valid = answer.between(0, 10) & (answer % 1 == 0) & at.notna()
        rows = rows.assign(answer=answer, answered_at=at)[valid]
        tables.cache["named answers"] = rows.sort_values(
            ["answered_at", "answer"], ascending=[False, True]
        )
    return tables.cache["named answers"]


def _counted(customers: pd.DataFrame) -> Outcome:
    if customers.empty:
        return unknown(NO_DATA, NOBODY_BOUGHT)
    promoter = customers["answer"] >= PROMOTER
    high, fresh = customers["high"], customers["fresh"]
    details = {
        "threshold": float(np.quantile(customers["value"], HIGH_VALUE)),
        "stale": float((promoter & high & ~fresh).sum()),
        "answers": float(fresh.sum()),
    }
    if not fresh.any():
        return unknown(NO_DATA, NOBODY_NAMED, n=0.0, details=details)
    details |= _split(promoter[fresh & high], promoter[fresh & ~high])
    details |= rank_correlation(customers.loc[fresh, "answer"], customers.loc[fresh, "value"])
    return Outcome(value=float(customers["chosen"].sum()), n=float(fresh.sum()), details=details)


def _split(high: pd.Series, rest: pd.Series) -> dict[str, float]:
    """Return the two by two of promoters and values, and how far the two shares are apart."""
    found: dict[str, float] = {}
    shares = {}
    for name, group in (("high", high), ("rest", rest)):
        promoters = int(group.sum())
        found[f"promoters_{name}"] = float(promoters)
        found[f"others_{name}"] = float(len(group) - promoters)
        if len(group):
            shares[name] = promoters / len(group), wilson(promoters, len(group))
            found[f"promoter_share_{name}"] = shares[name][0]
    if len(shares) == 2:
        low, up = map(float, difference(*shares["high"], *shares["rest"]))
        found["promoter_share_difference"] = shares["high"][0] - shares["rest"][0]
        found |= {"promoter_share_difference_low": low, "promoter_share_difference_high": up}
    return found


def rank_correlation(first: pd.Series, second: pd.Series) -> dict[str, float]:
    """Return Spearman's correlation with its interval; nothing below ten pairs, or without spread.

    References
    ----------
    Fieller, Hartley and Pearson (1957).
    """
    pairs = len(first)
    if pairs < LEAST_FOR_CORRELATION or first.nunique() < 2 or second.nunique() < 2:
        return {}
    from scipy import stats

    value = float(stats.spearmanr(first, second).statistic)
    found = {"rank_correlation": value}
    if ends := correlated(value, SPEARMAN / (pairs - 3)):
        found |= dict(zip(("rank_correlation_low", "rank_correlation_high"), ends, strict=True))
    return found
