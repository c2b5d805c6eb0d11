"""How far each key result is at the end of each period, from the tables of objectives.

The arithmetic is in `kpilib.methods.attainment`; here rows become what it is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from kpilib.engine.compare import usual_move
from kpilib.errors import ContractError
from kpilib.methods.attainment import STANDARD, Aim, Reached, Thresholds, reached
from kpilib.methods.call import Call, last_day
from kpilib.period import Period

REASON_WORDS = {
    "no_checkin": "Nobody has checked in yet.",
    "no_baseline": "The key result has no baseline: nobody knows where it started.",
    "no_target": "The key result has no target.",
    "not_started": "The key result had not started.",
    "not_due": "The milestone is not due yet.",
    "no_dates": "The key result has no dates: nobody can say how far it should be.",
    "no_way": "A level to hold or a milestone has no pace.",
    "several": "Several key results do not make one: ask by='kr_id'.",
}
CHECKIN = "checkin"  # notes, incidents and revisions say something, and measure nothing


@dataclass(frozen=True, kw_only=True)
class KeyResult:
    """One key result as a table has it, and what was measured of it by a day.

    Parameters
    ----------
    name, objective, group : str
        `group` is that of the breakdown.
    aim : Aim or None
        None when it cannot be told from the row; `fault` then says why.
    counts_as : str
        What it is one of: targets for several groups of a KPI make one key result.
    full_count : bool
        Its KPI counts all there is: how far it usually moves is the doubt of its figure.
    """

    name: str
    objective: str
    group: str
    weight: float
    aim: Aim | None
    fault: str
    counts_as: str
    full_count: bool = False


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A key result at the end of a period.

    Parameters
    ----------
    day : datetime.date
        That of the last check-in; the last day of the key result once that is over.
    found : Reached or None
    reason : str
        Why there is none.
    """

    key_result: KeyResult
    day: date | None = None
    value: float | None = None
    owed_value: float | None = None
    values: tuple[float, ...] = ()
    provisional: bool = False
    found: Reached | None = None
    reason: str = ""


def progress(call: Call) -> Iterator[tuple[Period, list[Progress]]]:
    """Yield, for each period, where every key result of the table is at its end."""
    plan, checkins = list(_key_results(call)), _checkins(call)
    for period in call.begun:
        yield (
            period,
            [_at_the_end(call, each, checkins.get(each.name), period) for each in plan],
        )


def _at_the_end(call: Call, each: KeyResult, rows: pd.DataFrame | None, period: Period) -> Progress:
    """Return where a key result is at the end of a period, worked out once for all its figures."""
    cache, key = call.tables.cache, ("progress", each.name, period)
    if key not in cache:
        cache[key] = _progress(each, rows, last_day(call.tables, period), period)
    return replace(cache[key], key_result=each)  # by another breakdown it is of another group


def _progress(each: KeyResult, rows: pd.DataFrame | None, last: date, period: Period) -> Progress:
    if each.aim is None:
        return Progress(key_result=each, reason=each.fault)
    aim, end = each.aim, each.aim.end
    past = rows[rows["date"] <= min(last, end or last)] if rows is not None else None
    if past is None or past.empty:
        started = aim.start is None or aim.start <= last
        return Progress(
            key_result=each,
            reason=REASON_WORDS["no_checkin"] if started else REASON_WORDS["not_started"],
        )
    during = past[past["date"] >= aim.start] if aim.start is not None else past
    values = tuple((past if during.empty else during)["value"].tolist())
    now = past.iloc[-1]
    day = end if end is not None and last >= end else now["date"]
    bounds = (now["value_low"], now["value_high"])
    known = bounds if pd.notna(list(bounds)).all() else None
    if known is None and each.full_count:
        known = _within_its_moves(past["value"].tolist(), over=end is not None and last >= end)
    # Of a period under way; a check-in before it is as final as it will be.
    under_way = last < period.end_day and now["date"] >= period.start
    provisional = bool(now["is_provisional"]) or under_way
    owed = _known(now["expected"]) if day == now["date"] else None
    return Progress(
        key_result=each,
        day=day,
        value=values[-1],
        owed_value=owed,
        values=values,
        provisional=provisional,
        found=reached(
            aim,
            day,
            values,
            known,
            owed,
            provisional,
        ),
    )


