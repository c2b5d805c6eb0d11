"""A Spark session on this machine for one test; a skip with its reason where there can be none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

ELSEWHERE = "America/New_York"  # a session's own clock must not change a figure


@contextmanager
def local_spark() -> Iterator[object]:
    sql = pytest.importorskip("pyspark.sql", reason="PySpark is not installed: make spark adds it")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17, which is not installed")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": ELSEWHERE,
        "spark.sql.shuffle.partitions": "2",  # the tables are small
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "2g",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    build = sql.SparkSession.builder.master("local[2]").appName("kpilib-tests")
    for key, value in settings.items():
        build = build.config(key, value)
    session = build.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield session
    finally:
        session.stop()
