"""Whether probabilities of reaching a target come true as often as they say, as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tests.objectives.calibration import FAMILIES, LIMITS, Case, best_ever, cases, of, reliability

COMPANIES, RECORDS, BINS = 150, 600, 5


def chances() -> pd.DataFrame:
    """Probability of reaching a target.

    Companies made up from known laws, with 14 to 26 months behind them, looked at 1 to 9 months
    later. In each class of what was said: what came true, and of how many cases. "Best month" asks
    each kind for the best month it ever had; what only grows and what fell for good two months ago
    are known limits of the method.
    """
    found = list(cases(FAMILIES, COMPANIES))
    best = list(best_ever(RECORDS))
    lines = [_line(name, of(found, family=name)) for name in FAMILIES]
    lines += [_line("all kinds", found), _line("best month, all kinds", best)]
    lines += [
        _line(f"limit: {name}", list(cases({name: law}, COMPANIES))) for name, law in LIMITS.items()
    ]
    return pd.DataFrame(lines)


def _line(name: str, found: Sequence[Case]) -> dict[str, str | float]:
    line = reliability(name, found, BINS)
    cells = {
        f"said {100 * place // BINS}-{100 * (place + 1) // BINS} %": (
            f"{each.said:.0%}: {each.came:.0%} of {each.count}" if each else ""
        )
        for place, each in enumerate(line.bins)
    }
    said = sum(case.probability for case in found) / len(found)
    came = sum(case.reached for case in found) / len(found)
    return {
        "kind": name, **cells, "mean said": f"{said:.1%}", "mean came": f"{came:.1%}",
        "Brier": round(line.brier, 3),
    }  # fmt: skip


SECTIONS = [chances]
