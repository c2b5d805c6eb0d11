"""False news and news that is missed: series in which nothing happened, and in which it did."""

from __future__ import annotations

import numpy as np
import pandas as pd

import kpilib as kl

RUNS, SEED = 400, 9
NOW, THEN = "2026-03", "2025-03"  # as many days


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

    Percent of runs, at 5 % by design. Visitors come one by one; each makes several visits.
    """
    draw, lines = np.random.default_rng(SEED), []
    for often in (1, 2, 5):
        data = kl.open({"sessions": visits(draw, 60, often)}, as_of="2026-03-31")
        for kpi in ("sessions", "page_views"):
            found = data.evaluate(kpi, NOW, by="landing_page", compare="year_before")
            beyond = found["within_noise_year_before"].eq(False).mean()
            lines.append({"visits a visitor": often, "kpi": kpi, "beyond": round(100 * beyond, 1)})
    return pd.DataFrame(lines).pivot(index="visits a visitor", columns="kpi", values="beyond") \
        .rename_axis(columns=None).reset_index()  # fmt: skip


SECTIONS = [clumps]
