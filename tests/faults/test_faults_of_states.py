"""Faults 18 to 20 and 24: the same data again, late, changing, locked or not readable."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.monthly import basis, workers
from kpilib.monthly.job import Report
from kpilib.sources import importing as run
from kpilib.tables import database
from tests.faults.desk import HEADER, MONTH, PLAN, order, orders


def test_f18_a_copied_file_does_not_double(desk):
    one = desk.got(orders("10.00", "20.00"), "export.csv")
    two = desk.got(one.read_bytes(), "export (1).csv")
    said = desk.takes(desk.downloads)

    assert {one.name, two.name} == {each.name for each in desk.downloads.iterdir()}
    assert "the same bytes as export (1).csv: read once" in said
    assert desk.figure() == 30.0


def test_f18_overlapping_exports_do_not_double(desk):
    desk.got(orders("10.00", "20.00"), "a.csv")
    desk.got([HEADER, order(2, "20.00"), order(3, "40.00")], "b.csv")
    desk.takes(desk.downloads)

    assert desk.figure() == 70.0  # 10 + 20 + 40


def test_f18_copies_that_contradict_each_other_are_refused(desk):
    desk.got(orders("10.00"), "export.csv")
    desk.got(orders("12.00"), "export (1).csv")
    said = desk.refuses(desk.downloads)

    assert "contradict each other: 1 row(s) of orders with the same order_id" in said
    assert "import the later one alone" in said


def test_f19_last_months_export_is_no_data_for_this_month(desk):
    file = desk.got(orders("10.00"))
    desk.takes(file)
    said = desk.takes(file)
    (row,) = desk.rows("revenue", "2026-11")

    assert "nothing to do" in said  # the same bytes as before
    assert (row["value"], row["status"]) == (None, "no_data")


def test_f19_an_export_that_ends_long_before_the_month_is_said(desk):
    desk.takes(desk.got([HEADER, order(1, day="2026-07-05"), order(2, day="2026-08-06")]))
    code, said = desk.checked()

    assert code == 0 and "ends on 2026-08-06: perhaps an older export taken again" in said
    assert "orders: 2 rows; 2026-07-05 to 2026-08-06; " in said and "nothing of 2026-10" in said


def test_f19_a_report_beyond_the_data_is_refused(desk, tmp_path):
    (desk.folder / "company.yaml").write_text("name: Acme\n")
    desk.table("orders", "order_id,ordered_at,amount_ht", "A1,2026-09-05,10")
    res = desk.run("report", "2026-10", "--out", tmp_path / "reports")

    assert res.exit_code != 0 and not list((tmp_path / "reports").rglob("*.html"))
    assert "The data ends on 2026-09-05, before the period 2026-10 begins." in res.stderr


def test_f20_a_file_that_changes_during_the_run_publishes_nothing(desk, tmp_path, monkeypatch):
    path = desk.table("orders", "order_id,ordered_at,amount_ht", "A1,2026-10-05,10")

    def after_the_first_notebook(jobs, count, limit):
        path.write_text(path.read_text() + "A2,2026-10-06,20\n")
        yield from ()

    monkeypatch.setattr(workers, "run", after_the_first_notebook)
    out = tmp_path / "reports"
    res = desk.run("report", "2026-10", "--out", out, "--topic", "customers")

    assert res.exit_code == 1
    assert "The data changed while the notebooks ran (orders.csv)" in res.stderr
    assert "Nothing was published; start again." in res.stderr
    assert not list(out.rglob("*.html"))


def test_f20_a_file_that_changes_while_it_is_imported(desk, monkeypatch):
    path = desk.got(orders("10.00"))
    read = run.take

    def meanwhile(*given):
        found = read(*given)
        path.write_text(path.read_text() + order(2) + "\n")
        return found

    monkeypatch.setattr(run, "take", meanwhile)
    said = desk.refuses(path)

    assert "export.csv: the file changed while it was read." in said
    assert "import it again" in said


def test_f24_a_database_file_that_another_program_holds(desk, tmp_path, monkeypatch):
    path = desk.folder / "acme.duckdb"
    with duckdb.connect(str(path)) as base:
        base.execute("create table orders as select 'A1' as order_id, date '2026-10-05' as"
                     " ordered_at, 10.0::double as amount_ht, 'paid' as status")  # fmt: skip
    desk.settings("tables: acme.duckdb")
    monkeypatch.setattr(database, "PAUSES", (0.01, 0.01))
    hold = "import duckdb, sys; b = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        held = desk.run("value", "revenue", "--month", "2026-10")
        other.communicate(b"\n")

    assert held.exit_code == 1
    assert "acme.duckdb: another program holds the file" in held.stderr
    assert "give kpilib a copy" in held.stderr
    assert desk.figure() == 10.0  # once it is free


def test_f24_a_database_that_does_not_answer(desk, tmp_path, monkeypatch):
    import sqlite3

    path = tmp_path / "warehouse.db"
    with sqlite3.connect(path) as base:
        base.execute("create table orders (order_id TEXT, ordered_at DATE, amount_ht FLOAT)")
    base.close()
    monkeypatch.setenv("ACME_DATABASE", f"sqlite:///{path}")
    monkeypatch.setattr(database, "PAUSES", (0.0, 0.0))
    desk.settings("database: {url_from: ACME_DATABASE}")

    def refused(*_, **__):
        raise sqlite3.OperationalError("unable to open database file at secret-place")

    monkeypatch.setattr(sqlite3, "connect", refused)
    monkeypatch.setattr(sqlite3.dbapi2, "connect", refused)
    res = desk.run("value", "revenue", "--month", "2026-10")

    assert res.exit_code == 1
    assert "ACME_DATABASE" in res.stderr and "secret-place" not in res.stderr


class TestATableThatCannotBeRead:
    @pytest.fixture
    def torn(self, desk):
        """Orders that are in order beside sessions that are an empty file."""
        (desk.folder / "company.yaml").write_text("name: Acme\nlang: [en]\n", encoding="utf-8")
        desk.table("orders", "order_id,customer_id,ordered_at,amount_ht,status",
                   "A1,c1,2026-10-31,10,paid")  # fmt: skip
        (desk.folder / "tables" / "sessions.parquet").write_bytes(b"")
        desk.plan(PLAN.replace("revenue", "sessions").replace("EUR", "count"))
        return desk

    def test_costs_its_own_figures_only(self, torn):
        code, said = torn.checked()

        assert code == 1 and said.startswith("sessions.parquet: not a readable parquet file")
        assert torn.figure("revenue") == 10
        res = torn.run("value", "sessions", "--month", MONTH)
        assert (res.exit_code, res.stdout) == (1, "")
        assert "sessions.parquet: not a readable" in res.stderr

    def test_costs_its_own_topics_only(self, torn):
        made = basis.read_basis(torn.folder, MONTH, ())

        assert [fact["table"] for fact in made.facts] == ["orders"]
        assert made.last_month == MONTH and made.as_of == date(2026, 10, 31)
        assert {name for name, faults in made.faults.items() if faults} == {"sessions"}
        assert made.unreadable == tuple(made.faults["sessions"])
        assert Report(Path(), unreadable=made.unreadable).exit_code == 1

    def test_leaves_the_scoreboard_with_what_is_known(self, torn):
        (row,) = kl.report("scoreboard", MONTH, torn.folder).verdicts().to_dict("records")

        assert row["level"] == "not_assessable"

    def test_when_it_is_the_only_one_is_the_answer_to_everything(self, torn):
        (torn.folder / "tables" / "orders.csv").unlink()
        for command in (
            ["value", "sessions", "--month", MONTH],
            ["report", "--topic", "customers"],
        ):
            res = torn.run(*command)
            assert res.exit_code == 1 and "sessions.parquet: not a readable" in res.stderr


def test_what_changed_is_known_by_its_content_and_not_by_the_clock(desk):
    path = desk.table("orders", "order_id,ordered_at,amount_ht", "A1,2026-10-05,10")
    made = basis.read_basis(desk.folder, MONTH, ())
    was = path.stat()
    os.utime(path, (0, 0))
    made.confirm()  # copied, or touched
    path.write_text(path.read_text().replace("10\n", "20\n"))
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))

    with pytest.raises(ContractError, match=r"changed while the notebooks ran \(orders.csv\)"):
        made.confirm()
