"""What groups are called, and sentences made of rows of figures: what a chart says as its title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from textwrap import fill
from typing import Any

import pandas as pd

from kpilib.display.dates import as_period
from kpilib.display.numbers import SUMMED, known, reader
from kpilib.display.status import flags_of, of_a_part, under_way
from kpilib.display.words import column_words, shorten
from kpilib.engine.clock import HOUR, WEEKDAY
from kpilib.engine.intervals import difference
from kpilib.tables.contract import UNKNOWN

BASES = ("year_before", "previous")
SINCE_WORDS = {"year_before": "in a year", "previous": "since the period before"}
# Units of what does not grow with the days, and where a part is not always below the whole.
LEVELS = ("rate", "score", "points", "pt", "stars")
A_LINE = 20  # letters of a line of a name beside a plot, of two


def in_two_lines(name: str) -> str:
    """Return a name as it stands beside a plot: in two lines where one is too short."""
    return fill(shorten(name, 2 * A_LINE), A_LINE)


def breakdowns(rows: pd.DataFrame) -> list[str]:
    """Return the columns of the groups: they stand between the period's end and the value."""
    names = list(rows)
    between = names[names.index("period_end") + 1 : names.index("value")]
    return [name for name in between if rows[name].notna().any()]


def group_name(column: str, group: Any) -> str:
    """Return what a reader calls a group: its label, words, a day of the week, a span of hours."""
    if column in (WEEKDAY, HOUR) and str(group).isdecimal():
        number = int(group)
        return reader().weekday(number - 1) if column == WEEKDAY else hour_words(number)
    return reader().group(column, group)


def with_column(column: str, group: Any) -> str:
    """Return a group after its column's word: ``channel Display ads``; once, where it has it."""
    word, name = column_words(column, reader().say).lower(), group_name(column, group)
    return name if word in name.lower().split() else f"{word} {name}"


def group_names(column: str, groups: Iterable[Any]) -> list[str]:
    """Return the names of groups in their order; those that two groups bear, with their codes."""
    groups = list(groups)
    return told_apart([group_name(column, each) for each in groups], groups)


def names_of(rows: pd.DataFrame, by: str) -> list[str]:
    """Return the name of each row's group: the analyst's own, where the frame has a column."""
    return told_apart(rows["name"], rows[by]) if "name" in rows else group_names(by, rows[by])


def told_apart(names: Iterable[Any], groups: Iterable[Any]) -> list[Any]:
    """Return names, with its code where two groups bear one: a chart would draw their mean."""
    names, groups = list(names), list(groups)
    borne = Counter(name for name, _ in {*zip(names, map(str, groups), strict=True)})
    return [
        f"{name} ({group})" if borne[name] > 1 and isinstance(group, str) else name
        for name, group in zip(names, groups, strict=True)
    ]


def hour_words(hour: int) -> str:
    """Write an hour of the day: from when to when."""
    return f"{hour:02d}–{hour + 1:02d}"


