"""What the ten tests and the coverage of a plan found, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kpilib.display.numbers import Formatter
from kpilib.objectives.past import Change, Quantity
from kpilib.objectives.purpose import MORE_VISITS, REASON_WORDS, Gap
from kpilib.objectives.ten_tests import Check, Lint
from kpilib.objectives.written import Words

TEST_WORDS = {
    "M": "measurable",
    "A": "attainable",
    "L": "limited in time",
    "I": "identifiable",
    "N": "negotiable",
    "S": "specific",
    "R": "relevant",
    "T": "time-bound",
}
WORK_WORDS = {
    "seo": "search engine work",
    "sea": "search advertising",
    "campaign": "a campaign",
    "email": "e-mailing",
    "social": "social media work",
    "training": "a training",
    "improvement": "an improvement",
    "event": "an event",
}
CHECK_WORDS = {
    # measurable
    "measurable": "{kpi} is in the catalogue, and the target is a figure: {target}.",
    "milestone": "A milestone: it is reached or it is not.",
    "milestone_unnamed": "Nothing says what is done when it is done. Which milestone is it?",
    "unknown_kpi": "{id} is not a KPI of the catalogue. Which figure shows it?",
    "no_source": "The data for {kpi} is not there ({lost}). Where does it come from?",
    "number": "A figure for {kpi}.",
    "number_alone": "A figure without a unit. So much of what?",
    "number_of_what": "A figure, but no KPI that is known. What is counted?",
    "no_number": "There is no figure. From how much, to how much?",
    # attainable
    "justified": "Justified: {why}",
    "within_past": "Your own past makes {target} plausible.",
    "within_past_beyond_benchmark": "{target} is beyond what others reach, but your own past makes"
    " it plausible.",
    "within_benchmark": "{target} lies within what others reach.",
    "within_benchmark_beyond_past": "{target} lies within what others reach, but your own past has"
    " nothing like it.",
    "beyond_past": "Your own past has nothing like {target}. What will be different this time?",
    "beyond_benchmark": "{target} is beyond what others reach. What makes it possible here?",
    "beyond_both": "{target} is beyond your own past and beyond what others reach. What makes it"
    " possible?",
    "no_history": "Your own past is too short to tell, and there is no benchmark.",
    "milestone_attainable": "No figure tells. Do those who must reach it believe in it?",
    "sentence_attainable": "A sentence cannot tell. What did your best months give?",
    # limited in time
    "dated": "From {start} to {end}.",
    "ends": "It ends on {end}.",
    "limited": "{days} days, and {work} shows its effect after {needed}.",
    "too_short": "{days} days, but {work} shows its effect after {needed}. Can it end later?",
    "says_when": "It says by when.",
    "no_end": "It does not say by when. On which day is it judged?",
    # identifiable
    "identifiable": "{owner} answers for it.",
    "no_owner": "Nobody answers for it. Who does?",
    "several_owners": "More than one person answers for it: {owner}. Which one?",
    "no_object": "Nothing says what it is about. Which page, list, account or team?",
    "vague": "“{word}” says a direction and no destination. What will be seen when it is reached?",
    "names_kpi": "It is about {kpi}.",
    "sentence_object": "No KPI that is known. What exactly is it about, and who answers for it?",
    # negotiable
    "negotiable": "The target is reviewed on {review}.",
    "revised": "The target was changed, and the old one is kept ({count}). Next review: {review}.",
    "no_review": "No day is set on which the target itself may be changed. When is it reviewed?",
    "review_outside": "It is reviewed only outside its own days, {start} to {end}. When before"
    " its end?",
    "sentence_negotiable": "A sentence does not say when the target is reviewed. When is it?",
    # relevant
    "serves": "It serves the objective {parent}.",
    "has_why": "It says why: {why}",
    "no_why": "It serves no other objective and says no reason. Why is it pursued?",
    "says_why": "It says what for.",
    "sentence_why": "It does not say what for. Why is it pursued?",
}
GAP_WORDS = {
    "kpi_without_objective": "{kpi} is followed, but no objective asks for it. Give it one, or"
    " leave it out.",
    "objective_without_kpi": "“{statement}” reaches no KPI. Which figure shows that it is reached?",
    "only_milestones": "“{statement}” has milestones and no KPI. Which figure shows what they"
    " bring?",
    "two_headlines": "“{statement}” has more than one headline KPI ({ids}). Which one speaks for"
    " it?",
    "action_above": "This action stands above the leaves of the tree, under “{statement}”. Which"
    " objective below does it serve?",
    "output": "{kpi} is what you do yourselves, not what comes of it. Which result should it"
    " bring?",
    "why": "“{statement}”: why? Write why, or the objective that it serves (parent).",
    "why_visits": "“{statement}”: why more visits? For {reasons}?",
    "too_many_headlines": "{count} headline KPIs. Nobody steers by more than {most}: which can"
    " wait?",
}
EVIDENCE_WORDS = {
    "best": "It asks for {asked} in {months} months; your best {months} months gave {best}.",
    "best_one": "It asks for {asked} in a month; your best month gave {best}.",
    "bound": "Your months go as far as {bound} (mean and three standard deviations).",
    "benchmark": "Benchmark: {low} to {high} ({year}).",
}


def check_words(check: Check, formatter: Formatter) -> str:
    """Return what a test found, as sentences that end in a question where it failed."""
    say = formatter.say
    slots = written(check.slots, formatter)
    if "kind" in check.slots:
        slots["work"] = say(WORK_WORDS[check.slots["kind"]])
    said = say(CHECK_WORDS[check.reason], **slots)
    if check.letter == "A" and check.reason != "justified":
        return " ".join([said, *_evidence(check, slots, formatter)])
    return said


def letter_words(letter: str, formatter: Formatter) -> str:
    """Return the name of a test."""
    return formatter.say(TEST_WORDS[letter])


def gap_words(gap: Gap, formatter: Formatter) -> str:
    """Return what a plan leaves open, as a sentence."""
    slots = written(gap.slots, formatter)
    if gap.reason == "why_visits":
        said = (f"{formatter.say(REASON_WORDS[each.id])} ({each.kpi})" for each in MORE_VISITS)
        slots["reasons"] = formatter.listed(said)
    return formatter.say(GAP_WORDS[gap.reason], **slots)


def warnings(lints: Iterable[Lint], gaps: Iterable[Gap], formatter: Formatter) -> list[str]:
    """Return one line for each thing to be looked at, alike ones together.

    Parameters
    ----------
    lints : iterable of Lint
    gaps : iterable of Gap
    formatter : Formatter
    """
    found: dict[str, list[str]] = {}
    for each in lints:
        for check in each.malin:  # R is asked as the question why, below
            if check.passed is False:
                name = letter_words(check.letter, formatter)
                reason = check_words(check, formatter)
                text = formatter.say("not {name}. {reason}", name=name, reason=reason)
                found.setdefault(text, []).append(each.id)
    for gap in gaps:
        found.setdefault(gap_words(gap, formatter), []).append(gap.about)
    return [formatter.pair(", ".join(about), text) for text, about in found.items()]


def written(slots: Mapping[str, Any], formatter: Formatter) -> dict[str, Any]:
    """Write figures, days and texts for a reader."""
    return {name: _written(value, formatter) for name, value in slots.items()}


def _written(value: Any, formatter: Formatter) -> Any:
    if isinstance(value, Quantity):
        return formatter.value(value.value, value.unit)
    if isinstance(value, Change):
        if value.relative:
            return formatter.relative(value.value)
        return formatter.difference(value.value, value.unit)
    if isinstance(value, date):
        return formatter.day(value)
    if isinstance(value, Words):
        return value.in_language(formatter.lang)
    if isinstance(value, str):
        return formatter.say(value)  # the label of a KPI; other texts have no translation
    return value


def _evidence(check: Check, slots: Mapping[str, Any], formatter: Formatter) -> list[str]:
    """Return the figures that the judgement of *attainable* rests on."""
    found = []
    if "best" in slots:
        found.append("best" if slots["months"] > 1 else "best_one")
    found += ["bound"] if "bound" in slots else []
    found += ["benchmark"] if "high" in slots else []
    return [formatter.say(EVIDENCE_WORDS[name], **slots) for name in found]
