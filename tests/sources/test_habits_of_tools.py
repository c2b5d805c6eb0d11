"""What tools write without saying so: no day, zones in headers, ends of files, rows of an order."""

from __future__ import annotations

import shlex
import zipfile
from datetime import UTC, datetime

import polars as pl
import pytest
from click.testing import CliRunner

from kpilib.cli import commands
from kpilib.health.look import days_of
from kpilib.opening import open_company
from kpilib.saying import say
from kpilib.starting import CALENDAR, calendar
from tests.sources.shop import KEY, company, export, row

OWN = """
id: own
name: Own
status: documented
tables:
  - id: orders
    target: orders
    signature: [Name, Total]
    fields:
      order_id: {names: Name, type: id}
      ordered_at: {names: [Created, Created (UTC), "Created [GMT]"], type: instant}
      amount_ht: {names: Total, type: money, decimal: auto}
      currency: {names: Currency, required: false}
      status: {names: State, required: false}
  - id: staff
    target: memberships
    signature: [Member, Joined]
    fields:
      membership_id: {names: Member, type: id}
      start_at: {names: Joined, type: instant}
      end_at: {names: Left, type: instant}
"""
COURSES = """
id: courses
name: Courses
status: documented
tables:
  - id: courses
    target: trainings
    signature: [Course, Begun]
    fields:
      training_id: {names: Course, type: id}
      started_at: {names: Begun, type: date}
      duration_h: {names: "LENGTH", type: number, decimal: auto}
"""
FEC = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib"
    "|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise"
    "|Idevise\n"
)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setenv("KPILIB_KEY", KEY)
    folder = company(tmp_path / "shop")
    (folder / "presets" / "own.yaml").write_text(OWN, encoding="utf-8")
    return folder


@pytest.fixture
def run(shop, tmp_path):
    """Return a function that saves a file and imports it."""

    def take(text, *answers, name="a.csv"):
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / name).write_bytes(data)
        words = [word for answer in answers for word in ("--read", answer)]
        told = ["import", str(tmp_path / name), "--data", str(shop), *words]
        return CliRunner().invoke(commands, told)

    return take


def rows_of(folder, table="orders"):
    return pl.read_parquet(folder / "tables" / f"{table}.parquet")


def entry(label, day="20261005", debit="100,50"):
    """Return an entry of a ledger on account 6333: its two lines."""
    other = f"AC|A|1|{day}|401|F|||P|{day}|X|0,00|{debit}|||{day}||\n"
    return f"AC|A|1|{day}|6333|F|||P|{day}|{label}|{debit}|0,00|||{day}||\n{other}"


class TestHeaders:
    @pytest.mark.parametrize(
        ("header", "hour"), [("Created", 21), ("Created (UTC)", 23), ("Created [GMT]", 23)]
    )
    def test_say_of_which_zone_their_times_are(self, run, shop, header, hour):
        """Half past 23 in Paris is half past 21 in UTC in October."""
        res = run(f"Name,{header},Total\nA1,2026-10-05 23:30:00,10\n")

        assert res.exit_code == 0, res.output
        assert rows_of(shop)["ordered_at"].to_list() == [
            datetime(2026, 10, 5, hour, 30, tzinfo=UTC)
        ]

    def test_say_nothing_of_days_without_a_time(self, run, shop):
        """In New York midnight of UTC is still the day before."""
        settings = shop / "company.yaml"
        settings.write_text(settings.read_text().replace("Europe/Paris", "America/New_York"))
        assert run("Name,Created (UTC),Total\nA1,2026-10-05,10\n").exit_code == 0
        assert rows_of(shop)["ordered_at"].to_list() == [datetime(2026, 10, 5, 4, tzinfo=UTC)]

    def test_with_the_arrow_of_a_sorted_report(self, run, shop):
        assert run("Name  ↑,Created,Total ▼\nA1,2026-10-05,10\n").exit_code == 0
        assert rows_of(shop)["amount_ht"].to_list() == [10.0]


class TestNoDay:
    @pytest.mark.parametrize("cell", ["0000-00-00", "0000-00-00 00:00:00", "00/00/0000"])
    def test_of_a_database_is_empty(self, run, shop, cell):
        assert run(f"Member,Joined,Left\n1,2026-01-05,{cell}\n").exit_code == 0
        assert "end_at" in (found := rows_of(shop, "memberships")).columns
        assert found["end_at"].to_list() == [None]

    def test_where_a_row_needs_one_is_a_fault_of_its_row(self, run):
        """The line of the file is named, not that of the table that was made of it."""
        res = run("Orders of 2026\n\nName,Created,Total\nA1,2026-10-05,10\n,0000-00-00,10\n")

        assert (
            "a.csv:5: column Created: empty, and a row of orders needs it. A row that is a total"
            " or a note has to be taken out." in res.stderr
        )


