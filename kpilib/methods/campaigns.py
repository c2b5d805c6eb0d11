"""What campaigns brought: sessions beyond an ordinary week, and margin for what they cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import hypot, sqrt

import narwhals as nw
import numpy as np
import pandas as pd

from kpilib.engine.aggregate import gather
from kpilib.engine.intervals import Z
from kpilib.engine.known import SILENT
from kpilib.engine.outcome import NO_DATA, NO_DENOMINATOR, TOO_FEW, Answer, Outcome, unknown
from kpilib.engine.slices import EVERYONE
from kpilib.measure import count, total
from kpilib.methods.call import Call
from kpilib.methods.effects import difference_in_means
from kpilib.period import Period
from kpilib.tables.buyers import in_revenue

KINDS = ("campaign", "sea", "social", "email")
LEAST_WEEKS, MOST_WEEKS, WEEK = 4, 8, 7
YEAR = timedelta(weeks=52)  # weekdays stay
CLOSE = 1e-9
SESSIONS = count("sessions")
NO_CAMPAIGN = "No campaign ran in this period."
TOO_SHORT = (
    "Fewer than 4 whole weeks are known before the campaign: its effect cannot be estimated."
)
COSTS = total("costs", lambda t: t.amount_ht, lambda t: t.scope_kind == "campaign")
NO_MARGIN = "The margin of the orders is not known: give it, or assume a gross margin."
NO_CAMPAIGN_COST = "No campaign cost is booked in this period."


@dataclass(frozen=True)
class Campaign:
    """An action that may bring visits, on its days inside one period.

    Parameters
    ----------
    name : str
        Its ``action_id``, which tagged sessions bear as ``campaign_id``.
    began : datetime.date
        The day it began, in this period or before.
    days : Period
        Its days inside the period, as far as the data goes.
    """

    name: str
    began: date
    days: Period

    def before(self, first: date | None) -> list[date]:
        """Return the days of the whole weeks before it, from the first day of the data on."""
        known = 0 if first is None else max(0, (self.began - first).days)
        weeks = min(known // WEEK, MOST_WEEKS)
        return [self.began - timedelta(days=back) for back in range(weeks * WEEK, 0, -1)]

    def during(self) -> list[date]:
        """Return its days inside the period."""
        return [self.days.start + timedelta(days=on) for on in range(self.days.days)]


@dataclass(frozen=True)
class Estimate:
    """What came on the days of a campaign, and what was to be expected on each of them.

    Parameters
    ----------
    observed, expected : mapping of datetime.date to float
        Of the same days.
    half : float or None
        Half of the 95 % interval of all gains together.
    details : mapping of str to float
    """

    observed: Mapping[date, float]
    expected: Mapping[date, float]
    half: float | None
    details: Mapping[str, float | None]

    def gain(self, day: date) -> float:
        """Return the sessions of a day beyond what was to be expected; 0 on other days."""
        return self.observed[day] - self.expected[day] if day in self.expected else 0.0


def campaign_uplift(call: Call) -> Answer:
    """Return the sessions that each campaign brought beyond those of an ordinary week.

    Ordinary is the mean of the same weekdays over the 4 to 8 whole weeks before the campaign
    began, times what the season does: how the same weekdays of the year before went on from those
    weeks, where that year is known. Days are local; one without any session is unknown, not a day
    of 0 sessions, and counts on neither side. What came on a day when several campaigns ran is
    shared among them: together they never gain more than the day did.

    Raises
    ------
    ContractError
        Another breakdown than ``action_id`` was asked.
    """
    call.only_by("action_id")
    actions = call.rows("actions", "action_id kind started_at ended_at")
    actions = actions[actions["kind"].isin(KINDS) & actions["started_at"].notna()]
    answer: Answer = {}
    for period in call.periods:
        campaigns = _running(actions, period, call.tables.as_of)
        if not campaigns:
            answer[period, EVERYONE] = unknown(NO_DATA, NO_CAMPAIGN)
            continue
        found = _estimates(call, campaigns, actions)
        known = [each for each in found.values() if isinstance(each, Estimate)]
        parts = _parts(known)
        for name, each in found.items():
            answer[period, name] = _outcome(each, parts) if isinstance(each, Estimate) else each
    return answer


def _estimates(
    call: Call, campaigns: Sequence[Campaign], actions: pd.DataFrame
) -> dict[str, Estimate | Outcome]:
    """Return what each campaign brought by itself, before days are shared among them."""
    first = call.tables.extent("sessions").first
    days = {day for each in campaigns for day in (*each.before(first), *each.during())}
    sessions = _by_day(call, days | {day - YEAR for day in days})
    tagged = _tagged(call, campaigns)
    found: dict[str, Estimate | Outcome] = {}
    for each in campaigns:
        during = {day: sessions[day] for day in each.during() if day in sessions}
        found[each.name] = estimate(
            during,
            each.before(first),
            sessions,
            attributed=tagged.get(each.name),
            weeks_before=len(each.before(first)) / WEEK,
            days_without_data=float(each.days.days - len(during)),
            changes_at_once=float(_changes(actions, each, each.before(first))),
        )
    return found


def estimate(
    during: Mapping[date, float],
    weeks: Sequence[date],
    sessions: Mapping[date, float],
    **known: float | None,
) -> Estimate | Outcome:
    """Compare the days of a campaign with the same weekdays before it, or say why it cannot be.

    Parameters
    ----------
    during : mapping of datetime.date to float
        Sessions a day.
    weeks : sequence of datetime.date
        The days of the weeks before.
    sessions : mapping of datetime.date to float
        Of these days and of a year before them, as far as they are known.
    **known : float
        What is told beside the figure.
    """
    observed = float(sum(during.values()))
    if not during:
        return unknown(NO_DATA, SILENT, details={"observed": observed, **known})
    before = {day: sessions[day] for day in weeks if day in sessions}
    usual = _usual(before, during)
    if usual is None:
        return unknown(TOO_FEW, TOO_SHORT, n=observed, details={"observed": observed, **known})
    season, error = _season(during, weeks, sessions)
    expected = {day: usual[day.weekday()] * (season or 1.0) for day in during}
    effect = difference_in_means(
        np.array([during[day] - expected[day] for day in sorted(during)]), _away(before, usual)
    )
    half = None
    if effect.interval is not None:
        welch = (effect.interval[1] - effect.interval[0]) / 2 * len(during)
        half = hypot(welch, Z * error * sum(usual[day.weekday()] for day in during))
    details = {"season": season} if season is not None else {}
    return Estimate(during, expected, half, {**known, **details})


def _usual(before: Mapping[date, float], days: Iterable[date]) -> dict[int, float] | None:
    """Return the mean of each weekday that is needed; None where one is known too seldom."""
    weekdays = defaultdict(list)
    for day, sessions in before.items():
        weekdays[day.weekday()].append(sessions)
    needed = {day.weekday() for day in days}
    if min((len(weekdays[weekday]) for weekday in needed), default=0) < LEAST_WEEKS:
        return None
    return {weekday: float(np.mean(weekdays[weekday])) for weekday in needed}


def _season(
    during: Iterable[date], weeks: Sequence[date], sessions: Mapping[date, float]
) -> tuple[float | None, float]:
    """Return how the same days went on from the same weeks a year before, and its error.

    A year is 364 days, so that weekdays stay. None where those days are not known.
    """
    then = {day - YEAR: sessions[day - YEAR] for day in during if day - YEAR in sessions}
    before = {day - YEAR: sessions[day - YEAR] for day in weeks if day - YEAR in sessions}
    usual = _usual(before, then)
    whole = sum(usual[day.weekday()] for day in then) if usual else 0.0
    if not usual or len(then) < len(list(during)) or whole <= 0:
        return None, 0.0
    season = sum(then.values()) / whole
    away = np.array([then[day] - season * usual[day.weekday()] for day in then])
    parts = [float(away @ away) / max(1, len(away) - 1) * len(away)]
    noise = _away(before, usual)
    parts.append((season * len(away)) ** 2 * float(noise @ noise) / max(1, len(noise)) ** 2)
    return season, sqrt(sum(parts)) / whole


def _parts(known: Sequence[Estimate]) -> dict[date, float]:
    """Return by day which part of each gain counts, so that together they are what was gained."""
    parts = {}
    for day in {day for each in known for day in each.expected}:
        own = [each for each in known if day in each.expected]
        gained = sum(max(0.0, each.gain(day)) for each in own)
        whole = max(0.0, max(each.gain(day) for each in own))
        parts[day] = min(1.0, whole / gained) if gained else 1.0
    return parts


def _outcome(each: Estimate, parts: Mapping[date, float]) -> Outcome:
    """Return the gain of a campaign: of a day that several share, its part."""
    observed, expected = (float(sum(part.values())) for part in (each.observed, each.expected))
    gains = {day: each.gain(day) for day in each.expected}
    gained = sum(gain * (parts[day] if gain > 0 else 1.0) for day, gain in gains.items())
    elsewhere = observed - expected - gained
    share = float(np.mean([parts[day] for day in gains]))
    half = None if each.half is None else each.half * share
    outcome = Outcome(
        value=gained,
        n=observed,
        interval=None if half is None else (gained - half, gained + half),
        interval_method="" if half is None else "welch",
        details={
            "observed": observed,
            "expected": expected,
            **({"counted_elsewhere": elsewhere} if elsewhere > CLOSE else {}),
            "relative_uplift": gained / expected if expected else None,
            **each.details,
        },
    )
    wrong = {"partial": "days_without_data", "approximate": "changes_at_once"}
    outcome = outcome.flagged(*(flag for flag, name in wrong.items() if each.details.get(name)))
    return outcome.flagged(*["approximate"] * (elsewhere > CLOSE))


def _away(days: Mapping[date, float], usual: Mapping[int, float]) -> np.ndarray:
    """Return how far each day is from the mean of its weekday; other weekdays say nothing."""
    return np.array(
        [
            sessions - usual[day.weekday()]
            for day, sessions in sorted(days.items())
            if day.weekday() in usual
        ]
    )


def _running(actions: pd.DataFrame, period: Period, until: date | None) -> list[Campaign]:
    """Return the campaigns with at least one day inside a period; one without end goes on."""
    last_known = min(period.end_day, until or period.end_day)
    found = []
    for row in actions.sort_values("action_id").to_dict("records"):
        began = pd.Timestamp(row["started_at"]).date()
        ended = last_known if pd.isna(row["ended_at"]) else pd.Timestamp(row["ended_at"]).date()
        first, last = max(began, period.start), min(ended, last_known)
        if first <= last:
            found.append(Campaign(row["action_id"], began, Period(first, last)))
    return found


def _changes(actions: pd.DataFrame, campaign: Campaign, before: list[date]) -> int:
    """Count the other campaigns that began or ended in the days compared: they are in it too."""
    others = actions[actions["action_id"] != campaign.name]
    edges = pd.concat([others["started_at"], others["ended_at"]])
    first = pd.Timestamp(before[0] if before else campaign.began)
    inside = edges.between(first, pd.Timestamp(campaign.days.end_day))
    return others.loc[edges[inside].index.unique(), "action_id"].nunique()


def _by_day(call: Call, days: set[date]) -> dict[date, float]:
    """Count the sessions of local days; a day without any is left out."""
    cells = gather(call.tables, [SESSIONS], [Period(day, day) for day in sorted(days)], None)
    found = cells[SESSIONS]
    return {
        period.start: sessions
        for (period, _), sessions in found.values.items()
        if found.rows[period]
    }


def _tagged(call: Call, campaigns: list[Campaign]) -> dict[str, float]:
    """Count the sessions that bear the name of each campaign; empty when none are named."""
    if "campaign_id" not in call.tables.columns("sessions"):
        return {}
    spans = list(dict.fromkeys(each.days for each in campaigns))
    found = gather(call.tables, [SESSIONS], spans, "campaign_id")[SESSIONS].values
    return {each.name: found.get((each.days, each.name), 0.0) for each in campaigns}


def attributed_return(call: Call) -> Answer:
    """Return (margin of the orders attributed to campaigns - cost) / cost.

    An order belongs to the campaign that brought its customer's first lead. Some of those
    customers would have come anyway, so the figure is always flagged ``approximate``.
    """
    tables, answer = call.tables, {}
    first = tables.extent("orders").first
    spent = gather(tables, [COSTS], call.periods, call.by)[COSTS].values
    names = {"customer_id", "amount_ht", "status"}
    names |= {"margin_ht"} if tables.holds("orders", {"margin_ht"}) else set()
    for period in call.periods:
        if first is None or first > period.end_day:
            continue
        rows = call.rows_of("campaign_orders", " ".join(sorted(names | {"ordered_at"})), period)
        rows = _gains(_sold(rows), tables.assumptions.gross_margin)
        booked = {group for (own, group), cost in spent.items() if own == period and cost}
        for group in sorted(booked | set(rows["group"])):
            part = rows[rows["group"] == group]
            answer[period, group] = _returned(part, spent.get((period, group), 0.0))
    return answer


def _sold(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what was paid and paid back."""
    counts = in_revenue(nw.col("status"), nw.col("amount_ht"))
    return nw.from_native(rows).filter(counts).to_native()


