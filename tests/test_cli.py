"""The command line: what it says, and its exit codes."""

from __future__ import annotations

import csv
import gc
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import kpilib
from kpilib.cli import commands, main
from kpilib.errors import (
    CompanyError,
    ContractError,
    LockedError,
    ParameterError,
    PeriodError,
    ReportError,
    UnknownName,
)
from kpilib.language import here
from kpilib.memory import SELDOM
from kpilib.monthly import ending, workers
from kpilib.monthly import run as report_run

SESSIONS = """session_id,visitor_id,started_at,ended_at,page_views,channel,source
1,a,2026-09-01T08:00:00Z,2026-09-01T08:10:00Z,3,email,letter
2,b,2026-09-02T08:00:00Z,2026-09-02T08:00:00Z,1,direct,=SUM(1)
3,a,2026-09-30T08:00:00Z,2026-09-30T08:05:00Z,2,email,letter
"""


def call(*given: str):
    return CliRunner().invoke(commands, [str(part) for part in given], prog_name="kpilib")


@pytest.fixture(autouse=True)
def _nothing_imported_beside_the_test(monkeypatch):
    monkeypatch.setattr(workers, "warm", lambda *_: None)


@pytest.fixture
def company(tmp_path):
    folder = tmp_path / "acme"
    (folder / "tables").mkdir(parents=True)
    (folder / "company.yaml").write_text("name: Acme\nlang: [en]\n")
    (folder / "tables" / "sessions.csv").write_text(SESSIONS)
    return folder


def test_help_names_every_command():
    said = subprocess.check_output([sys.executable, "-m", "kpilib", "--help"], text=True)
    for name in ("report", "check", "kpis", "show", "value", "lab"):
        assert f"\n  {name} " in said


