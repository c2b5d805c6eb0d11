"""notes.csv: what happened when, to be drawn on the trends and listed beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpilib.catalogue import catalogue
from kpilib.errors import CompanyError, nearest

FILE = "notes.csv"
COLUMNS = ("date", "kpi", "kind", "author", "text_en", "text_fr")
OPTIONAL = ("topic", "period")  # of a headline or a comment: the page that it is about
SAID = ("headline", "comment")  # kinds that an author wrote for a page, not for a day


@dataclass(frozen=True, kw_only=True)
class Note:
    """One dated note; `kpi` is empty when it concerns them all.

    Of the kind ``headline`` or ``comment``, it stands at the top of the page of its `topic` and
    `period`, in its author's words.
    """

    date: date
    kpi: str
    kind: str
    author: str
    text_en: str
    text_fr: str
    topic: str = ""
    period: str = ""

    def text(self, lang: str) -> str:
        """Return the note in a language, or in the other when written in one only."""
        own, other = (self.text_fr, self.text_en) if lang == "fr" else (self.text_en, self.text_fr)
        return own or other


def notes(folder: Path | None) -> list[Note]:
    """Return the notes of a company folder, oldest first; none when there is no notes.csv.

    Raises
    ------
    CompanyError
        Every fault of the file, each with its line.
    """
    import csv

    if folder is None or not (folder / FILE).exists():
        return []
    with (folder / FILE).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        lost = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if lost:
            raise CompanyError(
                f"{FILE}:1: column {lost[0]} is missing. A note has: {', '.join(COLUMNS)}."
            )
        found, faults = [], []
        for row in reader:
            line = reader.line_num
            try:
                day = date.fromisoformat((row["date"] or "").strip())
            except ValueError:
                faults.append(f"{FILE}:{line}: the date is not written YYYY-MM-DD.")
                continue
            kpi = (row["kpi"] or "").strip()
            if kpi and kpi not in catalogue():
                faults.append(
                    f"{FILE}:{line}: {kpi!r} is not a KPI of the catalogue."
                    f"{nearest(kpi, catalogue())}"
                )
                continue
            rest = {name: (row.get(name) or "").strip() for name in (*COLUMNS[2:], *OPTIONAL)}
            if rest["kind"] in SAID and not (rest["topic"] and rest["period"]):
                faults.append(
                    f"{FILE}:{line}: a {rest['kind']} is of a page. Write its topic and its period "
                    "in the columns topic and period, such as emailing and 2026-10."
                )
                continue
            found.append(Note(date=day, kpi=kpi, **rest))
    if faults:
        raise CompanyError("\n".join(faults))
    return sorted(found, key=lambda note: (note.date, note.kpi, note.text_en))
