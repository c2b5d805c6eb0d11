"""Which open rate can be believed? What is recorded, what is measurable, what is certain."""

from __future__ import annotations

import pandas as pd

from kpilib.display.chart import Chart, chart
from kpilib.display.charts import axis, ends
from kpilib.display.numbers import Formatter, known
from kpilib.display.rows import month_number, month_of
from kpilib.display.style import (
    BAND,
    BEFORE,
    GRID,
    MAIN,
    MUTED,
    TARGET,
    axes,
    figure,
    styled,
)  # fmt: skip
from kpilib.display.svg import Marks

HEIGHT = 240
LINES = (("raw", BEFORE, MUTED), ("trackable", MAIN, MAIN), ("lower", TARGET, TARGET))


@styled()
def triple_lines(
    rates: pd.DataFrame,
    formatter: Formatter,
    *,
    title: str,
    subtitle: str = "",
    note: str = "",
    expected: tuple[float, float] | None = None,
    key: str = "",
) -> Chart:
    """Draw an upper, a measured and a lower rate, the doubt between them shaded.

    Parameters
    ----------
    rates : pandas.DataFrame
        Columns ``period``, ``raw``, ``trackable``, ``lower``: one row a month.
    formatter : Formatter
    title, subtitle, note, key : str
        See `kpilib.display.chart.Chart`.
    expected : pair of float, optional
        A range quoted from before mail proxies, named as such.
    """
    say, marks = formatter.say, Marks()
    words = {"raw": say("recorded"), "trackable": say("measurable"), "lower": say("certain")}
    frame = rates.assign(month=[month_number(period) for period in rates["period"]])
    first, last = int(frame["month"].min()), int(frame["month"].max())
    frame = frame.set_index("month").reindex(range(first, last + 1))
    months = list(frame.index)
    values = [value for name, _, _ in LINES for value in frame[name]]
    scale = axis.scale([*values, *(expected or ())], "rate", zero=True)
    labels = [
        ends.End(
            frame[name].iloc[-1], formatter.value(frame[name].iloc[-1], "rate"), words[name],
            colour=text, strong=name == "trackable",
        )
        for name, _, text in LINES
        if known(frame[name].iloc[-1])
    ]  # fmt: skip
    fig = figure(HEIGHT)
    left, right = scale.room("rate", formatter), ends.room(labels)
    ax = axes(fig, left=left, right=right, top=10, bottom=34, grid="y")
    scale.set(ax, "rate", formatter)
    axis.name_months(ax, months, formatter)
    ax.fill_between(months, frame["lower"], frame["raw"], color=BAND, alpha=0.45, linewidth=0)
    if expected:
        ax.axhspan(*expected, color=GRID, alpha=0.6, linewidth=0, zorder=0)
        ax.annotate(
            say("quoted range (2017)"), (months[0] - 0.4, expected[1]), xytext=(0, -3), va="top",
            textcoords="offset points", color=MUTED, fontsize=9.5,
        )  # fmt: skip
    for name, colour, _ in LINES:
        ax.plot(months, frame[name], color=colour, linewidth=2.4 if name == "trackable" else 1.8)
        points = [month for month in months if known(frame.at[month, name])]
        dots = ax.plot(points, frame.loc[points, name], linestyle="none", marker="o",
                       color=colour, markersize=3.2)[0]  # fmt: skip
        if points:
            marks.on(
                dots,
                *(
                    formatter.pair(
                        f"{formatter.month(month_of(m))}, {words[name]}",
                        formatter.value(frame.at[m, name], "rate"),
                    )
                    for m in points
                ),
            )
    ends.write(ax, labels)
    return chart(
        fig,
        title=title,
        subtitle=subtitle,
        alt=_alt(frame, words, formatter),
        data=_table(frame, words, formatter),
        note=note or _note(say),
        marks=marks,
        say=say,
        key=key,
    )


def _note(say) -> str:
    return say(
        "Recorded: every opening, also those a mail program makes by itself. Measurable: among"
        " people whose mail program does not. Certain: openings by people over everything"
        " delivered. The truth lies in the shaded area; follow the middle line."
    )


def _alt(frame: pd.DataFrame, words: dict[str, str], formatter: Formatter) -> str:
    parts = []
    for name, word in words.items():
        found = frame[name].dropna()
        if len(found):
            first, last = (formatter.value(found.iloc[place], "rate") for place in (0, -1))
            parts.append(
                formatter.say("{group} from {first} to {last}", group=word, first=first, last=last)
            )
    months = [formatter.month(month_of(frame.index[place])) for place in (0, -1)]
    return formatter.say(
        "Three lines, {first} to {last}: {groups}.", first=months[0], last=months[1],
        groups=formatter.listed(parts),
    )  # fmt: skip


def _table(frame: pd.DataFrame, words: dict[str, str], formatter: Formatter) -> pd.DataFrame:
    table = {formatter.say("Month"): [formatter.month(month_of(month)) for month in frame.index]}
    for name, word in words.items():
        table[word] = [formatter.value(value, "rate") for value in frame[name]]
    return pd.DataFrame(table, dtype=object)
