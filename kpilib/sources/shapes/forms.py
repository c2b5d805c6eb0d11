"""Forms with a column a question into rows with one answer each, and the waves they are of."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from kpilib.sources.column import pseudonym
from kpilib.sources.context import Context
from kpilib.sources.keys import key
from kpilib.sources.questionnaire import unescaped
from kpilib.sources.survey_file import CALENDAR, OF_EMPLOYEES, Item, Questionnaire, Survey, bounds

NAMELESS = {"", "anonymous", "anonyme"}
INSTANT = pl.Datetime("us", "UTC")
OF_WAVE = ["survey_id", "wave", "group_key"]


def answers(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return one row an answer; the waves, and the texts that are asked for, stand beside.

    Fields: ``submitted``; ``response``, the number of the form that was sent in, and ``email``,
    both of which may be missing. Rows that were never sent in are dropped and counted.
    """
    form = context.forms[context.table.id]
    tool = str(context.table.options["tool"])
    sent = context.left_out.keep(frame, pl.col("submitted").is_not_null(), "never sent in")
    rows = _identified(sent, form, context)
    kinds = _kinds(form, tool)
    parts = [
        _answers(rows, item, kinds[item.question.kind], _item_name(item, form), tool, context)
        for item in form.items
    ]
    found = pl.concat(parts)
    context.beside["survey_waves"] = _waves(found, kinds, form, context.zone)
    if form.texts:
        context.beside["texts"] = _texts(rows, form, tool, context)
    return found


def _identified(sent: pl.DataFrame, form: Questionnaire, context: Context) -> pl.DataFrame:
    """Add to each form what tells it from all others, its wave, group, subject and respondent.

    Neither the name of the survey nor that of the file is in it: who names the survey later, or
    exports it again, gets the same forms again and not twice as many.
    """
    given = sent.columns
    # A number that went through Excel may have become 12.0: still the same form.
    text = pl.col("response").str.replace(r"\.0$", "") if "response" in given else pl.lit("")
    when = pl.col("submitted").dt.strftime("%Y-%m-%dT%H:%M:%S%.6f")
    rows = sent.with_columns(who=pl.concat_str(text.fill_null(""), pl.lit("|"), when))
    if "response" not in given:  # only the moment is known: the first, the second of that second...
        nth = pl.int_range(pl.len()).over("who").cast(pl.String)
        rows = rows.with_columns(who=pl.concat_str("who", pl.lit("|"), nth))
    empty = pl.lit(None, dtype=pl.String)
    local = pl.col("submitted").dt.convert_time_zone(context.zone.key)
    subject = form.survey.subject_id if form.survey and form.survey.subject_id else None
    named = "respondent" if form.respondent is not None else "email" if "email" in given else ""
    return rows.with_columns(
        wave=_wave(form.survey.wave if form.survey else "month", local),
        group_key=_clean("group") if form.group is not None else empty,
        subject_id=pl.lit(subject)
        if subject
        else _clean("subject")
        if form.subject is not None
        else empty,
        name=_clean(named) if named else empty,
    )


def _clean(name: str) -> pl.Expr:
    return pl.col(name).map_elements(lambda text: unescaped(text).strip(), return_dtype=pl.String)


def _wave(wave: str, local: pl.Expr) -> pl.Expr:
    if wave == "month":
        return local.dt.strftime("%Y-%m")
    if wave == "year":
        return local.dt.strftime("%Y")
    if wave == "quarter":
        return pl.concat_str(local.dt.year(), pl.lit("-Q"), local.dt.quarter())
    return pl.lit(wave)


def _kinds(form: Questionnaire, tool: str) -> dict[str, str]:
    """Return the id of the survey of each kind: a form that asks two things is two surveys."""
    kinds = dict.fromkeys(item.question.kind for item in form.items)
    own = form.survey.kind if form.survey else ""
    found = {}
    for kind in kinds:
        if form.name:
            found[kind] = form.name if kind == own else f"{form.name}-{kind}"
        else:
            texts = "\n".join(item.text for item in form.items if item.question.kind == kind)
            found[kind] = f"{tool}-{kind}-{_digest(texts)[:6]}"
    return found


def _item_name(item: Item, form: Questionnaire) -> str:
    """Return what the item is called: as declared, else its text, short enough to be read."""
    same = sum(item.question.item == each.question.item for each in form.items)
    if item.question.item and same == 1:
        return item.question.item
    return item.text if len(item.text) <= 80 else f"{item.text[:72]} {_digest(item.text)[:6]}"


