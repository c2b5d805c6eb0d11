"""What is doubtful in the data, as words with slots: the command line and the pages fill them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kpilib.period import Period
from kpilib.saying import say

FINDING_WORDS = {
    "day": "{series}, {day}: {value}, where {usual} is usual on that weekday.",
    "month": "{series}, {month}: {value} a day, where {usual} is usual.",
    "gap": "{series}: nothing on {days}.",
    "lost": "{series}: nothing from {first} to {last}, and something on most other days. Was it"
    " exported?",
    "ends_early": "{source}, imported on {day}, ends on {last}: the rest of {month} is not in it.",
    "old_export": "{source}, imported on {day}, ends on {last}: perhaps an older export taken"
    " again.",
    "same_file": "{source}: the file imported on {day} is the same as that of {last}.",
    "unverified": "{source}: read by a description of its format, not yet tried on a real file."
    " Compare its figures with the tool's own.",
    "estimated": "{source}: the tool itself estimates some of its figures.",
    "no_zone": "{series}: instants without a time zone are read as UTC.",
    "repeated": "{series}: {count} repeated rows were left out.",
}
# What needs a reader's eye; the others are told for completeness.
STRIKING = ("day", "month", "gap", "lost", "ends_early", "old_export", "same_file", "unverified")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One doubt about a table.

    Parameters
    ----------
    table : str
        Canonical table.
    kind : str
        Key of `FINDING_WORDS`.
    slots : dict
        Texts, days, lists of days, months (`Period`) and numbers.
    """

    table: str
    kind: str
    slots: dict[str, Any] = field(default_factory=dict)

    @property
    def striking(self) -> bool:
        """Whether it is said before the figures, and not only when asked for."""
        return self.kind in STRIKING

    def __str__(self) -> str:
        slots = {name: _plain(value) for name, value in self.slots.items()}
        return say(FINDING_WORDS[self.kind], **slots)


def _plain(value: Any) -> Any:
    if isinstance(value, Period):
        return value.name
    if isinstance(value, date):
        return value
    if isinstance(value, (list, tuple)):
        shown = ", ".join(each.isoformat() for each in value[:5])
        more = len(value) - 5
        return say("{shown} and {count} more days", shown=shown, count=more) if more > 0 else shown
    if isinstance(value, (int, float)):
        return round(value)
    return str(value)
