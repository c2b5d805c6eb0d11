"""Databases as a company's tables: a DuckDB file, and what a URL in the environment leads to."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import polars as pl
import pytest
import sqlalchemy
from click.testing import CliRunner

import kpilib as kl
from kpilib.cli import commands
from kpilib.errors import CompanyError, ContractError
from kpilib.monthly.basis import read_basis
from kpilib.sources.imports import import_files
from kpilib.tables import database
from kpilib.tables.database import bounds_of

SECRET = "s3cret-marker"
ROOT = Path(__file__).resolve().parents[1]
KPIS = ["sessions", "bounce_rate", "pages_per_session"]

# Five visits; the third lies in October in Paris and in September in UTC. Of those four of
# October, one is not engaged (5 s, one page): bounce rate 1/4; pages 3 + 1 + 2 + 4 = 10, over 4.
VISITS = [
    ("1", "2026-09-10 08:00:00", 40.0, 2, 0, "a", "email", 60.0),
    ("2", "2026-10-01 08:00:00", 40.0, 3, 0, "b", "email", 60.0),
    ("3", "2026-09-30 22:30:00", 5.0, 1, 0, "c", "email", 60.0),
    ("4", "2026-10-31 22:30:00", 40.0, 2, 0, "d", "email", 60.0),
    ("5", "2026-10-12 12:00:00", 60.0, 4, 1, "e", "email", 60.0),
]
COLUMNS = (
    "session_id TEXT, started_at TIMESTAMP, engaged_s FLOAT, pageviews INTEGER,"
    " key_events INTEGER, visitor_id TEXT, channel TEXT, duration_s FLOAT"
)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "acme"
    folder.mkdir()
    return folder


@pytest.fixture
def sqlite(tmp_path, folder, monkeypatch):
    path = tmp_path / "warehouse.db"
    with sqlite3.connect(path) as base:
        base.execute(f"create table sessions ({COLUMNS}, e_mail TEXT)")
        base.executemany(
            "insert into sessions values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(*visit, f"{visit[-3]}@acme.example") for visit in VISITS],
        )
        base.execute("create table other (x TEXT)")
    base.close()
    monkeypatch.setenv("ACME_DATABASE", f"sqlite:///{path}")
    (folder / "company.yaml").write_text("name: Acme\ndatabase: {url_from: ACME_DATABASE}\n")
    return folder


def write_duckdb(path):
    with duckdb.connect(str(path)) as base:
        base.execute(f"create table sessions ({COLUMNS})")
        base.executemany("insert into sessions values (?, ?, ?, ?, ?, ?, ?, ?)", VISITS)
        base.execute("create table other (x TEXT)")


def figures(company):
    found = company.evaluate(KPIS, "2026-10")
    return dict(zip(found["kpi"], found["value"], strict=True))


class TestAUrl:
    def test_figures_are_those_of_the_rows(self, sqlite):
        company = kl.open(sqlite)

        assert figures(company) == {"sessions": 4, "bounce_rate": 0.25, "pages_per_session": 2.5}
        assert list(company.tables.given) == ["sessions"]
        assert company.check() == []

    def test_only_columns_and_days_that_are_needed_are_read(self, sqlite, monkeypatch):
        asked = []
        portions = database._portions

        def listening(connection, query, schema):
            frames = list(portions(connection, query, schema))
            asked.append((str(query), sum(map(len, frames))))
            return iter(frames)

        monkeypatch.setattr(database, "_portions", listening)
        company = kl.open(sqlite)
        company.evaluate("pages_per_session", "2026-10")

        figures = [each for each in asked if "pageviews" in each[0]]
        for query, _ in figures:
            assert "sessions.started_at >=" in query and "sessions.started_at <=" in query
        assert max(rows for _, rows in figures) == 4  # the fifth visit is of another month
        assert not any("key_events" in query for query, _ in asked)
        assert not any("e_mail" in query for query, _ in asked)  # not in the contract

    def test_large_tables_come_in_portions(self, sqlite, monkeypatch):
        monkeypatch.setattr(database, "ROWS_AT_ONCE", 2)

        assert figures(kl.open(sqlite))["sessions"] == 4

    def test_types_that_hold_no_instant_are_said(self, sqlite, tmp_path):
        with sqlite3.connect(tmp_path / "warehouse.db") as base:
            base.execute("drop table sessions")
            base.execute("create table sessions (session_id TEXT, started_at TEXT)")
            base.execute("insert into sessions values ('1', '10/02/2026')")
        base.close()

        (fault,) = kl.open(sqlite).check()
        assert "table sessions: column started_at has 1 value(s) that are not an instant" in fault

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ("", "the environment has no variable ACME_DATABASE"),
            (f"{SECRET} is no address", "The variable ACME_DATABASE holds no address"),
            (f"nosuch://me:{SECRET}@h/x", "The driver of the database of ACME_DATABASE is not"),
            ("sqlite:////nowhere/x.db", "The database file of ACME_DATABASE does not exist"),
        ],
    )
    def test_what_is_wrong_with_an_address_is_said_without_it(
        self, sqlite, monkeypatch, given, said
    ):
        monkeypatch.setenv("ACME_DATABASE", given)

        with pytest.raises(CompanyError, match=said) as caught:
            kl.open(sqlite)
        assert SECRET not in str(caught.value)

    def test_a_database_that_does_not_answer_is_tried_a_few_times(self, sqlite, monkeypatch):
        tries = []

        def connect(*args, **others):
            tries.append(1)
            raise sqlite3.OperationalError(f"no route for {SECRET}")

        monkeypatch.setattr(database, "PAUSES", (0.0, 0.0))
        monkeypatch.setattr(sqlite3, "connect", connect)
        monkeypatch.setattr(sqlite3.dbapi2, "connect", connect)
        with pytest.raises(ContractError, match=r"cannot be read \(OperationalError\)") as caught:
            kl.open(sqlite)
        assert len(tries) == 3
        assert SECRET not in str(caught.value)

    def test_the_password_is_in_nothing_that_is_written(self, sqlite, tmp_path, monkeypatch):
        url = f"sqlite:///file:{tmp_path / 'warehouse.db'}?mode=ro&uri=true&word={SECRET}"
        monkeypatch.setenv("ACME_DATABASE", url)
        out = tmp_path / "reports"
        made = subprocess.run(
            [sys.executable, "-m", "kpilib", "report", "2026-09", "--data", str(sqlite),
             "--out", str(out), "--topic", "audience"],
            cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        said = made.stdout + made.stderr

        assert made.returncode == 0, said
        assert (out / "acme" / "2026-09" / "audience.html").exists()
        assert SECRET not in said
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert [path for path in files if SECRET.encode() in path.read_bytes()] == []

    def test_a_broken_connection_keeps_the_password_out_of_a_failed_run(
        self, sqlite, tmp_path, monkeypatch
    ):
        monkeypatch.setenv("ACME_DATABASE", f"sqlite:///{tmp_path}/{SECRET}.db")
        made = CliRunner().invoke(
            commands, ["report", "2026-09", "--data", str(sqlite), "--out", str(tmp_path / "r")]
        )

        assert made.exit_code == 2
        assert "ACME_DATABASE" in made.output
        assert SECRET not in made.output

    @pytest.mark.parametrize(
        "line",
        [
            f"database: postgresql://me:{SECRET}@h/x",
            f"database: {{url_from: 'postgresql://me:{SECRET}@h/x'}}",
            f"database: {{url: 'postgresql://me:{SECRET}@h/x'}}",
            f"tables: postgresql://me:{SECRET}@h/x",
        ],
    )
    def test_an_address_in_a_file_is_refused_and_not_repeated(self, folder, line):
        (folder / "company.yaml").write_text(f"name: Acme\n{line}\n")

        with pytest.raises(CompanyError, match=r"company.yaml:\d: ") as caught:
            kl.open(folder)
        assert SECRET not in str(caught.value)

    def test_what_changes_while_notebooks_run_is_not_published(self, sqlite, tmp_path):
        basis = read_basis(sqlite, None, ())
        basis.confirm()
        with sqlite3.connect(tmp_path / "warehouse.db") as base:
            base.execute("delete from sessions where session_id = '2'")
        base.close()

        with pytest.raises(ContractError, match="changed while the notebooks ran"):
            basis.confirm()

    def test_a_value_that_is_no_instant_is_said_without_it(self, sqlite, tmp_path):
        with sqlite3.connect(tmp_path / "warehouse.db") as base:
            base.execute(f"update sessions set started_at = '{SECRET}' where session_id = '2'")
        base.close()

        (fault,) = kl.open(sqlite).check()
        assert fault.startswith("table sessions: the database of ACME_DATABASE holds a value")
        assert "started_at" in fault and SECRET not in fault

    def test_nothing_is_imported_into_a_database(self, sqlite, tmp_path):
        (tmp_path / "x.csv").write_text("Date,Clics,Impressions,CTR,Position\n")
        with pytest.raises(CompanyError, match="read and never written"):
            import_files([tmp_path / "x.csv"], sqlite)
        (sqlite / "company.yaml").write_text("tables: warehouse.duckdb\n")
        with pytest.raises(CompanyError, match="read and never written"):
            import_files([tmp_path / "x.csv"], sqlite)

    def test_a_database_without_our_tables_says_what_they_are_called(self, sqlite, tmp_path):
        with sqlite3.connect(tmp_path / "warehouse.db") as base:
            base.execute("drop table sessions")
        base.close()

        with pytest.raises(CompanyError, match="no table or view that is called like one"):
            kl.open(sqlite)


class TestConditions:
    def test_days_and_instants_are_understood(self):
        day, instant = date(2026, 10, 1), datetime(2026, 10, 31, 23, tzinfo=UTC)
        found = bounds_of((pl.col("d") >= day) & (pl.col("t") < instant))

        assert [(each.column, each.lower, each.value) for each in found] == [
            ("d", True, day), ("t", False, instant),
        ]  # fmt: skip
        asked = database._compared(sqlalchemy.column("d", sqlalchemy.Date()), found[0])
        assert asked.right.value == date(2026, 9, 30)  # a day more: the exact edge is cut here

    def test_what_is_not_understood_bounds_nothing(self):
        day = date(2026, 10, 1)

        assert bounds_of((pl.col("d") >= day) | (pl.col("n") > 3)) == []
        assert bounds_of(pl.col("n").is_null()) == []


class TestADuckdbFile:
    def test_it_is_read_where_it_is(self, folder):
        write_duckdb(folder / "warehouse.duckdb")
        (folder / "company.yaml").write_text("name: Acme\ntables: warehouse.duckdb\n")
        before = (folder / "warehouse.duckdb").read_bytes()

        assert figures(kl.open(folder)) == {
            "sessions": 4, "bounce_rate": 0.25, "pages_per_session": 2.5
        }  # fmt: skip
        assert (folder / "warehouse.duckdb").read_bytes() == before

    def test_a_view_cannot_reach_other_files(self, folder, tmp_path):
        (tmp_path / "x.csv").write_text("session_id,started_at\n1,2026-10-01\n")
        path = folder / "warehouse.duckdb"
        with duckdb.connect(str(path)) as base:
            base.execute(f"create view sessions as select * from '{tmp_path / 'x.csv'}'")
        (folder / "company.yaml").write_text("tables: warehouse.duckdb\n")

        with pytest.raises(ContractError, match=r"warehouse\.duckdb: .* other files"):
            kl.open(folder)

    def test_a_file_that_is_held_is_waited_for_and_then_said(self, folder, monkeypatch):
        path = folder / "warehouse.duckdb"
        write_duckdb(path)
        (folder / "company.yaml").write_text("tables: warehouse.duckdb\n")
        program = (
            f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('held', flush=True);"
            " sys.stdin.readline()"
        )
        holder = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert holder.stdout.readline() == "held\n"
            waited = []

            def let_go(seconds):
                waited.append(seconds)
                if len(waited) == 2:
                    holder.communicate("\n")

            monkeypatch.setattr(database, "time", SimpleNamespace(sleep=waited.append))
            with pytest.raises(ContractError, match="another program holds the file"):
                kl.open(folder)
            assert waited == list(database.PAUSES)

            waited.clear()
            monkeypatch.setattr(database, "time", SimpleNamespace(sleep=let_go))
            assert figures(kl.open(folder))["sessions"] == 4
            assert len(waited) == 2
        finally:
            holder.kill()
            holder.wait()
            holder.stdin.close()
            holder.stdout.close()

    @pytest.mark.parametrize(
        ("bytes_", "error", "said"),
        [
            (None, CompanyError, "there is no file 'warehouse.duckdb'"),
            (b"nothing of the kind" * 1000, ContractError, "not a DuckDB file"),
        ],
    )
    def test_what_is_no_database_is_said(self, folder, bytes_, error, said):
        (folder / "company.yaml").write_text("tables: warehouse.duckdb\n")
        if bytes_ is not None:
            (folder / "warehouse.duckdb").write_bytes(bytes_)

        with pytest.raises(error, match=said):
            kl.open(folder)

    def test_a_report_is_published_from_it(self, folder, tmp_path):
        write_duckdb(folder / "warehouse.duckdb")
        (folder / "company.yaml").write_text("name: Acme\ntables: warehouse.duckdb\n")
        made = CliRunner().invoke(
            commands,
            ["report", "2026-09", "--data", str(folder), "--out", str(tmp_path / "r"),
             "--topic", "audience"],
        )  # fmt: skip

        assert made.exit_code == 0, made.output