def test_help_imports_nothing_heavy():
    program = (
        "import sys; from click.testing import CliRunner; from kpilib.cli import commands\n"
        "assert CliRunner().invoke(commands, ['report', '--help']).exit_code == 0\n"
        "heavy = {'pandas', 'polars', 'narwhals', 'matplotlib', 'papermill', 'babel', 'jinja2'}\n"
        "print(heavy & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "set()\n"


def test_the_version_is_the_packages():
    assert call("--version").output == f"kpilib {kpilib.__version__}\n"


def test_kpis_lists_the_catalogue_and_one_topic_of_it():
    everything, audience = call("kpis").output, call("kpis", "--topic", "audience").output
    assert "bounce_rate" in audience
    assert "open_rate" not in audience
    assert everything.split()[:5] == audience.split()[:5]
    assert "open_rate" in everything


def test_show_prints_the_card_of_a_kpi():
    said = call("show", "bounce_rate").output
    for part in ("(bounce_rate)", "Formula", "Unit", "How to read it", "How it misleads", "Source"):
        assert part in said


def test_show_speaks_french_when_asked():
    said = call("show", "bounce_rate", "--lang", "fr").output
    for part in ("Taux de rebond (bounce_rate)", "Formule", "Ce qui trompe"):
        assert part in said


def test_an_unknown_kpi_gets_the_nearest_one_without_a_traceback():
    made = call("show", "bounce_rat")
    assert made.exit_code == 2
    assert "Did you mean 'bounce_rate'?" in made.stderr
    assert "Traceback" not in made.output


def test_an_unknown_topic_and_an_unknown_option_are_usage_errors():
    assert call("kpis", "--topic", "audiense").exit_code == 2
    assert call("report", "--mnth", "2026-10").exit_code == 2
    assert call("report", "--lang", "de").exit_code == 2
    assert call("report", "--jobs", "0").exit_code == 2


def test_a_slip_of_a_period_is_refused_before_anything_heavy_begins(monkeypatch, tmp_path):
    def begun(*_):
        raise AssertionError("the warm process was begun")

    monkeypatch.setattr(workers, "warm", begun)
    made = call("report", "2026-13", "--data", tmp_path, "--pdf")
    assert (made.exit_code, made.stdout) == (2, "")
    assert "There is no month 13 in '2026-13'. Months go from 01 to 12." in made.stderr


def test_what_would_do_nothing_is_refused_before_anything_runs(tmp_path):
    both = call("report", "2026-10", "--due", "--data", tmp_path)
    assert (both.exit_code, "not both" in both.stderr) == (2, True)
    (tmp_path / "pages").write_text("")
    for out in (tmp_path / "pages", tmp_path / "pages" / "acme"):
        made = call("report", "2026-10", "--data", tmp_path, "--out", out)
        assert (made.exit_code, "is a file; write a folder." in made.stderr) == (2, True)


def test_value_prints_a_table_for_people(company):
    said = call("value", "sessions", "--month", "2026-09", "--data", company).output
    assert said.splitlines()[1].split()[:2] == ["sessions", "3"]


def test_value_names_the_groups_of_a_kpi_that_is_always_by_one(company):
    (company / "tables" / "key_results.csv").write_text("kr_id,baseline,target\nvisits,0,4\n")
    (company / "tables" / "checkins.csv").write_text("kr_id,date,value\nvisits,2026-09-10,3\n")
    said = call("value", "kr_score", "--month", "2026-09", "--data", company).output

    assert said.splitlines()[0].split() == ["kpi", "kr_id", "value", "n", "status", "flags"]
    assert said.splitlines()[1].split()[:3] == ["kr_score", "visits", "0.75"]


def test_value_gives_numbers_to_programs(company):
    asked = ["value", "sessions", "--month", "2026-09", "--data", company, "--by", "source"]
    rows = json.loads(call(*asked, "--format", "json").output)
    assert {row["source"]: row["value"] for row in rows} == {"letter": 2, "=SUM(1)": 1}
    table = list(csv.DictReader(io.StringIO(call(*asked, "--format", "csv").output)))
    assert {row["source"]: float(row["value"]) for row in table} == {"letter": 2, "'=SUM(1)": 1}
    assert table[0].keys() == rows[0].keys()
    assert (table[0]["reason"], table[0]["flags"], table[0]["denominator"]) == ("", "low_n", "")
    assert table[0]["period_end"] == rows[0]["period_end"] == "2026-09-30"


def test_value_refuses_what_is_no_month(company):
    made = call("value", "sessions", "--month", "2026-13", "--data", company)
    assert (made.exit_code, made.stdout) == (2, "")
    assert "There is no month 13" in made.stderr


def test_value_names_a_column_that_is_missing(company):
    (company / "tables" / "sessions.csv").write_text("session_id\n1\n")
    made = call("value", "sessions", "--month", "2026-09", "--data", company)
    assert made.exit_code == 1
    assert "started_at" in made.stderr


def test_check_says_when_all_is_well(company):
    made = call("check", "--data", company)
    assert made.exit_code == 0
    assert made.output.endswith("All well: no fault found.\n")
    assert "sessions: 3 rows; 2026-09-01 to 2026-09-30; 3 of 30 days of 2026-09." in made.output
    assert "To be looked at" not in made.output
    assert call("check", "--strict", "--data", company).exit_code == 0


def test_a_table_that_is_late_is_to_be_looked_at(company):
    (company / "company.yaml").write_text("name: Late\nfreshness: {sessions: 5}\n")
    (company / "tables" / "leads.csv").write_text("lead_id,created_at\n1,2026-10-31\n")
    made = call("check", "--strict", "--data", company)

    assert made.exit_code == 1
    assert "LATE: more than 5 days behind" in made.stdout
    assert call("check", "--data", company).exit_code == 0


def test_check_lists_every_fault_of_data_and_configuration(company):
    (company / "tables" / "sessions.csv").write_text(SESSIONS.replace("direct", "drect"))
    made = call("check", "--data", company)
    assert made.exit_code == 1
    assert "sessions.csv: column channel, 1 row(s), the first in row 3" in made.output
    (company / "objectives.yaml").write_text("key_resluts: []\n")
    both = call("check", "--data", company)
    assert both.exit_code == 2
    assert "objectives.yaml:1: key_resluts: unknown key." in both.output
    assert "sessions.csv: column channel" in both.output


def test_a_folder_that_is_not_there_is_named():
    made = call("check", "--data", "nowhere")
    assert made.exit_code == 2
    assert "'nowhere'" in made.output


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ParameterError("x"), 2),
        (PeriodError("x"), 2),
        (CompanyError("x"), 2),
        (UnknownName("x"), 2),
        (ContractError(["x"]), 1),
        (ReportError("x"), 1),
        (LockedError("x"), 3),
        (OSError(28, "No space left on device", "reports"), 1),
    ],
)
def test_every_error_has_its_exit_code_and_one_clean_message(monkeypatch, tmp_path, error, code):
    def fail(*given):
        raise error

    monkeypatch.setattr(report_run, "run", fail)
    made = call("report", "2026-10", "--out", tmp_path)
    assert made.exit_code == code
    assert made.stderr.startswith("kpilib: ")
    assert "Traceback" not in made.output


