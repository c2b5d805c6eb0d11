"""What figures per member start from: who belonged for how long, and what each of them did."""

from __future__ import annotations

from dataclasses import replace

import narwhals as nw
import numpy as np
import pandas as pd

from kpilib.methods.call import Call
from kpilib.outcome import NO_DENOMINATOR, Outcome, unknown
from kpilib.period import Period

NOBODY = "There are no members."
NOBODY_ACTIVE = "No member was active."


def shares_of_days(call: Call) -> dict[Period, pd.Series]:
    """Return, per period, the share of its days on which each person was a member.

    The shares of a period add up to its average number of members.
    """
    spells = replace(call, by=None).rows("community_spells", "person_key start_at end_at")
    return {period: _shares(spells, period) for period in call.periods}


def _shares(spells: pd.DataFrame, period: Period) -> pd.Series:
    opens, closes = pd.Timestamp(period.start), pd.Timestamp(period.end_day)
    first = pd.to_datetime(spells["start_at"]).clip(lower=opens)
    last = pd.to_datetime(spells["end_at"]).fillna(closes).clip(upper=closes)
    days = (last - first).dt.days + 1
    inside = days > 0
    return days[inside].groupby(spells.loc[inside, "person_key"]).sum() / period.days


def acts_of(call: Call, period: Period, *, visits: bool = False) -> pd.DataFrame:
    """Return what members did in a period; mere visits only when they are asked for."""
    acts = call.rows_of("member_acts", "ts actor_key kind", period)
    return acts if visits else acts[acts["kind"].notna() & (acts["kind"] != "visit")]


def local_days(call: Call, acts: pd.DataFrame) -> pd.Series:
    """Return the day of each act where the company is."""
    if call.tables.frame("interactions", {"ts"}).collect_schema()["ts"] == nw.Date:
        return pd.to_datetime(acts["ts"])
    instants = pd.to_datetime(acts["ts"], utc=True).dt.tz_convert(call.tables.zone)
    return instants.dt.normalize()


def per_member(
    call: Call, up: pd.Series, down: pd.Series, nobody: str, details: dict[str, float]
) -> Outcome:
    """Divide once what members add up to, with the interval of drawing members again.

    Parameters
    ----------
    call : Call
    up, down : pandas.Series
        What each member adds above and below the line, under the same index.
    nobody : str
        Why there is no figure when nothing is below the line.
    details : dict of str to float
    """
    numerator, denominator = float(up.sum()), float(down.sum())
    if denominator == 0:
        return unknown(NO_DENOMINATOR, nobody, numerator=numerator, denominator=0.0, n=0.0)
    outcome = Outcome(
        value=numerator / denominator,
        numerator=numerator,
        denominator=denominator,
        n=denominator,
        details=details,
    )
    return outcome.drawn(np.asarray(up), np.asarray(down)) if call.intervals else outcome