def test_texts_that_a_table_does_not_know_are_a_fault_of_their_row(run):
    res = run("Name,Created,Total,State\nA1,2026-10-05,10,paid\nA2,2026-10-05,9,wc-completed\n")

    assert (
        "a.csv:3: column State: none of paid, cancelled, refunded. Say in the preset what each of"
        " its texts means: values: {TEXT: paid}." in res.stderr
    )


def test_a_row_of_the_table_that_was_made_is_named_as_no_row_of_the_file(run):
    res = run("Orders\n\nName,Created,Total,Currency\nA1,2026-10-05,10,USD\n")

    assert "a.csv: orders: column currency, 1 row(s): the value is not EUR" in res.stderr


def test_currencies_in_small_letters(run, shop):
    assert run("Name,Created,Total,Currency\nA1,2026-10-05,10,eur\n").exit_code == 0
    assert rows_of(shop)["currency"].to_list() == ["EUR"]


class TestOneOrderOnSeveralLines:
    def test_is_one_row(self, run, shop):
        """Its amount stands on the first line alone."""
        res = run("Name,Created,Total\nA1,2026-10-05,10\nA1,2026-10-05,\nA2,2026-10-05,5\n")

        assert "1 row(s) add nothing to another row of the same order_id: taken as one" in (
            res.output
        )
        assert rows_of(shop).select("order_id", "amount_ht").rows() == [("A1", 10.0), ("A2", 5.0)]

    def test_with_an_end_on_one_alone_is_refused(self, run):
        """Without an end somebody is still a member: that is another state, not less of it."""
        res = run("Member,Joined,Left\n1,2026-01-05,2026-10-05\n1,2026-01-05,\n")
        assert "repeat a key (membership_id) with other values" in res.stderr

    def test_with_two_amounts_is_refused(self, run):
        res = run("Name,Created,Total\nA1,2026-10-05,10\nA1,2026-10-05,9\n")
        assert "repeat a key (order_id) with other values" in res.stderr


class TestLedgers:
    @pytest.mark.parametrize("end", ["\x1a", "\n\x1a"])
    def test_end_with_the_sign_of_dos(self, run, shop, end):
        assert run(FEC + entry("X").rstrip("\n") + end).exit_code == 0
        assert rows_of(shop, "costs")["amount_ht"].to_list() == [100.5]

    def test_quote_nothing(self, run, shop):
        assert run(FEC + entry("X") + entry('"Forma" à l\'été')).exit_code == 0
        assert rows_of(shop, "costs")["amount_ht"].sum() == 201.0

    def test_a_stray_quote_that_leaves_cells_apart_stays_a_fault(self, run):
        res = run(FEC + entry("X") + entry('"Forma" |x'))
        assert "a.csv:4: a quote closes before the end of a cell" in res.stderr

    def test_with_other_decimals_are_asked_about(self, run, shop):
        text = FEC + entry("X", debit="100.50").replace("0,00", "0.00")
        res = run(text)

        for name in ("Debit", "Credit"):
            assert (
                f"a.csv:2: column {name}: it is not written as the preset says. Say which: --read"
                f" '{name}=.' (decimal point)." in res.stderr
            )
        assert run(text, "Debit=.", "Credit=.").exit_code == 0
        assert rows_of(shop, "costs")["amount_ht"].to_list() == [100.5]


class TestSavedAgainInASpreadsheet:
    """The formats of a preset are those of the tool; who opens its file saves others."""

    @pytest.mark.parametrize(
        ("day", "answers"),
        [("25/10/2026", ["EcritureDate=%d/%m/%Y"]), ("2026-10-25", ["EcritureDate=iso"]),
         ("05/10/2026", ["EcritureDate=%d/%m/%Y", "EcritureDate=%m/%d/%Y"])],
    )  # fmt: skip
    def test_each_answer_that_is_offered_works(self, run, day, answers):
        text = FEC + entry("X", day=day)
        asked = run(text)

        assert "column EcritureDate: it is not written as the preset says." in asked.stderr
        assert [part.split("'")[1] for part in asked.stderr.split("--read ")[1:]] == answers
        for answer in answers:
            res = run(text, answer)
            assert res.exit_code == 0, res.output

    def test_one_cell_that_is_none_is_named(self, run):
        res = run(FEC + entry("X") + entry("X", day="soon"))
        assert "a.csv:4: column EcritureDate: not a date written" in res.stderr


