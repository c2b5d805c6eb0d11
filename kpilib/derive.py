"""Tables that are worked out of other tables, so that a KPI always reads one flat table.

Each derivation names its sources and gives back a lazy frame under a contract of its own; nothing
is computed before the engine collects, but for the calendar of employees, which is small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import narwhals as nw

from kpilib.contract import Table, table
from kpilib.tables import TABLES
from kpilib.workdays import employee_days

Frames = Mapping[str, nw.LazyFrame]


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """How a table is worked out.

    Parameters
    ----------
    contract : Table
    base : str
        The table whose rows and columns it extends.
    needs : dict of str to str
        Source table to the columns it must have (separated by spaces).
    build : callable
        From the source frames, and the days asked about, to the derived frame.
    """

    contract: Table
    base: str
    needs: dict[str, str]
    build: Callable[..., nw.LazyFrame]


def _extended(name: str, base: str, columns: str, **changes: object) -> Table:
    """Return the contract of `base` with further columns."""
    own = table(name, TABLES[base].grain, columns)
    return replace(
        TABLES[base], name=name, columns={**TABLES[base].columns, **own.columns}, **changes
    )


def _first_leads(frames: Frames, _span: object) -> nw.LazyFrame:
    """Keep each person's first lead record: a returning person is not a new lead."""
    leads = frames["leads"].filter(~nw.col("person_key").is_null(), ~nw.col("created_at").is_null())
    order = _order(leads, "created_at")
    return leads.unique(subset=["person_key"], keep="first", order_by=order)


def _order(frame: nw.LazyFrame, first: str) -> list[str]:
    """Order by one column, ties by all others: the order of rows in a file must not matter."""
    return [first, *sorted(set(frame.collect_schema().names()) - {first})]


def _lead_sessions(frames: Frames, _span: object) -> nw.LazyFrame:
    """Say of each session whether a lead was created in it, without multiplying sessions."""
    with_lead = (
        frames["leads"]
        .filter(~nw.col("session_id").is_null())
        .select("session_id")
        .unique()
        .with_columns(has_lead=nw.lit(True))
    )
    return (
        frames["sessions"]
        .join(with_lead, on="session_id", how="left")
        .with_columns(nw.col("has_lead").fill_null(False))
    )


def _survey_answers(frames: Frames, _span: object) -> nw.LazyFrame:
    """Give each answer the kind of its survey; keep a respondent's last answer in a wave.

    Anonymous answers have no respondent: each stays, as none can be said to replace another.
    Reversed items are recoded here, once: lowest + highest - value.
    """
    kinds = frames["survey_waves"].select("survey_id", "wave", "survey_kind").unique()
    one = ["survey_id", "wave", "respondent_key", "item_id"]
    recoded = nw.when(nw.col("is_reversed")).then(
        nw.col("scale_min") + nw.col("scale_max") - nw.col("value")
    )
    answers = frames["survey_responses"]
    named = answers.filter(~nw.col("respondent_key").is_null())
    last = named.unique(subset=one, keep="last", order_by=_order(answers, "answered_at"))
    anonymous = answers.filter(nw.col("respondent_key").is_null())
    return (
        nw.concat([last, anonymous])
        .join(kinds, on=["survey_id", "wave"], how="inner")
        .with_columns(value=recoded.otherwise(nw.col("value")))
    )


def _wave_respondents(frames: Frames, _span: object) -> nw.LazyFrame:
    """List who answered each wave, dated by the closing of the wave."""
    waves = (
        frames["survey_waves"]
        .group_by("survey_id", "wave", "survey_kind")
        .agg(nw.col("closed_at").max())
    )
    names = ("survey_id", "wave", "respondent_key", "group_key")
    present = frames["survey_responses"].collect_schema().names()
    return (
        frames["survey_responses"]
        .filter(~nw.col("value").is_null())
        .select(*(name for name in names if name in present))
        .unique()
        .join(waves, on=["survey_id", "wave"], how="inner")
    )


def _started_participants(frames: Frames, _span: object) -> nw.LazyFrame:
    """Give each participant the dates of the training, one training to one row."""
    dates = frames["trainings"].select("training_id", "started_at", "ended_at")
    return frames["training_participants"].join(dates, on="training_id", how="inner")


def _employee_days(frames: Frames, span: tuple) -> nw.LazyFrame:
    return employee_days(frames, span)


_ALL = (
    Derivation(
        contract=replace(TABLES["leads"], name="first_leads", key=()),
        base="leads",
        needs={"leads": "person_key created_at"},
        build=_first_leads,
    ),
    Derivation(
        contract=_extended("lead_sessions", "sessions", "has_lead bool"),
        base="sessions",
        needs={"sessions": "session_id started_at", "leads": "session_id"},
        build=_lead_sessions,
    ),
    Derivation(
        contract=_extended("survey_answers", "survey_responses", "survey_kind text", key=()),
        base="survey_responses",
        needs={
            "survey_responses": "survey_id wave respondent_key item_id value answered_at"
            " scale_min scale_max is_reversed",
            "survey_waves": "survey_id wave survey_kind",
        },
        build=_survey_answers,
    ),
    Derivation(
        contract=_extended(
            "wave_respondents",
            "survey_responses",
            "survey_kind text; closed_at ts",
            key=(),
            time="closed_at",
        ),
        base="survey_responses",
        needs={
            "survey_responses": "survey_id wave respondent_key value",
            "survey_waves": "survey_id wave survey_kind closed_at",
        },
        build=_wave_respondents,
    ),
    Derivation(
        contract=_extended(
            "started_participants",
            "training_participants",
            "started_at date; ended_at date",
            time="started_at",
        ),
        base="training_participants",
        needs={
            "training_participants": "training_id person_key",
            "trainings": "training_id started_at ended_at",
        },
        build=_started_participants,
    ),
    Derivation(
        contract=_extended(
            "employee_days",
            "employees",
            "date date; scheduled_hours float; present_hours float; anact_hours float;"
            " bilan_social_hours float; seed_hours float",
            key=(),
            time="date",
            span=(),
            state=(),
        ),
        base="employees",
        needs={
            "employees": "employee_id hired_at left_at valid_from valid_to weekly_hours"
            " contract_kind",
            "absences": "employee_id start_date end_date kind hours",
            "work_calendar": "date is_public_holiday",
        },
        build=_employee_days,
    ),
)

DERIVED: dict[str, Derivation] = {each.contract.name: each for each in _ALL}
CONTRACTS: dict[str, Table] = {
    **TABLES,
    **{name: each.contract for name, each in DERIVED.items()},
}


def base_of(name: str) -> str:
    """Return the canonical table whose rows a (derived) table extends."""
    return DERIVED[name].base if name in DERIVED else name


def sources(name: str, columns: set[str]) -> dict[str, set[str]]:
    """Return which columns of which canonical tables a (derived) table's columns come from."""
    if name not in DERIVED:
        return {name: set(columns)}
    derivation = DERIVED[name]
    needed = {source: set(names.split()) for source, names in derivation.needs.items()}
    own = {column for column in columns if column in TABLES[derivation.base].columns}
    needed.setdefault(derivation.base, set()).update(own)
    return needed
