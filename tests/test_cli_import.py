"""``kpilib import``: exit codes, what is printed where, and --map without clicks."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from kpilib.cli import commands
from kpilib.language import here
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
            2, "kpilib: There is no folder 'no'. Name a company's, such as data/sample: --data on"
            " the command line, data in a notebook.\n",
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


class TestInFrench:
    """What an import says is said in the company's language, its numbers and days too."""

    @pytest.fixture
    def boutique(self, shop):
        with (shop / "company.yaml").open("a", encoding="utf-8") as file:
            file.write("lang: fr\n")
        return shop

    def test_what_was_understood(self, run, boutique, tmp_path):
        rows = (row(number, "1234.50") for number in range(1_200))
        res = run(export(tmp_path / "a.csv", *rows))
        said = res.stdout.splitlines()

        assert (res.exit_code, res.stderr) == (0, "")
        # 1,200 rows of one day, with a narrow space for thousands.
        assert said[2] == (
            "    1\u202f200 ligne(s) lue(s), 1\u202f200 gardée(s) pour orders, du 05/10/2026 au"
            " 05/10/2026"
        )
        assert said[-1] == (
            "Table orders\u00a0: 1\u202f200 ligne(s) ajoutée(s), 0 modifiée(s), 0 comme avant"
        )
        assert not [line for line in said if "row(s)" in line or "column" in line]

    def test_faults_and_what_can_be_done(self, run, boutique, tmp_path):
        right, wrong = export(tmp_path / "a.csv", row(1)), export(tmp_path / "b.csv", row(2, "ten"))
        res = run(right, wrong, tmp_path / "none.csv")

        assert (res.exit_code, res.stdout) == (1, "")
        assert res.stderr == (
            "kpilib: 2 défauts dans les données\u00a0:\n"
            "  - b.csv:2: colonne Amount\u00a0: ce n'est pas un nombre.\n"
            "  - none.csv: ce fichier n'existe pas.\n"
            "Rien n'a été importé. Les autres fichiers sont sans défaut\u00a0: a.csv. Pour les"
            " importer maintenant, omettez b.csv, none.csv.\n"
        )

    def test_english_when_asked_for(self, run, boutique, tmp_path):
        res = run(export(tmp_path / "a.csv", row(1)), "--lang", "en")

        assert res.stdout.endswith("1 row(s) added, 0 changed, 0 the same as before\n")

    def test_wrong_usage(self, run, boutique, tmp_path):
        res = run(export(tmp_path / "a.csv", row(1)), "--target", "orders")

        assert res.exit_code == 2 and "--column vont avec --map" in res.stderr

    def test_the_language_before_is_spoken_again(self, run, boutique, tmp_path):
        run(export(tmp_path / "a.csv", row(1)))

        assert here() == "en"
