"""Why a published figure is another one now: what differs between the grounds of both.

A figure stands on data, definition, target and settings, each kept as a fingerprint.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any

from kpilib.definitions import Kpi, Method
from kpilib.display import figures
from kpilib.display.numbers import Formatter
from kpilib.monthly.basis import Basis
from kpilib.monthly.ledger import Publication, close
from kpilib.objectives.goal import Goal
from kpilib.objectives.plan import goals_of
from kpilib.tables.derive import refinements, sources
from kpilib.topics.catalogue import catalogue

KEY_RESULT, OBJECTIVE = "kr_id", "objective_id"  # breakdowns by what the plan names
UNSETTLED = frozenset({"partial", "immature"})  # flags of a figure that can still change
JOINT = " | "
DIGITS = 12
# What the engine computes with; the texts may be corrected without another figure coming out.
COMPUTED = (
    "value unit better roll_up interval by passing pauses maturity_days matures_at people "
    "beside formula"
).split()
# What judges; the wording of a key result, its owner and its reviews do not.
JUDGED = "kpi by group mode baseline target start end weight thresholds path".split()


class Grounds:
    """What the figures of one run stand on.

    Parameters
    ----------
    basis : Basis
    """

    def __init__(self, basis: Basis) -> None:
        self.basis = basis
        self.goals = {goal.id: goal for goal in goals_of(basis.folder, basis.settings.currency)}
        self._tables = {
            fact["table"]: f"{fact['rows']}:{str(fact['sha256'] or '')[:DIGITS]}"
            for fact in basis.facts
        }
        self._settings = _digest((basis.folder / "company.yaml").read_text(encoding="utf-8"))
        versions = basis.versions
        python = ".".join(versions["python"].split(".")[:2])
        self._made_with = f"kpilib {versions['kpilib']} python {python}"

    def goals_for(self, breakdown: str, group: str) -> list[Goal]:
        """Return the key results that a row of the scoreboard is about."""
        if breakdown == KEY_RESULT:
            return [self.goals[group]] if group in self.goals else []
        if breakdown == OBJECTIVE:
            return [goal for goal in self.goals.values() if goal.objective.id == group]
        return []

    def stand(self, figure: Publication) -> Publication:
        """Fill in what a figure stands on."""
        goals = self.goals_for(figure.breakdown, figure.group)
        names = dict.fromkeys([figure.kpi, *(goal.kpi for goal in goals)])
        kpis = [found for name in names if (found := catalogue().get(name))]
        used = {table for kpi in kpis for table in tables_of(kpi)}
        held = [goal.on(min(self.basis.period.end_day, goal.end)) for goal in goals]
        judged = [[getattr(goal, name) for name in JUDGED] for goal in held]
        return figure._replace(
            target_unit=figure.target_unit or (goals[0].unit if len(goals) == 1 else ""),
            as_of=str(self.basis.as_of or ""),
            tables=" ".join(
                f"{table}:{fact}" for table, fact in sorted(self._tables.items()) if table in used
            ),
            definition=_digest("".join(definition(kpi.id) for kpi in kpis)) if kpis else "",
            goal=_digest(repr(judged)) if judged else "",
            settings=self._settings,
            made_with=self._made_with,
            company=self.basis.names[0],
        )

    def published(self, table: bytes, topics: set[str]) -> Iterator[Publication]:
        """Read the month's own figures of some topics from figures.csv.

        Parameters
        ----------
        table : bytes
            The joined figures of the month.
        topics : set of str
            The topics whose notebooks ran.
        """
        rows = figures.read(table)
        own = rows["topic"].isin(topics) & rows["period"].eq(self.basis.month)
        for row in rows[own].to_dict("records"):
            groups = [name for name in row if name not in (*figures.COLUMNS, "topic") and row[name]]
            details = _details(row.get("details"))
            flags = set((row.get("flags") or "").split())
            yield Publication(
                month=self.basis.month,
                topic=row["topic"],
                kpi=row["kpi"],
                breakdown=JOINT.join(groups),
                group=JOINT.join(row[name] for name in groups),
                value=number(row.get("value")),
                n=number(row.get("n")),
                unit=row.get("unit") or "",
                status=row.get("status") or "ok",
                low=number(row.get("ci_low")),
                high=number(row.get("ci_high")),
                final="no" if flags & UNSETTLED else "yes",
                verdict=str(details.get("verdict") or ""),
                measured=number(details.get("measured_value")),
                target=number(details.get("target")),
                baseline=number(details.get("baseline")),
            )


def number(given: object) -> str:
    """Write a number with twelve digits; empty when there is none."""
    try:
        found = float(given)
    except (TypeError, ValueError):
        return ""
    return format(found, f".{DIGITS}g") if abs(found) < float("inf") else ""


def tables_of(kpi: Kpi) -> set[str]:
    """Return every canonical table that a KPI reads, those it can do without included."""
    read = [(measure.table, set(measure.columns)) for measure in kpi.measures.values()]
    if isinstance(kpi.value, Method):
        named = (*kpi.value.needs.items(), *kpi.value.wants.items())
        read += [(table, set(columns.split())) for table, columns in named]
    return {
        name for table, columns in read for name in (*sources(table, columns), *refinements(table))
    }


@cache
def definition(kpi: str) -> str:
    """Return the fingerprint of how a KPI is worked out, not of how it is worded."""
    found = catalogue()[kpi]
    return _digest(repr([_plain(getattr(found, name)) for name in COMPUTED]))


def _plain(part: Any) -> Any:
    """Return a declaration as plain values that read the same in every process."""
    if is_dataclass(part):
        return type(part).__name__, [
            (field.name, _plain(getattr(part, field.name))) for field in fields(part) if field.repr
        ]
    if callable(part) and hasattr(part, "__code__"):
        closed = [_plain(cell.cell_contents) for cell in part.__closure__ or ()]
        return _code(part.__code__), closed, _plain(part.__defaults__)
    if isinstance(part, Mapping):
        return [(name, _plain(value)) for name, value in part.items()]
    if isinstance(part, (set, frozenset)):
        return sorted(map(repr, part))
    if isinstance(part, (list, tuple)):
        return [_plain(each) for each in part]
    return repr(part)


def _code(code: Any) -> Any:
    """Return what an expression of a declaration does, without where it is written."""
    inner = [_code(each) if hasattr(each, "co_code") else _plain(each) for each in code.co_consts]
    return code.co_code, code.co_names, code.co_varnames, inner


def _details(cell: str | None) -> Mapping[str, Any]:
    try:
        found = json.loads(cell or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


MOVED_WORDS = {
    "target": "target changed from {was} to {now}",
    "baseline": "baseline changed from {was} to {now}",
}
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
    moved = False
    for name, words in MOVED_WORDS.items():
        then, here = getattr(was, name), getattr(now, name)
        if not (then and here) or close(then, here):
            continue
        moved = True
        then, here = (write.value(float(each), units) for each in (then, here))
        changed = write.say(words, was=then, now=here)
        if name == "target":
            logged = _revision(was, grounds.goals_for(now.breakdown, now.group), write)
            changed += f", {logged or write.say('without a revision in objectives.yaml')}"
        yield changed
    if was.goal and not moved:
        yield write.say(
            "its key results changed in objectives.yaml"
            if now.breakdown == OBJECTIVE
            else "dates, path or thresholds of the key result changed in objectives.yaml"
        )


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
