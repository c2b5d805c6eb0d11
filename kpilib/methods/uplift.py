"""What a campaign brought: its sessions, less those of the same weekdays in the weeks before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from kpilib.aggregate import gather
from kpilib.errors import ContractError
from kpilib.measure import count
from kpilib.methods.call import Call
from kpilib.methods.effects import difference_in_means
from kpilib.outcome import NO_DATA, TOO_FEW, Outcome, unknown
from kpilib.period import Period
from kpilib.silence import SILENT
from kpilib.slices import EVERYONE

KINDS = ("campaign", "sea", "social", "email")
LEAST_WEEKS, MOST_WEEKS, WEEK = 4, 8, 7
SESSIONS = count("sessions")
NO_CAMPAIGN = "No campaign ran in this period."
TOO_SHORT = (
    "Fewer than 4 whole weeks are known before the campaign: its effect cannot be estimated."
)


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


def campaign_uplift(call: Call) -> dict[tuple[Period, str], Outcome]:
    """Return the sessions that each campaign brought beyond those of an ordinary week.

    Ordinary is the mean of the same weekdays over the 4 to 8 whole weeks before the campaign
    began. Days are local; one without any session is unknown, not a day of 0 sessions, and counts
    on neither side.

    Raises
    ------
    ContractError
        Another breakdown than ``action_id`` was asked.
    """
    if call.by not in (None, "action_id"):
        raise ContractError(
            [f"{call.kpi.id} is always by action_id; by={call.by!r} is not. Leave `by` out."]
        )
    actions = call.rows("actions", "action_id kind started_at ended_at")
    actions = actions[actions["kind"].isin(KINDS) & actions["started_at"].notna()]
    answer: dict[tuple[Period, str], Outcome] = {}
    for period in call.periods:
        campaigns = _running(actions, period, call.tables.as_of)
        if not campaigns:
            answer[period, EVERYONE] = unknown(NO_DATA, NO_CAMPAIGN)
            continue
        first = call.tables.extent("sessions").first
        sessions = _by_day(call, {d for c in campaigns for d in (*c.before(first), *c.during())})
        tagged = _tagged(call, campaigns)
        for each in campaigns:
            during = {day: sessions[day] for day in each.during() if day in sessions}
            before = {day: sessions[day] for day in each.before(first) if day in sessions}
            answer[period, each.name] = uplift(
                during,
                before,
                attributed=tagged.get(each.name),
                weeks_before=len(each.before(first)) / WEEK,
                days_without_data=float(each.days.days - len(during)),
                changes_at_once=float(_changes(actions, each, each.before(first))),
            )
    return answer


def uplift(
    during: Mapping[date, float], before: Mapping[date, float], **known: float | None
) -> Outcome:
    """Compare the days of a campaign with the same weekdays before it.

    Parameters
    ----------
    during, before : mapping of datetime.date to float
        Sessions a day.
    **known : float
        What is told beside the figure.

    Returns
    -------
    Outcome
        Observed minus expected sessions, with Welch's interval on the days' differences from the
        mean of their weekday.
    """
    observed = float(sum(during.values()))
    details = {"observed": observed, **known}
    if not during:
        return unknown(NO_DATA, SILENT, details=details)
    weekdays = defaultdict(list)
    for day, sessions in before.items():
        weekdays[day.weekday()].append(sessions)
    needed = {day.weekday() for day in during}
    if min(len(weekdays[weekday]) for weekday in needed) < LEAST_WEEKS:
        return unknown(TOO_FEW, TOO_SHORT, n=observed, details=details)
    usual = {weekday: float(np.mean(weekdays[weekday])) for weekday in needed}
    expected = sum(usual[day.weekday()] for day in during)
    effect = difference_in_means(_away(during, usual), _away(before, usual))
    bounds = effect.interval and tuple(bound * len(during) for bound in effect.interval)
    gained = observed - expected
    outcome = Outcome(
        value=gained,
        n=observed,
        interval=bounds,
        interval_method="welch" if bounds else "",
        details={
            "observed": observed,
            "expected": expected,
            "relative_uplift": gained / expected if expected else None,
            **known,
        },
    )
    wrong = {"partial": "days_without_data", "approximate": "changes_at_once"}
    return outcome.flagged(*(flag for flag, name in wrong.items() if known.get(name)))


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
