"""Figures about people as they are printed: so rounded that nobody's part can be solved for.

`evaluate` is exact for whoever holds the tables. A page, figures.csv, the ledger and messages are
read by people who know who came and who left, and who can subtract one month from another.
"""

from __future__ import annotations

from math import floor, inf, log10
from typing import Any

import numpy as np
import pandas as pd

from kpilib.definitions import Kpi, Measure
from kpilib.engine.columns import Figures
from kpilib.engine.intervals import Intervals, poissons, wilson
from kpilib.engine.outcome import NOT_ADDITIVE, OK, SUPPRESSED, Key
from kpilib.engine.privacy import hide
from kpilib.tables.describing import FLOOR

ROUNDED = "rounded"
BAND = "All or nearly all are alike here: only a band is shown, to protect them."
# What one person can answer, by unit; an estimate has no such scale, and its spread stands for it.
SCALES = {"rate": (0.0, 1.0), "points": (-100.0, 100.0), "score": (1.0, 5.0), "pt": (-100.0, 100.0)}
ESTIMATE, TIES = "R9", "ties"  # a figure of ties is modelled too, and is a share all the same
PER_HEAD = "poisson_rate"  # events over the staff: a person may have several
COUNTED = {"wilson": 1.0, "net_score": 100.0}  # answers that are all or nothing, and their step
THREE = 3.0  # events or ties: with those that nobody has, one that somebody has must fit in
STEPS = (1.0, 2.0, 5.0, 10.0)  # a reader knows these at sight
A_TENTH = 0.1  # what is told of an alpha, which is of all and on no scale of answers
OF_A_WHOLE = (
    "favourable_share neutral_share unfavourable_share normalised_gain reciprocity cross_team_share"
).split()
SEVERITY = "severity"  # of a theme of texts
COUNTS = "count"
ENOUGH = 0.25  # of the scale: what must stay open of a mean over fewer than five
PUBLIC = (  # tell nothing of anybody
    "cost evaluated_cost evaluated_share unit_value months trainings evaluated_trainings coverage"
    " items before_periods teams starts assigned_by_lot response_rate"
).split()
ARMS = ("treated_people", "control_people", "people")  # whom an effect or its worth compares
OF_PEOPLE = ("people", "_listed", "_at_end", "_measured", "treated_due", "control_due")
TO_A_TENTH = ("before_difference", "before_trend_p")  # of no unit: not on the scale of the figure
# These give the spread to many digits.
TELLING = "standard_error p_value permutation_p p_holm hedges_g break_even_probability".split()
BENEFIT_OF = {
    "EUR": lambda value, cost: value,
    "ratio": lambda value, cost: value * cost,
    "rate": lambda value, cost: (value + 1) * cost,
}


def scale_of(kpi: Kpi) -> tuple[float, float] | None:
    """Return the least and the most that one person can add to the mean that a KPI is."""
    estimated = kpi.roll_up == ESTIMATE and kpi.protects != TIES
    return None if estimated else SCALES.get(kpi.unit)


def people_said(people: float) -> float:
    """Return a number of people to the nearest five, and never fewer than five."""
    return max(float(FLOOR), FLOOR * floor(people / FLOOR + 0.5))


all_said = np.vectorize(people_said, otypes=[float])


def step(kpi: Kpi, found: Figures) -> np.ndarray:
    """Return what figures are rounded to: at least what one of their people can move them by.

    An answer that is all or nothing moves one in leaps, so that two of them must fit in.
    """
    there, scale = np.nan_to_num(found.people), scale_of(kpi)
    people = all_said(there)
    if kpi.interval == PER_HEAD:
        least = THREE / found.denominator
    elif kpi.protects == TIES:
        least = THREE * (scale[1] - scale[0]) / np.where(there, there, 1.0)
    elif scale is not None:
        share = 2.0 if kpi.interval in COUNTED else 0.5
        least = share * (scale[1] - scale[0]) / people
    else:
        spread = (found.high - found.low) / np.sqrt(people)
        least = np.fmax(np.nan_to_num(spread), np.abs(np.nan_to_num(found.value)) / people)
    return at_sight(least)


