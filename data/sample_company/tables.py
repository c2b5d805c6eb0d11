"""The columns of every table of the sample, as in the data model, and the writing of the files.

Times are local (Europe/Paris) while the company is drawn and become UTC here, in one place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from .business_calendar import ZONE

Tables = dict[str, pl.DataFrame]
TIMESTAMP = pl.Datetime("us", "UTC")
TEXT, FLAG, DATE, NUMBER, COUNT = pl.String, pl.Boolean, pl.Date, pl.Float64, pl.Int32
BIG_COUNT = pl.Int64
LETTERS = {
    "t": TEXT,
    "b": FLAG,
    "d": DATE,
    "f": NUMBER,
    "i": COUNT,
    "I": BIG_COUNT,
    "ts": TIMESTAMP,
    "ff": pl.List(pl.Float64),
}

# column:letter, see LETTERS
COLUMNS = {
    "sessions": """
        session_id:s5 visitor_id:t started_at:ts duration_s:f engaged_s:f pageviews:i
        key_events:i source:t medium:t campaign_id:t channel:t landing_page:t country:t
        is_new_visitor:b
    """,
    "web_events": """
        event_id:e6 session_id:t visitor_id:t ts:ts event_name:t page:t cta_id:t asset_id:t
        form_id:t
    """,
    "acquisition_daily": """
        date:d platform:t channel:t campaign_id:t item:t impressions:I clicks:I
        conversions:I cost:f sum_position:f
    """,
    "leads": """
        lead_id:l5 person_key:t visitor_id:t session_id:t created_at:ts channel:t
        campaign_id:t form_id:t fit_score:f engagement_score:f qualified_at:ts sql_at:ts
        meeting_at:ts won_at:ts customer_id:t
    """,
    "email_sends": """
        send_id:x6 campaign_id:t recipient_key:t sent_at:ts delivered:b bounce_kind:t
        is_privacy_proxied:b human_open:b machine_open:b first_open_at:ts human_click:b
        first_click_at:ts click_count:i unsubscribed_at:ts complained:b
    """,
    "memberships": """
        membership_id:m5 kind:t person_key:t start_at:d end_at:d end_reason:t referred_by:t
    """,
    "social_posts": """
        post_id:b4 account_id:t network:t author_kind:t published_at:ts is_paid:b format:t
        impressions:I reach:I reactions:i comments:i shares:i clicks:i follows:i
        snapshot_at:ts
    """,
    "social_daily": """
        date:d account_id:t network:t dimension:t dimension_value:t followers:I
        new_followers:i lost_followers:i impressions:I reach:I profile_contacts:i
    """,
    "interactions": """
        interaction_id:i5 ts:ts space:t actor_key:t actor_is_brand:b actor_is_follower:b
        kind:t target_id:t parent_id:t target_author_key:t recipients_n:i minutes:f
    """,
    "texts": """
        text_id:t4 ts:ts source:t author_key:t subject_id:t group_key:t language:t rating:f
        body:t sentiment:t sentiment_score:f themes:t is_gold:b medium:t
    """,
    "customers": """
        customer_id:k4 customer_kind:t first_order_at:ts acquisition_channel:t referred_by:t
        segment:t
    """,
    "orders": """
        order_id:o5 customer_id:t ordered_at:ts amount_ht:f margin_ht:f currency:t
        product_kind:t units:i status:t
    """,
    "support_tickets": """
        ticket_id:h4 customer_id:t opened_at:ts first_response_at:ts resolved_at:ts kind:t
        is_complaint:b
    """,
    "survey_waves": """
        survey_id:t wave:t survey_kind:t population:t group_key:t invited_n:i population_n:i
        opened_at:ts closed_at:ts
    """,
    "survey_responses": """
        response_id:r5 survey_id:t wave:t respondent_key:t group_key:t item_id:t dimension:t
        scale_min:i scale_max:i is_reversed:b value:f answered_at:ts subject_id:t
    """,
    "employees": """
        employee_id:t valid_from:d valid_to:d hired_at:d left_at:d leave_reason:t
        contract_kind:t fte:f weekly_hours:ff team:t manager_id:t
    """,
    "absences": """
        absence_id:w4 employee_id:t start_date:d end_date:d kind:t hours:f
    """,
    "work_calendar": """
        date:d site:t is_public_holiday:b label:t
    """,
    "messages": """
        message_id:t sent_at:ts sender_key:t recipient_key:t channel:t recipients_n:i is_bot:b
    """,
    "work_items": """
        item_id:j4 kind:t owner_key:t team:t opened_at:d due_at:d done_at:d target:f achieved:f
        direction:t quality_score:f
    """,
    "applications": """
        application_id:y4 item_id:t applied_at:d candidate_kind:t employee_id:t outcome:t
    """,
    "trainings": """
        training_id:t title:t topic:t method:t started_at:d ended_at:d duration_h:f
        version:t objective_id:t target_kpi_id:t is_gamified:b assignment:t
    """,
    "training_participants": """
        training_id:t person_key:t arm:t team:t hours_planned:f hours_attended:f
        completed_at:d objective_met:b objective_exceeded:b quizzes_assigned:i quizzes_answered:i
    """,
    "kpi_measurements": """
        subject_key:t team:t training_id:t kpi_id:t period_start:d period_end:d phase:t
        value:f numerator:f denominator:f max_value:f unit_value_eur:f source:t
    """,
    "effect_estimates": """
        training_id:t person_key:t estimated_by:t answered_at:d gain_eur:f share:f confidence:f
    """,
    "actions": """
        action_id:t objective_id:t kind:t training_id:t version:t started_at:d ended_at:d
        description:t reason:t expected_effect:t
    """,
    "participations": """
        participation_id:g5 activity_id:t activity_kind:t activity_at:ts audience:t person_key:t
        invited:b registered_at:ts attended:b
    """,
    "costs": """
        cost_id:d4 scope_kind:t scope_id:t cost_kind:t amount_ht:f currency:t incurred_at:d
    """,
}


def schema(table: str) -> dict[str, pl.DataType]:
    """Return the columns of a table and their Polars types."""
    pairs = (column.split(":") for column in COLUMNS[table].split())
    return {name: LETTERS.get(letter, TEXT) for name, letter in pairs}


def labels(table: str, numbers: Iterable[int]) -> pl.Series:
    """Return the keys of rows by their numbers, from 1 on, as the table writes them."""
    name, form = COLUMNS[table].split()[0].split(":")
    digits = pl.Series(name, numbers).cast(TEXT).str.zfill(int(form[1:]))
    return form[0] + digits


def numbered(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows, those without a key at the end with the numbers of their places as keys."""
    key = rows.columns[0]
    if not rows[key].null_count():
        return rows
    rows = rows.sort(key, nulls_last=True, maintain_order=True)
    return rows.with_columns(pl.coalesce(key, labels(table, range(1, rows.height + 1))))


