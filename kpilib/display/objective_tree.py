"""Objectives as a tree: what each is for, its score on a gauge, and its key results below."""

from __future__ import annotations

from collections.abc import Sequence

from kpilib.display.block import name, text
from kpilib.display.gauge import SCORE, SCORE_WORDS, gauge, threshold_words
from kpilib.display.key_result import aim_words, figure_of, icon
from kpilib.display.numbers import Formatter
from kpilib.display.standing_words import goal_words, verdict_words
from kpilib.methods.attainment import score, weighted
from kpilib.steering.standing import ObjectiveStanding, Standing

KIND_WORDS = {
    "official": "",
    "secondary": "secondary objective",
    "hidden": "hidden objective: never on a published page",
}
DONE_WORDS = {
    True: "All its key results are reached.",
    False: "Not all its key results are reached.",
}


def objective_tree(roots: Sequence[ObjectiveStanding], formatter: Formatter) -> str:
    """Return objectives, those below them indented.

    Parameters
    ----------
    roots : sequence of ObjectiveStanding
    formatter : Formatter
    """
    limits = threshold_words(SCORE, "higher", "ratio", formatter)
    legend = formatter.say(
        "The score of an objective is the share of the way to its targets, from 0 to 1. {limits}"
        " The black line is what the paths ask for by now.",
        limits=limits,
    )
    return f'<p class="kl-quiet">{text(legend)}</p>{_branches(roots, formatter)}'


def _branches(roots: Sequence[ObjectiveStanding], formatter: Formatter) -> str:
    items = "".join(_objective(each, formatter) for each in roots)
    return f'<ul class="kl-tree">{items}</ul>'


def _objective(standing: ObjectiveStanding, formatter: Formatter) -> str:
    objective, say = standing.objective, formatter.say
    kind = KIND_WORDS[objective.status]
    owner = objective.owner.in_language(formatter.lang)
    about = ", ".join(
        part for part in (say(kind) if kind else "", owner, _done(standing, formatter)) if part
    )
    results = "".join(_key_result(each, formatter) for each in standing.standings)
    results = f'<ul class="kl-results">{results}</ul>' if results else ""
    below = _branches(standing.children, formatter) if standing.children else ""
    why = objective.why.in_language(formatter.lang)
    return (
        f'<li><div class="kl-branch"><div><p class="kl-name">'
        f"{name(objective.statement.in_language(formatter.lang))}</p>"
        f"{_quiet(why)}{_quiet(about)}</div>{score_gauge(standing, formatter)}</div>"
        f"{results}{below}</li>"
    )


def score_gauge(standing: ObjectiveStanding, formatter: Formatter) -> str:
    """Return the score of an objective on its gauge; why there is none where it has results."""
    if standing.score is None:
        return _quiet(score_words(standing, formatter))
    say = formatter.say
    label = say(
        "Score of {objective}", objective=standing.objective.statement.in_language(formatter.lang)
    )
    return gauge(
        standing.score, SCORE, "higher", formatter, label=label, due=due_by_now(standing),
        ends=(0.0, 1.0), zones=SCORE_WORDS, thresholds=False,
        note=score_words(standing, formatter),
    )  # fmt: skip


def score_words(standing: ObjectiveStanding, formatter: Formatter) -> str:
    """Say what a score leaves out, and what is red below it; empty where nothing is to say."""
    say, said = formatter.say, []
    if standing.without_data:
        said.append(say("Key results that cannot be judged, left out: {count}.",
                        count=standing.without_data))  # fmt: skip
    red = red_words(standing, formatter)
    return " ".join([*said, red] if red else said)


def red_words(standing: ObjectiveStanding, formatter: Formatter) -> str:
    """Name what is red below a score that is not: objectives, and key results of a green one."""
    if standing.score is None or standing.red:
        return ""
    names = [
        *(each.objective.statement.in_language(formatter.lang) for each in standing.red_below),
        *(goal_words(each.goal, formatter) for each in standing.red_results),
    ]
    if not names:
        return ""
    quoted = [formatter.say("“{name}”", name=each) for each in names]
    return formatter.say(
        "Red all the same, below this score: {names}.", names=formatter.listed(quoted)
    )


def reds_below(roots: Sequence[ObjectiveStanding], formatter: Formatter) -> str:
    """List the objectives whose score is not red, and what is red below them."""
    lines = "".join(_reds(each, formatter) for each in roots)
    if not lines:
        return ""
    title = formatter.say("Red below a score that is not")
    return f'<p class="kl-title">{text(title)}</p><ul class="kl-plain">{lines}</ul>'


def _reds(standing: ObjectiveStanding, formatter: Formatter) -> str:
    said = red_words(standing, formatter)
    own = ""
    if said and standing.score is not None:
        statement = standing.objective.statement.in_language(formatter.lang)
        score = formatter.value(standing.score, "ratio")
        own = f"<li><strong>{name(statement)}</strong> {text(f'{score}. {said}')}</li>"
    return own + "".join(_reds(each, formatter) for each in standing.children)


def due_by_now(standing: ObjectiveStanding) -> float | None:
    """Return the score that an objective would have with every key result on its path."""
    return weighted(
        [_owed(each) if each.verdict.assessed else None for each in standing.standings],
        [each.goal.weight for each in standing.standings],
    )


def _owed(standing: Standing) -> float:
    """Return the share of the way owed by now: all of a level, none of a milestone not due."""
    goal, over = standing.goal, standing.over
    if goal.mode == "maintain" or over:
        return 1.0
    return 0.0 if goal.mode == "binary" else score(goal.owed(standing.day) or 0.0)


def _key_result(standing: Standing, formatter: Formatter) -> str:
    level = standing.verdict.level
    said = (aim_words(standing, formatter), verdict_words(standing.verdict, formatter))
    return (
        f"<li>{icon(level)}{name(goal_words(standing.goal, formatter))} "
        f"<strong>{text(figure_of(standing, formatter))}</strong> "
        f'<span class="kl-quiet">{text(formatter.listed(said))}</span></li>'
    )


def _done(standing: ObjectiveStanding, formatter: Formatter) -> str:
    return "" if standing.done is None else formatter.say(DONE_WORDS[standing.done])


def _quiet(said: str) -> str:
    return f'<p class="kl-quiet">{text(said)}</p>' if said else ""
