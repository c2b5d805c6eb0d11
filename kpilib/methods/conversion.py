"""Which active members did what the community is for: bought, came to an event, brought someone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from kpilib.engine.outcome import (
    MISSING_TABLE,
    NO_DATA,
    NO_DENOMINATOR,
    Answer,
    Outcome,
    proportion,
    unknown,
)
from kpilib.engine.slices import EVERYONE
from kpilib.errors import ContractError, listed
from kpilib.methods.call import Call
from kpilib.methods.members import NOBODY_ACTIVE, acts_of
from kpilib.period import Period
from kpilib.saying import error_of
from kpilib.tables.derive import base_of

TABLES = ("orders", "participations", "web_events")  # without one of them nothing can be done
AMOUNT = "amount_ht"
UNRECOGNISED = "Nothing that is recorded in the period can be told to be of a member."


def conversion(call: Call) -> Answer:
    """Return the share of active members who did at least one of the declared actions.

    ``purchase`` is a paid order, ``event`` an event or webinar for members that was attended,
    ``download`` a document taken from the site, ``new_member`` somebody they brought. Actions
    whose table is not there are not counted; ``details`` say how many did each of the others.

    Raises
    ------
    ContractError
        Another breakdown than ``action`` was asked.
    """
    if call.by not in (None, "action"):
        raise error_of(
            ContractError,
            "{kpi} is broken down by action, or not at all; by={by!r} is neither.",
            kpi=call.kpi.id,
            by=call.by,
        )
    plain, answer = replace(call, by=None), {}
    if not any(table in call.tables for table in TABLES):
        gone = unknown(MISSING_TABLE, f"Missing table: {listed(TABLES)}.")
        return dict.fromkeys(((period, EVERYONE) for period in call.periods), gone)
    for period in plain.reached("member_acts"):
        active = set(acts_of(plain, period)["actor_key"])
        done = {name: _done(plain, name, period, active) for name in ACTIONS}
        done = {name: people & active for name, people in done.items() if people is not None}
        if not done:
            answer[period, EVERYONE] = unknown(NO_DATA, UNRECOGNISED)
            continue
        each = {name: float(len(people)) for name, people in done.items()}
        if call.by is None:
            converted = len(set().union(*done.values()))
            answer[period, EVERYONE] = _share(converted, len(active), each)
        else:
            for name, number in each.items():
                answer[period, name] = _share(number, len(active), {})
    return answer


def _share(converted: float, active: int, details: dict[str, float]) -> Outcome:
    if not active:
        return unknown(
            NO_DENOMINATOR, NOBODY_ACTIVE, numerator=float(converted), denominator=0.0, n=0.0
        )
    return proportion(converted, active, details=details)


def _done(call: Call, action: str, period: Period, active: set[str]) -> set[str] | None:
    """Return who did one action in a period; None when that is not recorded."""
    table, columns, people = ACTIONS[action]
    source = base_of(table)
    if source not in call.tables or period not in call.reached(table):
        return None
    if not set(columns.split()) <= call.tables.columns(source):  # what is assumed tells nothing
        return None
    if action == "purchase" and AMOUNT in call.tables.columns(source):
        columns += f" {AMOUNT}"
    return people(call, call.rows_of(table, columns, period), active)


def _buyers(_call: Call, rows: pd.DataFrame, _active: set[str]) -> set[str]:
    """Who has a paid order; where amounts are told, what was given or paid back is none."""
    amounts = rows.get(AMOUNT, pd.Series(1.0, index=rows.index))
    return set(rows.loc[(rows["status"] == "paid") & (amounts > 0), "customer_id"].dropna())


def _guests(_call: Call, rows: pd.DataFrame, _active: set[str]) -> set[str]:
    kinds = rows["activity_kind"].isin(["event", "webinar"])
    came = kinds & (rows["audience"] == "member") & rows["attended"].eq(True).fillna(False)
    return set(rows.loc[came.astype(bool), "person_key"].dropna())


def _readers(call: Call, rows: pd.DataFrame, active: set[str]) -> set[str] | None:
    """A visitor of the site is a member under the same key, or by the lead that they became.

    When not one of the month's visitors is, the site does not know members: nothing is counted.
    """
    rows = rows.dropna(subset=["visitor_id"])
    person = rows["visitor_id"]
    if call.tables.holds("leads", {"visitor_id", "person_key"}):
        person = person.map(_names(call)).fillna(person)
    if not person.isin(active).any():
        return None
    return set(person[rows["event_name"] == "download"])


def _names(call: Call) -> pd.Series:
    """Return who the visitors of the site became, read once for all periods."""
    cache, key = call.tables.cache, "who visitors became"
    if key not in cache:
        leads = call.rows("leads", "visitor_id person_key").dropna()
        cache[key] = leads.drop_duplicates("visitor_id").set_index("visitor_id")["person_key"]
    return cache[key]


def _sponsors(_call: Call, rows: pd.DataFrame, _active: set[str]) -> set[str]:
    brought = rows[(rows["kind"] == "community") & (rows["referred_by"] != rows["person_key"])]
    return set(brought["referred_by"].dropna())


People = Callable[[Call, pd.DataFrame, set[str]], set[str] | None]

ACTIONS: dict[str, tuple[str, str, People]] = {
    "purchase": ("orders", "customer_id ordered_at status", _buyers),
    "event": (
        "held_activities",
        "activity_at activity_kind audience person_key attended",
        _guests,
    ),
    "download": ("web_events", "ts event_name visitor_id", _readers),
    "new_member": ("memberships", "start_at kind person_key referred_by", _sponsors),
}
