"""What is wrong with one key result: its days, its slice, its path, its numbers and their units.

Rules stand one under the other, each with the key where it is said and what is to be done. Nothing
is guessed, and of what could not be read nothing more is said.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from datetime import date
from typing import Any

from kpilib.definitions import Ratio, Share
from kpilib.engine.privacy import refused
from kpilib.methods.attainment import CLOSE, HELD
from kpilib.objectives.fault_case import Broken, Case, unreadable
from kpilib.objectives.quantity import (
    NO_BASELINE,
    NO_TARGET,
    PERCENT,
    PERIODIC,
    in_own_unit,
    of_mode,
    of_unit,
    own_unit,
    per_cent,
    points,
    read,
    resolved,
    shown,
)
from kpilib.objectives.unknown_kpi import unknown_kpi
from kpilib.objectives.written import MONTH, KeyResult, Segment
from kpilib.period import Period
from kpilib.saying import say
from kpilib.tables.describing import DESCRIBING
from kpilib.yaml_file import Place

SOME_DAY = date(2000, 1, 31)  # stands in for days that are at fault themselves
FROM_BASELINE = ("from_to", "relative", "points", "absolute", "per_period_compound")
UNSIGNED = ("from_to", "maintain", "count", "binary")  # modes whose target has no sign
OF_FIGURES = ("target", "baseline", "by", "group", "segments", "path", "unit")
A_RISE = (
    "from {low} to {high} is a rise, and of {kpi} less is better. Are the two swapped? To accept a"
    " rise, write mode: maintain with the highest level that is accepted."
)
A_FALL = (
    "from {low} to {high} is a fall, and of {kpi} more is better. Are the two swapped? To accept a"
    " fall, write mode: maintain with the lowest level that is accepted."
)
END_ELSEWHERE = "the end of this month is not in {start} to {end}, the days of the key result."
DAY_ELSEWHERE = "{day} is not in {start} to {end}, the days of the key result."
TOO_MUCH = "comes to more than a computer can count. Is it meant as per cent each month?"
WHICH = "groups of what? Write by: with the breakdown, such as by: channel."


def key_result_faults(case: Case) -> Iterator[Broken]:
    """Give everything that is wrong with what a key result says."""
    yield from _days(case)
    yield from _path(case)
    yield from _slice(case)
    found = [*_measured(case), *_missing(case), *_unreadable_figures(case)]
    if case.kpi is not None:
        found += _asked(case) or _units(case)
    yield from found
    beside = all(keys[0] in ("path", "revisions") for keys, _ in found)
    if case.kpi is not None and beside and case.known("mode", "baseline", "target", "unit"):
        yield from _meaning(case)


def _days(case: Case) -> Iterator[Broken]:
    for key, day in zip(("start", "end"), case.days, strict=True):
        if day is None and key not in case.unread | case.unread_above:
            yield key, say("missing, here and in the objective. Write a day as YYYY-MM-DD.")
    if case.written.start or case.written.end:
        yield from swapped(*case.days)


def swapped(start: date | None, end: date | None) -> Iterator[Broken]:
    """Give what is wrong with days of which the last comes before the first."""
    if start is not None and end is not None and end < start:
        yield (
            "end",
            say("ends on {end}, before it starts on {start}. Swapped?", end=end, start=start),
        )


def _slice(case: Case) -> Iterator[Broken]:
    k, kpi, known = case.written, case.kpi, case.known
    if case.written.milestone:
        return  # a milestone has no slice, which is said by itself
    kpi_by = kpi.by if kpi else None
    allowed = DESCRIBING if case.breakdowns is None else case.breakdowns
    if kpi and known("by") and (why := refused(kpi, k.by, allowed)):
        yield "by", why
    if k.segments and k.group is not None:
        yield "group", say("beside segments. Keep group for one group, or segments for several.")
    for key in ("segments", "group"):
        if getattr(k, key) and k.by is None and known("by") and not kpi_by:
            yield key, say(WHICH)
    if k.by and not k.segments and k.group is None and known("segments", "group"):
        yield (
            "by",
            say("which of them? Write group: with one {by}, or segments: with several.", by=k.by),
        )
    if kpi_by and k.by is None and known("by"):
        yield (
            "by",
            say(
                "missing. {kpi} has no figure as a whole: write by: {by}, and group:.",
                kpi=k.kpi,
                by=kpi_by,
            ),
        )
    yield from _beside_segments(k)
    yield from _twice(k.segments)


def _beside_segments(k: KeyResult) -> Iterator[Broken]:
    """Give what segments have of their own, and a key result has beside them."""
    if k.segments and k.target is not None:
        yield (
            "target",
            say("beside segments, which have targets of their own. Keep one of the two."),
        )
    if k.segments and k.revisions:
        yield (
            "revisions",
            say(
                "a revision does not say which segment it changed. Write a key result for each"
                " group."
            ),
        )


def _twice(segments: Iterable[Segment]) -> Iterator[Broken]:
    """Give the groups that have two targets."""
    groups = ((("segments", n, "group"), each.group) for n, each in enumerate(segments))
    for keys, group in repeated(groups):
        yield keys, say("{group!r} has a target already. Keep one.", group=group)


def _path(case: Case) -> Iterator[Broken]:
    """Give what does not fit the days, the mode or the slice: months, revisions, thresholds."""
    k = case.written
    start, end = case.days
    whole = start is not None and end is not None
    if k.path and k.mode in HELD and case.known("mode"):
        yield (
            "path",
            say(
                "mode {mode} has no way to go: its level is the same on each day. Leave path out.",
                mode=k.mode,
            ),
        )
    if k.path and k.segments:
        yield (
            "path",
            say(
                "segments start at different levels, so one path cannot be theirs. Leave path out."
            ),
        )
    for month in k.path:
        if re.fullmatch(MONTH, month) is None:
            yield ("path", month), say("{month!r} is not a month. Write YYYY-MM.", month=month)
        elif whole and not start <= Period.parse(month).end_day <= end:
            yield ("path", month), say(END_ELSEWHERE, start=start, end=end)
    changes = [(("revisions", n, "date"), each.date) for n, each in enumerate(k.revisions)]
    for keys, day in changes:
        if whole and not start <= day <= end:
            yield keys, say(DAY_ELSEWHERE, day=day, start=start, end=end)
    for keys, day in repeated(changes):
        yield keys, say("{day} has a revision already. Keep the one that holds.", day=day)
    yield from _thresholds(k.thresholds)


def _thresholds(given: Any) -> Iterator[Broken]:
    if isinstance(given, tuple) and not (given[0] > given[1] > given[2] > 0):
        yield (
            "thresholds",
            say(
                "found {numbers}; write three numbers that fall: from which attainment it"
                " is a success, a moderate success, a moderate failure, such as [1, 0.7, 0.4].",
                numbers=", ".join(f"{each:g}" for each in given),
            ),
        )


def repeated(
    entries: Iterable[tuple[Place, Hashable]],
) -> Iterator[tuple[Place, Hashable]]:
    """Give the entries whose value one before them has."""
    seen = set()
    for keys, value in entries:
        if value in seen:
            yield keys, value
        seen.add(value)


def _measured(case: Case) -> Iterator[Broken]:
    """Give what is wrong with the KPI, and what a key result without one should not have."""
    k = case.written
    if k.kpi and case.kpi is None:
        yield ("kpi",), unknown_kpi(k.kpi, case.own)
    if k.kpi or not case.known("kpi"):
        return
    if k.mode != "binary":
        yield (
            ("kpi",),
            say(
                "missing. Which figure shows it? Write the id of a KPI (`kpilib kpis` lists them),"
                " or mode: binary for a milestone that no figure measures."
            ),
        )
    for key in OF_FIGURES if k.mode == "binary" else ():
        if getattr(k, key) not in (None, (), {}, ""):
            yield (
                (key,),
                say("a milestone without KPI is done or not. Leave this out, or name the KPI."),
            )


def _missing(case: Case) -> Iterator[Broken]:
    """Give the question after what a mode needs; which mode it is comes first."""
    k, known = case.written, case.known
    no_target = k.target is None and not k.segments
    if "mode" not in case.given and no_target:
        about = " ".join((KeyResult.model_fields["mode"].description or "").split())
        yield ("mode",), say("missing. {about}", about=about)
        yield ("target",), say(NO_TARGET)
    if not known("mode") or case.written.milestone:
        return
    if no_target and known("target", "segments"):
        yield ("target",), say(NO_TARGET)
    if k.mode not in FROM_BASELINE or k.baseline is not None or not known("baseline"):
        return
    if not k.segments:
        yield ("baseline",), say(NO_BASELINE)
    for number, each in enumerate(k.segments):
        if each.baseline is None:
            yield ("segments", number, "baseline"), say(NO_BASELINE)


def _unreadable_figures(case: Case) -> Iterator[Broken]:
    for keys, value, _ in case.figures:
        if text := unreadable(value):
            yield keys, text


def _asked(case: Case) -> list[Broken]:
    """Return the questions after targets that can be meant in several ways."""
    written, currency, days = case.written, case.currency, case.days
    targets = [each for each in case.readable if each.is_target]
    if "mode" not in case.given:  # one question after the mode, not one a segment
        return [
            (("mode", *keys[1:]), f"missing. {of_mode(written, value, currency, days)}")
            for keys, value, _ in targets[:1]
        ]
    found: list[Broken] = []
    for keys, value, _ in targets if case.known("mode") else ():
        periodic = isinstance(value, str) and PERIODIC.search(value) is not None
        signed = isinstance(value, str) and value.strip().startswith("+")
        if periodic and written.mode == "per_period_compound":
            plain = PERIODIC.sub("", str(value)).strip()
            found.append(
                (
                    keys,
                    say(
                        "the mode says already that it is each month. Write {plain!r}.", plain=plain
                    ),
                )
            )
        elif periodic or (written.mode in UNSIGNED and signed):
            found.append((keys, of_mode(written, value, currency, days)))
    return found


def _units(case: Case) -> list[Broken]:
    """Return what is wrong with units: once for all figures that take theirs from `unit`."""
    written = case.written
    if not case.known("mode", "unit"):
        return []
    found: dict[Place, str] = {}
    for keys, value, is_target in case.readable:
        try:
            if is_target and written.mode in PERCENT:
                per_cent(value, written)
            elif is_target and written.mode == "points":
                points(value, written)
            else:
                in_own_unit(written, value, case.currency)
                if text := _small(written, value):
                    found.setdefault(keys, text)
        except ValueError as error:
            text = str(error)
            if read(value)[1]:
                found.setdefault(keys, text)
                continue
            relative = is_target and written.mode in (*PERCENT, "points")
            unknown = not written.unit and not relative
            found.setdefault(("unit",), of_unit(written, value, case.currency) if unknown else text)
    return [*found.items()]


def _small(written: KeyResult, value: float | str) -> str:
    """Ask whether 0.02 beside "+15 %" is 0.02 % or 2 %: the unit there is that of the target."""
    number, word = read(value)
    per_cent_of_rate = written.mode in (*PERCENT, "points") and own_unit(written) == "rate"
    if word or not per_cent_of_rate or not 0 < abs(number) < 1:
        return ""
    return (
        f"{number:g} beside a target in {written.unit or 'per cent'} is read as {number:g} %. "
        f'Write "{number:g} %" if that is meant, "{100 * number:g} %" if it is a fraction.'
    )


def _meaning(case: Case) -> Iterator[Broken]:
    """Give what is wrong with baselines and targets, and with what goes by them."""
    k = case.written
    for number, segment in enumerate(k.segments or (None,)):
        above, found = ("segments", number) if segment else (), _levels(case, segment)
        wrong = {"target": found} if isinstance(found, str) else _way(case, *found)
        yield from (((*above, key), text) for key, text in wrong.items() if text)
    for number, each in enumerate(k.revisions if not k.segments else ()):
        found = _levels(case, None, each.was)
        if text := found if isinstance(found, str) else _outside(case, found[1]):
            yield ("revisions", number, "was"), text
    aim = _levels(case)
    for month, level in k.path.items() if not isinstance(aim, str) else ():
        if text := _month(case, month, level, aim[1]):
            yield ("path", month), text


def _levels(
    case: Case, segment: Segment | None = None, was: float | str | None = None
) -> tuple[float, float] | str:
    """Return baseline and target in the KPI's own unit; or why they come to nothing."""
    first, last = case.days if case.whole else (SOME_DAY, SOME_DAY)
    try:
        found = resolved(case.written, segment, case.currency, first, last, was)
    except ValueError as error:
        return str(error)
    except OverflowError:
        return say(TOO_MUCH)
    return found if max(map(abs, found)) < float("inf") else say(TOO_MUCH)


