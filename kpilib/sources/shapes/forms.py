"""Forms with a column a question into rows with one answer each, and the waves they are of."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from kpilib.period import Period
from kpilib.saying import refusal
from kpilib.sources.block import LINE, numbered
from kpilib.sources.context import Context
from kpilib.sources.keys import digest, key
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
    _refuse_undated(frame, context)
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


def _refuse_undated(frame: pl.DataFrame, context: Context) -> None:
    """Refuse the day that a tool writes where a survey keeps none: it is of no wave.

    Raises
    ------
    ContractError
        With the first row.
    """
    day = context.table.options.get("undated")
    odd = frame.filter(context.local_day("submitted").cast(pl.String) == str(day))
    if len(odd):
        raise refusal(
            f"{context.block.origin}:{odd[LINE].min()}",
            "column {header}: {count} answer(s) are of {day}, which the tool writes where a survey"
            " keeps no dates: in which month they were given cannot be told. Write the day of each"
            " into the file, and have the tool keep dates from now on.",
            header=context.header("submitted"),
            count=len(odd),
            day=day,
        )


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
    if wave == "quarter":
        return pl.concat_str(local.dt.year(), pl.lit("-Q"), local.dt.quarter())
    calendar = {"month": "%Y-%m", "year": "%Y"}
    return local.dt.strftime(calendar[wave]) if wave in calendar else pl.lit(wave)


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
            found[kind] = f"{tool}-{kind}-{digest(texts, 6)}"
    return found


def _item_name(item: Item, form: Questionnaire) -> str:
    """Return what the item is called: as declared, else its text, short enough to be read."""
    same = sum(item.question.item == each.question.item for each in form.items)
    if item.question.item and same == 1:
        return item.question.item
    return item.text if len(item.text) <= 80 else f"{item.text[:72]} {digest(item.text, 6)}"


def _answers(
    rows: pl.DataFrame, item: Item, survey: str, name: str, tool: str, context: Context
) -> pl.DataFrame:
    question = item.question
    low, high = bounds(question.scale)
    # Employees are told apart in their surveys, and cannot be found again in any other table.
    apart = "survey of employees|" if question.kind in OF_EMPLOYEES else ""

    def person(row: dict[str, str | None]) -> str:
        known = key(row["name"] or "")
        return context.pseudonym(apart + (f"{tool}|{row['who']}" if known in NAMELESS else known))

    value = pl.col(f"answer {item.place}").cast(pl.Float64)
    beyond = rows.filter(~value.is_between(low, high))
    if len(beyond):
        context.note(
            "{name}: {count} answer(s) are not on {scale}, in {where}: no figure counts them",
            name=name,
            count=len(beyond),
            scale=question.scale,
            where=numbered(len(beyond), beyond[LINE].to_list()),
        )
    people = [person(row) for row in rows.select("name", "who").iter_rows(named=True)]
    ids = [digest(f"{tool}|{item.text}|{who}", 24) for who in rows["who"]]
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
        value.alias("value"),
        pl.col("submitted").alias("answered_at"),
        "subject_id",
    )


def _waves(
    found: pl.DataFrame, kinds: dict[str, str], form: Questionnaire, zone: ZoneInfo
) -> pl.DataFrame:
    """Return one row a survey, wave and group; groups that were asked and said nothing too."""
    survey = form.survey
    invited, people = (survey.invited, survey.people) if survey else (None, None)
    waves = found.select(OF_WAVE)
    if isinstance(invited, dict):
        asked = pl.DataFrame({"group_key": list(invited)}, schema={"group_key": pl.String})
        every = waves.select("survey_id", "wave").unique(maintain_order=True)
        waves = pl.concat([waves, every.join(asked, how="cross").select(OF_WAVE)])
    waves = waves.unique(maintain_order=True)
    kind = {name: kind for kind, name in kinds.items()}
    bounds = {wave: _bounds(wave, survey, zone) for wave in waves["wave"].unique()}
    opened, closed = ([bounds[wave][end] for wave in waves["wave"]] for end in (0, 1))
    return waves.with_columns(
        pl.Series("survey_kind", [kind[each] for each in waves["survey_id"]], dtype=pl.String),
        pl.lit((survey and survey.population) or None, pl.String).alias("population"),
        _of_groups(invited, waves["group_key"]).alias("invited_n"),
        _of_groups(people, waves["group_key"]).alias("population_n"),
        pl.Series("opened_at", opened, dtype=INSTANT),
        pl.Series("closed_at", closed, dtype=INSTANT),
    )


def _of_groups(given: int | dict[str, int] | None, groups: pl.Series) -> pl.Series:
    counts = [given.get(each or "") if isinstance(given, dict) else given for each in groups]
    return pl.Series(counts, dtype=pl.Int64)


def _bounds(wave: str, survey: Survey | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a wave opens and closes: with its period, or as declared.

    Whichever of its answers an export has, the wave is the same.
    """
    known = survey is None or survey.wave in CALENDAR  # one with a name of its own has its days
    period = Period.parse(wave if known else (survey.opened, survey.closed))
    first, after = period.bounds(zone)
    return first, after - timedelta(seconds=1)


def _texts(rows: pl.DataFrame, form: Questionnaire, tool: str, context: Context) -> pl.DataFrame:
    """Return the open answers that the company asked for; who wrote them is a pseudonym."""
    parts = []
    employees = any(item.question.kind in OF_EMPLOYEES for item in form.items)
    for place in form.texts:
        written = rows.filter(pl.col(f"text {place}").is_not_null())
        asked = key(context.block.header[place])
        ids = [digest(f"{tool}|{asked}|{who}", 24) for who in written["who"]]
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