def step_of(kpi: Kpi, rows: pd.DataFrame) -> np.ndarray:
    """Return what the figures of rows are rounded to; see `step`."""
    found = Figures([*rows.index])
    given = {"people": "n", "value": "value", "low": "ci_low", "high": "ci_high"}
    for name, column in given.items():
        setattr(found, name, rows[column].to_numpy(dtype=float))
    return step(kpi, found)


def at_sight(least: Any) -> Any:
    """Return the first width of at least so much that a reader knows at sight; 0 of nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        power = 10.0 ** np.floor(np.log10(least))
    widths = [power * each for each in STEPS]
    return np.select([each >= least * (1 - 1e-9) for each in widths], widths)[()]


def texts_said(texts: float, negative: float) -> tuple[float, float]:
    """Return a number of texts to the nearest five, and a share of them in which two texts fit."""
    said = people_said(texts)
    return said, to_step(negative / texts, at_sight(2.0 / said))


def printed(kpi: Kpi, found: Figures) -> None:
    """Round figures so that they may be printed.

    Value, interval and what stands beside are rounded, the number of people to the nearest five;
    where all or nearly all are alike there is a band.

    Parameters
    ----------
    kpi : Kpi
        One that protects somebody.
    found : Figures
        The exact ones; hidden where the group is too small.
    """
    told = (found.status == OK) & found.known
    for column in (found.numerator, found.denominator, found.n):
        column[~told] = np.nan
    found.details[~told] = {}
    themes = any(SEVERITY in own for own in found.details)
    if not themes:
        width = step(kpi, found)
        too_wide = told & ((width == 0) | (width >= _span(kpi)))
        hide(found, too_wide)
        told &= ~too_wide
    own = found.at(np.flatnonzero(told))
    (_themes if themes else _rounded)(kpi, own)
    own.flag(ROUNDED, True)
    found.put(told, own)


def _rounded(kpi: Kpi, found: Figures) -> None:
    width = step(kpi, found)
    value, band = to_step(found.value, width), _band(kpi, found, width)
    ends = _ends(kpi, found, value, width)
    each = zip(value.tolist(), width.tolist(), strict=True)
    found.details[:] = [_beside(kpi, found, at, *told) for at, told in enumerate(each)]
    there = np.nan_to_num(found.people)
    found.n = np.where(there, all_said(there), 0.0)
    found.numerator[:] = found.denominator[:] = np.nan
    alike = ~np.isnan(band[0])
    found.value = value
    found.unknown(alike, NOT_ADDITIVE, BAND)
    found.low, found.high = np.where(alike, band, ends)
    found.method[alike] = "bounds"


def _range(kpi: Kpi) -> tuple[float, float]:
    """Return the least and the most that a figure can be."""
    lowest, highest = scale_of(kpi) or (-inf, inf)
    return lowest, inf if kpi.interval == PER_HEAD else highest


def _band(kpi: Kpi, found: Figures, width: np.ndarray) -> Intervals:
    """Return the end of the scale that figures lie in, where all are alike or nearly all."""
    lowest, highest = _range(kpi)
    if kpi.interval == PER_HEAD:
        least = _lowest_told(width, found.denominator)
        few = found.value < least * (1 - 1e-9)
        return np.where(few, lowest, np.nan), np.where(few, clean(least), np.nan)
    shown = to_step(found.value, width)
    ends = [shown <= lowest, shown >= highest]
    low = np.select(ends, [lowest, clean(highest - width)], np.nan)
    return low, np.select(ends, [clean(lowest + width), highest], np.nan)


def _lowest_told(width: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return the least rate of events that is told, and not as a band.

    That is the width of a step, or, where the step that is cut there holds one count alone, its
    end.
    """
    counts = np.ceil(1.5 * width * below - 1e-9) - np.ceil(width * below - 1e-9)
    return np.where(counts > 1, width, 1.5 * width)


