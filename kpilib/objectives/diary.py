"""What people wrote down: decisions, notes of events, and check-ins on key results.

Each is a file of the company folder, read whole: every fault with its line and the remedy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpilib.errors import listed
from kpilib.files import written_in
from kpilib.objectives.goal import Goal, goals
from kpilib.objectives.quantity import in_own_unit
from kpilib.objectives.unknown_kpi import own_names, unknown_kpi
from kpilib.objectives.written import DAY, Plan, Words
from kpilib.period import Period
from kpilib.saying import meant, say
from kpilib.sheet import Cells, Sheet
from kpilib.topics.catalogue import TOPICS, catalogue

TEXTS = ("comment", "blocker", "decision")  # of a check-in


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One decision: about a topic, or about one KPI; `due` is the day it is to be done by."""

    date: date
    topic: str
    kpi: str
    owner: Words
    due: date | None
    text: Words


DECISIONS = Sheet(
    file="decisions.csv",
    columns=("date", "topic", "kpi", "owner_en", "owner_fr", "due", "text_en", "text_fr"),
    required=("date", "text_en"),
)


def decisions(folder: Path | None) -> list[Decision]:
    """Return the decisions of a company folder, newest first; none without decisions.csv.

    Raises
    ------
    CompanyError
        Every fault of the file, each with its line and the remedy.
    """
    own = own_names(written_in(folder))
    found = DECISIONS.read(written_in(folder), lambda cells, _: _decision(cells, own))
    return sorted(found, key=lambda each: each.date, reverse=True)


def _faults(cells: Cells, own: Collection[str]) -> Iterator[str]:
    for name in ("date", "due"):
        try:
            if cells[name] or name == "date":
                _day(cells, name)
        except ValueError as error:
            yield str(error)
    if cells["topic"] and cells["topic"] not in TOPICS:
        near = meant(cells["topic"], TOPICS)
        yield say("{word!r} is no {column}.{near}", word=cells["topic"], column="topic", near=near)
    if cells["kpi"] and cells["kpi"] not in catalogue():
        yield unknown_kpi(cells["kpi"], own)
    if not (cells["text_en"] or cells["text_fr"]):
        yield say("the decision is not written. Write it in text_en or text_fr.")


def _decision(cells: Cells, own: Collection[str]) -> Decision:
    if faults := list(_faults(cells, own)):
        raise ValueError(*faults)
    kpi = catalogue().get(cells["kpi"])
    return Decision(
        date=date.fromisoformat(cells["date"]),
        topic=cells["topic"] or (kpi.topic if kpi else ""),
        kpi=cells["kpi"],
        owner=Words(en=cells["owner_en"], fr=cells["owner_fr"]),
        due=date.fromisoformat(cells["due"]) if cells["due"] else None,
        text=Words(en=cells["text_en"], fr=cells["text_fr"]),
    )


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
        return Words(en=self.text_en, fr=self.text_fr).in_language(lang)


OF_A_DAY = ("date", "kpi", "kind", "author", "text_en", "text_fr")
NOTES = Sheet(
    file="notes.csv",
    columns=(*OF_A_DAY, "topic", "period"),  # the page that a headline or a comment is about
    required=OF_A_DAY,
)
SAID = ("headline", "comment")  # kinds that an author wrote for a page, not for a day


def notes(folder: Path | None) -> list[Note]:
    """Return the notes of a company folder, oldest first; none when there is no notes.csv.

    Raises
    ------
    CompanyError
        Every fault of the file, each with its line.
    """
    own = own_names(written_in(folder))
    found = NOTES.read(written_in(folder), lambda cells, _: _note(cells, own))
    return sorted(found, key=lambda note: (note.date, note.kpi, note.text_en))


