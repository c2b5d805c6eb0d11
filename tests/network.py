"""A company whose staff write to each other, as its tables and its statement say."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

import kpilib as kl
from kpilib.company import Company

STATED = """\
network:
  purpose: To see which teams are cut off
  staff_informed: 2025-01-15
  works_council_informed: 2025-01-10
  impact_assessment: 2025-01-05
"""
MARCH = "2025-03"
Letters = Iterable[tuple[str, str, int]]


def letters(given: Letters) -> pd.DataFrame:
    """So many messages of March from one to another, one recipient each."""
    rows = [(sender, to) for sender, to, count in given for _ in range(count)]
    return pd.DataFrame(
        {
            "message_id": [f"m{number}" for number in range(len(rows))],
            "sent_at": pd.Timestamp("2025-03-10T09:00:00Z"),
            "sender_key": [sender for sender, _ in rows],
            "recipient_key": [to for _, to in rows],
        }
    )


def tied(edges: Iterable[tuple[str, str]]) -> Letters:
    """As many messages each way as make a tie."""
    return [(*pair, 3) for edge in edges for pair in (edge, edge[::-1])]


def staff(teams: dict[str, str]) -> pd.DataFrame:
    """Employees of long standing by their team."""
    return pd.DataFrame(
        {"employee_id": list(teams), "hired_at": pd.Timestamp("2020-01-01"),
         "left_at": pd.Timestamp(None), "team": list(teams.values())}
    )  # fmt: skip


def office(
    folder: Path, employees: pd.DataFrame, messages: pd.DataFrame, said: str = STATED, **more
) -> Company:
    """Open a company of these tables."""
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    (folder / "company.yaml").write_text(f"name: Office\n{said}", encoding="utf-8")
    for name, table in {"employees": employees, "messages": messages, **more}.items():
        table.to_parquet(folder / "tables" / f"{name}.parquet")
    return kl.open(folder, as_of="2025-03-31")
