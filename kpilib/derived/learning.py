"""Participants beside the dates of their training, employees beside their working days."""

from __future__ import annotations

from datetime import timedelta

import narwhals as nw

from kpilib.derivation import Derivation, Frames, Setting, extended
from kpilib.derived.workdays import employee_days


def _started_participants(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Give each participant the dates of the training, one training to one row."""
    dates = frames["trainings"].select("training_id", "started_at", "ended_at")
    return frames["training_participants"].join(dates, on="training_id", how="inner")


def _employee_days(frames: Frames, setting: Setting) -> nw.LazyFrame:
    known = setting.until and (setting.until.astimezone(setting.zone) - timedelta(days=1)).date()
    return employee_days(frames, setting.span, known)


DERIVATIONS = (
    Derivation(
        contract=extended(
            "started_participants",
            "training_participants",
            "started_at date; ended_at date",
            key=("training_id", "person_key"),
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
        contract=extended(
            "employee_days",
            "employees",
            "date date; scheduled_hours float describes; present_hours float describes;"
            " anact_hours float describes; bilan_social_hours float describes;"
            " seed_hours float describes",
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
