"""What a page says first: rules on frames, each finding once, in the order in which it counts.

What an author wrote comes first; then targets that are missed; then news of the headline figures:
changes beyond chance and beyond their usual moves. Nothing is found by drawing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kpilib.definitions import Kpi
from kpilib.display.numbers import known, reader
from kpilib.methods.attainment import MODERATE_FAILURE, PROVEN_FAILURE
from kpilib.objectives.standing import Standing
from kpilib.show.sentences import BASES
from kpilib.show.standing_words import goal_words

MISSED = (PROVEN_FAILURE, MODERATE_FAILURE)  # the worst first
MOST = 3  # findings that a reader takes in
JOINED_WORDS = {
    (True, True): "{first}, and {second}",
    (False, False): "{first}, and {second}",
    (True, False): "{first}, but {second}",
    (False, True): "{first}, although {second}",
}


@dataclass(frozen=True)
class Finding:
    """One thing that a page says first.

    Parameters
    ----------
    kpi : Kpi
    row : mapping
        Its row of `evaluate`, with comparisons.
    standing : Standing or None
        Of its key result, where the finding is a missed target.
    """

    kpi: Kpi
    row: Mapping[str, Any]
    standing: Standing | None = None

    @property
    def of_group(self) -> bool:
        """Whether it is about a key result of one group, and not about the whole figure."""
        return self.standing is not None and bool(self.standing.goal.by)

    @property
    def base(self) -> str:
        """The comparison that a reader is told: a year before, where there is one."""
        known_ = [base for base in BASES if known(self.row.get(f"delta_{base}"))]
        news = [base for base in known_ if is_true(self.row.get(f"news_{base}"))]
        return next(iter([*news, *known_]), "")

    @property
    def rising(self) -> bool | None:
        """Whether the figure went up; None when it did not move or cannot be compared."""
        delta = self.row.get(f"delta_{self.base}") if self.base else None
        return delta > 0 if known(delta) and delta else None

    @property
    def name(self) -> str:
        """The KPI's name; of a key result of one group, that one's."""
        return self.row["label"] if self.of_group else reader().say(self.kpi.label)

    @property
    def missed(self) -> bool:
        """Whether all that can be said is that a target is missed: nothing moved beyond chance."""
        by_chance = is_true(self.row.get(f"within_noise_{self.base}"))
        return self.of_group or (self.standing is not None and (by_chance or self.rising is None))

    @property
    def good(self) -> bool | None:
        """Whether it is good: never of a missed target, None where a direction has no side."""
        if self.standing is not None:
            return False
        if self.kpi.better == "neutral" or self.rising is None:
            return None
        return self.rising == (self.kpi.better == "higher")


def is_true(value: object) -> bool:
    """Tell whether a judgement was made and holds; missing is no judgement."""
    return not pd.isna(value) and bool(value)


def findings(
    kpis: Sequence[Kpi], rows: pd.DataFrame, standings: Sequence[Standing] = ()
) -> list[Finding]:
    """Return what a page says first, at most three, each KPI once.

    Parameters
    ----------
    kpis : sequence of Kpi
        Of the page, in its order.
    rows : pandas.DataFrame
        Their figures of the period, with both comparisons.
    standings : sequence of Standing
        Of the key results about them.
    """
    found = rows[rows["status"].eq("ok")].drop_duplicates("kpi").set_index("kpi", drop=False)
    by_id = {each.id: each for each in kpis if each.id in found.index}
    missed = sorted(
        (each for each in standings if each.goal.kpi in by_id and each.verdict.level in MISSED),
        key=lambda each: MISSED.index(each.verdict.level),
    )
    said = [Finding(by_id[each.goal.kpi], _row_of(each, found), each) for each in missed]
    news = [
        Finding(kpi, found.loc[kpi.id])
        for kpi in by_id.values()
        if kpi.headline
        and "immature" not in found.loc[kpi.id, "flags"]
        and any(is_true(found.loc[kpi.id].get(f"news_{base}")) for base in BASES)
    ]
    once = {each.kpi.id: each for each in reversed([*said, *news])}
    return [each for each in [*said, *news] if once[each.kpi.id] is each][:MOST]


def _row_of(standing: Standing, found: pd.DataFrame) -> Mapping[str, Any]:
    """Return the figure of a key result: of one group, its own and by its own name."""
    goal = standing.goal
    if not goal.by:
        return found.loc[goal.kpi]
    return {**standing.row, "label": goal_words(goal, reader())}


def clause(finding: Finding) -> str:
    """Return a finding as a clause: ``fewer readers open``."""
    write, kpi = reader(), finding.kpi
    if finding.missed or finding.rising is None:
        return write.say("{label} misses its target", label=finding.name)
    text = kpi.rises if finding.rising else kpi.falls
    if text:
        return write.say(text)
    return write.say("{label} is up" if finding.rising else "{label} is down", label=finding.name)


def headline(found: Sequence[Finding], written: str = "") -> str:
    """Return the title of a page: an author's words, or one or two findings as one sentence.

    Parameters
    ----------
    found : sequence of Finding
    written : str
        What an author wrote for this page, if anything.
    """
    write = reader()
    if written:
        return written
    if not found:
        return write.say("No clear change")
    said = capital(clause(found[0]))
    if len(found) == 1:
        return said
    if all(each.missed for each in found[:2]):
        names = (each.name for each in found[:2])
        return write.say(
            "{first} and {second} miss their targets",
            first=next(names),
            second=capital_off(next(names)),
        )
    joined = JOINED_WORDS.get((found[0].good, found[1].good), "{first}, and {second}")
    return write.say(joined, first=said, second=clause(found[1]))


def capital(text: str) -> str:
    """Return a clause as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def capital_off(text: str) -> str:
    """Return a name as the middle of a sentence; abbreviations and proper names keep capitals."""
    first, _, rest = text.partition(" ")
    proper = rest[:1].isupper() or not first[1:2].islower()
    return text if proper else text[:1].lower() + text[1:]
