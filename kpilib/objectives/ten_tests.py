"""The ten tests of an objective: five of M.A.L.I.N, five of SMART, and the sentence it is said in.

M.A.L.I.N asks whether it is measurable, attainable, limited, identifiable and negotiable; four of
SMART are the same tests, and *relevant* is added.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kpilib.definitions import COUNTED
from kpilib.objectives.goal import Goal, goals
from kpilib.objectives.goal_rows import Figures
from kpilib.objectives.past import (
    Past,
    Quantity,
    histories,
    past_of,
    range_of,
    within_benchmark,
)
from kpilib.objectives.sentence import (
    MEASURED,
    NUMBER,
    REASONED,
    named_kpi,
    plain,
    vague_word,
    without_time,
)
from kpilib.objectives.verdict import HORIZONS, judged_from, slowest, usual_kind
from kpilib.objectives.written import Objective, Plan
from kpilib.topics.catalogue import catalogue

if TYPE_CHECKING:
    from kpilib.answers.asking import Asking

MALIN = ("M", "A", "L", "I", "N")
SMART = ("S", "M", "A", "R", "T")
# What each test may find, as a code: what passes it, what fails it, and what cannot be known.
FOUND: dict[str, tuple[str, str, str]] = {
    "M": (
        "measurable milestone number",
        "unknown_kpi no_source milestone_unnamed number_alone no_number",
        "number_of_what",
    ),
    "A": (
        "justified within_past within_past_beyond_benchmark within_benchmark"
        " within_benchmark_beyond_past",
        "beyond_past beyond_benchmark beyond_both",
        "no_history milestone_attainable sentence_attainable",
    ),
    "L": ("dated ends limited says_when", "too_short no_end", ""),
    "I": ("identifiable names_kpi", "no_owner several_owners no_object vague", "sentence_object"),
    "N": ("negotiable revised", "no_review review_outside", "sentence_negotiable"),
    "R": ("serves has_why says_why", "no_why", "sentence_why"),
}
REASONS = {
    reason: (letter, passed)
    for letter, every in FOUND.items()
    for passed, reasons in zip((True, False, None), every, strict=True)
    for reason in reasons.split()
}
# The same test under two letters. N (negotiable) has no SMART twin, R (relevant) no M.A.L.I.N one.
TWINS = {"M": "M", "A": "A", "L": "T", "I": "S"}
# What it comes to, by whether a target is within the benchmark, and within what was done before.
OUTCOMES = {
    (True, True): "within_past",
    (None, True): "within_past",
    (False, True): "within_past_beyond_benchmark",
    (True, None): "within_benchmark",
    (True, False): "within_benchmark_beyond_past",
    (None, None): "no_history",
    (False, None): "beyond_benchmark",
    (None, False): "beyond_past",
    (False, False): "beyond_both",
}
TWO_OWNERS = re.compile(r"\s(?:and|et|&)\s|[,;/+]")  # between the names of two owners


@dataclass(frozen=True, kw_only=True)
class Check:
    """What one test found.

    Parameters
    ----------
    letter : str
        Of `MALIN`, or of `SMART`.
    passed : bool or None
        None when it cannot be known from what is there.
    reason : str
        A code of `FOUND`: a key of the words in `kpilib.display.lint_words`.
    slots : mapping
        What fills its words: texts, `Quantity`, `Change`, days, whole numbers.
    """

    letter: str
    passed: bool | None
    reason: str
    slots: Mapping[str, Any] = field(default_factory=dict)


def check(reason: str, **slots: Any) -> Check:
    """Return what a test found by its code, which says the test and whether it is passed."""
    letter, passed = REASONS[reason]
    return Check(letter=letter, passed=passed, reason=reason, slots=slots)


def side_by_side(malin: tuple[Check, ...], relevant: Check) -> tuple[Check, ...]:
    """Return the five tests of SMART: four are twins of M.A.L.I.N's, and R stands alone."""
    own = {TWINS[each.letter]: each for each in malin if each.letter in TWINS} | {"R": relevant}
    return tuple(replace(own[letter], letter=letter) for letter in SMART)


def attainable(goal: Goal, months: Figures = ()) -> Check:
    """Say whether a target can be reached.

    It can when it stays inside the range of the KPI's benchmark, inside mean +- 3 standard
    deviations of the company's own past months, or when as many months once gave as much; or when
    a text justifies it (catalogue, method M02).

    Parameters
    ----------
    goal : Goal
    months : sequence of (Period, float or None)
        Months of the same KPI and group, oldest first; those that end after its start are ignored.
    """
    if goal.mode == "binary":
        return check("milestone_attainable")
    past = past_of(goal, months)
    reason = OUTCOMES[within_benchmark(goal), past.seen]
    found = check(reason, target=Quantity(goal.target, goal.unit), **_evidence(goal, past))
    why = goal.key_result.justification
    return check("justified", why=why) if why and found.passed is not True else found


