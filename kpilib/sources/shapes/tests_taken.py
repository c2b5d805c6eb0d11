"""Shapes of course reports with a column an item: grades of tests, dates of completion.

Neither names the training, nor says which test is the one before it: the analyst does, once.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import polars as pl

from kpilib.errors import ContractError, listed
from kpilib.sources.block import Block
from kpilib.sources.context import Context
from kpilib.sources.keys import key
from kpilib.sources.preset import TablePreset

ANSWER = re.compile(r"(before|during|after)\|([^|]+)\|(\d{4}-\d\d-\d\d)\|(\d+(?:\.\d+)?)", re.ASCII)
ENDING = re.compile(r"\s-\s[^-]+$")
SHOWN = 6


def moodle_grades(
    frame: pl.DataFrame, block: Block, table: TablePreset, context: Context
) -> pl.DataFrame:
    """Turn the grades of the tests that the analyst named into measurements of knowledge.

    Raises
    ------
    ContractError
        No test was named, or not with its phase, training, day and highest grade.
    """
    columns = _columns(frame, "grade")
    told = {key(name): answer for name, answer in context.told.items()}
    parts, faults = [], []
    for field, name in columns.items():
        answer = told.get(key(name), "")
        said = ANSWER.fullmatch(answer)
        if said is None:
            faults += [name] if answer and answer not in (".", ",") else []
            continue
        day = date.fromisoformat(said[3])
        part = frame.select(
            subject_key="person",
            training_id=pl.lit(said[2]),
            kpi_id=pl.lit("knowledge_score"),
            period_start=pl.lit(day),
            period_end=pl.lit(day),
            phase=pl.lit(said[1]),
            value=pl.col(field).cast(pl.Float64),
            max_value=pl.lit(float(said[4])),
            source=pl.lit("moodle"),
        )
        graded = part.filter(pl.col("value").is_not_null())
        if len(graded) < len(part):
            context.dropped[f"no grade in {name}"] += len(part) - len(graded)
        parts.append(graded)
    if faults or not parts:
        names = listed((faults or list(columns.values()))[:SHOWN])
        raise ContractError(
            [
                f"{block.origin}: which columns are tests of a training, among {names}? Say it with"
                " phase, training, day and highest grade: --read"
                f" '{(faults or list(columns.values()) or ['NAME'])[0]}"
                "=before|TRAINING|2025-01-31|20'."
            ]
        )
    return pl.concat(parts)


def moodle_completions(
    frame: pl.DataFrame, block: Block, table: TablePreset, context: Context
) -> pl.DataFrame:
    """Turn the dates of the activities that end a training into participants.

    Raises
    ------
    ContractError
        No activity was named with its training.
    """
    columns = {field: ENDING.sub("", name) for field, name in _columns(frame, "done").items()}
    told = {key(name): answer for name, answer in context.told.items()}
    parts = [
        frame.select(
            training_id=pl.lit(told[key(activity)]), person_key="person", completed_at=field
        )
        for field, activity in columns.items()
        if told.get(key(activity))
    ]
    if not parts:
        names = list(columns.values())
        raise ContractError(
            [
                f"{block.origin}: which activity ends which training, among"
                f" {listed(names[:SHOWN])}? Say it: --read '{(names or ['NAME'])[0]}=TRAINING'."
            ]
        )
    block.notes.append(
        "who started and how long it took is not in this report: the completion rate needs"
        " hours_attended from elsewhere"
    )
    return pl.concat(parts)


def _columns(frame: pl.DataFrame, name: str) -> dict[str, Any]:
    """Return field to header, of the columns of one kind."""
    return {
        field: field.removeprefix(f"{name} ")
        for field in frame.columns
        if field.startswith(f"{name} ")
    }
