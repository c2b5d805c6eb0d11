"""What was published otherwise than it is now: was, is and why, for the index and the pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from kpilib.display.numbers import Formatter
from kpilib.display.words import shorten
from kpilib.language import LANGUAGES
from kpilib.monthly.basis import Basis
from kpilib.monthly.layout import fill
from kpilib.monthly.ledger import (
    KEY,
    NOW,
    WITHDRAWN,
    Publication,
    changed,
    of_month,
    publications,
    record,
    seal,
    withheld,
)
from kpilib.monthly.why import JOINT, KEY_RESULT, OBJECTIVE, Grounds, why
from kpilib.show.standing_words import STATE_WORDS
from kpilib.topics.catalogue import catalogue

MARK = b"<!-- restated -->"  # where a page has room for its notice
TOPICS = b"<!-- topics -->"  # and for the bar of the period's pages
MOST_LISTED = 300
MONDAY_TO_SUNDAY = tuple("1234567")  # as figures.csv writes them
VERDICT = "verdict"
GOAL_WORDS = {"measured": "{value} reached", "target": "target {value}"}


class Restatement(NamedTuple):
    """A figure that is another one than was published.

    Parameters
    ----------
    was : Publication
        The first that differs from what is published now; a final one before those that were not.
    now : Publication
    publications : int
        How often it was published in all.
    """

    was: Publication
    now: Publication
    publications: int


def restatements(ledger: pd.DataFrame, month: str) -> list[Restatement]:
    """Return the figures of a month that were published otherwise, in the ledger's order."""
    times = of_month(ledger, month).groupby(KEY, sort=False).size().rename("times").reset_index()
    final_first = changed(ledger, month).sort_values(
        "final", key=lambda final: final.ne("yes"), kind="stable"
    )
    found = times.merge(final_first.drop_duplicates(KEY), on=KEY)
    both = publications(found), publications(found, NOW), found["times"]
    return list(map(Restatement, *both))


def described(found: Iterable[Restatement], grounds: Grounds) -> dict[str, Any]:
    """Put restatements into the words of every language: what run.json keeps for the index.

    Parameters
    ----------
    found : iterable of Restatement
    grounds : Grounds

    Returns
    -------
    dict
        ``count``, ``topics`` (how many each) and ``lines``, a list by language: verdicts first,
        then KPIs with a target, other KPIs, and groups; what was not final then comes last.
    """
    headline = {goal.kpi for goal in grounds.goals.values() if goal.by is None}

    def rank(each: Restatement) -> tuple[bool, ...]:
        judged = bool(each.was.verdict or each.now.verdict)
        aimed = not each.now.group and each.now.kpi in headline
        return each.was.final == "no", not judged, not aimed, bool(each.now.group)

    ordered = sorted(found, key=rank)
    basis = grounds.basis
    return {
        "count": len(ordered),
        "topics": dict(Counter(each.now.topic for each in ordered)),
        "lines": {
            lang: [_line(each, grounds, basis.formatter(lang)) for each in ordered[:MOST_LISTED]]
            for lang in LANGUAGES
        },
    }


