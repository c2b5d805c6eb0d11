"""Numbers as people write targets, brought into the unit of their KPI; or the question to ask.

The answer to "+15 %" is never guessed: of a rate of 2 % it is 2.3 % or 17 %. So each question works
out what every plausible mode would give, with the baseline that was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from kpilib.methods.attainment import HELD
from kpilib.objectives.written import KeyResult, Segment
from kpilib.saying import meant, say
from kpilib.topics.catalogue import catalogue

PERCENT = ("relative", "per_period_compound")  # targets are per cent of the baseline
MEAN_MONTH = 365.25 / 12
GAP = r"[ \u00a0\u202f]"  # the spaces that part thousands, and a number from its unit
NUMBER = re.compile(rf"\s*(?P<number>[+-]?\d+(?:{GAP}\d{{3}})*(?:\.\d+)?){GAP}*(?P<unit>\D*?)\s*")
# Unit of a KPI to what may be written, and by how much that is multiplied.
WRITTEN: dict[str, dict[str, float]] = {
    "rate": {"%": 0.01, "fraction": 1.0},
    "seconds": {"s": 1.0, "min": 60.0, "h": 3600.0},
    "minutes": {"min": 1.0, "h": 60.0},
    "hours": {"h": 1.0, "min": 1 / 60, "d": 24.0},
    "days": {"d": 1.0, "h": 1 / 24},
    "count": {"count": 1.0},
    "EUR_per_lead": {},
}
MONEY = ("EUR", "EUR_per_lead")
PERIODIC = re.compile(r"(?i)(\b(each|every|per|a|par|chaque)\s+|/\s*)(month|mois|m)\b\.?")
EXAMPLE = 2  # where a text without baseline starts from, in the first unit of the KPI
SUMS = ("count", "EUR", "people", "acts")  # units in which "so many in all" makes sense
MOVES = "{low} becomes {high}"
COMES_TO = {  # what a mode would make of a target; else it is a move
    "count": "{high} in all, from start to end",
    "maintain": "{high} or better at each review",
    "from_to": "{high} at the end",
    "per_period_compound": "{low} becomes {high} by {end}, so much more each month",
}
NO_TARGET = "missing. Which figure is to be reached? Write it with its unit."
NO_BASELINE = (
    "missing. From which figure does it start? Write the figure of the last complete month, and "
    "that month in baseline_period."
)
NO_PER_CENT = (
    "per cent need a baseline above 0, and a target that is above 0 too. Write the level with "
    "mode: from_to, or the difference with mode: absolute (points of a rate)."
)


def units_of(unit: str, currency: str) -> dict[str, float]:
    """Return the units that a target may be written in, and their factors.

    Parameters
    ----------
    unit : str
        The KPI's.
    currency : str
        The company's.
    """
    if unit in MONEY:
        return {currency: 1.0}
    return WRITTEN.get(unit) or {unit: 1.0}


def read(given: float | str) -> tuple[float, str]:
    """Return a number and the unit written beside it, empty if there is none.

    Raises
    ------
    ValueError
        It is not one number; a comma is never guessed at.
    """
    if not isinstance(given, str):
        return float(given), ""
    match = NUMBER.fullmatch(given)
    if match is None:
        told = say("{given!r} is not one number with its unit.", given=given)
        raise ValueError(f"{told} {_comma(given)}")
    return float(re.sub(GAP, "", match["number"])), match["unit"].strip()


def _comma(given: str) -> str:
    if "," not in given:
        return say('Write a figure, such as 20 or "3.3 %".')
    point, none = (given.replace(",", other).strip() for other in (".", ""))
    if none.lstrip("+-").startswith("0"):  # 0,05: no thousands begin with a zero
        return say("Write {point!r}.", point=point)
    return say(
        "Write {point!r} if the comma is a decimal one, else {none!r}.", point=point, none=none
    )


def factor(word: str, unit: str, currency: str) -> float:
    """Return by how much a number in a written unit is multiplied.

    Raises
    ------
    ValueError
        The unit is not one of the KPI's; or there is none, and it must be asked for.
    """
    known = units_of(unit, currency)
    if word in known:
        return known[word]
    if not word:
        raise ValueError(say("no unit: of what? Write unit: {units}.", units=spelt(known)))
    raise ValueError(
        say(
            "{word!r} is not a unit of this KPI.{near} Write {units}.",
            word=word,
            near=meant(word, known),
            units=spelt(known),
        )
    )


def shown(value: float, unit: str, currency: str, word: str = "") -> str:
    """Return a figure as it would be written in a file: ``0.023`` of a rate is ``2.3 %``.

    Parameters
    ----------
    value : float
        In the KPI's own unit.
    unit, currency : str
        Of the KPI, and of the company.
    word : str
        The unit to write; by default the first that may be.
    """
    known = units_of(unit, currency)
    word = word if word in known else next(iter(known))
    number = format(round(value / known[word], 4), ".15g")
    return number if word in ("count", "fraction") else f"{number} {word}"


def spelt(units: Iterable[str]) -> str:
    """Return units as YAML wants them, for a message: a % stands in quotes."""
    return " or ".join('"%"' if unit == "%" else unit for unit in units)


def own_unit(written: KeyResult) -> str:
    """Return the unit of the KPI of a key result; ``done`` for a milestone."""
    found = catalogue().get(written.kpi)
    return found.unit if found else "done"


def resolved(
    written: KeyResult,
    segment: Segment | None,
    currency: str,
    start: date,
    end: date,
    was: float | str | None = None,
) -> tuple[float, float]:
    """Return baseline and target in the KPI's own unit, of a group where a segment is given.

    Parameters
    ----------
    written : KeyResult
    segment : Segment or None
    currency : str
    start, end : datetime.date
    was : float or str, optional
        An earlier target to be read instead.

    Raises
    ------
    ValueError
        Something is missing or ambiguous, said as the question that settles it.
    """
    given = was if was is not None else (segment or written).target
    if written.milestone:
        return 0.0, 1.0
    if given is None:
        raise ValueError(NO_TARGET)
    if written.mode in HELD or written.mode == "count":
        level = in_own_unit(written, given, currency)
        return level if written.mode in HELD else 0.0, level
    baseline = _baseline(written, segment, currency)
    if written.mode in PERCENT:
        steps = months_between(start, end) if written.mode == "per_period_compound" else 1
        return baseline, _grown(baseline, steps, written, given)
    if written.mode == "points":
        return baseline, baseline + points(given, written)
    target = in_own_unit(written, given, currency)
    return baseline, baseline + target if written.mode == "absolute" else target


def _baseline(written: KeyResult, segment: Segment | None, currency: str) -> float:
    low = segment.baseline if segment and segment.baseline is not None else written.baseline
    if low is None:
        raise ValueError(NO_BASELINE)
    return in_own_unit(written, low, currency)


def _grown(baseline: float, steps: float, written: KeyResult, given: float | str) -> float:
    growth = 1 + per_cent(given, written) / 100
    if baseline <= 0 or growth <= 0:
        raise ValueError(NO_PER_CENT)
    return baseline * growth**steps


def in_own_unit(written: KeyResult, given: float | str, currency: str) -> float:
    """Return a number in the KPI's own unit."""
    number, word = read(given)
    unit = "" if written.mode in (*PERCENT, "points") else written.unit
    if own_unit(written) == "done":
        return number
    if written.mode in (*PERCENT, "points") and not word:
        # A baseline beside "+15 %": of a rate it is in per cent too, else in the KPI's unit.
        word = next(iter(units_of(own_unit(written), currency)))
    return number * factor(word or unit, own_unit(written), currency)