def _ends(kpi: Kpi, found: Figures, value: np.ndarray, width: np.ndarray) -> Intervals:
    """Return intervals round rounded figures that do not tell where in their step they lie."""
    if kpi.interval == PER_HEAD:  # of a count, the ends tell the count: those of the step's ends
        below = found.denominator
        low = poissons((value - width / 2) * below)[0] / below
        high = poissons((value + width / 2) * below)[1] / below
        low, high = np.floor(low / width) * width, np.ceil(high / width) * width
    else:
        away = [
            np.ceil(np.abs(end - found.value) / width + 0.5 - 1e-9)
            for end in (found.low, found.high)
        ]
        low, high = value - away[0] * width, value + away[1] * width
    there = ~np.isnan(found.low) & (kpi.protects != TIES)
    lowest, highest = (0.0, inf) if kpi.unit == COUNTS else _range(kpi)
    ends = np.maximum(clean(low), lowest), np.minimum(clean(high), highest)
    return np.where(there, ends[0], np.nan), np.where(there, ends[1], np.nan)


def in_print(kpi: Kpi, found: Figures, later: set[Key]) -> None:
    """Make an answer such as may be printed, without the months that would tell of few people.

    Parameters
    ----------
    kpi : Kpi
    found : Figures
        Exact, small groups hidden.
    later : set of (Period, group)
        What `solvable` found. A group that is withheld alone takes the smallest shown one along:
        the whole less the others would give it.
    """
    withheld = found.among(later) | _few_in_an_arm(found)
    hidden = withheld | (found.status == SUPPRESSED)
    for period in {period for period, _ in found.places[withheld]}:
        here = found.inside([period])
        shown = np.flatnonzero(here & ~hidden & (found.status == OK))
        if hidden[here].sum() == 1 and len(shown):
            people = np.nan_to_num(found.people)
            withheld[min(shown, key=lambda at: (people[at], found.places[at]))] = True
    hide(found, withheld)
    printed(kpi, found)


def _few_in_an_arm(found: Figures) -> np.ndarray:
    """Tell whether effects set fewer than five people against others: with one and what the
    others changed by, who reads both has the mean of those few."""
    arms = np.array([[own.get(name) for name in ARMS] for own in found.details], dtype=float)
    few = (arms > 0) & (arms < FLOOR)
    return (found.status == OK) & few.reshape(-1, len(ARMS)).any(axis=1)


def to_step(value: Any, width: Any) -> Any:
    """Round to a multiple of a width, halves up: also those that a division leaves just below.

    Examples
    --------
    >>> to_step(0.3, 0.2)
    0.4
    """
    return clean(np.floor(value / width + 0.5 + 1e-9) * width)


def clean(value: Any) -> Any:
    """Drop the noise that multiples of a decimal leave."""
    if np.ndim(value):
        return np.array([clean(each) for each in value.tolist()], dtype=float)
    return float(f"{value:.12g}")


def _beside(kpi: Kpi, found: Figures, at: int, value: float, width: float) -> dict:
    """Round what stands beside a figure, and leave out what would tell more than it."""
    people = float(np.nan_to_num(found.people[at]))
    details: dict = {}
    for name, part in found.details[at].items():
        if name in TELLING:
            continue
        if part is None or name in PUBLIC or not isinstance(part, (int, float)):
            details[name] = part
        elif name in TO_A_TENTH:
            details[name] = to_step(part, max(A_TENTH, at_sight(THREE / (people or THREE))))
        elif kpi.unit == COUNTS:
            exact = float(found.value[at])
            said = people_said(people) / people if people else 0.0
            of_people = kpi.beside[name].numerator == kpi.people
            # A share of the same events is told by them as they were said: it tells nothing more.
            details[name] = part * (said if of_people else value / exact if exact else 0.0)
        elif scale_of(kpi) is None and name.endswith(OF_PEOPLE):
            details[name] = people_said(part)
        elif scale_of(kpi) is None:
            details[name] = to_step(part, width if kpi.unit == "target" else _digits(part))
        elif name == "cronbach_alpha":
            details[name] = to_step(part, A_TENTH)
        elif name in _shares(kpi):
            details[name] = to_step(part, width / _span(kpi))
    cost = found.details[at].get("cost")
    whole = cost is not None or kpi.unit == "EUR"
    if "benefit" in details and whole and kpi.unit in BENEFIT_OF:
        details["benefit"] = clean(BENEFIT_OF[kpi.unit](value, cost))
    return details