def test_a_document_beside_the_tables_of_a_zip_is_said_and_left(run, shop, tmp_path):
    with zipfile.ZipFile(tmp_path / "made", "w") as archive:
        archive.writestr("a.pdf", b"%PDF-1.4")
        archive.write(export(tmp_path / "b.csv", row(1)), "b.csv")
    res = run((tmp_path / "made").read_bytes(), name="all.zip")

    assert res.exit_code == 0, res.output
    assert "Not used: all.zip/a.pdf: not a CSV: this is a PDF document." in res.output
    assert len(rows_of(shop)) == 1


def test_answers_of_a_survey_without_dates_are_of_no_month(run):
    header = (
        "Response ID,Date submitted,Last page,Start language,How likely are you to recommend us"
    )
    res = run(f"{header} (0 to 10)?\n1,2026-10-05 10:00:00,1,en,9\n2,1980-01-01 00:00:00,1,en,9\n")

    assert "a.csv:3: column Date submitted: 1 answer(s) are of 1980-01-01" in res.stderr


def test_what_is_told_of_an_activity_is_said_to_change_something(run):
    text = (
        '"",Email address,Quiz,Quiz - Completion date\n'
        'A,a@x.example,Completed,"Monday, 12 October 2026, 10:02 AM"\n'
    )
    res = run(text, "Quiz=T1")

    assert res.exit_code == 0, res.output
    assert "changes nothing" not in res.output


def test_holidays_of_years_to_come_are_meant(tmp_path):
    (tmp_path / CALENDAR).write_text(calendar(), encoding="utf-8")
    data = open_company({"work_calendar": tmp_path / CALENDAR})
    assert list(days_of(data.tables)) == []


class TestUnitsInHeaders:
    """Read as the company's currency, or as seconds, such a column gave figures a thousand off."""

    @pytest.mark.parametrize(
        ("header", "unit"),
        [("Montant HT (k€)", "k€"), ("CA (k€ HT)", "k€"), ("CA M€", "m€"), ("Amount (USD)", "USD"),
         ("Total ($)", "$"), ("amount_cents", "cents"), ("Umsatz (TEUR)", "teur"),
         ("CA en milliers d'euros", "milliers d'euros")],
    )  # fmt: skip
    def test_of_another_amount_than_the_company_s_currency_are_refused(
        self, run, shop, header, unit
    ):
        named = OWN.replace("names: Total", f'names: "{header}"').replace("Name, Total", "Name")
        (shop / "presets" / "own.yaml").write_text(named, encoding="utf-8")
        res = run(f"Name,Created,{header}\nA1,2026-10-05,12.5\n")

        said = f"a.csv:2: column {header}: amounts in {unit}, and the company's currency is EUR."
        assert said in res.stderr

    @pytest.mark.parametrize("header", ["Montant (€)", "Coût (EUR)", "Montant (HT)", "Total_net"])
    def test_of_the_company_s_are_read(self, run, shop, header):
        named = OWN.replace("names: Total", f'names: "{header}"').replace("Name, Total", "Name")
        (shop / "presets" / "own.yaml").write_text(named, encoding="utf-8")

        assert run(f"Name,Created,{header}\nA1,2026-10-05,12.5\n").exit_code == 0
        assert rows_of(shop)["amount_ht"].to_list() == [12.5]

    @pytest.mark.parametrize(
        ("header", "cell", "seconds"),
        [("Length (min)", "12.5", 750), ("Length (h)", "2", 7200), ("length_ms", "1500", 1.5),
         ("Length (min)", "12 min", 720), ("Length (min)", "00:12:30", 750), ("Length", "12", 12)],
    )  # fmt: skip
    def test_of_time_count(self, run, shop, header, cell, seconds):
        preset = f"""
id: visits
name: Visits
status: documented
tables:
  - id: visits
    target: sessions
    signature: [Visit, Begun]
    fields:
      session_id: {{names: Visit, type: id}}
      started_at: {{names: Begun, type: instant}}
      duration_s: {{names: "{header}", type: seconds}}
"""
        (shop / "presets" / "visits.yaml").write_text(preset, encoding="utf-8")

        assert run(f"Visit,Begun,{header}\n1,2026-10-05,{cell}\n").exit_code == 0
        assert rows_of(shop, "sessions")["duration_s"].to_list() == [seconds]

    @pytest.mark.parametrize(
        ("header", "cell", "hours"),
        [("Length (min)", "90", 1.5), ("Length (h)", "7", 7), ("Length", "7", 7),
         ("Length", "7h30", 7.5),
         ("Length", "07:30", 7.5), ("Length (min)", "1h30", 1.5), ("Length", "7 h", 7)],
    )  # fmt: skip
    def test_of_hours_count(self, run, shop, header, cell, hours):
        (shop / "presets" / "courses.yaml").write_text(COURSES.replace("LENGTH", header), "utf-8")

        assert run(f"Course,Begun,{header}\n1,2026-10-05,{cell}\n").exit_code == 0
        assert rows_of(shop, "trainings")["duration_h"].to_list() == [hours]

    @pytest.mark.parametrize("header", ["Length (days)", "Durée (jours)", "Durée en jours"])
    def test_of_days_are_no_hours(self, run, shop, header):
        (shop / "presets" / "courses.yaml").write_text(COURSES.replace("LENGTH", header), "utf-8")
        res = run(f"Course,Begun,{header}\n1,2026-10-05,2\n")
        assert f"a.csv: column {header}: these are days, and hours are wanted." in res.stderr