def local_to_utc(values: pl.Series) -> pl.Series:
    """Return local times as UTC; the hour that spring skips is read as the hour after it."""
    options = {"ambiguous": "earliest", "non_existent": "null"}
    utc = values.dt.replace_time_zone(ZONE, **options)
    later = (values + timedelta(hours=1)).dt.replace_time_zone(ZONE, **options)
    return utc.fill_null(later).dt.convert_time_zone("UTC")


def frame(table: str, columns, first: int = 1) -> pl.DataFrame:
    """Return a table as a frame with the columns and types of the data model.

    `columns` holds an array, or one value for all rows, by column; or it gives rows; or it is a
    frame already.
    Columns that are not given hold nulls, keys that are not given count from `first` on; a column
    that the data model does not know is an error.
    """
    if isinstance(columns, pl.DataFrame):
        return columns
    if not isinstance(columns, dict):
        rows = list(columns)
        names = set().union(*rows)
        columns = {name: [row.get(name) for row in rows] for name in names}
    kinds = schema(table)
    unknown = set(columns) - set(kinds)
    if unknown:
        raise KeyError(f"{table}: columns {sorted(unknown)} are not in the data model")
    size = max(len(values) for values in columns.values() if np.ndim(values))
    key = next(iter(kinds))
    if key not in columns and COLUMNS[table].split()[0].split(":")[1] not in LETTERS:
        columns = columns | {key: labels(table, range(first, first + size))}
    return pl.DataFrame(
        [_typed(name, kind, columns.get(name), size) for name, kind in kinds.items()]
    )


def _typed(name: str, kind: pl.DataType, given, size: int) -> pl.Series:
    if np.ndim(given) == 0:
        return pl.Series(name, [given], dtype=kind).new_from_index(0, size)
    if kind == TIMESTAMP:
        return local_to_utc(pl.Series(name, np.asarray(given, dtype="datetime64[us]")))
    if kind == DATE:
        return pl.Series(name, np.asarray(given, dtype="datetime64[D]"))
    if isinstance(given, np.ndarray) and given.dtype == object:
        given = given.tolist()
    return pl.Series(name, given, nan_to_null=True).cast(kind)


def write_tables(tables: dict[str, pl.DataFrame], folder: Path) -> None:
    """Write each table to `folder/<table>.parquet`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.write_parquet(
            folder / f"{name}.parquet", compression="zstd", compression_level=15, statistics=True
        )
