"""What members of the community do: how much, how often, and how much of it with one another."""

from __future__ import annotations

from dataclasses import replace

import narwhals as nw
import numpy as np
import pandas as pd

from kpilib.engine.intervals import gini
from kpilib.engine.outcome import NO_DENOMINATOR, Answer, Outcome, unknown
from kpilib.engine.slices import EVERYONE
from kpilib.methods.call import Call, last_day
from kpilib.period import Period

NOBODY = "There are no members."
NOBODY_ACTIVE = "No member was active."
LEAST_RELIABLE = 1000  # members, below which a frequency of visits says little


def shares_of_days(call: Call) -> dict[Period, pd.Series]:
    """Return, per period, the share of its days on which each person was a member.

    The shares of a period add up to its average number of members.
    """
    spells = replace(call, by=None).rows("community_spells", "person_key start_at end_at")
    person, people = pd.factorize(spells["person_key"], sort=True)
    people = pd.Index(people, name="person_key")
    first, last = (
        pd.to_datetime(spells[name]).to_numpy().astype("datetime64[D]")
        for name in ("start_at", "end_at")
    )
    return {each: _shares(person, people, (first, last), each) for each in call.periods}


def _shares(person: np.ndarray, people: pd.Index, spell: tuple, period: Period) -> pd.Series:
    opens, closes = np.datetime64(period.start), np.datetime64(period.end_day)
    first, last = np.maximum(spell[0], opens), np.fmin(spell[1], closes)  # no end is after all
    days = np.maximum((last - first).astype(int) + 1, 0)
    sums = np.bincount(person, days, minlength=len(people))
    return pd.Series(sums[sums > 0] / period.days, people[sums > 0])


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


def contributions(call: Call) -> Answer:
    """Return acts other than visits per average member, silent members included.

    ``details`` hold the median member and the Gini index, as one person can make the mean, and
    how many members did something.
    """
    shares, answer = shares_of_days(call), {}
    for period in call.reached("member_acts"):
        acts, days = acts_of(call, period), shares[period]
        for group in _groups(call, acts):
            own = acts[acts["group"] == group]["actor_key"].value_counts()
            counts = own.reindex(days.index, fill_value=0).astype(float)
            details = {"contributors": float((counts > 0).sum())}
            if len(counts):
                details |= {"median_per_member": float(counts.median()), "gini": gini(counts)}
            answer[period, group] = per_member(call, counts, days, NOBODY, details)
    return answer


def visit_days(call: Call) -> Answer:
    """Return the days on which a member who came was there, any act being a visit.

    Below a thousand members the figure is flagged ``low_n``. ``details`` hold the members of an
    average day, their share of the period's, and the median member.
    """
    answer = {}
    for period in call.reached("member_acts"):
        acts = acts_of(call, period, visits=True)
        acts = acts.assign(day=local_days(call, acts))
        elapsed = last_day(call.tables, period) - period.start
        for group in _groups(call, acts):
            visits = acts[acts["group"] == group][["actor_key", "day"]].drop_duplicates()
            days = visits["actor_key"].value_counts().astype(float)
            details = {}
            if len(days):
                a_day = float(days.sum()) / (elapsed.days + 1)
                details = {
                    "members_a_day": a_day,
                    "share_a_day": a_day / len(days),
                    "median_days": float(days.median()),
                }
            ones = pd.Series(1.0, index=days.index)
            outcome = per_member(call, days, ones, NOBODY_ACTIVE, details)
            few = len(days) < LEAST_RELIABLE
            answer[period, group] = outcome.flagged("low_n") if few else outcome
    return answer


def exchanges(call: Call) -> Answer:
    """Return what active members say to one another and do together, per active member.

    Answers, mentions and quotes between two members, and participations in joint projects where
    they are recorded. ``details`` hold both parts, and the share of members who had at least one
    exchange (of active members where memberships are not known).
    """
    plain, answer = replace(call, by=None), {}
    known = "memberships" in call.tables
    shares = shares_of_days(plain) if known else {}
    for period in call.reached("member_acts"):
        active = set(acts_of(plain, period)["actor_key"])
        said = call.rows_of("member_exchanges", "ts actor_key kind", period)
        together = _together(plain, period, set(shares[period].index) if known else active)
        for group in _groups(call, said):
            own = said[said["group"] == group]["actor_key"].value_counts()
            people = pd.Index(sorted(active | set(own.index) | set(together.index)))
            up = own.reindex(people, fill_value=0)
            details = {"exchanges": float(own.sum())}
            if call.by is None and "participations" in call.tables:
                up = up + together.reindex(people, fill_value=0)
                details["collaborations"] = float(together.sum())
            down = pd.Series(people.isin(list(active)), index=people, dtype=float)
            size = float(shares[period].sum()) if known else float(len(active))
            if size:
                details["exchanging_share"] = len(own) / size
            answer[period, group] = per_member(call, up.astype(float), down, NOBODY_ACTIVE, details)
    return answer


def _together(call: Call, period: Period, members: set[str]) -> pd.Series:
    """Return in how many joint projects each member took part; empty without participations."""
    if "participations" not in call.tables:
        return pd.Series(dtype=float)
    attended = call.tables.holds("participations", {"attended"})
    columns = "activity_at activity_kind person_key" + " attended" * attended
    rows = call.rows_of("held_activities", columns, period)
    rows = rows[(rows["activity_kind"] == "collaboration") & rows["person_key"].isin(members)]
    if attended:  # who shared a project came, unless it is said that they did not
        rows = rows[~rows["attended"].eq(False).fillna(False).astype(bool)]
    return rows["person_key"].value_counts()


def _groups(call: Call, rows: pd.DataFrame) -> list[str]:
    return [EVERYONE] if call.by is None else sorted(np.unique(rows["group"]))