def _note(cells: Cells, own: Collection[str]) -> Note:
    day, kpi = _day(cells), cells["kpi"]
    if kpi and kpi not in catalogue():
        raise ValueError(unknown_kpi(kpi, own))
    if not (cells["text_en"] or cells["text_fr"]):
        raise ValueError(say("the note is not written. Write it in text_en or text_fr."))
    return Note(**{**cells, "date": day, "period": _page_of(cells)})


def _page_of(cells: Cells) -> str:
    """Return the period of the page that a row is of, refusing one that no page would ever show."""
    kind, named = cells["kind"], cells["topic"] or cells["period"]
    if kind not in SAID and (named or kind.casefold() in SAID):
        raise ValueError(
            say(
                "kind is {kind!r}, and a topic and a period are of a headline or a comment. Write"
                " kind as headline or comment, or leave topic and period empty.",
                kind=kind,
            )
        )
    if cells["kind"] in SAID and not (cells["topic"] and cells["period"]):
        raise ValueError(
            say(
                "a row of kind {kind} is of a page. Write its topic and its period in the columns"
                " topic and period, such as emailing and 2026-10.",
                kind=cells["kind"],
            )
        )
    near = "" if cells["topic"] in TOPICS else meant(cells["topic"], TOPICS)
    if near:  # a page of one's own has a name of its own
        text = "{word!r} is no {column}.{near}"
        raise ValueError(say(text, word=cells["topic"], column="topic", near=near))
    return Period.parse(cells["period"]).name if cells["period"] else ""


def _day(cells: Cells, column: str = "date") -> date:
    try:
        if DAY.fullmatch(cells[column]) is None:  # Python takes 20261030 and 2026-W44-5 too
            raise ValueError
        return date.fromisoformat(cells[column])
    except ValueError:
        told = say(
            "column {column} is not a day. Write it as YYYY-MM-DD; in a spreadsheet, give the"
            " column that format.",
            column=column,
        )
        raise ValueError(told) from None


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


CHECKINS = Sheet(
    file="checkins.csv",
    columns=(
        *("date", "key_result", "value", "confidence", "author"),
        *(f"{text}_{lang}" for text in TEXTS for lang in ("en", "fr")),
    ),
    required=("date", "key_result"),
    closed=True,
)


def checkins(folder: Path | None, plan: Plan, currency: str = "EUR") -> list[CheckIn]:
    """Return the check-ins of a company folder, oldest first; none when there is no checkins.csv.

    Raises
    ------
    CompanyError
        Every fault of the file, each with its line and the remedy.
    """
    known = {goal.id: goal for goal in goals(plan, currency)}
    lines: dict[tuple[date, str], int] = {}

    def taken(cells: Cells, line: int) -> CheckIn:
        each = _checkin(cells, known, currency)
        same = lines.setdefault((each.date, each.key_result), line)
        if same != line:
            raise ValueError(
                say(
                    "{name!r} has a check-in on {day} already, in line {line}. Keep one of the"
                    " two.",
                    name=each.key_result,
                    day=each.date.isoformat(),
                    line=same,
                )
            )
        return each

    found = CHECKINS.read(written_in(folder), taken)
    return sorted(found, key=lambda each: (each.date, each.key_result))


def _checkin(cells: Cells, known: dict[str, Goal], currency: str) -> CheckIn:
    day, goal = _day(cells), known.get(cells["key_result"])
    if goal is None:
        raise ValueError(
            say(
                "{name!r} is not a key result of objectives.yaml.{near} It has: {known}.",
                name=cells["key_result"],
                near=meant(cells["key_result"], known),
                known=listed(known),
            )
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
        raise ValueError(say("the value: {fault}", fault=error)) from None
    if goal.key_result.milestone and value not in (0, 1):
        raise ValueError(say("the value of a milestone is 0 (not done) or 1 (done)."))
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
            say(
                "the confidence {written!r} is not a number from 0 (it will not be reached) to 1"
                " (it will). Write 0.7 for 70 %.",
                written=written,
            )
        )
    return found
