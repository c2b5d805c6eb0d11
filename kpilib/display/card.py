"""The card of a definition: what a KPI is, how to read it, how it misleads, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from kpilib.definitions import Kpi, Method, Ratio
from kpilib.display.rounding import MINUS
from kpilib.display.words import column_words
from kpilib.language import Say, speaker
from kpilib.tables import TABLES
from kpilib.tables.derive import alternatives, refinements, sources
from kpilib.tables.describing import FLOOR

COLUMNS = 88  # of a terminal

UNIT_WORDS = {
    "count": "number",
    "rate": "percentage",
    "seconds": "minutes and seconds",
    "minutes": "minutes",
    "hours": "hours",
    "days": "days",
    "months": "months",
    "periods": "periods measured after",
    "orders": "orders per customer",
    "acts": "acts per member",
    "stars": "stars from 1 to 5",
    "EUR": "amount net of VAT",
    "EUR_per_lead": "amount net of VAT per lead",
    "points": "points from -100 to +100",
    "pt": "points out of 100",
    "rank": "rank, 1 being the first",
    "pages": "pages",
    "ratio": "ratio",
    "score": "mean answer from 1 to 5",
    "people": "people",
    "target": "the unit of the training's target KPI",
    "grade": "grade from 0 to 1",
    "yes_no": "1 for yes, 0 for no",
    "verdict": "verdict from 3 (success) to 0 (proven failure)",
}
BETTER_WORDS = {
    "higher": "Higher is better",
    "lower": "Lower is better",
    "neutral": "Neither higher nor lower is better in itself",
}
BENCHMARK_WORDS = {
    "seed": "Quoted by",
    "published": "Published by",
    "internal": "Measured by",
}
ROLL_UP_WORDS = {
    "R1": "Months and groups may be added.",
    "R2": "Never average months or groups: add the numerators, add the denominators, divide once.",
    "R3": "Never add, never average: recount over the whole period, or whoever comes back counts"
    " twice.",
    "R4": "A stock: a quarter or a year is its last month; never add months.",
    "R5": "An average over days: work it out again on every day of the longer period.",
    "R6": "A mean of single cases: never average months, work it out again from all the cases.",
    "R7": "Follows one group from its start: never average months or groups.",
    "R8": "A survey: pool the answers of comparable waves, never average their scores.",
    "R9": "An estimate: never add months or groups, estimate again over the whole period.",
    "R10": "A score on the day it is taken: the last one stands, never add.",
    "R11": "A ranking: draw it up again over the whole period.",
}


@dataclass(frozen=True)
class Line:
    """One line of a card; one with a `standing` is a quotation, and that says what it is worth."""

    term: str
    said: str
    standing: str = ""


def card_text(kpi: Kpi, lang: str = "en") -> str:
    """Return the card of a KPI for a terminal, wrapped.

    Parameters
    ----------
    kpi : Kpi
    lang : str
        Language of the reader.
    """
    say = speaker(lang)
    rows = [(line.term, f"{line.said} {line.standing}".rstrip()) for line in lines(kpi, say)]
    first, *others = needs(kpi, say)
    rows += [(say("Data needed"), first), *(("", line) for line in others)]
    room = max(len(term) for term, _ in rows) + 2
    card = [f"{say(kpi.label)} ({kpi.id})", *wrap(say(kpi.question), COLUMNS), ""]
    for term, said in rows:
        card += wrap(
            said,
            COLUMNS,
            initial_indent=term.ljust(room),
            subsequent_indent=" " * room,
            break_on_hyphens=False,
            break_long_words=False,
        )
    return "\n".join(card)


def lines(kpi: Kpi, say: Say) -> list[Line]:
    """Return what a card says of a KPI below its question, what does not apply left out."""
    hidden = say("A group of fewer than {minimum} people is never shown.", minimum=FLOOR)
    above, below = _parts(kpi, say)
    found = [
        Line(say("Formula"), formula(kpi, say)),
        Line(say("Numerator"), above),
        Line(say("Denominator"), below),
        Line(say("Unit"), say(UNIT_WORDS[kpi.unit])),
        Line(say("Direction"), say(BETTER_WORDS[kpi.better])),
        Line(say("How to read it"), say(kpi.reading)),
        Line(say("How it misleads"), say(kpi.caveat)),
        Line(say("Adding up"), say(ROLL_UP_WORDS[kpi.roll_up])),
        Line(say("Always read by"), column_words(kpi.by, say) if kpi.by else ""),
        Line(say("Final"), _final(kpi, say)),
        Line(say("Privacy"), hidden if kpi.people else ""),
        Line(
            say("Benchmark"),
            say(kpi.benchmark.text) if kpi.benchmark else "",
            _standing(kpi, say),
        ),
        Line(say("Source"), say(kpi.source)),
    ]
    return [line for line in found if line.said]


def formula(kpi: Kpi, say: Say) -> str:
    """Return the formula of a KPI in words, its minus as one is set."""
    return say(kpi.formula).replace(" - ", f" {MINUS} ")


def needs(kpi: Kpi, say: Say) -> list[str]:
    """Return the canonical tables a KPI is worked out from, each with its columns."""
    needed: dict[str, set[str]] = {}
    spare: set[str] = set()
    for table, columns in kpi.needs.items():
        spare |= alternatives(table)
        for source, names in sources(table, columns).items():
            needed.setdefault(source, set()).update(names)
    found = []
    for table, names in needed.items():
        own = TABLES[table].columns
        required = [name for name in own if name in names and own[name].absent is None]
        spared = [name for name in own if name in names and own[name].absent is not None]
        line = f"{table}: {', '.join(required)}"
        if spared:
            line = say("{line} (may be left out: {columns})", line=line, columns=", ".join(spared))
        if table in spare:
            others = ", ".join(sorted(spare - {table}))
            line = say("{line} (or else: {tables})", line=line, tables=others)
        found.append(line)
    refining = [each for table in kpi.needs for each in refinements(table).items()]
    for table, names in dict(refining).items():
        if table not in needed:
            line = f"{table}: {', '.join(name for name in TABLES[table].columns if name in names)}"
            found.append(say("{line} (without it, the figure is approximate)", line=line))
    wanted = kpi.value.wants if isinstance(kpi.value, Method) else {}
    for table, columns in wanted.items():
        line = f"{table}: {', '.join(columns.split())}"
        found.append(say("{line} (if it is there)", line=line))
    return found


def _parts(kpi: Kpi, say: Say) -> tuple[str, str]:
    """Return what stands above and below the line of a ratio, as its formula says them."""
    if not isinstance(kpi.value, Ratio):
        return "", ""
    above, _, below = formula(kpi, say).partition(" / ")
    return above, below[:1].upper() + below[1:]


def _standing(kpi: Kpi, say: Say) -> str:
    """Say where a benchmark comes from and what it is worth."""
    if kpi.benchmark is None:
        return ""
    status = say(BENCHMARK_WORDS[kpi.benchmark.status])
    return say(
        "{status}: {source}; never a target.", status=status, source=say(kpi.benchmark.source)
    )


def _final(kpi: Kpi, say: Say) -> str:
    """Say from when the figure no longer moves; nothing when it never did."""
    if kpi.matures_at:
        return say("once every {column} has passed", column=kpi.matures_at)
    if kpi.maturity_days == 1:
        return say("one day after the period ends")
    if kpi.maturity_days:
        return say("{days} days after the period ends", days=kpi.maturity_days)
    return ""
