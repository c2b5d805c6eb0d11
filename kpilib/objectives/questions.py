"""Targets that can be meant in several ways: the question that settles it.

The answer to "+15 %" is never guessed: of a rate of 2 % it is 2.3 % or 17 %. So each message works
out what every plausible mode would give, with the baseline that was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from kpilib.definitions import Kpi, Ratio, Share
from kpilib.methods.attainment import CLOSE
from kpilib.objectives.draft import Draft, Fault, Place
from kpilib.objectives.goal import HELD, in_own_unit, own_unit, resolved
from kpilib.objectives.quantity import read, shown, spelt, units_of
from kpilib.objectives.written import MONTH, KeyResult, Segment
from kpilib.period import Period

PERIODIC = re.compile(r"(?i)(\b(each|every|per|a|par|chaque)\s+|/\s*)(month|mois|m)\b\.?")
EXAMPLE = 2  # where a text without baseline starts from, in the first unit of the KPI
SUMS = ("count", "EUR", "people", "acts")  # units in which "so many in all" makes sense
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
    unit = own_unit(written)
    start, end = days
    whole = start is not None and end is not None and start <= end
    if mode == "per_period_compound" and not whole:
        return f"{head} (so much more each month)"
    meant = written.model_copy(
        update={"mode": mode, "unit": "", "target": target, "segments": ()}
        | {"baseline": _start(written, currency)}
    )
    try:
        low, high = resolved(meant, None, currency, start or date.min, end or date.min)
    except ValueError:
        return head
    low_shown, high_shown = (shown(each, unit, currency) for each in (low, high))
    if mode == "count":
        return f"{head} ({high_shown} in all, from start to end)"
    if mode == "maintain":
        return f"{head} ({high_shown} or better at each review)"
    if mode == "from_to":
        return f"{head} ({high_shown} at the end)"
    return f"{head} ({low_shown} becomes {high_shown}{_months(mode, start, end)})"


def _months(mode: str, start: date | None, end: date | None) -> str:
    return f" by {end}, so much more each month" if mode == "per_period_compound" and end else ""


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


SOME_DAY = date(2000, 1, 31)  # stands in for days that are at fault themselves
TOO_MUCH = "comes to more than a computer can count. Is it meant as per cent each month?"
Days = tuple[date | None, date | None]


def meaning_faults(draft: Draft, kpi: Kpi, currency: str, days: Days) -> Iterator[Fault]:
    """Give what is wrong with a baseline and a target that can be read, and with what goes by them.

    Parameters
    ----------
    draft : Draft
        A key result whose mode, unit, baseline and target can be read.
    kpi : Kpi
    currency : str
    days : tuple of datetime.date or None
        Its first and last day, as far as they are known.
    """
    written: KeyResult = draft.part
    start, end = days
    first, last = (start, end) if start and end and start <= end else (SOME_DAY, SOME_DAY)

    def read(segment: Segment | None, was: float | str | None = None) -> tuple[float, float]:
        found = resolved(written, segment, currency, first, last, was)
        if not max(map(abs, found)) < float("inf"):
            raise OverflowError
        return found

    for number, segment in enumerate(written.segments or (None,)):
        at = draft.at("segments", number) if segment else draft.place
        try:
            yield from _on_the_way(written, kpi, at, read(segment), currency)
        except (ValueError, OverflowError) as error:
            yield Fault((*at, "target"), str(error) if isinstance(error, ValueError) else TOO_MUCH)
    for number, each in enumerate(written.revisions if not written.segments else ()):
        try:
            target = read(None, each.was)[1]
        except (ValueError, OverflowError) as error:
            text = str(error) if isinstance(error, ValueError) else TOO_MUCH
            yield Fault(draft.at("revisions", number, "was"), text)
        else:
            if text := _outside(written, kpi, target, currency):
                yield Fault(draft.at("revisions", number, "was"), text)
    for month, level in written.path.items():
        try:
            asked, target = in_own_unit(written, level, currency), read(None)[1]
        except (ValueError, OverflowError):
            continue  # said already: of the unit, of the target, or of its absence
        if text := _outside(written, kpi, asked, currency):
            yield Fault(draft.at("path", month), text)
        elif re.fullmatch(MONTH, month) and Period.parse(month).end_day == end and end == last:
            yield from _last_month(draft, month, asked, target, currency)


def _on_the_way(
    written: KeyResult, kpi: Kpi, at: Place, figures: tuple[float, float], currency: str
) -> Iterator[Fault]:
    baseline, target = figures
    outside = False
    for key, figure in zip(("baseline", "target"), figures, strict=True):
        if key == "baseline" and written.mode in HELD:
            continue
        if text := _outside(written, kpi, figure, currency):
            outside = True
            yield Fault((*at, key), text)
    if outside or written.mode in HELD:
        return
    low, high = (shown(each, own_unit(written), currency, written.unit) for each in figures)
    if abs(target - baseline) <= CLOSE * max(1.0, abs(target)):
        text = f"from {low} to {high} there is no way to go. To hold a level, write mode: maintain."
        yield Fault((*at, "target"), text)
    elif kpi.better != "neutral" and (target > baseline) is not (kpi.better == "higher"):
        rises = target > baseline
        way, wanted = ("a rise", "less") if rises else ("a fall", "more")
        limit = "highest" if rises else "lowest"
        text = (
            f"from {low} to {high} is {way}, and of {kpi.id} {wanted} is better. Are the two"
            f" swapped? To accept {way}, write mode: maintain with the {limit} level that is"
            " accepted."
        )
        yield Fault((*at, "target"), text)


def _outside(written: KeyResult, kpi: Kpi, figure: float, currency: str) -> str:
    """Say that a share is not between 0 and 1; a return or a growth need not be."""
    shares = kpi.unit == "rate" and isinstance(kpi.value, Ratio | Share)
    leavers = kpi.interval == "poisson_rate"  # over a mean headcount: may be more than all
    if not shares or leavers or -CLOSE <= figure <= 1 + CLOSE:
        return ""
    text = f"comes to {shown(figure, 'rate', currency)}; {kpi.id} lies between 0 and 100 %."
    if written.unit == "fraction" and 1 < figure <= 100:
        text += f' For {figure:g} % write unit: "%".'
    return text


def _last_month(
    draft: Draft, month: str, asked: float, target: float, currency: str
) -> Iterator[Fault]:
    """Compare the level of the last month with the target, where both are of the same day."""
    if abs(asked - target) <= CLOSE * max(1.0, abs(target)):
        return
    written: KeyResult = draft.part
    unit = own_unit(written)
    level, aim = (shown(each, unit, currency, written.unit) for each in (asked, target))
    text = f"asks for {level} by the last day, and the target for {aim}. Which is it?"
    yield Fault(draft.at("path", month), text)
