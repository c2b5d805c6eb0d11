"""When key results are looked at, and what happened: reviews, actions, notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from kpilib.display.block import name, text
from kpilib.display.key_result import owner_of
from kpilib.display.numbers import Formatter
from kpilib.display.standing_words import goal_words
from kpilib.steering.notes import Note
from kpilib.steering.objectives import Action
from kpilib.steering.standing import Standing
from kpilib.steering.words import same_in

FEW = 2  # missed reviews that are all named
AHEAD = 45  # days ahead in which the next reviews are listed
NOTE_WORDS = {"action": "action", "incident": "incident", "event": "event"}


def review_list(standings: Sequence[Standing], today: date, formatter: Formatter) -> str:
    """Return the reviews that were not held, and those to come.

    Parameters
    ----------
    standings : sequence of Standing
    today : datetime.date
    formatter : Formatter
    """
    say = formatter.say
    late = [each for each in standings if each.overdue]
    body = (
        f'<p class="kl-title">{text(say("Not held"))}</p><ul>'
        + "".join(
            f"<li>{_named(each, formatter)}: {text(_late(each, formatter))}</li>" for each in late
        )
        + "</ul>"
        if late
        else f"<p>{text(say('Every review that was due was held.'))}</p>"
    )
    upcoming: dict[date, list[Standing]] = {}
    for each in standings:
        if each.next_review and each.next_review <= today + timedelta(days=AHEAD):
            upcoming.setdefault(each.next_review, []).append(each)
    lines = "".join(
        f"<li><strong>{text(formatter.day(day))}</strong> "
        f"{', '.join(name(goal_words(each.goal, formatter)) for each in upcoming[day])}</li>"
        for day in sorted(upcoming)
    )
    if lines:
        body += f'<p class="kl-title">{text(say("Next reviews"))}</p><ul>{lines}</ul>'
    return body


def _named(standing: Standing, formatter: Formatter) -> str:
    owner = owner_of(standing, formatter)
    said = f" ({text(owner)})" if owner else ""
    return f"<strong>{name(goal_words(standing.goal, formatter))}</strong>{said}"


def _late(standing: Standing, formatter: Formatter) -> str:
    days = standing.overdue
    if len(days) <= FEW:
        return formatter.listed(formatter.day(day) for day in days)
    return formatter.say(
        "{count} reviews, the first on {first}, the last on {last}",
        count=len(days), first=formatter.day(days[0]), last=formatter.day(days[-1]),
    )  # fmt: skip


def events(
    standing: Standing, notes: Sequence[Note], formatter: Formatter
) -> list[tuple[date, str]]:
    """Return the actions of a key result and the notes about its KPI, for its chart."""
    lang = formatter.lang
    found = [(each.start, each.description.in_language(lang)) for each in standing.actions]
    about = [each for each in notes if each.kpi == standing.goal.kpi]
    found += [(each.date, each.text(lang)) for each in _unsaid(about, standing.actions)]
    return sorted({each for each in found if each[0] <= standing.day})


def _unsaid(notes: Sequence[Note], actions: Sequence[Action]) -> list[Note]:
    """Return the notes but for those of an action that the objectives tell themselves."""
    begun = {each.start for each in actions}
    return [each for each in notes if each.kind != "action" or each.date not in begun]


def note_list(
    notes: Sequence[Note], standings: Sequence[Standing], first: date, last: date,
    formatter: Formatter,
) -> str:  # fmt: skip
    """Return what was done and what happened from one day to another, newest first."""
    say, lang = formatter.say, formatter.lang
    actions = [action for each in standings for action in each.actions]
    owners = [each.goal.owner for each in standings]
    found = {
        (
            each.date,
            say(NOTE_WORDS.get(each.kind, each.kind)),
            each.text(lang),
            same_in(each.author, owners, lang),
        )
        for each in _unsaid(notes, actions)
    }
    for standing in standings:
        for each in standing.actions:
            owner = each.owner.in_language(lang) or owner_of(standing, formatter)
            said = each.description.in_language(lang)
            found.add((each.start, say(NOTE_WORDS["action"]), said, owner))
    shown = sorted((each for each in found if first <= each[0] <= last), reverse=True)
    if not shown:
        return f"<p>{text(say('No action and no note in these months.'))}</p>"
    lines = "".join(
        f"<li><strong>{text(formatter.day(day))}</strong> {text(said)} "
        f'<span class="kl-quiet">{text(", ".join(filter(None, (kind, who))))}</span></li>'
        for day, kind, said, who in shown
    )
    return f'<ul class="kl-plain">{lines}</ul>'
