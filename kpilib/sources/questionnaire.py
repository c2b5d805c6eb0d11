"""The columns of a form, found for what the company says of its survey; the rest is not read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import PurePath

from kpilib.errors import ContractError, listed
from kpilib.saying import and_more, fault_at, say
from kpilib.sources.block import Cells
from kpilib.sources.context import Context
from kpilib.sources.keys import key
from kpilib.sources.preset import Field_, TablePreset
from kpilib.sources.survey_file import (
    KINDS,
    ROLES,
    Item,
    Question,
    Questionnaire,
    Survey,
    bounds,
    said,
    standard,
    usual,
)
from kpilib.tables.cells import NOTHING

PART = " | "  # between a question and its row
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
CONTROL = re.compile("[\x80-\x9f]")  # signs of cp1252 that were taken for those of Unicode
# What the second header of SurveyMonkey says of a question that has one column.
ONLY = {"", "response", "open-ended response", "reponse", "reponse ouverte"}
OTHER = re.compile(r"^(other|autre)\b")


def unescaped(text: str) -> str:
    """Return a text without the marks that Microsoft writes for signs: ``_x0092_`` is ’."""

    def sign(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        return "" if 0xD800 <= code < 0xE000 else chr(code)

    return CONTROL.sub(
        lambda found: found[0].encode("latin-1").decode("cp1252", "ignore"), ESCAPED.sub(sign, text)
    )


def names_of(header: Cells, second: Cells, fixed: set[str]) -> Iterator[str]:
    """Yield a name for each column: the question it belongs to, its row, a number when repeated."""
    seen: dict[str, int] = {}
    question = ""
    for place, name in enumerate(header):
        row = unescaped(second[place]).strip() if place < len(second) else ""
        name = unescaped(name).strip()
        if name:
            question = name
        elif row:  # the cell above belongs to the question to the left
            name = question
        alone = not (place + 1 < len(header) and not header[place + 1] and second)
        if row and not (key(row) in ONLY and (alone or header[place])):
            name = f"{name}{PART}{row}"
        if not name:
            yield ""
            continue
        seen[key(name)] = seen.get(key(name), 0) + 1
        again = seen[key(name)]
        yield name if again == 1 or key(name) in fixed else f"{name} ({again})"


SHOWN, MOST_SAID = 25, 5
WAVE_WORDS = {
    "month": "one wave a month (surveys.yaml can say another one)",
    "quarter": "one wave a quarter (surveys.yaml can say another one)",
    "year": "one wave a year (surveys.yaml can say another one)",
}


def opened(context: Context) -> TablePreset:
    """Return the table with the columns of this form as fields, each under a name of its own.

    The header of the block is spelt anew: a question stands with its row, no name twice.

    Raises
    ------
    ContractError
        Nothing says which columns are answers; or what is said does not fit them.
    """
    block, table = context.block, context.table
    taken = {key(name) for written in table.fields.values() for name in written.names}
    taken |= set(map(key, table.ignored))
    block.header = tuple(names_of(block.header, block.second, taken))
    places = [n for n, name in enumerate(block.header) if name and key(name) not in taken]
    form = _form(places, context)
    block.notes += _said_of(form, context)
    fields = dict(table.fields)
    for item in form.items:
        labels = _labels(item.question)
        fields[f"answer {item.place}"] = Field_(
            names=(block.header[item.place],),
            type="text" if labels else "number",
            decimal="auto",
            values=labels,
        )
    for role in ("group", "subject", "respondent"):
        place = getattr(form, role)
        if place is not None:
            fields[role] = Field_(names=(block.header[place],))
    for place in form.texts:
        fields[f"text {place}"] = Field_(names=(block.header[place],))
    context.forms[table.id] = form
    return table.model_copy(update={"fields": fields})


def _labels(question: Question) -> dict[str, str]:
    """Return the number that each text stands for; the numbers themselves stay what they are."""
    if not question.labels:
        return {}
    low, high = bounds(question.scale)
    plain = {str(number): str(number) for number in range(low, high + 1)} | dict.fromkeys(
        NOTHING, ""
    )
    given = question.labels
    given = usual(given, question.scale) if isinstance(given, str) else given
    if isinstance(given, dict):
        return plain | {text: str(number) for text, number in given.items()}
    return plain | {text: str(low + place) for place, text in enumerate(given)}


def _form(places: list[int], context: Context) -> Questionnaire:
    faults: list[str] = []
    form = _described(places, context, faults)
    _told(places, context, form, faults)
    if not form.items and not faults:
        for place in places:
            question = standard(key(context.block.header[place]))
            if question:
                form.items.append(_item(context, place, question))
    if not form.items and not faults:
        faults.append(_question(places, context))
    if faults:
        raise ContractError(faults)
    form.items.sort(key=lambda item: item.place)
    return form


def _said_of(form: Questionnaire, context: Context) -> Iterator[str]:
    """Yield what the columns were taken for."""
    kinds = dict.fromkeys((item.question.kind, item.question.scale) for item in form.items)
    for kind, scale in kinds:
        names = [
            context.block.header[item.place]
            for item in form.items
            if (item.question.kind, item.question.scale) == (kind, scale)
        ]
        shown = ", ".join(map(_quoted, names[:MOST_SAID])) + and_more(len(names) - MOST_SAID)
        yield say(
            "{kind} on {scale} of {form.name}: {shown}"
            if form.name
            else "{kind} on {scale}: {shown}",
            kind=kind,
            scale=scale,
            form=form,
            shown=shown,
        )
    wave = form.survey.wave if form.survey else "month"
    if wave in WAVE_WORDS:
        yield say(WAVE_WORDS[wave])


def _item(context: Context, place: int, question: Question) -> Item:
    return Item(place=place, question=question, text=key(context.block.header[place]))


def _matching(name: str, places: list[int], context: Context) -> list[int]:
    """Return the columns that a name means: one, or all the rows of a question."""
    wanted = key(unescaped(name))
    exact = [n for n in places if key(context.block.header[n].removesuffix(".Rating")) == wanted]
    exact = exact or [n for n in places if key(context.block.header[n]) == wanted]
    if exact:
        return exact
    rows = [(n, *context.block.header[n].partition(PART)) for n in places]
    return [
        n
        for n, text, sign, row in rows
        if sign and key(text) == wanted and not OTHER.match(key(row))
    ]


def _described(places: list[int], context: Context, faults: list[str]) -> Questionnaire:
    """Find the survey of the company's file whose questions this form has."""
    name, survey = _fitting(places, context, faults)
    if survey is None:
        return Questionnaire()
    form = Questionnaire(name=survey.id or name, survey=survey)
    for text, question in survey.questions.items():
        found = _matching(text, places, context)
        form.items += [_item(context, place, survey.filled(question)) for place in found]
    _place_roles(form, name, places, context, faults)
    for text in survey.texts:
        found = _matching(text, places, context)
        form.texts += found
        if not found:
            faults.append(
                context.fault(
                    "surveys.yaml asks for the texts of {text!r}: no such column.",
                    text=text,
                )
            )
    return form