def _way(case: Case, baseline: float, target: float) -> dict[str, str]:
    """Return what is wrong with a baseline and its target, by key."""
    held, better = case.written.mode in HELD, case.kpi.better
    given = {"target": target} if held else {"baseline": baseline, "target": target}
    outside = {key: _outside(case, each) for key, each in given.items()}
    if held or any(outside.values()):
        return outside
    slots = {"low": case.said(baseline), "high": case.said(target)}
    if _alike(baseline, target):
        return {
            "target": say(
                "from {low} to {high} there is no way to go. To hold a level, write mode:"
                " maintain.",
                **slots,
            )
        }
    rises = target > baseline
    if better == "neutral" or rises is (better == "higher"):
        return {}
    slots["kpi"] = case.kpi.id
    return {"target": say(A_RISE, **slots) if rises else say(A_FALL, **slots)}


def _outside(case: Case, figure: float) -> str:
    """Say that a share is not between 0 and 1; a return or a growth need not be."""
    kpi = case.kpi
    shares = kpi.unit == "rate" and isinstance(kpi.value, Ratio | Share)
    leavers = kpi.interval == "poisson_rate"  # over a mean headcount: may be more than all
    if not shares or leavers or -CLOSE <= figure <= 1 + CLOSE:
        return ""
    said = shown(figure, "rate", case.currency)
    text = say("comes to {said}; {kpi} lies between 0 and 100 %.", said=said, kpi=kpi.id)
    if case.written.unit == "fraction" and 1 < figure <= 100:
        text += " " + say('For {figure:g} % write unit: "%".', figure=figure)
    return text


def _month(case: Case, month: str, level: float | str, target: float) -> str:
    """Return what is wrong with the level of a month; the last day's is the target's too."""
    try:
        wanted = in_own_unit(case.written, level, case.currency)
    except ValueError:
        return ""  # said already, of its unit
    if text := _outside(case, wanted):
        return text
    last = case.whole and re.fullmatch(MONTH, month)
    if not last or Period.parse(month).end_day != case.days[1] or _alike(wanted, target):
        return ""
    asks, aim = case.said(wanted), case.said(target)
    return say(
        "asks for {asks} by the last day, and the target for {aim}. Which is it?",
        asks=asks,
        aim=aim,
    )


def _alike(one: float, target: float) -> bool:
    return abs(one - target) <= CLOSE * max(1.0, abs(target))