def recorded(
    basis: Basis, ledger: pd.DataFrame, table: bytes, topics: set[str]
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Record what a run publishes and tell what it restates.

    Parameters
    ----------
    basis : Basis
    ledger : pandas.DataFrame
        As it was before.
    table : bytes
        The month's figures.csv.
    topics : set of str
        Those that the run publishes or takes off.

    Returns
    -------
    tuple of ledger and dict
        The ledger with what came to it, and what run.json keeps: ``restated`` and ``ledger``.
    """
    grounds = Grounds(basis)
    now = grounds.published(table, topics)
    ledger = record(ledger, basis.month, topics, now, grounds.stand)
    ledger = withheld(ledger, basis.month, lambda was, now: tells_of_few(was, now, grounds))
    month = of_month(ledger, basis.month)
    found = described(restatements(ledger, basis.month), grounds)
    found["topics"] = dict.fromkeys(sorted(topics), 0) | found["topics"]
    return ledger, {"restated": found, "ledger": seal(month)}


def completed(page: bytes, count: int, topics: Sequence[tuple[str, str, bool]], lang: str) -> bytes:
    """Return the page of a topic with what is known once all of them are made.

    Parameters
    ----------
    page : bytes
    count : int
        How many of its figures were restated.
    topics : sequence of tuple
        Name and address of each page of the period, and whether it is this one.
    lang : str
    """
    said = fill("restated.html.j2", lang, count=count).strip().encode() if count else b""
    bar = fill("topics.html.j2", lang, topics=topics).strip().encode()
    return page.replace(MARK, said, 1).replace(TOPICS, bar, 1)


def _line(each: Restatement, grounds: Grounds, write: Formatter) -> dict[str, Any]:
    was, now = each.was, each.now
    emptied = was.status == "ok" and not was.value and not was.verdict
    hidden = emptied or tells_of_few(was, now, grounds)
    before, after = _told(was, now, write), _told(now, was, write)
    causes = why(was, now, grounds, write)
    if before == after:
        causes.insert(0, write.say("differs in digits that are not shown"))
    return {
        "topic": now.topic,
        "figure": _name(now, grounds, write),
        "was": write.say("not repeated here, to protect a small group") if hidden else before,
        "now": after,
        "then": _day(was, write),
        "as_of": _day(now, write) if now.as_of != was.as_of else "",
        "why": causes,
        "publications": each.publications,
    }


def _day(each: Publication, write: Formatter) -> str:
    return write.day(date.fromisoformat(each.as_of)) if each.as_of else write.say("unknown")


def tells_of_few(was: Publication, now: Publication, grounds: Grounds) -> bool:
    """Whether both figures together tell of the few people who came or went between them.

    Of a figure that protects people the number is printed to the nearest five: the same one, or
    one that is next to it, may hide somebody who asked to be erased.
    """
    goals = grounds.goals_for(now.breakdown, now.group)
    names = (now.kpi, *(goal.kpi for goal in goals))
    kpis = [kpi for name in names if (kpi := catalogue().get(name))]
    apart = abs(float(was.n) - float(now.n)) if was.n and now.n else 0.0
    if now.status == "suppressed":
        return True
    if any(kpi.protects for kpi in kpis):
        return apart <= grounds.basis.settings.privacy.minimum_group
    if not any(kpi.people and kpi.unit != "people" for kpi in kpis):
        return False
    return 0 < apart < grounds.basis.settings.privacy.minimum_group


def _told(each: Publication, other: Publication, write: Formatter) -> str:
    """Write what a publication said: the value, or the verdict with its target, or why neither."""
    if each.status == WITHDRAWN:
        return write.say("no longer published")
    if not each.verdict and (each.status != "ok" or not each.value):
        bounds = {"ci_low": number_of(each.low), "ci_high": number_of(each.high)}
        return write.missing({"status": each.status, "unit": each.unit, "reason": "", **bounds})
    said = []
    if each.value and each.kpi != VERDICT:
        said.append(write.value(float(each.value), each.unit, against=number_of(other.value)))
    if each.verdict:
        said.append(write.say(STATE_WORDS.get(each.verdict, each.verdict)))
    for name in GOAL_WORDS if each.verdict or each.target else ():
        own, others = getattr(each, name), getattr(other, name)
        if own and each.target_unit != "done":
            value = write.value(float(own), each.target_unit, against=number_of(others))
            said.append(write.say(GOAL_WORDS[name], value=value))
    return ", ".join(said)


def number_of(cell: str) -> float | None:
    """Read a number of the ledger; None when there is none."""
    return float(cell) if cell else None


def _name(each: Publication, grounds: Grounds, write: Formatter) -> str:
    """Return what a reader calls a figure."""
    kpi = catalogue().get(each.kpi)
    label = write.say(kpi.label) if kpi else each.kpi
    if not each.group:
        return label
    goals = grounds.goals_for(each.breakdown, each.group)
    if goals and each.breakdown == OBJECTIVE:
        return write.pair(label, goals[0].objective.statement.in_language(write.lang))
    if goals and each.breakdown == KEY_RESULT:
        goal = goals[0]
        measured = catalogue().get(goal.kpi)
        named = goal.key_result.label.in_language(write.lang)
        named = named or (write.say(measured.label) if measured else goal.id)
        if goal.group:
            named = write.pair(named, write.group(goal.by, goal.group))
        return write.pair(label, named)
    columns, groups = each.breakdown.split(JOINT), each.group.split(JOINT)
    if len(columns) != len(groups):  # a name that holds the sign that joins
        columns, groups = [""], [each.group]
    names = [_group(*part, write) for part in zip(columns, groups, strict=True)]
    return write.pair(label, ", ".join(reversed(names)))


def _group(column: str, group: str, write: Formatter) -> str:
    if column == "weekday" and group in MONDAY_TO_SUNDAY:
        return write.weekday(MONDAY_TO_SUNDAY.index(group))
    if column == "hour" and group.isdecimal():
        return write.value(float(group), "hours")
    return shorten(write.group(column, group.removeprefix("'")))
