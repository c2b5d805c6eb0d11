"""One of each chart, from hand-made frames, for tests that hold for all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd

from kpilib.display.chart import Chart
from kpilib.display.charts.bars import bars_with_intervals
from kpilib.display.charts.dots import dot_interval
from kpilib.display.charts.effect import Effect, before_after
from kpilib.display.charts.funnel import funnel
from kpilib.display.charts.heatmap import heatmap
from kpilib.display.charts.movements import movement_bars
from kpilib.display.charts.multiples import Panel, small_multiples
from kpilib.display.charts.parts import Part, parts_of_change
from kpilib.display.charts.scatter import scatter
from kpilib.display.charts.shares import stacked_share
from kpilib.display.charts.split import split
from kpilib.display.charts.trend import trend
from kpilib.display.charts.triple import triple_lines
from kpilib.display.charts.waterfall import waterfall
from kpilib.display.numbers import Formatter
from tests.display import frames

RATE = {"unit": "rate", "name": "visitor_to_lead_rate", "label": "Visit-to-lead rate"}


def a_trend(write: Formatter, name: str = "A", **more) -> Chart:
    rows = frames.counts()
    rows.at[24, "flags"] = ["partial"]
    rows.at[20, "value"] = float("nan")
    rows.at[20, "status"] = "no_data"
    notes = [(date(2026, 3, 12), name), (date(2026, 3, 20), "New site")]
    return trend(rows, frames.kpi(label=name), write, notes=notes, target=14_000, **more)


def a_bar_chart(write: Formatter, name: str = "A", **more) -> Chart:
    rows = frames.groups()
    rows.loc[0, "channel"] = name
    return bars_with_intervals(
        rows, frames.kpi(**RATE), write, overall=frames.row(value=0.031, unit="rate"), **more
    )


def a_dot_chart(write: Formatter, name: str = "A", **more) -> Chart:
    rows = frames.teams()
    rows.loc[0, "team"] = name
    definition = frames.kpi("enps", "eNPS", "points")
    return dot_interval(rows, definition, write, overall=frames.row(value=4), **more)


def a_share_chart(write: Formatter, name: str = "A", **more) -> Chart:
    rows = frames.channels()
    rows.loc[rows["channel"] == "direct", "channel"] = name
    return stacked_share(rows, frames.kpi(label="Sessions by channel"), write, **more)


def a_heatmap(write: Formatter, name: str = "A", **more) -> Chart:
    cells = pd.DataFrame(
        [[0.03, 0.04, float("nan")], [0.01, 0.02, 0.05]],
        index=[name, "email"],
        columns=["Aug", "Sep", "Oct"],
    )
    return heatmap(cells, "rate", write, title="Which converts?", few={("email", "Oct")}, **more)


def a_funnel(write: Formatter, name: str = "A", **more) -> Chart:
    rows = [
        frames.rate_row(None, 0.027, 15_000),
        frames.rate_row(None, 0.31, 405) | {"kpi": "lead_qualification_rate"},
        frames.missing("lead_to_customer_rate", "no_denominator", unit="rate"),
    ]
    return funnel(pd.DataFrame(rows), write, title=name, **more)


def a_waterfall(write: Formatter, name: str = "A", **more) -> Chart:
    items = [("Benefit", 18_400), (name, -4_200), ("Travel", -650.5)]
    return waterfall(items, write, total="Net", title="Did it pay?", **more)


def a_movement_chart(write: Formatter, name: str = "A", **more) -> Chart:
    rows = pd.DataFrame(
        {"period": month, "opening": 100 + i, "entries": 5, "exits": 4, "closing": 101 + i}
        for i, month in enumerate(frames.months(13))
    )
    return movement_bars(rows, write, title=name, **more)


def small_charts(write: Formatter, name: str = "A", **more) -> Chart:
    panels = [
        Panel(name, frames.counts(), "count"),
        Panel("Bounce rate", frames.rates(), "rate"),
        Panel("Nothing", pd.DataFrame([frames.missing()]), "count"),
    ]
    return small_multiples(panels, write, title="How do they move?", **more)


def a_triple(write: Formatter, name: str = "A", **more) -> Chart:
    rates = pd.DataFrame(
        {"period": month, "raw": 0.4 + 0.01 * i, "trackable": 0.24, "lower": 0.2 - 0.005 * i}
        for i, month in enumerate(frames.months(13))
    )
    rates.loc[3, ["raw", "trackable", "lower"]] = float("nan")
    return triple_lines(rates, write, title=name, expected=(0.1, 0.3), **more)


def an_effect(write: Formatter, name: str = "A", **more) -> Chart:
    effect = Effect(6.1, 8.07, 5.84, 6.69, 1.12, 0.71, 1.54, "target", 20, 20)
    return before_after(effect, write, title=name, **more)


def a_scatter(write: Formatter, name: str = "A", **more) -> Chart:
    points = pd.DataFrame(
        {"x": [120.0, 900, 1500, 2600, 4000, 7000, 98_000, 0], "y": 0.04, "label": "post"}
    )
    points.loc[6, ["y", "label"]] = [0.004, name]
    return scatter(
        points, write, x_name="times shown", y_name="engagement rate", title="Seen or read?",
        whole=0.03, **more,
    )  # fmt: skip


def a_split(write: Formatter, name: str = "A", **more) -> Chart:
    ours = (name, [("creators", 0.013), ("actives", 0.062), ("spectators", 0.925)])
    usual = ("Rule", [("creators", 0.01), ("actives", 0.09), ("spectators", 0.9)])
    return split([ours, usual], write, title="Who takes part?", **more)


def a_split_change(write: Formatter, name: str = "A", **more) -> Chart:
    parts = [
        Part(name, -0.012, -0.014, 0.002, ("10 %", "40 %", "1 %", "1.2 %")),
        Part("email", 0.003, 0.001, 0.002, ("20 %", "15 %", "4 %", "4.4 %")),
    ]
    columns = ["Channel", "Share before", "Share after", "Before", "After", "a", "b", "c"]
    ends = (("October 2025", 0.03), ("October 2026", 0.021))
    return parts_of_change(parts, ends, "rate", write, title="Why?", columns=columns, **more)


CHARTS: dict[str, Callable[..., Chart]] = {
    "trend": a_trend,
    "bars": a_bar_chart,
    "dots": a_dot_chart,
    "shares": a_share_chart,
    "heatmap": a_heatmap,
    "funnel": a_funnel,
    "waterfall": a_waterfall,
    "movements": a_movement_chart,
    "multiples": small_charts,
    "triple": a_triple,
    "effect": an_effect,
    "scatter": a_scatter,
    "split": a_split,
    "parts": a_split_change,
}