def _within_its_moves(values: list[float], over: bool) -> tuple[float, float] | None:
    """Return a full count with its usual moves; at its end it is what it is without them, too."""
    move = usual_move(values)
    if move is None:
        return (values[-1], values[-1]) if over else None
    return values[-1] - move, values[-1] + move


def _checkins(call: Call) -> dict[str, pd.DataFrame]:
    """Return what was measured of each key result, oldest first."""
    rows = replace(call, by=None).rows("checkins", call.kpi.value.needs["checkins"])
    rows = rows[(rows["kind"] == CHECKIN) & rows["value"].notna() & rows["date"].notna()]
    rows = rows.assign(
        date=pd.to_datetime(rows["date"]).dt.date,
        is_provisional=rows["is_provisional"].eq(True),
    )
    return {name: part for name, part in rows.sort_values("date").groupby("kr_id")}


def _key_results(call: Call) -> Iterator[KeyResult]:
    columns = call.kpi.value.needs["key_results"]
    columns += " kpi_id" * call.tables.holds("key_results", {"kpi_id"})
    rows = call.rows("key_results", columns)
    if call.by not in (None, "kr_id"):  # of another table: a join keeps no order
        rows = rows.sort_values(["group", "kr_id"], ignore_index=True)
    days = _days_of_objectives(call)
    faults = []
    for row in rows.to_dict("records"):
        own = days.get(row["objective_id"], (None, None))
        start, end = (_day(row[name]) or own[place] for place, name in enumerate(("start", "end")))
        try:
            aim, fault = _aim(row, start, end)
        except ValueError as error:
            faults.append(f"{call.tables.origin('key_results')}: {row['kr_id']}: {error}")
            continue
        weight = _known(row["weight"])
        group = row["slice"].partition("=")[2] if isinstance(row["slice"], str) else ""
        yield KeyResult(
            name=row["kr_id"],
            objective=row["objective_id"] if isinstance(row["objective_id"], str) else "",
            group=row["group"],
            weight=1.0 if weight is None else weight,
            aim=aim,
            fault=fault,
            counts_as=row["kr_id"].removesuffix(f".{group}") if group else row["kr_id"],
            full_count=_full_count(call, row.get("kpi_id")),
        )
    if faults:
        raise ContractError(faults)


def _days_of_objectives(call: Call) -> dict[str, tuple[date | None, date | None]]:
    """Return first and last day of each objective, where that table is there."""
    if "objectives" not in call.tables or "objectives" not in call.kpi.value.wants:
        return {}
    rows = replace(call, by=None).rows("objectives", call.kpi.value.wants["objectives"])
    return {
        row["objective_id"]: (_day(row["start"]), _day(row["end"]))
        for row in rows.to_dict("records")
    }


def _aim(row: dict[str, Any], start: date | None, end: date | None) -> tuple[Aim | None, str]:
    mode, low, target = row["mode"], _known(row["baseline"]), _known(row["target"])
    if target is None and mode != "binary":
        return None, REASON_WORDS["no_target"]
    target = 1.0 if target is None else target
    if mode == "maintain":
        low = target
    elif mode in ("binary", "count"):
        low = 0.0 if low is None else low
    if low is None:
        return None, REASON_WORDS["no_baseline"]
    if low == target and mode != "binary":  # no way to cover: a level to be held
        mode = "maintain"
    better = row["direction"] if isinstance(row["direction"], str) else None
    thresholds = _thresholds(row["thresholds"])
    return Aim(
        mode=mode,
        baseline=low,
        target=target,
        start=start,
        end=end,
        better=better or ("lower" if target < low else "higher"),
        thresholds=thresholds,
    ), ""


def _full_count(call: Call, kpi: Any) -> bool:
    found = call.definitions.get(kpi) if isinstance(kpi, str) else None
    return found is not None and found.full_count


def _thresholds(written: Any) -> Thresholds:
    """Return three falling numbers, written as a list or with semicolons between them."""
    if isinstance(written, str):
        written = [part for part in written.strip("[]() ").replace(",", ";").split(";") if part]
    if written is None or isinstance(written, float) or not len(written):
        return STANDARD
    try:
        found = tuple(float(part) for part in written)
    except (TypeError, ValueError):
        found = ()
    if len(found) != 3 or not found[0] > found[1] > found[2]:
        raise ValueError(
            f"thresholds are {list(written)}; write three falling numbers, such as 1; 0.7; 0.4."
        )
    return found


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
