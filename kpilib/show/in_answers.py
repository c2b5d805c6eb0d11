"""What people answered: how favourable the answers of each group are."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kpilib.display.numbers import reader
from kpilib.display.words import shorten
from kpilib.errors import ParameterError, listed
from kpilib.saying import error_of
from kpilib.show import chart, margin, scales
from kpilib.show.sentences import names_of
from kpilib.show.theme import HIGHLIGHT, INK, MAIN, SOFT

ROW, HEAD = 27, 46
LONGEST_NAME = 24
NARROW = 0.08  # of the width: less has no room for its percent
COLOURS = {"favourable": MAIN, "neutral": SOFT, "unfavourable": HIGHLIGHT}
WORDS = {"favourable": "Favourable", "neutral": "Neutral", "unfavourable": "Unfavourable"}


def answers(
    rows: pd.DataFrame, by: str | None = None, ax: Axes | None = None, **kwargs: Any
) -> Axes:
    """Draw how a survey was answered: a bar a group, from favourable to unfavourable.

    Parameters
    ----------
    rows : pandas.DataFrame
        Figures of a survey by item, dimension or team, as ``report.figures`` returns them: the
        shares stand in ``details``.
    by : str, optional
        The column of the groups; by default the breakdown.
    ax : matplotlib.axes.Axes, optional
    **kwargs
        For `matplotlib.axes.Axes.barh`.

    Returns
    -------
    matplotlib.axes.Axes
        The group with the fewest favourable answers first.

    Raises
    ------
    ParameterError
        The rows are of several periods, or of a figure without such shares.

    Examples
    --------
    >>> ax = kl.plot.answers(report.figures("engagement_survey_score", by="dimension"))
    """
    rows = chart.figures(rows, "answers")
    return chart.if_unknown(rows, ax) or _draw_answers(rows, by, ax, kwargs)


def _draw_answers(
    rows: pd.DataFrame, by: str | None, ax: Axes | None, kwargs: dict[str, Any]
) -> Axes:
    """Draw how each group answered."""
    by = by or chart.breakdown(rows)
    chart.one_row_each(rows, [by], "answers")
    shown = rows[rows["value"].notna()]
    parts = pd.DataFrame(
        {part: shown["details"].map(lambda told, p=part: told.get(f"{p}_share")) for part in WORDS}
    ).astype(float)
    if parts.isna().any(axis=None):
        raise error_of(
            ParameterError,
            "answers draws favourable, neutral and unfavourable shares; {kpi} has none in"
            " its details. Draw report.figures('engagement_survey_score', by=...), or"
            " these rows with kl.plot.bars(rows).",
            kpi=listed(rows["kpi"]),
        )
    parts = parts.assign(name=names_of(shown, by)).sort_values(["favourable", "name"])
    ax = chart.axes(ax, HEAD + ROW * len(parts))
    tips = _bars(ax, parts, **kwargs)
    write, least = reader(), parts.iloc[0]
    slots = {"label": shown["label"].iloc[0], "group": least["name"]}
    said = write.say(
        "{label}: least favourable on {group}, {share} of answers",
        share=write.figure({**shown.iloc[0], "unit": "rate", **least}, "favourable"),
        **slots,
    )
    margin.title(ax, said, pad=24)
    key = [write.say("The numbers are percent of the answers.")]
    told = {"told": _told(parts), "said": _said(parts)}
    chart.keep(ax, rows, tips=tips, remarks=chart.hidden(rows), key=key, **told)
    return ax


def _bars(ax: Axes, parts: pd.DataFrame, **kwargs: Any) -> list:
    """Draw the three shares of each group one after the other, and write them into the bars."""
    write, start, tips = reader(), pd.Series(0.0, index=parts.index), []
    places, whole = range(len(parts)), parts[[*COLOURS]].sum(axis=1)  # each was rounded for itself
    for part, colour in COLOURS.items():
        look = {"color": colour, "height": 0.66, "edgecolor": "white", "linewidth": 0.8}
        widths = parts[part] / whole
        drawn = ax.barh(places, widths, left=start, **chart.look(look, kwargs))
        ink = INK if part == "neutral" else "white"
        for place, (bar, share, name) in enumerate(
            zip(drawn, parts[part], parts["name"], strict=True)
        ):
            text = write.value(share, "rate")
            tips.append((bar, [write.pair(f"{name}, {write.say(WORDS[part])}", text)]))
            if share >= NARROW:
                middle = bar.get_x() + bar.get_width() / 2
                percent = write.count(round(100 * share))
                ax.text(middle, place, percent, ha="center", va="center", color=ink, size=12)
        start = start + widths
    names = [shorten(name, LONGEST_NAME) for name in parts["name"]]
    scales.bare(ax, names, xlim=(0, 1), ylim=(len(parts) - 0.5, -0.5))
    ends = {"favourable": (0, "left"), "neutral": (0.5, "center"), "unfavourable": (1, "right")}
    for part, (place, side) in ends.items():
        colour = INK if part == "neutral" else COLOURS[part]
        look = {"ha": side, "va": "bottom", "color": colour}
        margin.write(ax, write.say(WORDS[part]), (place, 1), (0, 4), "axes fraction", **look)
    return tips


def _said(parts: pd.DataFrame) -> str:
    """Say the picture in words: the favourable share of each group."""
    write = reader()
    lines = [
        write.pair(name, write.value(share, "rate"))
        for name, share in zip(parts["name"], parts["favourable"], strict=True)
    ]
    return write.say("Favourable answers: {lines}.", lines=write.listed(lines))


def _told(parts: pd.DataFrame) -> pd.DataFrame:
    write = reader()
    texts = {
        write.say(said): [write.value(share, "rate") for share in parts[part]]
        for part, said in WORDS.items()
    }
    return pd.DataFrame({write.say("Group"): list(parts["name"]), **texts})