def _evidence(goal: Goal, past: Past) -> dict[str, Any]:
    """Return the figures that the judgement rests on, those that there are."""
    found: dict[str, Any] = {"months": past.months}
    if past.best is not None:
        found |= {"asked": past.asked, "best": past.best}
    if past.bound is not None:
        found["bound"] = past.bound
    if (bounds := range_of(goal)) is not None:
        low, high = (Quantity(each, goal.unit) for each in bounds)
        found |= {"low": low, "high": high, "year": str(catalogue()[goal.kpi].benchmark.year)}
    return found


def malin(goal: Goal, months: Figures = (), company: Asking | None = None) -> tuple[Check, ...]:
    """Put the five tests to a key result.

    Parameters
    ----------
    goal : Goal
    months : sequence of (Period, float or None)
        Months of its KPI, for *attainable*.
    company : Asking, optional
        Whose data must be able to give the figure.
    """
    return (
        measurable(goal, company),
        attainable(goal, months),
        limited(goal),
        identifiable(goal),
        negotiable(goal),
    )


def measurable(goal: Goal, company: Asking | None = None) -> Check:
    """Say whether there is a KPI of the catalogue, a number, and the data it is worked out from."""
    if goal.key_result.milestone:
        named = goal.key_result.label or goal.key_result.object
        return check("milestone" if named else "milestone_unnamed")
    kpi = catalogue().get(goal.kpi)
    if kpi is None:
        return check("unknown_kpi", id=goal.kpi)
    slots = {"kpi": kpi.label, "target": Quantity(goal.target, goal.unit)}
    if lost := lacking(goal.kpi, company) if company is not None else []:
        return check("no_source", **slots, lost=", ".join(lost))
    return check("measurable", **slots)


def lacking(kpi: str, company: Asking) -> list[str]:
    """Return the tables, and the columns, that a KPI needs and the company does not have."""
    found = []
    for table, columns in catalogue()[kpi].needs.items():
        found += company.tables.missing(table) or company.tables.lacking(table, columns)
    return list(dict.fromkeys(found))


def limited(goal: Goal) -> Check:
    """Say whether the days until its end are enough for what is done to show.

    A level to be held and a milestone have nothing to wait for.
    """
    slots = {"start": goal.start, "end": goal.end}
    first = judged_from(goal)
    if first is None:
        return check("dated", **slots)
    kind = slowest(goal)
    needed = HORIZONS[kind]
    days = (goal.end - (first - timedelta(needed))).days + 1
    reason = "limited" if days >= needed else "too_short"
    return check(reason, **slots, kind=kind, days=max(days, 0), needed=needed)


def identifiable(goal: Goal) -> Check:
    """Say whether one person answers for one object; a KPI names its object by itself."""
    owner = goal.owner
    if not owner:
        return check("no_owner")
    if TWO_OWNERS.search(owner.en or owner.fr):
        return check("several_owners", owner=owner)
    if not goal.kpi and not (goal.key_result.object or goal.key_result.label):
        statement = goal.objective.statement
        word = vague_word(statement.en) or vague_word(statement.fr)
        return check("vague" if word else "no_object", word=word)
    return check("identifiable", owner=owner)


def negotiable(goal: Goal) -> Check:
    """Say whether a date is set on which the target itself may be changed.

    The cadence of the whole file is for looking at figures, so it does not count: only a review
    of the key result's own, on or before its last day, does.
    """
    reviews = goal.key_result.reviews
    dates = [day for day in reviews if goal.start <= day <= goal.end]
    if not dates:
        reason = "review_outside" if reviews else "no_review"
        return check(reason, start=goal.start, end=goal.end)
    reason = "revised" if goal.was else "negotiable"
    return check(reason, review=min(dates), count=len(goal.was))


def relevant(objective: Objective) -> Check:
    """Say whether an objective serves another one, or says why it is pursued.

    The source articles read R as *realistic* or as *pertinent*; realism is *attainable* already.
    """
    if objective.parent:
        return check("serves", parent=objective.parent)
    return check("has_why", why=objective.why) if objective.why else check("no_why")


