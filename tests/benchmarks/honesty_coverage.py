"""How often an interval holds the truth: few units of quantities in which a few are large."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

import kpilib as kl

RUNS, SEED, SIZES = 500, 9, (10, 20, 100)
MONTH = "2026-03"
Draw = Callable[[np.random.Generator, int], np.ndarray]


def some_larger(share: float, times: float) -> Draw:
    """Return exponential quantities of which some are so many times larger."""
    return lambda draw, size: (
        draw.exponential(1, size) * np.where(draw.random(size) < share, times, 1)
    )


SHAPES: dict[str, tuple[Draw, float]] = {
    "normal, 5 to 1": (lambda draw, size: draw.normal(5, 1, size), 5),
    "lognormal(0.5)": (lambda draw, size: draw.lognormal(0, 0.5, size), np.exp(0.125)),
    "lognormal(1)": (lambda draw, size: draw.lognormal(0, 1, size), np.exp(0.5)),
    "gamma(2)": (lambda draw, size: draw.gamma(2, 1, size), 2),
    "gamma(0.5)": (lambda draw, size: draw.gamma(0.5, 1, size), 0.5),
    "one in five is 5 times larger": (some_larger(0.2, 5), 1.8),
    "one in ten is 5 times larger": (some_larger(0.1, 5), 1.4),
    "a third buy nothing, lognormal(1)": (
        lambda draw, size: draw.lognormal(0, 1, size) * (draw.random(size) > 1 / 3),
        np.exp(0.5) * 2 / 3,
    ),
}


def bought(draw: np.random.Generator, shape: Draw, size: int) -> dict[str, pd.DataFrame]:
    """Return the customers of each run, who come by chance, and what each spent in an order."""
    run = np.repeat(np.arange(RUNS), draw.poisson(size, RUNS))
    customer = [f"c{each}" for each in range(len(run))]
    orders = pd.DataFrame(
        {
            "order_id": customer,
            "customer_id": customer,
            "ordered_at": f"{MONTH}-10",
            "amount_ht": shape(draw, len(run)),
            "status": "paid",
            "currency": "EUR",
        }
    )
    origin = [f"run {each}" for each in run]
    customers = pd.DataFrame({"customer_id": customer, "acquisition_channel": origin})
    return {"orders": orders[orders["amount_ht"] > 0], "customers": customers}


def stayed(draw: np.random.Generator, shape: Draw, size: int) -> dict[str, pd.DataFrame]:
    """Return the visits of so many visitors a run: each stays as long as is their habit."""
    visitor = np.repeat(np.arange(RUNS * size), 1 + draw.poisson(1, RUNS * size))
    habit = 60 * shape(draw, RUNS * size)
    return {
        "sessions": pd.DataFrame(
            {
                "landing_page": [f"/{each}" for each in visitor // size],
                "visitor_id": [f"v{each}" for each in visitor],
                "started_at": f"{MONTH}-10",
                "channel": "direct",
                "duration_s": habit[visitor].clip(0, 4 * 3600),
            }
        )
    }


ASKED = {  # the table of a run, the KPI, its breakdown, and the truth of a mean and a size
    "ratio": (stayed, "avg_session_duration", "landing_page", lambda mean, size: 60 * mean),
    "total": (bought, "revenue", "acquisition_channel", lambda mean, size: mean * size),
}


def coverage() -> pd.DataFrame:
    """Intervals of few units: how often they hold the truth.

    Percent of runs, at 95 by design, for 10, 20 and 100 units: the time of visits per visit where
    a unit is a visitor, and the revenue of customers who come by chance. Below 20 units the figure
    is flagged `approximate`.
    """
    draw, lines = np.random.default_rng(SEED), []
    for name, (shape, mean) in SHAPES.items():
        line: dict[str, object] = {"units": name}
        for kind, (make, kpi, by, truth) in ASKED.items():
            for size in SIZES:
                data = kl.open(make(draw, shape, size), as_of="2026-03-31")
                found = data.evaluate(kpi, MONTH, by=by)
                true = truth(mean, size)
                held = (found["ci_low"] <= true) & (true <= found["ci_high"])
                line[f"{kind}, {size}"] = round(100 * held.sum() / RUNS, 1)
        lines.append(line)
    return pd.DataFrame(lines)


SECTIONS = [coverage]
