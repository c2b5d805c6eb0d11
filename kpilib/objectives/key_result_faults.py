"""What is wrong with one key result: its days, its slice, its path, and whether it has its numbers.

Rules stand one under the other, each with the key where it is said and what is to be done.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Iterator

from kpilib.definitions import Kpi
from kpilib.engine.catalogue import catalogue
from kpilib.engine.privacy import DESCRIBING, refused
from kpilib.errors import nearest
from kpilib.objectives.draft import Broken, Draft, Fault
from kpilib.objectives.goal import HELD, NO_BASELINE, NO_TARGET, days_of
from kpilib.objectives.number_faults import (
    Days,
    Meaning,
    asked,
    unit_faults,
    unreadable_figures,
)
from kpilib.objectives.written import MONTH, KeyResult
from kpilib.period import Period
from kpilib.yaml_file import Place

WHICH = "groups of what? Write by: with the breakdown, such as by: channel."
FROM_BASELINE = ("from_to", "relative", "points", "absolute", "per_period_compound")
OF_FIGURES = ("target", "baseline", "by", "group", "segments", "path", "unit")


def key_result_faults(
    draft: Draft, objective: Draft, currency: str, breakdowns: Collection[str] | None
) -> Iterator[Fault]:
    """Give everything that is wrong with what a key result says.

    Parameters
    ----------
    draft, objective : Draft
        The key result, and the objective that it stands in.
    currency : str
    breakdowns : collection of str or None
        Columns describing a person that the company allows; None when that is asked elsewhere.
    """
    written: KeyResult = draft.part
    kpi, days = catalogue().get(written.kpi), days_of(objective.part, written)
    yield from draft.faults(_days(draft, objective, days))
    yield from draft.faults(_path(draft, days))
    yield from draft.faults(_slice(draft, kpi, breakdowns))
    found = [*_measured(draft, kpi), *_missing(draft), *unreadable_figures(written)]
    if kpi is not None:
        found += asked(draft, currency, days) or unit_faults(draft, currency)
    yield from draft.faults(found)
    beside = all(keys[0] in ("path", "revisions") for keys, _ in found)
    if kpi is not None and beside and draft.known("mode", "baseline", "target", "unit"):
        yield from draft.faults(Meaning(written, kpi, currency, days).faults())


def _days(draft: Draft, objective: Draft, days: Days) -> Iterator[Broken]:
    for key, day in zip(("start", "end"), days, strict=True):
        if day is None and draft.known(key) and objective.known(key):
            yield key, "missing, here and in the objective. Write a day as YYYY-MM-DD."
    start, end = days
    own = draft.part.start or draft.part.end
    if own and start is not None and end is not None and end < start:
        yield "end", f"ends on {end}, before it starts on {start}. Swapped?"


def _slice(draft: Draft, kpi: Kpi | None, breakdowns: Collection[str] | None) -> Iterator[Broken]:
    k: KeyResult = draft.part
    if k.mode == "binary" and not k.kpi:
        return  # a milestone has no slice, which is said by itself
    known, kpi_by = draft.known, kpi.by if kpi else None
    allowed = DESCRIBING if breakdowns is None else breakdowns
    if kpi and known("by") and (why := refused(kpi, k.by, allowed)):
        yield "by", why
    if k.segments and k.group is not None:
        yield "group", "beside segments. Keep group for one group, or segments for several."
    for key in ("segments", "group"):
        if getattr(k, key) and k.by is None and known("by") and not kpi_by:
            yield key, WHICH
    if k.by and not k.segments and k.group is None and known("segments", "group"):
        yield "by", f"which of them? Write group: with one {k.by}, or segments: with several."
    if kpi_by and k.by is None and known("by"):
        yield "by", f"missing. {k.kpi} has no figure as a whole: write by: {kpi_by}, and group:."
    if k.segments and k.target is not None:
        yield "target", "beside segments, which have targets of their own. Keep one of the two."
    if k.segments and k.revisions:
        text = "a revision does not say which segment it changed."
        yield "revisions", f"{text} Write a key result for each group."
    groups = ((("segments", n, "group"), each.group) for n, each in enumerate(k.segments))
    for keys, group in _repeated(groups):
        yield keys, f"{group!r} has a target already. Keep one."


def _path(draft: Draft, days: Days) -> Iterator[Broken]:
    """Give what does not fit the days, the mode or the slice: months, revisions, thresholds."""
    k: KeyResult = draft.part
    start, end = days
    whole = start is not None and end is not None
    elsewhere = f"not in {start} to {end}, the days of the key result."
    if k.path and k.mode in HELD and draft.known("mode"):
        text = f"mode {k.mode} has no way to go: its level is the same on each day."
        yield "path", f"{text} Leave path out."
    if k.path and k.segments:
        text = "segments start at different levels, so one path cannot be theirs. Leave path out."
        yield "path", text
    for month in k.path:
        if re.fullmatch(MONTH, month) is None:
            yield ("path", month), f"{month!r} is not a month. Write YYYY-MM."
        elif whole and not start <= Period.parse(month).end_day <= end:
            yield ("path", month), f"the end of this month is {elsewhere}"
    changes = [(("revisions", n, "date"), each.date) for n, each in enumerate(k.revisions)]
    for keys, day in changes:
        if whole and not start <= day <= end:
            yield keys, f"{day} is {elsewhere}"
    for keys, day in _repeated(changes):
        yield keys, f"{day} has a revision already. Keep the one that holds."
    given = k.thresholds
    if isinstance(given, tuple) and not (given[0] > given[1] > given[2] > 0):
        text = (
            f"found {', '.join(f'{each:g}' for each in given)}; write three numbers that fall: from"
            " which attainment it is a success, a moderate success, a moderate failure, such as"
            " [1, 0.7, 0.4]."
        )
        yield "thresholds", text


def _repeated(
    entries: Iterable[tuple[Place, Hashable]],
) -> Iterator[tuple[Place, Hashable]]:
    """Give the entries whose value one before them has."""
    seen = set()
    for keys, value in entries:
        if value in seen:
            yield keys, value
        seen.add(value)


def _measured(draft: Draft, kpi: Kpi | None) -> Iterator[Broken]:
    """Give what is wrong with the KPI, and what a key result without one should not have."""
    k: KeyResult = draft.part
    if k.kpi and kpi is None:
        near = nearest(k.kpi, catalogue())
        text = f"{k.kpi!r} is not a KPI of the catalogue.{near} `kpilib kpis` lists them."
        yield ("kpi",), text
    if k.kpi or not draft.known("kpi"):
        return
    if k.mode != "binary":
        text = (
            "missing. Which figure shows it? Write the id of a KPI (`kpilib kpis` lists them), or "
            "mode: binary for a milestone that no figure measures."
        )
        yield ("kpi",), text
    for key in OF_FIGURES if k.mode == "binary" else ():
        if getattr(k, key) not in (None, (), {}, ""):
            text = "a milestone without KPI is done or not. Leave this out, or name the KPI."
            yield (key,), text


def _missing(draft: Draft) -> Iterator[Broken]:
    """Give the question after what a mode needs; which mode it is comes first."""
    k, known = draft.part, draft.known
    no_target = k.target is None and not k.segments
    if "mode" not in draft.given and no_target:
        about = " ".join((KeyResult.model_fields["mode"].description or "").split())
        yield ("mode",), f"missing. {about}"
        yield ("target",), NO_TARGET
    if not known("mode") or (k.mode == "binary" and not k.kpi):
        return
    if no_target and known("target", "segments"):
        yield ("target",), NO_TARGET
    if k.mode not in FROM_BASELINE or k.baseline is not None or not known("baseline"):
        return
    if not k.segments:
        yield ("baseline",), NO_BASELINE
    for number, each in enumerate(k.segments):
        if each.baseline is None:
            yield ("segments", number, "baseline"), NO_BASELINE