def _themes(_: Kpi, found: Figures) -> None:
    """Say themes as their rounded number of texts and their rounded share give them.

    Published twice, a month may differ by one text: nothing that is told then tells of its tone.
    """
    for at, exact in enumerate(found.details):
        severity = exact[SEVERITY]
        judged, share = texts_said(exact["judged"], exact["negative"])
        low, high = wilson(share * judged, judged)
        counts = {name: people_said(exact[name]) for name in ("count", "texts")}
        shares = {"negative_share": share, "negative_share_low": low, "negative_share_high": high}
        told = {"judged": judged, "negative": float(round(share * judged)), SEVERITY: severity}
        found.value[at] = told["negative"] * severity
        found.low[at], found.high[at] = low * judged * severity, high * judged * severity
        found.details[at] = {**counts, **told, **shares}
    found.n = all_said(np.nan_to_num(found.people))


def _shares(kpi: Kpi) -> set[str]:
    ratios = {name for name, part in kpi.beside.items() if not isinstance(part, Measure)}
    return {*ratios, *OF_A_WHOLE}


def _span(kpi: Kpi) -> float:
    lowest, highest = scale_of(kpi) or (-inf, inf)
    return highest - lowest


def _digits(value: float) -> float:
    """Return the width that leaves two digits of a figure."""
    return 10.0 ** (floor(log10(abs(value))) - 1) if value else 1.0


def followed(kpi: Kpi) -> bool:
    """Whether two months of a KPI can tell of who came or left in between.

    Absences of two months are two things: their difference is nobody's.
    """
    return kpi.protects == "answers" and scale_of(kpi) is not None


def solvable(kpi: Kpi, months: Figures, fewest: int = FLOOR) -> set[Key]:
    """Return the months that would tell of those who came or left since the last one printed.

    Parameters
    ----------
    kpi : Kpi
    months : Figures
        Every month of the data, exact.
    fewest : int
        The fewest people of whom something may be told.

    Returns
    -------
    set of (Period, group)
        Where the two printed figures and the true numbers of people leave open, of the answers of
        fewer people, less than a quarter of what they could be, or one sum alone.
    """
    found, last = set(), {}
    told = np.flatnonzero((months.status == OK) & months.known & (months.people > 0))
    for at in sorted(told, key=lambda at: months.places[at]):
        _, group = place = months.places[at]
        if group in last and tells(kpi, months.at([last[group], at]), fewest):
            found.add(place)
        else:
            last[group] = at
    return found


def tells(kpi: Kpi, pair: Figures, fewest: int = FLOOR) -> bool:
    """Whether two printed figures tell of the few people by whom their bases differ."""
    more, fewer = (0, 1) if pair.people[0] > pair.people[1] else (1, 0)
    movers = pair.people[more] - pair.people[fewer]
    if not 1 <= movers < fewest:
        return False
    lowest, highest = scale_of(kpi)
    least, most = _sums(kpi, pair)
    low = max(least[more] - most[fewer], movers * lowest)
    high = min(most[more] - least[fewer], movers * highest)
    if low > high + 1e-9:
        return False  # no answer fits: the others changed theirs, and nothing can be solved
    return high - low < max(COUNTED.get(kpi.interval, 0.0), ENOUGH * movers * (highest - lowest))


def _sums(kpi: Kpi, found: Figures) -> Intervals:
    """Return between which two sums of all answers printed figures leave the exact ones."""
    width, people = step(kpi, found), found.people
    value = to_step(found.value, width)
    lowest, highest = scale_of(kpi)
    low, high = np.maximum(value - width / 2, lowest), np.minimum(value + width / 2, highest)
    unit = COUNTED.get(kpi.interval)
    if unit is None:
        return people * low, people * high
    # Halves were rounded up: the upper end is not among them, but at the end of the scale.
    most = people * high / unit
    whole = np.where(high == highest, np.floor(most + 1e-9), np.ceil(most - 1e-9) - 1)
    return np.ceil(people * low / unit - 1e-9) * unit, whole * unit
