"""Duties of the small company: projects, objectives, interviews and vacancies."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from tests.maker import LAST, Maker, keys


def duties(m: Maker, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Add duties done early, late or not at all, some without target or mark; one resigns."""
    count = 240
    due = m.day(count)
    away = m.rng.integers(-6, 7, count)
    done = [
        None if m.rng.random() < 0.2 else min(day + timedelta(days=int(step)), LAST)
        for day, step in zip(due, away, strict=True)
    ]
    items = pd.DataFrame({
        "item_id": keys("d", count),
        "kind": m.pick(["project", "objective", "interview", "vacancy"], count),
        "owner_key": m.pick(list(tables["employees"]["employee_id"].unique()), count, 0.05),
        "team": m.pick(["north", "south", "west"], count, 0.05),
        "opened_at": [day - timedelta(days=20) for day in due],
        "due_at": due,
        "done_at": done,
        "target": m.quarters(20, count, 0.1),
        "achieved": m.quarters(20, count, 0.1),
        "direction": m.pick(["higher", "lower"], count, 0.1),
        "quality_score": m.number(1, 6, count, 0.3).astype("Float64"),
    })  # fmt: skip
    staff = tables["employees"].copy()
    staff.loc[12, ["left_at", "leave_reason"]] = [date(2025, 2, 12), "resignation"]
    return {**tables, "work_items": items, "employees": staff}
