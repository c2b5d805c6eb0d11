"""Polls that were closed: whether members were told the result, and what was changed after it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from kpilib.saying import fault_at
from kpilib.tables.read import in_pandas
from kpilib.tables.store import Tables

NEEDED = {"survey_id", "wave", "survey_kind", "closed_at"}
TOLD = ["results_at", "what_changed"]
COLUMNS = ["survey_id", "wave", "closed_at", *TOLD, "is_published"]


def polls(tables: Tables, as_of: date | None) -> pd.DataFrame:
    """Return the polls that are closed; see `kpilib.company.Company.polls`."""
    if not tables.holds("survey_waves", NEEDED):
        return pd.DataFrame(columns=COLUMNS)
    there = NEEDED | set(TOLD) & set(tables.columns("survey_waves"))
    rows = in_pandas(tables.frame("survey_waves", there)).reindex(columns=[*sorted(NEEDED), *TOLD])
    until = pd.Timestamp.max.tz_localize("UTC")
    if as_of is not None:
        until = pd.Timestamp(as_of, tz="UTC") + pd.Timedelta(days=1)
    instants = {name: pd.to_datetime(rows[name], utc=True) for name in ("closed_at", "results_at")}
    rows = rows.assign(**instants)
    closed = rows[rows["survey_kind"].eq("poll") & (rows["closed_at"] < until)]
    closed = closed.assign(is_published=closed["results_at"] < until)
    # A poll has a row for each group that was asked: it is told once.
    once = closed[COLUMNS].drop_duplicates()
    return once.sort_values(["closed_at", "survey_id", "wave"], ignore_index=True)


def unpublished(tables: Tables, as_of: date | None) -> list[str]:
    """Return a sentence for each closed poll whose result members were not told.

    A company that keeps no day of it (column ``results_at``) is not asked.
    """
    if "survey_waves" not in tables.given or "results_at" not in tables.columns("survey_waves"):
        return []
    found = polls(tables, as_of)
    return [
        fault_at(
            tables.origin("survey_waves"),
            "poll {poll}, wave {wave}, closed on {day}, has no result that members were told."
            " Publish it with what was changed, and write the day into results_at.",
            poll=row.survey_id,
            wave=row.wave,
            day=row.closed_at.date(),
        )
        for row in found[~found["is_published"]].itertuples()
    ]
