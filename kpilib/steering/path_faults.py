"""What is wrong with the months of a target path, and with the days of revisions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from kpilib.period import Period
from kpilib.steering.goal import HELD
from kpilib.steering.objectives import MONTH, KeyResult
from kpilib.steering.shape_faults import Draft, Fault


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
