"""import_files: what reaches the tables, what is refused, and that a failure changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kpilib as kl
from kpilib.errors import CompanyError, ContractError, LockedError, ParameterError
from kpilib.sources import provenance
from kpilib.sources.imports import Asked, import_files
from kpilib.sources.staging import LOCK, staging
from tests.sources.shop import KEY, PRESET, company, export, row, state_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("KPILIB_KEY", KEY)


@pytest.fixture
def shop(tmp_path):
    return company(tmp_path / "shop")


def bring(folder, *files, **options):
    said = []
    done = import_files(files, folder, Asked(**options), say=said.append)
    return done, said


def orders(folder):
    return pl.read_parquet(folder / "tables" / "orders.parquet")


def faults_of(folder, *files, **options):
    with pytest.raises(ContractError) as caught:
        bring(folder, *files, **options)
    return caught.value.faults


class TestTables:
    def test_rows_reach_the_table_and_its_figures(self, shop, tmp_path):
        file = export(
            tmp_path / "a.csv", row(1, "10.50"), row(2, "4.50"), row(3, state="Cancelled")
        )
        (done,), _ = bring(shop, file)

        assert (done.tables["orders"].added, done.tables["orders"].changed) == (3, 0)
        revenue = kl.open(shop).evaluate("revenue", "2026-10")
        assert revenue["value"].item() == 15.0  # 10.50 + 4.50; the cancelled order is none

    def test_people_are_pseudonyms_and_the_same_everywhere(self, shop, tmp_path):
        file = export(
            tmp_path / "a.csv",
            "A1,Ann@Client.example ,2026-10-01,1.00,Paid",
            "A2,ann@client.example,2026-10-01,1.00,Paid",
            "A3,bob@client.example,2026-10-01,1.00,Paid",
        )
        bring(shop, file)
        ann, other, bob = orders(shop)["customer_id"]

        assert ann == other != bob
        assert all("ann@" not in text.decode("latin-1").lower() for text in state_of(shop).values())

    def test_what_was_understood_is_said(self, shop, tmp_path):
        file = export(
            tmp_path / "a.csv", row(1, "10.00") + ",x", row(2, "5.00") + ",y", "Total,,,15.00,,",
            header="Order No,Buyer,Ordered,Amount,State,Note",
        )  # fmt: skip
        _, said = bring(shop, file)

        assert said == [
            "a.csv",
            "  a.csv: Shop, table orders (documented; not yet compared with the figures of a real"
            " file)",
            "    3 row(s) read, 2 kept for orders, 2026-10-05 to 2026-10-05",
            "    1 row(s) left out: totals row (row 4)",
            "    columns used: Order No, Buyer, Ordered, Amount, State",
            "    columns ignored: Note",
            "    total checked: Amount 15 (rows: 15)",
            "    encoding utf-8",
            "Table orders: 2 row(s) added, 0 changed, 0 the same as before",
        ]

    def test_an_unverified_preset_is_said_each_time(self, tmp_path):
        folder = company(tmp_path / "c", PRESET.replace("documented", "unverified"))
        file = export(tmp_path / "a.csv", row(1))

        for _ in range(2):
            _, said = bring(folder, file, again=True)
            assert "UNVERIFIED: no real file was seen yet" in said[1]

    def test_reordered_columns_give_the_same_table(self, shop, tmp_path):
        bring(shop, export(tmp_path / "a.csv", row(1), row(2)))
        before = state_of(shop)["tables/orders.parquet"]
        cells = [row(number).split(",")[::-1] for number in (1, 2)]
        other = export(
            tmp_path / "b.csv", *map(",".join, cells), header="State,Amount,Ordered,Buyer,Order No"
        )
        (done,), _ = bring(shop, other)

        assert done.tables["orders"].same == 2
        assert state_of(shop)["tables/orders.parquet"] == before

    def test_a_dry_run_shows_everything_and_writes_nothing(self, shop, tmp_path):
        before = state_of(shop)
        (done,), said = bring(shop, export(tmp_path / "a.csv", row(1)), dry_run=True)

        assert done.tables["orders"].added == 1
        assert said[-2:] == [
            "Table orders: 1 row(s) would be added, 0 would be changed, 0 the same as before",
            "Nothing was written (--dry-run).",
        ]
        assert state_of(shop) == before and not (shop / LOCK).exists()

    def test_provenance_names_the_file_and_no_path_nor_person(self, shop, tmp_path):
        bring(shop, export(tmp_path / "a.csv", row(1), row(2)))
        text = (shop / "imports.csv").read_text(encoding="utf-8")
        entry = pl.read_csv(shop / "imports.csv", infer_schema=False).row(0, named=True)

        assert (entry["file"], entry["preset"], entry["table"]) == ("a.csv", "shop", "orders")
        assert (entry["added"], entry["changed"], entry["same"]) == ("2", "0", "0")
        assert (entry["first_day"], entry["last_day"]) == ("2026-10-05", "2026-10-05")
        assert str(tmp_path) not in text and "@" not in text and KEY not in text


class TestTwice:
    def test_the_same_file_changes_nothing(self, shop, tmp_path):
        file = export(tmp_path / "a.csv", row(1), row(2))
        bring(shop, file)
        before = state_of(shop)
        (done,), said = bring(shop, file)
        (read,), _ = bring(shop, file, again=True)

        assert done.already and "nothing to do" in said[1]
        assert read.tables["orders"].same == 2
        assert state_of(shop) == before

    def test_a_copy_with_a_new_name_does_not_double(self, shop, tmp_path):
        files = [export(tmp_path / name, row(1), row(2)) for name in ("a.csv", "a (1).csv")]
        done, said = bring(shop, *files)

        assert [each.already for each in done] == [False, True]
        assert "  the same bytes as a.csv: read once" in said
        assert len(orders(shop)) == 2

    def test_the_same_rows_in_other_bytes_do_not_double(self, shop, tmp_path):
        one = export(tmp_path / "a.csv", row(1), row(2))
        two = export(tmp_path / "a (1).csv", row(2), row(1), row(1))
        bring(shop, one, two)

        assert len(orders(shop)) == 2

    def test_files_that_contradict_each_other_are_refused(self, shop, tmp_path):
        one = export(tmp_path / "a.csv", row(1, "10.00"), row(2))
        two = export(tmp_path / "a (1).csv", row(1, "12.00"), row(2))
        before = state_of(shop)

        assert faults_of(shop, one, two) == [
            "a.csv and a (1).csv contradict each other: 1 row(s) of orders with the same order_id"
            " have other values (amount_ht). One is an older copy: import the later one alone."
        ]
        assert state_of(shop) == before

    def test_a_file_that_contradicts_itself_is_refused(self, shop, tmp_path):
        file = export(tmp_path / "a.csv", row(1, "10.00"), row(1, "12.00"), row(2), row(2))

        assert faults_of(shop, file) == [
            "a.csv: orders: 1 row(s) repeat a key (order_id) with other values. A key names one"
            " row: keep the right one."
        ]

    def test_a_later_state_replaces_and_the_table_before_is_kept(self, shop, tmp_path):
        bring(shop, export(tmp_path / "a.csv", row(1), row(2)))
        before = state_of(shop)["tables/orders.parquet"]
        (done,), said = bring(shop, export(tmp_path / "b.csv", row(2, "11.00"), row(3)))
        merged = done.tables["orders"]

        assert (merged.added, merged.changed, merged.same) == (1, 1, 0)
        assert orders(shop)["amount_ht"].to_list() == [10.0, 11.0, 10.0]
        assert state_of(shop)["previous/orders.1.parquet"] == before
        assert said[-1] == "The table(s) before are kept: previous/orders.1.parquet"

    def test_a_table_that_was_a_csv_file_becomes_one_table(self, shop, tmp_path):
        (shop / "tables" / "orders.csv").write_text(
            "order_id,ordered_at,amount_ht,desk\nZ1,2026-09-01,5,north\n", encoding="utf-8"
        )
        bring(shop, export(tmp_path / "a.csv", row(1)))

        assert sorted(path.name for path in (shop / "tables").iterdir()) == ["orders.parquet"]
        assert (shop / "previous" / "orders.1.csv").exists()
        assert orders(shop)["desk"].to_list() == ["north", None]  # a column of the company's own

    @settings(
        max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.lists(st.permutations(range(3)), min_size=1, max_size=2), st.data())
    def test_any_order_any_number_of_times_gives_the_same_table(
        self, tmp_path_factory, turns, data
    ):
        picked = [data.draw(st.sets(st.integers(0, 8), min_size=1)) for _ in range(3)]
        place = tmp_path_factory.mktemp("any")
        files = [
            export(place / f"{name}.csv", *(row(each) for each in sorted(rows)))
            for name, rows in enumerate(picked)
        ]
        one, other = company(place / "one"), company(place / "other")
        for file in files:
            bring(one, file)
        for turn in turns:
            for number in turn:
                bring(other, files[number], again=True)

        assert orders(one).equals(orders(other))
        assert len(orders(one)) == len(set().union(*picked))


class TestRefused:
    def test_faults_of_all_files_at_once_and_nothing_is_imported(self, shop, tmp_path):
        good = export(tmp_path / "good.csv", row(1))
        odd = export(tmp_path / "odd.csv", row(1), "A2,x,2026-10-01,1.00")
        bad = export(tmp_path / "bad.csv", row(1), row(2, "ten"), row(3, state="Lost"))
        before = state_of(shop)

        assert faults_of(shop, good, odd, bad) == [
            "odd.csv:3: 4 cell(s) in this row, 5 in the header. A text holds the separator without"
            " quotes, or the file was cut: export it again.",
            "bad.csv:3: column Amount: not a number.",
            "bad.csv:4: column State: not one of Paid, Cancelled.",
        ]
        assert state_of(shop) == before

    def test_an_unknown_file_names_the_nearest_preset_and_the_way_out(self, shop, tmp_path):
        file = export(
            tmp_path / "x.csv", "1,2,3,4,5", header="Order No,Buyer,Ordered,Amount,Condition"
        )

        assert faults_of(shop, file) == [
            "x.csv: no preset knows this file. Found the columns Order No, Buyer, Ordered, Amount,"
            " Condition. The nearest is Shop, which also has State. Map its columns once: kpilib"
            " import FILE --map --target TABLE."
        ]

    def test_rows_beyond_the_contract_are_refused(self, tmp_path):
        folder = company(
            tmp_path / "c",
            PRESET.replace("values: {Paid: paid, Cancelled: cancelled}", "type: text"),
        )
        file = export(tmp_path / "a.csv", row(1, state="paid"), row(2, state="lost"))
        before = state_of(folder)
        (fault,) = faults_of(folder, file)

        assert fault == (
            "a.csv:3: column State: none of paid, cancelled, refunded. Say in the preset what each"
            " of its texts means: values: {TEXT: paid}."
        )
        assert state_of(folder) == before

    def test_a_preset_or_column_that_does_not_exist(self, shop, tmp_path):
        file = export(tmp_path / "a.csv", row(1))
        with pytest.raises(ParameterError, match="no preset 'shopp'. Did you mean 'shop'"):
            bring(shop, file, preset="shopp")
        with pytest.raises(ParameterError, match="--read names Datum"):
            bring(shop, file, told={"Datum": "%d/%m/%Y"})

    def test_an_ambiguous_date_is_asked_and_the_answer_taken(self, shop, tmp_path):
        file = export(tmp_path / "a.csv", row(1, day="01/02/2026"))
        (fault,) = faults_of(shop, file)
        bring(shop, file, told={"ordered": "%d/%m/%Y"})

        assert "column Ordered" in fault and "--read" in fault
        assert orders(shop)["ordered_at"].dt.convert_time_zone("Europe/Paris").dt.month()[0] == 2

    def test_another_key_is_refused(self, shop, tmp_path, monkeypatch):
        bring(shop, export(tmp_path / "a.csv", row(1)))
        monkeypatch.setenv("KPILIB_KEY", "another key, long enough too")
        before = state_of(shop)

        with pytest.raises(CompanyError, match="made with another key"):
            bring(shop, export(tmp_path / "b.csv", row(2)))
        assert state_of(shop) == before

    def test_a_file_about_nobody_asks_for_no_key(self, shop, tmp_path, monkeypatch):
        monkeypatch.setenv("KPILIB_KEY", "too short")
        file = tmp_path / "Dates.csv"
        file.write_text("Date,Clicks,Impressions,CTR,Position\n2026-10-01,1,10,10%,3\n")
        bring(shop, file)

        assert provenance.read(shop)[0].key_check == ""
        with pytest.raises(CompanyError, match="shorter than"):
            bring(shop, export(tmp_path / "a.csv", row(1)))

    def test_a_second_import_at_the_same_time_is_refused(self, shop, tmp_path):
        file = export(tmp_path / "a.csv", row(1))
        with staging(shop), pytest.raises(LockedError, match="Another import into shop"):
            bring(shop, file)
        bring(shop, file)

        assert len(orders(shop)) == 1


class Killed(BaseException):
    """As a signal would end the run."""


@pytest.mark.parametrize("stop", range(1, 4))
@pytest.mark.parametrize("error", [OSError("disk full"), Killed()])
def test_a_failure_at_any_move_leaves_all_as_it_was(shop, tmp_path, monkeypatch, stop, error):
    bring(shop, export(tmp_path / "a.csv", row(1)))
    before, real, moves = state_of(shop), os.replace, []

    def replace(*names):
        moves.append(names)
        if len(moves) == stop:
            raise error
        real(*names)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(type(error)):
        bring(shop, export(tmp_path / "b.csv", row(1, "12.00"), row(2)))
    monkeypatch.undo()

    assert len(moves) == stop  # journal, table, imports.csv
    assert state_of(shop) == before


DIES = """
import os, sys
from kpilib.sources import provenance
from kpilib.sources.imports import Asked, import_files
real, moves = os.replace, []
def replace(*names):
    moves.append(names)
    if len(moves) == 3:
        os._exit(9)  # between the table and imports.csv, and nothing is cleaned up
    real(*names)
os.replace = replace
import_files(sys.argv[2:], sys.argv[1], say=lambda line: None)
"""


def test_what_a_killed_run_left_is_undone_by_the_next(shop, tmp_path):
    bring(shop, export(tmp_path / "a.csv", row(1)))
    before = state_of(shop)
    file = export(tmp_path / "b.csv", row(1, "12.00"), row(2))
    killed = subprocess.run([sys.executable, "-c", DIES, shop, file], cwd=ROOT)

    assert killed.returncode == 9 and state_of(shop) != before
    with staging(shop):
        pass
    assert state_of(shop) == before
