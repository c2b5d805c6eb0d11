"""The 90-9-1 split: who posts, who reacts, who watches."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from kpilib.engine.aggregate import gather
from kpilib.engine.belonging import people_of
from kpilib.engine.known import SILENT
from kpilib.engine.outcome import NO_DATA, NO_DENOMINATOR, Answer, Outcome, proportion, unknown
from kpilib.measure import belonging, follower_stock
from kpilib.methods.call import Call, last_day
from kpilib.period import Period

EXPECTED = {"creators": 0.01, "actives": 0.09, "spectators": 0.90}
CREATES = ("post", "question")  # what starts a conversation of its own
REACTS = ("reaction", "comment", "share", "answer", "quote", "mention")
DAYS = 30
MEMBERS = belonging("closing", "memberships", "person_key", lambda t: t.kind == "community")
FOLLOWERS = follower_stock("last")
MORE_THAN_ALL = "More people took part than there are followers: not all of them follow us."


def participation(call: Call) -> Answer:
    """Return the shares of creators, actives and spectators, which add up to 1.

    Members are the community's on the last day; without a membership table, the followers, and
    the figure is flagged ``approximate``. Someone who posts is a creator, whatever else they do.
    Acts are those of the last 30 days, whatever the period, as a longer time has fewer spectators.

    Raises
    ------
    ContractError
        Another breakdown than ``role`` was asked.
    """
    call.only_by("role")
    plain = replace(call, by=None)
    members, exact = _members(plain)
    people = people_of(call.tables, MEMBERS, call.periods) if exact else {}
    spans = {period: _days(call, period) for period in call.periods}
    plain = replace(plain, periods=[*dict.fromkeys(filter(None, spans.values()))])  # read together
    answer = {}
    for period, days in spans.items():
        size = members.get(period)
        if days is None:
            answer |= dict.fromkeys(((period, role) for role in EXPECTED), unknown(NO_DATA, SILENT))
            continue
        acts = _acts(plain, days, people.get(period))
        creators = set(acts.loc[acts["kind"].isin(CREATES), "actor_key"])
        actives = set(acts.loc[acts["kind"].isin(REACTS), "actor_key"]) - creators
        counts = {"creators": len(creators), "actives": len(actives)}
        for role in EXPECTED:
            answer[period, role] = _share(role, counts, size, exact)
    return answer


def _days(call: Call, period: Period) -> Period | None:
    """Return the 30 days up to the end of the period, or of the data; None before any act."""
    last = last_day(call.tables, period)
    first_act = call.tables.extent("interactions").first
    if period not in call.begun or first_act is None or first_act > last:
        return None
    return Period(last, last).ending(f"{DAYS}d")


def _acts(call: Call, days: Period, members: set[str] | None) -> pd.DataFrame:
    """Return what members did on some days; or followers, as far as it is known who they are."""
    columns = "ts actor_key kind space actor_is_brand"
    followers = members is None and call.tables.holds("interactions", {"actor_is_follower"})
    acts = call.rows_of("interactions", columns + " actor_is_follower" * followers, days)
    acts = acts[acts["space"].isin(["social", "community"]) & ~acts["actor_is_brand"].eq(True)]
    if followers:
        acts = acts[acts["actor_is_follower"].eq(True)]
    elif members is not None:
        acts = acts[acts["actor_key"].isin(members)]
    return acts.dropna(subset=["actor_key"])


def _members(call: Call) -> tuple[dict[Period, float], bool]:
    for table, measure, exact in (
        ("memberships", MEMBERS, True),
        ("social_daily", FOLLOWERS, False),
    ):
        if table in call.tables:
            cells = gather(call.tables, [measure], call.periods, None)[measure]
            found = {period: value for (period, _), value in cells.values.items() if value}
            if found:
                return found, exact
    return {}, False


def _share(role: str, counts: dict[str, int], size: float | None, exact: bool) -> Outcome:
    if size is None:
        return unknown(NO_DATA, "The number of members is not known for this period.")
    if size == 0:
        return unknown(NO_DENOMINATOR, "There are no members.", denominator=0.0)
    taking_part = sum(counts.values())
    if taking_part > size:
        return unknown(NO_DATA, MORE_THAN_ALL, denominator=float(size))
    number = counts.get(role, size - taking_part)
    details = {}
    if role == "creators":
        observed = [*counts.values(), size - taking_part]
        expected = [size * share for share in EXPECTED.values()]
        from scipy import stats

        test = stats.chisquare(observed, expected)
        details = {
            "chi_square": float(test.statistic),
            "p_value": float(test.pvalue),
            "smallest_expected": min(expected),  # below 5, the test is a rough one
        }
    outcome = proportion(number, size, details=details)
    return outcome if exact else outcome.flagged("approximate")
