"""What a page says: rules on frames, each thing once, in the order in which it counts.

What an author wrote comes first; then targets that are missed; then news of the headline figures:
changes beyond chance and beyond their usual moves. Then stories: each kind is a function of what
the page is made of, and yields sentences or nothing. Nothing is found by drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kpilib.answers.news import WITHOUT
from kpilib.definitions import Kpi
from kpilib.display.numbers import known, reader
from kpilib.display.status import DOMINATED_WORDS, lacking
from kpilib.display.words import column_words
from kpilib.engine.outcome import MISSING_TABLE
from kpilib.errors import listed
from kpilib.objectives.standing import Standing
from kpilib.objectives.verdict import FEW, MISSING, UNRECORDED
from kpilib.show.sentences import BASES, LEVELS, group_name, with_column
from kpilib.show.standing_words import TO_DECIDE, goal_words
from kpilib.tables.contract import UNKNOWN

MOST = 3  # findings that a reader takes in
JOINED_WORDS = {
    (True, True): "{first}, and {second}",
    (False, False): "{first}, and {second}",
    (True, False): "{first}, but {second}",
    (False, True): "{first}, although {second}",
}
FEWEST_TO_BREAK, FEWEST_BEFORE = 3, 6  # periods on the new level, and before it
ONE_STORY = 2  # figures of one group that are worse than the whole beyond chance
NOT_JUDGED_WORDS = {
    "only": "The only target cannot be judged, for want of a figure: {names}.",
    "all": "None of the {whole} targets can be judged, for want of a figure: {names}.",
    "one": "1 of {whole} targets cannot be judged, for want of a figure: {names}.",
    "more": "{count} of {whole} targets cannot be judged, for want of a figure: {names}.",
}
NO_TABLE_WORDS = {
    "one": "The table {names} is missing: kpilib import makes it of your exports.",
    "more": "Tables are missing: {names}. kpilib import makes them of your exports.",
}
LACKING = (MISSING, FEW, UNRECORDED)  # what time alone does not mend
MOST_OF_IT = 0.5  # share of a change from which a group makes up most of it


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

    def beyond_chance(self, base: str) -> int:
        """Which way it moved, where that is known to be no chance; 0 of a rank, which has no way
        of its own."""
        noise, delta = self.row.get(f"within_noise_{base}"), self.row[f"delta_{base}"]
        told = not pd.isna(noise) and not noise and self.row["unit"] != "rank"
        return int(np.sign(delta)) if told else 0

    def too_little_past(self, base: str) -> bool:
        """Whether nobody knows yet which moves are usual, of a move that is more than chance."""
        row = self.row
        judged = not pd.isna(row.get(f"news_{base}")) or is_true(row.get(f"within_noise_{base}"))
        return not judged and "immature" not in row["flags"] and self.kpi.roll_up not in WITHOUT

    @property
    def name(self) -> str:
        """The KPI's name; of a key result of one group, that one's."""
        return self.row["label"] if self.of_group else reader().say(self.kpi.label)

    @property
    def missed(self) -> bool:
        """Whether all that can be said is that a target is missed: nothing moved beyond chance, or
        it did the right way, and not far enough."""
        by_chance = is_true(self.row.get(f"within_noise_{self.base}"))
        right = self.rising is not None and self.rising == (self.kpi.better == "higher")
        moved = not (by_chance or self.rising is None or (right and self.kpi.better != "neutral"))
        return self.of_group or (self.standing is not None and not moved)

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
        (each for each in standings if each.goal.kpi in by_id and each.verdict.level in TO_DECIDE),
        key=lambda each: TO_DECIDE.index(each.verdict.level),
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
    return write.say(joined, first=said, second=capital_off(clause(found[1])))


def capital(text: str) -> str:
    """Return a clause as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def capital_off(text: str) -> str:
    """Return a name as the middle of a sentence; abbreviations and proper names keep capitals."""
    first, _, rest = text.partition(" ")
    proper = rest[:1].isupper() or not first[1:2].islower()
    return text if proper else text[:1].lower() + text[1:]


