"""decisions.csv: what was decided, by whom, until when; never generated."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpilib.catalogue import TOPICS, catalogue
from kpilib.errors import CompanyError, listed, nearest
from kpilib.steering.words import Words

FILE = "decisions.csv"
COLUMNS = ("date", "topic", "kpi", "owner_en", "owner_fr", "due", "text_en", "text_fr")
REQUIRED = ("date", "text_en")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One decision: about a topic, or about one KPI; `due` is the day it is to be done by."""

    date: date
    topic: str
    kpi: str
    owner: Words
    due: date | None
    text: Words


def decisions(folder: Path | None) -> list[Decision]:
    """Return the decisions of a company folder, newest first; none without decisions.csv.

    Raises
    ------
    CompanyError
        Every fault of the file, each with its line and the remedy.
    """
    if folder is None or not (folder / FILE).exists():
        return []
    with (folder / FILE).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        names = reader.fieldnames or ()
        lost = [each for each in REQUIRED if each not in names]
        faults = [
            f"{FILE}:1: column {each} is missing. A decision has: {listed(COLUMNS)}."
            for each in lost
        ]
        found = []
        for row in () if lost else reader:
            cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
            wrong = list(_faults(cells))
            faults += [f"{FILE}:{reader.line_num}: {fault}" for fault in wrong]
            if not wrong:
                found.append(_decision(cells))
    if faults:
        raise CompanyError("\n".join(faults))
    return sorted(found, key=lambda each: each.date, reverse=True)


def _faults(cells: dict[str, str]):
    for name in ("date", "due"):
        try:
            if cells[name] or name == "date":
                date.fromisoformat(cells[name])
        except ValueError:
            yield f"column {name} is not a day. Write it as YYYY-MM-DD."
    for name, known in (("topic", TOPICS), ("kpi", catalogue())):
        if cells[name] and cells[name] not in known:
            yield f"{cells[name]!r} is not a {name}.{nearest(cells[name], known)}"
    if not (cells["text_en"] or cells["text_fr"]):
        yield "the decision is not written. Write it in text_en or text_fr."


def _decision(cells: dict[str, str]) -> Decision:
    kpi = catalogue().get(cells["kpi"])
    return Decision(
        date=date.fromisoformat(cells["date"]),
        topic=cells["topic"] or (kpi.topic if kpi else ""),
        kpi=cells["kpi"],
        owner=Words(en=cells["owner_en"], fr=cells["owner_fr"]),
        due=date.fromisoformat(cells["due"]) if cells["due"] else None,
        text=Words(en=cells["text_en"], fr=cells["text_fr"]),
    )
