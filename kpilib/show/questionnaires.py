"""Questionnaires of a training, before, after and months later: to print, and to import."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from ruamel.yaml import YAML

from kpilib.company import Company
from kpilib.display.numbers import reader, write_for
from kpilib.errors import UnknownName, listed
from kpilib.files import csv_text
from kpilib.language import Say
from kpilib.saying import error_of, meant
from kpilib.show.pages import fill
from kpilib.training.rows import BY

SCALE = (1, 2, 3, 4, 5)
WHEN_WORDS = {
    "before": "Before the training",
    "after": "At the end of the training",
    "later": "Two to three months after the training",
    "manager": "Two to three months after the training, for the manager",
}
# By moment, what is asked by the item it is: the figures of levels 1 and 3 are made of them.
QUESTION_WORDS = {
    "before": {
        "knows": "I already know the subject of this training.",
        "does": "I already do at work what it teaches.",
        "will_use": "I will have occasions to use it at work.",
    },
    "after": {
        "overall": "All in all, I am satisfied with this training.",
        "content": "Its content answered my needs.",
        "usefulness": "What I learnt is useful for my work.",
    },
    "later": {
        "practises": "I do at work what I learnt.",
        "prepares": "I prepare my work with its methods.",
        "shares": "I pass on to colleagues what I learnt.",
    },
}
LABEL_WORDS = {
    "before": ("Not at all", "A little", "Partly", "Rather", "Entirely"),
    "after": ("Not at all", "A little", "Partly", "Rather", "Entirely"),
    "later": ("Never", "Rarely", "Sometimes", "Often", "Always"),
}
ESTIMATE_WORDS = {
    "estimate": "What do you do better since, and what is it worth in euros over a year?",
    "manager": "What does this person do better since, and what is it worth in euros over a year?",
    "code": "Code of the participant",
    "share": "Which share of that is due to this training (in %)?",
    "confidence": "How sure are you of these two figures (in %)?",
}
OPEN_WORDS = {
    "before": "What should this training change for you?",
    "after": "What should be changed in this training?",
    "later": "What keeps you from doing what you learnt?",
    "share": "What did you count, and how?",
}
ESTIMATES = {"estimate": "participant", "manager": "manager"}  # who says what it gained (level 4)


class Asked(NamedTuple):
    """What a moment is for the tables: kind of survey, its wave, first and last day of asking."""

    kind: str
    wave: str
    anchor: str
    opened: int
    closed: int


MOMENTS = {
    "before": Asked("poll", "start", "started_at", -14, 0),
    "after": Asked("training_reaction", "end", "ended_at", 0, 7),
    "later": Asked("training_application", "after 3 months", "ended_at", 60, 90),
}
COLUMNS = ("training_id", "person_key", "estimated_by", "answered_at", "gain_eur", "share",
           "confidence")  # fmt: skip
STAMPS = {"en": "Timestamp", "fr": "Horodateur"}  # by which answers of a form are recognised


def questionnaire(
    company: Company, training: str, when: str, lang: str, folder: Path
) -> list[Path]:
    """Write a questionnaire of a training, and what its answers come back with.

    Parameters
    ----------
    company : Company
    training : str
        Its id.
    when : str
        ``before``, ``after`` or ``later``; ``estimate`` or ``manager``, in which participants or
        their managers estimate what the training gained.
    lang : str
    folder : Path
        Where the files go; it is made.

    Returns
    -------
    list of Path
        A page to print or to send, without script or request; a CSV with a column a question, to be
        filled in and given to ``kpilib import``; what to add to surveys.yaml, so that the import
        knows which survey it is. The CSV of estimates has a row a participant and needs no more.

    Raises
    ------
    UnknownName
        The company has no such training; the nearest is suggested.
    """
    row, settings = _training(company, training), company.settings
    write = write_for(lang, settings.currency, settings.privacy.minimum_group)
    said_by = ESTIMATES.get(when)
    asked_as = "later" if said_by else when  # estimates are asked then, too
    moment = MOMENTS[asked_as]
    first, last = (
        pd.Timestamp(row[moment.anchor]).date() + timedelta(days)
        for days in (moment.opened, moment.closed)
    )
    questions = _questions(when, write.say)
    name = f"{training}-{when}-{lang}"
    heading = {"title": str(row["title"]), "when": WHEN_WORDS.get(when, WHEN_WORDS[asked_as])}
    written = {f"{name}.html": _page(when, heading, questions, last, settings.name)}
    if said_by:
        written[f"{name}.csv"] = _estimates(training, said_by, last, row["people"])
    else:
        asked = dict(zip(QUESTION_WORDS[when], questions, strict=True))
        days, count = (first, last), len(row["people"])
        written[f"{name}.csv"] = csv_text([STAMPS[lang], *questions], [])
        written[f"{name}.surveys.yaml"] = _block(name, training, moment, asked, days, count)
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in written.items():
        (folder / file).write_text(text, encoding="utf-8")
    return [folder / file for file in written]


def _questions(when: str, say: Say) -> list[str]:
    """Return what is asked at a moment, or of who estimates."""
    if when in ESTIMATES:
        return [say(ESTIMATE_WORDS[each]) for each in ("code", when, "share", "confidence")]
    return list(map(say, QUESTION_WORDS[when].values()))


def _page(
    when: str, heading: dict[str, str], questions: list[str], last: date, company: str
) -> str:
    """Return the page to print or to send: questions with their scale, and an open one."""
    say, labels = reader().say, LABEL_WORDS.get(when, ())
    return fill(
        "questionnaire.html.j2",
        title=heading["title"],
        when=say(heading["when"]),
        company=company,
        last=last,
        scale=list(zip(SCALE, map(say, labels), strict=False)),
        questions=questions,
        open=say(OPEN_WORDS["share" if when in ESTIMATES else when]),
    )


def _estimates(training: str, said_by: str, day: date, people: list[str]) -> str:
    """Write a row a participant, whose amounts are to be filled in."""
    known = {"training_id": training, "estimated_by": said_by, "answered_at": day}
    return csv_text(COLUMNS, [known | {"person_key": key} for key in people])


def _training(company: Any, training: str) -> dict[str, Any]:
    plan = company.table("trainings", columns=[BY, "title", "started_at", "ended_at"])
    found = plan[plan[BY] == training]
    if found.empty:
        raise error_of(
            UnknownName,
            "There is no training {training!r}.{near} The last ones are: {trainings}.",
            training=training,
            near=meant(training, plan[BY]),
            trainings=listed(plan.sort_values("started_at")[BY].tail(5)),
        )
    row = found.iloc[0].to_dict()
    people: list[str] = []
    if "training_participants" in company.tables:
        members = company.table("training_participants", columns=[BY, "person_key", "arm"])
        treated = members[BY].eq(training) & members["arm"].ne("control")
        people = sorted(members.loc[treated, "person_key"])
    return row | {"title": row["title"] or training, "people": people}


def _block(
    name: str,
    training: str,
    moment: Asked,
    asked: dict[str, str],
    days: tuple[date, date],
    people: int,
) -> str:
    """Write what surveys.yaml needs to say of the answers."""
    survey: dict[str, Any] = {
        "id": training,
        "kind": moment.kind,
        "scale": f"{SCALE[0]}-{SCALE[-1]}",
        "file": f"*{name}*",
        "wave": moment.wave,
        "opened": days[0],
        "closed": days[1],
        "subject_id": training,
    }
    survey |= {"invited": people} if people else {}
    survey["questions"] = {text: {"item": item} for item, text in asked.items()}
    out = StringIO()
    YAML().dump({"surveys": {name: survey}}, out)
    return out.getvalue()
