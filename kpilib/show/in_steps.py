"""A funnel: one group of people followed step by step, each step counted among the one before."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from kpilib.display.numbers import known, reader
from kpilib.display.words import shorten
from kpilib.errors import ParameterError, listed
from kpilib.period import Period
from kpilib.show import margin
from kpilib.show.drawable import figures, hidden, keep, new_axes, one_row_each, tip, unknown
from kpilib.show.theme import INK, MAIN, MUTED, NORMAL, SMALL

LONGEST_NAME = 42
STEP, BAR = 62, 0.3  # points from one step to the next, and the share of them that is bar
# What people were, and what they became: the steps of a journey, by the name of its rate.
STEP_WORDS = {
    "leads_of_visitors": ("Visitors", "Became leads"),
    "qualified_of_leads": ("Leads", "Qualified within 30 days"),
    "customers_of_qualified": ("Qualified within 30 days", "Customers within 90 days"),
}


def in_steps(rates: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Return the rates of a journey as rows of figures, with the words of their steps.

    Parameters
    ----------
    rates : pandas.DataFrame
        Of `kpilib.answers.journey.journey`.
    period : Period
    """
    say = reader().say
    words = [STEP_WORDS[each] for each in rates["kpi"]]
    told = {
        "label": say("From visit to customer"),
        "period": period.name,
        "period_start": pd.Timestamp(period.start),
        "period_end": pd.Timestamp(period.end_day),
        "step_before": [say(before) for before, _ in words],
        "step": [say(after) for _, after in words],
    }
    rows = rates.assign(**told)
    facts = ["value", "numerator", "denominator"]
    return rows[["kpi", *told, *facts, *rates.columns.drop(["kpi", *facts])]]


def funnel(rows: pd.DataFrame, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw how many of one group get from each step to the next.

    Parameters
    ----------
    rows : pandas.DataFrame
        One rate a row, in order, each counted among those of the row above, as ``report.funnel()``
        returns them. Steps are called as ``step_before`` and ``step`` say, or as the KPIs.
    ax : matplotlib.axes.Axes, optional
    **kwargs
        For `seaborn.barplot`.

    Returns
    -------
    matplotlib.axes.Axes
        Hollow bars can still grow.

    Raises
    ------
    ParameterError
        The rows are no chain: one counts among others than those of the row above.

    Examples
    --------
    >>> ax = kl.plot.funnel(report.funnel())
    >>> ax = kl.plot.funnel(data.evaluate(["delivery_rate", "click_rate"], "2026-10"))
    """
    rows = figures(rows, "funnel")
    one_row_each(rows, [], "funnel")
    if rows["value"].isna().all():
        return unknown(rows.head(1), ax)
    steps = _steps(rows)
    ax = ax or new_axes(STEP * len(steps) - 12)
    drawn = {"color": MAIN, "saturation": 1, "width": BAR, "linewidth": 1.6} | kwargs
    drawn |= {"edgecolor": drawn["color"]}  # of four among thousands the edge still shows
    places = steps.index.astype(str)
    sns.barplot(x=steps["count"].fillna(0), y=places, orient="h", errorbar=None, ax=ax, **drawn)
    tips = [_written(ax, place, step) for place, step in enumerate(steps.to_dict("records"))]
    ax.set_xlim(0, steps["count"].max() or 1)
    ax.set_ylim(len(steps) - 1 + BAR, -0.55)
    ax.set(xlabel="", ylabel="", xticks=[], yticks=[])
    ax.grid(False)
    margin.title(ax, _title(rows, steps))
    keep(ax, rows, tips=[each for each in tips if each], remarks=_remarks(steps, rows))
    return ax


def _steps(rows: pd.DataFrame) -> pd.DataFrame:
    """Return who there was, then who each rate leads to: ``name, count, open, row``."""
    lines = rows.to_dict("records")
    _one_group(lines)
    first = lines[0].get("step_before") or reader().say("Base")
    found = [{"name": first, "count": lines[0]["denominator"], "open": False, "row": None}]
    for row in lines:
        count = row["numerator"] if known(row["value"]) else None
        name = shorten(row.get("step") or row["label"], LONGEST_NAME)
        found.append({"name": name, "count": count, "open": row["unsettled"], "row": row})
    return pd.DataFrame(found).astype({"count": float})


def _one_group(lines: list[dict[str, Any]]) -> None:
    """Refuse rates that do not multiply to a whole.

    Raises
    ------
    ParameterError
        A row is no rate, or counts among others than those of the row above.
    """
    lost = [row["kpi"] for row in lines if row["unit"] != "rate" or "numerator" not in row]
    if lost:
        raise ParameterError(
            f"funnel draws rates; {listed(lost)} is none. Draw it with kl.plot.trend(rows)."
        )
    for before, row in zip(lines, lines[1:], strict=False):
        reached, base = before["numerator"], row["denominator"]
        if known(reached) and known(base) and reached != base:
            raise ParameterError(
                f"funnel follows one group, but {before['kpi']} ends with {reached:,.0f} and "
                f"{row['kpi']} begins with {base:,.0f}. From visit to customer there is "
                "report.funnel(); rates of other groups stand side by side in kl.plot.dots(rows)."
            )


def _written(ax: Axes, place: int, step: dict[str, Any]) -> tuple[Any, list[str]] | None:
    """Write the name of a step, its count and its rate; return its bar with a tooltip."""
    write, row, bar = reader(), step["row"], ax.containers[0][place]
    top = {"textcoords": "offset points", "va": "baseline", "annotation_clip": False}
    edge = (0, place - BAR / 2)
    ax.annotate(step["name"], edge, xytext=(0, 6), color=INK, size=NORMAL, weight="bold", **top)
    if row is not None and known(row["value"]):
        rate = write.say("{value} of them", value=write.value(row["value"], row["unit"]))
        ax.annotate(f"↳ {rate}", edge, xytext=(0, 21), color=MUTED, size=SMALL, **top)
    if not known(step["count"]):
        bar.set_linewidth(0)
        margin.withheld(ax, place, write.reason(row))
        return None
    if step["open"]:
        bar.set_facecolor("white")
    ax.annotate(
        write.count(step["count"]),
        (step["count"], place),
        xytext=(6, 0),
        color=INK,
        weight="bold",
        **top | {"va": "center_baseline"},
    )
    said = write.pair(step["name"], write.count(step["count"]))
    return bar, [said if row is None else tip(row | {"name": said})]


def _title(rows: pd.DataFrame, steps: pd.DataFrame) -> str:
    """Say how many came to the last step that is known, of how many."""
    write, last = reader(), steps.dropna(subset="count").iloc[-1]
    label = rows["label"].iloc[0] if rows["label"].nunique() == 1 else last["name"]
    slots = {
        "label": label,
        "count": write.count(last["count"]),
        "base": write.count(steps["count"].iloc[0]),
    }
    if last["open"]:
        return write.say("{label}: {count} of {base} so far", **slots)
    return write.say("{label}: {count} of {base}", **slots)


def _remarks(steps: pd.DataFrame, rows: pd.DataFrame) -> list[str]:
    say = reader().say
    open_ = say("A hollow bar can still grow: its cases are not over.")
    return [*([open_] if steps["open"].any() else []), *hidden(rows)]
