"""What a training changed, and nothing else: the trained beside a control group."""

from __future__ import annotations

from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from kpilib.display.numbers import known, reader
from kpilib.display.status import flag_words, flags_of
from kpilib.errors import ParameterError, listed
from kpilib.methods.effects import FEWEST_TO_CONCLUDE
from kpilib.methods.parallel import DOUBTS
from kpilib.saying import error_of
from kpilib.show import chart, margin, scales
from kpilib.show.findings import capital
from kpilib.show.margin import End
from kpilib.show.theme import INK, MAIN, MUTED, NORMAL
from kpilib.training.rows import BY, MEANS, PEOPLE, beyond_chance, with_means

PANEL, MOST_PANELS = 200, 3
TOLD_WORDS = {
    "group": "Group",
    "before": "Before",
    "after": "After",
    "change": "Change",
    "people": "People",
}
ASIDE = 1.09  # where the effect and its interval stand, right of what is after


def effect(rows: pd.DataFrame, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw trained and control, before and after, and where the trained would be without it.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a training, as ``report.figures("training_effect_did")`` returns them: the effect,
        its interval and the four means that it is made of. The three trainings of most people are
        drawn, one below the other.
    ax : matplotlib.axes.Axes, optional
        Where to draw one training.
    **kwargs
        For `seaborn.lineplot`.

    Returns
    -------
    matplotlib.axes.Axes
        Of the last training drawn; ``ax.figure.axes`` has all of them.

    Raises
    ------
    ParameterError
        The rows are of another KPI, or of several trainings where one Axes is given.

    Examples
    --------
    >>> ax = kl.plot.effect(report.figures("training_effect_did"))
    """
    rows = with_means(chart.figures(rows, "effect"))
    _refuse_others(rows)
    drawn = rows[rows["value"].notna() & rows[list(MEANS)].notna().all(axis=1)]
    if drawn.empty:
        return chart.unknown(rows, ax)
    return _draw_effect(rows, drawn, ax, kwargs)


def _refuse_others(rows: pd.DataFrame) -> None:
    """Refuse rows that have no means of the two groups."""
    lost = [name for name in MEANS if name not in rows]
    if lost:
        raise error_of(
            ParameterError,
            "effect draws training_effect_did; these rows are of {kpis} and lack"
            " {lost}. Draw them with kl.plot.dots(rows).",
            kpis=listed(rows["kpi"].unique()),
            lost=listed(lost),
        )


def _draw_effect(
    rows: pd.DataFrame, drawn: pd.DataFrame, ax: Axes | None, kwargs: dict[str, Any]
) -> Axes:
    """Draw the trainings of most people, one below the other."""
    if ax is not None and len(drawn) > 1:
        raise error_of(
            ParameterError,
            "effect draws one training on an Axes; these rows are of {count}: {drawn}."
            " Keep one: rows[rows['training_id'] == {first!r}].",
            count=len(drawn),
            drawn=listed(drawn[BY]),
            first=drawn[BY].iloc[0],
        )
    found = drawn.sort_values("n", ascending=False, kind="stable").head(MOST_PANELS)
    ax = chart.axes(ax, PANEL * len(found) + 20, len(found))
    panels, records = np.atleast_1d(ax), found.to_dict("records")
    for panel, row in zip(panels, records, strict=True):
        _panel(panel, row, **kwargs)
    if len(found) > 1:
        how = {"x": 0.008, "ha": "left", "size": NORMAL, "weight": "bold"}
        panels[0].figure.suptitle(fill(_how_many(drawn), margin.A_LINE), **how)
    said = {"remarks": _remarks(rows, found), "key": _key(rows, found)}
    said |= {"told": pd.concat(map(_told, records)), "said": " ".join(map(_described, records))}
    chart.keep(panels[-1], found.tail(1), **said)
    return panels[-1]


def _name(row: dict[str, Any]) -> str:
    return str(row["name"] if isinstance(row.get("name"), str) else row.get(BY) or row["label"])


def _expected(row: dict[str, Any]) -> float:
    """Return where the trained would be had they moved like the control group."""
    return row["treated_before"] + row["control_after"] - row["control_before"]


def _proven(row: dict[str, Any]) -> bool:
    people = [row[name] for name in PEOPLE if known(row.get(name))]
    few = min(people, default=FEWEST_TO_CONCLUDE) < FEWEST_TO_CONCLUDE
    return bool(beyond_chance(row)) and not few and not set(flags_of(row)) & DOUBTS


def _panel(ax: Axes, row: dict[str, Any], **kwargs: Any) -> None:
    """Draw one training."""
    write, unit, expected = reader(), row["unit"], _expected(row)
    lines = _lines(row)
    look = {
        "palette": {"control": MUTED, "without": MAIN, "trained": MAIN},
        "dashes": {"control": (4, 1.5), "without": (1, 1), "trained": (1, 0)},
        "markers": {"control": "s", "without": "o", "trained": "o"},
    }
    look |= {"hue": "line", "style": "line", "legend": False, "errorbar": None}
    sns.lineplot(lines, x="moment", y="mean", ax=ax, **chart.look(look, kwargs))
    reach = [row["ci_low"], row["ci_high"]] if known(row["ci_low"]) else [0.0]
    scales.values(ax, pd.concat([lines["mean"], pd.Series(reach) + expected]), unit)
    _difference(ax, row)
    ax.set_xlim(-0.1, 1.16)
    ax.set_xticks([0, 1], labels=[write.say("before"), write.say("after")])
    ax.set_xlabel("")
    ax.tick_params(axis="x", labelcolor=INK)
    told = (
        (row["treated_after"], write.say("trained"), MAIN),
        (expected, write.say("without it"), MAIN),
        (row["control_after"], write.say("control"), MUTED),
    )
    ends = [End(at, f"{write.value(at, unit)} {said}", colour=tone) for at, said, tone in told]
    margin.ends(ax, ends)
    margin.title(ax, _title(row), 14)


def _lines(row: dict[str, Any]) -> pd.DataFrame:
    """Return the means before and after: of the control group, of the trained, and without it."""
    means = {
        "control": (row["control_before"], row["control_after"]),
        "without": (row["treated_before"], _expected(row)),
        "trained": (row["treated_before"], row["treated_after"]),
    }
    return pd.DataFrame(
        [
            {"moment": moment, "mean": mean, "line": line}
            for line, pair in means.items()
            for moment, mean in enumerate(pair)
        ]
    )


def _difference(ax: Axes, row: dict[str, Any]) -> None:
    """Draw the effect aside, from where the trained would be to where they are."""
    expected, colour = _expected(row), MAIN if _proven(row) else MUTED
    ax.plot(
        [ASIDE, ASIDE],
        [expected, row["treated_after"]],
        color=colour,
        lw=5,
        alpha=0.5,
        solid_capstyle="butt",
        zorder=3,
    )
    if known(row["ci_low"]):
        ends = expected + row["ci_low"], expected + row["ci_high"]
        ax.plot([ASIDE, ASIDE], ends, "_-", color=INK, lw=1.4, ms=8, mew=1.4, zorder=4)


def _title(row: dict[str, Any]) -> str:
    """Say what a training changed, with its interval."""
    write = reader()
    slots = {"training": _name(row), "effect": write.difference(row["value"], row["unit"])}
    interval = write.interval(row["ci_low"], row["ci_high"], row["unit"])
    if isinstance(row.get("target"), str):
        slots["effect"] = f"{slots['effect']} {row['target']}"
    if not interval:
        return write.say("{training}: {effect}, not proven", **slots)
    said = write.say("{training}: {effect} ({interval})", **slots, interval=interval)
    if beyond_chance(row) is False:
        return write.say("{finding}, could be chance", finding=said)
    return said if _proven(row) else write.say("{finding}, not proven", finding=said)


def _how_many(drawn: pd.DataFrame) -> str:
    """Say how many trainings changed what they were to change."""
    count = sum(map(_proven, drawn.to_dict("records")))
    return reader().say(
        "Trainings with a change beyond chance: {count} of {all}", count=count, all=len(drawn)
    )


def _remarks(rows: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    write = reader()
    ends = found[["treated_after", "treated_before"]].itertuples(index=False, name=None)
    raw = [
        write.difference(after - before, unit, of=(after, before))
        for (after, before), unit in zip(ends, found["unit"], strict=True)
    ]
    said = write.say("Before and after alone would claim {raw}.", raw=write.listed(raw))
    return [said, *chart.hidden(rows)]


def _key(rows: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    write, records = reader(), found.to_dict("records")
    say = write.say
    said = [say("Dotted: where the trained would be had they moved like the control group.")]
    if found["ci_low"].notna().any():
        said.append(say("The upright line is the 95 % interval of the effect."))
    if any(beyond_chance(row) and 0 in (row["ci_low"], row["ci_high"]) for row in records):
        said.append(
            say("It is widened to protect people: where it ends at 0, the exact one stops before.")
        )
    cares: dict[str, None] = {}
    for row in records:
        cares |= dict.fromkeys(flag_words(row, say))
    said += [capital(write.listed(cares)) + "."] if cares else []
    left_out = len(rows) - len(found)
    if left_out:
        said.append(say("More trainings, not drawn: {count}.", count=write.count(left_out)))
    return said


def _told(row: dict[str, Any]) -> pd.DataFrame:
    """Return the means behind a panel."""
    write, unit = reader(), row["unit"]
    say = write.say
    lines = []
    for arm, name in (("treated", say("trained")), ("control", say("control"))):
        means = row[f"{arm}_before"], row[f"{arm}_after"]
        moved = write.difference(means[1] - means[0], unit, of=means[::-1])
        people = row.get(f"{arm}_people")
        counted = write.count(people) if known(people) else ""
        lines.append([name, *(write.value(each, unit) for each in means), moved, counted])
    interval = write.interval(row["ci_low"], row["ci_high"], unit)
    lines.append([say("effect"), "", interval, write.difference(row["value"], unit), ""])
    names = [say(each) for each in TOLD_WORDS.values()]
    told = pd.DataFrame(lines, columns=names, dtype=object)
    told.insert(0, say("Training"), _name(row))
    return told


def _described(row: dict[str, Any]) -> str:
    write, unit = reader(), row["unit"]
    means = (*(row[each] for each in MEANS), _expected(row))
    return write.say(
        "{finding}. Trained from {a} to {b}, control from {c} to {d}; without the training the"
        " trained would be at {e}.",
        finding=_title(row),
        **dict(zip("abcde", (write.value(each, unit) for each in means), strict=True)),
    )
