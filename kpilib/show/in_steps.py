"""One group of people step by step, or level by level, one under another, and where it breaks."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from kpilib.display.numbers import bounded, known, reader
from kpilib.display.words import shorten
from kpilib.errors import ParameterError, listed
from kpilib.period import Period
from kpilib.saying import error_of
from kpilib.show import chart, margin, scales
from kpilib.show.theme import GRID, HIGHLIGHT, INK, MAIN, NORMAL

LONGEST_NAME = 42
STEP, BAR = 62, 0.3  # points from one step to the next, and the share of them that is bar
LEVEL, TRACK = 66, 0.25  # the same of a level
STRONG = {"size": NORMAL, "weight": "bold", "va": "baseline"}
# What people were, and what they became: the steps of a journey, by the name of its rate.
STEP_WORDS = {
    "leads_of_visitors": ("Visitors", "Became leads"),
    "qualified_of_leads": ("Leads", "Qualified within 30 days"),
    "customers_of_qualified": ("Qualified within 30 days", "Customers within 90 days"),
}
# What a journey is called: without visits it begins with the leads.
JOURNEY_WORDS = {"leads_of_visitors": "From visit to customer", "": "From lead to customer"}


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
    begin = JOURNEY_WORDS.get(rates["kpi"].iloc[0], JOURNEY_WORDS[""])
    told = {
        "label": say(begin),
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
    rows = chart.figures(rows, "funnel")
    chart.one_row_each(rows, [], "funnel")
    if rows["value"].isna().all():
        return chart.unknown(rows.head(1), ax)
    return _draw_funnel(rows, _steps(rows), ax, kwargs)


def _draw_funnel(
    rows: pd.DataFrame, steps: pd.DataFrame, ax: Axes | None, kwargs: dict[str, Any]
) -> Axes:
    """Draw the steps of one group."""
    ax = chart.axes(ax, STEP * len(steps) - 12)
    drawn = {"saturation": 1, "width": BAR, "linewidth": 1.6, "orient": "h", "errorbar": None}
    drawn = chart.look({"color": MAIN, **drawn}, kwargs)
    drawn |= {"edgecolor": drawn["color"]}  # of four among thousands the edge still shows
    sns.barplot(x=steps["count"].fillna(0), y=steps.index.astype(str), ax=ax, **drawn)
    tips = [_step(ax, place, step) for place, step in enumerate(steps.to_dict("records"))]
    limits = {"xlim": (0, steps["count"].max() or 1), "ylim": (len(steps) - 1 + BAR, -0.55)}
    scales.bare(ax, **limits)
    margin.title(ax, _title(rows, steps))
    chart.keep(ax, rows, tips=[each for each in tips if each], remarks=_remarks(steps, rows))
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
        raise error_of(
            ParameterError,
            "funnel draws rates; {lost} is none. Draw it with kl.plot.trend(rows).",
            lost=listed(lost),
        )
    for before, row in zip(lines, lines[1:], strict=False):
        reached, base = before["numerator"], row["denominator"]
        if known(reached) and known(base) and reached != base:
            raise error_of(
                ParameterError,
                "funnel follows one group, but {kpi} ends with {reached:,.0f} and {next}"
                " begins with {base:,.0f}. From visit to customer there is"
                " report.funnel(); rates of other groups stand side by side in"
                " kl.plot.dots(rows).",
                kpi=before["kpi"],
                reached=reached,
                next=row["kpi"],
                base=base,
            )


def _step(ax: Axes, place: int, step: dict[str, Any]) -> tuple[Any, list[str]] | None:
    """Write the name of a step, its count and its rate; return its bar with a tooltip."""
    write, row, bar = reader(), step["row"], ax.containers[0][place]
    edge = (0, place - BAR / 2)
    margin.write(ax, step["name"], edge, (0, 6), color=INK, **STRONG)
    if row is not None and known(row["value"]):
        rate = write.say("{value} of them", value=write.value(row["value"], row["unit"]))
        margin.write(ax, f"↳ {rate}", edge, (0, 21), va="baseline")
    if not known(step["count"]):
        bar.set_linewidth(0)
        margin.withheld(ax, place, write.reason(row))
        return None
    if step["open"]:
        bar.set_facecolor("white")
    count, look = write.count(step["count"]), STRONG | {"va": "center_baseline"}
    margin.write(ax, count, (step["count"], place), (6, 0), color=INK, **look)
    said = write.pair(step["name"], count)
    return bar, [said if row is None else chart.tip(row | {"name": said})]


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
    return [*([open_] if steps["open"].any() else []), *chart.hidden(rows)]


def chain(rows: pd.DataFrame, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw how many of those asked are there at each level, and where the chain breaks.

    Parameters
    ----------
    rows : pandas.DataFrame
        As ``kl.training_chain`` returns them: one share a level, with ``step, counted, breaks``.
    ax : matplotlib.axes.Axes, optional
    **kwargs
        For `seaborn.barplot`.

    Returns
    -------
    matplotlib.axes.Axes
        The track behind each bar is all who were asked.

    Examples
    --------
    >>> ax = kl.plot.chain(kl.training_chain(data, "2026-10"))
    """
    rows = chart.figures(rows, "chain")
    chart.one_row_each(rows, [], "chain")
    if rows["value"].isna().all():
        return chart.unknown(rows.head(1), ax)
    ax, records = chart.axes(ax, LEVEL * len(rows) - 6), rows.to_dict("records")
    places = rows.index.astype(str)
    whole = {"orient": "h", "errorbar": None, "width": TRACK, "ax": ax, "saturation": 1}
    sns.barplot(x=[1.0] * len(rows), y=places, color=GRID, **whole)
    colours = [HIGHLIGHT if row["breaks"] else MAIN for row in records]
    drawn = {"hue": places, "palette": colours, "legend": False} | whole
    sns.barplot(x=rows["value"].fillna(0), y=places, **chart.look(drawn, kwargs))
    tips = [_level(ax, place, row) for place, row in enumerate(records)]
    bars = [bar for each in ax.containers for bar in each][-len(rows) :]
    marks = list(zip(bars, tips, strict=True))
    scales.bare(ax, xlim=(0, 1), ylim=(len(rows) - 1 + TRACK, -0.6))
    margin.title(ax, _broken(records))
    chart.keep(ax, rows, tips=[(bar, said) for bar, said in marks if said])
    return ax


