"""The top of a page: the finding, what it stands on, what was decided, the key figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from kpilib.definitions import Kpi
from kpilib.display.numbers import bounded, known, reader
from kpilib.display.status import under_way
from kpilib.methods.attainment import HELD
from kpilib.objectives.diary import Decision
from kpilib.objectives.standing import Standing
from kpilib.period import Period
from kpilib.show.findings import (
    MOST,
    Finding,
    Story,
    capital,
    dominated,
    findings,
    headline,
    is_true,
    not_judged,
    not_ripe,
    one_group,
    why_none,
)
from kpilib.show.pages import fill
from kpilib.show.sentences import BASES, base_period
from kpilib.show.standing_words import (
    ICONS,
    TO_DECIDE,
    WITHOUT_FIGURE,
    chance_words,
    goal_words,
    judged,
    path_value,
    state,
    target_words,
    weakened,
)
from kpilib.show.tables import few_answered
from kpilib.show.verdicts import since

UNDER_WAY_WORDS = {
    "success": "On its path: {asked} expected now, {target} by {day}",
    "moderate_success": "Nearly on its path: {asked} expected now, {target} by {day}",
    "moderate_failure": "Behind its path: {asked} expected now, {target} by {day}",
    "proven_failure": "Off target: {asked} expected now, {target} by {day}",
}
OVER_WORDS = {
    "success": "Target reached: {target} by {day}",
    "moderate_success": "Target nearly reached: {target} by {day}",
    "moderate_failure": "Target missed: {target} by {day}",
    "proven_failure": "Target clearly missed: {target} by {day}",
}
SPARK = (110.0, 34.0, 4.0)  # width, height and margin of a small line
MOST_DECISIONS = 3
UNJUDGED_WORDS = {
    "all": "Too little past to judge a change",
    "some": "No clear change, as far as can be judged",
}
# Of a change that chance does not explain, up or down; or of which that is not known.
USUAL_WORDS = {
    1: "a real rise, of usual size",
    -1: "a real drop, of usual size",
    0: "within its usual moves",
}
UNTOLD_WORDS = {1: "a real rise", -1: "a real drop", 0: "too little past to judge"}
MOST_FIRST = 6  # figures in the strip of a topic that declares no headline


@dataclass(frozen=True)
class Top:
    """What the top of a page is made of.

    Parameters
    ----------
    period : Period
    kpis : sequence of Kpi
        Of the page.
    rows : pandas.DataFrame
        Their figures of the period, with both comparisons.
    past : pandas.DataFrame
        The last thirteen periods of the headline figures.
    standings : sequence of Standing
        Of key results about them.
    decided : sequence of Decision
    written : str
        The headline that an author wrote.
    comments : sequence of str
        What authors wrote beside it.
    explained : mapping of str to str
        KPI to the sentence that says which groups moved it.
    by_group : mapping of str to pandas.DataFrame
        A breakdown, and the headline figures that declare it as a cut, by it.
    aimed : frozenset of str
        KPIs with a target in the period, judged here or not.
    leaving : Story or None
        The team that people leave: it comes first, and counts among the three.
    """

    period: Period
    kpis: Sequence[Kpi]
    rows: pd.DataFrame
    past: pd.DataFrame
    standings: Sequence[Standing] = ()
    decided: Sequence[Decision] = ()
    written: str = ""
    comments: Sequence[str] = ()
    explained: Mapping[str, str] | None = None
    by_group: Mapping[str, pd.DataFrame] | None = None
    aimed: frozenset[str] = frozenset()
    leaving: Story | None = None

    @cached_property
    def findings(self) -> list[Finding]:
        """What the page says first; without news, what is no chance and may be usual."""
        return (self._news or self._real)[: MOST - bool(self.leaving)]

    @cached_property
    def _news(self) -> list[Finding]:
        return findings(self.kpis, self.rows, self.standings)

    @cached_property
    def first(self) -> pd.DataFrame:
        """The headline figures, known or not."""
        first = [each.id for each in shown_first(self.kpis)]
        return self.rows[self.rows["kpi"].isin(first)].drop_duplicates("kpi")

    @cached_property
    def known_first(self) -> pd.DataFrame:
        """The headline figures that are known."""
        return self.first[self.first["status"].eq("ok")]

    @cached_property
    def stories(self) -> list[Story]:
        """What else it says: each once, not of a figure that a finding is about, three in all."""
        by_id, rows = {each.id: each for each in self.kpis}, self.known_first
        groups = (self.by_group or {}).items()
        found = (
            *one_group(by_id, groups, rows),
            *not_judged(self.standings),
            *dominated(by_id, rows),
            *not_ripe(rows),
        )
        said = {each.kpi.id for each in self.findings}
        left = max(0, MOST - len(self.findings) - bool(self.leaving))
        return [each for each in found if not said.issuperset(each.kpis)][:left]

    @cached_property
    def headline(self) -> str:
        """The title of the page."""
        if not self.rows["status"].eq("ok").any():
            return reader().say("No figure can be worked out")
        if self.leaving and not self.written:
            return self.leaving.title
        if not (self.findings or self.written) and self.known_first.empty:
            return reader().say("None of the key figures can be worked out")
        if not (self.findings or self.written or self._compared):
            return reader().say("Nothing to compare with yet")
        if not (self.findings or self.written) and self._unjudged:
            return reader().say(UNJUDGED_WORDS[self._unjudged])
        return headline(self.findings, self.written)

    @cached_property
    def strip(self) -> list[dict[str, Any]]:
        """The key figures of the page, a line each."""
        found = (_figure(each, self) for each in shown_first(self.kpis))
        return [each for each in found if each]

    @property
    def untold(self) -> bool:
        """Whether nobody knows yet if what the page says first is unusual."""
        return bool(self._real) and not self._news

    @property
    def _compared(self) -> bool:
        """Whether any figure of the page has one before it."""
        deltas = self.rows.filter(items=[f"delta_{base}" for base in BASES])
        return bool(deltas.notna().any(axis=None))

    @cached_property
    def _short(self) -> list[Finding]:
        """Changes of the headline figures of which too little past is known to judge them."""
        return [each for each in self._moved if each.too_little_past(each.base)]

    @cached_property
    def _moved(self) -> list[Finding]:
        by_id, rows = {each.id: each for each in self.kpis}, self.known_first.to_dict("records")
        every = (Finding(by_id[row["kpi"]], row) for row in rows)
        return [each for each in every if each.base]

    @cached_property
    def _real(self) -> list[Finding]:
        """Those of them that chance does not explain."""
        return [each for each in self._short if each.beyond_chance(each.base)]

    @property
    def _unjudged(self) -> str:
        """Whether ``all`` or ``some`` of the changes first on the page have too little past."""
        return "" if not self._short else "all" if len(self._short) == len(self._moved) else "some"


def lead(told: Top, *, linked: bool) -> str:
    """Return the top of a page as HTML; `linked` figures lead to their card in the glossary."""
    return fill(
        "lead.html.j2",
        headline=told.headline,
        sentences=[*told.comments, *sentences(told)],
        decisions=list(decided(told))[:MOST_DECISIONS],
        period=told.period,
        before=told.period.year_before(),
        strip=told.strip,
        spark=SPARK,
        linked=linked,
    )


def shown_first(kpis: Sequence[Kpi]) -> list[Kpi]:
    """Return the headline figures of a page, or its first ones where none is declared as such."""
    return [each for each in kpis if each.headline] or list(kpis[:MOST_FIRST])


def sentences(told: Top) -> list[str]:
    """Say each finding with its figures, and which groups it is about."""
    write, said = reader(), [told.leaving.text] if told.leaving else []
    for each in told.findings:
        said.append(_with_figures(each, told))
        explained = (told.explained or {}).get(each.kpi.id)
        said += [explained] if explained else []
    if told.untold:
        said.append(write.say("Too little past to say whether that is unusual."))
    said += [each.text for each in told.stories]
    if told.known_first.empty:
        said = [*why_none(told.first), *said]
    if not said:
        found = [row for row in told.known_first.to_dict("records") if known(row["value"])]
        figures = (write.pair(row["label"], write.figure(row)) for row in found)
        listed = write.listed(figures)
        if listed:
            said.append(capital(listed) + ".")
    return said


def _with_figures(finding: Finding, told: Top) -> str:
    """Say a finding with its figures: now, then, and its target unless the strip has it."""
    write, row, base = reader(), finding.row, finding.base
    unit, slots = row["unit"], {"label": row["label"], "now": write.figure(row)}
    if not base:
        said = write.say("{label}: {now}.", **slots)
    else:
        slots["then"] = write.figure(row, base, against=row["value"])
        slots["now"] = write.figure(row, against=row[base])
        slots["month"] = write.month(base_period(row, base))
        said = (
            write.say("{label}: {now}, as in {month}.", **slots)
            if slots["now"] == slots["then"]
            else write.say(
                "{label}: {now}, against {then} on the same days ({month})."
                if under_way(row)
                else "{label}: {now}, against {then} in {month}.",
                **slots,
            )
        )
    standing = finding.standing
    if standing is None or standing.expected is None or _in_strip(standing, told):
        return said
    asked, day = path_value(standing), since(standing)
    if pd.isna(day):
        asked = write.value(asked, unit, against=row["value"])
        return f"{said} {write.say('Expected by now: {asked}.', asked=asked)}"
    total = standing.row["value"]  # what is asked is of all since then, and no month's
    slots = {"total": write.value(total, unit, against=asked), "day": write.day(day)}
    slots["asked"] = write.value(asked, unit, against=total)
    return f"{said} {write.say('Since {day}: {total}; expected by now: {asked}.', **slots)}"


def decided(told: Top) -> Iterable[dict[str, str]]:
    """Yield what was decided for the page: written down, said at a check-in, or a next action.

    The decisions file comes first, then one line a key result, those whose target is missed first:
    what was decided at its last check-in of the period, or the next action that its plan names.
    """
    write = reader()
    for each in told.decided:
        before = each.date if each.date < told.period.start else None
        yield _decision(each.text.in_language(write.lang), each.owner, each.due, told, before) | {
            "taken": True
        }
    order = {level: place for place, level in enumerate(TO_DECIDE)}
    decided_on = {each.kpi for each in told.decided}
    for standing in sorted(told.standings, key=lambda s: order.get(s.verdict.level, len(order))):
        if standing.goal.kpi in decided_on:
            continue
        goal, said = standing.goal, standing.goal.key_result.next_action
        latest = next((each for each in standing.checkins if each.decision), None)
        if latest is not None and told.period.start <= latest.date <= told.period.end_day:
            said = latest.decision
        text = said.in_language(write.lang)
        if text:
            why = _why(standing, told)
            yield _decision(text, goal.owner, standing.next_review or goal.end, told) | {
                "why": why,
                "taken": said is not goal.key_result.next_action,
            }


def _why(standing: Standing, told: Top) -> str:
    """Say which target a decision is for and how likely it is met; not what the strip says."""
    write = reader()
    target = "" if _in_strip(standing, told) else target_words(standing.goal, write)
    said = write.listed(each for each in (target, chance_words(standing, write)) if each)
    return write.pair(goal_words(standing.goal, write), said) if said else ""


def _in_strip(standing: Standing, told: Top) -> bool:
    """Tell whether the strip of key figures says the target of a key result."""
    return not standing.goal.by and standing.goal.kpi in {e.id for e in shown_first(told.kpis)}


def _decision(
    text: str, owner: Any, due: date | None, told: Top, day: date | None = None
) -> dict[str, str]:
    """Return a decision; `day` of one that was taken before the period."""
    write = reader()
    return {
        "text": text.rstrip(".") + ".",
        "owner": owner.in_language(write.lang),
        "due": write.say("by {day}", day=write.day_near(due, told.period.end_day)) if due else "",
        "day": write.say("Decided on {day}", day=write.day(day)) if day else "",
        "why": "",
    }


def _figure(kpi: Kpi, told: Top) -> dict[str, Any] | None:
    """Return one line of the strip of key figures."""
    rows = told.rows[told.rows["kpi"] == kpi.id].to_dict("records")
    if not rows:
        return None
    row = rows[0]
    past = told.past[told.past["kpi"] == kpi.id]["value"]
    standing = next((s for s in told.standings if s.goal.kpi == kpi.id and not s.goal.by), None)
    return {
        "id": kpi.id,
        "label": row["label"],
        **_value(row),
        "points": points(past),
        "bad": _judged(kpi, row) is False,
        **_change(kpi, row),
        "target": _target(kpi, standing, told, row),
        "icon": ICONS[standing.verdict.level] if standing and standing.verdict.assessed else "",
    }


def _value(row: Mapping[str, Any]) -> dict[str, str]:
    """Write a figure of the strip and how few answered, or that there is none and why."""
    write = reader()
    if known(row["value"]):
        few = few_answered(row)
        doubt = write.say("{share} answered", share=few) if few else ""
        return {"value": write.figure(row), "missing": "", "doubt": doubt}
    why = write.missing if bounded(row) else write.explanation
    return {"value": write.say("n/a"), "missing": why(row), "doubt": ""}


def _target(kpi: Kpi, standing: Standing | None, told: Top, row: Mapping[str, Any]) -> str:
    """Say where a figure stands against its target, if it has one."""
    say = reader().say
    if standing is not None:
        if standing.verdict.reason in WITHOUT_FIGURE and not known(row["value"]):
            return say("Cannot be judged")  # why there is no figure stands beside
        return _against(standing)
    return say("Judged month by month") if kpi.id in told.aimed else say("No target")


def _change(kpi: Kpi, row: Mapping[str, Any]) -> dict[str, str]:
    """Say how a figure moved in a year, and how much that means."""
    write, found = reader(), Finding(kpi, row)
    if not known(row.get("delta_year_before")):
        said = write.say("nothing to compare with")
        return {"change": said, "meaning": "", "in_a_year": said}
    delta = row["delta_year_before"]
    change = write.change(delta, row["change_year_before"], row["unit"], roll_up=kpi.roll_up)
    news, noise = row.get("news_year_before"), row.get("within_noise_year_before")
    if is_true(news) and row["unit"] == "rank":  # the first place is the best
        meaning = write.say("clearly better") if delta < 0 else write.say("clearly worse")
    elif is_true(news):
        meaning = write.say("clear rise") if delta > 0 else write.say("clear drop")
    elif is_true(noise):
        meaning = write.say("could be chance")
    elif not pd.isna(news):
        meaning = write.say(USUAL_WORDS[found.beyond_chance("year_before")])
    elif found.too_little_past("year_before"):
        meaning = write.say(UNTOLD_WORDS[found.beyond_chance("year_before")])
    else:
        meaning = write.say("provisional") if "immature" in row["flags"] else ""
    return {
        "change": change,
        "meaning": meaning,
        "in_a_year": write.say("{change} in a year", change=change),
    }


def _judged(kpi: Kpi, row: Mapping[str, Any]) -> bool | None:
    """Tell whether a figure moved the right way, where that is news."""
    return Finding(kpi, row).good if is_true(row.get("news_year_before")) else None


def _against(standing: Standing) -> str:
    """Say where a figure stands against its target, in words for whoever has to act."""
    write, goal, verdict = reader(), standing.goal, standing.verdict
    if verdict.reason:
        return judged(standing)
    if goal.mode in HELD or standing.expected is None:
        said = write.pair(state(verdict.level), target_words(goal, write))
    else:
        value = standing.row["value"]
        said = write.say(
            (OVER_WORDS if standing.over else UNDER_WAY_WORDS)[verdict.level],
            asked=write.value(path_value(standing), goal.unit, against=value),
            target=write.value(goal.whole(goal.target), goal.unit, against=value),
            day=write.day_near(goal.end, standing.day),
        )
    return weakened(said, standing)


def points(past: pd.Series) -> list[list[tuple[float, float]]]:
    """Return the small line of the last periods in the strip, broken where there is no figure."""
    width, height, margin = SPARK
    values = past.reset_index(drop=True).astype(float)
    if values.notna().sum() < 2:
        return []
    low, high = values.min(), values.max()
    span = (high - low) or 1.0
    step = (width - 2 * margin) / (len(values) - 1)
    stretches: list[list[tuple[float, float]]] = [[]]
    for place, value in values.items():
        if pd.isna(value):
            stretches.append([])
            continue
        top = height - margin - (value - low) / span * (height - 2 * margin)
        stretches[-1].append((round(margin + place * step, 1), round(top, 1)))
    return [each for each in stretches if each]
