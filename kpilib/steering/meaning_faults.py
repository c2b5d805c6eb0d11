"""Figures that can be read and make no sense: no way to go, the wrong way, beyond 100 %."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from kpilib.definitions import Kpi, Ratio, Share
from kpilib.methods.attainment import CLOSE
from kpilib.period import Period
from kpilib.steering.goal import HELD, in_own_unit, own_unit, resolved
from kpilib.steering.objectives import MONTH, KeyResult, Segment
from kpilib.steering.quantity import shown
from kpilib.steering.shape_faults import Draft, Fault, Place

SOME_DAY = date(2000, 1, 31)  # stands in for days that are at fault themselves
TOO_MUCH = "comes to more than a computer can count. Is it meant as per cent each month?"
Days = tuple[date | None, date | None]


def meaning_faults(draft: Draft, kpi: Kpi, currency: str, days: Days) -> Iterator[Fault]:
    """Give what is wrong with a baseline and a target that can be read, and with what goes by them.

    Parameters
    ----------
    draft : Draft
        A key result whose mode, unit, baseline and target can be read.
    kpi : Kpi
    currency : str
    days : tuple of datetime.date or None
        Its first and last day, as far as they are known.
    """
    written: KeyResult = draft.part
    start, end = days
    first, last = (start, end) if start and end and start <= end else (SOME_DAY, SOME_DAY)

    def read(segment: Segment | None, was: float | str | None = None) -> tuple[float, float]:
        found = resolved(written, segment, currency, first, last, was)
        if not max(map(abs, found)) < float("inf"):
            raise OverflowError
        return found

    for number, segment in enumerate(written.segments or (None,)):
        at = draft.at("segments", number) if segment else draft.place
        try:
            yield from _way(written, kpi, at, read(segment), currency)
        except (ValueError, OverflowError) as error:
            yield Fault((*at, "target"), str(error) if isinstance(error, ValueError) else TOO_MUCH)
    for number, each in enumerate(written.revisions if not written.segments else ()):
        try:
            target = read(None, each.was)[1]
        except (ValueError, OverflowError) as error:
            text = str(error) if isinstance(error, ValueError) else TOO_MUCH
            yield Fault(draft.at("revisions", number, "was"), text)
        else:
            if text := _outside(written, kpi, target, currency):
                yield Fault(draft.at("revisions", number, "was"), text)
    for month, level in written.path.items():
        try:
            asked, target = in_own_unit(written, level, currency), read(None)[1]
        except (ValueError, OverflowError):
            continue  # said already: of the unit, of the target, or of its absence
        if text := _outside(written, kpi, asked, currency):
            yield Fault(draft.at("path", month), text)
        elif re.fullmatch(MONTH, month) and Period.parse(month).end_day == end and end == last:
            yield from _last_month(draft, month, asked, target, currency)


def _way(
    written: KeyResult, kpi: Kpi, at: Place, figures: tuple[float, float], currency: str
) -> Iterator[Fault]:
    baseline, target = figures
    outside = False
    for key, figure in zip(("baseline", "target"), figures, strict=True):
        if key == "baseline" and written.mode in HELD:
            continue
        if text := _outside(written, kpi, figure, currency):
            outside = True
            yield Fault((*at, key), text)
    if outside or written.mode in HELD:
        return
    low, high = (shown(each, own_unit(written), currency, written.unit) for each in figures)
    if abs(target - baseline) <= CLOSE * max(1.0, abs(target)):
        text = f"from {low} to {high} there is no way to go. To hold a level, write mode: maintain."
        yield Fault((*at, "target"), text)
    elif kpi.better != "neutral" and (target > baseline) is not (kpi.better == "higher"):
        rises = target > baseline
        way, wanted = ("a rise", "less") if rises else ("a fall", "more")
        limit = "highest" if rises else "lowest"
        text = (
            f"from {low} to {high} is {way}, and of {kpi.id} {wanted} is better. Are the two"
            f" swapped? To accept {way}, write mode: maintain with the {limit} level that is"
            " accepted."
        )
        yield Fault((*at, "target"), text)


def _outside(written: KeyResult, kpi: Kpi, figure: float, currency: str) -> str:
    """Say that a share is not between 0 and 1; a return or a growth need not be."""
    shares = kpi.unit == "rate" and isinstance(kpi.value, Ratio | Share)
    leavers = kpi.interval == "poisson_rate"  # over a mean headcount: may be more than all
    if not shares or leavers or -CLOSE <= figure <= 1 + CLOSE:
        return ""
    text = f"comes to {shown(figure, 'rate', currency)}; {kpi.id} lies between 0 and 100 %."
    if written.unit == "fraction" and 1 < figure <= 100:
        text += f' For {figure:g} % write unit: "%".'
    return text


def _last_month(
    draft: Draft, month: str, asked: float, target: float, currency: str
) -> Iterator[Fault]:
    """Compare the level of the last month with the target, where both are of the same day."""
    if abs(asked - target) <= CLOSE * max(1.0, abs(target)):
        return
    written: KeyResult = draft.part
    unit = own_unit(written)
    level, aim = (shown(each, unit, currency, written.unit) for each in (asked, target))
    text = f"asks for {level} by the last day, and the target for {aim}. Which is it?"
    yield Fault(draft.at("path", month), text)
