"""Exports of sales and survey tools, with the traps of the real ones.

Every name, number and address is invented.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl

import kpilib as kl
from kpilib.sources.context import Context
from kpilib.sources.convert import Understood, convert
from kpilib.sources.downloads import blocks
from kpilib.sources.incoming import recognise
from kpilib.sources.preset import presets
from kpilib.sources.survey_file import Survey
from tests.sources.held import Held

SECRET = b"a key of the tests"
NPS_EN = "On a scale of 0 to 10, how likely are you to recommend us to a friend or colleague?"
NPS_FR = "Sur une échelle de 0 à 10, recommanderiez-vous notre société à un proche ?"


@dataclass
class Read:
    """What a file gave: its rows by table, and what was understood."""

    tables: dict[str, pl.DataFrame]
    understood: Understood

    @property
    def rows(self) -> pl.DataFrame:
        """The rows of the table that the preset names."""
        return self.tables[self.understood.table.target]

    def value(self, kpi: str, period: str, times: int = 5):
        """The value of a KPI on these tables, each respondent five times: fewer are hidden."""
        told = {name: repeated(rows, times) for name, rows in self.tables.items()}
        return kl.open(told).evaluate(kpi, period)["value"].iloc[0]


def repeated(rows: pl.DataFrame, times: int) -> pl.DataFrame:
    """Return answers several times over, from as many more people; other rows as they are."""
    keys = [name for name in ("respondent_key", "response_id") if name in rows.columns]
    if not keys:
        return rows
    return pl.concat(rows.with_columns(pl.col(keys) + f"/{copy}") for copy in range(times))


def read(
    data: bytes | str,
    name: str = "export.csv",
    surveys: dict[str, dict] | None = None,
    **told: str,
) -> Read:
    """Recognise and convert the first table of a file."""
    return told_read(data, told, name, surveys)


def told_read(
    data: bytes | str,
    told: dict[str, str],
    name: str = "export.csv",
    surveys: dict[str, dict] | None = None,
) -> Read:
    """Do the same with answers about columns whose names are sentences."""
    data = data.encode() if isinstance(data, str) else data
    tables = blocks(Held(name=name, data=data))  # held: rows are read while they are asked for
    block = next(tables)
    match = recognise(block, presets().values())
    assert match is not None, block.header
    context = Context(
        zone=ZoneInfo("Europe/Paris"),
        currency="EUR",
        secret=lambda: SECRET,
        told=told,
        surveys={name: Survey.model_validate(each) for name, each in (surveys or {}).items()},
    )
    frame, understood = convert(block, *match, context)
    return Read({understood.table.target: frame, **context.beside}, understood)


def table(*rows: list[str], delimiter: str = ",") -> str:
    """Write rows as CSV."""
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()
