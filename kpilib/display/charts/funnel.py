"""Where do people drop out? Steps one under the other, and the rate from each to the next."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kpilib.display.chart import Chart, chart
from kpilib.display.numbers import Formatter, known
from kpilib.display.rows import records
from kpilib.display.status import flag_words
from kpilib.display.style import (
    BAND,
    INK,
    MAIN,
    MUTED,
    NORMAL,
    SMALL,
    axes,
    figure,
    styled,
    text_width,
)  # fmt: skip
from kpilib.display.svg import Marks

STEP, BAR, TOP = 58, 20, 4
# What the denominator and the numerator of a rate are called as steps.
STEP_WORDS = {
    "leads_of_visitors": ("Visitors of the month", "Prospects among them"),
    "qualified_of_leads": ("New prospects", "Qualified within 30 days"),
    "customers_of_qualified": ("Qualified within 30 days", "Customers within 90 days"),
    "visitor_to_lead_rate": ("Sessions", "Sessions with a new lead"),
    "action_rate": ("Visitors", "Visitors who acted"),
    "lead_qualification_rate": ("Leads created", "Qualified within 30 days"),
    "lead_to_customer_rate": ("Leads created", "Customers within 90 days"),
    "delivery_rate": ("E-mails sent", "Delivered"),
    "open_rate": ("Delivered", "Opened, machines included"),
    "open_rate_trackable": ("Delivered, opening measurable", "Opened by a person"),
    "click_rate": ("Delivered", "Clicked"),
    "click_to_open_rate": ("Opened by a person", "Clicked"),
    "survey_response_rate": ("Invited", "Answered"),
    "completion_rate": ("Started", "Completed"),
}


@styled()
def funnel(
    rows: pd.DataFrame, formatter: Formatter, *, title: str, subtitle: str = "", key: str = ""
) -> Chart:
    """Draw the steps of a funnel from its rates.

    Each rate is of the step above it. Where one counts from another group, that group is a step of
    its own: nothing is chained that was not measured as a chain.

    Parameters
    ----------
    rows : pandas.DataFrame
        One rate a row, in order, with numerator and denominator.
    formatter : Formatter
    title, subtitle, key : str
        See `kpilib.display.chart.Chart`.
    """
    say = formatter.say
    steps = _steps(records(rows), formatter)
    largest = max([step["count"] for step in steps if known(step["count"])] + [1])
    room = max(text_width(formatter.count(step["count"]), NORMAL, "bold") for step in steps) + 8
    fig = figure(TOP + STEP * len(steps) - (STEP - BAR - 20) + 4)
    ax = axes(fig, left=2, right=room, top=TOP, bottom=2)
    ax.set_xlim(0, largest)
    height = fig.get_size_inches()[1] * 72 - TOP - 2
    ax.set_ylim(height, 0)
    ax.set_xticks([])
    ax.set_yticks([])
    marks = Marks()
    for place, step in enumerate(steps):
        _draw(ax, place * STEP, step, formatter, marks)
    return chart(
        fig,
        title=title,
        subtitle=subtitle,
        alt=_alt(steps, formatter),
        data=_table(steps, formatter),
        note=_note(steps, say),
        marks=marks,
        say=say,
        key=key,
    )


def _steps(rows: list[dict[str, Any]], formatter: Formatter) -> list[dict[str, Any]]:
    """Return the steps: the first group, then what each rate leads to."""
    say, steps = formatter.say, []
    for row in rows:
        start, end = STEP_WORDS.get(row["kpi"], ("Before", "After"))
        if not steps or row["denominator"] != steps[-1]["count"]:
            steps.append({"name": say(start), "count": row["denominator"], "rate": ""})
        value = formatter.row_value(row | {"unit": "rate"})
        interval = formatter.interval(row["ci_low"], row["ci_high"], "rate")
        words = say("{value} of them", value=value) if known(row["value"]) else value
        flags = flag_words(row, say)
        steps.append(
            {
                "name": say(end),
                "count": row["numerator"] if known(row["value"]) else None,
                "rate": words,
                "value": value,
                "interval": interval,
                "flags": flags,
            }
        )
    return steps


def _draw(ax: Axes, top: float, step: dict[str, Any], formatter: Formatter, marks: Marks) -> None:
    count = formatter.count(step["count"]) if known(step["count"]) else formatter.say("n/a")
    size = step["count"] if known(step["count"]) else 0
    middle = top + 16 + BAR / 2
    ax.text(0, top + 11, step["name"], fontsize=NORMAL, fontweight="bold", color=INK, va="baseline")
    (bar,) = ax.barh([middle], [size], height=BAR, color=MAIN, linewidth=0)
    marks.on(bar, formatter.pair(step["name"], count))
    ax.annotate(
        count, (size, middle), xytext=(6, 0), textcoords="offset points", va="center",
        fontweight="bold", color=INK, annotation_clip=False,
    )  # fmt: skip
    if step["rate"]:
        right = ax.get_yaxis_transform()
        ax.text(
            1, top + 11, f"↓ {step['rate']}", transform=right, ha="right", va="baseline",
            fontsize=SMALL, color=MUTED,
        )  # fmt: skip
        covered = size > 0.6 * ax.get_xlim()[1]
        ax.text(
            0.99, middle, step["interval"], transform=right, ha="right", va="center",
            fontsize=9.5, color="white" if covered else MUTED,
        )  # fmt: skip
        ax.axhspan(
            middle - BAR / 2, middle + BAR / 2, color=BAND, alpha=0.35, zorder=0, linewidth=0
        )


def _note(steps: list[dict[str, Any]], say: Any) -> str:
    flags = {flag for step in steps for flag in step.get("flags", [])}
    parts = [say("Small figures at the right: the 95 % interval of the rate.")]
    if flags:
        parts.append(say("Read with care: {reasons}.", reasons=", ".join(sorted(flags))))
    return " ".join(parts)


def _alt(steps: list[dict[str, Any]], formatter: Formatter) -> str:
    parts = []
    for step in steps:
        count = formatter.count(step["count"]) if known(step["count"]) else formatter.say("n/a")
        parts.append(f"{step['name']} {count}" + (f" ({step['rate']})" if step["rate"] else ""))
    return formatter.say("Funnel: {steps}.", steps=formatter.listed(parts))


def _table(steps: list[dict[str, Any]], formatter: Formatter) -> pd.DataFrame:
    say = formatter.say
    return pd.DataFrame(
        {
            say("Step"): step["name"],
            say("Number"): formatter.count(step["count"]) if known(step["count"]) else say("n/a"),
            say("Rate"): step.get("value", ""),
            say("95 % interval"): step.get("interval", ""),
        }
        for step in steps
    )
