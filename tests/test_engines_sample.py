"""The whole catalogue on the sample company: the same figures wherever its tables are.

Spark is an extra (`make spark`): without it, or without Java, its part is skipped and says so.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

import kpilib as kl
from kpilib.topics.catalogue import catalogue
from tests.local_spark import ELSEWHERE, local_spark

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
TABLES = {path.stem: path for path in sorted((SAMPLE / "tables").glob("*.parquet"))}
MONTH, LAST = "2026-10", "2026-10-31"
KPIS = list(catalogue())
# By a column of their own table, by one that is looked up, and by one of a derived table.
GROUPED = {
    "channel": ["sessions", "unique_visitors", "bounce_rate", "visitor_to_lead_rate", "leads"],
    "customer_kind": ["revenue", "nps", "active_customers", "repeat_purchase_rate"],
    "network": ["interactions", "reach"],
    "hour": ["sessions", "bounce_rate", "leads", "revenue"],
    "weekday": ["sessions", "bounce_rate", "leads", "interactions", "revenue"],
}
FIGURES = ["value", "numerator", "denominator", "n", "ci_low", "ci_high"]


def as_pandas():
    yield {name: pd.read_parquet(path) for name, path in TABLES.items()}


def as_duckdb():
    with duckdb.connect() as connection:
        connection.execute(f"set timezone = '{ELSEWHERE}'")
        for name, path in TABLES.items():
            connection.execute(f"create table {name} as from read_parquet('{path}')")
        yield connection


def as_spark():
    with local_spark() as session:
        for name, path in TABLES.items():
            session.read.parquet(str(path)).createOrReplaceTempView(name)
        yield session


def figures(source):
    """Every KPI whole, without what resamples; some by group."""
    data = kl.open(source, as_of=LAST)
    answers = [data.series(KPIS, MONTH, months=1)]
    answers += [data.evaluate(names, MONTH, by=by) for by, names in GROUPED.items()]
    return answers


@pytest.fixture(scope="module")
def expected():
    return figures(TABLES)  # files, read by Polars


@pytest.mark.parametrize(
    "engine", [as_pandas, as_duckdb, pytest.param(as_spark, marks=pytest.mark.spark)]
)
def test_every_kpi_of_the_sample_company_agrees(engine, expected):
    opened = engine()
    found = figures(next(opened))
    next(opened, None)

    assert set(expected[0]["kpi"]) == set(KPIS)
    for ours, theirs in zip(expected, found, strict=True):
        groups = [name for name in ours if name in GROUPED or name in _defaults()]
        order = ["kpi", *groups]
        ours = ours.sort_values(order, ignore_index=True)
        theirs = theirs.sort_values(order, ignore_index=True)
        assert ours[order].astype(str).equals(theirs[order].astype(str))
        pd.testing.assert_frame_equal(ours[FIGURES], theirs[FIGURES], rtol=1e-9, atol=1e-12)
        for column in ("status", "reason", "flags", "ci_method"):
            assert ours[column].tolist() == theirs[column].tolist()


def _defaults():
    return {each.by for each in catalogue().values() if each.by}
