"""What one computed KPI is, before it becomes a row: a value, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from kpilib.engine.intervals import FEW_UNITS, Interval, resampled, wilson
from kpilib.period import Period

Key = tuple[Period, str]  # where a figure stands: its period and its group

OK, NO_DATA, NO_DENOMINATOR = "ok", "no_data", "no_denominator"
NOT_ADDITIVE, SUPPRESSED, TOO_FEW = "not_additive", "suppressed", "too_few"
MISSING_TABLE, MISSING_COLUMN = "missing_table", "missing_column"
MISSING = (MISSING_TABLE, MISSING_COLUMN)
STATUSES = (OK, NO_DATA, NO_DENOMINATOR, NOT_ADDITIVE, SUPPRESSED, TOO_FEW, *MISSING)
FLAGS = (
    "partial",
    "immature",
    "low_n",
    "approximate",
    "excluded_rows",
    "late",
    "not_parallel",
    "no_baseline",
    "not_fully_loaded",
    "dominated",
    "rounded",
    "mpp",
)
# Those of a figure that proves nothing.
UNSURE = ("partial", "immature", "low_n", "late", "not_parallel", "no_baseline", "dominated")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One KPI for one period and group.

    Parameters
    ----------
    value, numerator, denominator, n : float or None
        None when it cannot be known.
    interval : pair of float or None
        95 % confidence interval of the value, or the bounds when it is not additive.
    interval_method : str
    status : str
        One of `STATUSES`.
    reason : str
        Why there is no value: an English sentence that the French catalogue knows.
    flags : tuple of str
        Some of `FLAGS`.
    details : dict of str to float
        Figures that are read with this one.
    people : float or None
        How many people the figure describes, for privacy.
    subjects : frozenset
        What it is about, where periods can be about different things: trainings, and whether each
        was evaluated. Figures about different ones are not compared.
    """

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    n: float | None = None
    interval: tuple[float, float] | None = None
    interval_method: str = ""
    status: str = OK
    reason: str = ""
    flags: tuple[str, ...] = ()
    details: dict[str, float | None] = field(default_factory=dict)
    people: float | None = None
    subjects: frozenset = frozenset()

    def drawn(
        self,
        numerators: np.ndarray,
        denominators: np.ndarray | None = None,
        scale: Interval | None = None,
    ) -> Outcome:
        """Return it with the interval of drawing units again: ``approximate`` below 20 units.

        Parameters
        ----------
        numerators, denominators : numpy.ndarray
            One sum per unit; without denominators the value is their total.
        scale : pair of float, optional
            The ends of the scale that the value is on: no interval goes beyond.
        """
        found = drawn_again(numerators, denominators, scale)
        if found is None:
            return self
        interval, method, few = found
        outcome = replace(self, interval=interval, interval_method=method)
        return outcome.flagged("approximate") if few else outcome

    def flagged(self, *flags: str) -> Outcome:
        """Return it with further flags, each once, in the order of `FLAGS`."""
        every = {*self.flags, *flags}
        return replace(self, flags=tuple(flag for flag in FLAGS if flag in every))


Answer = dict[Key, Outcome]  # what a KPI is in all places asked, as a method gives it


def drawn_again(
    numerators: np.ndarray,
    denominators: np.ndarray | None = None,
    scale: Interval | None = None,
) -> tuple[Interval, str, bool] | None:
    """Return an interval from units drawn again, its method, and whether the units are few."""
    found = resampled(numerators, denominators)
    if found is None:
        return None
    (low, high), method = found
    if scale is not None:
        low, high = max(low, scale[0]), min(high, scale[1])
    return (low, high), method, len(numerators) < FEW_UNITS


def proportion(some: float, whole: float, **known: object) -> Outcome:
    """Return an outcome that is some of a whole of units, with the interval of their share."""
    return Outcome(
        value=some / whole,
        numerator=float(some),
        denominator=float(whole),
        n=float(whole),
        interval=wilson(some, whole),
        interval_method="wilson",
        **known,
    )


def unknown(status: str, reason: str, **known: object) -> Outcome:
    """Return an outcome without value."""
    return Outcome(status=status, reason=reason, **known)
