"""Where a key result stands, in sentences: what, by how much, how sure, and what to do next."""

from __future__ import annotations

from kpilib.catalogue import catalogue
from kpilib.display.numbers import Formatter, known
from kpilib.display.status import flag_words
from kpilib.display.target_words import goal_words, kpi_words, path_value, target_words
from kpilib.methods.attainment import CLOSE
from kpilib.steering.probability import METHOD_WORDS
from kpilib.steering.probability import REASON_WORDS as NO_CHANCE_WORDS
from kpilib.steering.standing import Standing
from kpilib.steering.verdict import Verdict

LEVEL_WORDS = {
    "success": "Success",
    "moderate_success": "Moderate success",
    "moderate_failure": "Moderate failure",
    "proven_failure": "Proven failure",
}
SO_FAR_WORDS = {
    "success": "Success so far",
    "moderate_success": "Moderate success so far",
    "moderate_failure": "Moderate failure so far",
    "proven_failure": "Proven failure so far",
}
WITHHELD_WORDS = {
    "not_started": "it starts on {day}",
    "missing": "its figure is missing",
    "too_few": "too few people or cases to say",
    "too_early": "too early, {work} judged from {day}",
    "partial": "the month is not complete",
    "immature": "its cases have not run their course",
    "not_due": "it is due on {day}",
}
FOR_NOW = ("not_started", "too_early", "partial", "immature", "not_due")  # time will tell
KIND_WORDS = {
    "seo": "search engine work is",
    "sea": "search advertising is",
    "campaign": "a campaign is",
    "email": "e-mailing is",
    "social": "social media work is",
    "training": "a training is",
    "improvement": "an improvement is",
    "event": "an event is",
}
NEXT_WORDS = {
    "success": "Continue.",
    "moderate_success": "Improve.",
    "moderate_failure": "Change.",
    "proven_failure": "Stop or pivot.",
}
WAIT_WORDS = {
    "not_started": "Nothing to do yet.",
    "missing": "Provide the data, or wait for the next measurement.",
    "too_few": "Look at a larger group or a longer time.",
    "too_early": "Carry on as planned.",
    "partial": "Wait for the end of the month.",
    "immature": "Wait until its cases have run their course.",
    "not_due": "Carry on as planned.",
}
GAP_WORDS = {
    "target_chance": "the gap to the target may be chance (95 % interval {interval})",
    "target_more": "the gap to the target is more than chance (95 % interval {interval})",
    "path_chance": "the gap to the path may be chance (95 % interval {interval})",
    "path_more": "the gap to the path is more than chance (95 % interval {interval})",
}
# Probability up to which a reader is told so many chances in so many.
CHANCES = (
    (0.15, 1, 10), (0.225, 1, 5), (0.29, 1, 4), (0.415, 1, 3), (0.585, 1, 2), (0.71, 2, 3),
    (0.775, 3, 4), (0.85, 4, 5), (0.95, 9, 10),
)  # fmt: skip
UNASKED = ("over", "milestone", "not_started")  # nobody expects an estimate there
HARDLY, NEARLY = 0.05, 0.95
ON_PATH, FAR_AHEAD = 0.005, 3.0  # how near a pace is read as 1.00; from where on it says nothing


def verdict_words(verdict: Verdict, formatter: Formatter) -> str:
    """Return a verdict in a few words, with why there is none, or what weakens it."""
    say = formatter.say
    reason = reason_words(verdict, formatter)
    if verdict.reason:
        if verdict.reason in FOR_NOW:
            return say("Not assessable yet: {reason}", reason=reason)
        return say("Not assessable: {reason}", reason=reason)
    level = say((SO_FAR_WORDS if verdict.so_far else LEVEL_WORDS)[verdict.level])
    return say("{verdict} ({reason})", verdict=level, reason=reason) if reason else level


def reason_words(verdict: Verdict, formatter: Formatter) -> str:
    """Return why a verdict is withheld, provisional or lowered; empty when nothing is to say."""
    say = formatter.say
    if verdict.reason:
        day = formatter.day(verdict.day) if verdict.day else ""
        work = say(KIND_WORDS[verdict.kind]) if verdict.kind else ""
        slots = {"day": day, "work": work}
        text = WITHHELD_WORDS[verdict.reason]
        return say(text, **{slot: said for slot, said in slots.items() if f"{{{slot}}}" in text})
    weak = [say("provisional")] if verdict.provisional else []
    if verdict.lowered_by:
        weak.append(say("lowered: “{kpi}” worsened", kpi=kpi_words(verdict.lowered_by, formatter)))
    return formatter.listed(weak)


