"""The small company's objectives: two of them, four key results, and check-ins month by month."""

from __future__ import annotations

import pandas as pd

from tests.maker import Maker

END = pd.Timestamp("2025-02-28")
DAYS = [pd.Timestamp(day) for day in ("2025-01-15", "2025-01-31", "2025-02-14", "2025-02-28")]


def steering(m: Maker, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables with those of objectives; every key result has ended in February.

    Parameters
    ----------
    m : Maker
        With a seed of its own, so that the other tables stay as they are.
    tables : dict of str to pandas.DataFrame
    """
    names = ["g1", "g2", "g3", "g4"]
    lows = m.quarters(10, 16)
    checkins = pd.DataFrame({
        "kr_id": [name for name in names for _ in DAYS],
        "date": DAYS * 4,
        "value": [float(low) + 2 for low in lows],
        "value_low": [float(low) for low in lows],
        "value_high": [float(low) + 4 for low in lows],
        "is_provisional": m.truth(0.2, 16),
        "kind": m.pick(["checkin", "checkin", "checkin", "note"], 16),
    })  # fmt: skip
    checkins.loc[checkins["date"] == END, "kind"] = "checkin"  # so that the last day is known
    return tables | {
        "objectives": pd.DataFrame({
            "objective_id": ["grow", "serve"],
            "start": pd.Timestamp("2025-01-01"),
            "end": END,
        }),
        "key_results": pd.DataFrame({
            "kr_id": names,
            "objective_id": ["grow", "grow", "serve", "serve"],
            "mode": ["from_to", "from_to", "count", "from_to"],
            "baseline": [2.0, 12.0, 0.0, 4.0],
            "target": [10.0, 3.0, 8.0, 9.0],
            "weight": [1.0, 2.0, 1.0, 1.0],
            "thresholds": ["1; 0.7; 0.4", "0.7; 0.5; 0.3", None, None],
            "start": pd.Timestamp("2025-01-01"),
            "end": END,
        }),
        "checkins": checkins,
    }  # fmt: skip
