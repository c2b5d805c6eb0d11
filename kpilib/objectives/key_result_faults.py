"""What is wrong with one key result: its slice, its days, and above all its numbers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date

from kpilib.engine.catalogue import catalogue
from kpilib.engine.privacy import DESCRIBING, refused
from kpilib.errors import nearest
from kpilib.objectives.draft import Draft, Fault
from kpilib.objectives.goal import (
    HELD,
    NO_BASELINE,
    NO_TARGET,
    PERCENT,
    days_of,
    in_own_unit,
    own_unit,
    per_cent,
    points,
)
from kpilib.objectives.quantity import read
from kpilib.objectives.questions import PERIODIC, meaning_faults, of_mode, of_unit
from kpilib.objectives.written import MONTH, KeyResult
from kpilib.period import Period

BREAKDOWN = "Write by: with the breakdown, such as by: channel."


def breakdown_faults(draft: Draft, breakdowns: Collection[str] | None) -> Iterator[Fault]:
    """Give why the groups of a key result may not be told apart.

    Parameters
    ----------
    draft : Draft
        A key result.
    breakdowns : collection of str or None
        Columns describing a person that the company allows; None when that is asked elsewhere.
    """
    kpi = catalogue().get(draft.part.kpi)
    if kpi is None or not draft.known("by"):
        return
    text = refused(kpi, draft.part.by, DESCRIBING if breakdowns is None else breakdowns)
    if text:
        yield Fault(draft.at("by"), text)


def slice_faults(draft: Draft) -> Iterator[Fault]:
    """Give everything that is wrong with the slice that a key result is about.

    Parameters
    ----------
    draft : Draft
        A key result.
    """
    written: KeyResult = draft.part
    kpi = catalogue().get(written.kpi)
    if written.mode == "binary" and not written.kpi:
        return  # a milestone has no slice, which is said by itself
    kpi_by = kpi.by if kpi else None
    if written.segments and written.group is not None:
        text = "beside segments. Keep group for one group, or segments for several."
        yield Fault(draft.at("group"), text)
    for key in ("segments", "group"):
        if getattr(written, key) and written.by is None and draft.known("by") and not kpi_by:
            yield Fault(draft.at(key), f"groups of what? {BREAKDOWN}")
    if written.by and not written.segments and written.group is None:
        if draft.known("segments", "group"):
            text = f"which of them? Write group: with one {written.by}, or segments: with several."
            yield Fault(draft.at("by"), text)
    if kpi_by and written.by is None and draft.known("by"):
        text = f"missing. {written.kpi} has no figure as a whole: write by: {kpi_by}, and group:."
        yield Fault(draft.at("by"), text)
    if written.segments and written.target is not None:
        text = "beside segments, which have targets of their own. Keep one of the two."
        yield Fault(draft.at("target"), text)
    if written.segments and written.revisions:
        text = (
            "a revision does not say which segment it changed. Write a key result for each group."
        )
        yield Fault(draft.at("revisions"), text)
    seen = set()
    for number, each in enumerate(written.segments):
        if each.group in seen:
            text = f"{each.group!r} has a target already. Keep one."
            yield Fault(draft.at("segments", number, "group"), text)
        seen.add(each.group)


def path_faults(draft: Draft, days: tuple[date | None, date | None]) -> Iterator[Fault]:
    """Give every month and every revision that does not fit the days of a key result.

    Parameters
    ----------
    draft : Draft
        A key result.
    days : tuple of datetime.date or None
        Its first and last day, as far as they are known.
    """
    written: KeyResult = draft.part
    start, end = days
    between = f"{start} to {end}"
    if written.path and written.mode in HELD and draft.known("mode"):
        text = f"mode {written.mode} has no way to go: its level is the same on each day."
        yield Fault(draft.at("path"), f"{text} Leave path out.")
    if written.path and written.segments:
        text = "segments start at different levels, so one path cannot be theirs. Leave path out."
        yield Fault(draft.at("path"), text)
    for month in written.path:
        if re.fullmatch(MONTH, month) is None:
            yield Fault(draft.at("path", month), f"{month!r} is not a month. Write YYYY-MM.")
        elif start and end and not start <= Period.parse(month).end_day <= end:
            text = f"the end of this month is not in {between}, the days of the key result."
            yield Fault(draft.at("path", month), text)
    seen = set()
    for number, each in enumerate(written.revisions):
        if start and end and not start <= each.date <= end:
            text = f"{each.date} is not in {between}, the days of the key result."
            yield Fault(draft.at("revisions", number, "date"), text)
        if each.date in seen:
            text = f"{each.date} has a revision already. Keep the one that holds."
            yield Fault(draft.at("revisions", number, "date"), text)
        seen.add(each.date)


FROM_BASELINE = ("from_to", "relative", "points", "absolute", "per_period_compound")
UNSIGNED = ("from_to", "maintain", "count", "binary")  # modes whose target has no sign
Days = tuple[date | None, date | None]


def key_result_faults(draft: Draft, objective: Draft, currency: str) -> Iterator[Fault]:
    """Give everything that is wrong with what a key result says.

    Parameters
    ----------
    draft, objective : Draft
        The key result, and the objective that it stands in.
    currency : str
    """
    written: KeyResult = draft.part
    days = days_of(objective.part, written)
    yield from _days(draft, objective, days)
    yield from slice_faults(draft)
    yield from _thresholds(draft)
    yield from path_faults(draft, days)
    found = list(_numbers(draft))
    kpi = catalogue().get(written.kpi)
    if written.kpi and kpi is None:
        near = nearest(written.kpi, catalogue())
        text = f"{written.kpi!r} is not a KPI of the catalogue.{near} `kpilib kpis` lists them."
        found.append(Fault(draft.at("kpi"), text))
    elif not written.kpi:
        found += _without_kpi(draft)
    elif kpi is not None:
        found += _asked(draft, currency, days) or _units(draft, currency)
    found += _missing(draft)
    yield from found
    beside = all(fault.place[len(draft.place)] in ("path", "revisions") for fault in found)
    if kpi is not None and beside and draft.known("mode", "baseline", "target", "unit"):
        yield from meaning_faults(draft, kpi, currency, days)


def _days(draft: Draft, objective: Draft, days: Days) -> Iterator[Fault]:
    for key, day in zip(("start", "end"), days, strict=True):
        if day is None and draft.known(key) and objective.known(key):
            text = "missing, here and in the objective. Write a day as YYYY-MM-DD."
            yield Fault(draft.at(key), text)
    start, end = days
    own = draft.part.start or draft.part.end
    if own and start is not None and end is not None and end < start:
        yield Fault(draft.at("end"), f"ends on {end}, before it starts on {start}. Swapped?")


def _thresholds(draft: Draft) -> Iterator[Fault]:
    given = draft.part.thresholds
    if isinstance(given, tuple) and not (given[0] > given[1] > given[2] > 0):
        text = (
            f"found {', '.join(f'{each:g}' for each in given)}; write three numbers that fall: from"
            " which attainment it is a success, a moderate success, a moderate failure, such as"
            " [1, 0.7, 0.4]."
        )
        yield Fault(draft.at("thresholds"), text)


def _targets(written: KeyResult) -> Iterator[tuple[tuple[str | int, ...], float | str]]:
    if written.target is not None:
        yield ("target",), written.target
    for number, each in enumerate(written.segments):
        yield ("segments", number, "target"), each.target
    for number, each in enumerate(written.revisions):
        yield ("revisions", number, "was"), each.was


def _levels(written: KeyResult) -> Iterator[tuple[tuple[str | int, ...], float | str]]:
    if written.baseline is not None:
        yield ("baseline",), written.baseline
    for number, each in enumerate(written.segments):
        if each.baseline is not None:
            yield ("segments", number, "baseline"), each.baseline
    for month, level in written.path.items():
        yield ("path", month), level


def _numbers(draft: Draft) -> Iterator[Fault]:
    for keys, value in (*_levels(draft.part), *_targets(draft.part)):
        if fault := _unreadable(value):
            yield Fault(draft.at(*keys), fault)


def _unreadable(value: float | str) -> str:
    """Return why this is no number with a unit; nothing when it is one."""
    try:
        read(PERIODIC.sub("", value) if isinstance(value, str) else value)
    except ValueError as error:
        return str(error)
    return ""


def _without_kpi(draft: Draft) -> Iterator[Fault]:
    written: KeyResult = draft.part
    if not draft.known("kpi"):
        return
    if written.mode != "binary":
        text = (
            "missing. Which figure shows it? Write the id of a KPI (`kpilib kpis` lists them), or "
            "mode: binary for a milestone that no figure measures."
        )
        yield Fault(draft.at("kpi"), text)
        return
    for key in ("target", "baseline", "by", "group", "segments", "path", "unit"):
        if getattr(written, key) not in (None, (), {}, ""):
            text = "a milestone without KPI is done or not. Leave this out, or name the KPI."
            yield Fault(draft.at(key), text)


def _missing(draft: Draft) -> Iterator[Fault]:
    """Give the question after what a mode needs; which mode it is comes first."""
    written: KeyResult = draft.part
    if "mode" not in draft.given:
        if written.target is None and not written.segments:
            about = " ".join((KeyResult.model_fields["mode"].description or "").split())
            yield Fault(draft.at("mode"), f"missing. {about}")
            yield Fault(draft.at("target"), NO_TARGET)
        return
    if not draft.known("mode") or (written.mode == "binary" and not written.kpi):
        return
    if written.target is None and not written.segments and draft.known("target", "segments"):
        yield Fault(draft.at("target"), NO_TARGET)
    if written.mode not in FROM_BASELINE or written.baseline is not None:
        return
    if draft.known("baseline") and not written.segments:
        yield Fault(draft.at("baseline"), NO_BASELINE)
    for number, each in enumerate(written.segments):
        if draft.known("baseline") and each.baseline is None:
            yield Fault(draft.at("segments", number, "baseline"), NO_BASELINE)


def _asked(draft: Draft, currency: str, days: Days) -> list[Fault]:
    """Return the questions after targets that can be meant in several ways."""
    written: KeyResult = draft.part
    no_mode = "mode" not in draft.given
    asked = []
    for keys, value in _targets(written):
        if _unreadable(value):
            continue
        periodic = isinstance(value, str) and PERIODIC.search(value) is not None
        if periodic and written.mode == "per_period_compound" and not no_mode:
            plain = PERIODIC.sub("", str(value)).strip()
            text = f"the mode says already that it is each month. Write {plain!r}."
            asked.append(Fault(draft.at(*keys), text))
        elif no_mode or periodic or (written.mode in UNSIGNED and _plus(value)):
            text = of_mode(written, value, currency, days)
            first = f"missing. {text}" if no_mode else text
            asked.append(Fault(draft.at("mode" if no_mode else keys[0], *keys[1:]), first))
        if no_mode and asked:
            break  # one question after the mode, not one a segment
    return asked if draft.known("mode") or no_mode else []


def _plus(value: float | str) -> bool:
    return isinstance(value, str) and value.strip().startswith("+")


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


def _units(draft: Draft, currency: str) -> list[Fault]:
    """Return what is wrong with units: once for all figures that take theirs from `unit`."""
    written: KeyResult = draft.part
    if not draft.known("mode", "unit"):
        return []
    found: dict[tuple, Fault] = {}
    for keys, value in (*_targets(written), *_levels(written)):
        if _unreadable(value):
            continue
        try:
            if keys[-1] in ("target", "was") and written.mode in PERCENT:
                per_cent(value, written)
            elif keys[-1] in ("target", "was") and written.mode == "points":
                points(value, written)
            else:
                in_own_unit(written, value, currency)
                if text := _small(written, value):
                    found.setdefault(draft.at(*keys), Fault(draft.at(*keys), text))
        except ValueError as error:
            place, text = draft.at(*keys), str(error)
            if not read(value)[1]:
                place = draft.at("unit")
                if not written.unit and text.startswith("no unit"):
                    text = of_unit(written, value, currency)
            found.setdefault(place, Fault(place, text))
    return list(found.values())