@dataclass(frozen=True, kw_only=True)
class Lint:
    """What the ten tests found of one key result, or of an objective that has none.

    Parameters
    ----------
    objective : Objective
    goal : Goal or None
        None for an objective without key results and without objectives below it.
    malin, smart : tuple of Check
        Five each, in the order of the letters.
    """

    objective: Objective
    goal: Goal | None
    malin: tuple[Check, ...]
    smart: tuple[Check, ...]

    @property
    def id(self) -> str:
        """The goal's, or the objective's."""
        return self.goal.id if self.goal else self.objective.id

    @property
    def failed(self) -> tuple[Check, ...]:
        """The tests that failed, each once: those of M.A.L.I.N, then R."""
        alone = [each for each in self.smart if each.letter == "R"]
        return tuple(each for each in (*self.malin, *alone) if each.passed is False)


def lint(plan: Plan, company: Asking | None = None) -> list[Lint]:
    """Put every key result of a plan to the ten tests.

    Parameters
    ----------
    plan : Plan
        One in which no fault was found.
    company : Asking, optional
        Its past is what *attainable* looks at, its tables what *measurable* does.
    """
    every = goals(plan, company.settings.currency if company is not None else "EUR")
    past = histories(every, company) if company is not None else {}
    parents = {objective.parent for objective in plan.objectives}
    found = []
    for objective in plan.objectives:
        own = [goal for goal in every if goal.objective.id == objective.id]
        for goal in own:
            five = malin(goal, past.get(goal.id, ()), company)
            both = side_by_side(five, relevant(objective))
            found.append(Lint(objective=objective, goal=goal, malin=five, smart=both))
        if not own and objective.id not in parents:
            found.append(_of_statement(objective))
    return found


def _of_statement(objective: Objective) -> Lint:
    """An objective that no figure measures is judged by its sentence."""
    five = lint_sentence(objective.statement.en or objective.statement.fr).malin
    if objective.end is not None:
        ends = check("ends", end=objective.end)
        five = tuple(ends if each.letter == "L" else each for each in five)
    return Lint(
        objective=objective, goal=None, malin=five, smart=side_by_side(five, relevant(objective))
    )


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """What the ten tests found of a sentence.

    Parameters
    ----------
    text : str
    kpi : str
        Id of the KPI it names, empty if none was recognised.
    vague : bool
        A vague verb, and no figure that would settle it.
    malin, smart : tuple of Check
    """

    text: str
    kpi: str
    vague: bool
    malin: tuple[Check, ...]
    smart: tuple[Check, ...]

    def failed(self, method: str = "malin") -> str:
        """Return the letters that failed, of ``malin`` or of ``smart``."""
        return "".join(each.letter for each in getattr(self, method) if each.passed is False)


def lint_sentence(text: str) -> Sentence:
    """Put a sentence to the ten tests.

    Parameters
    ----------
    text : str
        In French or in English.

    Returns
    -------
    Sentence
        A test that a sentence cannot tell (is it attainable? is there a review?) is None.
    """
    bare = re.sub(r"['’]", " ", plain(text))
    rest, ended, days = without_time(bare)
    kpi = named_kpi(bare)
    # Of what is counted, a bare number says enough.
    counted = kpi != "" and catalogue()[kpi].unit in COUNTED
    measured = (NUMBER if counted else MEASURED).search(rest) is not None
    verb = "" if measured else vague_word(text)
    five = (
        _measurable(kpi, measured, NUMBER.search(rest) is not None),
        check("sentence_attainable"),
        _limited(kpi, ended, days),
        _identifiable(kpi, verb),
        check("sentence_negotiable"),
    )
    relevant = check("says_why" if REASONED.search(bare) else "sentence_why")
    both = side_by_side(five, relevant)
    return Sentence(text=text, kpi=kpi, vague=bool(verb), malin=five, smart=both)


def _measurable(kpi: str, measured: bool, number: bool) -> Check:
    if not measured:
        return check("number_alone" if number else "no_number")
    return check("number", kpi=catalogue()[kpi].label) if kpi else check("number_of_what")


def _limited(kpi: str, ended: bool, days: int | None) -> Check:
    if not ended:
        return check("no_end")
    if kpi and days is not None:
        kind = usual_kind(catalogue()[kpi])
        needed = HORIZONS[kind]
        if days < needed:
            return check("too_short", kind=kind, days=days, needed=needed)
    return check("says_when")


def _identifiable(kpi: str, verb: str) -> Check:
    if verb:
        return check("vague", word=verb)
    return check("names_kpi", kpi=catalogue()[kpi].label) if kpi else check("sentence_object")