def _fitting(places: list[int], context: Context, faults: list[str]) -> tuple[str, Survey | None]:
    """Return the survey that fits best: one of this file first, then that of most questions."""
    file = PurePath(context.block.origin.partition(" [")[0]).name
    fits = []
    for name, survey in context.surveys.items():
        asked = all(_matching(each, places, context) for each in survey.questions)
        if asked and (not survey.file or fnmatch(file, survey.file)):
            fits.append((bool(survey.file), len(survey.questions), name, survey))
    if not fits:
        return "", None
    best = max(each[:2] for each in fits)
    first, *others = [each for each in fits if each[:2] == best]
    if others:
        names = listed([first[2], *(each[2] for each in others)])
        faults.append(
            context.fault(
                "{names} of surveys.yaml have the questions of this form alike. Say of which files"
                " each is: file: '*part of the name*'.",
                names=names,
            )
        )
        return "", None
    return first[2], first[3]


def _place_roles(
    form: Questionnaire, name: str, places: list[int], context: Context, faults: list[str]
) -> None:
    """Find the columns of group, subject and respondent, where the survey names them."""
    for role in ("group", "subject", "respondent"):
        text = getattr(form.survey, role)
        found = _matching(text, places, context) if text else []
        if text and len(found) != 1:
            faults.append(
                context.fault(
                    "surveys.yaml says that {role} of {name} is {text!r}: {count} column(s) of this"
                    " form are called so.",
                    role=role,
                    name=name,
                    text=text,
                    count=len(found),
                )
            )
        elif text:
            setattr(form, role, found[0])


def _told(places: list[int], context: Context, form: Questionnaire, faults: list[str]) -> None:
    """Add what was answered for this import by ``--read``; it stands before the company's file."""
    for name, answer in context.told.items():
        found = _matching(name, places, context)
        if not found:
            continue
        if answer in ROLES:
            if answer == "text":
                form.texts += [place for place in found if place not in form.texts]
            else:
                setattr(form, answer, found[0])
            continue
        try:
            question = Question.model_validate(said(answer))
            if not question.kind or not question.scale:
                raise ValueError
            Survey(kind=question.kind, questions={name: question})
        except ValueError:
            faults.append(
                context.fault(
                    "column {name}: --read {answer!r} does not say its kind and scale, as in csat"
                    " 1-5; nps and enps are on 0-10 only.",
                    name=name,
                    answer=answer,
                )
            )
            continue
        form.items = [item for item in form.items if item.place not in found]
        form.items += [_item(context, place, question) for place in found]


def _quoted(name: str) -> str:
    """Return the name of a column as it can be typed: a no-break space as a space."""
    return repr(" ".join(name.split()))


def _question(places: list[int], context: Context) -> str:
    rows = Counter(context.block.header[place].partition(PART)[0] for place in places)
    names = [
        _quoted(name) + (say(" ({count} columns)", count=count) if count > 1 else "")
        for name, count in rows.items()
    ]
    text = fault_at(
        f"{context.block.origin}:{context.block.line}",
        "which columns are answers on a scale, and of what kind of survey? Nothing says it. The"
        " columns are {shown}. Say it of each: --read 'COLUMN=csat 1-5' (kinds: {kinds}; columns"
        " that are not on a scale: {roles}), or describe the survey once in surveys.yaml.",
        shown=", ".join(names[:SHOWN]) + and_more(len(names) - SHOWN),
        kinds=", ".join(KINDS),
        roles=", ".join(ROLES),
    )
    likely = [
        each for each in places if re.search("recommend|recommand", key(context.block.header[each]))
    ]
    if likely:
        text += " " + say(
            "{column!r} does not say its scale, or who is asked: if customers answer"
            " from 0 to 10, it is nps 0-10; if employees do, enps 0-10.",
            column=context.block.header[likely[0]],
        )
    return text
