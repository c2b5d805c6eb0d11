"""Exports that nobody had seen, one of a kind: each is read, asked about, or told how to export."""

from __future__ import annotations

import json
import zipfile

import polars as pl
import pytest
from click.testing import CliRunner

from kpilib.cli import commands
from kpilib.errors import ContractError
from kpilib.sources.imports import import_files
from tests.sources.shop import HEADER, KEY, company, export, row
from tests.sources.twins_reading import Sheet, saved, workbook

DAYS = ["Date,Clicks,Impressions,CTR,Position", "2026-09-01,4,80,5%,9.5", "2026-09-02,6,90,6.67%,9"]
LEADS = """
id: own_leads
name: Own leads
status: documented
tables:
  - id: rows
    target: leads
    signature: [Lead, Created]
    fields:
      lead_id: {names: Lead, type: id}
      created_at: {names: Created, type: instant}
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setenv("KPILIB_KEY", KEY)
    return company(tmp_path / "shop")


@pytest.fixture
def run(shop):
    runner = CliRunner(env={"KPILIB_KEY": KEY})

    def invoke(*words):
        return runner.invoke(commands, ["import", *map(str, words), "--data", str(shop)])

    return invoke


def rows_of(shop, table):
    return pl.read_parquet(shop / "tables" / f"{table}.parquet")


class TestLinesInOneCell:
    def check(self, shop, path):
        said = []
        import_files([path], shop, say=said.append)
        days = rows_of(shop, "acquisition_daily")

        assert (days["clicks"].sum(), days["impressions"].sum()) == (10, 170)
        assert "    whole lines stood in one cell: parted at each ','" in said

    def test_of_a_workbook(self, shop, tmp_path):
        sheet = Sheet("Chart", [[line] for line in DAYS])
        self.check(shop, saved(tmp_path, workbook(sheet), "a.xlsx"))

    def test_each_quoted(self, shop, tmp_path):
        lines = "\n".join(f'"{line}"' for line in DAYS)
        self.check(shop, saved(tmp_path, lines, "a.csv"))

    def test_of_all_rows_but_the_header(self, shop, tmp_path):
        lines = "\n".join([DAYS[0], *(f'"{line}"' for line in DAYS[1:])])
        self.check(shop, saved(tmp_path, lines, "a.csv"))

    def test_cut_at_another_sign_it_is_said(self, run, tmp_path):
        sheet = Sheet("Chart", [["Date;Clics;CTR"], *[["2026-10-01;3;4", "17%"]] * 2])
        res = run(saved(tmp_path, workbook(sheet), "a.xlsx"))

        assert (
            "several cells stand in one: the file was opened with another separator" in res.stderr
        )
        assert "17%" not in res.stderr

    def test_a_list_of_names_is_left_as_it_is(self, run, tmp_path):
        path = saved(tmp_path, "Name\nDoe, Ann\nRoe, Bob\nPoe, Cid\n", "names.csv")

        assert "parted" not in run(path).output


class TestNotices:
    @pytest.mark.parametrize(
        ("text", "notice"),
        [
            ('"Starts","Ends","Campaign name",Results\n"No data available."', "No data available."),
            ('"Name","Email"\n"No results"\n', "No results."),
            ("Name;Email;Date\nAucun résultat\n", "Aucun résultat."),
            ("Name,Email,Date\nNo data available,,\n", "No data available."),
            ("Name;Email;Date\nPas de contact ce mois-ci;;\n;;\n", "Pas de contact ce mois-ci."),
            ("Name,Mail,Date,Team\nNo mail in May, in any list\n", "No mail in May in any list."),
        ],
    )
    def test_the_tool_is_quoted(self, run, tmp_path, text, notice):
        res = run(saved(tmp_path, text, "a.csv"))

        assert res.exit_code == 1
        assert res.stderr == (
            f"kpilib: a.csv:1: the tool says: {notice} There is nothing to import for this"
            " period.\nNothing was imported.\n"
        )

    def test_of_a_workbook(self, run, tmp_path):
        sheet = Sheet("Report", [["Name", "Email", "Date"], ["Keine Daten vorhanden"]])
        res = run(saved(tmp_path, workbook(sheet), "a.xlsx"))

        assert "[Report]:1: the tool says: Keine Daten vorhanden. There is nothing" in res.stderr

    def test_a_row_with_a_name_alone_is_not_quoted(self, run, tmp_path):
        res = run(saved(tmp_path, "Name,Email,Date\nJane Doe,,\n", "a.csv"))

        assert res.exit_code == 1
        assert "Jane" not in res.stderr

    def test_the_other_files_are_imported(self, run, shop, tmp_path):
        empty = saved(tmp_path, "Name;Email;Date\nAucun résultat\n", "empty.csv")
        res = run(empty, export(tmp_path / "a.csv", row(1)))

        assert res.exit_code == 0
        assert "Not used: empty.csv:1: the tool says: Aucun résultat." in res.stdout
        assert len(rows_of(shop, "orders")) == 1


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("Team;What;2026-01;2026-02;2026-03", "2026-01 ... 2026-03"),
        ("Team;What;01/02/2026;02/02/2026", "01/02/2026 ... 02/02/2026"),
        ("Équipe;janv. 2026;févr. 2026", "janv. 2026 ... févr. 2026"),
        ("Équipe;Semestre 1 2026;Semestre 2 2026", "Semestre 1 2026 ... Semestre 2 2026"),
        ("Équipe;1er trimestre 2026;2e trimestre 2026", "1er trimestre 2026 ... 2e trimestre 2026"),
        ("Team;KW40/2026;KW41/2026", "KW40/2026 ... KW41/2026"),
        ("Team;Jan '26;Feb '26", "Jan '26 ... Feb '26"),
        ("Team;What;enero;febrero", "enero ... febrero"),
        ("Team;202601;202602", "202601 ... 202602"),
        ("Team;FY2025;FY2026", "FY2025 ... FY2026"),
        ("Team;2024;2025", "2024 ... 2025"),
        ("Team;01/10;02/10", "01/10 ... 02/10"),
        ("Team;Oct 1 - Oct 7;Oct 8 - Oct 14", "Oct 1 - Oct 7 ... Oct 8 - Oct 14"),
        (
            "Team;Clics oct. 2026;Coût oct. 2026;Clics nov. 2026",
            "Clics oct. 2026 ... Clics nov. 2026",
        ),
        ("Team;Hours (2026-10);Hours (2026-11)", "Hours (2026-10) ... Hours (2026-11)"),
        ("Team;2026-10 Clicks;2026-11 Clicks", "2026-10 Clicks ... 2026-11 Clicks"),
        ("Team;Stunden KW 40;Stunden KW 41", "Stunden KW 40 ... Stunden KW 41"),
        ("Team;Ventas_T1 2026;Ventas_T2 2026", "Ventas_T1 2026 ... Ventas_T2 2026"),
    ],
)
def test_periods_as_names_of_columns_are_said_and_how_to_export(run, tmp_path, header, shown):
    row = ";".join("a" if name in ("Team", "What", "Équipe") else "7" for name in header.split(";"))
    path = saved(tmp_path, "\n".join([header, row, row, ""]), "wide.csv")

    for words in ((), ("--map", "--target", "kpi_measurements")):
        res = run(path, *words)
        assert res.exit_code == 1
        assert f"its columns are periods ({shown})" in res.stderr
        assert "Unpivot" in res.stderr


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_periods_above_the_names_of_measures_are_said(run, tmp_path, kind):
    rows = [["", "Oct 2026", "", "Nov 2026", ""], ["Team", *["Clicks", "Cost"] * 2]]
    rows += [["a", "1", "2", "3", "4"], ["b", "5", "6", "7", "8"]]
    text = "".join(";".join(cells) + "\n" for cells in rows)
    path = saved(tmp_path, text, "wide.csv")
    if kind == "xlsx":
        path = saved(tmp_path, workbook(Sheet("S", rows)), "wide.xlsx")

    assert "its columns are periods (Oct 2026 ... Nov 2026)" in run(path).stderr


def test_questions_with_numbers_are_no_periods(run, tmp_path):
    path = saved(tmp_path, "Name,Question 10,Question 11\na,7,8\nb,9,10\n", "answers.csv")

    assert "periods" not in run(path).stderr


class TestOfferedAnswers:
    @pytest.mark.parametrize(
        "cells",
        [
            ["3/5/2026 2:30 PM", "4/6/2026 9:12 AM"],
            ["03/05/2026 10:12:01", "04/06/2026 11:15:00"],
            ['"03/05/26, 10:02:11"', '"09/08/26, 12:03:10"'],
            ["03/05/2026 10:02", "09/08/2026 12:03"],
            ["03.05.26", "09.08.26"],
            ["03/05/2026 10h02", "09/08/2026 12h03"],
            ["03/05/2026 à 10:02", "09/08/2026 à 12:03"],
            ['"03.05.2026, 10:02 Uhr"', '"09.08.2026, 12:03 Uhr"'],
            ["03/05/2026 2:30 p. m.", "09/08/2026 9:12 a. m."],
        ],
    )
    def test_each_of_them_works(self, run, shop, tmp_path, cells):
        (shop / "presets" / "own.yaml").write_text(LEADS, encoding="utf-8")
        lines = "".join(f"a{n},{cell}\n" for n, cell in enumerate(cells))
        path = saved(tmp_path, "Lead,Created\n" + lines, "leads.csv")
        asked = run(path)
        answers = [part.split("'")[1] for part in asked.stderr.split("--read ")[1:]]

        assert asked.exit_code == 1 and len(answers) == 2
        months = set()
        for answer in answers:
            res = run(path, "--read", answer, "--again")
            assert res.exit_code == 0, res.output
            months.add(rows_of(shop, "leads")["created_at"].dt.month()[0])
        assert months == {3, 5}

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            (["25/10/2026", "10/25/2026"], "day and month change places in this column."),
            (["03/05/2026", "in May"], "no day is above 12: day/month/year, or month/day/year?"),
        ],
    )
    def test_none_is_offered_that_would_not_work(self, run, tmp_path, cells, said):
        rows = [row(number, day=cell) for number, cell in enumerate(cells, 1)]
        res = run(export(tmp_path / "a.csv", *rows))

        assert f"a.csv: column Ordered: {said}\n" in res.stderr
        assert "a.csv:3: column Ordered: not a date and time written" in res.stderr
        assert "--read" not in res.stderr

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            ("Ordered=dd/mm/yyyy", "the column holds days. Say how they are written"),
            ("Amount=comma", "the column holds numbers. Say what parts their decimals"),
            ("Ordered=%d/%q/%Y", "%q in the format '%d/%q/%Y' is no part of a day or a time."),
            ("Ordered=,", "the column holds days. Say how they are written"),
            ("Amount=%d/%m/%Y", "the column holds numbers. Say what parts their decimals"),
            ("State=%d/%m/%Y", "the column holds neither numbers nor days"),
        ],
    )
    def test_an_answer_that_says_nothing_is_refused(self, run, tmp_path, answer, said):
        res = run(export(tmp_path / "a.csv", row(1, day="01/02/2026")), "--read", answer)

        assert said in str(res.exception) + res.output

    def test_years_of_two_digits_are_asked_with_the_only_order_that_fits(self, run, shop, tmp_path):
        (shop / "presets" / "own.yaml").write_text(LEADS, encoding="utf-8")
        path = saved(tmp_path, "Lead,Created\na,23/05/26\n", "leads.csv")

        assert "Say which: --read 'Created=%d/%m/%y' (day first), where 69" in run(path).stderr
        assert run(path, "--read", "Created=%d/%m/%y").exit_code == 0


class TestSecondsSince1970:
    def created(self, run, shop, tmp_path, cells, *words):
        (shop / "presets" / "own.yaml").write_text(LEADS, encoding="utf-8")
        lines = "".join(f"a{n},{cell}\n" for n, cell in enumerate(cells))
        res = run(saved(tmp_path, "Lead,Created\n" + lines, "leads.csv"), *words)
        if res.exit_code:
            return res.stderr
        return rows_of(shop, "leads").sort("lead_id")["created_at"].dt.to_string("%F %T").to_list()

    @pytest.mark.parametrize("behind", ["", "000", "000000", ".25"])
    def test_are_instants(self, run, shop, tmp_path, behind):
        cells = [f"1767605600{behind}", f"1767692000{behind}"]
        found = self.created(run, shop, tmp_path, cells)

        assert [each[:19] for each in found] == ["2026-01-05 09:33:20", "2026-01-06 09:33:20"]

    def test_are_asked_about_where_they_may_be_a_day_and_its_hour(self, run, shop, tmp_path):
        cells = ["2026010512", "2026010523"]
        said = self.created(run, shop, tmp_path, cells)

        assert (
            "Say which: --read 'Created=epoch' (seconds since 1970) or --read 'Created=%Y%m%d%H'"
            " (day and hour)." in said
        )
        answer = ("--read", "Created=%Y%m%d%H")
        assert self.created(run, shop, tmp_path, cells, *answer)[0][:16] == "2026-01-05 11:00"
        answer = ("--read", "Created=epoch", "--again")
        assert self.created(run, shop, tmp_path, cells, *answer)[0][:10] == "2034-03-15"

    def test_of_no_day_that_is_meant_are_none(self, run, shop, tmp_path):
        said = self.created(run, shop, tmp_path, ["1767605600", "9999999999"])
        assert "leads.csv:2: column Created: not a date and time" in said


@pytest.mark.parametrize(
    "text",
    [
        "Jane Roe,Paris,Open\nJohn Doe,Lyon,Closed\nJill Poe,Nice,Open\n",  # words alone
        "Jane Roe,12\nJohn Doe,8\nJill Poe,9\n",  # two columns
        "Jane Roe,Open,x\nJohn Doe,Open,3\nJill Poe,Shut,4\n",  # a word comes again below
    ],
)
def test_a_first_row_that_may_be_values_is_not_shown_as_names(run, tmp_path, text):
    said = run(saved(tmp_path, text, "people.csv")).stderr

    assert "people.csv: no preset knows this file. Row 1, where the names of the columns" in said
    assert "write a row of them above it and import it again" in said
    assert "Jane" not in said and "Open" not in said


def test_a_file_of_values_alone_says_that_names_are_lacking(run, tmp_path):
    path = saved(tmp_path, "2026-01-05,12\n2026-01-06,8\n2026-01-07,9\n", "days.csv")
    assert "days.csv:1: this row holds values like those below, and none above" in run(path).stderr


def test_a_preset_of_a_file_that_may_have_no_names_says_so(run, shop, tmp_path):
    path = saved(tmp_path, "Paris,12\nLyon,8\nNice,9\n", "towns.csv")
    run(path, "--map", "--target", "leads")
    written = (shop / "presets" / "towns.yaml").read_text(encoding="utf-8")
    assert "# Its first row may be one of values." in written


def test_names_above_numbers_are_shown(run, tmp_path):
    said = run(saved(tmp_path, "Colour,Taste,Count\nred,sweet,3\nblue,sour,4\n", "a.csv")).stderr
    assert "Found the columns Colour, Taste, Count." in said


def test_records_bear_their_names(run, tmp_path):
    """Of two texts a row looks like its names; a record names each of its values."""
    path = tmp_path / "a.json"
    path.write_text('[{"colour": "red", "taste": "sweet"}, {"colour": "blue", "taste": "sour"}]')
    assert "a.json: no preset knows this file. Found the columns colour, taste." in run(path).stderr


def test_an_answer_about_a_column_that_nothing_reads_is_said(run, tmp_path):
    lines = [f"{row(1)},x", f"{row(2)},y"]
    path = export(tmp_path / "a.csv", *lines, header="Order No,Buyer,Ordered,Amount,State,Extra")
    res = run(path, "--read", "Extra=%d/%m/%Y")
    assert res.exit_code == 0
    assert "--read Extra: no figure reads this column, so that it changes nothing" in res.output


class TestEncodingTold:
    TEXT = "Lead,Created\nŁódź,2026-05-01\nświęta,2026-05-02\n"

    def imported(self, run, shop, tmp_path, *words):
        (shop / "presets" / "own.yaml").write_text(LEADS, encoding="utf-8")
        return run(saved(tmp_path, self.TEXT.encode("cp1250"), "leads.csv"), *words)

    def test_by_its_letters(self, run, shop, tmp_path):
        assert "its letters tell the encoding cp1250" in self.imported(run, shop, tmp_path).output
        assert rows_of(shop, "leads")["lead_id"].to_list() == ["Łódź", "święta"]

    def test_by_an_answer(self, run, shop, tmp_path):
        said = self.imported(run, shop, tmp_path, "--read", "Encoding=windows-1252").output
        assert "its letters tell" not in said and "encoding windows-1252" in said
        assert rows_of(shop, "leads")["lead_id"].to_list() == [
            each.encode("cp1250").decode("cp1252") for each in ("Łódź", "święta")
        ]

    def test_by_one_that_is_none(self, run, shop, tmp_path):
        res = self.imported(run, shop, tmp_path, "--read", "Encoding=windows-12")
        assert "no encoding is called so. There is: cp1252, mac_roman" in res.stderr


def test_one_unknown_file_says_what_becomes_of_the_others(run, tmp_path):
    strange = saved(tmp_path, "Colour,Taste\nred,sweet\nblue,sour\n", "strange.csv")
    res = run(export(tmp_path / "a.csv", row(1)), strange)

    assert res.exit_code == 1
    assert res.stderr.splitlines()[-1] == (
        "Nothing was imported. Of the other file(s) none has a fault: a.csv. To import them now,"
        " leave out strange.csv."
    )
    assert "The nearest is" not in res.stderr


def test_a_table_that_is_not_used_is_named_with_its_columns(run, tmp_path):
    path = export(tmp_path / "a.csv", row(1), "", "Colour,Taste", "red,sweet", "blue,sour")
    res = run(path)

    assert res.exit_code == 0, res.output
    assert "no preset knows this table. Found the columns Colour, Taste." in res.stdout


def test_the_title_of_the_next_table_needs_no_empty_line_above_it(tmp_path, shop):
    lines = [
        "Facebook visits", "Date,Primary", "2026-10-01,5", "2026-10-02,6",
        "Instagram visits", "Date,Primary", "2026-10-01,1", "2026-10-02,2",
    ]  # fmt: skip
    from tests.sources.twins_reading import tables

    found = tables(saved(tmp_path, "\n".join(lines), "a.csv"))

    assert [(block.title, len(rows)) for block, rows in found] == [
        ("Facebook visits", 2), ("Instagram visits", 2),
    ]  # fmt: skip


def test_more_columns_than_a_table_has_are_refused_at_once(tmp_path, shop):
    names = ",".join(f"n{n}" for n in range(2_001))
    values = ",".join("1" for _ in range(2_001))
    path = saved(tmp_path, f"{names}\n{values}\n{values}\n", "a.csv")
    with pytest.raises(ContractError, match="2,001 columns, and a table has 2,000 at most"):
        import_files([path], shop, say=lambda line: None)


class TestMap:
    def test_what_the_headline_kpi_reads_is_marked(self, run, shop, tmp_path):
        path = saved(tmp_path, "Lead,Created,Mail\na,2026-10-03 10:00,x\n", "leads.csv")
        res = run(path, "--map", "--target", "leads", "--column", "lead_id=Lead",
                  "--column", "created_at=Created")  # fmt: skip
        made = (shop / "presets" / "leads.yaml").read_text(encoding="utf-8")

        assert res.stdout.splitlines()[-1] == (
            "The KPI leads also reads person_key: without it, it has no figure."
        )
        line = next(each for each in made.splitlines() if "person_key:" in each)
        assert line.strip().startswith("#") and "without it the KPI leads has no figure" in line
        assert run(path).exit_code == 0

    def test_it_asks_which_sheet(self, run, shop, tmp_path):
        rows = [["Lead", "Created"], ["a", "2026-10-03"], ["b", "2026-10-04"]]
        path = saved(tmp_path, workbook(Sheet("One", rows), Sheet("Two", rows)), "a.xlsx")
        asked = run(path, "--map", "--target", "leads")

        assert asked.exit_code == 2 and "a.xlsx has 2 tables: One, Two. Say which" in asked.stderr
        assert run(path, "--map", "--target", "leads", "--sheet", "two").exit_code == 0


@pytest.mark.parametrize(
    "whole",
    [
        '{"data": {"orders": [ROW]}}',
        '{"result": {"data": {"items": [ROW], "total": 1}}}',
        '{"data": [ROW], "paging": {"cursors": {"after": "x"}, "next": ""}}',
        '{"meta": {"page": 1, "links": []}, "data": [ROW]}',
        '{\n "status": "ok", "data": [ROW]\n}',
    ],
)
def test_records_in_an_envelope(run, shop, tmp_path, whole):
    cells = zip(HEADER.split(","), row(1).split(","), strict=True)
    text = whole.replace("ROW", json.dumps(dict(cells)))
    res = run(saved(tmp_path, text, "orders.json"))

    assert res.exit_code == 0, res.stderr
    assert rows_of(shop, "orders")["order_id"].to_list() == ["A001"]


@pytest.mark.parametrize("whole", ["[]", '{"data": []}', '{"data": {"orders": []}}'])
def test_no_records_are_nothing_to_import(run, shop, tmp_path, whole):
    empty = saved(tmp_path, whole, "empty.json")

    assert "empty.json: an empty list, without records. There is" in run(empty).stderr
    res = run(empty, export(tmp_path / "a.csv", row(1)))
    assert res.exit_code == 0
    assert "Not used: empty.json: an empty list" in res.stdout


def test_lines_of_records_with_lists_are_records(run, tmp_path):
    text = '{"id": 1, "items": [{"a": 2}]}\n{"id": 2, "items": [{"a": 3}]}\n'

    assert "Found the columns id, items." in run(saved(tmp_path, text, "a.json")).stderr


def test_a_text_beside_tables_in_a_zip_file_keeps_none_out(run, shop, tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("orders.csv", f"{HEADER}\n{row(1)}\n")
        archive.writestr("README.txt", "Your data.\n")
    res = run(tmp_path / "all.zip")

    assert res.exit_code == 0, res.stderr
    assert "Not used: all.zip/README.txt: " in res.stdout
    assert len(rows_of(shop, "orders")) == 1


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "MIME-Version: 1.0\nContent-Type: multipart/related\n\n<table></table>\n",
    ],
)
def test_a_workbook_of_another_kind_is_no_page_of_a_login(run, tmp_path, text):
    assert "not a workbook of a kind" in run(saved(tmp_path, text, "a.xls")).stderr


@pytest.mark.parametrize("none", ["-", "N/A", "(not set)", "null", "n.a."])
def test_no_day_in_the_words_of_people(run, shop, tmp_path, none):
    own = LEADS + "      won_at: {names: Won, type: instant, required: false}\n"
    (shop / "presets" / "own_leads.yaml").write_text(own, encoding="utf-8")
    text = f"Lead,Created,Won\n1,2026-10-13,2026-10-20\n2,2026-10-14,{none}\n"
    res = run(saved(tmp_path, text, "a.csv"))

    assert res.exit_code == 0, res.stderr
    assert rows_of(shop, "leads")["won_at"].null_count() == 1


def test_a_broken_company_is_told_in_its_language(run, shop, tmp_path):
    (shop / "company.yaml").write_text("lang: [fr]\ntables: [a]\n", encoding="utf-8")

    assert "company.yaml:2: tables: trouvé" in run(saved(tmp_path, "a,b\n", "a.csv")).stderr


def test_what_cannot_be_added_is_told_in_one_language(run, tmp_path):
    text = "# Start date: 20261001\n# End date: 20261031\nDate,Nom de l'événement,Sessions\n"
    path = saved(tmp_path, text + "20261001,a,10\n20261001,b,5\n", "g.csv")

    said = run(path, "--lang", "fr").stderr
    assert "l'unité comptée (une visite) l'est une fois" in said
    assert "«\u00a0événement\u00a0»" in said
