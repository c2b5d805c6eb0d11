"""The figures a page showed, kept for whoever computes with them; written whole or not at all."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from kpilib.files import csv_text, disarmed, replacing

FIGURES = ("value", "numerator", "denominator", "n", "ci_low", "ci_high")
COMPARED = tuple(
    f"{kind}{base}"
    for base in ("previous", "year_before")
    for kind in ("", "delta_", "change_", "change_per_day_", "within_noise_", "news_")
)
COLUMNS = (
    "kpi",
    "period",
    "period_start",
    "period_end",
    *FIGURES,
    "ci_method",
    "unit",
    "status",
    "reason",
    "flags",
    "details",
    "stands_out",
    *COMPARED,
)
LEADING = COLUMNS[:4]  # what a figure is of; its groups follow
FOR_READERS = ("label", "better", "opening", "entries", "exits")  # what charts need, in no file


def in_order(names: Iterable[str]) -> list[str]:
    """Return the columns of a file of figures: what they are of, the groups, the figure, the topic.

    Parameters
    ----------
    names : iterable of str
        The columns that there are, groups among them.
    """
    groups = sorted(set(names) - {*COLUMNS, "topic"})
    return [*LEADING, *groups, *COLUMNS[len(LEADING) :], "topic"]


def read(content: bytes) -> pd.DataFrame:
    """Read a file of figures, every cell a text; there may be none in it."""
    if not content.strip():
        return pd.DataFrame(columns=[*LEADING, "topic"])
    return pd.read_csv(io.BytesIO(content), dtype=object, keep_default_na=False)


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows without any figure of a suppressed group, whoever left it there."""
    hidden = rows["status"].eq("suppressed")
    if hidden.any():
        secret = rows.columns.intersection([*FIGURES, *COMPARED, "details"])
        rows = rows.assign(**rows[secret].astype(object).apply(pd.Series.mask, args=(hidden, None)))
    numbers = rows[rows.columns.intersection(FIGURES)].apply(pd.to_numeric, errors="coerce")
    return rows.assign(**numbers.astype(float))


class Figures:
    """Collects rows of `evaluate` and writes them as figures.csv.

    Parameters
    ----------
    topic : str
        Written in the column ``topic``.
    """

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self._rows: dict[tuple, dict[str, str]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, rows: pd.DataFrame) -> None:
        """Keep rows as texts; one already there is completed, not repeated."""
        rows = shown(rows.drop(columns=[*FOR_READERS], errors="ignore"))
        groups = [column for column in rows if column not in (*COLUMNS, "topic")]
        for row in rows.to_dict("records"):
            told = {name: text for name, value in row.items() if (text := as_cell(value))}
            own = tuple((name, told[name]) for name in groups if name in told)
            key = (row["kpi"], row["period"], own)
            self._rows[key] = self._rows.get(key, {}) | told | {"topic": self.topic}

    def write(self, folder: Path) -> None:
        """Write figures.csv into a folder."""
        columns = in_order({name for row in self._rows.values() for name in row})
        with replacing(folder / "figures.csv") as aside:
            text = csv_text(columns, self._rows.values())
            aside.write_text(text, encoding="utf-8", newline="")


def write_result(folder: Path, result: Mapping[str, Any]) -> None:
    """Write result.json into a folder: the proof that everything before it was written."""
    text = json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False)
    with replacing(folder / "result.json") as aside:
        aside.write_text(f"{text}\n", encoding="utf-8")


def _plain(value: Any) -> str:
    """Write a value for a file: empty when missing, lists and dictionaries in one cell."""
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, Mapping):
        known = {name: part for name, part in value.items() if _plain(part) != ""}
        return json.dumps(known, sort_keys=True, allow_nan=False) if known else ""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return " ".join(str(part) for part in value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))
    if hasattr(value, "date") and callable(value.date):
        return value.date().isoformat()
    if hasattr(value, "item"):
        return _plain(value.item())
    return str(value)


def as_cell(value: Any) -> str:
    """Write a value for a file; no spreadsheet takes a text for a formula, numbers stay numbers."""
    return disarmed(value) if isinstance(value, str) else _plain(value)


def states(rows: pd.DataFrame, kpis: Iterable[str]) -> dict[str, str]:
    """Return the status of each KPI: ok when any of its groups is."""
    return {each: _state(list(rows.loc[rows["kpi"] == each, "status"])) for each in kpis}


def _state(found: Sequence[str]) -> str:
    return "ok" if "ok" in found else next(iter(found), "no_data")