def per_cent(given: float | str, written: KeyResult) -> float:
    """Return a target that is meant in per cent of the baseline."""
    number, word = read(given)
    if (word or written.unit) != "%":
        raise ValueError(
            say('mode {mode} is in per cent of the baseline: write unit: "%".', mode=written.mode)
        )
    return number


def points(given: float | str, written: KeyResult) -> float:
    """Return a target that is meant in points, in the KPI's own unit."""
    number, word = read(given)
    word = word or written.unit
    if own_unit(written) == "rate" and word == "pt":
        return number / 100
    if own_unit(written) != "rate" and word in ("pt", own_unit(written)):
        return number
    raise ValueError(say("mode points is in percentage points: write unit: pt."))


def months_between(start: date, end: date) -> float:
    """Return how many months lie between two days, both included; whole ones as whole numbers."""
    after = end + timedelta(1)
    if after.day == start.day:
        return float((after.year - start.year) * 12 + after.month - start.month)
    return ((after - start).days) / MEAN_MONTH


def of_mode(
    written: KeyResult, given: float | str, currency: str, days: tuple[date | None, date | None]
) -> str:
    """Return the question which mode is meant, with what each plausible one would give.

    Parameters
    ----------
    written : KeyResult
        Of a KPI of the catalogue; its mode is not looked at.
    given : float or str
        The target.
    currency : str
    days : tuple of datetime.date or None
        First and last day, as far as they are known.
    """
    number, word = read(PERIODIC.sub("", str(given)))
    each_month = PERIODIC.search(str(given)) is not None
    signed = str(given).strip().startswith(("+", "-"))
    word = word or ("" if signed and not written.unit else written.unit)
    unit = own_unit(written)
    known = units_of(unit, currency)
    ways = _ways(number, word, unit, currency, signed, each_month)
    said = [_way(written, way, currency, days) for way in ways]
    what = " of what?" if not word else " is a pace." if each_month else " is ambiguous."
    if each_month and word != "%":
        by_step = "points, unit: pt" if unit == "rate" else f"absolute, unit: {next(iter(known))}"
        said.append(f"mode: {by_step} and what that makes from start to end (a path is straight)")
    example = shown_example(unit, currency)
    shows_one = written.baseline is None and any(" becomes " in each for each in said)
    rest = f" ({example} is an example: there is no baseline)" if shows_one else ""
    said_so = repr(given) if isinstance(given, str) else format(given, ".15g")
    return f"{said_so}{what} Write {', or '.join(said)}{rest}."