# Beyond missed targets and news ---------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """One sentence of a page, and the figures that it is about.

    Parameters
    ----------
    kpis : tuple of str
    text : str
    title : str
        Of a page that it comes first on; empty where it never does.
    """

    kpis: tuple[str, ...]
    text: str
    title: str = ""


def why_none(rows: pd.DataFrame) -> list[str]:
    """Say why figures are missing, and what to do; nothing where several reasons hold."""
    write, reasons = reader(), rows["reason"].unique()
    if rows["status"].eq(MISSING_TABLE).all():
        told = rows.to_dict("records")
        names = list(dict.fromkeys(name for row in told for name in lacking(row)))
        words = NO_TABLE_WORDS["one" if len(names) == 1 else "more"]
        return [write.say(words, names=listed(names))]
    return [capital(write.explanation(rows.iloc[0])) + "."] if len(reasons) == 1 else []


def one_group(
    kpis: Mapping[str, Kpi], by_group: Iterable[tuple[str, pd.DataFrame]], whole: pd.DataFrame
) -> Iterator[Story]:
    """Several figures that tell one story about one group, as one sentence.

    Parameters
    ----------
    kpis : mapping of str to Kpi
    by_group : iterable of (str, pandas.DataFrame)
        A breakdown, and rows of `evaluate` by it.
    whole : pandas.DataFrame
        Their figures without breakdown.
    """
    write = reader()
    level = whole.drop_duplicates("kpi").set_index("kpi")["value"]
    for by, rows in by_group:
        rows = rows[rows["status"].eq("ok") & rows[by].ne(UNKNOWN) & rows["unit"].isin(LEVELS)]
        if rows.empty:
            continue
        better = rows["kpi"].map(lambda kpi: kpis[kpi].better)
        against = rows["kpi"].map(level)
        worse = ((better == "higher") & (rows["ci_high"] < against)) | (
            (better == "lower") & (rows["ci_low"] > against)
        )
        found = rows[worse]
        for group, own in found.groupby(by, sort=False):
            if own["kpi"].nunique() < ONE_STORY:
                continue
            figures = [
                f"{capital_off(row['label'])} {write.value(row['value'], row['unit'])}"
                for row in own.to_dict("records")
            ]
            yield Story(
                tuple(own["kpi"]),
                write.say(
                    "{group}, worse than the whole: {figures}.",
                    group=capital(group_name(by, group)),
                    figures=write.listed(figures),
                ),
            )


def not_judged(standings: Iterable[Standing]) -> Iterator[Story]:
    """Targets that lack a figure, and which: silence would read as success."""
    every = list(standings)
    lost = [each for each in every if each.verdict.reason in LACKING]
    if not lost:
        return
    write = reader()
    names = write.listed(capital_off(goal_words(each.goal, write)) for each in lost)
    many = "all" if len(lost) == len(every) else "one" if len(lost) == 1 else "more"
    many = "only" if len(every) == 1 else many
    said = write.say(NOT_JUDGED_WORDS[many], count=len(lost), whole=len(every), names=names)
    yield Story(tuple(each.goal.kpi for each in lost), said)


def dominated(kpis: Mapping[str, Kpi], rows: pd.DataFrame) -> Iterator[Story]:
    """One unit makes up most of a figure: what it would be without."""
    for row in rows.to_dict("records"):
        if "dominated" in row["flags"]:
            write, details = reader(), row["details"]
            without = details["without_largest"]
            said = write.say(
                DOMINATED_WORDS[kpis[row["kpi"]].weighed_by],
                share=write.value(details["largest_share"], "rate"),
                value=write.value(without, row["unit"], against=row["value"]),
            )
            yield Story((row["kpi"],), write.pair(row["label"], said))


def not_ripe(rows: pd.DataFrame) -> Iterator[Story]:
    """A figure that would be news, but whose cases are not over."""
    write = reader()
    for row in rows.to_dict("records"):
        news = any(is_true(row.get(f"news_{base}")) for base in BASES)
        if news and "immature" in row["flags"]:
            value = write.value(row["value"], row["unit"])
            yield Story(
                (row["kpi"],),
                write.say(
                    "{label}: {value} so far; recent cases can still change it.",
                    label=row["label"],
                    value=value,
                ),
            )


def since_when(past: pd.DataFrame) -> str:
    """Say since when a figure is on its new level; empty where no level broke.

    Parameters
    ----------
    past : pandas.DataFrame
        Rows of `series` of one KPI, the oldest first.

    Returns
    -------
    str
        Where all of the last three periods or more lie beyond all of the six or more before them;
        of a stock never: what grows is always above where it was.
    """
    if "opening" in past and past["opening"].notna().any():
        return ""
    known_ = past[past["value"].notna()]
    values = known_["value"].to_numpy(dtype=float)
    write = reader()
    for length in range(FEWEST_TO_BREAK, len(values) - FEWEST_BEFORE + 1):
        before, after = values[:-length], values[-length:]
        first = known_.iloc[-length]
        slots = {"month": write.month(first["period"])}
        if after.max() < before.min():
            level = write.value(before.min(), first["unit"], against=after.max())
            return write.say("Since {month} it has stayed below {level}.", level=level, **slots)
        if after.min() > before.max():
            level = write.value(before.max(), first["unit"], against=after.min())
            return write.say("Since {month} it has stayed above {level}.", level=level, **slots)
    return ""


def driven_by(parts: pd.DataFrame, by: str) -> str:
    """Say which group moved a figure: one that is new or gone, one that weighs most, or all alike.

    Parameters
    ----------
    parts : pandas.DataFrame
        Of `explain`, the group that weighs most first.
    by : str
        The column of the breakdown.

    Returns
    -------
    str
        Empty where no group makes up half of a change that adds up. Of a rate the sentence then
        says how much moved within the groups, and how much because their weights did.
    """
    write, unit = reader(), parts.attrs["unit"]
    said = _makes_up_most(parts.iloc[0], by, unit)
    if said or "rate_before" not in parts:
        return said
    sums = [parts[f"{name}_effect"].sum() for name in ("rate", "mix")]
    if not any(sums):  # nothing moved: there is nobody who moved it
        return ""
    within, mixed = (write.difference(each, unit) for each in sums)
    return write.say(
        "By {by}: {within} inside the groups, {mixed} because their shares changed.",
        by=column_words(by, write.say).lower(),
        within=within,
        mixed=mixed,
    )


def _makes_up_most(first: pd.Series, by: str, unit: str) -> str:
    """Say that the group which weighs most makes up most of a change, where it does."""
    if not known(first["share"]) or first["share"] < MOST_OF_IT or first["group"] == UNKNOWN:
        return ""
    of_rate, write = "rate_before" in first, reader()
    then, now = (first[f"rate_{side}" if of_rate else side] for side in ("before", "after"))
    was, there = (
        known(first[weight]) and first[weight] > 0
        for weight in (("weight_before", "weight_after") if of_rate else ("before", "after"))
    )
    slots = {"group": with_column(by, first["group"])}
    if of_rate and there != was and first["rate_effect"]:
        return ""  # it cost something and brought nothing on one side: neither new nor gone
    if there and not was:
        value = write.value(now, unit)
        return write.say("Most of it is new: {group}, {value}.", value=value, **slots)
    if was and not there:
        value = write.value(then, unit)
        return write.say("Most of it is gone: {group}, {value} then.", value=value, **slots)
    if not (known(then) and known(now)):
        return ""
    slots["after"] = write.value(now, unit, against=then)
    slots["before"] = write.value(then, unit, against=now)
    return write.say("Most of it is {group}: {after}, against {before}.", **slots)
