"""A figure beside the same figure of another period, and whether the change may be noise."""

from __future__ import annotations

from kpilib.intervals import count_ratio, difference
from kpilib.kpi import Kpi
from kpilib.outcome import OK, Outcome
from kpilib.period import Period

SIGNIFICANT = 0.05


def columns(name: str) -> tuple[str, ...]:
    """Return the columns that a comparison adds."""
    return (name, f"delta_{name}", f"change_{name}", f"within_noise_{name}")


def compared(
    kpi: Kpi, name: str, outcome: Outcome, base: Outcome, period: Period, other: Period
) -> dict[str, object]:
    """Return the columns of one comparison.

    Parameters
    ----------
    kpi : Kpi
    name : str
        ``previous`` or ``year_before``.
    outcome, base : Outcome
        The figure and the one it is compared with.
    period, other : Period
        Their periods; counts compare per day when the lengths differ.

    Returns
    -------
    dict
        The base value, the difference (in points for a rate: 0.03 is 3 points), the relative
        change (missing from a base of 0 or below), and whether the change is within noise
        (missing when the figure has no interval).
    """
    names = columns(name)
    if outcome.status != OK or base.status != OK:
        shown = base.value if base.status == OK else None
        return dict(zip(names, (shown, None, None, None), strict=True))
    change = outcome.value - base.value
    relative = change / base.value if base.value > 0 else None
    noise = _noise(kpi, outcome, base, period, other)
    return dict(zip(names, (base.value, change, relative, noise), strict=True))


def _noise(kpi: Kpi, outcome: Outcome, base: Outcome, period: Period, other: Period) -> bool | None:
    moving = {"immature"} & {*outcome.flags, *base.flags}
    if moving or kpi.roll_up == "R9":  # still filling up; or estimated from the same measurements
        return None
    if kpi.interval == "poisson":
        test = count_ratio(outcome.value, base.value, period.days, other.days)
        return None if test is None else test[2] >= SIGNIFICANT
    if outcome.interval is None or base.interval is None:
        return None
    low, high = difference(outcome.value, outcome.interval, base.value, base.interval)
    return low <= 0 <= high
