"""False news and news that is missed: series in which nothing happened, and in which it did."""

from __future__ import annotations

import numpy as np
import pandas as pd

import kpilib as kl
from kpilib.answers.news import PAST
from kpilib.engine.compare import unusual

RUNS, SEED = 200, 9
SERIES, SEASON = 4000, 12
NOW, THEN = "2026-03", "2025-03"  # as many days
OPENED = {"as_of": "2026-03-31"}
WAYS = ("previous", "year_before")


def visits(draw: np.random.Generator, visitors: float, sessions: float) -> pd.DataFrame:
    """Return two months of alike visitors for each run: how many come, and how often, is chance."""
    parts = []
    for month in (THEN, NOW):
        many = draw.poisson(visitors, RUNS)
        run = np.repeat(np.arange(RUNS), many)
        each = 1 + draw.poisson(sessions - 1, len(run))
        visitor = np.repeat(np.arange(len(run)), each)
        parts.append(
            pd.DataFrame(
                {
                    "landing_page": [f"/{each}" for each in run[visitor]],
                    "visitor_id": [f"{month}-{each}" for each in visitor],
                    "started_at": f"{month}-10",
                    "channel": "direct",
                    "pageviews": 1 + draw.poisson(2, len(visitor)),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def clumps() -> pd.DataFrame:
    """Changes said to be more than chance when nothing changed: totals in clumps.

    Percent of runs, at 5 % by design. Visitors come one by one; each makes several visits, each
    visit sees several pages.
    """
    draw, lines = np.random.default_rng(SEED), []
    for often in (1, 2, 5):
        data = kl.open({"sessions": visits(draw, 60, often)}, **OPENED)
        found = data.evaluate(
            ["sessions", "page_views"], NOW, by="landing_page", compare="year_before"
        )
        beyond = found["within_noise_year_before"].eq(False).groupby(found["kpi"]).mean()
        lines.append({"visits a visitor": often, **(100 * beyond).round(1)})
    return pd.DataFrame(lines)


def levels(kind: str, draw: np.random.Generator, months: int) -> np.ndarray:
    """Return what each series may expect, month by month."""
    level = np.full((SERIES, months), 7000.0)
    if kind.startswith("wobble"):
        level *= np.exp(draw.normal(0, float(kind.split()[1]) / 100, level.shape))
    place = (np.arange(months) + draw.integers(0, 12, SERIES)[:, None]) % 12
    if "season" in kind:
        level *= np.take_along_axis(np.exp(draw.normal(0, 0.2, (SERIES, 12))), place, axis=1)
    if "December" in kind:
        level *= np.where(place == 0, 1.5, 1.0)
    if "quarter" in kind:
        level *= np.where(place % 3 == 0, 1.3, 1.0)
    return level


def told(level: np.ndarray, draw: np.random.Generator) -> dict[str, float]:
    """Return the percent of series whose last change is further than usual, as the engine says."""
    paces = np.log(draw.poisson(level))[:, ::-1]  # the latest first
    found = {}
    for name, lag in zip(WAYS, (1, SEASON), strict=True):
        moves = (paces[:, :-lag] - paces[:, lag:])[:, : PAST[name] + 1]
        further, known = unusual(moves, SEASON if lag == 1 else 0)
        found[name] = round(100 * (further & known).mean(), 1)
    return found


KINDS = (
    "steady", "wobble 3 %", "wobble 5 %", "wobble 10 %", "season", "wobble 5 % and season",
    "wobble 3 % and peak in December", "wobble 3 % and peak of each quarter",
)  # fmt: skip


def news() -> pd.DataFrame:
    """False news: series of 7,000 a month in which nothing happened.

    Percent of 4,000 series whose change on the month before, or on the year before, is said to be
    further than the usual moves; at most 7 by aim. What chance explains is no news besides.
    With fewer than 14 months nothing is said, on the year before with fewer than 25.
    """
    draw, lines = np.random.default_rng(SEED), []
    for kind in KINDS:
        line = {"series": kind}
        for months in (14, 25, 37):
            rates = told(levels(kind, draw, months), draw)
            line[f"on the month before, {months} months known"] = rates["previous"]
            if months >= 25:
                line[f"on the year before, {months}"] = rates["year_before"]
        lines.append(line)
    return pd.DataFrame(lines)


def small_news() -> pd.DataFrame:
    """False news of counts that chance is known of.

    Percent of 200 series of 60 visitors a month, each with a visit or two, whose change is beyond
    chance, and of which it is news.
    """
    draw, lines = np.random.default_rng(SEED), []
    months = pd.period_range(end=NOW, periods=26, freq="M")
    for wobble in (0.0, 0.1, 0.3):
        level = 2 * months.days_in_month.to_numpy() * np.exp(draw.normal(0, wobble, (RUNS, 26)))
        many = draw.poisson(level)
        page, month = (np.repeat(each.ravel(), many.ravel()) for each in np.indices(many.shape))
        visitor = np.repeat(np.arange(len(page)), 1 + draw.poisson(0.5, len(page)))
        table = pd.DataFrame(
            {
                "landing_page": page[visitor].astype(str),
                "visitor_id": visitor.astype(str),
                "started_at": np.array(months.astype(str) + "-10")[month[visitor]],
            }
        )
        found = kl.open({"sessions": table}, **OPENED).evaluate(
            "sessions", NOW, by="landing_page", compare=WAYS
        )
        line = {"wobble": f"{100 * wobble:.0f} %"}
        for name, words in zip(WAYS, ("on the month before", "on the year before"), strict=True):
            beyond = found[f"within_noise_{name}"].eq(False).mean()
            line[f"beyond chance {words}"] = round(100 * beyond, 1)
            line[f"news {words}"] = round(100 * found[f"news_{name}"].eq(True).mean(), 1)
        lines.append(line)
    return pd.DataFrame(lines)


def found() -> pd.DataFrame:
    """News that is found: a drop in the last month.

    Percent of 4,000 series of 7,000 a month with 26 months known; of a fifth in a steady series at
    least 90 by aim.
    """
    draw, lines = np.random.default_rng(SEED), []
    for kind in ("steady", "wobble 3 %", "wobble 5 %", "wobble 10 %", "season"):
        for drop in (0.1, 0.2, 0.4):
            level = levels(kind, draw, 26)
            level[:, -1] *= 1 - drop
            rates = told(level, draw)
            lines.append(
                {"series": kind, "drop": f"{100 * drop:.0f} %",
                 "on the month before": rates["previous"],
                 "on the year before": rates["year_before"]}
            )  # fmt: skip
    return pd.DataFrame(lines)


SECTIONS = [clumps, news, small_news, found]
