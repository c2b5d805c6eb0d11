"""What did the training change, and nothing else? Trained and control, before and after."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from kpilib.display.chart import Chart, chart
from kpilib.display.charts import axis, ends
from kpilib.display.numbers import Formatter, known
from kpilib.display.style import (
    BEFORE,
    INK,
    LARGE,
    MAIN,
    MUTED,
    SMALL,
    axes,
    figure,
    styled,
)  # fmt: skip
from kpilib.display.svg import Marks
from kpilib.methods.effects import FEWEST_TO_CONCLUDE

HEIGHT = 250
BRACKET = 1.1
DOUBTS = ("not_parallel", "no_baseline")  # flags of an effect that proves nothing


@dataclass(frozen=True)
class Effect:
    """The four means of a training with a control group, and what they prove.

    Parameters
    ----------
    treated_before, treated_after, control_before, control_after : float
        Means of the target KPI.
    value, low, high : float
        The effect and its interval.
    unit : str
        Unit of the target KPI.
    treated, control : int
        People in each group.
    doubt : str
        The flag, one of `DOUBTS`, for which the effect proves nothing.
    """

    treated_before: float
    treated_after: float
    control_before: float
    control_after: float
    value: float
    low: float = float("nan")
    high: float = float("nan")
    unit: str = "target"
    treated: int | None = None
    control: int | None = None
    doubt: str = ""

    @property
    def expected(self) -> float:
        """Where the trained would be had they moved like the control group."""
        return self.treated_before + self.control_after - self.control_before

    @property
    def proven(self) -> bool:
        """Whether the interval leaves zero out, and nothing forbids to say more than chance."""
        return self._has_interval and not self.by_chance and not (self.doubt or self.few)

    @property
    def few(self) -> bool:
        """Whether there are too few people in a group to conclude."""
        known_counts = [count for count in (self.treated, self.control) if count is not None]
        return min(known_counts, default=FEWEST_TO_CONCLUDE) < FEWEST_TO_CONCLUDE

    @property
    def by_chance(self) -> bool:
        """Whether chance alone could explain the effect; not where that cannot be judged."""
        return self._has_interval and self.low <= 0 <= self.high

    @property
    def _has_interval(self) -> bool:
        return known(self.low) and known(self.high)


@styled()
def before_after(
    effect: Effect,
    formatter: Formatter,
    *,
    title: str,
    subtitle: str = "",
    note: str = "",
    key: str = "",
) -> Chart:
    """Draw trained and control before and after, with where the trained would have been anyway.

    Parameters
    ----------
    effect : Effect
    formatter : Formatter
    title, subtitle, note, key : str
        See `kpilib.display.chart.Chart`.
    """
    say, unit, marks = formatter.say, effect.unit, Marks()
    means = [
        effect.treated_before, effect.treated_after, effect.control_before, effect.control_after,
        effect.expected,
    ]  # fmt: skip
    scale = axis.scale(means, unit, zero=False)
    effect_text = formatter.difference(effect.value, unit)
    interval = _interval(effect, formatter)
    labels = [
        ends.End(effect.treated_after, say("trained"), formatter.value(effect.treated_after, unit),
                 colour=MAIN),
        ends.End(effect.expected, say("without it"), formatter.value(effect.expected, unit),
                 colour=MUTED),
        ends.End(effect.control_after, say("control"), formatter.value(effect.control_after, unit),
                 colour=MUTED),
    ]  # fmt: skip
    fig = figure(HEIGHT)
    left, right = scale.room(unit, formatter), ends.room(labels)
    ax = axes(fig, left=left, right=right, top=12, bottom=42, grid="y")
    scale.set(ax, unit, formatter)
    ax.set_xlim(-0.12, 1.5)
    _name_ends(ax, effect, formatter)
    for values, colour, style, name in (
        ((effect.control_before, effect.control_after), BEFORE, "-", say("control")),
        ((effect.treated_before, effect.expected), MAIN, ":", say("trained, without the training")),
        ((effect.treated_before, effect.treated_after), MAIN, "-", say("trained")),
    ):
        inside = "white" if style == ":" else colour
        line = ax.plot([0, 1], values, color=colour, linestyle=style, marker="o", markersize=6,
                       markerfacecolor=inside, zorder=3)[0]  # fmt: skip
        moments = (say("before"), say("after"))
        marks.on(line, *(formatter.pair(f"{name}, {moment}", formatter.value(value, unit))
                         for moment, value in zip(moments, values, strict=True)))  # fmt: skip
    _bracket(ax, effect, effect_text)
    ends.write(ax, labels)
    return chart(
        fig,
        title=title,
        subtitle=subtitle,
        alt=_alt(effect, effect_text, interval, formatter),
        data=_table(effect, effect_text, interval, formatter),
        note=" ".join(
            filter(
                None,
                (_reading(effect, effect_text, interval, say), _naive(effect, formatter), note),
            )
        ),
        marks=marks,
        say=say,
        key=key,
    )


def _interval(effect: Effect, formatter: Formatter) -> str:
    if not (known(effect.low) and known(effect.high)):
        return ""
    low, high = (formatter.difference(bound, effect.unit) for bound in (effect.low, effect.high))
    return formatter.say("{low} to {high}", low=low, high=high)


def _name_ends(ax: Axes, effect: Effect, formatter: Formatter) -> None:
    say = formatter.say
    people = ""
    if effect.treated is not None and effect.control is not None:
        people = say(
            "{treated} trained, {control} control", treated=formatter.count(effect.treated),
            control=formatter.count(effect.control),
        )  # fmt: skip
    ax.set_xticks([0, 1], labels=[say("before"), say("after")])
    ax.tick_params(axis="x", labelcolor=INK)
    ax.annotate(
        people, (0, 0), xycoords="axes fraction", xytext=(0, -36), textcoords="offset points",
        fontsize=SMALL, color=MUTED, annotation_clip=False,
    )  # fmt: skip


def _bracket(ax: Axes, effect: Effect, text: str) -> None:
    """Draw the effect between where the trained are and where they would have been."""
    low, high = sorted((effect.expected, effect.treated_after))
    colour = MAIN if effect.proven else MUTED
    ax.plot([BRACKET - 0.03, BRACKET, BRACKET, BRACKET - 0.03], [low, low, high, high],
            color=colour, linewidth=1.6, zorder=2)  # fmt: skip
    ax.text(
        BRACKET + 0.03, (low + high) / 2, text, color=colour,
        va="center", fontsize=LARGE, fontweight="bold",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
    )  # fmt: skip


def _reading(effect: Effect, text: str, interval: str, say) -> str:
    if effect.doubt == "not_parallel":
        return say(
            "Effect {effect}; but both groups already moved apart before, so that it is not known"
            " to be the training's.", effect=text,
        )  # fmt: skip
    if not interval:
        return say("Effect {effect}; too few people or teams for an interval.", effect=text)
    if effect.proven:
        return say(
            "Effect {effect} (95 % interval {interval}): more than chance would explain.",
            effect=text, interval=interval,
        )  # fmt: skip
    if not effect.by_chance and effect.doubt == "no_baseline":
        return say(
            "Effect {effect} (95 % interval {interval}): the groups differ, but whether they moved"
            " alike before is not known.", effect=text, interval=interval,
        )  # fmt: skip
    if not effect.by_chance:
        return say(
            "Effect {effect} (95 % interval {interval}): with so few people, nothing is proven.",
            effect=text, interval=interval,
        )  # fmt: skip
    return say(
        "Effect {effect} (95 % interval {interval}): chance alone could explain it.",
        effect=text, interval=interval,
    )  # fmt: skip


def _naive(effect: Effect, formatter: Formatter) -> str:
    """Say what a comparison without control group would have claimed."""
    ends = (effect.treated_after, effect.treated_before)
    raw = formatter.difference(ends[0] - ends[1], effect.unit, of=ends)
    return formatter.say("Before and after alone would claim {raw}.", raw=raw)


def _alt(effect: Effect, text: str, interval: str, formatter: Formatter) -> str:
    unit = effect.unit
    return formatter.say(
        "Slopes from before to after. Trained from {a} to {b}, control from {c} to {d}; without the"
        " training the trained would be at {e}. Effect {effect}, interval {interval}.",
        a=formatter.value(effect.treated_before, unit),
        b=formatter.value(effect.treated_after, unit),
        c=formatter.value(effect.control_before, unit),
        d=formatter.value(effect.control_after, unit),
        e=formatter.value(effect.expected, unit),
        effect=text,
        interval=interval or formatter.say("n/a"),
    )  # fmt: skip


def _table(effect: Effect, text: str, interval: str, formatter: Formatter) -> pd.DataFrame:
    say, unit = formatter.say, effect.unit
    treated = (effect.treated_before, effect.treated_after)
    control = (effect.control_before, effect.control_after)
    lines = [
        [name, *(formatter.value(mean, unit) for mean in means),
         formatter.difference(means[1] - means[0], unit, of=(means[1], means[0]))]
        for name, means in ((say("trained"), treated), (say("control"), control))
    ]  # fmt: skip
    lines.append([say("effect"), "", interval, text])
    names = [say("Group"), say("Before"), say("After"), say("Change")]
    return pd.DataFrame(lines, columns=names, dtype=object)
