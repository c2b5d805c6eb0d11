"""Why a published figure is another one now: what differs between the grounds of both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kpilib.display.numbers import Formatter
from kpilib.engine.catalogue import catalogue
from kpilib.monthly.grounds import OBJECTIVE, Grounds
from kpilib.monthly.ledger import Publication, close
from kpilib.objectives.goal import Goal

ROW_WORDS = {
    "one more": "{table}: one row more",
    "more": "{table}: {count} rows more",
    "one fewer": "{table}: one row fewer",
    "fewer": "{table}: {count} rows fewer",
    "changed": "{table}: as many rows, other content",
    "new": "{table}: was not there",
    "gone": "{table}: is no longer there",
}


def why(was: Publication, now: Publication, grounds: Grounds, write: Formatter) -> list[str]:
    """Say why a figure is another one, as far as it can be known; several causes may hold.

    Parameters
    ----------
    was, now : Publication
    grounds : Grounds
        Of the run: its key results tell which changes of a target were logged.
    write : Formatter

    Returns
    -------
    list of str
        Clauses, the target first; one that says so when no cause is known.
    """
    found = [
        *_target(was, now, grounds, write),
        *_data(was, now, write),
        *_program(was, now, write),
    ]
    if was.final == "no":
        found.append(write.say("it was not final when it was published"))
    return found or [
        write.say("cause unknown: data, target, definition and settings are the same as then")
    ]


def _target(
    was: Publication, now: Publication, grounds: Grounds, write: Formatter
) -> Iterator[str]:
    if was.goal == now.goal and close(was.target, now.target):
        return
    if not now.goal:
        if was.goal:
            yield write.say("the key result is no longer in objectives.yaml")
        return
    units = now.target_unit or was.target_unit
    moved = [
        name
        for name in ("target", "baseline")
        if getattr(was, name) and getattr(now, name) and not close(*_both(was, now, name))
    ]
    slots = {
        name: [write.value(float(each), units) for each in _both(was, now, name)] for name in moved
    }
    if "target" in moved:
        then, here = slots["target"]
        logged = _revision(was, grounds.goals_for(now.breakdown, now.group), write)
        changed = write.say("target changed from {was} to {now}", was=then, now=here)
        yield f"{changed}, {logged or write.say('without a revision in objectives.yaml')}"
    if "baseline" in moved:
        then, here = slots["baseline"]
        yield write.say("baseline changed from {was} to {now}", was=then, now=here)
    if not moved and was.goal and now.breakdown == OBJECTIVE:
        yield write.say("its key results changed in objectives.yaml")
    elif not moved and was.goal:
        yield write.say("dates, path or thresholds of the key result changed in objectives.yaml")


def _both(was: Publication, now: Publication, name: str) -> tuple[str, str]:
    return getattr(was, name), getattr(now, name)


def _revision(was: Publication, goals: list[Goal], write: Formatter) -> str:
    """Say when and why a target was revised, when that was logged."""
    for goal in goals if len(goals) == 1 else ():
        revisions = sorted(goal.key_result.revisions, key=lambda each: each.date)
        for (day, target), revision in zip(goal.was, revisions, strict=False):
            if close(was.target, repr(target)):
                reason = revision.why.in_language(write.lang)
                return write.say("revised on {day}: {reason}", day=write.day(day), reason=reason)
    return ""


def _data(was: Publication, now: Publication, write: Formatter) -> Iterator[str]:
    before, after = _tables(was), _tables(now)
    for table in sorted(before | after):
        if before.get(table) != after.get(table):
            yield _rows(table, before.get(table), after.get(table), write)
    if was.tables != now.tables and was.as_of != now.as_of and was.as_of and now.as_of:
        days = [write.day(date.fromisoformat(each.as_of)) for each in (was, now)]
        yield write.say("data up to {was} then, up to {now} now", was=days[0], now=days[1])
    kpi = catalogue().get(now.kpi)
    # Of people, how many came or went beside how the figure moved would tell of each of them.
    counted = all(close(each.n, each.value) for each in (was, now))  # the figure says it itself
    if was.n and now.n and not (close(was.n, now.n) or counted or (kpi and kpi.people)):
        counts = [write.count(float(each.n)) for each in (was, now)]
        yield write.say("based on {now} cases instead of {was}", was=counts[0], now=counts[1])


def _tables(each: Publication) -> dict[str, tuple[int, str]]:
    """Read rows and fingerprint of every table."""
    parts = [part.split(":") for part in each.tables.split()]
    return {table: (int(rows), digest) for table, rows, digest in parts}


def _rows(
    table: str, before: tuple[int, str] | None, after: tuple[int, str] | None, write: Formatter
) -> str:
    if before is None or after is None:
        kind, more = "new" if after else "gone", 0
    else:
        more = after[0] - before[0]
        kind = "more" if more > 0 else "fewer" if more else "changed"
        kind = f"one {kind}" if abs(more) == 1 else kind
    slots = {"count": write.count(abs(more))} if kind in ("more", "fewer") else {}
    return write.say(ROW_WORDS[kind], table=table, **slots)


def _program(was: Publication, now: Publication, write: Formatter) -> Iterator[str]:
    (_, version, *python), (_, newer, *other) = was.made_with.split(), now.made_with.split()
    # The fingerprint of a definition depends on Python too: of two versions it tells nothing.
    if python == other and was.definition != now.definition:
        yield write.say("its definition changed")
    if version != newer:
        yield write.say("worked out by kpilib {now} instead of {was}", was=version, now=newer)
    if was.settings != now.settings:
        yield write.say("company.yaml changed")
