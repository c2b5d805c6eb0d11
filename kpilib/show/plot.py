"""Charts of KPIs: a frame of figures in, the matplotlib Axes it was drawn on out.

Each takes rows of `Company.evaluate` or `Company.series`, draws with seaborn and returns the Axes:
restyle it, annotate it, put it beside another with ``ax=``. Nothing is judged or counted here.
"""

from __future__ import annotations

from kpilib.show.against import scatter
from kpilib.show.by_group import bars, dots
from kpilib.show.effect import effect
from kpilib.show.in_answers import answers
from kpilib.show.in_cells import heatmap
from kpilib.show.in_parts import shares
from kpilib.show.in_steps import chain, funnel
from kpilib.show.movements import movements
from kpilib.show.on_path import path
from kpilib.show.over_time import lines, trend
from kpilib.show.waterfall import waterfall

__all__ = [
    "answers",
    "bars",
    "chain",
    "dots",
    "effect",
    "funnel",
    "heatmap",
    "lines",
    "movements",
    "path",
    "scatter",
    "shares",
    "trend",
    "waterfall",
]
