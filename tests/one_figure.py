"""Figures as columns, and back: for rules that a test tells of one figure at a time."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import compress

from kpilib.definitions import Kpi
from kpilib.engine import printed as printing
from kpilib.engine.columns import NUMBERS, Figures
from kpilib.engine.outcome import FLAGS, Answer, Outcome
from kpilib.period import Period

MONTH = Period.parse("2025-12")


def columns(*outcomes: Outcome) -> Figures:
    """Return figures of a group each."""
    return Figures.of({(MONTH, f"{at:06}"): each for at, each in enumerate(outcomes)})


def outcomes(found: Figures) -> Answer:
    """Return what the columns say of each place."""
    answer = {}
    for at, place in enumerate(found.places):
        own = {name: getattr(found, name)[at].item() for name in NUMBERS}
        known = {name: None if each != each else each for name, each in own.items()}
        low, high = known.pop("low"), known.pop("high")
        answer[place] = Outcome(
            **known,
            interval=None if low is None else (low, high),
            interval_method=found.method[at],
            status=found.status[at],
            reason=found.reason[at],
            flags=tuple(compress(FLAGS, found.flags[at])),
            details=found.details[at],
        )
    return answer


def tells(kpi: Kpi, one: Outcome, other: Outcome) -> bool:
    """Whether two printed figures tell of the few people by whom their bases differ."""
    return printing.tells(kpi, columns(one, other))


def printed(kpi: Kpi, outcome: Outcome) -> Outcome:
    """Return one figure as it is printed."""
    [found] = all_printed(kpi, [outcome])
    return found


def all_printed(kpi: Kpi, exact: Iterable[Outcome]) -> list[Outcome]:
    """Return figures as they are printed, each for itself."""
    found = columns(*exact)
    printing.printed(kpi, found)
    return [*outcomes(found).values()]
