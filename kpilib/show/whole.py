"""A whole and its parts: which figures may be divided, and percents that add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from kpilib.display.numbers import known, reader
from kpilib.errors import ParameterError, listed
from kpilib.show.drawable import one_row_each
from kpilib.show.group_names import group_names
from kpilib.show.theme import STACK
from kpilib.tables.contract import UNKNOWN

ALIKE = 1e-6  # a share of the whole that rounding of floats may add


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
        one_row_each(found, [by], "shares")
        unit, values = found["unit"].iloc[0], found["value"].dropna()
        instead = "Draw them side by side: kl.plot.bars(rows) or kl.plot.lines(rows)."
        if found["unit"].nunique() > 1:
            raise ParameterError(
                f"shares draws parts of one whole; these rows have several units: "
                f"{listed(found['unit'].unique())}. {instead}"
            )
        if (values < 0).any():
            raise ParameterError(
                f"shares draws parts of one whole; in {period} a part is below zero: "
                f"{values.min():g}. {instead}"
            )
        if unit == "rate" and (
            pd.to_numeric(found["denominator"], errors="coerce").nunique() > 1
            or values.sum() > 1 + ALIKE
        ):
            raise ParameterError(
                f"shares draws parts of one whole; the rates of {period} have bases of their own "
                f"or add up to more than 1. Rates of groups are no parts. {instead}"
            )


def parted(rows: pd.DataFrame, by: str) -> Parts:
    """Return the shares of the largest groups, and of the others together."""
    first, unit = rows.iloc[0], rows["unit"].iloc[0]
    groups = rows[by].fillna(UNKNOWN).astype(str)
    table = rows.assign(_group=groups, _there=1.0).pivot(index="period", columns="_group")
    # No row of a group is none of it; a row without a figure is not known.
    table = table["value"].where(table["_there"].eq(1.0), 0.0)
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
