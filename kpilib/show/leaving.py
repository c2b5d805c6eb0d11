"""The team that people leave: which, since when and why, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pandas as pd

from kpilib.company import Company
from kpilib.definitions import Kpi
from kpilib.display.numbers import known, reader
from kpilib.engine.outcome import OK
from kpilib.engine.outstanding import adjusted, of_events, risen_since
from kpilib.errors import ContractError, ParameterError, UnknownName
from kpilib.period import Period
from kpilib.show.findings import Story, capital, capital_off, is_true
from kpilib.show.sentences import group_name
from kpilib.tables.contract import UNKNOWN

EXITS, RESIGNATIONS, SURVEY = "turnover_rate", "voluntary_turnover_rate", "engagement_survey_score"
TEAM, DIMENSION = "team", "dimension"
YEAR, BEFORE = "12m", "24m"  # a month has too few exits; a rise needs the time before it
MOST = 2  # dimensions that fell alike; of more none fell most
CLEARLY = 0.9  # of the exits, as rounded: more than half of five and more are then resignations


def leaving(company: Company, kpis: Sequence[Kpi], period: Period) -> Story | None:
    """Return what to say of the team that people leave more than the others, beyond chance.

    Exits of twelve months are compared between the teams that are shown, given their number and
    the time that people were there, by the exact test, adjusted (Holm). Reasons are said of five
    people and more, and never by number; what fell in the survey is of all, whose dimensions are
    shown.

    Parameters
    ----------
    company : Company
    kpis : sequence of Kpi
        Of the page: without turnover there is nothing to say.
    period : Period
    """
    ids = {each.id for each in kpis}
    if EXITS not in ids or company.as_of is None or company.as_of < period.start:
        return None
    period = period.elapsed((company.as_of - period.start).days + 1)  # twelve months that were
    try:
        asked = [each for each in (EXITS, RESIGNATIONS) if each in ids]
        rows = company.over(asked, [period.ending(YEAR)], by=TEAM)
    except (ContractError, ParameterError, UnknownName):  # no teams here
        return None
    team = most_left(rows[rows["kpi"].eq(EXITS)])
    if team is None:
        return None
    own = rows[rows[TEAM].eq(team)].set_index("kpi")
    why = (
        reason(own),
        fell(survey(company, period) if SURVEY in ids else None),
    )
    return told(team, own.loc[EXITS, "numerator"], since(company, team, period), why)


def most_left(rows: pd.DataFrame) -> str | None:
    """Return the team whose rate of exits is above the others' beyond chance, if there is one.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of one period, by team.
    """
    shown = rows[rows["status"].eq(OK) & rows[TEAM].ne(UNKNOWN)]
    events, time = (shown[name].to_numpy(float) for name in ("numerator", "denominator"))
    if len(shown) < 2 or not events.sum():
        return None
    clear, _ = adjusted(of_events(events, time))
    above = shown["value"].to_numpy(float) > events.sum() / time.sum()
    found = shown[clear & above]
    return None if found.empty else found.loc[found["value"].astype(float).idxmax(), TEAM]


def since(company: Company, team: str, period: Period) -> str | None:
    """Return the month from which a team's exits are more frequent, where that is beyond chance.

    Only of months in which the team is shown.
    """
    months = period.ending(BEFORE).months()
    rows = company.over(EXITS, months, by=TEAM)
    own = rows[rows[TEAM].eq(team)].set_index("period")
    if len(own) < len(months) or own["status"].ne(OK).any():
        return None
    place = risen_since(own["numerator"], own["denominator"])
    return None if place is None else own.index[place]


def reason(own: pd.DataFrame) -> str:
    """Say that most of those who left a team resigned; empty where that is not sure.

    Parameters
    ----------
    own : pandas.DataFrame
        Rows of both kinds of exits of one team, by KPI; in print resignations are rounded.
    """
    if RESIGNATIONS not in own.index or own.loc[RESIGNATIONS, "status"] != OK:
        return ""
    share = own.loc[RESIGNATIONS, "value"] / own.loc[EXITS, "value"]
    return reader().say("most of them by resignation") if share >= CLEARLY else ""


def survey(company: Company, period: Period) -> pd.DataFrame | None:
    """Return the dimensions of the last wave within a year, compared with the year before."""
    months = period.ending(YEAR).months()
    with suppress(ContractError, ParameterError, UnknownName):
        past = company.over(SURVEY, months)
        held = past.loc[past["status"].eq(OK), "period"]
        if len(held):
            return company.evaluate(SURVEY, held.iloc[-1], by=DIMENSION, compare=["year_before"])
    return None


def fell(rows: pd.DataFrame | None) -> str:
    """Say which dimension of the survey of all fell most in a year, beyond chance.

    Empty where none did, and where more than two fell alike.
    """
    if rows is None or "delta_year_before" not in rows:
        return ""
    clear = rows["within_noise_year_before"].map(lambda said: known(said) and not is_true(said))
    down = rows[rows["status"].eq(OK) & clear & rows["delta_year_before"].lt(0)]
    most = down[down["delta_year_before"] <= down["delta_year_before"].min() + 1e-9]
    if not 0 < len(most) <= MOST:
        return ""
    write = reader()
    names = [group_name(DIMENSION, each).lower() for each in most[DIMENSION]]
    if len(names) == 1:
        return write.say("in the survey of all, {name} fell most in a year", name=names[0])
    return write.say(
        "in the survey of all, {first} and {second} fell most in a year",
        first=names[0],
        second=names[1],
    )


def told(team: str, exits: float, month: str | None, why: Sequence[str]) -> Story:
    """Say it: the team, since when, how many, and why where that may be told."""
    write = reader()
    slots = {
        "team": capital_off(group_name(TEAM, team)),
        "count": write.count(exits),
    }
    if month is None:
        said = write.say("{team} is losing people: {count} left in twelve months", **slots)
    else:
        said = write.say(
            "Since {month} {team} has been losing people: {count} left in twelve months",
            month=write.month(month),
            **slots,
        )
    resigned, survey_fell = why
    if resigned:
        said = write.say("{first}, {second}", first=said, second=resigned)
    if survey_fell:
        said = write.say("{first}; {second}", first=said, second=survey_fell)
    title = write.say("{team} is losing people", team=slots["team"])
    return Story((EXITS,), capital(said) + ".", capital(title))
