"""What a page says beyond missed targets and news, each kind one rule on frames and one sentence.

A rule is a function of what the page is made of; it yields a `Story` or nothing. They come in the
order in which they count, and none repeats what a finding has said already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from kpilib.definitions import Kpi
from kpilib.display.numbers import known, reader
from kpilib.display.status import DOMINATED_WORDS
from kpilib.display.words import UNKNOWN, column_words
from kpilib.objectives.standing import Standing
from kpilib.objectives.verdict import FEW, MISSING
from kpilib.show.findings import capital, capital_off, is_true
from kpilib.show.sentences import BASES, group_name, with_column
from kpilib.show.standing_words import goal_words

FEWEST_TO_BREAK, FEWEST_BEFORE = 3, 6  # periods on the new level, and before it
ONE_STORY = 2  # figures of one group that are worse than the whole beyond chance
LACKING = (MISSING, FEW)  # what time alone does not mend
LEVELS = ("rate", "score", "points", "pt", "stars")  # a part of a sum is always below the sum
MOST = 0.5  # share of a change from which a group makes up most of it


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
    slots = {
        "whole": len(every),
        "names": write.listed(capital_off(goal_words(each.goal, write)) for each in lost),
    }
    if len(lost) == 1:
        said = write.say(
            "1 of {whole} targets cannot be judged, for want of a figure: {names}.", **slots
        )
    else:
        said = write.say(
            "{count} of {whole} targets cannot be judged, for want of a figure: {names}.",
            count=len(lost),
            **slots,
        )
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
    of_rate = "rate_before" in parts
    sides = ("rate_before", "rate_after") if of_rate else ("before", "after")
    weights = ("weight_before", "weight_after") if of_rate else sides
    first = parts.iloc[0]
    then, now = (first[side] for side in sides)
    was, there = (known(first[weight]) and first[weight] > 0 for weight in weights)
    slots = {"group": with_column(by, first["group"])}
    if known(first["share"]) and first["share"] >= MOST and first["group"] != UNKNOWN:
        if there and not was:
            value = write.value(now, unit)
            return write.say("Most of it is new: {group}, {value}.", value=value, **slots)
        if was and not there:
            value = write.value(then, unit)
            return write.say("Most of it is gone: {group}, {value} then.", value=value, **slots)
        if known(then) and known(now):
            slots["after"] = write.value(now, unit, against=then)
            slots["before"] = write.value(then, unit, against=now)
            return write.say("Most of it is {group}: {after}, against {before}.", **slots)
    if not of_rate:
        return ""
    within, mixed = (
        write.difference(parts[f"{name}_effect"].sum(), unit) for name in ("rate", "mix")
    )
    return write.say(
        "By {by}: {within} within the groups, {mixed} from their changed weights.",
        by=column_words(by, write.say).lower(),
        within=within,
        mixed=mixed,
    )