@pytest.mark.parametrize(
    ("lang", "system", "said"),
    [
        ("lang: [fr, en]", "en_GB.UTF-8", "Il n'y a pas de mois 13"),
        ("lang:\n  - fr", "", "Il n'y a pas de mois 13"),
        ("lang: [en]", "fr_FR.UTF-8", "There is no month 13"),
        ("", "fr_FR.UTF-8", "There is no month 13"),  # its pages are English
        (None, "fr_FR.UTF-8", "Il n'y a pas de mois 13"),
        (None, "de_DE.UTF-8", "There is no month 13"),
    ],
)
def test_what_is_refused_is_said_in_the_language_of_the_company(
    monkeypatch, tmp_path, lang, system, said
):
    monkeypatch.setenv("LC_ALL", system)
    if lang is not None:
        (tmp_path / "company.yaml").write_text(f"name: Acme\n{lang}\n")
    assert said in call("report", "2026-13", "--data", tmp_path).stderr
    assert here() == "en"


def test_faults_of_what_people_wrote_are_said_in_it_too(company):
    (company / "company.yaml").write_text("name: Acme\nlang: [fr]\n")
    (company / "notes.csv").write_text("")
    unknown = call("report", "2026-09", "--topic", "leds", "--data", company).output
    assert "Thème inconnu\u00a0: 'leds'." in unknown and "Vouliez-vous dire 'leads'" in unknown
    for command in (["report", "2026-09"], ["check"]):
        said = call(*command, "--data", company)
        assert "notes.csv:1: il est vide." in said.output
        assert said.exit_code == 2


@pytest.mark.parametrize(("signum", "code"), [(15, 143), (2, 130)])
def test_an_interrupted_report_says_so(monkeypatch, tmp_path, signum, code):
    def stop(*given):
        raise ending.Interrupted(signum)

    monkeypatch.setattr(report_run, "run", stop)
    made = call("report", "--out", tmp_path)
    assert (made.exit_code, made.stderr) == (code, "kpilib: interrupted; nothing was published.\n")


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ({"audience": "ok"}, 0),
        ({"audience": "ok", "emailing": "skipped"}, 0),
        ({"audience": "ok", "leads": "no_data"}, 1),
        ({"audience": "ok", "leads": "failed"}, 1),
    ],
)
def test_a_report_ends_with_what_became_of_it(monkeypatch, tmp_path, states, code):
    made = report_run.Report(tmp_path, states)
    monkeypatch.setattr(report_run, "run", lambda *given: made)
    said = call("report", "--out", tmp_path)
    assert said.exit_code == code
    assert said.stdout == f"{tmp_path / 'index.html'}\n"
    for topic, state in states.items():
        assert (f"{topic}: {state.replace('_', ' ')}" in said.stderr) == (state != "ok")


class TestWhatARunSays:
    """The terminal says how many figures there are, and which data is late."""

    def told(self, monkeypatch, *options, **made):
        report = report_run.Report(Path("reports/mine/2026-10"), {"audience": "ok"}, **made)
        monkeypatch.setattr(report_run, "run", lambda *_: report)
        return CliRunner().invoke(commands, ["report", "2026-10", *map(str, options)])

    def test_all_well(self, monkeypatch, tmp_path):
        res = self.told(monkeypatch, "--strict", "--out", tmp_path, kpis={"sessions": "ok"})

        assert res.exit_code == 0
        assert res.stderr == "1 of 1 KPIs could be worked out.\n"

    @pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 1)])
    def test_what_is_missing_or_late_fails_only_a_strict_run(
        self, monkeypatch, tmp_path, options, code
    ):
        kpis = {"sessions": "ok", "leads": "missing_table"}
        res = self.told(monkeypatch, *options, "--out", tmp_path, kpis=kpis, late=("sessions",))

        assert res.exit_code == code
        assert res.stderr == (
            "1 of 2 KPIs could be worked out.\nWithout a figure: leads\nLate data: sessions\n"
        )


def test_whoever_reads_may_stop_early():
    words = [sys.executable, "-c", "import kpilib.cli as c; c.commands(['kpis'])"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert (process.returncode, said) == (0, b"")


def test_a_command_looks_for_rubbish_seldom(monkeypatch):
    asked = []
    monkeypatch.setattr("kpilib.cli.commands", lambda prog_name: asked.append(gc.get_threshold()))
    usual = gc.get_threshold()
    gc.set_threshold(700, 10, 10)  # as in a process of its own
    try:
        main()
    finally:
        gc.set_threshold(*usual)
    assert asked == [SELDOM]
