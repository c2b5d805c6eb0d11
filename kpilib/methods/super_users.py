"""The few who carry a community: how much of it rests on them, and who they are."""

from __future__ import annotations

from dataclasses import replace
from math import floor

import pandas as pd

from kpilib.definitions import Kpi
from kpilib.engine.intervals import gini
from kpilib.engine.outcome import NO_DENOMINATOR, Answer, Outcome, unknown
from kpilib.engine.slices import EVERYONE
from kpilib.methods.call import Call
from kpilib.methods.members import acts_of, shares_of_days
from kpilib.period import Period
from kpilib.tables.store import Tables

DEPENDENCE = 0.30  # above this share, the community depends on a few people
NOTHING_DONE = "Nobody contributed in the period."


def super_users(call: Call) -> Answer:
    """Return the share of all weighted contributions that super-users made.

    Super-users are the first `super_user_share` of the members (at least one person, whoever ties
    with the last one too) with at least `super_user_acts` contributions; what each kind of act is
    worth is in `contribution_weights`. ``details`` hold how many they are, the Gini index over
    all members, and ``warning_dependence`` when the share passes 30 %. Nobody is named: see
    `super_user_list`. A breakdown is refused (`ContractError`).
    """
    call.only_whole()
    answer = {}
    for period, people in _contributors(call).items():
        total = float(people["contributions"].sum())
        if total <= 0:
            answer[period, EVERYONE] = unknown(
                NO_DENOMINATOR, NOTHING_DONE, numerator=0.0, denominator=0.0, n=float(len(people))
            )
            continue
        chosen = people[people["is_super_user"]]
        share = float(chosen["contributions"].sum()) / total
        contributors = int((people["contributions"] > 0).sum())
        few = len(chosen) == 1 or 2 * len(chosen) <= contributors  # not everybody, who all tie
        answer[period, EVERYONE] = Outcome(
            value=share,
            numerator=float(chosen["contributions"].sum()),
            denominator=total,
            n=float(len(people)),
            details={
                "super_users": float(len(chosen)),
                "gini": gini(people["contributions"]),
                "contributors": float(contributors),
                "largest_share": float(people["contributions"].max()) / total,
                "warning_dependence": float(few and share > DEPENDENCE),
            },
        )
    return answer


def super_user_list(tables: Tables, kpi: Kpi, period: str | Period) -> pd.DataFrame:
    """Return who the super-users of a period are, for whoever runs the community.

    No page and no figure names them. It is asked for by hand, to thank them, to offer them a
    role, and to see who does too much: ``data.tables`` of an open company is what it takes.

    Parameters
    ----------
    tables : Tables
    kpi : Kpi
        The one that tells how much rests on them.
    period : str or Period

    Returns
    -------
    pandas.DataFrame
        One row a person, the first contributor first: ``person_key``, ``contributions``
        (weighted), ``acts``, ``share`` of all contributions, ``contributions_before`` in the
        previous period and ``change``.
    """
    asked = Period.parse(period)
    call = Call(tables=tables, kpi=kpi, periods=[asked, asked.previous()], by=None)
    found = _contributors(call)
    names = ["person_key", "contributions", "acts", "share", "contributions_before", "change"]
    if asked not in found:
        return pd.DataFrame(columns=names)
    people = found[asked]
    total = people["contributions"].sum()
    before = found.get(asked.previous())
    then = people.index.map(before["contributions"]) if before is not None else float("nan")
    people = people.assign(share=people["contributions"] / total, contributions_before=then)
    people["change"] = people["contributions"] - people["contributions_before"]
    chosen = people[people["is_super_user"]].rename_axis("person_key").reset_index()
    return chosen.sort_values(["contributions", "person_key"], ascending=[False, True])[
        names
    ].reset_index(drop=True)


def _contributors(call: Call) -> dict[Period, pd.DataFrame]:
    """Return, per period, what each member contributed, the silent ones included."""
    known = "memberships" in call.tables
    shares = shares_of_days(call) if known else {}
    found = {}
    for period in call.reached("member_acts"):
        acts = acts_of(replace(call, by=None), period, visits=True)
        members = shares[period].index if known else pd.Index(acts["actor_key"].unique())
        found[period] = _ranked(acts, members, call.tables.assumptions)
    return found


def _ranked(acts: pd.DataFrame, members: pd.Index, assumptions) -> pd.DataFrame:
    worth = acts["kind"].map(assumptions.contribution_weights).fillna(0.0).astype(float)
    counted = acts.assign(worth=worth)[worth > 0].groupby("actor_key")["worth"]
    people = pd.DataFrame({"contributions": counted.sum(), "acts": counted.size()})
    people = people.reindex(members, fill_value=0).astype(float)
    ranked = people["contributions"].sort_values(ascending=False)
    # A share of a whole number of people may come out a hair below it.
    first = max(1, floor(assumptions.super_user_share * len(people) + 1e-9))
    cut = ranked.iloc[min(first, len(ranked)) - 1] if len(ranked) else 0.0
    enough = people["acts"] >= assumptions.super_user_acts
    chosen = (people["contributions"] >= cut) & (people["contributions"] > 0) & enough
    return people.assign(is_super_user=chosen)
