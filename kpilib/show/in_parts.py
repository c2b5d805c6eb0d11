"""What a whole is made of: the share of each group, period by period or in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kpilib.display.dates import as_period
from kpilib.display.numbers import known, reader
from kpilib.display.words import shorten
from kpilib.errors import ParameterError, listed
from kpilib.saying import error_of, say
from kpilib.show import chart, margin, scales
from kpilib.show.margin import End
from kpilib.show.over_time import SHOWN, gaps
from kpilib.show.sentences import group_names, until
from kpilib.show.theme import HEIGHT, INK, MUTED, STACK
from kpilib.tables.contract import UNKNOWN

ALIKE = 1e-6  # a share of the whole that rounding of floats may add
ROW, HEAD = 27, 34
COLUMN = 0.84  # of the room of a period
LONGEST_NAME = 28


def shares(
    rows: pd.DataFrame, by: str | None = None, ax: Axes | None = None, **kwargs: Any
) -> Axes:
    """Draw the parts of a whole: a column a period, or a bar a part where there is one period.

    Parameters
    ----------
    rows : pandas.DataFrame
        Figures of groups, as ``report.series(kpi, by=...)`` or ``report.figures(kpi, by=...)``
        return them; or several KPIs that are parts of one whole. Counts and amounts are divided by
        their sum; a KPI that is a share already, of one base in each period, is not divided again.
    by : str, optional
        The column of the parts; by default the breakdown, or the KPIs where there are several.
    ax : matplotlib.axes.Axes, optional
    **kwargs
        For `matplotlib.axes.Axes.bar`, or `barh` for one period.

    Returns
    -------
    matplotlib.axes.Axes
        At most six parts: the small ones are one. Printed percents add up to 100.

    Raises
    ------
    ParameterError
        The rows are no parts of one whole: below zero, of several units, or rates of different
        bases.

    Examples
    --------
    >>> ax = kl.plot.shares(report.series("channel_sessions", periods=13, by="channel"))
    """
    rows = chart.in_time(rows, "shares")
    return chart.if_unknown(rows, ax) or _draw_shares(rows, by, ax, kwargs)


def _draw_shares(
    rows: pd.DataFrame, by: str | None, ax: Axes | None, kwargs: dict[str, Any]
) -> Axes:
    """Draw the parts of one whole."""
    by = by or ("label" if rows["kpi"].nunique() > 1 else chart.breakdown(rows))
    latest = rows["period_start"].drop_duplicates().nlargest(SHOWN)
    rows = rows[rows["period_start"].isin(latest)].sort_values("period_start", kind="stable")
    refuse(rows, by)
    parts = parted(rows, by)
    if parts.shares.isna().all(axis=None):
        return chart.unknown(rows.assign(value=None), ax)
    several = len(parts.shares) > 1
    remarks = chart.hidden(rows)
    if remarks and parts.unit != "rate":
        remarks.append(reader().say("The whole is made of the groups that are shown."))
    if several:
        ax = chart.axes(ax, HEIGHT + 60)
        tips = _columns(ax, rows, parts, **kwargs)
        if _open(rows):
            remarks.append(reader().say("The dashed column can still change: it is not over."))
    else:
        ax = chart.axes(ax, HEAD + ROW * parts.shares.shape[1])
        tips = _bars(ax, parts, **kwargs)
    margin.title(ax, _title(parts))
    chart.keep(ax, rows, tips=tips, remarks=remarks, told=_told(parts), said=_described(parts))
    return ax


def _open(rows: pd.DataFrame) -> bool:
    """Tell whether the last period can still change."""
    last = rows[rows["period_start"].eq(rows["period_start"].max())]
    return bool(last["unsettled"].any())


def _columns(ax: Axes, rows: pd.DataFrame, parts: Parts, **kwargs: Any) -> list:
    """Stack the parts of each period, and name each beside the last."""
    lines = rows.drop_duplicates("period")
    place = lines["period_start"]
    width = (lines["period_end"] - place).min() * COLUMN
    floor, tips, ends = pd.Series(0.0, index=parts.shares.index), [], []
    last = parts.shares.dropna(how="all").index[-1]
    for part, (colour, hatch) in zip(parts.shares, STACK, strict=False):
        height = parts.shares[part].fillna(0.0)
        look = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0.8}
        look = {"bottom": floor, "width": width} | chart.look(look, kwargs)
        drawn = ax.bar(place, height, **look)
        tips += [
            (bar, [_tip(parts, at, part)])
            for at, bar in zip(parts.shares.index, drawn, strict=True)
            if known(parts.shares.at[at, part])
        ]
        seat = floor[last] + height[last] / 2
        name = shorten(part, LONGEST_NAME)
        ends.append(End(seat, parts.text(last, part), name, strong=True, swatch=(colour, hatch)))
        floor = floor + height
    scales.values(ax, pd.Series([0.0, 1.0]), "rate")
    ax.set_ylim(0, 1)
    scales.periods(ax, lines)
    gaps(ax, lines.assign(value=list(parts.whole.where(parts.shares.notna().any(axis=1)))))
    outline = {"width": width, "fill": False, "zorder": 6}  # pale parts have an edge on white
    ax.bar(place, floor, edgecolor=MUTED, linewidth=0.7, **outline)
    if _open(rows):
        dashes = (0, (3, 2))
        ax.bar(place.iloc[-1:], 1, edgecolor=INK, linewidth=1.6, linestyle=dashes, **outline)
    margin.ends(ax, ends)
    return tips


def _bars(ax: Axes, parts: Parts, **kwargs: Any) -> list:
    """Draw the parts of the only period below each other, each with its share and its figure."""
    (at,) = parts.shares.index
    names = [shorten(part, LONGEST_NAME) for part in parts.shares]
    look = chart.look({"color": STACK[0][0], "height": 0.62, "linewidth": 0}, kwargs)
    drawn = ax.barh(range(len(names)), parts.shares.loc[at], **look)
    longest = max(parts.shares.loc[at].max(), ALIKE) * 1.02
    scales.bare(ax, names, xlim=(0, longest), ylim=(len(names) - 0.5, -0.5))
    ax.axvline(0, color=MUTED, lw=0.8)
    texts = [parts.text(at, part) for part in parts.shares]
    bases = [parts.figure(at, part) for part in parts.shares]
    head = "\u00a0" if parts.unit == "EUR" else reader().say("cases")
    margin.columns(ax, texts, bases, [False] * len(texts), head=head)
    return [(bar, [_tip(parts, at, part)]) for part, bar in zip(parts.shares, drawn, strict=True)]


def _tip(parts: Parts, at: str, part: str) -> str:
    write = reader()
    said = write.say(
        "{group}, {month}: {share} of {total}",
        group=part,
        month=write.month(at),
        share=parts.text(at, part),
        total=parts.whole_text(at),
    )
    figure = parts.figure(at, part)
    return f"{said} ({figure})" if figure else said


def _title(parts: Parts) -> str:
    """Name the part whose share moved most, or the largest one."""
    write = reader()
    there = parts.printed[parts.shares.notna().any(axis=1)]
    first, last = there.index[0], there.index[-1]
    moved = (there.loc[last] - there.loc[first]).abs()
    stayed = moved.max() < 1
    part = there.loc[last].idxmax() if stayed else moved.idxmax()
    share = parts.text(last, part)
    if last != parts.printed.index[-1]:  # the last periods have no figure
        share = until(share, last)
    slots = {"label": parts.label, "group": part}
    if stayed:
        return write.say("{label}: {group} is the largest part, {share}", share=share, **slots)
    slots |= {"first": parts.text(first, part), "month": write.month(as_period(first))}
    return write.say("{label}: {group} {last}, against {first} in {month}", last=share, **slots)


def _described(parts: Parts) -> str:
    write = reader()
    there = parts.shares.dropna(how="all").index
    first, last = there[0], there[-1]
    slots = {"label": parts.label, "first": write.month(first), "last": write.month(last)}
    if first == last:
        said = [f"{part} {parts.text(last, part)}" for part in parts.shares]
        return write.say("{label}: {groups}.", label=parts.label, groups=write.listed(said))
    said = [
        write.say(
            "{group} from {first} to {last}",
            group=part,
            first=parts.text(first, part),
            last=parts.text(last, part),
        )
        for part in parts.shares
    ]
    return write.say(
        "Shares of {label}, {first} to {last}: {groups}.", groups=write.listed(said), **slots
    )


def _told(parts: Parts) -> pd.DataFrame:
    """Return the table below the picture: each part, its share, and the whole of each period."""
    write, periods = reader(), parts.shares.index
    told = {write.say("Period"): [write.month(at) for at in periods]}
    for part in parts.shares:
        told[part] = [_cell(parts, at, part) for at in periods]
    told[write.say("whole")] = [
        parts.whole_text(at) if known(parts.whole[at]) else "" for at in periods
    ]
    return pd.DataFrame(told)


def _cell(parts: Parts, at: str, part: str) -> str:
    share, figure = parts.text(at, part), parts.figure(at, part)
    return f"{figure} ({share})" if share and figure else share


@dataclass(frozen=True)
class Parts:
    """A whole and its parts, a line a period (or the only one) and a column a part.

    Parameters
    ----------
    label, unit : str
        Of the KPI.
    figures, shares : pandas.DataFrame
        What each part is, and its share of the whole.
    printed : pandas.DataFrame
        Tenths of a percent that add up to 100 %.
    whole : pandas.Series
        What a share is a share of.
    """

    label: str
    unit: str
    figures: pd.DataFrame
    shares: pd.DataFrame
    printed: pd.DataFrame
    whole: pd.Series

    def text(self, at: Any, part: str) -> str:
        """Write the share of a part as it is printed everywhere on the chart."""
        share, percent = self.shares.at[at, part], self.printed.at[at, part]
        if not known(share):  # hidden, or nothing in that period
            return reader().say("n/a")
        if share in (0, 1):
            return reader().value(share, "rate")
        if not percent:
            return reader().say("under {share}", share=_written(0.1))
        return _written(percent)

    def figure(self, at: Any, part: str) -> str:
        """Write what a part is, in its own unit; empty where it is a share of an unknown base."""
        if self.unit != "rate":
            value = self.figures.at[at, part]
            return reader().value(value, self.unit) if known(value) else ""
        base, share = self.whole[at], self.shares.at[at, part]
        return reader().count(round(share * base)) if known(base) and known(share) else ""

    def whole_text(self, at: Any) -> str:
        """Write what a share is a share of."""
        base = self.whole[at]
        unit = "count" if self.unit == "rate" else self.unit
        return reader().value(base, unit) if known(base) else reader().say("the whole")


def refuse(rows: pd.DataFrame, by: str) -> None:
    """Raise where the rows are no parts of one whole."""
    for period, found in rows.groupby("period", sort=False):
        chart.one_row_each(found, [by], "shares")
        unit, values = found["unit"].iloc[0], found["value"].dropna()
        instead = say("Draw them side by side: kl.plot.bars(rows) or kl.plot.lines(rows).")
        if found["unit"].nunique() > 1:
            raise error_of(
                ParameterError,
                "shares draws parts of one whole; these rows have several units:"
                " {units}. {instead}",
                units=listed(found["unit"].unique()),
                instead=instead,
            )
        if (values < 0).any():
            raise error_of(
                ParameterError,
                "shares draws parts of one whole; in {period} a part is below zero:"
                " {least:g}. {instead}",
                period=period,
                least=values.min(),
                instead=instead,
            )
        if unit == "rate" and (
            pd.to_numeric(found["denominator"], errors="coerce").nunique() > 1
            or values.sum() > 1 + ALIKE
        ):
            raise error_of(
                ParameterError,
                "shares draws parts of one whole; the rates of {period} have bases of"
                " their own or add up to more than 1. Rates of groups are no parts."
                " {instead}",
                period=period,
                instead=instead,
            )


def parted(rows: pd.DataFrame, by: str) -> Parts:
    """Return the shares of the largest groups, and of the others together."""
    first, unit = rows.iloc[0], rows["unit"].iloc[0]
    groups = rows[by].fillna(UNKNOWN).astype(str)
    table = rows.assign(_group=groups, _there=1.0).pivot(index="period", columns="_group")
    # No row of a group is none of it; a row without a figure is not known.
    table = table["value"].where(table["_there"].eq(1.0), 0.0)
    known_ones = rows.groupby("period")["value"].count().reindex(table.index) > 0
    table.loc[~known_ones] = float("nan")  # nor is a period of which nothing is known none
    starts = rows.drop_duplicates("period").set_index("period")["period_start"]
    table = table.loc[starts.sort_values().index, list(groups.drop_duplicates())]
    if unit == "rate":  # a share already, in an order of its own
        base = pd.to_numeric(rows["denominator"], errors="coerce")
        whole = base.groupby(rows["period"]).max().reindex(table.index)
        figures_ = shares_ = table
    else:
        largest = table.sum().sort_values(ascending=False, kind="stable").index
        figures_ = table[sorted(largest, key=lambda group: group == UNKNOWN)]
        whole = figures_.sum(axis=1, min_count=1)
        whole = whole.where(rows.groupby("period")["value"].count() > 0)
        shares_ = figures_.div(whole.where(whole > 0), axis=0)
    figures_, shares_ = (_merged(each, shares_, by) for each in (figures_, shares_))
    label = reader().listed(rows["label"].unique()) if by == "label" else first["label"]
    return Parts(str(label), unit, figures_, shares_, _percents(shares_), whole)


def _merged(table: pd.DataFrame, shares_: pd.DataFrame, by: str) -> pd.DataFrame:
    """Name the parts; put the smallest together where there are more than can be told apart."""
    kept = list(table)
    if len(kept) > len(STACK):
        size = shares_.drop(columns=UNKNOWN, errors="ignore").max()
        largest = set(size.nlargest(len(STACK) - 1).index)
        kept = [each for each in kept if each in largest]
    rest = [each for each in table if each not in kept]
    named = table[kept].set_axis(group_names(by, kept), axis="columns")
    if rest:
        others = reader().say("{count} others", count=reader().count(len(rest)))
        named = named.assign(**{others: table[rest].sum(axis=1, min_count=1)})
    return named


def _percents(shares_: pd.DataFrame) -> pd.DataFrame:
    """Round shares to tenths of a percent that add up as they do, the largest remainders up."""

    def rounded(line: pd.Series) -> pd.Series:
        tenths = 1000 * line.fillna(0.0)
        whole = (tenths + ALIKE) // 1
        left = round(tenths.sum()) - int(whole.sum())
        up = (tenths - whole).nlargest(max(left, 0)).index
        return (whole + whole.index.isin(up)) / 10

    return shares_.apply(rounded, axis=1)


def _written(percent: float) -> str:
    """Write a percentage with one decimal, so that all of a column add up."""
    return reader().ticks([percent / 100, 0.001], "rate")[0]