def pace_words(standing: Standing, formatter: Formatter) -> str:
    """Return how a figure stands against its path; after its end, against its target."""
    pace, figure = speed_words(standing, formatter), figure_words(standing, formatter)
    return formatter.pair(pace, figure) if pace and figure else figure


def speed_words(standing: Standing, formatter: Formatter) -> str:
    """Return the pace in a few words; empty where nothing asks for one."""
    say, goal, found = formatter.say, standing.goal, standing.reached
    if found is None or found.pace is None or standing.over:
        return ""
    if found.score == 0:
        base = goal.baseline * goal.share(standing.day)
        low = formatter.value(base, goal.unit, against=standing.row["value"])
        if found.attainment < 0:
            return say("further from the target than at the start ({low})", low=low)
        return say("no progress since the start ({low})", low=low)
    if abs(found.pace - 1) < ON_PATH:
        return say("on its path")
    pace = formatter.value(found.pace, "ratio")
    if found.pace > FAR_AHEAD:  # of a path that asks for little yet
        return say("far ahead of its path")
    if found.pace > 1:
        return say("ahead of its path, {pace} times the pace asked for", pace=pace)
    return say("{pace} of the pace asked for", pace=pace)


def figure_words(standing: Standing, formatter: Formatter) -> str:
    """Return a figure beside what its path or its target asks for; empty when it is missing."""
    say, goal, found = formatter.say, standing.goal, standing.reached
    if found is None:
        return ""
    value = standing.row["value"]
    if goal.mode == "binary" and goal.unit == "done":
        return say("done") if found.attainment >= 1 - CLOSE else say("not done")
    if goal.mode == "maintain":
        return _held(standing, formatter)
    path = path_value(standing)
    whole = goal.target * goal.share(standing.day)
    asked = whole if standing.over or path is None else path
    now = _value(standing, formatter, against=asked)
    if standing.day < goal.start:
        return now
    then = formatter.value(asked, goal.unit, against=value)
    if standing.over or path is None:
        return say("{value}, target {target}", value=now, target=then)
    day = formatter.day(standing.day)
    return say("{value}, the path asks for {target} by {day}", value=now, target=then, day=day)


def _value(standing: Standing, formatter: Formatter, against: float) -> str:
    """Write the figure; of a count, since when it counts."""
    goal = standing.goal
    now = formatter.value(standing.row["value"], goal.unit, against=against)
    span = goal.span(standing.day)
    if goal.mode != "count" and span is None:
        return now
    first = goal.start if span is None else span.start
    return formatter.say("{value} since {day}", value=now, day=formatter.day(first))


def _held(standing: Standing, formatter: Formatter) -> str:
    months = [value for _, value in standing.course if value is not None]
    held = round((standing.reached.attainment if standing.reached else 0) * len(months))
    return formatter.say(
        "{value}, months at the level: {held} of {months}",
        value=formatter.value(standing.row["value"], standing.goal.unit),
        held=held,
        months=len(months),
    )


def chance_words(standing: Standing, formatter: Formatter) -> str:
    """Return how probable it is that the target is reached; or why there is no estimate."""
    say, chance = formatter.say, standing.chance
    if chance is None:
        if standing.chance_reason not in NO_CHANCE_WORDS or standing.chance_reason in UNASKED:
            return ""
        reason = say(NO_CHANCE_WORDS[standing.chance_reason])
        return say("no estimate of the chances: {reason}", reason=reason)
    day = formatter.day(standing.goal.end)
    if chance.probability < HARDLY:
        return say("less than 1 chance in 20 of reaching it by {day}", day=day)
    if chance.probability > NEARLY:
        return say("more than 19 chances in 20 of reaching it by {day}", day=day)
    some, of = next((some, of) for most, some, of in CHANCES if chance.probability <= most)
    if some == 1:
        return say("about 1 chance in {of} of reaching it by {day}", of=of, day=day)
    return say("about {some} chances in {of} of reaching it by {day}", some=some, of=of, day=day)


