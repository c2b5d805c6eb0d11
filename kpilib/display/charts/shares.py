"""Where does it come from, and does the mix shift? Each month as 100 %, cut by group."""

from __future__ import annotations

import pandas as pd

from kpilib.definitions import Kpi
from kpilib.display.chart import Chart, chart
from kpilib.display.charts import axis, ends
from kpilib.display.label import shorten
from kpilib.display.numbers import Formatter
from kpilib.display.rows import UNKNOWN, breakdown, month_number, month_of, shown
from kpilib.display.style import CATEGORIES, axes, figure, styled
from kpilib.display.svg import Marks
from kpilib.display.words import group_words

HEIGHT, MONTHS = 250, 13
LONGEST_LABEL = 19
MOST_GROUPS = len(CATEGORIES) - 1


@styled()
def stacked_share(
    rows: pd.DataFrame,
    kpi: Kpi,
    formatter: Formatter,
    *,
    by: str = "",
    months: int = MONTHS,
    title: str = "",
    key: str = "",
) -> Chart:
    """Draw the share of each group month by month.

    Parameters
    ----------
    rows : pandas.DataFrame
        A count per month and group.
    kpi : Kpi
    formatter : Formatter
    by : str
        Column of the groups.
    months : int
        How many months.
    title, key : str
        Finding and prefix of the ids.
    """
    say = formatter.say
    by = by or breakdown(rows)
    shares, totals = _shares(rows, by, months, formatter)
    marks = Marks()
    labels = _labels(shares, formatter)
    fig = figure(HEIGHT)
    percent = axis.Scale(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))
    left, right = percent.room("rate", formatter), ends.room(labels)
    ax = axes(fig, left=left, right=right, top=8, bottom=34)
    percent.set(ax, "rate", formatter)
    axis.name_months(ax, list(shares.index), formatter)
    floor = pd.Series(0.0, index=shares.index)
    for group, colour in zip(shares, _colours(shares), strict=True):
        bars = ax.bar(
            shares.index, shares[group].fillna(0), bottom=floor, width=0.86, color=colour,
            linewidth=0.6, edgecolor="white", clip_on=False,
        )  # fmt: skip
        for month, bar in zip(shares.index, bars, strict=True):
            words = say(
                "{group}, {month}: {share} of {total}", group=group,
                month=formatter.month(month_of(month)),
                share=formatter.value(shares.at[month, group], "rate"),
                total=formatter.count(totals[month]),
            )  # fmt: skip
            marks.on(bar, words)
        floor = floor + shares[group].fillna(0)
    ends.write(ax, labels)
    return chart(
        fig,
        title=title or say(kpi.question),
        subtitle=say("Share of each month in {label}", label=say(kpi.label)),
        alt=_alt(kpi, shares, formatter),
        data=_table(shares, formatter),
        note=say("In brackets, the change on {month}.", month=_first(shares, formatter)),
        marks=marks,
        say=say,
        key=key,
    )


def _shares(
    rows: pd.DataFrame, by: str, months: int, formatter: Formatter
) -> tuple[pd.DataFrame, pd.Series]:
    """Return months by groups, the largest group of the last month first, the small ones merged."""
    rows = shown(rows)
    unknown, others = formatter.say(UNKNOWN), formatter.say("others")
    names = rows[by].map(lambda group: group_words(group, formatter.say))
    counts = rows.assign(_group=names, _month=rows["period"].map(month_number)).pivot_table(
        index="_month", columns="_group", values="value", aggfunc=_total
    )
    first, last = counts.dropna(how="all").index.min(), counts.index.max()
    counts = counts.reindex(range(max(first, last - months + 1), last + 1))
    size = counts.sum().sort_values(ascending=False, kind="stable")
    kept = [group for group in size.index if group != unknown][:MOST_GROUPS]
    if len(size) - len(kept) == 1:
        kept = list(size.index)[: MOST_GROUPS + 1]
    rest = [group for group in size.index if group not in kept]
    merged = counts[sorted(kept, key=lambda g: (g == unknown, -size[g]))]
    if rest:
        merged = merged.assign(**{others: counts[rest].sum(axis=1, min_count=1)})
    totals = counts.sum(axis=1, min_count=1)
    return merged.fillna(0).where(totals.notna(), other=float("nan"), axis=0).div(
        totals, axis=0
    ), totals


def _total(values: pd.Series) -> float:
    return values.sum(min_count=1)  # a month without data is not a month of zero


def _colours(shares: pd.DataFrame) -> list[str]:
    return [*CATEGORIES[: shares.shape[1] - 1], CATEGORIES[-1]][-shares.shape[1] :]


def _first(shares: pd.DataFrame, formatter: Formatter) -> str:
    return formatter.month(month_of(shares.index[0]))


def _labels(shares: pd.DataFrame, formatter: Formatter) -> list[ends.End]:
    last, first = shares.iloc[-1], shares.iloc[0]
    found, floor = [], 0.0
    for group, colour in zip(shares, _colours(shares), strict=True):
        share = float(last[group]) if last[group] == last[group] else 0.0
        change = formatter.difference(round(share - float(first[group]), 3), "rate")
        caption = f"{formatter.value(share, 'rate')} ({change})"
        found.append(
            ends.End(floor + share / 2, shorten(group, LONGEST_LABEL), caption, swatch=colour)
        )
        floor += share
    return found


def _alt(kpi: Kpi, shares: pd.DataFrame, formatter: Formatter) -> str:
    say = formatter.say
    parts = [
        say(
            "{group} from {first} to {last}", group=group,
            first=formatter.value(shares[group].iloc[0], "rate"),
            last=formatter.value(shares[group].iloc[-1], "rate"),
        )
        for group in shares
    ]  # fmt: skip
    return say(
        "Shares of {label}, {first} to {last}: {groups}.", label=say(kpi.label),
        first=_first(shares, formatter), last=formatter.month(month_of(shares.index[-1])),
        groups=formatter.listed(parts),
    )  # fmt: skip


def _table(shares: pd.DataFrame, formatter: Formatter) -> pd.DataFrame:
    table = shares.map(lambda share: formatter.value(share, "rate"))
    names = [formatter.month(month_of(month)) for month in shares.index]
    table.insert(0, formatter.say("Month"), names)
    return table
