"""Targets that can be meant in several ways: the question that settles it.

The answer to "+15 %" is never guessed: of a rate of 2 % it is 2.3 % or 17 %. So each message works
out what every plausible mode would give, with the baseline that was written."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from kpilib.objectives.goal import own_unit, resolved
from kpilib.objectives.quantity import read, shown, spelt, units_of
from kpilib.objectives.written import KeyResult

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
SHORT_EXAMPLE = """\
Such an objective can be followed once it says which figure, from where, to where and by when:
    - id: experience
      statement: "Satisfy nine learners in ten"
      key_results:
        - id: kr_satisfaction
          kpi: csat
          mode: from_to
          unit: "%"
          baseline: 85
          target: 90
          start: 2026-07-01
          end: 2026-12-31
`kpilib kpis` lists the KPIs."""


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
