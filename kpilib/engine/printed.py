"""Figures about people as they are printed: so rounded that nobody's part can be solved for.

`evaluate` is exact for whoever holds the tables. A page, figures.csv, the ledger and messages are
read by people who know who came and who left, and who can subtract one month from another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import ceil, floor, inf, log10, sqrt

from kpilib.definitions import Kpi, Measure
from kpilib.engine.intervals import poisson, wilson
from kpilib.engine.outcome import NOT_ADDITIVE, OK, SUPPRESSED, Key, Outcome
from kpilib.engine.privacy import FLOOR, hide

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
    " items before_periods teams starts assigned_by_lot"
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


def step(kpi: Kpi, outcome: Outcome) -> float:
    """Return what a figure is rounded to: at least what one of its people can move it by.

    An answer that is all or nothing moves it in leaps, so that two of them must fit in.
    """
    people, scale = people_said(outcome.people or 0.0), scale_of(kpi)
    if kpi.interval == PER_HEAD:
        least = THREE / outcome.denominator
    elif kpi.protects == TIES:
        least = THREE * (scale[1] - scale[0]) / (outcome.people or 1.0)
    elif scale is not None:
        share = 2.0 if kpi.interval in COUNTED else 0.5
        least = share * (scale[1] - scale[0]) / people
    else:
        low, high = outcome.interval or (0.0, 0.0)
        least = max((high - low) / sqrt(people), abs(outcome.value or 0.0) / people)
    return at_sight(least) if least > 0 else 0.0


def at_sight(least: float) -> float:
    """Return the first width of at least so much that a reader knows at sight."""
    power = 10.0 ** floor(log10(least))
    return next(power * each for each in STEPS if power * each >= least * (1 - 1e-9))


def texts_said(texts: float, negative: float) -> tuple[float, float]:
    """Return a number of texts to the nearest five, and a share of them in which two texts fit."""
    said = people_said(texts)
    return said, to_step(negative / texts, at_sight(2.0 / said))


def printed(kpi: Kpi, outcome: Outcome) -> Outcome:
    """Return an outcome as it may be printed.

    Parameters
    ----------
    kpi : Kpi
        One that protects somebody.
    outcome : Outcome
        The exact one; hidden where the group is too small.

    Returns
    -------
    Outcome
        Value, interval and what stands beside rounded, the number of people to the nearest five;
        a band where all or nearly all are alike.
    """
    if outcome.status != OK or outcome.value is None:
        return replace(outcome, numerator=None, denominator=None, n=None, details={})
    if SEVERITY in outcome.details:
        return _theme(outcome)
    width, scale = step(kpi, outcome), scale_of(kpi)
    if not width or (scale is not None and width >= scale[1] - scale[0]):
        return hide(outcome)
    value = to_step(outcome.value, width)
    band = _band(kpi, outcome.value, width, outcome.denominator)
    known = replace(
        outcome,
        numerator=None,
        denominator=None,
        n=people_said(outcome.people) if outcome.people else 0.0,
        details=_beside(kpi, outcome, value, width),
    ).flagged(ROUNDED)
    if band is not None:
        known = replace(known, value=None, interval=band, interval_method="bounds")
        return replace(known, status=NOT_ADDITIVE, reason=BAND)
    return replace(known, value=value, interval=_ends(kpi, outcome, value, width))


def _range(kpi: Kpi) -> tuple[float, float]:
    """Return the least and the most that a figure can be."""
    lowest, highest = scale_of(kpi) or (-inf, inf)
    return lowest, inf if kpi.interval == PER_HEAD else highest


def _band(kpi: Kpi, value: float, width: float, below: float | None) -> tuple[float, float] | None:
    """Return the end of the scale that a figure lies in, where all are alike or nearly all."""
    lowest, highest = _range(kpi)
    shown = to_step(value, width)
    if kpi.interval == PER_HEAD:
        least = _lowest_told(width, below)
        return (lowest, clean(least)) if value < least * (1 - 1e-9) else None
    if shown <= lowest:
        return lowest, clean(lowest + width)
    return (clean(highest - width), highest) if shown >= highest else None


def _lowest_told(width: float, below: float) -> float:
    """Return the least rate of events that is told, and not as a band.

    That is the width of a step, or, where the step that is cut there holds one count alone, its
    end.
    """
    counts = ceil(1.5 * width * below - 1e-9) - ceil(width * below - 1e-9)
    return width if counts > 1 else 1.5 * width


def _ends(kpi: Kpi, outcome: Outcome, value: float, width: float) -> tuple[float, float] | None:
    """Return an interval round a rounded figure that does not tell where in its step it lies."""
    if outcome.interval is None or kpi.protects == TIES:
        return None
    if kpi.interval == PER_HEAD:  # of a count, the ends tell the count: those of the step's ends
        below = outcome.denominator
        low = poisson((value - width / 2) * below)[0] / below
        high = poisson((value + width / 2) * below)[1] / below
        ends = floor(low / width) * width, ceil(high / width) * width
    else:
        away = [ceil(abs(end - outcome.value) / width + 0.5 - 1e-9) for end in outcome.interval]
        ends = value - away[0] * width, value + away[1] * width
    lowest, highest = (0.0, inf) if kpi.unit == COUNTS else _range(kpi)
    return max(clean(ends[0]), lowest), min(clean(ends[1]), highest)


def in_print(kpi: Kpi, answer: Mapping[Key, Outcome], later: set[Key]) -> dict[Key, Outcome]:
    """Return an answer as it may be printed, without the months that would tell of few people.

    Parameters
    ----------
    kpi : Kpi
    answer : mapping of (Period, group) to Outcome
        Exact, small groups hidden.
    later : set of (Period, group)
        What `solvable` found. A group that is withheld alone takes the smallest shown one along:
        the whole less the others would give it.
    """
    later = later | {key for key, each in answer.items() if _few_in_an_arm(each)}
    withheld = {key for key in answer if key in later}
    for period in {period for period, _ in withheld}:
        own = {key: each for key, each in answer.items() if key[0] == period}
        hidden = [key for key, each in own.items() if key in later or each.status == SUPPRESSED]
        shown = sorted(
            (each.people or 0.0, key)
            for key, each in own.items()
            if key not in hidden and each.status == OK
        )
        if len(hidden) == 1 and shown:
            withheld.add(shown[0][1])
    return {
        key: hide(each) if key in withheld else printed(kpi, each) for key, each in answer.items()
    }


def _few_in_an_arm(outcome: Outcome) -> bool:
    """Tell whether an effect sets fewer than five people against others: with it and what the
    others changed by, who reads both has the mean of those few."""
    arms = [outcome.details.get(name) for name in ARMS]
    return outcome.status == OK and any(0 < each < FLOOR for each in arms if each is not None)


def to_step(value: float, width: float) -> float:
    """Round to a multiple of a width, halves up."""
    return clean(floor(value / width + 0.5) * width)


def clean(value: float) -> float:
    """Drop the noise that multiples of a decimal leave."""
    return float(f"{value:.12g}")


def _beside(kpi: Kpi, outcome: Outcome, value: float, width: float) -> dict:
    """Round what stands beside a figure, and leave out what would tell more than it."""
    details: dict = {}
    for name, part in outcome.details.items():
        if name in TELLING:
            continue
        if part is None or name in PUBLIC or not isinstance(part, (int, float)):
            details[name] = part
        elif name in TO_A_TENTH:
            details[name] = to_step(part, max(A_TENTH, at_sight(THREE / (outcome.people or THREE))))
        elif kpi.unit == COUNTS:
            details[name] = part * _said_of(kpi, name, outcome, value)
        elif scale_of(kpi) is None and name.endswith(OF_PEOPLE):
            details[name] = people_said(part)
        elif scale_of(kpi) is None:
            details[name] = to_step(part, width if kpi.unit == "target" else _digits(part))
        elif name == "cronbach_alpha":
            details[name] = to_step(part, A_TENTH)
        elif name in _shares(kpi):
            details[name] = to_step(part, step(kpi, outcome) / _span(kpi))
    cost = outcome.details.get("cost")
    whole = cost is not None or kpi.unit == "EUR"
    if "benefit" in details and whole and kpi.unit in BENEFIT_OF:
        details["benefit"] = clean(BENEFIT_OF[kpi.unit](value, cost))
    return details


def _said_of(kpi: Kpi, name: str, outcome: Outcome, value: float) -> float:
    """Return what was said of the events, or of their people, over what they are.

    A share of the same events is told by them as they were said: it tells nothing more.
    """
    if kpi.beside[name].numerator == kpi.people:
        return people_said(outcome.people) / outcome.people if outcome.people else 0.0
    return value / outcome.value if outcome.value else 0.0


def _theme(outcome: Outcome) -> Outcome:
    """Return a theme as its rounded number of texts and their rounded share give it.

    Published twice, a month may differ by one text: nothing that is told then tells of its tone.
    """
    exact, severity = outcome.details, outcome.details[SEVERITY]
    judged, share = texts_said(exact["judged"], exact["negative"])
    low, high = wilson(share * judged, judged)
    counts = {name: people_said(exact[name]) for name in ("count", "texts")}
    shares = {"negative_share": share, "negative_share_low": low, "negative_share_high": high}
    told = {"judged": judged, "negative": float(round(share * judged)), SEVERITY: severity}
    return replace(
        outcome,
        value=told["negative"] * severity,
        n=people_said(outcome.people or 0.0),
        interval=(low * judged * severity, high * judged * severity),
        details={**counts, **told, **shares},
    ).flagged(ROUNDED)


def _shares(kpi: Kpi) -> set[str]:
    ratios = {name for name, part in kpi.beside.items() if not isinstance(part, Measure)}
    return {*ratios, *OF_A_WHOLE}


def _span(kpi: Kpi) -> float:
    lowest, highest = scale_of(kpi)
    return highest - lowest


def _digits(value: float) -> float:
    """Return the width that leaves two digits of a figure."""
    return 10.0 ** (floor(log10(abs(value))) - 1) if value else 1.0


def followed(kpi: Kpi) -> bool:
    """Whether two months of a KPI can tell of who came or left in between.

    Absences of two months are two things: their difference is nobody's.
    """
    return kpi.protects == "answers" and scale_of(kpi) is not None


def solvable(kpi: Kpi, months: Mapping[Key, Outcome], fewest: int = FLOOR) -> set[Key]:
    """Return the months that would tell of those who came or left since the last one printed.

    Parameters
    ----------
    kpi : Kpi
    months : mapping of (Period, group) to Outcome
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
    for period, group in sorted(months):
        outcome = months[period, group]
        if outcome.status != OK or outcome.value is None or not outcome.people:
            continue
        if group in last and tells(kpi, last[group], outcome, fewest):
            found.add((period, group))
        else:
            last[group] = outcome
    return found


