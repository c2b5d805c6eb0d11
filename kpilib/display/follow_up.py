"""What is behind a key result, in full: gauge, path, sentence, pace, probability, last check-in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from kpilib.catalogue import kpi as find
from kpilib.display.block import name, text
from kpilib.display.charts.path import path
from kpilib.display.gauge import gauge
from kpilib.display.key_result import (
    FAILURES,
    facts,
    figure_of,
    icon,
    limits_of,
    owner_of,
    why_missing,
)  # fmt: skip
from kpilib.display.numbers import Formatter, known
from kpilib.display.rows import month_number
from kpilib.display.standing_words import (
    chance_basis,
    chance_words,
    goal_words,
    kpi_words,
    next_words,
    pace_words,
    target_words,
    verdict_words,
)  # fmt: skip
from kpilib.steering.standing import Standing
from kpilib.steering.words import same_in

BEFORE = 4  # months drawn before the start


def follow_up(
    standing: Standing,
    formatter: Formatter,
    *,
    notes: Sequence[tuple[date, str]],
    key: str,
    drawn: bool = True,
) -> str:
    """Return all there is to say of one key result, open where a decision is needed.

    Parameters
    ----------
    standing : Standing
    formatter : Formatter
    notes : sequence of (date, text)
        Actions and notes about it.
    key : str
        Prefix of the ids of its chart.
    drawn : bool
        With the chart of its months.
    """
    goal, level = standing.goal, standing.verdict.level
    label = goal_words(goal, formatter)
    said = verdict_words(standing.verdict, formatter)
    opened = " open" if level in FAILURES else ""
    picture = _path(standing, formatter, notes, key, label) if drawn else ""
    return (
        f'<details class="kl-result kl-{level}"{opened}><summary>{icon(level)}'
        f"<strong>{name(label)}</strong> {text(figure_of(standing, formatter))} "
        f'<span class="kl-quiet">{text(said)}</span></summary><div class="kl-sides"><div>'
        f"{_gauge(standing, formatter, label)}"
        f"{_facts(standing, formatter)}{_last(standing, formatter)}</div>"
        f"{f'<div>{picture}</div>' if picture else ''}</div></details>"
    )


def _gauge(standing: Standing, formatter: Formatter, label: str) -> str:
    """Return where the figure stands between red, amber and green; of a level, how often held."""
    goal, row, say = standing.goal, standing.row, formatter.say
    value = row.get("value") if row.get("status") == "ok" else None
    if goal.mode == "maintain":
        share = standing.reached.attainment if standing.reached else None
        _, moderate, failure = goal.thresholds
        label = say("{label}, share of the months in which the level was held", label=label)
        words = say("Share of the months in which the level was held.")
        return gauge(
            share, (failure, moderate), "higher", formatter, label=label, unit="rate",
            ends=(0.0, 1.0), note=words,
        )  # fmt: skip
    found = limits_of(goal, standing.day)
    if found is None:
        return ""
    limits, better = found
    over = standing.day >= goal.end
    words = say("At its end.") if over else say("By {day}.", day=formatter.day(standing.day))
    return gauge(
        value, limits, better, formatter, label=label, unit=goal.unit,
        target=goal.target * goal.share(standing.day),
        baseline=goal.baseline * goal.share(standing.day), note=words,
    )  # fmt: skip


def _facts(standing: Standing, formatter: Formatter) -> str:
    say = formatter.say
    upcoming = standing.next_review
    basis = chance_basis(standing, formatter)
    chances = ". ".join(part for part in (chance_words(standing, formatter), basis) if part)
    return facts(
        [
            (say("Figure"), why_missing(standing, formatter)),
            (say("Target"), target_words(standing.goal, formatter)),
            (say("Pace"), pace_words(standing, formatter)),
            (say("Chances"), chances),
            (say("Read with"), _twin(standing, formatter)),
            (say("Next action"), next_words(standing, formatter)),
            (say("Owner"), owner_of(standing, formatter)),
            (say("Next review"), formatter.day(upcoming) if upcoming else ""),
        ]
    )


def _twin(standing: Standing, formatter: Formatter) -> str:
    """Return how the KPI moved that must not pay for this one."""
    twin = standing.twin
    if twin is None:
        return ""
    unit = find(twin.kpi).unit
    said = formatter.say(
        "{kpi}, from {then} to {now} since {month}",
        kpi=kpi_words(twin.kpi, formatter), month=formatter.month(twin.since),
        then=formatter.value(twin.then, unit, against=twin.now),
        now=formatter.value(twin.now, unit, against=twin.then),
    )  # fmt: skip
    return formatter.say("{change}: worsened", change=said) if twin.worsened else said


def _last(standing: Standing, formatter: Formatter) -> str:
    """Return the last check-in: when, how sure its owner was, what was said."""
    say, checkins = formatter.say, standing.checkins
    if not checkins:
        return f'<p class="kl-quiet">{text(say("No check-in yet."))}</p>'
    last, lang = checkins[0], formatter.lang
    when = say("Last check-in, {day}", day=formatter.day(last.date))
    sure = ""
    if known(last.confidence):
        sure = say("confidence {share}", share=formatter.ticks([last.confidence], "rate")[0])
    owners = (standing.goal.owner, standing.goal.objective.owner)
    head = ", ".join(filter(None, (when, same_in(last.author, owners, lang), sure)))
    comment = last.comment.in_language(lang)
    more = facts(
        [
            (say("Blocked by"), last.blocker.in_language(lang)),
            (say("Decision"), last.decision.in_language(lang)),
        ]
    )
    quoted = f"<p>{text(comment)}</p>" if comment else ""
    return f'<div class="kl-checkin"><p class="kl-quiet">{text(head)}</p>{quoted}{more}</div>'


def _path(
    standing: Standing,
    formatter: Formatter,
    notes: Sequence[tuple[date, str]],
    key: str,
    label: str,
) -> str:
    """Return the months on their path; nothing for a milestone, which has no months."""
    goal = standing.goal
    if goal.mode == "binary" or not goal.kpi or not standing.rows:
        return ""
    months = [month.name for month in standing.month.trailing(len(standing.rows))]
    lines = [
        dict(row) | {"period": month} for month, row in zip(months, standing.rows, strict=True)
    ]
    first = month_number(goal.start) - (0 if goal.mode == "count" else BEFORE)
    lines = [line for line in lines if month_number(line["period"]) >= first]
    drawn = path(
        pd.DataFrame(lines), goal, find(goal.kpi), formatter,
        day=standing.day, label=label, notes=notes, key=key,
    )  # fmt: skip
    return drawn._repr_html_()