def comparable(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the periods that can be compared: half a month is not held against a whole one."""
    return rows[[not of_a_part(row) for row in rows.to_dict("records")]]


def with_change(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the last row with its change on the year before, where the rows go back so far."""
    last = rows.sort_values("period_start").iloc[-1].to_dict()
    a_year_ago = last["period_start"] - pd.DateOffset(years=1)
    earlier = comparable(rows)
    earlier = earlier[earlier["period_start"] == a_year_ago].to_dict("records")
    if known(last.get("delta_year_before")) or not earlier or of_a_part(last):
        return last
    before = earlier[-1]["value"]
    change = {"delta_year_before": last["value"] - before, "year_before": before}
    relative = {"change_year_before": last["value"] / before - 1} if before > 0 else {}
    noise = last.get("within_noise_year_before")
    noise = _by_chance(last, earlier[-1]) if noise is None or pd.isna(noise) else noise
    return last | change | relative | {"within_noise_year_before": noise}


def _by_chance(now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    """Tell whether the intervals of two figures leave room for no change; a total has its days."""
    sides = [(row["value"], (row.get("ci_low"), row.get("ci_high"))) for row in (now, then)]
    told = all(known(each) for value, ends in sides for each in (value, *ends))
    if not told or now["unit"] not in LEVELS or "immature" in flags_of(now):
        return False
    low, high = difference(*sides[0], *sides[1])
    return bool(low <= 0 <= high)


def moved(row: Mapping[str, Any]) -> str:
    """Say how a figure moved, without full stop: ``Clicks fell by 12 % in a year``.

    The figure alone where there is nothing to compare it with; the reason where there is none.
    """
    write, label = reader(), label_of(row)
    if row["status"] != "ok" or not known(row["value"]):
        return write.pair(label, write.missing(row))
    base = next((base for base in BASES if known(row.get(f"delta_{base}"))), None)
    if base is None:
        value = write.value(row["value"], row["unit"])
        if under_way(row):
            return write.say("{label}: {value} so far", label=label, value=value)
        return write.pair(label, value)
    delta = row[f"delta_{base}"]
    if row["unit"] == "rank" and delta:  # up and down would be read the other way round
        return _ranked(row, row["value"] - delta)
    stock = "R4" if known(row.get("opening")) else "R1"
    slots = {
        "label": label,
        "since": write.say(SINCE_WORDS[base]),
        "change": write.size(delta, row.get(f"change_{base}"), row["unit"], roll_up=stock),
    }
    if not delta:
        return write.say("{label} did not move {since}", **slots)
    if delta > 0:
        said = write.say("{label} rose by {change} {since}", **slots)
    else:
        said = write.say("{label} fell by {change} {since}", **slots)
    noise = row.get(f"within_noise_{base}")
    if pd.isna(noise) or not noise:
        return said
    return write.say("{finding} (could be chance)", finding=said)


def label_of(row: Mapping[str, Any]) -> str:
    """Return the name of a figure; of several months, with how many.

    A page shows turnover of its month and of the year to it, and one is eight times the other.
    """
    several = ".." in str(row.get("period", ""))
    months = as_period(row["period"]).months() if several else []
    if len(months) < 2:
        return str(row["label"])
    return reader().say("{label} over {count} months", label=row["label"], count=len(months))


def _ranked(row: Mapping[str, Any], before: float) -> str:
    """Say whether a position improved: the first is the best."""
    write = reader()
    slots = {
        "label": label_of(row),
        "before": write.value(before, "rank", against=row["value"]),
        "now": write.value(row["value"], "rank", against=before),
    }
    if row["value"] < before:
        return write.say("{label} improved from {before} to {now}", **slots)
    return write.say("{label} worsened from {before} to {now}", **slots)


def base_period(row: Mapping[str, Any], base: str):
    """Return the period that a row is compared with."""
    period = as_period(row["period"])
    return period.previous() if base == "previous" else period.year_before()


def group_moved(rows: pd.DataFrame, by: str) -> str:
    """Name the group whose figure moved most from the first period to the last."""
    write, label = reader(), label_of(rows.iloc[0])
    known_ones = rows.dropna(subset="value")
    ends = known_ones[
        known_ones["period_start"].isin(known_ones["period_start"].agg(["min", "max"]))
    ]
    both = ends.groupby(by)["value"].agg(["first", "last", "size"])
    both = both[both["size"].eq(2) & both["first"].ne(both["last"]) & (both.index != UNKNOWN)]
    if both.empty:
        return label
    if gone := _gone(known_ones, rows, by, (both["last"] - both["first"]).abs().max()):
        return write.pair(label, gone)
    group = (both["last"] - both["first"]).abs().idxmax()
    first, last, unit = both.at[group, "first"], both.at[group, "last"], rows["unit"].iloc[0]
    start = as_period(ends["period"].iloc[0])
    now = write.value(last, unit, against=first)
    if ends["period_start"].max() < rows["period_start"].max():
        now = until(now, ends.loc[ends["period_start"].idxmax(), "period"])
    return write.say(
        "{label}: {group} {last}, against {first} in {month}",
        label=label,
        group=group_name(by, group),
        month=write.month(start),
        last=now,
        first=write.value(first, unit, against=last),
    )


def _gone(known_ones: pd.DataFrame, rows: pd.DataFrame, by: str, most: float) -> str:
    """Say which part of a whole has no figure any more, where it had more than others moved by."""
    if rows["unit"].iloc[0] not in SUMMED:
        return ""
    periods = rows.sort_values("period_start").drop_duplicates("period_start")
    ended = known_ones.sort_values("period_start").drop_duplicates(by, keep="last")
    # A count without a row is none, and no gap: only what the engine knows nothing of is gone.
    now = rows[rows["period_start"].eq(rows["period_start"].max())]
    silent = now.loc[now["value"].isna() & now["status"].eq("no_data"), by]
    ended = ended[ended["value"].gt(most) & ended[by].isin(silent) & ended[by].ne(UNKNOWN)]
    if ended.empty:
        return ""
    row = ended.loc[ended["value"].idxmax()]
    after = periods.loc[periods["period_start"].gt(row["period_start"]), "period"].iloc[0]
    write = reader()
    slots = {"group": group_name(by, row[by]), "month": write.month(after)}
    return write.say("{group}, no figure since {month}", **slots)


def until(value: str, period: Any) -> str:
    """Return a figure with its period, where that is not the last one: a reader takes it for it."""
    return f"{value} ({reader().month(period)})"


def standing_out(rows: pd.DataFrame) -> pd.Series:
    """Tell which groups differ from the others beyond chance, as the engine judged."""
    if "stands_out" not in rows:
        return pd.Series(False, index=rows.index)
    return rows["stands_out"].fillna(False).astype(bool)


def judged_apart(rows: pd.DataFrame) -> bool:
    """Tell whether the engine could judge of any group whether it differs from the others."""
    return "stands_out" in rows and bool(rows["stands_out"].notna().any())


def group_apart(rows: pd.DataFrame, by: str, whole: float | None) -> str:
    """Name the group that weighs most among those that stand out, or say that none does.

    Whether one stands out is the engine's judgement (`stands_out`); without it, only what is drawn
    is said.
    """
    write, first = reader(), rows.iloc[0]
    slots = {"label": label_of(first), "by": column_words(by, write.say).lower()}
    away = rows[standing_out(rows) & rows[by].ne(UNKNOWN)]
    if len(away) and known(whole):
        weight = away["n"] * (away["value"] - whole).abs()
        row = away.loc[weight.idxmax()]
        slots |= {
            "group": _called(row, by),
            "value": write.value(row["value"], row["unit"], against=whole),
            "whole": write.value(whole, row["unit"], against=row["value"]),
        }
        if row["value"] > whole:
            return write.say(
                "{label}: {group} is above the whole, {value} against {whole}", **slots
            )
        return write.say("{label}: {group} is below the whole, {value} against {whole}", **slots)
    if away.empty and judged_apart(rows):
        return write.say("{label}: no {by} did better than another", **slots)
    first = rows[rows["value"].notna() & rows[by].ne(UNKNOWN)]
    if first["value"].nunique() < 2 and len(first) != 1:  # none is known, or all are alike
        return write.say("{label} by {by}", **slots)
    sure = first if first["few"].all() else first[~first["few"]]
    row = sure.loc[sure["rank"].idxmax()]
    if len(away) and row.name not in away.index:  # who comes first could be so by chance
        row = away.loc[away["n"].fillna(0).idxmax()]
        slots |= {"group": _called(row, by), "value": write.value(row["value"], row["unit"])}
        return write.say("{label}: {group} differs from the others, {value}", **slots)
    group, value = _called(row, by), write.value(row["value"], row["unit"])
    if len(first) == 1:  # it is no order of one
        return write.pair(slots["label"], write.say("{first}, {second}", first=group, second=value))
    slots |= {"group": group, "value": value}
    if row.get("better") == "lower":  # the highest is the worst, and no first
        return write.say("{label}: highest for {group}, {value}", **slots)
    return write.say("{label}: {group} comes first, {value}", **slots)


def _called(row: pd.Series, by: str) -> str:
    """Return the name that a chart gives a group, where it has one."""
    name = row.get("name")
    return name if isinstance(name, str) else group_name(by, row[by])