def _gains(rows: pd.DataFrame, assumed: float | None) -> pd.DataFrame:
    """Give each order its margin: its own, or the share of revenue that is assumed to be kept."""
    margin = rows.get("margin_ht", pd.Series(float("nan"), index=rows.index)).astype(float)
    if assumed is not None:
        margin = margin.fillna(assumed * rows["amount_ht"])
    return rows.assign(gain=margin)


def _returned(orders: pd.DataFrame, cost: float) -> Outcome:
    unpriced = float(orders["gain"].isna().sum())
    gains = orders.groupby("customer_id")["gain"].sum()
    buyers = orders.loc[orders["amount_ht"] > 0, "customer_id"].nunique()  # a refund buys nothing
    gain = float(gains.sum())
    details = {
        "gain": gain,
        "cost": cost,
        "attributed_revenue": float(orders["amount_ht"].sum()),
        "attributed_customers": float(buyers),
    }
    if unpriced:
        details["excluded_orders_without_margin"] = unpriced
    if unpriced and unpriced == len(orders):
        return unknown(NO_DATA, NO_MARGIN, details=details | {"gain": None}, denominator=cost)
    shown = {"numerator": gain - cost, "denominator": cost, "n": float(len(gains))}
    if cost <= 0:
        return unknown(NO_DENOMINATOR, NO_CAMPAIGN_COST, details=details, **shown)
    # The interval of what was gained, carried over to the return.
    drawn = Outcome(value=gain).drawn(gains.to_numpy(dtype=float))
    outcome = replace(
        drawn,
        value=(gain - cost) / cost,
        **shown,
        interval=drawn.interval and tuple((bound - cost) / cost for bound in drawn.interval),
        details=details,
    )
    return outcome.flagged("approximate", *(["excluded_rows"] if unpriced else []))
