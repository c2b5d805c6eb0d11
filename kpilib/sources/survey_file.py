"""What a company says of its surveys: of which kind they are, and on which scale a column answers.

A form does not say whether 4 is of 5 or of 7, nor whether its readers are customers or employees.
Both are said once, in ``surveys.yaml`` of the company's folder or for one import by ``--read``;
only questions that are worded alike everywhere are recognised (`questions.yaml`). Nothing is
guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, field_validator, model_validator

from kpilib.errors import listed
from kpilib.saying import error_of
from kpilib.tables import TABLES
from kpilib.yaml_file import Strict, read_yaml

FILE = "surveys.yaml"
STANDARD = Path(__file__).parent / "questions.yaml"
SCALE = re.compile(r"(\d{1,2}) ?(?:-|–|to|à) ?(\d{1,3})")
CALENDAR = ("month", "quarter", "year")
ROLES = ("group", "subject", "respondent", "text")

Worded = Literal["agreement", "frequency"]  # whose usual labels `questions.yaml` has
Labels = list[str] | dict[str, int] | Worded
KINDS = TABLES["survey_waves"].columns["survey_kind"].choices
Kind = Literal[KINDS]
NET = ("nps", "enps")  # defined on 0 to 10 and on nothing else
OF_EMPLOYEES = ("enps", "engagement")


def bounds(written: str) -> tuple[int, int]:
    """Return the lowest and the highest answer of a scale written ``1-5``.

    Raises
    ------
    ValueError
        It is not written so.
    """
    match = SCALE.fullmatch(written.strip())
    if not match or int(match[1]) >= int(match[2]):
        raise error_of(
            ValueError,
            "{written!r} is not a scale: write its lowest and highest answer, 1-5",
            written=written,
        )
    return int(match[1]), int(match[2])


def _scale(written: Any) -> Any:
    if written not in ("", None):
        bounds(str(written))
    return "" if written is None else str(written)


Scale = Annotated[str, BeforeValidator(_scale)]


class Question(Strict):
    """A column, or all columns of a question, that are answers on a scale.

    Parameters
    ----------
    scale : str
        Lowest and highest answer: ``0-10``; empty for that of the survey.
    kind : str
        When it is another one than the survey's: many forms end on a recommendation.
    item : str
        What to call it; by default its text.
    dimension : str
        What it is about: workload, recognition...
    reversed : bool
        A high answer is a bad one.
    labels : list of str, dict of str to int, or str
        Texts that stand for numbers, from the lowest to the highest; or each with its number; or
        ``agreement``, ``frequency``: the usual ones of four, five or seven, English and French.
    """

    scale: Scale = ""
    kind: Kind | Literal[""] = ""
    item: str = ""
    dimension: str = ""
    reversed: bool = False
    labels: Labels = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _in_words(cls, given: Any) -> Any:
        return said(given) if isinstance(given, str) else {} if given is None else given


def said(answer: str) -> dict[str, Any]:
    """Return what is said of a question in a few words: ``csat 1-5 reversed workload``.

    Raises
    ------
    ValueError
        A word is a scale that cannot be one.
    """
    found: dict[str, Any] = {}
    rest = []
    for word in answer.split():
        if word in KINDS and "kind" not in found:
            found["kind"] = word
        elif word == "reversed":
            found["reversed"] = True
        elif word in get_args(Worded):
            found["labels"] = word
        elif re.fullmatch(r"\d+[-–]\d+", word):
            bounds(word)
            found["scale"] = word
        else:
            rest.append(word)
    return found | ({"dimension": " ".join(rest)} if rest else {})


class Survey(Strict):
    """One survey: which columns of its form are what.

    Parameters
    ----------
    kind : str
    questions : dict of str to Question
        By the text of the column; ``question | row`` for one row of a matrix.
    scale : str
        Of the questions that do not say theirs.
    labels : list of str, dict of str to int, or str
        Of the questions that do not say theirs.
    wave : str
        ``month``, ``quarter`` or ``year`` of the answer, for a survey that is always open; else
        what to call this one, which is then the same for every row.
    file : str
        Pattern of the file's name (``*session 12*``), where several surveys share one form.
    id : str
        Of the survey, where several of these are its waves; by default the name it stands under.
    population : str
        Who was asked.
    group, subject, respondent : str
        Columns with the team (or kind of customer), with the training or content that is rated,
        with who answers when it is not the e-mail address.
    subject_id : str
        The training or content, when the whole file is about one.
    texts : list of str
        Columns of open answers to keep: they may name people.
    invited, people : int or dict of str to int
        How many were asked, and how many there are; by group where there are groups.
    opened, closed : datetime.date
        First and last day of a wave with a name of its own, which needs them.
    """

    kind: Kind
    questions: dict[str, Question] = Field(min_length=1)
    scale: Scale = ""
    labels: Labels = Field(default_factory=list)
    wave: str = Field(default="month", min_length=1)
    file: str = ""
    id: str = ""
    population: str = ""
    group: str = ""
    subject: str = ""
    respondent: str = ""
    subject_id: str = ""
    texts: list[str] = Field(default_factory=list)
    invited: int | dict[str, int] | None = None
    people: int | dict[str, int] | None = None
    opened: date | None = None
    closed: date | None = None

    @field_validator("wave", mode="before")
    @classmethod
    def _in_letters(cls, written: Any) -> Any:
        return str(written) if isinstance(written, int) else written

    def filled(self, question: Question) -> Question:
        """Return a question with what the survey says of all, where it says nothing of its own."""
        names = ("scale", "kind", "labels")
        return question.model_copy(
            update={each: getattr(question, each) or getattr(self, each) for each in names}
        )

    def _check(self, name: str, question: Question) -> None:
        scale, kind, labels = question.scale, question.kind, question.labels
        if not scale:
            raise error_of(ValueError, "say the scale of {name!r}: scale: 1-5", name=name)
        if kind in NET and bounds(scale) != (0, 10):
            raise error_of(
                ValueError,
                "{name!r} is on {scale}, and {kind} is defined on 0-10 only. Call it csat,"
                " which is read on any scale",
                name=name,
                scale=scale,
                kind=kind,
            )
        low, high = bounds(scale)
        if isinstance(labels, list) and labels and len(labels) != high - low + 1:
            raise error_of(
                ValueError,
                "{name!r}: {count} labels for the scale {scale}",
                name=name,
                count=len(labels),
                scale=scale,
            )
        if isinstance(labels, str):
            usual(labels, scale)

    @model_validator(mode="after")
    def _whole(self) -> Survey:
        for name, question in self.questions.items():
            self._check(name, self.filled(question))
        for given in (self.invited, self.people):
            if given is not None and isinstance(given, dict) != bool(self.group):
                raise error_of(
                    ValueError,
                    "say `invited` and `people` by group, {example}, where there is `group`, and as"
                    " one number where there is none",
                    example="{sales: 12, ...}",
                )
        if self.wave in CALENDAR and (self.opened or self.closed):
            raise error_of(
                ValueError, "a wave of one {wave} opens and closes with it", wave=self.wave
            )
        if self.wave not in CALENDAR and not (
            self.opened and self.closed and self.opened <= self.closed
        ):
            raise error_of(
                ValueError,
                "say the first and the last day of the wave {wave!r}: opened: 2026-09-01, closed:"
                " 2026-09-15",
                wave=self.wave,
            )
        return self


@dataclass(kw_only=True)
class Item:
    """One column of answers.

    Parameters
    ----------
    place : int
        Of the column.
    question : Question
    text : str
        Key of the column's name, by which its answers are told from others'.
    """

    place: int
    question: Question
    text: str


@dataclass(kw_only=True)
class Questionnaire:
    """What the columns of one form are.

    Parameters
    ----------
    name : str
        Id of the survey; empty when nothing gives one.
    survey : Survey or None
        What the company's file says.
    items : list of Item
    group, subject, respondent : int or None
        Places of columns.
    texts : list of int
    """

    name: str = ""
    survey: Survey | None = None
    items: list[Item] = field(default_factory=list)
    group: int | None = None
    subject: int | None = None
    respondent: int | None = None
    texts: list[int] = field(default_factory=list)


class Surveys(Strict):
    """surveys.yaml."""

    surveys: dict[str, Survey] = Field(default_factory=dict)


class _Standard(Strict):
    kind: Kind
    scale: str
    all: tuple[str, ...]
    none: tuple[str, ...] = ()


class _Standards(Strict):
    questions: tuple[_Standard, ...]
    labels: dict[Worded, tuple[tuple[str, ...], ...]]


def surveys_of(folder: Path) -> Mapping[str, Survey]:
    """Return what a company says of its surveys, by their ids; nothing without the file.

    Raises
    ------
    CompanyError
        The file is not as it should be: every fault, with its line.
    """
    if not (folder / FILE).exists():
        return {}
    return read_yaml(folder / FILE, Surveys).surveys


@cache
def _standards() -> _Standards:
    return read_yaml(STANDARD, _Standards)


def usual(name: str, scale: str) -> dict[str, int]:
    """Return the usual labels of a scale, English and French, each with its number.

    Raises
    ------
    ValueError
        There are none for so many answers.
    """
    low, high = bounds(scale)
    every = _standards().labels[name]
    fitting = [labels for labels in every if len(labels) == high - low + 1]
    if not fitting:
        known = listed(sorted({str(len(labels)) for labels in every}))
        raise error_of(
            ValueError,
            "labels: {name} has usual labels for {known} answers, and {scale} has {count}: write"
            " them as a list, from the lowest to the highest",
            name=name,
            known=known,
            scale=scale,
            count=high - low + 1,
        )
    return {text: low + place for labels in fitting for place, text in enumerate(labels)}


def standard(text: str) -> Question | None:
    """Return what a question is when it is worded as everywhere and says its scale.

    Parameters
    ----------
    text : str
        Key of the header.
    """
    for each in _standards().questions:
        if all(re.search(pattern, text) for pattern in each.all) and not any(
            re.search(pattern, text) for pattern in each.none
        ):
            return Question(kind=each.kind, scale=each.scale, item=each.kind)
    return None