def _level(ax: Axes, place: int, row: dict[str, Any]) -> list[str]:
    """Write the name of a level, its share and of whom; return the tooltip of its bar."""
    write, ink, top = reader(), HIGHLIGHT if row["breaks"] else INK, place - TRACK / 2
    margin.write(ax, row["step"], (0, top), (0, 6), "side", color=ink, **STRONG)
    if not known(row["value"]):
        short = write.say("n/a: {reason}", reason=write.reason(row))  # a sentence has no room
        margin.withheld(ax, place, write.missing(row) if bounded(row) else short)
        return []
    share = write.value(row["value"], row["unit"])
    margin.write(ax, share, (1, top), (0, 6), "side", color=ink, ha="right", **STRONG)
    margin.write(ax, row["counted"], (0, place + TRACK / 2), (0, -13), "side", va="baseline")
    return [chart.tip(row | {"name": row["step"]})]


def _broken(records: list[dict[str, Any]]) -> str:
    """Say at which level the chain breaks."""
    write = reader()
    broken = [row for row in records if row["breaks"]]
    if not broken and sum(known(row["value"]) for row in records) < 2:
        return write.say("From liking to result")
    if not broken:
        return write.say("From liking to result: the chain holds")
    row = broken[0]
    return write.say(
        "The chain breaks at level {level}: {share}",
        level=row["level"],
        share=write.row_value(row),
    )