def _ways(
    number: float, word: str, unit: str, currency: str, signed: bool, each_month: bool
) -> list[tuple[str, str, str]]:
    """Return mode, unit, and target with its unit, of each way that is plausible."""
    own = list(units_of(unit, currency))
    plain = format(Decimal(repr(number)), "f")
    per_cent = [("relative", "%", f"{plain} %"), ("per_period_compound", "%", f"{plain} %")]
    points = [("points", "pt", f"{plain} pt")] if unit == "rate" else []
    if each_month:
        return per_cent[1:] if word in ("", "%") else []
    if signed:
        more = [] if unit == "rate" else [("absolute", own[0], f"{plain} {own[0]}")]
        by_word = {"%": [per_cent[0], *points, per_cent[1]], "pt": points or more}
        if number < 0 and unit not in (*SUMS, "rate"):  # a level below 0, of a balance
            more = [("from_to", own[0], f"{plain} {own[0]}"), *more]
        return by_word.get(word, more) if word else [*more, per_cent[0], *points]
    if word == "%" and unit != "rate":
        return per_cent
    used = word if word in own else own[0]
    level = f"{plain} {used}"
    ways = [("from_to", used, level), ("maintain", used, level)]
    if word == "%":
        return [ways[0], per_cent[0], *points, ways[1]]
    if unit == "rate":
        return ways
    sums = [("count", used, level)] if unit in SUMS else []
    return [ways[0], ("absolute", used, level), *sums, ways[1]]


def _way(
    written: KeyResult,
    way: tuple[str, str, str],
    currency: str,
    days: tuple[date | None, date | None],
) -> str:
    mode, word, target = way
    head = f"mode: {mode}, unit: {spelt([word])}"
    start, end = days
    whole = start is not None and end is not None and start <= end
    if mode == "per_period_compound" and not whole:
        return f"{head} (so much more each month)"
    meant = written.model_copy(
        update={"mode": mode, "unit": "", "target": target, "segments": ()}
        | {"baseline": _start(written, currency)}
    )
    try:
        both = resolved(meant, None, currency, start or date.min, end or date.min)
    except ValueError:
        return head
    low, high = (shown(each, own_unit(written), currency) for each in both)
    return f"{head} ({COMES_TO.get(mode, MOVES).format(low=low, high=high, end=end)})"


def _start(written: KeyResult, currency: str) -> str:
    """Return the baseline with its unit; an example where it cannot be read."""
    known = units_of(own_unit(written), currency)
    first = next(iter(known))
    try:
        number, word = read(written.baseline if written.baseline is not None else EXAMPLE)
    except ValueError:
        number, word = EXAMPLE, first
    word = next((each for each in (word, written.unit) if each in known), first)
    return f"{format(Decimal(repr(number)), 'f')} {word}"


def shown_example(unit: str, currency: str) -> str:
    """Return the figure that a question starts from where no baseline was written."""
    known = units_of(unit, currency)
    return shown(EXAMPLE * next(iter(known.values())), unit, currency)


def of_unit(written: KeyResult, given: float | str, currency: str) -> str:
    """Return the question in which unit a figure is meant, with what each would make of it."""
    unit = own_unit(written)
    number, _ = read(given)
    known = units_of(unit, currency)
    first = next(iter(known))
    said = [
        f"unit: {spelt([word])} makes it {shown(number * by, unit, currency, first)}"
        for word, by in known.items()
    ]
    if len(said) == 1:
        return f"missing. {number:g} of what? Write unit: {spelt(known)}."
    return f"missing. {number:g} of what? {', '.join(said)}. Write what is meant."