def test_names_of_columns_that_stand_again_are_no_row(run, shop):
    """As where the files of two months were put below each other."""
    res = run("Name,Created,Total\nA1,2026-10-05,10\nName,Created,Total\nA2,2026-10-06,5\n")

    assert "1 row(s) left out: names of the columns again (row 3)" in res.output
    assert rows_of(shop)["amount_ht"].to_list() == [10.0, 5.0]


@pytest.mark.parametrize("nothing", ["n.c.", "N/D", "s.o.", "k.A."])
def test_what_says_that_there_is_none_is_no_number(run, shop, nothing):
    assert run(f"Name,Created,Total\nA1,2026-10-05,10.5\nA2,2026-10-06,{nothing}\n").exit_code == 0
    assert rows_of(shop)["amount_ht"].to_list() == [10.5, None]


def test_a_document_of_numbers_says_how_to_export_it(run, tmp_path):
    with zipfile.ZipFile(tmp_path / "made", "w") as archive:
        archive.writestr("Index/Document.iwa", b"\0\1")
    res = run((tmp_path / "made").read_bytes(), name="a.numbers")
    assert "a.numbers: a document of Numbers: open it there and export it as CSV" in res.stderr


class TestHeadersWithApostrophes:
    """An answer is typed in a terminal, where an apostrophe ends what another one begins."""

    def test_are_offered_as_a_terminal_reads_them(self, run, shop):
        own = OWN.replace("names: [Created", 'names: ["Date d\'achat"')
        (shop / "presets" / "own.yaml").write_text(own, encoding="utf-8")
        text = "Name,Date d'achat,Total\nA1,05/10/2026,10\n"
        offered = shlex.split(run(text).stderr.split("--read ")[1])[0]

        assert offered == "Date d'achat=%d/%m/%Y"
        assert run(text, offered).exit_code == 0

    def test_in_texts_that_hold_the_answer(self):
        """A header without one stays in plain quotes, as all the documents have it."""
        said = "column {name}: which? --read '{name}=7' or --read '{name}=8'."

        assert say(said, name="Days") == "column Days: which? --read 'Days=7' or --read 'Days=8'."
        assert say(said, name="Jours d'absence").count("--read \"Jours d'absence=") == 2


@pytest.mark.parametrize(
    ("cells", "said"),
    [(["46296", "46297.5"], "days as Excel counts them. Format the column as dates there"),
     (["octobre 2026", "nov. 2026"], "these are periods, and a row is of a day."),
     (["T1 2026", "T2 2026"], "these are periods"), (["2026-W40", "2026-W41"], "these are periods"),
     (["janvier", "février"], "these are periods"), (["10/2026", "11/2026"], "these are periods"),
     (["2026-10", "2026-11"], "these are periods"),
     (["2026-10-01 - 2026-10-07", "2026-10-08 - 2026-10-14"], "these are periods")],
)  # fmt: skip
def test_a_column_of_no_days_says_what_it_holds(run, cells, said):
    lines = "".join(f"A{place},{cell},1\n" for place, cell in enumerate(cells))
    assert f"a.csv:2: column Created: {said}" in run("Name,Created,Total\n" + lines).stderr


def test_letters_that_were_saved_twice_over_are_said(run):
    wrong = "Été".encode().decode("cp1252")
    said = run(f"Name,Created,Total,State\n{wrong},2026-10-05,10,\n").output
    assert "letters such as Ã‰ were saved twice over" in said
    assert "twice over" not in run("Name,Created,Total\nÉté,2026-10-05,10\n", name="b.csv").output