def chance_basis(standing: Standing, formatter: Formatter) -> str:
    """Return what an estimate stands on, in one sentence; empty without one."""
    say, chance = formatter.say, standing.chance
    if chance is None:
        return ""
    method = say(METHOD_WORDS[chance.method])
    slots = {"enough": chance.enough, "moves": chance.moves, "method": method}
    if chance.months == 1:
        return say(
            "In the past, one month was enough for such a move in {enough} of {moves} cases"
            " ({method}).",
            **slots,
        )
    return say(
        "In the past, {months} months were enough for such a move in {enough} of {moves} cases"
        " ({method}).",
        months=chance.months,
        **slots,
    )


def next_words(standing: Standing, formatter: Formatter) -> str:
    """Return what to do next: what the verdict asks for, and the next action that was written."""
    say, verdict = formatter.say, standing.verdict
    if verdict.reason == "missing" and not standing.goal.kpi:
        return say("Say at the next review whether it is done.")
    lead = say(WAIT_WORDS[verdict.reason] if verdict.reason else NEXT_WORDS[verdict.level])
    action = standing.goal.key_result.next_action.in_language(formatter.lang).strip()
    if not action or verdict.reason in ("missing", "not_started"):
        return lead
    return f"{lead} {_ended(action)}"


def sentence(standing: Standing, formatter: Formatter) -> str:
    """Return where a key result stands: what, by how much, how sure, and what to do next."""
    judged = not standing.verdict.reason
    parts = [
        formatter.pair(goal_words(standing.goal, formatter), _by_how_much(standing, formatter)),
        _judgement(standing, formatter),
        twin_words(standing, formatter) if judged else "",
        *(_certainty(standing, formatter) if judged else ()),
        chance_words(standing, formatter) if judged else "",
        next_words(standing, formatter),
    ]
    return " ".join(_ended(part[:1].upper() + part[1:]) for part in parts if part)


def twin_words(standing: Standing, formatter: Formatter) -> str:
    """Return how the paired KPI moved, where it lowered the verdict; else empty."""
    twin = standing.twin
    if twin is None or not standing.verdict.lowered_by:
        return ""
    unit = catalogue()[twin.kpi].unit if twin.kpi in catalogue() else standing.goal.unit
    return formatter.say(
        "lowered by one level, for “{kpi}” worsened from {then} ({month}) to {now}",
        kpi=kpi_words(twin.kpi, formatter),
        then=formatter.value(twin.then, unit, against=twin.now),
        month=formatter.month(twin.since),
        now=formatter.value(twin.now, unit, against=twin.then),
    )


def _by_how_much(standing: Standing, formatter: Formatter) -> str:
    """Return the figure beside its path, if it is known, and the target."""
    goal, target = standing.goal, target_words(standing.goal, formatter)
    if standing.reached is None:
        return target
    plain = standing.over or goal.mode == "binary"
    figure = (
        _value(standing, formatter, against=goal.target)
        if plain and goal.mode != "maintain" and goal.unit != "done"
        else figure_words(standing, formatter)
    )
    return formatter.listed([figure, formatter.pair(formatter.say("target"), target)])


def _judgement(standing: Standing, formatter: Formatter) -> str:
    verdict = standing.verdict
    if verdict.reason in ("missing", "too_few"):
        reason = formatter.explanation(standing.row)
        return formatter.say("Not assessable: {reason}", reason=reason)
    if verdict.reason:
        return verdict_words(verdict, formatter)
    said = formatter.say((SO_FAR_WORDS if verdict.so_far else LEVEL_WORDS)[verdict.level])
    if verdict.provisional:
        said = formatter.say(
            "{verdict} ({reason})", verdict=said, reason=formatter.say("provisional")
        )
    pace = speed_words(standing, formatter)
    return formatter.pair(said, pace) if pace else said


def _certainty(standing: Standing, formatter: Formatter) -> list[str]:
    """Return how sure the figure is: its cautions, and whether the gap may be chance."""
    say, row, goal = formatter.say, standing.row, standing.goal
    flags = flag_words(row, say) if standing.verdict.provisional else []
    said = [say("Care: {flags}.", flags=", ".join(flags))] if flags else []
    asked = goal.target if standing.over else standing.expected
    low, high = row.get("ci_low"), row.get("ci_high")
    if not (known(low) and known(high)) or asked is None or goal.mode in ("maintain", "binary"):
        return said
    slots = {"interval": formatter.interval(low, high, goal.unit)}
    chance = "chance" if low <= asked <= high else "more"
    gap = say(GAP_WORDS[f"{'target' if standing.over else 'path'}_{chance}"], **slots)
    return [*said, gap]


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
