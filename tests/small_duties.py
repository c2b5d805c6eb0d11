"""Duties of the small company, applications to its vacancies, and what its staff takes part in."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from tests.maker import LAST, Maker, keys


def duties(m: Maker, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Add duties done early, late or not at all, some without target or mark; three resign."""
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
    vacancies = list(items.loc[items["kind"] == "vacancy", "item_id"])
    people = list(tables["employees"]["employee_id"].unique())
    applied = pd.DataFrame({
        "application_id": keys("ap", 90),
        "item_id": m.pick(vacancies, 90),
        "applied_at": m.day(90),
        "candidate_kind": m.pick(["internal", "external"], 90),
        "employee_id": m.pick(people, 90),
    })  # fmt: skip
    applied.loc[applied["candidate_kind"] == "external", "employee_id"] = None
    staff = tables["employees"].copy()
    staff["fte"] = pd.array([1.0, 0.75, 0.5, pd.NA] * 12, "Float64")[: len(staff)]
    for row, reason in zip(range(12, 17), ["resignation"] * 3 + ["dismissal", None], strict=True):
        staff.loc[row, ["left_at", "leave_reason"]] = [date(2025, 2, row), reason]
    return {**tables, "work_items": items, "employees": staff, "applications": applied,
            "participations": _with_staff(m, tables["participations"], people),
            "texts": _with_feedback(m, tables["texts"])}  # fmt: skip


def _with_feedback(m: Maker, texts: pd.DataFrame) -> pd.DataFrame:
    """Add what employees write without a name, to what customers and the public write."""
    box = pd.DataFrame({
        "text_id": keys("fb", 160),
        "ts": m.instant(160),
        "source": m.pick(["feedback_box", "survey_open"], 160),
        "sentiment": m.pick(["positive", "neutral", "negative"], 160, 0.1),
        "themes": m.pick(["load", "load;noise", "noise", None], 160),
    })  # fmt: skip
    box = box.astype({"ts": texts["ts"].dtype})
    return pd.concat([texts, box.reindex(columns=texts.columns)], ignore_index=True).astype(
        {name: texts[name].dtype for name in ("rating", "sentiment_score") if name in texts}
    )


def _with_staff(m: Maker, activities: pd.DataFrame, people: list[str]) -> pd.DataFrame:
    """Add what employees take part in to what the public and the members do."""
    kinds = ["training", "mentoring", "focus_group", "collaboration"]
    held = pd.DataFrame({
        "participation_id": keys("st", 150),
        "activity_id": m.pick(["in1", "in2", "in3"], 150),
        "activity_kind": m.pick(kinds, 150),
        "activity_at": m.instant(150),
        "audience": "employee",
        "person_key": m.pick(people, 150),
        "invited": m.truth(0.8, 150),
        "attended": m.truth(0.7, 150, 0.1),
    })  # fmt: skip
    held = held.astype({"activity_at": activities["activity_at"].dtype})
    return pd.concat([activities, held.reindex(columns=activities.columns)], ignore_index=True)