def _answers(
    rows: pl.DataFrame, item: Item, survey: str, name: str, tool: str, context: Context
) -> pl.DataFrame:
    question = item.question
    low, high = bounds(question.scale)
    secret = context.secret
    # Employees are told apart in their surveys, and cannot be found again in any other table.
    apart = "survey of employees|" if question.kind in OF_EMPLOYEES else ""

    def person(row: dict[str, str | None]) -> str:
        known = key(row["name"] or "")
        return pseudonym(apart + (f"{tool}|{row['who']}" if known in NAMELESS else known), secret)

    people = [person(row) for row in rows.select("name", "who").iter_rows(named=True)]
    ids = [_digest(f"{tool}|{item.text}|{who}")[:24] for who in rows["who"]]
    return rows.select(
        pl.Series("response_id", ids, dtype=pl.String),
        pl.lit(survey).alias("survey_id"),
        "wave",
        pl.Series("respondent_key", people, dtype=pl.String),
        "group_key",
        pl.lit(name).alias("item_id"),
        pl.lit(question.dimension or None, dtype=pl.String).alias("dimension"),
        pl.lit(low).alias("scale_min"),
        pl.lit(high).alias("scale_max"),
        pl.lit(question.reversed).alias("is_reversed"),
        pl.col(f"answer {item.place}").cast(pl.Float64).alias("value"),
        pl.col("submitted").alias("answered_at"),
        "subject_id",
    )


def _waves(
    found: pl.DataFrame, kinds: dict[str, str], form: Questionnaire, zone: ZoneInfo
) -> pl.DataFrame:
    """Return one row a survey, wave and group; groups that were asked and said nothing too."""
    survey = form.survey
    times = found.group_by("survey_id", "wave", maintain_order=True).agg(
        pl.col("answered_at").min()
    )
    groups = found.select(OF_WAVE).unique(maintain_order=True)
    if survey and isinstance(survey.invited, dict):
        asked = pl.DataFrame({"group_key": list(survey.invited)}, schema={"group_key": pl.String})
        every = times.select("survey_id", "wave").join(asked, how="cross").select(OF_WAVE)
        groups = pl.concat([groups, every]).unique(maintain_order=True)
    waves = groups.join(times, on=["survey_id", "wave"])
    kind = {name: kind for kind, name in kinds.items()}
    records = []
    for row in waves.iter_rows(named=True):
        group = row["group_key"] or ""
        opened, closed = _bounds(row["answered_at"], survey, zone)
        records.append(
            {
                **{name: row[name] for name in OF_WAVE},
                "survey_kind": kind[row["survey_id"]],
                "population": (survey.population if survey else "") or None,
                "invited_n": _of_group(survey.invited if survey else None, group),
                "population_n": _of_group(survey.people if survey else None, group),
                "opened_at": opened,
                "closed_at": closed,
            }
        )
    schema = {
        **dict.fromkeys([*OF_WAVE, "survey_kind", "population"], pl.String),
        **dict.fromkeys(["invited_n", "population_n"], pl.Int64),
        **dict.fromkeys(["opened_at", "closed_at"], INSTANT),
    }
    return pl.DataFrame(records, schema=schema)


def _of_group(given: int | dict[str, int] | None, group: str) -> int | None:
    return given.get(group) if isinstance(given, dict) else given


def _bounds(answered: datetime, survey: Survey | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when the wave of an answer opens and closes: with its month, or as declared.

    Whichever of its answers an export has, the wave is the same.
    """
    wave = survey.wave if survey else "month"
    if wave in CALENDAR:
        first = answered.astimezone(zone).date().replace(day=1)
        months = {"month": 1, "quarter": 3, "year": 12}[wave]
        first = first.replace(month=(first.month - 1) // months * months + 1)
        after = first.month - 1 + months
        following = first.replace(year=first.year + after // 12, month=after % 12 + 1)
        return _at(first, time.min, zone), _at(following, time.min, zone) - timedelta(seconds=1)
    assert survey and survey.opened and survey.closed  # a wave with a name of its own has them
    return _at(survey.opened, time.min, zone), _at(survey.closed, time(23, 59, 59), zone)


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone)


def _texts(rows: pl.DataFrame, form: Questionnaire, tool: str, context: Context) -> pl.DataFrame:
    """Return the open answers that the company asked for; who wrote them is a pseudonym."""
    parts = []
    employees = any(item.question.kind in OF_EMPLOYEES for item in form.items)
    for place in form.texts:
        written = rows.filter(pl.col(f"text {place}").is_not_null())
        asked = key(context.block.header[place])
        ids = [_digest(f"{tool}|{asked}|{who}")[:24] for who in written["who"]]
        parts.append(
            written.select(
                pl.Series("text_id", ids, dtype=pl.String),
                pl.col("submitted").alias("ts"),
                pl.lit("survey_open" if employees else "comment").alias("source"),
                "subject_id",
                "group_key",
                _clean(f"text {place}").alias("body"),
            )
        )
    return pl.concat(parts)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
