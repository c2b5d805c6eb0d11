"""``kpilib import``: exit codes, what is printed where, and --map without clicks."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from kpilib.cli import commands
from kpilib.sources.staging import staging
from tests.sources.shop import KEY, company, export, row, state_of


@pytest.fixture
def shop(tmp_path):
    return company(tmp_path / "shop")


@pytest.fixture
def run(shop):
    runner = CliRunner(env={"KPILIB_KEY": KEY})

    def invoke(*words):
        return runner.invoke(commands, ["import", *map(str, words), "--data", str(shop)])

    return invoke


def test_imports_and_says_what_was_understood(run, shop, tmp_path):
    res = run(export(tmp_path / "a.csv", row(1), row(2)))

    assert (res.exit_code, res.stderr) == (0, "")
    assert res.stdout.splitlines()[-1] == (
        "Table orders: 2 row(s) added, 0 changed, 0 the same as before"
    )
    assert (shop / "tables" / "orders.parquet").exists()


def test_a_folder_of_downloads(run, tmp_path):
    (tmp_path / "downloads").mkdir()
    for name, number in (("a.csv", 1), ("b.csv", 2), (".hidden", 3)):
        export(tmp_path / "downloads" / name, row(number))

    assert "Table orders: 2 row(s) added" in run(tmp_path / "downloads").stdout


def test_dry_run(run, shop, tmp_path):
    before = state_of(shop)
    res = run(export(tmp_path / "a.csv", row(1)), "--dry-run")

    assert res.exit_code == 0 and res.stdout.endswith("Nothing was written (--dry-run).\n")
    assert state_of(shop) == before


def test_a_fault_is_exit_1_and_names_no_value(run, shop, tmp_path):
    before = state_of(shop)
    res = run(export(tmp_path / "a.csv", row(1, "ann@client.example")), tmp_path / "none.csv")

    assert (res.exit_code, res.stdout) == (1, "")
    assert res.stderr == (
        "kpilib: 2 faults in the data:\n"
        "  - a.csv:2: column Amount: not a number.\n"
        "  - none.csv: there is no such file.\nNothing was imported.\n"
    )
    assert state_of(shop) == before


@pytest.mark.parametrize(
    "words",
    [["--preset", "nothing"], ["--read", "Amount"], ["--target", "orders"], ["--map"],
     ["--map", "--target", "order"], ["--map", "--target", "orders", "--column", "order_id"]],
)  # fmt: skip
def test_wrong_usage_is_exit_2(run, shop, tmp_path, words):
    before = state_of(shop)
    res = run(export(tmp_path / "a.csv", row(1)), *words)

    assert res.exit_code == 2 and res.stderr
    assert state_of(shop) == before


def test_a_folder_that_is_not_there_is_exit_2(tmp_path):
    file = export(tmp_path / "a.csv", row(1))
    for more in ([], ["--map", "--target", "orders"]):
        words = ["import", str(file), "--data", str(tmp_path / "no"), *more]
        res = CliRunner().invoke(commands, words)
        assert (res.exit_code, res.stderr) == (
            2, "kpilib: There is no folder 'no'. Check --data.\n",
        )  # fmt: skip


def test_another_import_is_exit_3(run, shop, tmp_path):
    with staging(shop):
        res = run(export(tmp_path / "a.csv", row(1)))

    assert res.exit_code == 3
    assert "Another import into shop is under way" in res.stderr


def test_mapping_without_clicks(run, shop, tmp_path):
    file = export(tmp_path / "own.csv", "x1;2026-10-03;4,5", header="Ref;When;Sum")
    columns = ("order_id=Ref", "ordered_at=When", "amount_ht=Sum")
    words = [word for each in columns for word in ("--column", each)]
    res = run(file, "--map", "--target", "orders", "--preset", "till", *words)
    after = run(file)

    assert res.exit_code == 0 and (shop / "presets" / "till.yaml").exists()
    assert "Table orders: 1 row(s) added" in after.stdout
