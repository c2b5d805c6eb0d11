"""The month at a glance: what to do, then one card a KPI with all that its reading needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kpilib.definitions import Kpi
from kpilib.display import css
from kpilib.display.block import Block, name, text
from kpilib.display.entry import Entry
from kpilib.display.further import further
from kpilib.display.numbers import Formatter, known
from kpilib.display.ranking import standing
from kpilib.display.reading import base_month, per_day, weight
from kpilib.display.spark import sparkline
from kpilib.display.standing_words import figure_words, next_words, verdict_words
from kpilib.display.status import flag_words
from kpilib.display.target_words import path_value, revision_words
from kpilib.display.words import group_words
from kpilib.steering.standing import Standing

OFF_TARGET = ("proven_failure", "moderate_failure", "moderate_success")  # the worst first
MOST_GROUPS = 4
MOST_CARDS = 8
# Shape and colour both tell the verdict; the words beside them tell it without either.
ICONS = {
    "success": ("#007a5a", "M2 9l4 4 8-9"),
    "moderate_success": ("#1779ba", "M8 3l6 10H2z"),
    "moderate_failure": ("#9a6700", "M8 13L2 3h12z"),
    "proven_failure": ("#c04a00", "M3 3l10 10M13 3L3 13"),
    "not_assessable": ("#5b6776", "M3 8h10"),
}


def scorecard(entries: Sequence[Entry], formatter: Formatter) -> Block:
    """Show the headlines of a page as cards, below what missed targets ask for, and then the rest.

    Headlines are the KPIs with a target, then the first of the catalogue's first tier, as many as
    a reader takes in; every other KPI has its line in a table.

    Parameters
    ----------
    entries : sequence of Entry
    formatter : Formatter
    """
    aimed = [each for each in entries if each.verdict]
    others = sorted((e for e in entries if not e.verdict), key=lambda each: each.kpi.tier > 1)
    first = [each for each in others if each.kpi.tier == 1][: max(0, MOST_CARDS - len(aimed))]
    rest = [each for each in others if not any(each is shown for shown in first)]
    cards = "".join(card(entry, formatter) for entry in (*aimed, *first))
    return Block(
        f'{css.sheet(css.CARDS + css.TABLE)}<div class="kl kl-wide">{todo(entries, formatter)}'
        f'<ul class="kl-cards">{cards}</ul>{further(rest, formatter)}</div>'
    )


def todo(entries: Sequence[Entry], formatter: Formatter) -> str:
    """Return the list of what to do, the KPI furthest from its target first."""
    off = sorted(
        (each for each in entries if each.verdict and each.verdict.level in OFF_TARGET),
        key=lambda each: (OFF_TARGET.index(each.verdict.level), _measured(each)),
    )
    judged = [each for each in entries if each.verdict]
    if not judged:
        return ""
    say = formatter.say
    if not off:
        fine = text(say("No target is missed this month."))
        return f'<div class="kl-todo kl-fine"><p>{fine}</p></div>'
    items = "".join(
        f"<li><strong>{name(title_of(each, formatter))}</strong> "
        f"({text(figure_words(each.standing, formatter))}). "
        f"{text(next_words(each.standing, formatter))}"
        f"{_owner(each, formatter)}</li>"
        for each in off
    )
    return (
        f'<div class="kl-todo"><span class="kl-title">{text(say("What to do"))}</span>'
        f"<ol>{items}</ol></div>"
    )


def title_of(entry: Entry, formatter: Formatter) -> str:
    """Return the name of a card."""
    return entry.title or formatter.say(entry.kpi.label)


def _measured(entry: Entry) -> float:
    found = entry.standing.reached if entry.standing else None
    return found.measured or 0.0 if found else 0.0


def card(entry: Entry, formatter: Formatter) -> str:
    """Return one card."""
    level = entry.verdict.level if entry.verdict else ""
    head = f'<p class="kl-name">{name(title_of(entry, formatter))}</p>'
    row = entry.rows[0] if entry.rows else {"status": "no_data", "value": None, "reason": ""}
    if entry.by and len(entry.rows) > 1:
        body = _groups(entry, formatter)
    elif row.get("status") != "ok" or not known(row.get("value")):
        body = f'<p class="kl-figure kl-absent">{text(formatter.missing(row))}</p>'
    else:
        figure = f'<p class="kl-figure">{text(formatter.value(row["value"], entry.kpi.unit))}</p>'
        body = (
            f'<div class="kl-head">{figure}{sparkline(entry.past)}</div>{_facts(entry, formatter)}'
        )
    flags = ", ".join(flag_words(row, formatter.say))
    care = (
        f'<p class="kl-quiet">{text(formatter.say("Care: {flags}.", flags=flags))}</p>'
        if flags
        else ""
    )
    judged = _verdict(entry, formatter)
    return f'<li class="kl-card kl-{level or "unjudged"}">{head}{body}{care}{judged}</li>'


def _facts(entry: Entry, formatter: Formatter) -> str:
    say, row, unit = formatter.say, entry.rows[0], entry.kpi.unit
    lines = [_change(entry.kpi, row, base, formatter) for base in ("previous", "year_before")]
    lines = [line for line in lines if line]
    interval = formatter.interval(row.get("ci_low"), row.get("ci_high"), unit)
    if interval:
        lines.append((say("95 % interval"), interval, ""))
    if known(row.get("n")) and unit not in ("count", "people"):
        lines.append((say("Base"), formatter.base(row), ""))
    if entry.goal:
        asked = entry.goal.whole(entry.goal.target)
        target = formatter.value(asked, unit, against=row["value"])
        day = say("by {day}", day=formatter.day(entry.goal.end))
        revised = revision_words(entry.goal, formatter)
        lines.append((say("Target"), target, ", ".join(each for each in (day, revised) if each)))
        lines += _path(entry.standing, formatter)
    cells = "".join(
        f"<dt>{text(term)}</dt><dd>{text(said)}"
        + (f' <span class="kl-quiet">{text(more)}</span>' if more else "")
        + "</dd>"
        for term, said, more in lines
    )
    return f"<dl>{cells}</dl>"


def _path(standing: Standing, formatter: Formatter) -> list[tuple[str, str, str]]:
    """Return the line of what the path asks for, of a key result that is judged by it."""
    goal, say = standing.goal, formatter.say
    path = path_value(standing)
    if not standing.verdict.so_far or path is None or goal.mode == "maintain":
        return []
    asked = formatter.value(path, goal.unit, against=standing.row["value"])
    return [(say("Path"), asked, say("by {day}", day=formatter.day(standing.day)))]


def _change(
    kpi: Kpi, row: Mapping[str, Any], base: str, formatter: Formatter
) -> tuple[str, str, str] | None:
    """Return the line of one comparison: its month, the change, and whether it means something."""
    say = formatter.say
    if base not in row:
        return None
    other = base_month(row, base)
    term = say("vs {month}", month=f"{formatter.month_short(other)} {other.start.year}")
    if not known(row.get(f"delta_{base}")):
        return term, say("n/a"), ""
    change = formatter.change(
        row[f"delta_{base}"],
        row.get(f"change_{base}"),
        kpi.unit,
        roll_up=kpi.roll_up,
        of=(row["value"], row[base]),
    )
    then = formatter.value(row[base], kpi.unit, against=row["value"])
    more = say("from {then}", then=then)
    daily = per_day(row, base, formatter)
    if daily:
        more += ", " + say("{change} per day", change=daily)
    return term, change, ", ".join(filter(None, [more, weight(row, base, say)]))


def _groups(entry: Entry, formatter: Formatter) -> str:
    """Show the largest groups of a KPI that is always read by group."""
    found = [row for row in entry.rows if known(row.get("value")) and row["status"] == "ok"]
    proven = entry.kpi.unit == "rate"
    found = sorted(found, key=lambda row: standing(row, entry.kpi, proven=proven))[:MOST_GROUPS]
    if not found:
        return f'<p class="kl-figure kl-absent">{text(formatter.missing(entry.rows[0]))}</p>'
    cells = "".join(
        f"<dt>{name(group_words(row[entry.by], formatter.say))}</dt>"
        f"<dd>{text(formatter.value(row['value'], row['unit']))}</dd>"
        for row in found
    )
    more = len(entry.rows) - len(found)
    rest = formatter.say("More groups: {count}.", count=more) if more > 0 else ""
    return f'<dl>{cells}</dl><p class="kl-quiet">{text(rest)}</p>'


def _verdict(entry: Entry, formatter: Formatter) -> str:
    if entry.verdict is None:
        return ""
    colour, path = ICONS[entry.verdict.level]
    icon = (
        f'<svg class="kl-icon" viewBox="0 0 16 16" aria-hidden="true"><path d="{path}" '
        f'fill="none" stroke="{colour}" stroke-width="2.4" stroke-linejoin="round" '
        f'stroke-linecap="round"/></svg>'
    )
    said = verdict_words(entry.verdict, formatter)
    return f'<p class="kl-verdict">{icon}{text(said)}</p>'


def _owner(entry: Entry, formatter: Formatter) -> str:
    owner = entry.goal.owner.in_language(formatter.lang) if entry.goal else ""
    return f" {text(formatter.say('Owner: {owner}.', owner=owner))}" if owner else ""
