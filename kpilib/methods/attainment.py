"""How far a figure has come from its baseline to its target, and how far it should be by now.

Plain arithmetic on one key result, shared by the KPIs of the topic ``okr`` and by what is written
about objectives. The direction is in the two numbers: from 40 to 20 is progress downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

SUCCESS, MODERATE_SUCCESS = "success", "moderate_success"
FAILURES = MODERATE_FAILURE, PROVEN_FAILURE = "moderate_failure", "proven_failure"
NOT_ASSESSABLE = "not_assessable"
LEVELS = (SUCCESS, MODERATE_SUCCESS, MODERATE_FAILURE, PROVEN_FAILURE, NOT_ASSESSABLE)

Thresholds = tuple[float, float, float]
STANDARD: Thresholds = (1.0, 0.7, 0.4)
STRETCH: Thresholds = (0.7, 0.5, 0.3)  # of an objective that is meant to be out of reach

# The colour of a score: red below the first, amber below the second, green from there on.
AMBER_FROM, GREEN_FROM = 0.4, 0.7
HELD = ("maintain", "binary")  # modes that are a level, without a way to it
MOST_KEY_RESULTS = 4  # of one objective: more is a list, not a choice
CLOSE = 1e-9  # sums of floats differ in their last digit; a verdict must not


def attainment(baseline: float, target: float, value: float) -> float | None:
    """Return the share of the way from baseline to target, not clipped; None if there is no way."""
    if target == baseline:
        return None
    return (value - baseline) / (target - baseline)


def score(reached: float) -> float:
    """Return an attainment clipped to 0..1.

    Never value over target, which would score a bounce rate of 40 % on its way to 20 % as half
    done before any work.
    """
    return min(1.0, max(0.0, reached))


def reaches(value: float, target: float, better: str) -> bool:
    """Whether a figure is at its target or beyond it."""
    sign = -1.0 if better == "lower" else 1.0
    return sign * (value - target) >= -CLOSE


def held(target: float, values: Sequence[float], better: str) -> float | None:
    """Return the share of check-ins at or beyond a level to be maintained; None without any."""
    return sum(reaches(each, target, better) for each in values) / len(values) if values else None


def elapsed(start: date, end: date, day: date) -> float:
    """Return the share of the days from the first to the last that have passed, both included."""
    passed = (day - start).days + 1
    return min(1.0, max(0.0, passed / ((end - start).days + 1)))


def expected(
    baseline: float, target: float, start: date, end: date, day: date, *, compound: bool = False
) -> float:
    """Return what a straight path asks for by a day; a constant rate of growth when compound."""
    share = elapsed(start, end, day)
    if compound and baseline > 0 and target > 0:
        return baseline * (target / baseline) ** share
    return baseline + share * (target - baseline)


def weighted(scores: Sequence[float | None], weights: Sequence[float]) -> float | None:
    """Return the mean of key results' scores; one that cannot be told (None) is left out."""
    told = [(s, w) for s, w in zip(scores, weights, strict=True) if s is not None]
    whole = sum(w for _, w in told)
    return sum(s * w for s, w in told) / whole if whole > 0 else None