def tells(kpi: Kpi, one: Outcome, other: Outcome, fewest: int = FLOOR) -> bool:
    """Whether two printed figures tell of the few people by whom their bases differ."""
    more, fewer = (one, other) if one.people > other.people else (other, one)
    movers = more.people - fewer.people
    if not 1 <= movers < fewest:
        return False
    lowest, highest = scale_of(kpi)
    (low, high), (least, most) = (_sums(kpi, each) for each in (more, fewer))
    low, high = max(low - most, movers * lowest), min(high - least, movers * highest)
    if low > high + 1e-9:
        return False  # no answer fits: the others changed theirs, and nothing can be solved
    return high - low < max(COUNTED.get(kpi.interval, 0.0), ENOUGH * movers * (highest - lowest))


def _sums(kpi: Kpi, outcome: Outcome) -> tuple[float, float]:
    """Return between which two sums of all answers the printed figure leaves the exact one."""
    width, people = step(kpi, outcome), outcome.people
    value = to_step(outcome.value, width)
    lowest, highest = scale_of(kpi)
    low, high = max(value - width / 2, lowest), min(value + width / 2, highest)
    unit = COUNTED.get(kpi.interval)
    if unit is None:
        return people * low, people * high
    # Halves were rounded up: the upper end is not among them, but at the end of the scale.
    most = people * high / unit
    whole = floor(most + 1e-9) if high == highest else ceil(most - 1e-9) - 1
    return ceil(people * low / unit - 1e-9) * unit, whole * unit
