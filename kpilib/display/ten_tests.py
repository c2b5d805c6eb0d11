"""How well the objectives themselves are set: ten tests side by side, and what is left open."""

from __future__ import annotations

from collections.abc import Sequence

from kpilib.catalogue import catalogue
from kpilib.display.block import name, text
from kpilib.display.lint_words import check_words, gap_words, letter_words
from kpilib.display.numbers import Formatter
from kpilib.display.standing_words import goal_words, kpi_words
from kpilib.steering.coverage import Gap, orphans
from kpilib.steering.criteria import MALIN, SMART, Check
from kpilib.steering.lint import Lint
from kpilib.steering.objectives import Plan

SIGNS = {True: "✓", False: "✗", None: "?"}
SIGN_WORDS = {True: "met", False: "not met", None: "cannot be known"}


def ten_tests(lints: Sequence[Lint], gaps: Sequence[Gap], plan: Plan, formatter: Formatter) -> str:
    """Return the tests of each key result, why some fail, and what no objective asks for.

    Parameters
    ----------
    lints : sequence of Lint
    gaps : sequence of Gap
    plan : Plan
    formatter : Formatter
    """
    say = formatter.say
    failed = [each for each in lints if each.failed]
    slots = {"count": len(lints), "good": len(lints) - len(failed)}
    body = f"<p>{text(say('Of {count} key results, {good} pass every test.', **slots))}</p>"
    if failed:
        items = "".join(_reasons(each, formatter) for each in failed)
        body += _folded(say("What to put right"), f"<ul>{items}</ul>")
    body += _folded(say("The ten tests, one by one"), _table(lints, formatter))
    if gaps:
        items = "".join(f"<li>{text(gap_words(each, formatter))}</li>" for each in gaps)
        body += _folded(say("What the objectives leave open"), f"<ul>{items}</ul>")
    return body + _folded(say("KPIs that no objective asks for"), _orphans(plan, formatter))


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{text(title)}</summary>{body}</details>"


def _named(lint: Lint, formatter: Formatter) -> str:
    if lint.goal is not None:
        return goal_words(lint.goal, formatter)
    return lint.objective.statement.in_language(formatter.lang)


def _reasons(lint: Lint, formatter: Formatter) -> str:
    why = (
        formatter.pair(letter_words(each.letter, formatter), check_words(each, formatter))
        for each in lint.failed
    )
    said = "".join(f"<li>{text(each)}</li>" for each in why)
    return f"<li><strong>{name(_named(lint, formatter))}</strong><ul>{said}</ul></li>"


def _table(lints: Sequence[Lint], formatter: Formatter) -> str:
    say = formatter.say
    letters = [*MALIN, *SMART]
    heads = "".join(
        f'<th scope="col" title="{text(letter_words(letter, formatter))}">{letter}</th>'
        for letter in letters
    )
    rows = "".join(
        f'<tr><th scope="row">{name(_named(each, formatter))}</th>'
        + "".join(_cell(check, formatter) for check in (*each.malin, *each.smart))
        + "</tr>"
        for each in lints
    )
    label = text(say("The ten tests, one by one"))
    return (
        f'<div class="kl-scroll" role="region" tabindex="0" aria-label="{label}">'
        f'<table class="kl-tests"><thead><tr><th rowspan="2" scope="col">{text(say("Key result"))}'
        f'</th><th colspan="5" scope="colgroup">M.A.L.I.N</th><th colspan="5" scope="colgroup">'
        f"SMART</th></tr><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        f'<p class="kl-quiet">{text(_legend(formatter))}</p>'
    )


def _cell(check: Check, formatter: Formatter) -> str:
    """Return the sign of one test; why, where it did not pass."""
    if check.passed:
        return f"<td>{SIGNS[True]}</td>"
    words = formatter.say(SIGN_WORDS[check.passed])
    tip = text(formatter.pair(words, check_words(check, formatter)))
    return f'<td title="{tip}">{SIGNS[check.passed]}</td>'


def _legend(formatter: Formatter) -> str:
    signs = [f"{SIGNS[each]} {formatter.say(SIGN_WORDS[each])}" for each in SIGNS]
    names = [
        f"{letter} {letter_words(letter, formatter)}" for letter in dict.fromkeys((*MALIN, *SMART))
    ]
    return formatter.listed([*signs, *names])


def _orphans(plan: Plan, formatter: Formatter) -> str:
    """Name the headline KPIs of the catalogue that no key result is about."""
    first = [each.id for each in catalogue().values() if each.tier == 1 and each.topic != "okr"]
    found = orphans(plan, first)
    if not found:
        return f"<p>{text(formatter.say('Each headline KPI has an objective.'))}</p>"
    names = formatter.listed(kpi_words(each, formatter) for each in found)
    return f"<p>{text(names)}.</p>"