def level(reached: float, at_best: float | None, thresholds: Thresholds, unsure: bool) -> str:
    """Return the verdict on an attainment.

    Parameters
    ----------
    reached : float
        Attainment.
    at_best : float or None
        Attainment at the more favourable end of the interval; None when there is none, and then
        no failure is proven.
    thresholds : tuple of float
        From which attainment it is a success, a moderate success, a moderate failure.
    unsure : bool
        Partial, immature or few: no failure is proven on such a figure.
    """
    success, moderate, failure = thresholds
    if reached >= success - CLOSE:
        return SUCCESS
    if reached >= moderate - CLOSE:
        return MODERATE_SUCCESS
    proven = not unsure and at_best is not None and at_best < failure - CLOSE
    return PROVEN_FAILURE if reached < failure - CLOSE and proven else MODERATE_FAILURE


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What a key result is to reach, in numbers.

    Parameters
    ----------
    mode : str
        One of `kpilib.tables.inside.MODES`.
    baseline, target : float
    start, end : datetime.date or None
        First and last day; without them there is no pace.
    better : str
        ``higher`` or ``lower``: needed where a level is held or a milestone passed.
    thresholds : tuple of float
    """

    mode: str
    baseline: float
    target: float
    start: date | None = None
    end: date | None = None
    better: str = "higher"
    thresholds: Thresholds = STANDARD


@dataclass(frozen=True, kw_only=True)
class Reached:
    """Where a key result is on a day.

    Parameters
    ----------
    attainment : float
        Share of the way, not clipped; the share of check-ins that hold where a level is held.
    attainment_low, attainment_high : float or None
        The same for the ends of the figure's interval.
    owed : float or None
        The share of the way that the path asks for by that day; None without dates.
    pace : float or None
        Score over `owed`; None before the first day and where nothing is owed yet. Where the path
        asks for more than the target, the way beyond it counts too.
    measured : float or None
        What the verdict is on: attainment at the end, before it attainment against what is owed.
        None for a milestone that is not due.
    level : str or None
        The verdict; None where `measured` is.
    """

    attainment: float
    attainment_low: float | None
    attainment_high: float | None
    owed: float | None
    pace: float | None
    measured: float | None
    level: str | None

    @property
    def scores(self) -> tuple[float | None, ...]:
        """Attainment and its two ends, clipped to 0..1."""
        three = (self.attainment, self.attainment_low, self.attainment_high)
        return tuple(None if each is None else score(each) for each in three)

    @property
    def score(self) -> float:
        """Attainment, clipped to 0..1."""
        return score(self.attainment)


def reached(
    aim: Aim,
    day: date,
    values: Sequence[float],
    interval: tuple[float, float] | None,
    owed_value: float | None = None,
    unsure: bool = False,
) -> Reached:
    """Return where a key result is.

    Parameters
    ----------
    aim : Aim
    day : datetime.date
        The day that the last value is of.
    values : sequence of float
        The figure at each check-in, the last one now; at least one.
    interval : tuple of float or None
        Of the last value.
    owed_value : float, optional
        What the path asks for by that day, in the unit of the figure; a straight line by default.
    unsure : bool
        The last value is partial, immature or rests on few cases.
    """
    share = _share(aim, values)
    ends = [_share(aim, [*values[:-1], end]) for end in interval or ()]
    low, high = (min(ends), max(ends)) if ends else (None, None)
    owed = _owed(aim, day, owed_value)
    measured, verdict = _judged(aim, day, (share, high), owed, unsure)
    started = owed is not None and owed > 0 and aim.start is not None and day >= aim.start
    return Reached(
        attainment=share,
        attainment_low=low,
        attainment_high=high,
        owed=owed,
        # A path may lie beyond its target in the high season: then so may what counts.
        pace=(max(0.0, share) if owed > 1 else score(share)) / owed if started else None,
        measured=measured,
        level=verdict,
    )


def _judged(
    aim: Aim, day: date, shares: tuple[float, float | None], owed: float | None, unsure: bool
) -> tuple[float | None, str | None]:
    """Return what the verdict is on, and the verdict; neither of a milestone that is not due."""
    over = aim.end is None or day >= aim.end
    if aim.mode == "binary" and not over and shares[0] < 1:
        return None, None
    path = None if over or aim.mode in HELD else owed
    measured, best = (_beside(each, path) for each in shares)
    return measured, level(measured, best, aim.thresholds, unsure)


def _beside(share: float | None, path: float | None) -> float | None:
    """Return what counts for the level: beside the path of that day, where there is one."""
    return share if share is None or path is None else against(share, path)


def against(share: float, owed: float) -> float:
    """Return an attainment against what the path asks for; 1 is on the path."""
    return share / owed if owed > 0 else 1 + share - owed


def _share(aim: Aim, values: Sequence[float]) -> float:
    if aim.mode == "maintain":
        return held(aim.target, values, aim.better) or 0.0
    way = attainment(aim.baseline, aim.target, values[-1])
    if aim.mode == "binary" or way is None:
        return float(reaches(values[-1], aim.target, aim.better))
    return way


def _owed(aim: Aim, day: date, value: float | None) -> float | None:
    if aim.mode in HELD or aim.start is None or aim.end is None:
        return None
    if value is None:
        compound = aim.mode == "per_period_compound"
        value = expected(aim.baseline, aim.target, aim.start, aim.end, day, compound=compound)
    return attainment(aim.baseline, aim.target, value)
