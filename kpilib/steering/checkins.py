"""checkins.csv: what was said of each key result, when, and how sure its owner was."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpilib.errors import CompanyError, listed, nearest
from kpilib.steering.goal import Goal, goals, in_own_unit
from kpilib.steering.objectives import Plan
from kpilib.steering.words import Words

FILE = "checkins.csv"
REQUIRED = ("date", "key_result")
TEXTS = ("comment", "blocker", "decision")
COLUMNS = (
    *REQUIRED, "value", "confidence", "author",
    *(f"{text}_{lang}" for text in TEXTS for lang in ("en", "fr")),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CheckIn:
    """What was said of one key result on one day.

    Parameters
    ----------
    date : datetime.date
    key_result : str
        Id of the goal.
    value : float or None
        In the KPI's own unit; 0 or 1 for a milestone.
    confidence : float or None
        From 0 (it will not be reached) to 1 (it will).
    author : str
    comment, blocker, decision : Words
    """

    date: date
    key_result: str
    value: float | None = None
    confidence: float | None = None
    author: str = ""
    comment: Words = Words()
    blocker: Words = Words()
    decision: Words = Words()


def checkins(folder: Path | None, plan: Plan, currency: str = "EUR") -> list[CheckIn]:
    """Return the check-ins of a company folder, oldest first; none when there is no checkins.csv.

    Raises
    ------
    CompanyError
        Every fault of the file, each with its line and the remedy.
    """
    if folder is None or not (folder / FILE).exists():
        return []
    with (folder / FILE).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        faults = list(_wrong_columns(reader.fieldnames or ()))
        if faults:
            raise CompanyError("\n".join(faults))
        known = {goal.id: goal for goal in goals(plan, currency)}
        found: list[CheckIn] = []
        lines: dict[tuple[str, str], int] = {}
        for row in reader:
            line = reader.line_num
            try:
                each = _read(row, known, currency)
                same = lines.setdefault((row["date"].strip(), each.key_result), line)
                if same != line:
                    raise ValueError(
                        f"{each.key_result!r} has a check-in on {each.date} already, in line "
                        f"{same}. Keep one of the two."
                    )
            except ValueError as error:
                faults.append(f"{FILE}:{line}: {error}")
            else:
                found.append(each)
    if faults:
        raise CompanyError("\n".join(faults))
    return sorted(found, key=lambda each: (each.date, each.key_result))


def _wrong_columns(names: list[str] | tuple[str, ...]) -> Iterator[str]:
    for name in REQUIRED:
        if name not in names:
            yield f"{FILE}:1: column {name} is missing. A check-in has: {listed(COLUMNS)}."
    for name in names:
        if name not in COLUMNS:
            yield (
                f"{FILE}:1: column {name!r} is unknown.{nearest(name, COLUMNS)} A check-in has: "
                f"{listed(COLUMNS)}."
            )


def _read(row: dict, known: dict[str, Goal], currency: str) -> CheckIn:
    if None in row:
        raise ValueError(
            "more cells than columns. Put a text that holds a comma between double quotes."
        )
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    try:
        day = date.fromisoformat(cells["date"])
    except ValueError:
        raise ValueError("the date is not written YYYY-MM-DD.") from None
    goal = known.get(cells["key_result"])
    if goal is None:
        raise ValueError(
            f"{cells['key_result']!r} is not a key result of objectives.yaml."
            f"{nearest(cells['key_result'], known)} It has: {listed(known)}."
        )
    return CheckIn(
        date=day,
        key_result=goal.id,
        value=_value(cells["value"], goal, currency),
        confidence=_confidence(cells["confidence"]),
        author=cells["author"],
        **{text: Words(en=cells[f"{text}_en"], fr=cells[f"{text}_fr"]) for text in TEXTS},
    )


def _value(written: str, goal: Goal, currency: str) -> float | None:
    if not written:
        return None
    try:
        value = in_own_unit(goal.key_result, written, currency)
    except ValueError as error:
        raise ValueError(f"the value: {error}") from None
    if goal.mode == "binary" and not goal.kpi and value not in (0, 1):
        raise ValueError("the value of a milestone is 0 (not done) or 1 (done).")
    return value


def _confidence(written: str) -> float | None:
    if not written:
        return None
    try:
        found = float(written)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise ValueError(
            f"the confidence {written!r} is not a number from 0 (it will not be reached) to 1 (it "
            "will). Write 0.7 for 70 %."
        )
    return found
