"""What is wrong with the numbers of a key result: their units, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kpilib.definitions import Kpi, Ratio, Share
from kpilib.methods.attainment import CLOSE
from kpilib.objectives.draft import Broken, Draft
from kpilib.objectives.goal import (
    HELD,
    PERCENT,
    in_own_unit,
    own_unit,
    per_cent,
    points,
    resolved,
)
from kpilib.objectives.quantity import read, shown
from kpilib.objectives.questions import PERIODIC, of_mode, of_unit
from kpilib.objectives.written import MONTH, KeyResult, Segment
from kpilib.period import Period
from kpilib.yaml_file import Place

UNSIGNED = ("from_to", "maintain", "count", "binary")  # modes whose target has no sign
SOME_DAY = date(2000, 1, 31)  # stands in for days that are at fault themselves
TOO_MUCH = "comes to more than a computer can count. Is it meant as per cent each month?"
RISE, FALL = ("a rise", "less", "highest"), ("a fall", "more", "lowest")
Days = tuple[date | None, date | None]


class Figure(NamedTuple):
    """A number of a key result: a target or a level, with the keys that lead to it."""

    keys: Place
    value: float | str | None
    is_target: bool


def _figures(written: KeyResult) -> list[Figure]:
    """Return every number that is written, targets first."""
    segments, revisions = [*enumerate(written.segments)], enumerate(written.revisions)
    found = [
        Figure(("target",), written.target, True),
        *(Figure(("segments", n, "target"), each.target, True) for n, each in segments),
        *(Figure(("revisions", n, "was"), each.was, True) for n, each in revisions),
        Figure(("baseline",), written.baseline, False),
        *(Figure(("segments", n, "baseline"), each.baseline, False) for n, each in segments),
        *(Figure(("path", month), level, False) for month, level in written.path.items()),
    ]
    return [each for each in found if each.value is not None]


def unreadable_figures(written: KeyResult) -> Iterator[Broken]:
    """Give why a figure is no number with a unit."""
    for keys, value, _ in _figures(written):
        if text := _unreadable(value):
            yield keys, text


def _unreadable(value: float | str) -> str:
    try:
        read(PERIODIC.sub("", value) if isinstance(value, str) else value)
    except ValueError as error:
        return str(error)
    return ""


def _readable(written: KeyResult) -> Iterator[Figure]:
    return (each for each in _figures(written) if not _unreadable(each.value))


def asked(draft: Draft, currency: str, days: Days) -> list[Broken]:
    """Return the questions after targets that can be meant in several ways."""
    written: KeyResult = draft.part
    no_mode = "mode" not in draft.given
    targets = [each for each in _readable(written) if each.is_target]
    if no_mode:  # one question after the mode, not one a segment
        return [
            (("mode", *keys[1:]), f"missing. {of_mode(written, value, currency, days)}")
            for keys, value, _ in targets[:1]
        ]
    found: list[Broken] = []
    for keys, value, _ in targets if draft.known("mode") else ():
        periodic = isinstance(value, str) and PERIODIC.search(value) is not None
        signed = isinstance(value, str) and value.strip().startswith("+")
        if periodic and written.mode == "per_period_compound":
            plain = PERIODIC.sub("", str(value)).strip()
            found.append((keys, f"the mode says already that it is each month. Write {plain!r}."))
        elif periodic or (written.mode in UNSIGNED and signed):
            found.append((keys, of_mode(written, value, currency, days)))
    return found


def unit_faults(draft: Draft, currency: str) -> list[Broken]:
    """Return what is wrong with units: once for all figures that take theirs from `unit`."""
    written: KeyResult = draft.part
    if not draft.known("mode", "unit"):
        return []
    found: dict[Place, str] = {}
    for keys, value, is_target in _readable(written):
        try:
            if is_target and written.mode in PERCENT:
                per_cent(value, written)
            elif is_target and written.mode == "points":
                points(value, written)
            else:
                in_own_unit(written, value, currency)
                if text := _small(written, value):
                    found.setdefault(keys, text)
        except ValueError as error:
            text = str(error)
            if read(value)[1]:
                found.setdefault(keys, text)
                continue
            unknown = not written.unit and text.startswith("no unit")
            found.setdefault(("unit",), of_unit(written, value, currency) if unknown else text)
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


@dataclass(frozen=True)
class Meaning:
    """What the numbers of a key result come to, once mode, unit, baseline and target can be read.

    Parameters
    ----------
    written : KeyResult
    kpi : Kpi
    currency : str
    days : tuple of datetime.date or None
        Its first and last day, as far as they are known.
    """

    written: KeyResult
    kpi: Kpi
    currency: str
    days: Days

    def faults(self) -> Iterator[Broken]:
        """Give what is wrong with baselines and targets, and with what goes by them."""
        k = self.written
        for number, segment in enumerate(k.segments or (None,)):
            above, found = ("segments", number) if segment else (), self._figures(segment)
            wrong = {"target": found} if isinstance(found, str) else self._way(*found)
            yield from (((*above, key), text) for key, text in wrong.items() if text)
        for number, each in enumerate(k.revisions if not k.segments else ()):
            found = self._figures(None, each.was)
            if text := found if isinstance(found, str) else self._outside(found[1]):
                yield ("revisions", number, "was"), text
        aim = self._figures()
        for month, level in k.path.items() if not isinstance(aim, str) else ():
            if text := self._month(month, level, aim[1]):
                yield ("path", month), text

    def _whole(self) -> bool:
        start, end = self.days
        return start is not None and end is not None and start <= end

    def _figures(
        self, segment: Segment | None = None, was: float | str | None = None
    ) -> tuple[float, float] | str:
        """Return baseline and target in the KPI's own unit; or why they come to nothing."""
        first, last = self.days if self._whole() else (SOME_DAY, SOME_DAY)
        try:
            found = resolved(self.written, segment, self.currency, first, last, was)
        except ValueError as error:
            return str(error)
        except OverflowError:
            return TOO_MUCH
        return found if max(map(abs, found)) < float("inf") else TOO_MUCH

    def _way(self, baseline: float, target: float) -> dict[str, str]:
        """Return what is wrong with a baseline and its target, by key."""
        held, better = self.written.mode in HELD, self.kpi.better
        given = {"target": target} if held else {"baseline": baseline, "target": target}
        outside = {key: self._outside(each) for key, each in given.items()}
        if held or any(outside.values()):
            return outside
        move = f"from {self._said(baseline)} to {self._said(target)}"
        if _alike(baseline, target):
            text = "there is no way to go. To hold a level, write mode: maintain."
            return {"target": f"{move} {text}"}
        rises = target > baseline
        if better == "neutral" or rises is (better == "higher"):
            return {}
        way, wanted, limit = RISE if rises else FALL
        text = (
            f"{move} is {way}, and of {self.kpi.id} {wanted} is better. Are the two swapped? To "
            f"accept {way}, write mode: maintain with the {limit} level that is accepted."
        )
        return {"target": text}

    def _outside(self, figure: float) -> str:
        """Say that a share is not between 0 and 1; a return or a growth need not be."""
        kpi = self.kpi
        shares = kpi.unit == "rate" and isinstance(kpi.value, Ratio | Share)
        leavers = kpi.interval == "poisson_rate"  # over a mean headcount: may be more than all
        if not shares or leavers or -CLOSE <= figure <= 1 + CLOSE:
            return ""
        said = shown(figure, "rate", self.currency)
        text = f"comes to {said}; {kpi.id} lies between 0 and 100 %."
        if self.written.unit == "fraction" and 1 < figure <= 100:
            text += f' For {figure:g} % write unit: "%".'
        return text

    def _month(self, month: str, level: float | str, target: float) -> str:
        """Return what is wrong with the level of a month; the last day's is the target's too."""
        try:
            wanted = in_own_unit(self.written, level, self.currency)
        except ValueError:
            return ""  # said already, of its unit
        if text := self._outside(wanted):
            return text
        last = self._whole() and re.fullmatch(MONTH, month)
        if not last or Period.parse(month).end_day != self.days[1] or _alike(wanted, target):
            return ""
        asks, aim = self._said(wanted), self._said(target)
        return f"asks for {asks} by the last day, and the target for {aim}. Which is it?"

    def _said(self, figure: float) -> str:
        return shown(figure, own_unit(self.written), self.currency, self.written.unit)


def _alike(one: float, target: float) -> bool:
    return abs(one - target) <= CLOSE * max(1.0, abs(target))
